package match

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Overheard is what a message is that was said to nobody in particular, as far as its words tell.
type Overheard int

// What a message can be.
const (
	Chatter  Overheard = iota // anything else, and whatever is not plainly one of the others
	AnAsk                     // for a skill, a place, a thing or people that some group may have
	AnOffer                   // of such
	Delicate                  // about danger, or about one person: nothing to be answered in the open
)

// longestOverheard is how many bytes a message may have to be looked at: a plain ask is short, and what is long
// is an announcement.
const longestOverheard = 700

// Overhear sorts a message that was said in a room to nobody in particular. It would rather miss an ask than take
// something else for one. A message is an ask when a sentence of it has the form of one, or when weak signs (a need, a
// call upon others, a known thing, a please) come to enough together, and nothing in it offers, closes or advertises.
// of is what of the text asks, with its frame; it is empty when nothing does. The work grows with the length of the
// text and is little: what is long is not looked at.
func Overhear(text string) (what Overheard, of string) {
	if len(text) > longestOverheard || !utf8.ValidString(text) {
		return Chatter, ""
	}
	text = unquote(text)
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "!") || strings.HasPrefix(text, "@") || strings.HasPrefix(text, "<@") {
		return Chatter, ""
	}
	h := hearing()
	said := h.sentences(text)
	for i, s := range said {
		if h.any("delicate", s) && !h.any("lesson", s) || h.any("person", s) || h.any("pronoun", s) && !h.tasked(said, i) {
			return Delicate, ""
		}
	}
	if called(text) {
		return Chatter, ""
	}
	for _, s := range said {
		if h.any("never", s) {
			return Chatter, ""
		}
	}
	for _, s := range said {
		if h.any("offer", s) && !h.any("unoffer", s) || pitched(s) {
			return AnOffer, ""
		}
	}
	what = Chatter
	others := slices.ContainsFunc(said, func(s sentence) bool { return h.any("call", s) })
	for i, s := range said {
		if h.any("give", s) {
			what = AnOffer
		}
		if h.any("not", s) || !h.asks(s, others) {
			continue
		}
		return AnAsk, told(text, said, i)
	}
	if at := h.weighed(said); at >= 0 && what == Chatter {
		return AnAsk, told(text, said, at)
	}
	return what, ""
}

// told is the sentence that asks, and what was said before it where that alone tells of what: “Can anyone help?”
func told(text string, said []sentence, at int) string {
	start := said[at].start
	if at > 0 && !spoken(said[at].words) {
		start = 0
	}
	return strings.TrimSpace(text[start:said[at].end])
}

// weighed is which sentence the signs make an ask, the best of them, or -1. Each sign counts once, however often and
// in however many of the other sentences it stands.
func (h *hearer) weighed(said []sentence) int {
	signs := make([]uint64, len(said))
	for i, s := range said {
		for j, g := range h.signs {
			if h.shows(g, s) {
				signs[i] |= 1 << j
			}
		}
	}
	at, most := -1, h.enough-1
	for i := range said {
		var beside uint64
		for j, others := range signs {
			if j != i {
				beside |= others
			}
		}
		sum := 0
		for j, g := range h.signs {
			sum += g.own*int(signs[i]>>j&1) + g.beside*int(beside>>j&1)
		}
		if sum > most {
			at, most = i, sum
		}
	}
	return at
}

// shows tells whether a sentence has a sign.
func (h *hearer) shows(g sign, s sentence) bool {
	switch {
	case g.section == anyKnown:
		return spoken(s.words)
	case g.known:
		return h.known(g.section, s)
	}
	return h.any(g.section, s)
}

// tasked tells whether the he or she of sentence at is somebody who had a task in a group and is gone from it, and not
// who is to be helped.
func (h *hearer) tasked(said []sentence, at int) bool {
	return slices.ContainsFunc(said[:at+1], func(s sentence) bool { return h.any("task", s) }) &&
		slices.ContainsFunc(said, func(s sentence) bool { return h.any("gone", s) }) &&
		!slices.ContainsFunc(said, func(s sentence) bool { return h.any("helped", s) })
}

