package language

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"ginnel/bot"

	"golang.org/x/text/language"
)

// Book is everything the bot says and understands in one language, read from the word files of the verbs.
//
// A word file has sections, one for each command, named in brackets. In a section stand, one a line:
//
//	understood: who can help with {what} [in {in:place}]
//	example: who can help with our accounts in M12?
//	about: find who can help
//	said found: {n:plural one="One organisation" other="{n} organisations"} can help:
//
// Words that a verb knows something by stand as “list reserved: me, us”. Other words for what a choice is labelled stand as “means yes: of course”, and as “perhaps yes: ok” when they may mean
// nothing. A line that begins with # is a comment. The name of a command is its verb, a dot and its section.
type Book struct {
	dates      *dates
	sections   map[string]*section
	order      []string
	phrases    []phrase
	polite     [][]string // openings that mean nothing, folded, longest first
	endings    [][]string // the same of endings
	answers    []answer   // other words for what a choice is labelled, longest first
	nameless   [][]string // how people say that their name is not to be told
	conditions []string   // words that make a yes less than one
	pronouns   []string   // what stands for something that was said before, or for nothing in particular
	picks      []answer   // words for the first of a list, the second …
	picking    [][]string // what stands before such words and means that it is taken, folded, longest first
	picked     [][]string // the same behind them
	items      []string   // words with which one thing of several begins: “a”, “two”
	joins      []string   // words between two of them: “and”
}

// An answer is words that say what a choice is labelled, such as “rather not” for “no”.
type answer struct {
	words  []string
	label  string
	unsure bool // it may as well mean nothing, as “ok” does
}

type section struct {
	name       string
	understood []string
	examples   []string
	about      string
	said       map[string]sentence
	lists      map[string][]string
}

// Words are the sentences of one verb.
type Words struct {
	book *Book
	verb string
}

// WordFiles are the word files of one verb, as words/<language>.txt.
type WordFiles struct {
	Verb  string
	Files fs.FS
}

//go:embed words
var words embed.FS

// own is the verb of the words that belong to the language itself and to no verb.
const own = "language"

// ReadBook reads the word files of every verb in the language lang. It refuses what could only surprise
// somebody later: two phrases of one shape, an example that leads elsewhere, a slot of an unknown kind.
func ReadBook(lang string, files ...WordFiles) (*Book, error) {
	return readBook(lang, words, files...)
}

// readBook reads the words of the language itself from ours.
func readBook(lang string, ours fs.FS, files ...WordFiles) (*Book, error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", lang, err)
	}
	text, err := fs.ReadFile(ours, "words/"+lang+".dates.txt")
	if err != nil {
		return nil, fmt.Errorf("words for days: %w", err)
	}
	b := &Book{sections: map[string]*section{}}
	if b.dates, err = readDates(tag, string(text)); err != nil {
		return nil, err
	}
	for _, f := range append([]WordFiles{{Verb: own, Files: ours}}, files...) {
		text, err := fs.ReadFile(f.Files, "words/"+lang+".txt")
		if err != nil {
			return nil, fmt.Errorf("words of %s: %w", f.Verb, err)
		}
		if err := b.read(f.Verb, string(text)); err != nil {
			return nil, err
		}
	}
	return b, b.check()
}

