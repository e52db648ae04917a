package bot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A phrase is one way of saying a command, its optional tails either there or not.
type phrase struct {
	command string
	number  int // of the line in its section; Say uses the first
	text    string
	tokens  []token
}

// A token is a literal word or a slot.
type token struct {
	word string // folded; for a slot ""
	slot string
	kind slotKind
}

type slotKind string

// The kinds of slot. A date, a number and a place may refuse what is in them; the others take anything.
const (
	anything     slotKind = ""
	organisation slotKind = "organisation"
	date         slotKind = "date"
	number       slotKind = "number"
	place        slotKind = "place"
)

// The longest that a typed slot may be, in words: more is no date, number or place.
const typedWords = 8

// Messages of more words than this are not matched: no command is that long, and work stays bounded.
const phraseWords = 500

func (k slotKind) typed() bool { return k == date || k == number || k == place }

// Value is what filled a slot.
type Value struct {
	Text    string
	Date    Date
	Options []Date // a date that may be any of these: to be asked, never guessed
	Number  int
	Place   Postcode
}

// Args are the values of a phrase's slots, and for whom the command is given.
type Args struct {
	Values       map[string]Value
	Organisation OrganisationID // the one that the speaker speaks for; 0 for none
	Name         string         // its name
	Coordinator  bool           // the speaker looks after the network
	Standings    []Standing     // all organisations that the speaker speaks for
	Today        Date           // where the people of the network are
	Taken        bool           // no phrase fits what was said; the command's Takes let it be meant
	nested       bool           // the organisation was named in front, as in “for the Choir: …”
	open         []Choice       // what was last offered, and is not answered yet
	others       []Choice       // what other posts offer here
	unclear      []Choice       // those of them that may be meant by an answer that is no plain one
}

// Text is the text of a slot, "" when it was not filled.
func (a Args) Text(slot string) string { return a.Values[slot].Text }

// Date is the date of a slot, zero when it was not filled.
func (a Args) Date(slot string) Date { return a.Values[slot].Date }

// parsePhrase expands the optional tails of one line of a word file: every subset is a phrase.
func parsePhrase(command string, line int, text string) ([]phrase, error) {
	forms := [][]token{nil}
	rest := text
	for rest != "" {
		fixed, after, bracket := strings.Cut(rest, "[")
		tokens, err := parseTokens(fixed)
		if err != nil {
			return nil, err
		}
		for i := range forms {
			forms[i] = append(slices.Clip(forms[i]), tokens...)
		}
		if !bracket {
			break
		}
		tail, next, closed := strings.Cut(after, "]")
		if !closed {
			return nil, fmt.Errorf("a [ without its ] in %q", text)
		}
		optional, err := parseTokens(tail)
		if err != nil {
			return nil, err
		}
		for _, f := range slices.Clone(forms) {
			forms = append(forms, append(slices.Clip(f), optional...))
		}
		rest = next
	}
	var out []phrase
	for _, f := range forms {
		if len(f) == 0 {
			return nil, fmt.Errorf("%q can be empty", text)
		}
		for i := 1; i < len(f); i++ {
			if f[i].slot != "" && f[i-1].slot != "" && !f[i].kind.typed() && !f[i-1].kind.typed() {
				return nil, fmt.Errorf("nobody can tell {%s} from {%s} in %q", f[i-1].slot, f[i].slot, text)
			}
		}
		out = append(out, phrase{command: command, number: line, text: text, tokens: f})
	}
	return out, nil
}

func parseTokens(s string) ([]token, error) {
	var out []token
	for _, w := range strings.Fields(strings.NewReplacer(",", " , ", "{", " {", "}", "} ").Replace(s)) {
		if w[0] != '{' {
			if w == ":" || w == "," {
				out = append(out, token{word: w})
				continue
			}
			for _, f := range foldAll(w) {
				out = append(out, token{word: f})
			}
			continue
		}
		name, kind, _ := strings.Cut(strings.Trim(w, "{}"), ":")
		k := slotKind(kind)
		if name == "" || !(k.typed() || k == anything || k == organisation) {
			return nil, fmt.Errorf("%s is no slot", w)
		}
		out = append(out, token{slot: name, kind: k})
	}
	return out, nil
}

