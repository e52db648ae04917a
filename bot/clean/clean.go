// Package clean makes what comes from outside safe to keep, to show and to compare: the text and the names that strangers
// write, and the ids and messages that networks send.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/unicode/norm"
)

// The most marks that stay on one letter. Vietnamese stacks two and pointed Hebrew three; more is mischief
// that runs over the neighbouring lines.
const mostMarks = 4

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
	// graphemeJoiner is put in by normalisation to break long runs of marks, and is of no use after the cut.
	graphemeJoiner = '\u034f'
)

// Text makes text from a stranger safe to keep and to show beside other text: valid UTF-8 in NFC with
// nothing in it that cannot be seen. Control and formatting characters, among them those that turn the
// direction of writing, and tag characters are dropped; joiners stay where Indic scripts and emoji need
// them. Lines are trimmed and their spaces made single; no more than one empty line stands between two.
// At most four marks stay on one letter. Text of clean text is the same text.
func Text(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	// Dropping comes before normalising, so that nothing invisible keeps a letter from its mark.
	s = norm.NFC.String(strings.Map(visible, s))
	var out strings.Builder
	out.Grow(len(s))
	marks, newlines, space, last := 0, 0, false, '\n'
	for _, r := range s {
		switch {
		case r == '\n':
			newlines, space, marks, last = newlines+1, false, 0, r
			continue
		case r == ' ':
			space, marks, last = true, 0, r
			continue
		case r == joiner || r == nonJoiner:
			if last == '\n' || last == ' ' || last == joiner || last == nonJoiner {
				continue
			}
		case unicode.IsMark(r):
			// A joiner does not begin a new letter: else every fourth mark could bring its own.
			if marks++; marks > mostMarks || r == graphemeJoiner {
				continue
			}
		default:
			marks = 0
		}
		if out.Len() > 0 {
			out.WriteString("\n\n"[:min(newlines, 2)])
			if space && newlines == 0 {
				out.WriteByte(' ')
			}
		}
		out.WriteRune(r)
		newlines, space, last = 0, false, r
	}
	return out.String()
}

// visible maps every kind of space and line end to one, and to -1 what is not to be seen.
func visible(r rune) rune {
	switch {
	case r == joiner || r == nonJoiner:
		return r
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || r == '\u2800': // the last is Braille without dots
		return ' '
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return r // Arabic number signs: format characters by name, but drawn
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Noncharacter_Code_Point, r):
		return -1
	case 0xe0000 <= r && r <= 0xe007f, r == graphemeJoiner:
		return -1
	case r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0': // Hangul fillers, letters of no shape
		return -1
	}
	return r
}

// OneLine is Text with every line end made a space: for names and other things that stand inside a line.
func OneLine(s string) string {
	return strings.Join(strings.Fields(Text(s)), " ")
}

// Shorten is s when that has at most max characters (code points); otherwise its beginning with “…” after
// it, max characters together at most. It cuts between words unless the last word is longer than half of what may
// stay, and never inside what a reader sees as one character. With max below 1 nothing stays.
func Shorten(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	if max < 1 {
		return ""
	}
	end, runes, word := 0, 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		if strings.TrimSpace(g.Value()) == "" {
			word = g.Start()
		}
		if runes += utf8.RuneCountInString(g.Value()); runes > max-1 {
			break
		}
		end = g.End()
	}
	if word > 0 && 2*word >= end {
		end = word
	}
	return strings.TrimRight(s[:end], " \t\n,;:–—-") + "…"
}

// Quote puts a value in marks so that it is one word of a sentence, whatever is in it: inner marks are doubled.
func Quote(v string) string {
	return "“" + strings.NewReplacer("“", "““", "”", "””").Replace(v) + "”"
}
