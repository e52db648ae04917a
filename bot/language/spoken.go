package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A spoken word is a word of a message, where it stood, and whether it was in quotation marks.
type spoken struct {
	fold       string
	start, end int
	value      string // of a quoted word, what is between the marks
	quoted     bool
}

// speak splits a message into words. “…” and "…" are one word, whatever is in them; a comma is a word, and
// so is a colon that ends one.
func speak(s string) []spoken {
	var out []spoken
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == ',':
			out = append(out, spoken{fold: ",", start: i, end: i + 1})
			i++
		case r == '“' || r == '"':
			value, length := unquote(s[i:])
			if length == 0 {
				i += size
				continue
			}
			out = append(out, spoken{start: i, end: i + length, value: value, quoted: true})
			i += length
		default:
			end := i + strings.IndexFunc(s[i:]+" ", func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '“' })
			colon := end > i+1 && s[end-1] == ':'
			if colon {
				end--
			}
			out = append(out, spoken{fold: foldWord(s[i:end]), start: i, end: end})
			if colon {
				out = append(out, spoken{fold: ":", start: end, end: end + 1})
				end++
			}
			i = end
		}
	}
	return out
}

// unquote reads one quoted value at the start of s and how many bytes it takes; 0 when it has no end.
func unquote(s string) (string, int) {
	if s[0] == '"' {
		end := strings.IndexByte(s[1:], '"')
		// A mark in the middle of words, as in 5" pipe, opens nothing.
		if end <= 0 || (1+end+1 < len(s) && !strings.ContainsAny(s[end+2:end+3], " ,.?!:;\n")) {
			return "", 0
		}
		return s[1 : 1+end], end + 2
	}
	const mark = len("“")
	var b strings.Builder
	for i := mark; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "””"):
			b.WriteString("”")
			i += 2 * mark
		case strings.HasPrefix(s[i:], "”"):
			if b.Len() == 0 {
				return "", 0
			}
			return b.String(), i + mark
		case strings.HasPrefix(s[i:], "““"):
			b.WriteString("“")
			i += 2 * mark
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return "", 0
}

// foldWord makes words that are meant alike equal: case, apostrophes and the marks around a word do not count.
func foldWord(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '’', '‘', '\'', '`':
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Trim(s, ".?!;()…*_")
}

// Quoted are the parts of s that stand in marks, as what fills a blank does.
func Quoted(s string) (all []string) {
	for _, w := range speak(s) {
		if w.quoted {
			all = append(all, w.value)
		}
	}
	return all
}

// Fold is the words of s, made equal where they are meant alike: case, apostrophes and the marks around a word do not count.
func Fold(s string) []string {
	var out []string
	for _, w := range speak(s) {
		if w.quoted {
			out = append(out, foldWord(w.value))
		} else if w.fold != "" {
			out = append(out, w.fold)
		}
	}
	return out
}
