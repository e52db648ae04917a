package names

import (
	"slices"
	"strconv"
)

// Keys are what an index keeps of a name, at most four strings; Lookups are what is looked up for one, at most eight. Two
// names that are Alike have a key of the one among the lookups of the other, either way round; most names that share one
// are not alike, which Alike tells.
//
// One slip in a name leaves its front or its back as it was, so that either half is a key, with the number of letters in
// it. Another order of words, and a word put around a name, have a key of their own, and so have the
// first words of a name: see Inner.
func Keys(s string) []string {
	n := takeApart(s)
	letters := []rune(n.letters)
	keys := append(halves(letters, len(letters)), "="+n.plainly())
	return distinct(append(keys, first(n.words)...))
}

// Lookups are the keys of all names that can be alike s: see Keys.
func Lookups(s string) (keys []string) {
	n := takeApart(s)
	letters := []rune(n.letters)
	for length := len(letters) - 1; length <= len(letters)+1; length++ {
		keys = append(keys, halves(letters, length)...)
	}
	return distinct(append(keys, "="+n.plainly()))
}

// halves are the keys of the front and the back of a name of length letters of which one half stands in letters.
func halves(letters []rune, length int) []string {
	if length < fewest {
		if length == len(letters) {
			return []string{"<" + string(letters)}
		}
		return nil
	}
	half, mark := (length-1)/2, strconv.Itoa(length)
	return []string{mark + "<" + string(letters[:half]), mark + ">" + string(letters[len(letters)-half:])}
}

func distinct(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}
