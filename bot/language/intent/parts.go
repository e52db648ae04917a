package intent

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed en/words/joins.txt
var joinsFile string

// A Part is one thing of several that a message says.
type Part struct {
	Text    string  // as it was written, without what joined it to the one before
	Guesses []Guess // as Read returns them
}

// chat are the intents that want nothing. Beside something that does they are passed over.
var chat = []string{"hello", "nothing", "thanks"}

// repeated are the intents that one message may well say twice, each time of something else.
var repeated = []string{"register.offer", "register.need", "register.gone", "question.ask", "introduce.ask", "question.thank", "introduce.tie"}

// A message of more parts, or of more places where it might be cut, is a story: it is read as one.
const (
	mostParts = 8
	mostCuts  = 12
	explains  = 3 // words: what is shorter explains nothing
)

// Parts takes a message apart into the things that it says: its lines and sentences, and halves that “and”, “also” or a comma
// joins, where each half reads as something by itself. What only explains stays with what it explains, so “our urn is broken.
// who can lend one?” is one part, and so is “yes but not on a monday”. Greetings and thanks beside something else are left
// out. A part that cannot be read is there like the others, its guesses all unlikely. There is a part for any text but an
// empty one.
func (r *Reader) Parts(text string, s Situation) []Part {
	whole := Part{strings.TrimSpace(text), r.Read(text, s)}
	if whole.Text == "" {
		return nil
	}
	cuts := mostCuts
	var parts []Part
	for _, sentence := range sentences(whole.Text) {
		parts = append(parts, r.halves(sentence, s, &cuts)...)
	}
	var wants, all []Part // what wants something, and with it what cannot be read
	told := false         // something that wants nothing, but may explain what does
	for _, p := range parts {
		clear := p.Guesses[0].P >= Likely
		if clear && slices.Contains(chat, p.Guesses[0].Intent) {
			told = told || p.Guesses[0].Intent == "nothing" && len(strings.Fields(p.Text)) > explains
			continue
		}
		all = append(all, p)
		if clear {
			wants = append(wants, p)
		}
	}
	if len(wants) == 0 || len(all) > mostParts {
		return []Part{whole}
	}
	intent := wants[0].Guesses[0].Intent
	one, sure := true, 0
	for _, p := range wants {
		one = one && p.Guesses[0].Intent == intent
		if p.Guesses[0].P >= Sure {
			sure++
		}
	}
	switch {
	case len(all) == 1 && !told, !one, slices.Contains(repeated, intent) && sure > 1:
		return all
	case whole.Guesses[0].Intent != intent:
		// A long story around it blurs the reading, and the sentence that says it does not.
		best := slices.MaxFunc(wants, func(a, b Part) int { return cmp.Compare(a.Guesses[0].P, b.Guesses[0].P) })
		whole.Guesses = best.Guesses
	}
	return []Part{whole}
}

// halves cuts a sentence where it joins two things that want something, or a greeting and what follows it.
func (r *Reader) halves(sentence string, s Situation, cuts *int) []Part {
	words := r.split(sentence)
	for i := 1; i < len(words) && *cuts > 0; i++ {
		// The right half begins after the joining words, which belong to neither.
		comma := strings.Contains(sentence[words[i-1].end:words[i].start], ",") || strings.Contains(sentence[words[i-1].end:words[i].start], " - ")
		j := i
		for j < len(words)-1 && (r.joins[words[j].text] == "join" || r.joins[words[j].text] == "then" && (comma || j > i)) {
			j++
		}
		if j == i && !comma || r.joins[words[j].text] != "begin" {
			continue
		}
		*cuts--
		left, right := strings.TrimRight(sentence[:words[i-1].end], " "), sentence[words[j].start:]
		a, b := r.Read(left, s), r.Read(right, s)
		same := a[0].Intent == b[0].Intent
		if a[0].P < Likely || b[0].P < Likely || same && !(slices.Contains(repeated, a[0].Intent) && a[0].P >= Sure && b[0].P >= Sure) {
			continue
		}
		return append([]Part{{left, a}}, r.halves(right, s, cuts)...)
	}
	return []Part{{sentence, r.Read(sentence, s)}}
}

// sentences are the lines of a text and the sentences in them. A full stop after one or two letters or after a figure is no
// end: “St. Mark's”, “no. 2”.
func sentences(text string) []string {
	var found []string
	start := 0
	cut := func(end int) {
		if sentence := strings.TrimSpace(text[start:end]); strings.IndexFunc(sentence, func(c rune) bool { return c > ' ' && !unicode.IsPunct(c) }) >= 0 {
			found = append(found, sentence)
		}
		start = end
	}
	for i, c := range text {
		if c > '\u007f' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(text[i+1:])
		switch {
		case c == '\n', c == ';':
			cut(i + 1)
		case (c == '!' || c == '?') && unicode.IsSpace(next), c == '.' && unicode.IsSpace(next) && !abbreviated(text[start:i]):
			cut(i + 1)
		}
	}
	cut(len(text))
	return found
}

func abbreviated(before string) bool {
	last := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	return utf8.RuneCountInString(last) <= 2
}
