package intent

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"ginnel/bot/spelling"
)

//go:embed en/words/same.txt
var sameFile string

//go:embed en/words/classes.txt
var classesFile string

// A word is one word of a message, folded, with the bytes it stands at.
type word struct {
	text       string
	start, end int
}

// readWordFile reads a file of words that stand under one other, and returns that by each.
func readWordFile(text string) map[string]string {
	under := map[string]string{}
	for line := range strings.Lines(text) {
		word, others, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, other := range strings.Fields(others) {
			under[other] = word
		}
	}
	return under
}

// split finds the words of a text. Apostrophes are dropped, since half of all people leave them out; a question mark and a
// picture are words of their own.
func (r *Reader) split(text string) []word {
	var words []word
	var b strings.Builder
	start := -1
	flush := func(end int) {
		if start >= 0 {
			w := spelling.Fold(b.String())
			if plain, ok := r.same[w]; ok {
				w = plain
			}
			if w != "" {
				words = append(words, word{w, start, end})
			}
		}
		b.Reset()
		start = -1
	}
	for i, c := range text {
		switch {
		case spelling.InWord(c) || unicode.Is(unicode.Mn, c):
			if start < 0 {
				start = i
			}
			b.WriteRune(c)
		case c == '\'' || c == '’' || c == '‘' || c == '`':
		default:
			flush(i)
			if c == '?' || unicode.Is(unicode.So, c) && c != utf8.RuneError {
				words = append(words, word{string(c), i, i + len(string(c))})
			}
		}
	}
	flush(len(text))
	return words
}

// shape makes words with figures in them alike by how they look: QX3 and M14 are one, and so are 40 and 25. A single figure
// stays itself, since people choose by it.
func shape(w string) string {
	if len(w) == 1 || strings.IndexFunc(w, unicode.IsDigit) < 0 {
		return w
	}
	var b strings.Builder
	last := ' '
	for _, c := range w {
		kind := 'a'
		if unicode.IsDigit(c) {
			kind = '0'
		}
		if kind != last || kind == 'a' {
			b.WriteRune(kind)
		}
		if b.Len() == 8 {
			break
		}
		last = kind
	}
	return b.String()
}
