package slack

import (
	_ "embed"
	"strings"
)

//go:embed words/en.txt
var wordFile string

// words are the sentences of the word file by their names.
var words = readWords(wordFile)

func readWords(file string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(file) {
		if name, said, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
			all[strings.TrimSpace(name)] = strings.TrimSpace(said)
		}
	}
	return all
}
