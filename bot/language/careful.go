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
