package language

import (
	"slices"
	"strconv"
	"strings"
)

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

// WithoutCourtesies is what folded words say without courtesies in front and behind, and without commas.
func (b *Book) WithoutCourtesies(words []string) []string {
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

// Meant is the label of the answer with which folded words begin, and how many of them it takes; 0 when they begin with
// none. Unsure is an answer that may as well mean nothing.
func (b *Book) Meant(words []string) (label string, unsure bool, n int) {
	for _, a := range b.answers {
		if n := len(a.words); len(words) >= n && slices.Equal(words[:n], a.words) {
			return a.label, a.unsure, n
		}
	}
	return "", false, 0
}

// Ordinal is which of n things on a list folded words pick, counted from 0: “the first one”, “the last”. ok is false when they
// pick none.
func (b *Book) Ordinal(words []string, n int) (which int, ok bool) {
	for _, p := range b.picks {
		if !slices.Equal(p.words, words) {
			continue
		}
		if p.label == "last" {
			return n - 1, n > 0
		}
		if k, err := strconv.Atoi(p.label); err == nil && k >= 1 && k <= n {
			return k - 1, true
		}
	}
	return 0, false
}

// Conditional tells whether folded words set a condition, or say another thing beside a yes or a no.
func (b *Book) Conditional(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(b.conditions, w) })
}

// Pronoun tells whether text names nothing by itself, as “it” and “the town” do.
func (b *Book) Pronoun(text string) bool {
	return slices.Contains(b.pronouns, strings.Join(Fold(text), " "))
}