func (p phrase) shape() string {
	var b strings.Builder
	for _, t := range p.tokens {
		switch {
		case t.slot == "":
			b.WriteString(" " + t.word)
		case t.kind.typed():
			b.WriteString(" {" + string(t.kind) + "}")
		default:
			b.WriteString(" {}")
		}
	}
	return b.String()
}

func (p phrase) slots() []string {
	var names []string
	for _, t := range p.tokens {
		if t.slot != "" {
			names = append(names, t.slot)
		}
	}
	return names
}

func (p phrase) filledBy(values map[string]any) bool {
	for _, t := range p.tokens {
		if t.slot != "" && show(values[t.slot]) == "" {
			return false
		}
	}
	return true
}

// A spoken word is a word of a message, where it stood, and whether it was in quotation marks.
type spoken struct {
	fold       string
	start, end int
	value      string // of a quoted word, what is between the marks
	quoted     bool
}

// speak splits a message into words. “…” and "…" are one word, whatever is in them; a comma is a word, and
// so is a colon that ends one.
func speak(s string) []spoken {
	var out []spoken
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == ',':
			out = append(out, spoken{fold: ",", start: i, end: i + 1})
			i++
		case r == '“' || r == '"':
			value, length := unquote(s[i:])
			if length == 0 {
				i += size
				continue
			}
			out = append(out, spoken{start: i, end: i + length, value: value, quoted: true})
			i += length
		default:
			end := i + strings.IndexFunc(s[i:]+" ", func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '“' })
			colon := end > i+1 && s[end-1] == ':'
			if colon {
				end--
			}
			out = append(out, spoken{fold: foldWord(s[i:end]), start: i, end: end})
			if colon {
				out = append(out, spoken{fold: ":", start: end, end: end + 1})
				end++
			}
			i = end
		}
	}
	return out
}

// quote puts a value in marks so that it is one word: inner marks are doubled.
func quote(v string) string {
	return "“" + strings.NewReplacer("“", "““", "”", "””").Replace(v) + "”"
}

// unquote reads one quoted value at the start of s and how many bytes it takes; 0 when it has no end.
func unquote(s string) (string, int) {
	if s[0] == '"' {
		end := strings.IndexByte(s[1:], '"')
		// A mark in the middle of words, as in 5" pipe, opens nothing.
		if end <= 0 || (1+end+1 < len(s) && !strings.ContainsAny(s[end+2:end+3], " ,.?!:;\n")) {
			return "", 0
		}
		return s[1 : 1+end], end + 2
	}
	const mark = len("“")
	var b strings.Builder
	for i := mark; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "””"):
			b.WriteString("”")
			i += 2 * mark
		case strings.HasPrefix(s[i:], "”"):
			if b.Len() == 0 {
				return "", 0
			}
			return b.String(), i + mark
		case strings.HasPrefix(s[i:], "““"):
			b.WriteString("“")
			i += 2 * mark
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return "", 0
}

// foldWord makes words that are meant alike equal: case, apostrophes and the marks around a word do not count.
func foldWord(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '’', '‘', '\'', '`':
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Trim(s, ".?!;()…*_")
}

func foldAll(s string) []string {
	var out []string
	for _, w := range speak(s) {
		if w.quoted {
			out = append(out, foldWord(w.value))
		} else if w.fold != "" {
			out = append(out, w.fold)
		}
	}
	return out
}

// Match finds the command that text says and the values of its slots. Where several phrases fit, the
// leftmost literal word beats a slot, and a slot of a kind beats a free one.
func (b *Book) Match(text string, today Date) (command string, args map[string]Value, ok bool) {
	m := matcher{text: text, words: speak(text), today: today, same: func(a, b string) bool { return a == b }}
	if len(m.words) > phraseWords {
		return "", nil, false
	}
	p, f, ok := b.best(&m)
	if !ok {
		if n := b.politeWords(m.words); n > 0 && n < len(m.words) {
			m.words = m.words[n:]
			p, f, ok = b.best(&m)
		}
	}
	if !ok {
		return "", nil, false
	}
	return p.command, f.values, true
}