// asks tells whether a sentence by itself has the form of an ask, and is sure enough: some forms need a thing that the sector
// knows, a question mark or a please. others tells whether the message calls upon others.
func (h *hearer) asks(s sentence, others bool) bool {
	question := s.words[len(s.words)-1] == "?"
	return h.any("ask", s) || h.known("have", s) || h.any("have", s) && h.any("cue", s) ||
		h.known("need", s) || others && (h.any("need", s) || h.any("bare", s)) ||
		spoken(s.words) && (h.known("maybe", s) || question && h.known("asked", s)) ||
		h.any("if", s) && h.any("plea", s)
}

// unquote takes out what somebody else said: lines that begin with “>”, code, and whole sentences in quotes.
func unquote(text string) string {
	if strings.Contains(text, ">") || strings.Contains(text, "`") {
		lines := strings.Split(text, "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool {
			l = strings.TrimSpace(l)
			return strings.HasPrefix(l, ">") || strings.HasPrefix(l, "&gt;") || strings.HasPrefix(l, "`")
		})
		text = strings.Join(lines, "\n")
	}
	for _, marks := range []string{`""`, "“”"} {
		open, end := string([]rune(marks)[:1]), string([]rune(marks)[1:])
		for from := 0; ; {
			i := strings.Index(text[from:], open)
			if i < 0 {
				break
			}
			i += from
			j := strings.Index(text[i+len(open):], end)
			if j < 0 {
				break
			}
			j += i + len(open)
			const few = 3 // words in quotes may be a name
			if len(strings.Fields(text[i:j])) > few || text[j-1] == '?' {
				text = text[:i] + text[j+len(end):]
				from = i
			} else {
				from = j + len(end)
			}
		}
	}
	return strings.TrimSpace(text)
}

// A sentence is a part of a message as words to compare, between “^” and the sign that ends it, and where in the
// text it stood.
type sentence struct {
	words      []string
	names      map[string]bool // words that begin with a capital letter in the middle of a sentence
	start, end int
}

const (
	begins = "^"
	ends   = "$"
	comma  = ","
	number = "0"
)

// sentences splits a text. Commas and the like stay as words, so that a phrase does not run over them.
func (h *hearer) sentences(text string) (all []sentence) {
	words, start := []string{begins}, 0
	names := map[string]bool{}
	flush := func(end int, sign string) {
		if len(words) > 1 {
			all = append(all, sentence{h.mended(append(words, sign)), names, start, end})
		}
		words, start = []string{begins}, end
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case isWordRune(r):
			j := i
			for j < len(text) {
				r, size := utf8.DecodeRuneInString(text[j:])
				if !isWordRune(r) && !unicode.IsMark(r) && r != '\'' && r != '’' {
					break
				}
				j += size
			}
			word := fold(text[i:j])
			if word == "http" || word == "https" || word == "www" {
				for j < len(text) && text[j] > ' ' {
					j++
				}
				word = "http"
			}
			if digit := strings.TrimRight(word, "kp"); strings.Trim(digit, "0123456789") == "" && digit != "" {
				word = number
			}
			many := strings.HasSuffix(word, "s'")
			word, of, cut := strings.Cut(strings.Trim(word, "'"), "'s")
			if unicode.IsUpper(r) && len(words) > 1 && i+1 < len(text) && unicode.IsLower(next) {
				names[word] = true
			}
			words = append(words, word)
			if cut && of == "" || many {
				words = append(words, "'s")
			}
			i = j
			continue
		case r == '.' && isWordRune(next), r == '\'' || r == '’', r == '/' && isWordRune(next):
		case r == '?' || r == '!':
			flush(i+size, string(r))
		case r == '.' || r == '\n' || r == ';' || r == '…' || r == '–' || r == '—' || r == '-' && next == ' ' && i > 0 && text[i-1] == ' ':
			flush(i+size, ends)
		case r == ',' || r == ':' || r == '(' || r == ')':
			words = append(words, comma)
		case r == '@' && i > 0 && isWordRune(rune(text[i-1])):
			words = append(words, "mail@")
		case r == '@' || r == '£' || r == '%':
			words = append(words, string(r))
		case laughing(r):
			words = append(words, "haha")
		}
		i += size
	}
	flush(len(text), ends)
	return all
}

