package danger

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// sentencesOf splits text into sentences of words in small letters, without accents, apostrophes and signs.
func sentencesOf(text string) (sentences [][]string) {
	var sentence []string
	var word strings.Builder
	endWord := func() {
		if word.Len() > 0 {
			sentence = append(sentence, word.String())
			word.Reset()
		}
	}
	endSentence := func() {
		endWord()
		if len(sentence) > 0 {
			sentences = append(sentences, sentence)
			sentence = nil
		}
	}
	text = norm.NFKD.String(text)
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(unicode.ToLower(r))
		case unicode.IsMark(r), unicode.Is(unicode.Cf, r), isApostrophe(r):
		case r == '\n' || r == '!' || r == '?' || r == '.' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\n'):
			endSentence()
		default:
			endWord()
		}
	}
	endSentence()
	return sentences
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ', '′':
		return true
	}
	return false
}

// maxClasses is how many classes signs.txt may have.
const maxClasses = 64

// lexicon knows which words belong to which class of signs.txt.
type lexicon struct {
	phrases map[string][]uint8 // words joined by one space
	endings map[string][]uint8 // beginnings of words that may end in any way
	before  [][]string         // what is said before what people have to say
	after   [][]string         // and what after it
	who     [][]string         // of whom nothing is the matter
	does    [][]string         // and what they do
	longest map[string]int     // how many words the longest phrase that begins with a word has
}

// spot is a word, or a phrase of signs.txt, with its classes.
type spot struct {
	words   []string
	classes []uint8
}

// spots divides words so that the longest phrases that stand in signs.txt stay together.
func (l *lexicon) spots(words []string) (spots []spot) {
	for i := 0; i < len(words); {
		n, classes := 1, l.ending(words[i])
		for k := min(l.longest[words[i]], len(words)-i); k > 0; k-- {
			if c := l.phrases[strings.Join(words[i:i+k], " ")]; c != nil {
				if n = k; k == 1 {
					c = append(c[:len(c):len(c)], classes...)
				}
				classes = c
				break
			}
		}
		spots = append(spots, spot{words[i : i+n], classes})
		i += n
	}
	return spots
}

func (l *lexicon) ending(word string) []uint8 {
	for n := len(word); n > 2; n-- {
		if c := l.endings[word[:n]]; c != nil {
			return c
		}
	}
	return nil
}
