package identify

import (
	"strings"
	"unicode"
)

// Of a telephone number: how many of its words are said, or how many digits it has that begins with nought and is said in part.
const (
	fewestSaid   = 7
	fewestDigits = 9
)

// spelt finds telephone numbers in words, all or in part: “oh seven seven double oh nine …”, “o7700 9oo 123”.
func spelt(words []word) (found []Finding) {
	for i := 0; i < len(words); {
		var digits strings.Builder
		said, times, j := 0, 1, i
		for ; j < len(words); j++ {
			d, spoken, ok := digitsOf(words[j].small, &times)
			if !ok {
				break
			}
			digits.WriteString(d)
			if spoken {
				said++
			}
		}
		number := digits.String()
		if (said >= fewestSaid || said > 0 && len(number) >= fewestDigits && number[0] == '0') && !nobodys(number) {
			found = append(found, Finding{Kind: Phone, Start: words[i].start, End: words[j-1].end})
		}
		i = max(j, i+1)
	}
	return found
}

// digitsOf are the digits that a word says; spoken tells whether any of them is said in letters. times is how often the next
// digit counts, which “double” and “triple” change.
func digitsOf(small string, times *int) (digits string, spoken, ok bool) {
	hasDigit := strings.IndexFunc(small, unicode.IsDigit) >= 0
	var all strings.Builder
	add := func(d string) {
		all.WriteString(strings.Repeat(d, *times))
		*times = 1
	}
	for rest := small; rest != ""; {
		r := rest[0]
		if r >= '0' && r <= '9' {
			add(rest[:1])
			rest = rest[1:]
			continue
		}
		if r == '-' {
			rest = rest[1:]
			continue
		}
		spoken = true
		word, said := lists().digitAt(rest, hasDigit)
		switch {
		case word == "":
			return "", false, false
		case said == "double":
			*times = 2
		case said == "triple":
			*times = 3
		default:
			add(said)
		}
		rest = rest[len(word):]
	}
	return all.String(), spoken, true
}

// digitAt returns the word for a digit that text begins with, and the digit, or how often the next one counts. Among digits
// the letter o is nought.
func (b *book) digitAt(text string, amongDigits bool) (word, digit string) {
	for _, w := range b.digitsBy[text[0]] {
		if strings.HasPrefix(text, w) && len(w) > len(word) && (len(w) > 1 || amongDigits || text == w) {
			word, digit = w, b.digits[w]
		}
	}
	return word, digit
}
