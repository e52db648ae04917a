package register

import (
	_ "embed"
	"strings"
	"unicode"
)

// LikelySensitive tells whether words about an organisation speak of people whom somebody may be looking for:
// those who fled violence, seek asylum or recover from addiction. It errs on the side of yes; an organisation
// that is none of these says so.
func LikelySensitive(texts ...string) bool {
	for _, text := range texts {
		text = unapostrophed.Replace(strings.ToLower(text))
		for word, rest := firstWord(text); word != ""; word, rest = firstWord(rest) {
			for _, phrase := range sensitive[word] {
				if beginsWith(rest, phrase) {
					return true
				}
			}
		}
	}
	return false
}

func beginsWith(text string, words []string) bool {
	for _, w := range words {
		var first string
		if first, text = firstWord(text); first != w {
			return false
		}
	}
	return true
}

func firstWord(text string) (word, rest string) {
	text = strings.TrimLeftFunc(text, betweenWords)
	if end := strings.IndexFunc(text, betweenWords); end >= 0 {
		return text[:end], text[end:]
	}
	return text, ""
}

func betweenWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

var unapostrophed = strings.NewReplacer("'", "", "’", "")

// sensitive leads from the first word of what makes an organisation likely to be sensitive to the words
// that must follow it.
var sensitive = byFirstWord(sensitiveFile)

//go:embed words/en.sensitive.txt
var sensitiveFile string

func byFirstWord(file string) map[string][][]string {
	table := map[string][][]string{}
	for line := range strings.Lines(file) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for phrase := range strings.SplitSeq(line, ",") {
			if words := strings.Fields(phrase); len(words) > 0 {
				table[words[0]] = append(table[words[0]], words[1:])
			}
		}
	}
	return table
}
