package match

import (
	"strings"
	"unicode/utf8"

	"ginnel/bot/spelling"
)

const (
	// A word shorter than this may be anything with one letter changed.
	minMisspelt = 6
	// misspelt is what a word counts that was guessed from another spelling.
	misspelt = 0.8
)

// spelling finds a word of the register that st may be meant for: with one letter wrong, missing, too many or
// swapped with its neighbour, or broken off. Of several it takes the most frequent.
func (s *state) spelling(st string) (term uint32, ok bool) {
	if utf8.RuneCountInString(st) < minMisspelt {
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
	if utf8.RuneCountInString(st) < minMisspelt {
		return "", false
	}
	for w := range t.stems {
		if w[0] == st[0] && alike(st, w) && (!ok || w < other) {
			other, ok = w, true
		}
	}
	return other, ok
}

// alike tells whether a is b but for one slip, or its beginning.
func alike(a, b string) bool {
	const minBegun = 6
	if len(a) >= minBegun && len(b) > len(a) && strings.HasPrefix(b, a) {
		return true
	}
	return len(b) >= minMisspelt-1 && spelling.Within(a, b, 1)
}
