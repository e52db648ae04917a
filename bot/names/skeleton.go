package names

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Skeleton is what stays of a name when everything is taken away that an eye passes over: case, accents, punctuation,
// spacing, a “the” in front, what cannot be seen; “&” is “and”. Every letter stands for the Latin one that it can be taken
// for, a letter that is drawn as two for both, and a digit inside a word for the letter it looks like; a digit that may be
// meant, as in “Area 1” or “1st”, stays. A name of nothing but signs is its own skeleton. For comparing only, never to be
// shown: it is made of shapes and not of words.
func Skeleton(name string) string {
	name = strings.Map(seen, norm.NFKC.String(unmarked.Replace(strings.ToValidUTF8(name, "\ufffd"))))
	var words []string
	for word := range strings.FieldsFuncSeq(strings.ReplaceAll(name, "&", " and "), unicode.IsSpace) {
		if word = shape(word); word != "" {
			words = append(words, word)
		}
	}
	for len(words) > 1 && words[0] == "the" {
		words = words[1:]
	}
	if len(words) == 0 {
		return strings.Join(strings.Fields(name), " ")
	}
	return strings.Join(words, " ")
}

// unmarked drops the signs whose compatibility forms are letters: a trade mark would be a word.
var unmarked = strings.NewReplacer("™", "", "℠", "", "®", "", "©", "")

// seen drops what is not seen and what is used as an apostrophe or a full stop, and makes other signs spaces.
func seen(r rune) rune {
	switch {
	case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '&':
		return r
	case r == '.' || isApostrophe(r) || hidden(r):
		return -1
	case letterSign(r) != 0:
		return letterSign(r)
	case r == '|' || r == '!' || r == '$' || r == '@':
		return r
	case r == '∂' || r == 'ℓ' || r == 'ǀ':
		return r
	case unicode.IsMark(r):
		return r
	case unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r):
		return ' '
	}
	return r
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘`´ʼʻ′＇ʹˈ", r) }

// hidden tells what takes no room, or is made to.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Cc, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) && !unicode.IsSpace(r) ||
		r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0' || r == '\u17b4' || r == '\u17b5'
}

// letterSign is the letter of a sign that shows one in a frame, and 0 for anything else.
func letterSign(r rune) rune {
	switch {
	case 0x1f150 <= r && r <= 0x1f169:
		return 'a' + r - 0x1f150
	case 0x1f170 <= r && r <= 0x1f189:
		return 'a' + r - 0x1f170
	case 0x1f1e6 <= r && r <= 0x1f1ff:
		return 'a' + r - 0x1f1e6
	}
	return 0
}

// shape is the skeleton of one word.
func shape(word string) string {
	word = standIns(word)
	// A word in one alphabet is compared by its capitals, so that its case does not matter; in a word of several, each
	// letter is there for its looks.
	if ascii(word) {
		return lettersOf(doubled.Replace(strings.ToLower(word)))
	}
	if bits.OnesCount(alphabets(word)) < 2 {
		word = cases.Fold().String(word)
	}
	var drawn strings.Builder
	for _, r := range norm.NFD.String(word) {
		switch {
		case unicode.IsMark(r):
			// Accents belong to every script; vowel signs to their own, and without them words are lost.
			if !unicode.Is(unicode.Inherited, r) {
				drawn.WriteRune(r)
			}
		case r < 0x80:
			drawn.WriteRune(unicode.ToLower(r))
		default:
			drawn.WriteString(drawnAs(r))
		}
	}
	return lettersOf(doubled.Replace(norm.NFC.String(drawn.String())))
}

// doubled are two letters that look like one.
var doubled = strings.NewReplacer("rn", "m", "vv", "w")

// lettersOf drops what is left of signs.
func lettersOf(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, word)
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// drawnAs are the Latin letters that r looks like, in small letters, or r.
func drawnAs(r rune) string {
	if latin, ok := book().lookalikes[r]; ok {
		return latin
	}
	var drawn strings.Builder
	for _, as := range confusables.Skeleton(string(r)) {
		if as = unicode.ToLower(as); unicode.Is(unicode.Inherited, as) {
			continue
		}
		if latin, ok := book().lookalikes[as]; ok {
			drawn.WriteString(latin)
		} else {
			drawn.WriteRune(as)
		}
	}
	if drawn.Len() == 0 {
		return string(unicode.ToLower(r))
	}
	return drawn.String()
}

// standIns puts letters where signs and digits stand in for them inside a word, and a small l where a capital I does.
func standIns(word string) string {
	runes := []rune(word)
	letters, capitals := 0, 0
	for _, r := range runes {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if letters == 0 || ordinal(word) {
		return word
	}
	for i, r := range runes {
		more := i+1 < len(runes) && unicode.IsLetter(runes[i+1])
		inside := more && (i > 0 || letters > 2)
		switch {
		case r == 'I' && i > 0 && unicode.IsLower(runes[i-1]) && (i+1 == len(runes) || unicode.IsLower(runes[i+1])):
			runes[i] = 'l'
		case r == '0' && inside:
			runes[i] = 'o'
		case r == '1' && inside:
			runes[i] = 'l'
			if i+1 < len(runes) && !strings.ContainsRune("aeiouyAEIOUY", runes[i+1]) && (i == 0 || !strings.ContainsRune("aeiouyAEIOUY", runes[i-1])) {
				runes[i] = 'i' // between consonants
			}
		case (r == '|' || r == '!' || r == 'ǀ') && more:
			runes[i] = 'l'
		case r == '3' && inside:
			runes[i] = 'e'
		case r == '4' && inside && letters > 3:
			runes[i] = 'a'
		case (r == '5' || r == '$') && inside:
			runes[i] = 's'
		case r == '@' && inside:
			runes[i] = 'a'
		}
	}
	return string(runes)
}

// ordinal tells whether word is a number with an ending: 1st, 42nd, 60s, 3d.
func ordinal(word string) bool {
	rest := strings.TrimLeft(word, "0123456789")
	return len(rest) < len(word) && len(rest) <= 2
}
