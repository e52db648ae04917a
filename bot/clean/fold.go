package clean

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold is what stays of a name when everything is taken away that does not tell it from another: “The
// Tally Trust”, “TALLY  TRUST” and “Tally Trust.” have the same. Case, accents, punctuation, spacing, a
// “the” in front and the compatibility forms of letters do not count, “&” is “and”, and Cyrillic and Greek
// letters count as the Latin ones whose capitals look the same, so that nobody can pass for another by
// borrowing a letter. Similar digits and letters (0 and o) stay apart: 1 and l are often meant. A name of
// nothing but signs is its own folded name. For comparing only, never to be shown.
func Fold(name string) string {
	name = OneLine(name)
	folded := norm.NFKD.String(cases.Fold().String(norm.NFKC.String(strings.Map(unquoted, name))))
	var plain strings.Builder
	for _, r := range folded {
		switch {
		case r == '&':
			plain.WriteString(" and ")
		case r == '.' || r == joiner || r == nonJoiner:
		case unicode.IsMark(r):
			// Accents belong to every script; vowel signs to their own, and without them words are lost.
			if !unicode.Is(unicode.Inherited, r) {
				plain.WriteRune(r)
			}
		case unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r):
			plain.WriteByte(' ')
		default:
			if l, ok := lookalikes[r]; ok {
				plain.WriteString(l)
			} else {
				plain.WriteRune(r)
			}
		}
	}
	words := strings.Fields(norm.NFC.String(plain.String()))
	for len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	if len(words) == 0 {
		return name
	}
	return strings.Join(words, " ")
}

// unquoted drops what is used as an apostrophe, and the signs that compatibility forms spell as letters.
func unquoted(r rune) rune {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', 'ʻ', '′', '＇', '™', '℠':
		return -1
	}
	return r
}

// lookalikes maps folded letters to the Latin ones that they stand for or can be taken for. Cyrillic and
// Greek ones go by their capitals, which are the very same shapes (Ν is an N, though ν looks like a v), so that
// the folded name does not hang on case.
var lookalikes = map[rune]string{
	'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ħ': "h", 'ı': "i", 'ł': "l", 'ŧ': "t", 'þ': "th",
	'ɑ': "a", 'ɡ': "g", 'ɩ': "i", 'ʏ': "y",
	'а': "a", 'в': "b", 'е': "e", 'ѕ': "s", 'і': "i", 'ӏ': "i", 'ј': "j", 'к': "k", 'м': "m", 'н': "h", 'о': "o",
	'р': "p", 'с': "c", 'т': "t", 'у': "y", 'ү': "y", 'х': "x", 'һ': "h", 'ԁ': "d", 'ԛ': "q", 'ԝ': "w",
	'α': "a", 'β': "b", 'ε': "e", 'ζ': "z", 'η': "h", 'ι': "i", 'κ': "k", 'μ': "m", 'ν': "n", 'ο': "o",
	'ρ': "p", 'τ': "t", 'υ': "y", 'χ': "x", 'ϲ': "c", 'ϳ': "j",
}
