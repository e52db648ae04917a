package identify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word of a text: as it stands, and in small letters without apostrophes.
type word struct {
	said, small string
	start, end  int
	capital     bool
	first       bool // of a sentence
	stop        bool // a comma, a bracket or the end of a sentence follows
}

var apostrophes = strings.NewReplacer("'", "", "’", "")

func wordsOf(text string) (words []word) {
	start, first := -1, true
	flush := func(end int) {
		if start < 0 {
			return
		}
		said := strings.TrimRight(text[start:end], "'’-")
		w := word{said: said, start: start, end: start + len(said), first: first}
		w.small = apostrophes.Replace(strings.ToLower(said))
		r, _ := utf8.DecodeRuneInString(said)
		w.capital = unicode.IsUpper(r)
		words, start, first = append(words, w), -1, false
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && (r == '\'' || r == '’' || r == '-'):
		default:
			flush(i)
			if n := len(words); n > 0 && !unicode.IsSpace(r) {
				words[n-1].stop = true
			}
			// “Mrs. Patel” is one sentence.
			if r == '\n' || r == '!' || r == '?' || r == '.' && endsWord(text[i+1:]) && len(words) > 0 && !lists().has("title", words[len(words)-1].small) {
				first = true
			}
		}
	}
	flush(len(text))
	return words
}

// endsWord tells whether no letter or digit follows at once, as in “t.me”.
func endsWord(rest string) bool {
	return rest == "" || rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\t'
}

// bare is w without the s of “Doreen’s”.
func (w word) bare() string {
	if len(w.small) == len(w.said) {
		return w.small
	}
	for _, s := range []string{"'s", "’s"} {
		if rest, ok := strings.CutSuffix(strings.ToLower(w.said), s); ok {
			return rest
		}
	}
	return w.small
}

// given tells whether w is a first name, as far as its letters tell. “Jane-Anne” is one because “Jane” is.
func (w word) given() bool {
	name, _, _ := strings.Cut(w.bare(), "-")
	return lists().has("name", name) || w.capital && !w.first && lists().has("word", name)
}

// mayBeSurname tells whether w, after a first name, is more of the name.
func (w word) mayBeSurname() bool {
	shouted := len(w.said) > 3 && strings.ToUpper(w.said) == w.said
	return w.capital && !shouted && !lists().has("between", w.small) && len(w.small) > 1 && !lists().has("place", w.bare()) && strings.IndexFunc(w.small, unicode.IsDigit) < 0
}

// named finds the names of people.
func named(words []word) (found []Finding) {
	add := func(from, to int) {
		found = append(found, Finding{Kind: Name, Start: words[from].start, End: words[to].end})
	}
	for i := range words {
		rest := words[i:]
		switch {
		case lists().startsKnown(rest):
		case titled(rest) > 0:
			add(i, i+titled(rest))
		case fullName(rest) > 0 && borrowed(words, i, i+fullName(rest)):
		case fullName(rest) > 0 && (i == 0 || words[i-1].small != "st" && words[i-1].small != "saint"):
			add(i, i+fullName(rest))
		case helped(rest) > 0:
			add(i+lists().longestOf("helped", rest), i+helped(rest))
		case rest[0].given() && inCircumstance(rest[1:], rest[0]):
			add(i, i)
		}
	}
	return found
}

// borrowed tells whether a full name is that of a thing: “a Jenny Lind bed”, “Jack Daniel style”.
func borrowed(words []word, from, to int) bool {
	if to+1 >= len(words) || words[to].stop {
		return false
	}
	after := words[to+1]
	return lists().has("likeness", after.small) ||
		from > 0 && lists().has("article", words[from-1].small) && !after.capital && !after.first && !lists().has("between", after.small)
}

// titled returns at which word a name ends that begins with a title, or 0: “Mrs Patel”, “mr khan”.
func titled(w []word) int {
	if len(w) < 2 || !lists().has("title", w[0].small) || lists().has("capital", w[0].small) && !w[0].capital || w[0].said == "MS" {
		return 0
	}
	next := w[1]
	if lists().has("place", next.small) || lists().has("between", next.small) || lists().has("title", next.small) || len(next.small) < 2 || !next.capital && (len(next.small) < 4 || w[0].capital) {
		return 0
	}
	return 1
}

// fullName returns at which word a first name and a surname end, or 0. “Elizabeth Fry Society” is no person.
func fullName(w []word) int {
	if len(w) < 2 || !w[0].given() || !w[0].capital || w[0].stop || w[0].bare() != w[0].small {
		return 0
	}
	end := 0
	for end < 3 && end+1 < len(w) && !w[end].stop && w[end+1].mayBeSurname() {
		end++
	}
	if end > 0 && end+1 < len(w) && !w[end].stop && w[end+1].capital && lists().has("place", w[end+1].small) {
		return 0
	}
	return end
}

// helped returns at which word somebody’s name ends who is spoken of as being helped, or 0: “a lad called Kyle”,
// “our client Ali”.
func helped(w []word) int {
	n := lists().longestOf("helped", w)
	if n == 0 || n >= len(w) || w[n-1].stop && w[n-1].end+1 < w[n].start-1 {
		return 0
	}
	called := lists().longestOf("called", w[n:])
	at := n + called
	if at >= len(w) {
		return 0
	}
	name := w[at]
	if called > 0 && (name.capital || name.given()) && !lists().has("place", name.small) || name.given() && (name.capital || lists().has("name", name.small)) {
		if at+1 < len(w) && name.capital && w[at+1].capital && !name.stop && lists().has("place", w[at+1].small) {
			return 0
		}
		return at
	}
	return 0
}

// inCircumstance tells whether the words after a first name say something of its bearer: “Kyle in Year 9”, “Ann, 14”.
func inCircumstance(w []word, name word) bool {
	if len(w) == 0 || name.bare() != name.small {
		return false
	}
	if lists().longestOf("circumstance", w) > 0 {
		return true
	}
	return name.stop && len(w[0].said) <= 2 && strings.IndexFunc(w[0].said, func(r rune) bool { return r < '0' || r > '9' }) < 0 && (w[0].stop || len(w) == 1)
}
