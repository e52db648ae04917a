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

// thanksWords counts the words of an ending such as “, thanks a lot” behind others. A name may end in one that begins with a
// capital.
func (b *Book) thanksWords(words []spoken, text string) int {
	for _, ending := range b.endings {
		n := len(words) - len(ending)
		if n <= 0 || words[n-1].fold == "," && n == 1 || unicode.IsUpper(rune(text[words[n].start])) {
			continue
		}
		fits := true
		for i, w := range ending {
			fits = fits && !words[n+i].quoted && words[n+i].fold == w
		}
		if fits {
			return len(ending)
		}
	}
	return 0
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

// Bare is folded words without those that are a courtesy by themselves, wherever they stand: “yes please list us”.
func (b *Book) Bare(words []string) []string {
	courtesy := func(w string) bool {
		alone := func(c []string) bool { return len(c) == 1 && c[0] == w }
		return slices.ContainsFunc(b.endings, alone)
	}
	return slices.DeleteFunc(slices.Clone(words), courtesy)
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
// unsure where any part of it is.
func (b *Book) Meant(words []string) (label string, unsure bool, n int) {
	for _, a := range b.answers {
		k := len(a.words)
		if len(words) < k || !slices.Equal(words[:k], a.words) {
			continue
		}
		unsureHere := a.unsure
		if again, alsoUnsure, more := b.Meant(words[k:]); more > 0 && again == a.label {
			k, unsureHere = k+more, unsureHere || alsoUnsure
		}
		if k > n {
			label, unsure, n = a.label, unsureHere, k
		}
	}
	return label, unsure, n
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
	return b.Condition(words) >= 0
}

// Condition is where among folded words the first stands that sets a condition, -1 where none does.
func (b *Book) Condition(words []string) int {
	return slices.IndexFunc(words, func(w string) bool { return slices.Contains(b.conditions, w) })
}

// Pronoun tells whether text names nothing by itself, as “it” and “the town” do.
func (b *Book) Pronoun(text string) bool {
	return slices.Contains(b.pronouns, strings.Join(Fold(text), " "))
}
