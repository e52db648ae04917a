package bot

import (
	"bufio"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
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
// Other words for what a choice is labelled stand as “means yes: of course”, and as “perhaps yes: ok” when they may mean
// nothing. A line that begins with # is a comment. The name of a command is its verb, a dot and its section.
type Book struct {
	tag      language.Tag
	sections map[string]*section
	order    []string
	phrases  []phrase
	polite   [][]string // openings that mean nothing, folded, longest first
	endings  [][]string // the same of endings
	answers  []meaning  // other words for what a choice is labelled, longest first
}

// A meaning is words that say what a choice is labelled, such as “rather not” for “no”.
type meaning struct {
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

// ReadBook reads the word files of every verb in the language lang. It refuses what could only surprise
// somebody later: two phrases of one shape, an example that leads elsewhere, a slot of an unknown kind.
func ReadBook(lang string, files ...WordFiles) (*Book, error) {
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", lang, err)
	}
	b := &Book{tag: tag, sections: map[string]*section{}}
	for _, f := range append([]WordFiles{{Verb: core, Files: coreWords}}, files...) {
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
			s = &section{name: name, said: map[string]sentence{}}
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
		case "polite":
			b.polite = append(b.polite, foldAll(rest))
		case "ending":
			b.endings = append(b.endings, foldAll(rest))
		case "means", "perhaps":
			if key == "" {
				return wrong("want what it means, as in “means yes: of course”")
			}
			b.answers = append(b.answers, meaning{words: foldAll(rest), label: key, unsure: word == "perhaps"})
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
			return wrong("%q is none of understood, example, about, polite, ending, means, perhaps, said", word)
		}
	}
	longest := func(x, y []string) int { return len(y) - len(x) }
	slices.SortStableFunc(b.polite, longest)
	slices.SortStableFunc(b.endings, longest)
	slices.SortStableFunc(b.answers, func(x, y meaning) int { return longest(x.words, y.words) })
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
			command, _, ok := b.Match(e, Date{2026, 1, 15})
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

// Sentences lists the keys under which something is said, as verb.section.key.
func (b *Book) Sentences() []string {
	var keys []string
	for _, n := range b.order {
		for _, k := range slices.Sorted(maps.Keys(b.sections[n].said)) {
			keys = append(keys, n+"."+k)
		}
	}
	return keys
}

// Line is the sentence key ("section.name") of the verb with its slots filled: args are names and values
// by turns. A value may be a string, a number, a Date, a Span or a Line. A sentence or a value that is
// missing is a mistake in the program, found by tests, and panics.
func (w Words) Line(key string, args ...any) Line {
	name, sentence, _ := strings.Cut(key, ".")
	s := w.book.sections[w.verb+"."+name]
	if s == nil {
		panic(fmt.Sprintf("words of %s: no section %q", w.verb, name))
	}
	said, ok := s.said[sentence]
	if !ok {
		panic(fmt.Sprintf("words of %s: no sentence %q", w.verb, key))
	}
	return said.fill(w.book.tag, pairs(args), nil)
}

// Plain is Line as text without any marks.
func (w Words) Plain(key string, args ...any) string { return w.Line(key, args...).String() }

// Trouble is a Problem of one sentence.
func (w Words) Trouble(key string, args ...any) error { return Trouble(w.Line(key, args...)) }

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
	w.verb = core
	today, day := DateOf(now).Time(time.UTC), DateOf(t.In(now.Location())).Time(time.UTC)
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
func (w Words) Choice(key, command string, args ...any) Choice {
	return Choice{Label: w.Plain(key, args...), Say: w.Say(command, args...)}
}

func (b *Book) say(command string, values map[string]any) string {
	s := b.sections[command]
	if s == nil || len(s.understood) == 0 {
		panic(fmt.Sprintf("no command %q to say", command))
	}
	var best *phrase
	for i, p := range b.phrases {
		// Of the first phrase's forms, the longest whose blanks can all be filled.
		if p.command == command && p.number == 1 && p.filledBy(values) && (best == nil || len(p.tokens) > len(best.tokens)) {
			best = &b.phrases[i]
		}
	}
	for i, p := range b.phrases {
		// What can be said of nothing in particular is said in the words that have no blanks.
		if best == nil && len(values) == 0 && p.command == command && len(p.slots()) == 0 {
			best = &b.phrases[i]
		}
	}
	if best == nil {
		panic(fmt.Sprintf("command %q cannot be said with %v", command, values))
	}
	for slot, v := range values {
		if show(v) != "" && !slices.Contains(best.slots(), slot) {
			panic(fmt.Sprintf("command %q says nothing of %q", command, slot))
		}
	}
	return best.say(values)
}

func (p *phrase) say(values map[string]any) string {
	var out strings.Builder
	for i, t := range p.tokens {
		if i > 0 && t.word != "," && t.word != ":" {
			out.WriteByte(' ')
		}
		if t.slot == "" {
			out.WriteString(t.word)
		} else {
			out.WriteString(quote(show(values[t.slot])))
		}
	}
	return out.String()
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

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case Date:
		if v.IsZero() {
			return ""
		}
		return v.String()
	case Line:
		return v.String()
	case Span:
		return v.Text
	default:
		return fmt.Sprint(v)
	}
}