func laughing(r rune) bool { return strings.ContainsRune("😂🤣😆😹😜🙃", r) }

// mended brings words to the spelling of the patterns, and takes greetings and the like off the beginning.
func (h *hearer) mended(words []string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) {
			if two, ok := h.spelling[w+" "+words[i+1]]; ok {
				all = append(all, two...)
				i++
				continue
			}
		}
		if s, ok := h.spelling[w]; ok {
			all = append(all, s...)
			continue
		}
		all = append(all, h.nearly(w))
	}
	for len(all) > 2 && (h.filler[all[1]] || all[1] == comma) {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

// nearly is the word of the frames that w is one slip away from, or w.
func (h *hearer) nearly(w string) string {
	const least = 6
	if len(w) < least-1 || len(w) > 16 || h.frames[w] {
		return w
	}
	for _, f := range h.slips {
		if f[0] == w[0] && slipped(w, f) {
			return f
		}
	}
	return w
}

// slipped tells whether two different words of bytes are one letter more, less, other, or two changed round, apart.
func slipped(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// called tells whether a message begins with somebody's name: “Sue, can anyone …”, “Hi Priya - …”.
func called(text string) bool {
	h := hearing()
	rest := text
	for range 2 {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return !isWordRune(r) && r != '@' && r != '<' })
		end := strings.IndexFunc(rest, func(r rune) bool { return !isWordRune(r) && r != '\'' && r != '’' })
		if end <= 0 {
			return strings.HasPrefix(rest, "@") || strings.HasPrefix(rest, "<@")
		}
		word := rest[:end]
		first, _ := utf8.DecodeRuneInString(word)
		after := strings.TrimLeft(rest[end:], " ")
		if h.filler[fold(word)] {
			rest = rest[end:]
			continue
		}
		fields := strings.Fields(after)
		if len(fields) > 1 && slices.Contains(toOne, fields[0]) && fields[1] == "you" {
			return !h.frames[fold(word)]
		}
		return unicode.IsUpper(first) && !h.frames[fold(word)] && (strings.HasPrefix(after, ",") || strings.HasPrefix(after, "- ") || strings.HasPrefix(after, "– "))
	}
	return false
}

// toOne are the words between somebody's name and “you”.
var toOne = []string{"can", "could", "would", "will", "do", "did", "have", "are"}

// pitched tells whether a sentence is the question with which something is sold: “Looking for a venue?”
func pitched(s sentence) bool {
	h := hearing()
	return s.words[len(s.words)-1] == "?" && h.any("pitch", s) && !h.any("ours", s)
}

// spoken tells whether words speak of something that the sector knows.
func spoken(words []string) bool {
	concepts, _ := Sector().named(strings.Join(words, " "))
	return len(concepts) > 0
}

// A hearer knows the patterns of overhear.txt.
type hearer struct {
	classes  map[string][][]string
	patterns map[string]map[string][]pattern // by section, and by a word they may begin with
	spelling map[string][]string
	filler   map[string]bool
	definite map[string]bool // what is not just any
	nothing  map[string]bool // what no group could lend or do
	breaks   map[string]bool // words after which the name of a thing is over
	early    map[string]bool // those of them that may also stand at its beginning
	little   map[string]bool // words with which it begins
	frames   map[string]bool // all words of the patterns
	signs    []sign
	enough   int      // what the signs of an ask count for together, at least
	slips    []string // those of them that are long enough to be known when they are misspelt
}

// A sign makes an ask only together with others.
type sign struct {
	section string
	known   bool // its things must be of those that the sector knows
	own     int  // what it counts for in the sentence that is judged
	beside  int  // and in another one of the message
}

