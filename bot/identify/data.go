package identify

import (
	"cmp"
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
	words    map[string]map[string]bool
	streets  *regexp.Regexp                   // a house number and a street
	cars     *regexp.Regexp                   // a car is spoken of
	entries  map[string]map[string][][]string // by list and first word: the words of its entries, the longest first
	byWord   map[string][]*rule               // by the word they may begin with
	others   []*rule                          // that begin otherwise
	digits   map[string]string                // digits as they are said
	digitsBy map[byte][]string                // the same words by their first letter
}

func (b *book) has(list, word string) bool { return b.words[list][word] }

// longestOf is how many of the first words make an entry of list, the longest that does.
func (b *book) longestOf(list string, words []word) int {
	if len(words) == 0 {
		return 0
	}
	for _, e := range b.entries[list][words[0].bare()] {
		if len(e) <= len(words) && matches(e, words) {
			return len(e)
		}
	}
	return 0
}

func matches(entry []string, words []word) bool {
	for i, s := range entry {
		if words[i].bare() != s {
			return false
		}
	}
	return true
}

// startsKnown tells whether words begin with somebody whom everybody knows.
func (b *book) startsKnown(words []word) bool { return b.longestOf("known", words) > 0 }

var lists = sync.OnceValue(func() *book {
	b := &book{words: map[string]map[string]bool{}, entries: map[string]map[string][][]string{}, byWord: map[string][]*rule{}, digits: map[string]string{}, digitsBy: map[byte][]string{}}
	var street, capitals, cars []string
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
			if list == "digit" {
				word, digit, _ := strings.Cut(e, " = ")
				b.digits[word], e = digit, word
				b.digitsBy[word[0]] = append(b.digitsBy[word[0]], word)
			}
			b.words[list][e] = true
			switch list {
			case "street":
				street = append(street, e)
			case "car":
				cars = append(cars, e)
			case "street in capitals":
				capitals = append(capitals, strings.ToUpper(e[:1])+e[1:])
			}
		}
	}
	for name := range b.words["word"] {
		delete(b.words["name"], name)
	}
	b.sort()
	b.parseRules(rulesFile)
	b.cars = regexp.MustCompile(`(?i)\b(?:` + strings.Join(cars, "|") + `)\b`)
	b.streets = regexp.MustCompile(`\b\d{1,4}[A-Za-z]?,? (?:(?:[\p{L}'’]+ ){1,3}(?i:` + strings.Join(street, "|") + `)|(?:\p{Lu}[\p{L}'’]+ ){1,3}(?:` + strings.Join(capitals, "|") + `))\b`)
	return b
})

// sort files the entries of the lists under their first words.
func (b *book) sort() {
	for list, entries := range b.words {
		by := map[string][][]string{}
		for e := range entries {
			if words := strings.Fields(e); len(words) > 0 {
				by[words[0]] = append(by[words[0]], words)
			}
		}
		for _, of := range by {
			slices.SortFunc(of, func(a, b []string) int { return cmp.Or(len(b)-len(a), slices.Compare(a, b)) })
		}
		b.entries[list] = by
	}
}

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
