package overhear

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ginnel/bot/spelling"
)

// unquote takes out what somebody else said: lines that begin with “>”, code, and whole sentences in quotes.
func unquote(text string) string {
	if strings.Contains(text, ">") || strings.Contains(text, "`") {
		lines := strings.Split(text, "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool {
			l = strings.TrimSpace(l)
			return strings.HasPrefix(l, ">") || strings.HasPrefix(l, "&gt;") || strings.HasPrefix(l, "`")
		})
		text = strings.Join(lines, "\n")
	}
	for _, marks := range []string{`""`, "“”"} {
		open, end := string([]rune(marks)[:1]), string([]rune(marks)[1:])
		for from := 0; ; {
			i := strings.Index(text[from:], open)
			if i < 0 {
				break
			}
			i += from
			j := strings.Index(text[i+len(open):], end)
			if j < 0 {
				break
			}
			j += i + len(open)
			const few = 3 // words in quotes may be a name
			if len(strings.Fields(text[i:j])) > few || text[j-1] == '?' {
				text = text[:i] + text[j+len(end):]
				from = i
			} else {
				from = j + len(end)
			}
		}
	}
	return strings.TrimSpace(text)
}

// A sentence is a part of a message as words to compare, between “^” and the sign that ends it, and where in the
// text it stood.
type sentence struct {
	words      []string
	names      map[string]bool // words that begin with a capital letter in the middle of a sentence
	start, end int
}

const (
	begins = "^"
	ends   = "$"
	comma  = ","
	number = "0"
)

// sentences splits a text. Commas and the like stay as words, so that a phrase does not run over them.
func (h *hearer) sentences(text string) (all []sentence) {
	words, start := []string{begins}, 0
	names := map[string]bool{}
	flush := func(end int, sign string) {
		if len(words) > 1 {
			all = append(all, sentence{h.mended(append(words, sign)), names, start, end})
		}
		words, start = []string{begins}, end
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case spelling.InWord(r):
			j := i
			for j < len(text) {
				r, size := utf8.DecodeRuneInString(text[j:])
				if !spelling.InWord(r) && !unicode.IsMark(r) && r != '\'' && r != '’' {
					break
				}
				j += size
			}
			word := spelling.Fold(text[i:j])
			if word == "http" || word == "https" || word == "www" {
				for j < len(text) && text[j] > ' ' {
					j++
				}
				word = "http"
			}
			if digit := strings.TrimRight(word, "kp"); strings.Trim(digit, "0123456789") == "" && digit != "" {
				word = number
			}
			many := strings.HasSuffix(word, "s'")
			word, of, cut := strings.Cut(strings.Trim(word, "'"), "'s")
			if unicode.IsUpper(r) && len(words) > 1 && i+1 < len(text) && unicode.IsLower(next) {
				names[word] = true
			}
			words = append(words, word)
			if cut && of == "" || many {
				words = append(words, "'s")
			}
			i = j
			continue
		case r == '.' && spelling.InWord(next), r == '\'' || r == '’', r == '/' && spelling.InWord(next):
		case r == '?' || r == '!':
			flush(i+size, string(r))
		case r == '.' || r == '\n' || r == ';' || r == '…' || r == '–' || r == '—' || r == '-' && next == ' ' && i > 0 && text[i-1] == ' ':
			flush(i+size, ends)
		case r == ',' || r == ':' || r == '(' || r == ')':
			words = append(words, comma)
		case r == '@' && i > 0 && spelling.InWord(rune(text[i-1])):
			words = append(words, "mail@")
		case r == '@' || r == '£' || r == '%':
			words = append(words, string(r))
		case laughing(r):
			words = append(words, "haha")
		}
		i += size
	}
	flush(len(text), ends)
	return all
}

func laughing(r rune) bool { return strings.ContainsRune("😂🤣😆😹😜🙃", r) }

// mended brings words to the spelling of the patterns, and takes greetings and the like off the beginning.
func (h *hearer) mended(words []string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) {
			if two, ok := h.spelling[w+" "+words[i+1]]; ok {
				all = append(all, two...)
				i++
				continue
			}
		}
		if s, ok := h.spelling[w]; ok {
			all = append(all, s...)
			continue
		}
		all = append(all, h.nearly(w))
	}
	for len(all) > 2 && (h.filler[all[1]] || all[1] == comma) {
		all = slices.Delete(all, 1, 2)
	}
	return all
}

// nearly is the word of the frames that w is one slip away from, or w.
func (h *hearer) nearly(w string) string {
	const least = 6
	if len(w) < least-1 || len(w) > 16 || h.frames[w] {
		return w
	}
	for _, f := range h.slips {
		if f[0] == w[0] && spelling.Within(w, f, 1) {
			return f
		}
	}
	return w
}