// anyKnown is the name of the sign that something is spoken of which the sector knows.
const anyKnown = "known"

// A pattern is what must follow one another in a sentence.
type pattern []item

// An item is one of several runs of words, or something else.
type item struct {
	runs     [][]string
	optional bool
	thing    bool // what stands for something indefinite, and is not among what nobody could lend or do
	name     bool // a word with a capital letter
	gap      bool // up to four words
}

//go:embed overhear.txt
var overhear string

var hearing = sync.OnceValue(func() *hearer {
	h, err := readHearer(overhear)
	if err != nil {
		panic(err) // a test reads it
	}
	return h
})

// readHearer reads classes of words and, in sections, patterns that use them, one a line:
//
//	anyone = anyone, anybody, any of you
//	[ask]
//	does|do <anyone> here? know|have_heard of? <thing>
//
// “|” stands between runs of words and “_” between the words of one. “?” marks what may be left out, “..” is up to four
// words, <thing> and <name> are what an item says, and ^ and $ or ? or ! are the ends of a sentence. A name that stands
// before “=” twice has the words of both. In the section [weights] each line is a sign and what it counts for:
//
//	polite = 4 2
//
// The error names the line.
func readHearer(text string) (*hearer, error) {
	h := &hearer{
		classes: map[string][][]string{}, patterns: map[string]map[string][]pattern{}, spelling: map[string][]string{}, frames: map[string]bool{},
	}
	section, n := "", 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		wrong := func(what string) error { return fmt.Errorf("overhear, line %d: %s", n, what) }
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			h.patterns[section] = map[string][]pattern{}
			continue
		}
		if name, list, ok := strings.Cut(line, " = "); ok {
			for one := range strings.SplitSeq(list, ",") {
				one = strings.TrimSpace(one)
				switch {
				case section == "weights":
					if err := h.weight(name, one); err != nil {
						return nil, wrong(err.Error())
					}
				case section == "spelling":
					h.spelling[name] = strings.Fields(one)
				case strings.HasPrefix(one, "<"):
					runs, known := h.classes[strings.Trim(one, "<>")]
					if !known {
						return nil, wrong("no class " + one)
					}
					h.classes[name] = append(h.classes[name], runs...)
				default:
					h.classes[name] = append(h.classes[name], strings.Fields(one))
				}
			}
			continue
		}
		if section == "" {
			return nil, wrong("want a class, as in: lend = lend, loan")
		}
		p, err := h.parse(line)
		if err != nil {
			return nil, wrong(err.Error())
		}
		for _, first := range p.firsts() {
			h.patterns[section][first] = append(h.patterns[section][first], p)
		}
	}
	h.filler, h.definite, h.nothing, h.breaks, h.early, h.little = h.set("filler"), h.set("definite"), h.set("nothing"), h.set("breaks"), h.set("early"), h.set("little")
	h.definite[comma], h.breaks[comma] = true, true
	for _, s := range h.classes["slips"] {
		h.slips = append(h.slips, s[0])
	}
	return h, nil
}

// weight reads what a sign counts for: two numbers, of the judged sentence and of another one.
func (h *hearer) weight(name, counts string) error {
	if name == "enough" {
		var err error
		h.enough, err = strconv.Atoi(counts)
		return err
	}
	section, known := strings.CutPrefix(name, "known ")
	g := sign{section: section, known: known}
	if _, ok := h.patterns[section]; !ok && section != anyKnown {
		return fmt.Errorf("no section %s", section)
	}
	if len(h.signs) == 64 {
		return fmt.Errorf("more than 64 signs")
	}
	if _, err := fmt.Sscanf(counts, "%d %d", &g.own, &g.beside); err != nil {
		return fmt.Errorf("want two numbers: %w", err)
	}
	h.signs = append(h.signs, g)
	return nil
}

func (h *hearer) set(class string) map[string]bool {
	all := map[string]bool{}
	for _, run := range h.classes[class] {
		all[run[0]] = true
	}
	return all
}

