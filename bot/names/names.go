// Package names tells the names of groups from each other, and from names that are made to look like them.
//
// Two names are compared by their skeletons: what is left when everything is taken away that an eye passes over, with every
// letter replaced by the Latin one that it looks like, as Unicode's technical standard 39 has it. A name that is only near
// another, by a slip of the fingers, another order of words or a word put around it, is for somebody to look at.
package names

import (
	"slices"
	"strings"

	"ginnel/bot/spelling"
)

// Likeness is how alike two names are.
type Likeness int

// The likenesses.
const (
	Different Likeness = iota
	Near               // they may be meant to be taken for each other: ask
	Same               // nobody can tell them apart
)

// name is a name taken apart.
type name struct {
	words   []string // of the skeleton, without what a group is before the law
	letters string   // words without spaces
	numbers []string // words that are numbers, or have some, in order
}

func takeApart(s string) name {
	n := name{words: cutForms(strings.Fields(Skeleton(s)))}
	n.letters = strings.Join(n.words, "")
	for _, w := range n.words {
		if strings.ContainsAny(w, "0123456789") {
			n.numbers = append(n.numbers, w)
		}
	}
	return n
}

// fewest is how many letters two names must have to be near by one slip: short words are too many.
const fewest = 5

// Alike tells how alike two names are. Names whose numbers differ, such as those of scout groups, are Different unless
// they are the Same, and so are short names in which one letter differs. It is symmetric, and a name is the Same as itself.
func Alike(a, b string) Likeness { return alike(takeApart(a), takeApart(b)) }

func alike(a, b name) Likeness {
	switch {
	case a.letters == b.letters:
		return Same
	case len(a.numbers) > 0 && len(b.numbers) > 0 && !slices.Equal(a.numbers, b.numbers):
		return Different
	case a.plainly() == b.plainly():
		return Near
	case min(letterCount(a.letters), letterCount(b.letters)) >= fewest && spelling.Within(a.letters, b.letters, 1):
		return Near
	}
	return Different
}

// plainly is the name without the words that are put around names, in the order of the alphabet.
func (n name) plainly() string {
	words := slices.DeleteFunc(slices.Clone(n.words), func(w string) bool { return book().dressing[w] })
	if len(words) == 0 {
		words = slices.Clone(n.words)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// Poses tells whether somebody called name passes for the one called own, such as the bot: name is alike own, or is made of
// it and of what those call themselves who speak for a program.
func Poses(name, own string) bool {
	if Alike(name, own) != Different {
		return true
	}
	n, o := takeApart(name), takeApart(own)
	if o.letters == "" {
		return false
	}
	bare := slices.DeleteFunc(slices.Clone(n.words), func(w string) bool { return book().role[w] })
	rest := strings.Join(bare, "")
	if rest == "" {
		return false
	}
	if rest == o.letters || letterCount(o.letters) >= fewest && spelling.Within(rest, o.letters, 1) {
		return true
	}
	// “ginnelbot” is one word.
	if after, ok := strings.CutPrefix(rest, o.letters); ok && book().role[after] {
		return true
	}
	before, ok := strings.CutSuffix(rest, o.letters)
	return ok && book().role[before]
}

// cutForms takes away what a group is before the law, at the end of its name, unless nothing else would be left.
func cutForms(words []string) []string {
	for again := true; again; {
		again = false
		for _, form := range book().forms {
			if k := len(words) - len(form); k > 0 && slices.Equal(words[k:], form) {
				words, again = words[:k], true
			}
		}
	}
	return words
}

func letterCount(s string) int { return len([]rune(s)) }
