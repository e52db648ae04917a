package match

import (
	"strings"
	"unicode/utf8"
)

const (
	// A word shorter than this may be anything with one letter changed.
	leastMisspelt = 6
	// misspelt is what a word counts that was guessed from another spelling.
	misspelt = 0.8
)

// spelling finds a word of the register that st may be meant for: with one letter wrong, missing, too many or
// swapped with its neighbour, or broken off. Of several it takes the most frequent.
func (s *state) spelling(st string) (term uint32, ok bool) {
	if utf8.RuneCountInString(st) < leastMisspelt {
		return 0, false
	}
	first, _ := utf8.DecodeRuneInString(st)
	most := int32(0)
	for _, other := range s.near[first] {
		df := s.df.of(other)
		if df < most || df == 0 {
			continue
		}
		if name := s.names[other]; alike(st, name) && (df > most || name < s.names[term]) {
			term, ok, most = other, true, df
		}
	}
	return term, ok
}

func (t *Thesaurus) knows(st string) bool { return t.stems[st] }

// spelling finds a word of the thesaurus that st may be meant for.
func (t *Thesaurus) spelling(st string) (other string, ok bool) {
	if utf8.RuneCountInString(st) < leastMisspelt {
		return "", false
	}
	for w := range t.stems {
		if w[0] == st[0] && alike(st, w) && (!ok || w < other) {
			other, ok = w, true
		}
	}
	return other, ok
}

// alike tells whether a is b but for one letter, or its beginning.
func alike(a, b string) bool {
	const leastBegun = 6
	if len(a) >= leastBegun && len(b) > len(a) && strings.HasPrefix(b, a) {
		return true
	}
	if d := len(a) - len(b); d < -1 || d > 1 || len(b) < leastMisspelt-1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) > len(b):
		return a[1:] == b
	case len(a) < len(b):
		return a == b[1:]
	case len(a) == 0:
		return true
	case a[1:] == b[1:]:
		return true
	default:
		return len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
	}
}