func (h *hearer) parse(line string) (pattern, error) {
	var p pattern
	for part := range strings.FieldsSeq(line) {
		var it item
		if len(part) > 1 {
			part, it.optional = strings.CutSuffix(part, "?")
		}
		switch {
		case part == "..":
			it.gap = true
		case part == "<thing>":
			it.thing = true
		case part == "<name>":
			it.name = true
		default:
			for one := range strings.SplitSeq(part, "|") {
				if !strings.HasPrefix(one, "<") {
					run := strings.Split(one, "_")
					it.runs = append(it.runs, run)
					h.learn(run)
					continue
				}
				runs, known := h.classes[strings.Trim(one, "<>")]
				if !known {
					return nil, fmt.Errorf("no class %s", one)
				}
				it.runs = append(it.runs, runs...)
				for _, run := range runs {
					h.learn(run)
				}
			}
		}
		p = append(p, it)
	}
	if first := p.firsts(); len(first) == 0 {
		return nil, fmt.Errorf("a pattern begins with a word")
	}
	return p, nil
}

func (h *hearer) learn(words []string) {
	for _, w := range words {
		h.frames[w] = true
	}
}

// firsts are the words with which p may begin, none if that could be any.
func (p pattern) firsts() (all []string) {
	for _, it := range p {
		if it.gap || it.thing || it.name {
			return nil
		}
		for _, run := range it.runs {
			if !slices.Contains(all, run[0]) {
				all = append(all, run[0])
			}
		}
		if !it.optional {
			return all
		}
	}
	return nil
}

// any tells whether a pattern of a section is somewhere in a sentence.
func (h *hearer) any(section string, s sentence) bool {
	return h.found(section, walk{h: h, names: s.names}, s.words)
}

// known is any for patterns whose things are of those that the sector knows.
func (h *hearer) known(section string, s sentence) bool {
	return h.found(section, walk{h: h, names: s.names, known: true}, s.words)
}

func (h *hearer) found(section string, w walk, words []string) bool {
	for i, word := range words {
		for _, p := range h.patterns[section][word] {
			if w.follows(p, words[i:]) {
				return true
			}
		}
	}
	return false
}

// A walk compares patterns with the words of one sentence.
type walk struct {
	h     *hearer
	names map[string]bool
	known bool // a thing must be one that the sector knows
}

// follows tells whether words begin with p.
func (w walk) follows(p pattern, words []string) bool {
	if len(p) == 0 {
		return true
	}
	it, rest := p[0], p[1:]
	if it.optional && w.follows(rest, words) {
		return true
	}
	switch {
	case it.thing:
		n := w.h.thing(words)
		return n > 0 && (!w.known || spoken(words[:n])) && w.follows(rest, words[n:])
	case it.name:
		return len(words) > 0 && w.names[words[0]] && w.follows(rest, words[1:])
	case it.gap:
		const most = 4
		for n := 0; n <= min(most, len(words)); n++ {
			if w.follows(rest, words[n:]) {
				return true
			}
		}
		return false
	}
	for _, run := range it.runs {
		if len(run) <= len(words) && slices.Equal(run, words[:len(run)]) && w.follows(rest, words[len(run):]) {
			return true
		}
	}
	return false
}

// thing is how many words name something that a group could have, 0 for none: nothing definite, nothing of somebody's,
// and not a meeting link or a pint. What counts is the last word of the name.
func (h *hearer) thing(words []string) int {
	if len(words) == 0 || h.definite[words[0]] || h.breaks[words[0]] && !h.early[words[0]] {
		return 0
	}
	head, n := "", 0
	for _, w := range words {
		if w == "'s" && head != "someone" && head != "somebody" && head != "anyone" && head != "anybody" {
			return 0
		}
		if h.breaks[w] && head != "" && !(h.early[w] && h.little[head]) {
			break
		}
		head = w
		n++
	}
	if h.nothing[head] || h.nothing[strings.TrimSuffix(head, "s")] {
		return 0
	}
	return n
}