// politeWords counts the words of openings such as “hi all, please”.
func (b *Book) politeWords(words []spoken) int {
	n := 0
again:
	for _, opening := range b.polite {
		if len(words)-n < len(opening) {
			continue
		}
		fits := true
		for i, w := range opening {
			fits = fits && !words[n+i].quoted && words[n+i].fold == w
		}
		if fits {
			n += len(opening)
			for n < len(words) && words[n].fold == "," {
				n++
			}
			goto again
		}
	}
	return n
}

// plainly is what folded words say without courtesies in front and behind, and without commas.
func (b *Book) plainly(words []string) []string {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "," })
	for again := true; again; {
		again = false
		for _, opening := range b.polite {
			if n := len(opening); len(words) > n && slices.Equal(words[:n], opening) {
				words, again = words[n:], true
				break
			}
		}
		for _, ending := range b.endings {
			if n := len(words) - len(ending); n > 0 && slices.Equal(words[n:], ending) {
				words, again = words[:n], true
				break
			}
		}
	}
	return words
}

// meant is the answer with which words begin, and how many of them it takes; 0 when they begin with none.
func (b *Book) meant(words []string) (a meaning, n int) {
	for _, a := range b.answers {
		if n := len(a.words); len(words) >= n && slices.Equal(words[:n], a.words) {
			return a, n
		}
	}
	return a, 0
}

func (b *Book) best(m *matcher) (*phrase, *fit, bool) {
	var chosen *phrase
	var best *fit
	for i := range b.phrases {
		p := &b.phrases[i]
		if first := p.tokens[0]; first.slot == "" && (len(m.words) == 0 || m.words[0].quoted || !m.same(first.word, m.words[0].fold)) {
			continue
		}
		m.memo = map[[2]int]*fit{}
		m.tokens = p.tokens
		if f := m.fit(0, 0); f != nil && (best == nil || f.marks > best.marks) {
			best, chosen = f, p
		}
	}
	return chosen, best, best != nil
}

// A matcher tries one phrase on the words of one message.
type matcher struct {
	text   string
	words  []spoken
	today  Date
	same   func(token, word string) bool
	tokens []token
	memo   map[[2]int]*fit
}

// A fit is one way for the rest of a phrase to cover the rest of a message. marks says for each word what
// covered it, best letter highest, so that comparing marks as text finds the leftmost difference.
type fit struct {
	marks  string
	values map[string]Value
	words  []string // the words as the phrase spells them, for mending spelling
}

const (
	byNothing = "0"
	bySlot    = "1"
	byKind    = "2"
	byWord    = "3"
)

// fit covers words[j:] with tokens[i:], or returns nil.
func (m *matcher) fit(i, j int) *fit {
	if f, done := m.memo[[2]int{i, j}]; done {
		return f
	}
	f := m.cover(i, j)
	m.memo[[2]int{i, j}] = f
	return f
}

func (m *matcher) cover(i, j int) *fit {
	if i == len(m.tokens) {
		marks := ""
		for ; j < len(m.words); j++ {
			if m.words[j].quoted || (m.words[j].fold != "," && m.words[j].fold != "") {
				return nil
			}
			marks += byNothing
		}
		return &fit{marks: marks}
	}
	if j == len(m.words) {
		return nil
	}
	t, w := m.tokens[i], m.words[j]
	if t.slot == "" {
		if !w.quoted && m.same(t.word, w.fold) {
			return m.fit(i+1, j+1).after(byWord, t.word)
		}
		if !w.quoted && (w.fold == "," || w.fold == "") {
			return m.fit(i, j+1).after(byNothing, w.fold)
		}
		return nil
	}
	var best *fit
	for end := j + 1; end <= len(m.words); end++ {
		if t.kind.typed() && end-j > typedWords {
			break
		}
		if i+1 == len(m.tokens) && !t.kind.typed() && end < len(m.words) {
			continue // a free slot at the end takes all there is
		}
		if i+1 < len(m.tokens) && m.tokens[i+1].slot == "" && (end == len(m.words) || m.words[end].quoted || (!m.same(m.tokens[i+1].word, m.words[end].fold) && m.words[end].fold != "," && m.words[end].fold != "")) {
			continue // the word after the slot is not there
		}
		value, ok := m.value(t, j, end)
		if !ok {
			continue
		}
		rest := m.fit(i+1, end)
		if rest == nil {
			continue
		}
		mark := bySlot
		if t.kind.typed() {
			mark = byKind
		}
		f := rest.after(strings.Repeat(mark, end-j), m.text[m.words[j].start:m.words[end-1].end])
		if best == nil || f.marks > best.marks {
			f.values = map[string]Value{t.slot: value}
			for k, v := range rest.values {
				f.values[k] = v
			}
			best = f
		}
	}
	return best
}