func (b *Book) read(verb, text string) error {
	var s *section
	scanner := bufio.NewScanner(strings.NewReader(text))
	for number := 1; scanner.Scan(); number++ {
		line := strings.TrimSpace(scanner.Text())
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("words of %s, line %d: %s", verb, number, fmt.Sprintf(format, args...))
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' && strings.HasSuffix(line, "]") {
			name := verb + "." + line[1:len(line)-1]
			if b.sections[name] != nil {
				return wrong("a second section %s", line)
			}
			s = &section{name: name, said: map[string]sentence{}, lists: map[string][]string{}}
			b.sections[name] = s
			b.order = append(b.order, name)
			continue
		}
		head, rest, found := strings.Cut(line, ":")
		rest = strings.TrimSpace(rest)
		if !found || rest == "" || s == nil {
			return wrong("want a section in brackets, then lines such as “said found: …”")
		}
		word, key, _ := strings.Cut(head, " ")
		switch word {
		case "understood":
			s.understood = append(s.understood, rest)
			phrases, err := parsePhrase(s.name, len(s.understood), rest)
			if err != nil {
				return wrong("%v", err)
			}
			b.phrases = append(b.phrases, phrases...)
		case "example":
			s.examples = append(s.examples, rest)
		case "about":
			s.about = rest
		case "list":
			for w := range strings.SplitSeq(rest, ",") {
				s.lists[key] = append(s.lists[key], strings.TrimSpace(w))
			}
		case "polite":
			b.polite = append(b.polite, Fold(rest))
		case "ending":
			b.endings = append(b.endings, Fold(rest))
		case "nameless":
			b.nameless = append(b.nameless, Fold(rest))
		case "pronoun":
			b.pronouns = append(b.pronouns, strings.Join(Fold(rest), " "))
		case "condition":
			b.conditions = append(b.conditions, Fold(rest)...)
		case "pick":
			if key == "" {
				return wrong("want which it picks, as in “pick 1: the first one”")
			}
			b.picks = append(b.picks, answer{words: Fold(rest), label: key})
		case "picking":
			b.picking = append(b.picking, Fold(rest))
		case "items":
			b.items = append(b.items, Fold(rest)...)
		case "joins":
			b.joins = append(b.joins, Fold(rest)...)
		case "picked":
			b.picked = append(b.picked, Fold(rest))
		case "means", "perhaps":
			if key == "" {
				return wrong("want what it means, as in “means yes: of course”")
			}
			b.answers = append(b.answers, answer{words: Fold(rest), label: key, unsure: word == "perhaps"})
		case "said":
			if _, twice := s.said[key]; twice {
				return wrong("a second sentence %q", key)
			}
			parsed, err := parseSentence(rest)
			if err != nil {
				return wrong("%v", err)
			}
			s.said[key] = parsed
		default:
			return wrong("%q is none of understood, example, about, list, polite, ending, nameless, means, perhaps, condition, pronoun, pick, picking, picked, items, joins, said", word)
		}
	}
	longest := func(x, y []string) int { return len(y) - len(x) }
	slices.SortStableFunc(b.polite, longest)
	slices.SortStableFunc(b.endings, longest)
	slices.SortStableFunc(b.picking, longest)
	slices.SortStableFunc(b.picked, longest)
	slices.SortStableFunc(b.answers, func(x, y answer) int { return longest(x.words, y.words) })
	return nil
}

func (b *Book) check() error {
	shapes := map[string]phrase{}
	for _, p := range b.phrases {
		// Lines of one command may share what is left when their tails are off.
		if other, taken := shapes[p.shape()]; taken && (other.command != p.command || !slices.Equal(other.slots(), p.slots())) {
			return fmt.Errorf("two phrases of one shape: %q of %s, and %q of %s", p.text, p.command, other.text, other.command)
		}
		shapes[p.shape()] = p
	}
	for _, name := range b.order {
		for _, e := range b.sections[name].examples {
			command, _, ok := b.Match(e, bot.Day(2026, 1, 15))
			if !ok || command != name {
				return fmt.Errorf("the example %q of %s leads to %q", e, name, command)
			}
		}
	}
	return nil
}

// Of returns the sentences of one verb.
func (b *Book) Of(verb string) Words { return Words{book: b, verb: verb} }

// Has tells whether the book has the command name.
func (b *Book) Has(name string) bool { return b.sections[name] != nil }

// About is what the command name does, in a few words, and the first of its examples; both are "" for what is not shown.
func (b *Book) About(name string) (about, example string) {
	s := b.sections[name]
	if s == nil || s.about == "" || len(s.examples) == 0 {
		return "", ""
	}
	return s.about, s.examples[0]
}

