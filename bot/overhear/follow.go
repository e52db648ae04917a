package overhear

import (
	"slices"
	"strings"
)

// any tells whether a pattern of a section is somewhere in a sentence.
func (h *hearer) any(section string, s sentence) bool {
	return h.found(section, walk{h: h, names: s.names}, s.words)
}

// known is any for patterns whose things are of those that the sector knows.
func (h *hearer) known(section string, s sentence) bool {
	return h.found(section, walk{h: h, names: s.names, known: true}, s.words)
}

func (h *hearer) found(section string, w walk, words []string) bool {
	for i, word := range words {
		for _, p := range h.patterns[section][word] {
			if w.follows(p, words[i:]) {
				return true
			}
		}
	}
	return false
}

// A walk compares patterns with the words of one sentence.
type walk struct {
	h     *hearer
	names map[string]bool
	known bool // a thing must be one that the sector knows
}

// follows tells whether words begin with p.
func (w walk) follows(p pattern, words []string) bool {
	if len(p) == 0 {
		return true
	}
	it, rest := p[0], p[1:]
	if it.optional && w.follows(rest, words) {
		return true
	}
	switch {
	case it.thing:
		n := w.h.thing(words)
		return n > 0 && (!w.known || spoken(words[:n])) && w.follows(rest, words[n:])
	case it.name:
		return len(words) > 0 && w.names[words[0]] && w.follows(rest, words[1:])
	case it.gap:
		const most = 4
		for n := 0; n <= min(most, len(words)); n++ {
			if w.follows(rest, words[n:]) {
				return true
			}
		}
		return false
	}
	for _, run := range it.runs {
		if len(run) <= len(words) && slices.Equal(run, words[:len(run)]) && w.follows(rest, words[len(run):]) {
			return true
		}
	}
	return false
}

// thing is how many words name something that a group could have, 0 for none: nothing definite, nothing of somebody's,
// and not a meeting link or a pint. What counts is the last word of the name.
func (h *hearer) thing(words []string) int {
	if len(words) == 0 || h.definite[words[0]] || h.breaks[words[0]] && !h.early[words[0]] {
		return 0
	}
	head, n := "", 0
	for _, w := range words {
		if w == "'s" && !h.anybody[head] {
			return 0
		}
		if h.breaks[w] && head != "" && !(h.early[w] && h.little[head]) {
			break
		}
		head = w
		n++
	}
	if h.nothing[head] || h.nothing[strings.TrimSuffix(head, "s")] {
		return 0
	}
	return n
}
