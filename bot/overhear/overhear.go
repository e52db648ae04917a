// Package overhear sorts what is said in a room to nobody in particular: whether it asks for something that some group
// may have, offers such, or is none of our business. It is pure thinking over the patterns of patterns.txt.
package overhear

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ginnel/bot/match"
	"ginnel/bot/spelling"
)

// Kind is what a message is that was said to nobody in particular, as far as its words tell.
type Kind int

// What a message can be.
const (
	Chatter  Kind = iota // anything else, and whatever is not plainly one of the others
	Ask                  // for a skill, a place, a thing or people that some group may have
	Offer                // of such
	Delicate             // about danger, or about one person: nothing to be answered in the open
)

// maxLength is how many bytes a message may have to be looked at: a plain ask is short, and what is long
// is an announcement.
const maxLength = 700

// Classify sorts a message that was said in a room to nobody in particular. It would rather miss an ask than take
// something else for one. A message is an ask when a sentence of it has the form of one, or when weak signs (a need, a
// call upon others, a known thing, a please) come to enough together, and nothing in it offers, closes or advertises.
// of is what of the text asks, with its frame; it is empty when nothing does. The work grows with the length of the
// text and is little: what is long is not looked at.
func Classify(text string) (kind Kind, of string) {
	if len(text) > maxLength || !utf8.ValidString(text) {
		return Chatter, ""
	}
	text = unquote(text)
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "!") || strings.HasPrefix(text, "@") || strings.HasPrefix(text, "<@") {
		return Chatter, ""
	}
	h := hearing()
	said := h.sentences(text)
	for i, s := range said {
		if h.any("delicate", s) && !h.any("lesson", s) || h.any("person", s) || h.any("pronoun", s) && !h.tasked(said, i) {
			return Delicate, ""
		}
	}
	if called(text) {
		return Chatter, ""
	}
	for _, s := range said {
		if h.any("never", s) {
			return Chatter, ""
		}
	}
	for _, s := range said {
		if h.any("offer", s) && !h.any("unoffer", s) || pitched(s) {
			return Offer, ""
		}
	}
	kind = Chatter
	others := slices.ContainsFunc(said, func(s sentence) bool { return h.any("call", s) })
	for i, s := range said {
		if h.any("give", s) {
			kind = Offer
		}
		if h.any("not", s) || !h.asks(s, others) {
			continue
		}
		return Ask, told(text, said, i)
	}
	if at := h.weighed(said); at >= 0 && kind == Chatter {
		return Ask, told(text, said, at)
	}
	return kind, ""
}

// told is the sentence that asks, and what was said before it where that alone tells of what: “Can anyone help?”
func told(text string, said []sentence, at int) string {
	start := said[at].start
	if at > 0 && !spoken(said[at].words) {
		start = 0
	}
	return strings.TrimSpace(text[start:said[at].end])
}

// weighed is which sentence the signs make an ask, the best of them, or -1. Each sign counts once, however often and
// in however many of the other sentences it stands.
func (h *hearer) weighed(said []sentence) int {
	signs := make([]uint64, len(said))
	for i, s := range said {
		for j, g := range h.signs {
			if h.shows(g, s) {
				signs[i] |= 1 << j
			}
		}
	}
	at, most := -1, h.enough-1
	for i := range said {
		var beside uint64
		for j, others := range signs {
			if j != i {
				beside |= others
			}
		}
		sum := 0
		for j, g := range h.signs {
			sum += g.own*int(signs[i]>>j&1) + g.beside*int(beside>>j&1)
		}
		if sum > most {
			at, most = i, sum
		}
	}
	return at
}

// shows tells whether a sentence has a sign.
func (h *hearer) shows(g sign, s sentence) bool {
	switch {
	case g.section == anyKnown:
		return spoken(s.words)
	case g.known:
		return h.known(g.section, s)
	}
	return h.any(g.section, s)
}

// tasked tells whether the he or she of sentence at is somebody who had a task in a group and is gone from it, and not
// who is to be helped.
func (h *hearer) tasked(said []sentence, at int) bool {
	return slices.ContainsFunc(said[:at+1], func(s sentence) bool { return h.any("task", s) }) &&
		slices.ContainsFunc(said, func(s sentence) bool { return h.any("gone", s) }) &&
		!slices.ContainsFunc(said, func(s sentence) bool { return h.any("helped", s) })
}

// asks tells whether a sentence by itself has the form of an ask, and is sure enough: some forms need a thing that the sector
// knows, a question mark or a please. others tells whether the message calls upon others.
func (h *hearer) asks(s sentence, others bool) bool {
	question := s.words[len(s.words)-1] == "?"
	return h.any("ask", s) || h.known("have", s) || h.any("have", s) && h.any("cue", s) ||
		h.known("need", s) || others && (h.any("need", s) || h.any("bare", s)) ||
		spoken(s.words) && (h.known("maybe", s) || question && h.known("asked", s)) ||
		h.any("if", s) && h.any("plea", s)
}

// called tells whether a message begins with somebody's name: “Sue, can anyone …”, “Hi Priya - …”.
func called(text string) bool {
	h := hearing()
	rest := text
	for range 2 {
		rest = strings.TrimLeftFunc(rest, func(r rune) bool { return !spelling.InWord(r) && r != '@' && r != '<' })
		end := strings.IndexFunc(rest, func(r rune) bool { return !spelling.InWord(r) && r != '\'' && r != '’' })
		if end <= 0 {
			return strings.HasPrefix(rest, "@") || strings.HasPrefix(rest, "<@")
		}
		word := rest[:end]
		first, _ := utf8.DecodeRuneInString(word)
		after := strings.TrimLeft(rest[end:], " ")
		if h.filler[spelling.Fold(word)] {
			rest = rest[end:]
			continue
		}
		fields := strings.Fields(after)
		if slices.ContainsFunc(h.classes["addresses"], func(run []string) bool { return len(fields) > 1 && slices.Equal(run, fields[:2]) }) {
			return !h.frames[spelling.Fold(word)]
		}
		return unicode.IsUpper(first) && !h.frames[spelling.Fold(word)] && (strings.HasPrefix(after, ",") || strings.HasPrefix(after, "- ") || strings.HasPrefix(after, "– "))
	}
	return false
}

// pitched tells whether a sentence is the question with which something is sold: “Looking for a venue?”
func pitched(s sentence) bool {
	h := hearing()
	return s.words[len(s.words)-1] == "?" && h.any("pitch", s) && !h.any("ours", s)
}

// spoken tells whether words speak of something that the sector knows.
func spoken(words []string) bool {
	return match.Sector().Mentioned(strings.Join(words, " "))
}
