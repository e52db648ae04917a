package names

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

//go:embed lookalikes.txt
var lookalikesFile string

//go:embed words.txt
var wordsFile string

// tables are what the data files say.
type tables struct {
	lookalikes                                    map[rune]string
	forms                                         [][]string // the longest first
	dressing, role, generic                       map[string]bool
	official, beside, office, told, talk, domains []string // phrases of skeletons, and the ends of addresses
}

var book = sync.OnceValue(func() *tables {
	b := &tables{lookalikes: map[rune]string{}, dressing: map[string]bool{}, role: map[string]bool{}, generic: map[string]bool{}}
	phrases := map[string]*[]string{"official": &b.official, "beside": &b.beside, "office": &b.office, "told": &b.told, "talk": &b.talk}
	each(lookalikesFile, func(latin, letters string) {
		for _, r := range norm.NFC.String(letters) {
			if r != ' ' {
				b.lookalikes[r] = latin
			}
		}
	})
	each(wordsFile, func(list, words string) {
		for word := range strings.SplitSeq(words, ",") {
			word = strings.TrimSpace(word)
			switch list {
			case "form":
				b.forms = append(b.forms, strings.Fields(word))
			case "dressing":
				b.dressing[word] = true
			case "role":
				b.role[word] = true
			case "generic":
				b.generic[doubled.Replace(word)] = true
			case "domains":
				b.domains = append(b.domains, word)
			default:
				if list, ok := phrases[list]; ok {
					*list = append(*list, doubled.Replace(word)) // as in a skeleton
					continue
				}
				panic(fmt.Sprintf("words.txt: no list is called %q", list))
			}
		}
	})
	slices.SortStableFunc(b.forms, func(x, y []string) int { return len(y) - len(x) })
	return b
})

// each calls f with the two sides of the colon of each line that is not a remark.
func each(file string, f func(name, rest string)) {
	for line := range strings.Lines(file) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			panic(fmt.Sprintf("no colon in %q", line)) // the files are part of the program
		}
		f(name, strings.TrimSpace(rest))
	}
}