// A sentence is text and slots by turns.
type sentence []part

type part struct {
	text    string
	slot    string
	strong  bool
	plurals map[plural.Form]sentence
}

var pluralForms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

func parseSentence(text string) (sentence, error) {
	var out sentence
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 || strings.HasPrefix(text[open:], "{{") {
			// No template language: two braces are only text.
			end := len(text)
			if open >= 0 {
				end = open + 2
			}
			out = append(out, part{text: text[:end]})
			text = text[end:]
			continue
		}
		if open > 0 {
			out = append(out, part{text: text[:open]})
		}
		shut := closing(text[open:])
		if shut < 0 {
			return nil, fmt.Errorf("a { without its } in %q", text)
		}
		p, err := parseSlot(text[open+1 : open+shut])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		text = text[open+shut+1:]
	}
	return out, nil
}

func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func parseSlot(s string) (part, error) {
	name, kind, _ := strings.Cut(s, ":")
	kind, forms, _ := strings.Cut(kind, " ")
	p := part{slot: name}
	switch kind {
	case "":
		return p, nil
	case "strong":
		p.strong = true
		return p, nil
	case "plural":
	default:
		return p, fmt.Errorf("slot {%s} has the unknown kind %q", name, kind)
	}
	p.plurals = map[plural.Form]sentence{}
	for forms = strings.TrimSpace(forms); forms != ""; forms = strings.TrimSpace(forms) {
		form, rest, ok := strings.Cut(forms, `="`)
		text, after, closed := strings.Cut(rest, `"`)
		f, known := pluralForms[form]
		if !ok || !closed || !known {
			return p, fmt.Errorf("plural {%s} wants forms such as other=\"{%s} groups\"", s, name)
		}
		parsed, err := parseSentence(text)
		if err != nil {
			return p, err
		}
		p.plurals[f], forms = parsed, after
	}
	if p.plurals[plural.Other] == nil {
		return p, fmt.Errorf("plural {%s} has no form other", s)
	}
	return p, nil
}

func (s sentence) fill(tag language.Tag, values map[string]any, line Line) Line {
	for _, p := range s {
		if p.slot == "" {
			line = append(line, Span{Text: p.text})
			continue
		}
		v, ok := values[p.slot]
		if !ok {
			panic(fmt.Sprintf("words: no value for {%s}", p.slot))
		}
		if p.plurals != nil {
			n, err := strconv.Atoi(show(v))
			if err != nil {
				panic(fmt.Sprintf("words: {%s} wants a number", p.slot))
			}
			chosen := p.plurals[plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0)]
			if chosen == nil {
				chosen = p.plurals[plural.Other]
			}
			line = chosen.fill(tag, values, line)
			continue
		}
		switch v := v.(type) {
		case Line:
			line = append(line, v...)
		case Span:
			line = append(line, v)
		default:
			line = append(line, Span{Text: show(v), Strong: p.strong})
		}
	}
	return line
}

// sayLike is say with the phrase of the command that has just the slots of values, so that a sentence
// understood by any of its phrases can be said again with one value changed.
func (b *Book) sayLike(command string, values map[string]any) string {
	for _, p := range b.phrases {
		slots := 0
		for _, t := range p.tokens {
			if t.slot != "" {
				slots++
			}
		}
		if p.command == command && slots == len(values) && p.filledBy(values) {
			return p.say(values)
		}
	}
	return b.say(command, values)
}