// Understood lists the names of the commands that have phrases, in the order of the files.
func (b *Book) Understood() []string {
	var names []string
	for _, n := range b.order {
		if len(b.sections[n].understood) > 0 {
			names = append(names, n)
		}
	}
	return names
}

// Has tells whether there is a command of that whole name, so that a verb may offer what another does.
func (w Words) Has(command string) bool { return w.book.Has(command) }

// Line is the sentence key ("section.name") of the verb with its slots filled: args are names and values
// by turns. A value may be a string, a number, a Date, a Span or a Line. A sentence or a value that is
// missing is a mistake in the program, found by tests, and panics.
func (w Words) Line(key string, args ...any) bot.Line {
	name, sentence, _ := strings.Cut(key, ".")
	s := w.book.sections[w.verb+"."+name]
	if s == nil {
		panic(fmt.Sprintf("words of %s: no section %q", w.verb, name))
	}
	said, ok := s.said[sentence]
	if !ok {
		panic(fmt.Sprintf("words of %s: no sentence %q", w.verb, key))
	}
	return said.fill(w.book.dates, pairs(args), nil)
}

// List is the words of the list key ("section.name") of the verb, as they are written. One that is missing panics.
func (w Words) List(key string) []string {
	name, list, _ := strings.Cut(key, ".")
	if s := w.book.sections[w.verb+"."+name]; s != nil && len(s.lists[list]) > 0 {
		return s.lists[list]
	}
	panic(fmt.Sprintf("words of %s: no list %q", w.verb, key))
}

// Plain is Line as text without any marks.
func (w Words) Plain(key string, args ...any) string { return w.Line(key, args...).String() }

// Trouble is a Problem of one sentence.
func (w Words) Trouble(key string, args ...any) error { return bot.Trouble(w.Line(key, args...)) }

// Say is the sentence that somebody would type to give command (its whole name) with the values of args,
// names and values by turns: Match of it is the command with those values, whatever is in them. An optional
// tail stands only when its values are given and not empty. With no values at all it may be a phrase without slots. An
// unknown command panics.
func (w Words) Say(command string, args ...any) string {
	return w.book.say(command, pairs(args))
}

// Age is how long before now the time t was, as it is said: “today”, “3 weeks ago”. Both are taken in
// the zone of now.
func (w Words) Age(t, now time.Time) string {
	w.verb = own
	today, day := bot.DateOf(now).Time(time.UTC), bot.DateOf(t.In(now.Location())).Time(time.UTC)
	switch days := int(today.Sub(day).Hours() / 24); {
	case days < 1:
		return w.Plain("age.today")
	case days == 1:
		return w.Plain("age.yesterday")
	case days < 14:
		return w.Plain("age.days", "n", days)
	case days < 60:
		return w.Plain("age.weeks", "n", days/7)
	case days < 730:
		return w.Plain("age.months", "n", days*12/365)
	default:
		return w.Plain("age.years", "n", days/365)
	}
}

// Choice is a choice whose label is the sentence key and which says command with args.
func (w Words) Choice(key, command string, args ...any) bot.Choice {
	return bot.Choice{Label: w.Plain(key, args...), Say: w.Say(command, args...)}
}

func pairs(args []any) map[string]any {
	if len(args)%2 != 0 {
		panic("words: names and values must come by turns")
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return m
}

// show is a value as it stands in a sentence.
func (d *dates) show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bot.Date:
		return d.day(v)
	case bot.Line:
		return v.String()
	case bot.Span:
		return v.Text
	default:
		return fmt.Sprint(v)
	}
}

// isBlank tells whether nothing of v would stand in a sentence.
func isBlank(v any) bool {
	if d, ok := v.(bot.Date); ok {
		return d.IsZero()
	}
	return (*dates)(nil).show(v) == ""
}
