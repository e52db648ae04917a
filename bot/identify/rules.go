package identify

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

//go:embed rules.txt
var rulesFile string

// kindNames are the kinds as rules.txt calls them.
var kindNames = map[string]Kind{
	"name": Name, "phone": Phone, "email": Email, "mailbox": Mailbox, "house": House, "insurance": Insurance,
	"health": Health, "bank": Bank, "birth": Birth, "handle": Handle, "access": Access, "plate": Plate, "papers": Papers,
}

// rule is a line of rules.txt that begins with “sure” or “ask”.
type rule struct {
	kind   Kind
	unsure bool
	parts  []part
}

// part is what one word of a rule stands for, or one of several things. Only one field but the last is set.
type part struct {
	word     string // this word, in small letters
	list     string // an entry of a list of words.txt
	digits   int    // a number of so many digits or more, said or written
	skip     int    // up to so many words
	across   bool   // they may end a sentence
	class    string // Name, Name's, Names, Cap, Title, Surname, Street or @
	any      []part // one of these
	optional bool   // it may be missing
}

// How many words the two kinds of gap may have.
const (
	gap     = 5
	wideGap = 14
)

// parseRule reads the words of a rule: see the head of rules.txt.
func parseRule(text string) (parts []part) {
	for _, s := range strings.Fields(text) {
		inner, bracketed := strings.CutPrefix(s, "[")
		p := parsePart(strings.TrimSuffix(inner, "]"))
		p.optional = bracketed
		parts = append(parts, p)
	}
	return parts
}

func parsePart(s string) part {
	if one, rest, several := strings.Cut(s, "|"); several {
		p := part{any: []part{parsePart(one)}}
		for s := range strings.SplitSeq(rest, "|") {
			p.any = append(p.any, parsePart(s))
		}
		return p
	}
	switch {
	case s == "*":
		return part{skip: gap}
	case s == "**":
		return part{skip: wideGap, across: true}
	case s == "Name" || s == "Name's" || s == "Names" || s == "Cap" || s == "Title" || s == "Street" || s == "Surname" || s == "@":
		return part{class: s}
	case strings.HasPrefix(s, "#"):
		n, err := strconv.Atoi(s[1:])
		if err != nil {
			panic(fmt.Sprintf("rules.txt: no number in %q", s))
		}
		return part{digits: n}
	case strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">"):
		return part{list: s[1 : len(s)-1]}
	}
	return part{word: s}
}

// parseRules reads the rules of rules.txt. A list that there is none of in b panics.
func (b *book) parseRules(file string) {
	kind, ok := Kind(0), false
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if name, found := strings.CutPrefix(line, "["); found && strings.HasSuffix(name, "]") {
			if kind, ok = kindNames[strings.TrimSuffix(name, "]")]; !ok {
				panic(fmt.Sprintf("rules.txt: no kind %q", name))
			}
			continue
		}
		how, text, _ := strings.Cut(line, ": ")
		if how != "sure" && how != "ask" {
			continue
		}
		r := &rule{kind, how == "ask", parseRule(text)}
		for i, p := range r.parts {
			if b.begin(r, p); !p.optional {
				break
			} else if i+1 == len(r.parts) {
				panic(fmt.Sprintf("rules.txt: everything may be missing in %q", line))
			}
		}
	}
}

// begin files r under the words it may begin with.
func (b *book) begin(r *rule, p part) {
	for _, q := range p.any {
		b.begin(r, q)
	}
	switch {
	case p.any != nil:
	case p.word != "":
		b.byWord[p.word] = append(b.byWord[p.word], r)
	case p.list != "":
		if b.entries[p.list] == nil {
			panic(fmt.Sprintf("rules.txt: no list %q", p.list))
		}
		for first := range b.entries[p.list] {
			b.byWord[first] = append(b.byWord[first], r)
		}
	default:
		b.others = append(b.others, r)
	}
}

