package danger

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed lines
var lineFiles embed.FS

// Line is somebody who helps people in danger.
type Line struct {
	Name   string
	Number string // as it is dialled, in groups; empty when it differs from place to place
	When   string // when it answers, and whom
	kinds  []Kind // none is all
}

// Lines are who helps with a kind of danger in a country, most fitting first; country is a code of two letters, as in ISO
// 3166. The emergency number comes first, and all that is known of a country is told for an empty kind. There are none for
// a country without a file in lines.
func Lines(country string, kind Kind) (found []Line) {
	for _, l := range lineBook()[strings.ToLower(country)] {
		if kind == "" || l.kinds == nil || slices.Contains(l.kinds, kind) {
			found = append(found, l)
		}
	}
	return found
}

// lineBook are the lines by country.
var lineBook = sync.OnceValue(func() map[string][]Line {
	book := map[string][]Line{}
	files, err := lineFiles.ReadDir("lines")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, f := range files {
		text, err := lineFiles.ReadFile(path.Join("lines", f.Name()))
		if err != nil {
			panic(err)
		}
		country := strings.TrimSuffix(f.Name(), ".txt")
		for _, line := range lines(string(text)) {
			parts := strings.Split(line, "|")
			if len(parts) != 4 {
				panic(fmt.Sprintf("lines/%s: four parts are needed in %q", f.Name(), line))
			}
			for i := range parts {
				parts[i] = strings.TrimSpace(parts[i])
			}
			l := Line{Name: parts[1], Number: parts[2], When: parts[3]}
			if parts[0] != "all" {
				for k := range strings.SplitSeq(parts[0], ",") {
					l.kinds = append(l.kinds, Kind(strings.TrimSpace(k)))
				}
			}
			book[country] = append(book[country], l)
		}
	}
	return book
})
