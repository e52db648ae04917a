package language

import (
	"slices"
	"strings"
	"unicode"
)

// Items are the things that text lists, each as it is written: “a treasurer, a gutter cleaner and two trustees” lists three. A
// thing begins with a figure or with a word such as “a”; where one does not, text lists nothing.
func (b *Book) Items(text string) (items []string) {
	words := speak(text)
	start := 0
	for i := 0; i <= len(words); i++ {
		if i < len(words) && words[i].fold != "," && !slices.Contains(b.joins, words[i].fold) {
			continue
		}
		if i > start {
			if first := words[start]; first.quoted || !slices.Contains(b.items, first.fold) && !strings.ContainsFunc(first.fold, unicode.IsDigit) {
				return nil
			}
			items = append(items, strings.TrimRight(text[words[start].start:words[i-1].end], " .;!"))
		}
		start = i + 1
	}
	if len(items) < 2 {
		return nil
	}
	return items
}