func (f *fit) after(mark, word string) *fit {
	if f == nil {
		return nil
	}
	return &fit{marks: mark + f.marks, values: f.values, words: append([]string{word}, f.words...)}
}

var errRefused = errors.New("refused")

// value reads the words from j to end into a slot, unless they are nothing of its kind.
func (m *matcher) value(t token, j, end int) (Value, bool) {
	v := Value{}
	if end == j+1 && m.words[j].quoted {
		v.Text = m.words[j].value
	} else {
		v.Text = strings.TrimSpace(strings.Trim(strings.TrimSpace(m.text[m.words[j].start:m.words[end-1].end]), ",;:"))
		if end == len(m.words) {
			v.Text = strings.TrimRight(v.Text, "?!. ")
		}
	}
	if v.Text == "" {
		return v, false
	}
	var err error
	switch t.kind {
	case date:
		var ok bool
		if v.Date, v.Options, ok = ReadDate(v.Text, m.today); !ok {
			err = errRefused
		}
	case number:
		v.Number, err = readNumber(v.Text)
	case place:
		var ok bool
		if v.Place, ok = ReadPostcode(v.Text); !ok {
			err = errRefused
		}
	}
	return v, err == nil
}

var numberWords = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

func readNumber(s string) (int, error) {
	if n := slices.Index(numberWords, strings.ToLower(s)); n >= 0 {
		return n, nil
	}
	n, err := strconv.Atoi(s)
	if err == nil && (n < 0 || n > 10_000) {
		return 0, errRefused
	}
	return n, err
}

// Mend guesses what a message with spelling mistakes was meant to say: the corrected sentence, or "".
func (b *Book) Mend(text string, today Date) string {
	words := speak(text)
	if n := b.politeWords(words); n < len(words) {
		words = words[n:]
	}
	m := matcher{text: text, words: words, today: today, same: alike}
	if len(m.words) > phraseWords {
		return ""
	}
	_, f, ok := b.best(&m)
	if !ok || !strings.Contains(f.marks, byWord) {
		return ""
	}
	return strings.ReplaceAll(strings.Join(f.words, " "), " ,", ",")
}

// alike tells whether word may be a misspelt token: one slip in words of four letters or more, two from eight.
func alike(token, word string) bool {
	if token == word {
		return true
	}
	slips := 0
	switch n := utf8.RuneCountInString(token); {
	case n >= 8:
		slips = 2
	case n >= 4:
		slips = 1
	default:
		return false
	}
	return distance([]rune(token), []rune(word), slips) <= slips
}

// distance is the optimal string alignment distance of a and b (Damerau–Levenshtein without repeated
// edits), or limit+1 when it is more than limit.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}

// Nearest lists examples of the commands whose words are most like those of text, best first.
func (b *Book) Nearest(text string, most int) []string {
	said := map[string]bool{}
	for _, w := range foldAll(text) {
		said[w] = true
	}
	type near struct {
		example string
		shared  float64
	}
	var all []near
	for _, n := range b.order {
		for _, e := range b.sections[n].examples {
			words, shared := foldAll(e), 0.0
			for _, w := range words {
				if said[w] && len(w) > 2 {
					shared++
				}
			}
			if shared > 0 {
				all = append(all, near{e, shared / float64(len(words))})
				break
			}
		}
	}
	slices.SortStableFunc(all, func(x, y near) int { return cmp.Compare(y.shared, x.shared) })
	var out []string
	for _, n := range all[:min(most, len(all))] {
		out = append(out, n.example)
	}
	return out
}
