package names

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Disguise is what is odd about the letters of a name, whomever it is like.
type Disguise int

// The disguises. Each is a reason to ask somebody who knows before a name is shown to others.
const (
	Plain    Disguise = iota
	Mixed             // one word has letters of alphabets that look alike
	Borrowed          // a word is spelt with signs, or wholly with foreign letters, that read as Latin ones
	Hidden            // something in it is not to be seen
)

// The alphabets whose letters are taken for each other's, as bits of a set.
const latin = 1

var alphabetTables = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu, unicode.Deseret,
}

// alphabets are those of word that can be taken for each other, as a set of bits.
func alphabets(word string) (set uint) {
	for _, r := range word {
		if r < utf8.RuneSelf {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				set |= latin
			}
			continue
		}
		for i, table := range alphabetTables {
			if unicode.Is(table, r) {
				set |= 1 << i
				break
			}
		}
	}
	return set
}

// mostMarks is how many accents a letter may bear: Vietnamese stacks two, and pointed Hebrew three.
const mostMarks = 3

// DisguiseOf tells what is odd about a name. A name in any one script is Plain, and so is one with whole words in several;
// whether it is like another, Alike tells.
func DisguiseOf(name string) Disguise {
	if concealed(name) {
		return Hidden
	}
	words := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !inFancyDress(r)
	})
	all := alphabets(name)
	for _, w := range words {
		set := alphabets(w)
		if bits.OnesCount(set) > 1 {
			return Mixed
		}
		if strings.ContainsFunc(w, inFancyDress) || all&latin != 0 && set&latin == 0 && readsLatin(w) {
			return Borrowed
		}
	}
	return Plain
}

// concealed tells whether something in name is not to be seen: joiners belong to some scripts and to emoji, and nothing else.
func concealed(name string) bool {
	marks, last := 0, ' '
	for _, r := range name {
		switch {
		case r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r):
			if last < 0x600 {
				return true
			}
			continue
		case hidden(r):
			return true
		case unicode.Is(unicode.Mn, r):
			if marks++; marks > mostMarks {
				return true
			}
			continue
		}
		marks, last = 0, r
	}
	return false
}

// inFancyDress tells letters that are others in another form: full width, mathematical, in a circle.
func inFancyDress(r rune) bool {
	if r < 0x80 || r == 'ª' || r == 'º' {
		return false
	}
	if letterSign(r) != 0 {
		return true
	}
	plain := norm.NFKC.String(string(r))
	return plain != string(r) && len(plain) == 1 && unicode.IsLetter(rune(plain[0]))
}

// readsLatin tells whether each letter of a foreign word looks like a Latin one.
func readsLatin(word string) bool {
	letters := 0
	for _, r := range norm.NFD.String(word) {
		if unicode.IsMark(r) {
			continue
		}
		if !unicode.IsLetter(r) || alphabets(string(r)) == 0 {
			return false
		}
		letters++
		for _, as := range drawnAs(unicode.ToLower(r)) {
			if as >= 0x80 {
				return false
			}
		}
	}
	return letters > 0
}
