package names

import (
	"slices"
	"strings"
	"unicode"
)

// Pretence is what a name says that is more than a name, whomever it is like.
type Pretence string

// The pretences. Each is a reason to ask somebody who knows before a name is shown to others.
const (
	NoPretence Pretence = ""
	Official   Pretence = "official" // it is that of a public body, or of a service which everybody knows
	Role       Pretence = "role"     // it is that of somebody who looks after a network or a program
	Message    Pretence = "message"  // it has a number to ring, an address, or something to say to whoever reads it
)

// PretenceOf tells what a name says that is more than a name.
func PretenceOf(name string) Pretence {
	words := takeApart(name).words
	joined := " " + strings.Join(words, " ") + " "
	has := func(list []string) (n int) {
		for _, phrase := range list {
			if strings.Contains(joined, " "+phrase+" ") {
				n++
			}
		}
		return n
	}
	b := book()
	const several = 2
	switch {
	case reachable(name) || has(b.told) > 0 || has(b.talk) >= several:
		return Message
	case has(b.official) > 0 && has(b.beside) == 0:
		return Official
	case len(words) > 0 && slices.Contains(b.office, words[len(words)-1]),
		len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return !b.role[w] }):
		return Role
	}
	return NoPretence
}

// reachable tells whether a name has a telephone number in it, or the address of a page or a mailbox.
func reachable(name string) bool {
	const digitsOfPhone = 6
	digits := 0
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
		case strings.ContainsRune(" -–.()+/", r):
		default:
			digits = 0
		}
		if digits >= digitsOfPhone {
			return true
		}
	}
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		if strings.Contains(word, "://") || strings.HasPrefix(word, "www.") {
			return true
		}
		at := strings.IndexByte(word, '@') // “S@fe” is a letter in disguise
		dot := strings.LastIndexByte(word, '.')
		if dot > 0 && dot+2 < len(word) && (at > 0 && at < dot || slices.Contains(book().domains, word[dot+1:])) {
			return true
		}
	}
	return false
}
