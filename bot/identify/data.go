package identify

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed words.txt
var wordsFile string

//go:embed given.txt
var givenFile string

// book are the lists of the data files.
type book struct {
	words   map[string]map[string]bool
	longest map[string]int // words in the longest entry of a list
	streets *regexp.Regexp // a house number and a street
}

func (b *book) has(list, word string) bool { return b.words[list][word] }

// longestOf is how many of the first words make an entry of list, the longest that does.
func (b *book) longestOf(list string, words []word) int {
	for n := min(b.longest[list], len(words)); n > 0; n-- {
		if b.has(list, joined(words[:n])) {
			return n
		}
	}
	return 0
}

// startsKnown tells whether words begin with somebody whom everybody knows.
func (b *book) startsKnown(words []word) bool { return b.longestOf("known", words) > 0 }

func joined(words []word) string {
	var small []string
	for _, w := range words {
		small = append(small, w.bare())
	}
	return strings.Join(small, " ")
}

var lists = sync.OnceValue(func() *book {
	b := &book{words: map[string]map[string]bool{}, longest: map[string]int{}}
	var street, capitals []string
	for line := range strings.Lines(wordsFile + givenFile) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		list, rest, ok := strings.Cut(line, ":")
		if !ok {
			panic(fmt.Sprintf("no colon in %q", line)) // the files are part of the program
		}
		entries := strings.Split(rest, ",")
		if list == "name" || list == "word" {
			entries = strings.Fields(rest)
		}
		if b.words[list] == nil {
			b.words[list] = map[string]bool{}
		}
		for _, e := range entries {
			e = strings.TrimSpace(e)
			b.words[list][e] = true
			b.longest[list] = max(b.longest[list], strings.Count(e, " ")+1)
			switch list {
			case "street":
				street = append(street, e)
			case "street in capitals":
				capitals = append(capitals, strings.ToUpper(e[:1])+e[1:])
			}
		}
	}
	for name := range b.words["word"] {
		delete(b.words["name"], name)
	}
	b.streets = regexp.MustCompile(`\b\d{1,4}[A-Za-z]?,? (?:(?:[\p{L}'’]+ ){1,3}(?i:` + strings.Join(street, "|") + `)|(?:\p{Lu}[\p{L}'’]+ ){1,3}(?:` + strings.Join(capitals, "|") + `))\b`)
	return b
})

// places is where names of known stand in text, whatever the case.
func places(text string, known []string) (found []Finding) {
	low := strings.ToLower(text)
	if len(low) != len(text) {
		low = text // a letter whose small form is longer; the names are then found as they are spelt
	}
	for _, k := range known {
		k = strings.ToLower(strings.TrimSpace(k))
		for at := 0; k != ""; {
			i := strings.Index(low[at:], k)
			if i < 0 {
				break
			}
			found = append(found, Finding{Start: at + i, End: at + i + len(k)})
			at += i + len(k)
		}
	}
	slices.SortFunc(found, func(a, b Finding) int { return a.Start - b.Start })
	return found
}
