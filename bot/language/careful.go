package language

import "strings"

// CutNameless takes out of what somebody asks for that their name is not to be told; asked is false when they did not say so.
func (w Words) CutNameless(text string) (rest string, asked bool) {
	rest = text
	words := speak(rest)
	for i := 0; i < len(words); i++ {
		n := 0
		for _, saying := range w.book.nameless {
			if len(saying) > n && said(words[i:], saying) {
				n = len(saying)
			}
		}
		if n == 0 {
			continue
		}
		before, after := strings.TrimRight(rest[:words[i].start], " ,;"), strings.TrimLeft(rest[words[i+n-1].end:], " ,;")
		rest, asked = strings.TrimSpace(before+" "+after), true
		words, i = speak(rest), -1
	}
	if !asked {
		return text, false
	}
	return strings.Trim(rest, " ,;?"), true
}

// Until is text up to where one of sayings begins behind its first word, and all of it when none does. Unlike elsewhere an
// apostrophe counts: “we're” is not “were”.
func Until(text string, sayings []string) string {
	spoken := speak(text)
	var words []string
	for _, w := range spoken {
		words = append(words, strings.ToLower(strings.Trim(strings.ReplaceAll(text[w.start:w.end], "’", "'"), ".?!;")))
	}
	for i := 1; i < len(words); i++ {
		for _, s := range sayings {
			if begins(words[i:], strings.Fields(s)) {
				return strings.TrimRight(text[:spoken[i].start], " ,;")
			}
		}
	}
	return text
}

// said tells whether words begin with a saying, not in quotation marks.
func said(words []spoken, saying []string) bool {
	if len(words) < len(saying) {
		return false
	}
	for i, w := range saying {
		if words[i].quoted || words[i].fold != w {
			return false
		}
	}
	return true
}
