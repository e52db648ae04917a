package danger

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed examples
var exampleFiles embed.FS

//go:embed around.txt
var aroundFile string

//go:embed anybody.txt
var anybodyFile string

//go:embed signs.txt
var signsFile string

// examples are the sentences of the files, those of one kind together.
func examples() (all []example) {
	for _, side := range []string{"danger", "harmless"} {
		err := fs.WalkDir(exampleFiles, "examples/"+side, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := exampleFiles.ReadFile(name)
			if err != nil {
				return err
			}
			kind := Kind("")
			if side == "danger" {
				kind = Kind(strings.TrimSuffix(path.Base(name), ".txt"))
			}
			for _, line := range lines(string(text)) {
				all = append(all, example{line, kind})
			}
			return nil
		})
		if err != nil {
			panic(err) // the files are part of the program
		}
	}
	return all
}

// signs reads signs.txt, around.txt and anybody.txt.
func signs() *lexicon {
	l := &lexicon{phrases: map[string][]uint8{}, endings: map[string][]uint8{}, longest: map[string]int{}}
	var classes []string
	for _, line := range lines(signsFile) {
		name, words, ok := strings.Cut(line, ":")
		if !ok {
			panic(fmt.Sprintf("signs.txt: no class in %q", line))
		}
		class := slices.Index(classes, name)
		if class < 0 {
			class, classes = len(classes), append(classes, name)
		}
		for word := range strings.SplitSeq(words, ",") {
			word = strings.Join(strings.Fields(word), " ")
			into := l.phrases
			if beginning, ok := strings.CutSuffix(word, "*"); ok {
				word, into = beginning, l.endings
			}
			if word != "" && !slices.Contains(into[word], uint8(class)) {
				into[word] = append(into[word], uint8(class))
			}
			first, _, _ := strings.Cut(word, " ")
			l.longest[first] = max(l.longest[first], strings.Count(word, " ")+1)
		}
	}
	if len(classes) > maxClasses {
		panic("signs.txt: too many classes")
	}
	l.before, l.after = twoLists(aroundFile, "before", "after")
	l.who, l.does = twoLists(anybodyFile, "who", "does")
	return l
}

// twoLists reads a file whose lines begin with one of two names and a colon.
func twoLists(file, one, other string) (ones, others [][]string) {
	for _, line := range lines(file) {
		name, said, _ := strings.Cut(line, ":")
		switch words := strings.Fields(said); name {
		case one:
			ones = append(ones, words)
		case other:
			others = append(others, words)
		default:
			panic(fmt.Sprintf("%q is neither %s nor %s", line, one, other))
		}
	}
	return ones, others
}

// lines are the lines of a data file without those that are empty or begin with #.
func lines(text string) (kept []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return kept
}