// ruled finds what the rules of rules.txt tell of. Where a rule has a name in it, the name alone is the finding.
func ruled(text string, words []word) (found []Finding) {
	b := lists()
	t := &told{b: b, text: text, words: words}
	t.small = !slices.ContainsFunc(words, func(w word) bool {
		day := strings.TrimSuffix(w.small, "s")
		return w.capital && !w.first && len(w.small) > 1 && !b.has("nobody", w.small) && !b.has("place", day)
	})
	for i := range words {
		for _, rules := range [][]*rule{b.byWord[words[i].small], b.others} {
			for _, r := range rules {
				t.from, t.to = -1, -1
				if end, ok := t.fits(r.parts, i); ok && end > i && (r.kind != House || !isVenue(text[:words[i].start])) {
					f := Finding{Kind: r.kind, Start: words[i].start, End: words[end-1].end, Unsure: r.unsure}
					if t.from >= 0 {
						f.Start, f.End = words[t.from].start, words[t.to-1].end
					}
					found = append(found, f)
				}
			}
		}
	}
	return found
}

// told is a text that rules are held against. from and to are the words of the name in it.
type told struct {
	b        *book
	text     string
	words    []word
	small    bool // it is written without capital letters, so that small ones may begin a name
	from, to int
}

// fits tells whether the words from i on fit parts, and where they end.
func (t *told) fits(parts []part, i int) (end int, ok bool) {
	if len(parts) == 0 {
		return i, true
	}
	p, rest := parts[0], parts[1:]
	if p.skip > 0 {
		for n := 0; n <= p.skip && i+n <= len(t.words); n++ {
			if n > 0 && i+n < len(t.words) && t.words[i+n].first && !p.across {
				return 0, false
			}
			if end, ok := t.fits(rest, i+n); ok {
				return end, true
			}
		}
		return 0, false
	}
	if next := t.one(p, i); next > i {
		if end, ok := t.fits(rest, next); ok {
			if p.class == "Name" || p.class == "Name's" || p.class == "Names" || p.class == "Cap" {
				t.from, t.to = i, next
			}
			return end, true
		}
	}
	if p.optional {
		return t.fits(rest, i)
	}
	return 0, false
}

// one returns where the words end that are p and begin at i, or i when none do.
func (t *told) one(p part, i int) int {
	if i >= len(t.words) {
		return i
	}
	w := t.words[i]
	switch {
	case p.any != nil:
		for _, q := range p.any {
			if next := t.one(q, i); next > i {
				return next
			}
		}
	case p.word != "" && p.word == w.small:
		return i + 1
	case p.list != "":
		for _, e := range t.b.entries[p.list][w.small] {
			if len(e) <= len(t.words)-i && t.is(e, i) {
				return i + len(e)
			}
		}
	case p.digits > 0:
		return t.number(i, p.digits)
	case p.class == "@" && t.handle(i):
		end := i + 1
		for end < len(t.words) && !unicode.IsSpace(rune(t.text[t.words[end].start-1])) {
			end++
		}
		return end
	case p.class == "Name" && t.named(i, w.small), p.class == "Cap" && t.capital(i):
		if !w.stop && i+1 < len(t.words) && t.words[i+1].capital && len(t.words[i+1].said) == 1 && t.words[i+1].small != "i" {
			return i + 2 // “Jean P.”
		}
		return i + 1
	case p.class == "Names" && t.named(i, w.small) && !w.stop && i+1 < len(t.words) && !t.b.has("between", t.words[i+1].small) && !t.b.has("then", t.words[i+1].small):
		return i + 2
	case p.class == "Title" && w.capital && strings.ToUpper(w.said) != w.said,
		p.class == "Surname" && w.mayBeSurname() && !t.b.has("nobody", w.small),
		p.class == "Street" && (t.b.has("street", w.small) || w.capital && t.b.has("street in capitals", w.small)):
		return i + 1
	case p.class == "Name's" && w.bare() != w.small && t.named(i, w.bare()):
		return i + 1
	}
	return i
}

