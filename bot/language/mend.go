package language

import (
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/spelling"
)

// Mend guesses what a message with spelling mistakes was meant to say: the corrected sentence, or "".
func (b *Book) Mend(text string, today bot.Date) string {
	words := speak(text)
	if n := b.politeWords(words); n < len(words) {
		words = words[n:]
	}
	m := matcher{book: b, text: text, words: words, today: today, same: alike}
	if len(m.words) > phraseWords {
		return ""
	}
	_, f, ok := b.best(&m)
	if !ok || !strings.Contains(f.marks, byWord) {
		return ""
	}
	return strings.ReplaceAll(strings.Join(f.words, " "), " ,", ",")
}

// alike tells whether word may be a misspelt token: one slip in words of four letters or more, two from eight.
func alike(token, word string) bool {
	if token == word {
		return true
	}
	slips := 0
	switch n := utf8.RuneCountInString(token); {
	case n >= 8:
		slips = 2
	case n >= 4:
		slips = 1
	default:
		return false
	}
	return spelling.Within(token, word, slips)
}
