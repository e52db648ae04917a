package names

import (
	"slices"
	"strings"
)

// Contains tells whether short stands whole in long, as “Count Me In” in “Count Me In Harthwaite”, where short is a name of its own:
// “Community Centre” is not. Who bears long may be taken for who bears short, or for a part of it.
func Contains(long, short string) bool {
	l, s := takeApart(long), takeApart(short)
	if len(s.words) >= len(l.words) || !ownName(s.words) {
		return false
	}
	for i := 0; i+len(s.words) <= len(l.words); i++ {
		if slices.Equal(l.words[i:i+len(s.words)], s.words) {
			return true
		}
	}
	return false
}

// Begins tells whether short is how long begins, and a name of its own: “Harthwaite Foodbank” of “Harthwaite Foodbank Network”.
func Begins(long, short string) bool {
	l, s := takeApart(long), takeApart(short)
	return len(s.words) >= fewestFirst && len(s.words) < len(l.words) && ownName(s.words) && slices.Equal(l.words[:len(s.words)], s.words)
}

const (
	// A name that stands in another has at least so many letters, and more if it is one word.
	fewestInside, fewestAlone = 8, 6
	// By so many first words names are found that begin with another.
	fewestFirst = 2
	// Of longer names the words after these are not looked up.
	mostWords = 10
)

// ownName tells whether words are more than what many groups are called by.
func ownName(words []string) bool {
	letters := letterCount(strings.Join(words, ""))
	if len(words) == 0 || letters < fewestAlone || len(words) > 1 && letters < fewestInside {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool { return !book().generic[w] })
}

// Inner are the keys of all names that s can contain or be the beginning of, beside Lookups: at most sixty.
func Inner(s string) (keys []string) {
	words := takeApart(s).words
	words = words[:min(len(words), mostWords)]
	for i := range words {
		for j := i + 1; j <= len(words); j++ {
			run := words[i:j]
			if len(run) == len(words) || !ownName(run) {
				continue
			}
			letters := []rune(strings.Join(run, ""))
			keys = append(keys, halves(letters, len(letters))[0])
		}
	}
	return distinct(append(keys, first(words)...))
}

// first is the key of how a name begins, none for one that is too short.
func first(words []string) []string {
	if len(words) < fewestFirst {
		return nil
	}
	return []string{"^" + strings.Join(words[:fewestFirst], " ")}
}