func (t *told) is(entry []string, i int) bool {
	for k, s := range entry {
		if t.words[i+k].small != s || k > 0 && t.words[i+k].first {
			return false
		}
	}
	return true
}

// number returns where a number of at least so many digits ends that begins at i: “4417”, “four four one two”, “QQ 12 34 56 C”.
func (t *told) number(i, fewest int) int {
	const manyDigits = 4 // of a number that may begin with letters
	digits, end := 0, i
	for j := i; j < len(t.words) && (j == i || !t.words[j].first); j++ {
		w := t.words[j]
		n := 0
		for _, r := range w.said {
			if unicode.IsDigit(r) {
				n++
			}
		}
		if n == 0 && t.saidNumber(w) {
			n = 1
		}
		letters := n == 0 && len(w.said) <= 2 && strings.ToUpper(w.said) == w.said && (j > i || fewest >= manyDigits)
		hundredAnd := w.small == "and" && j > i && t.words[j-1].small == "hundred"
		if n == 0 && !letters && !hundredAnd {
			break
		}
		if digits += n; n > 0 || letters && j > i {
			end = j + 1
		}
		if w.stop && j+1 < len(t.words) && strings.Contains(t.text[w.end:t.words[j+1].start], ",") {
			break
		}
	}
	if digits < fewest {
		return i
	}
	return end
}

// saidNumber tells whether w is a number in letters, such as “sixty-one” or “double-oh”.
func (t *told) saidNumber(w word) bool {
	for s := range strings.SplitSeq(w.small, "-") {
		if !t.b.has("digit", s) && !t.b.has("number", s) {
			return false
		}
	}
	return true
}

// handle tells whether the word at i looks like no word of a language: “beckside_lou”, “rook#4417”.
func (t *told) handle(i int) bool {
	start := t.words[i].start
	end := start
	for end < len(t.text) && !unicode.IsSpace(rune(t.text[end])) && t.text[end] != ',' && t.text[end] != ')' {
		end++
	}
	chunk := strings.TrimRight(t.text[start:end], ".!?;:")
	if len(chunk) < 3 {
		return false
	}
	if start > 0 && t.text[start-1] == '@' {
		return true
	}
	letters := strings.IndexFunc(chunk, unicode.IsLetter) >= 0
	return letters && (strings.ContainsAny(chunk, "_#./") || strings.IndexFunc(chunk, unicode.IsDigit) >= 0)
}

// named tells whether the word at i, which reads small, is a first name that stands alone. “Grace Church”, “Prince Albert”
// and “a Henry hoover” are none.
func (t *told) named(i int, small string) bool {
	w := t.words[i]
	given, _, _ := strings.Cut(small, "-")
	switch {
	case w.capital && (t.b.has("name", given) || t.b.has("word", given) && !w.first):
	case !w.capital && t.small && t.b.has("name", given):
	default:
		return false
	}
	return t.alone(i)
}

// alone tells whether the word at i is no part of a longer name, and no thing.
func (t *told) alone(i int) bool {
	w := t.words[i]
	if i > 0 && !w.first {
		before := t.words[i-1]
		if before.capital && !before.first && !before.stop && before.small != "i" || t.b.has("article", before.small) || t.b.has("saint", before.small) {
			return false
		}
	}
	if i+1 < len(t.words) && !w.stop && !t.words[i+1].first {
		after := t.words[i+1]
		return !(after.capital && after.small != "i" && len(after.said) > 1) && !t.b.has("place", after.small)
	}
	return true
}

// capital tells whether the word at i may be somebody's name that nobody has listed.
func (t *told) capital(i int) bool {
	w := t.words[i]
	return w.capital && !w.first && len(w.small) > 2 && strings.ToUpper(w.said) != w.said && w.bare() == w.small &&
		!t.b.has("place", w.small) && !t.b.has("between", w.small) && !t.b.has("nobody", w.small) && t.alone(i)
}
