package match

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

//go:embed words/en.txt
var wordFile string

// lists are the words of the language that is asked and answered in.
var lists = readLists(wordFile)

// A wordLists is the lines of a word file, by section.
type wordLists map[string][]string

// readLists reads sections in brackets, each with lines of words. “#” begins a remark.
func readLists(text string) wordLists {
	all, section := wordLists{}, ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			all[section] = append(all[section], line)
		}
	}
	return all
}

// of are the lines of a section. One that is not there is a mistake of whoever wrote the file, and ends the program as it
// starts.
func (l wordLists) of(section string) []string {
	if len(l[section]) == 0 {
		panic(fmt.Sprintf("match: the word file has no section [%s]", section))
	}
	return l[section]
}

// set is all words of a section.
func (l wordLists) set(section string) map[string]bool {
	all := map[string]bool{}
	for _, line := range l.of(section) {
		for _, w := range strings.Fields(line) {
			all[w] = true
		}
	}
	return all
}

// alike are the words of a section, each with the first of its line, which stands for all.
func (l wordLists) alike(section string) map[string]string {
	all := map[string]string{}
	for _, line := range l.of(section) {
		for _, w := range strings.Fields(line) {
			all[w] = strings.Fields(line)[0]
		}
	}
	return all
}

// sayings are the lines of a section as words, by the first.
func (l wordLists) sayings(section string) map[string][][]string {
	all := map[string][][]string{}
	for _, line := range l.of(section) {
		words := strings.Fields(line)
		all[words[0]] = append(all[words[0]], words)
	}
	return all
}

// numbers are the words of a section with the number that stands behind each.
func (l wordLists) numbers(section string) map[string]float64 {
	all := map[string]float64{}
	for _, line := range l.of(section) {
		word, number, _ := strings.Cut(line, " ")
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			panic(fmt.Sprintf("match: section [%s]: %q has no number", section, word))
		}
		all[word] = n
	}
	return all
}
