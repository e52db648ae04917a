// Package spelling compares words as people write them: what counts as the same word, and what is one slip of the
// fingers away from it. It knows no language.
package spelling

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// InWord tells the runes that words are made of, letters and digits, from all that stands between words.
func InWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Fold makes words that are meant alike equal: case, accents and the curl of an apostrophe do not count.
func Fold(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "’", "'"), "‘", "'")
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Within tells whether a and b are at most so many slips apart: a letter too many, missing or wrong, or two neighbours
// swapped. It is the optimal string alignment distance (Damerau–Levenshtein in which no letter is touched twice), and
// for one slip it takes no more than one look at both words.
func Within(a, b string, slips int) bool {
	if slips <= 0 {
		return a == b
	}
	if slips == 1 && ascii(a) && ascii(b) {
		return withinOne(a, b)
	}
	x, y := []rune(a), []rune(b)
	return max(len(x)-len(y), len(y)-len(x)) <= slips && distance(x, y) <= slips
}

// withinOne compares what is left of two words after the letters that they begin with alike.
func withinOne(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	a, b = a[i:], b[i:]
	return len(a) == 0 || a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
