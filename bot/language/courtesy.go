package language

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
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

// WithoutCourtesies is what folded words say without courtesies in front and behind, without commas, and without what is only
// signs beside words.
func (b *Book) WithoutCourtesies(words []string) []string {
	signs := func(w string) bool {
		return !strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	}
	if slices.ContainsFunc(words, func(w string) bool { return !signs(w) }) {
		words = slices.DeleteFunc(slices.Clone(words), signs)
	}
	return without(words, b.polite, b.endings)
}

// without takes openings and endings off words, as long as something is left.
func without(words []string, openings, endings [][]string) []string {
	for again := true; again; {
		again = false
		for _, opening := range openings {
			if n := len(opening); len(words) > n && slices.Equal(words[:n], opening) {
				words, again = words[n:], true
				break
			}
		}
		for _, ending := range endings {
			if n := len(words) - len(ending); n > 0 && slices.Equal(words[n:], ending) {
				words, again = words[:n], true
				break
			}
		}
	}
	return words
}

// Taken is what folded words take of a list, without courtesies and without the words that say that it is taken: “please ask the
// second one then” takes “second one”.
func (b *Book) Taken(words []string) []string {
	openings, endings := slices.Concat(b.picking, b.polite), slices.Concat(b.picked, b.endings)
	return without(b.WithoutCourtesies(words), openings, endings)
}

// Meant is the label of the answer with which folded words begin, and how many of them it takes; 0 when they begin with
// none. Unsure is an answer that may as well mean nothing. The same said twice in other words is one answer: “aye, go on”; it is
// unsure only where every part of it is.
func (b *Book) Meant(words []string) (label string, unsure bool, n int) {
	for _, a := range b.answers {
		if n := len(a.words); len(words) >= n && slices.Equal(words[:n], a.words) {
			if again, alsoUnsure, more := b.Meant(words[n:]); more > 0 && again == a.label {
				return a.label, a.unsure && alsoUnsure, n + more
			}
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
