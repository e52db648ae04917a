package match

import (
	"math"
	"slices"
	"strings"

	"ginnel/bot/spelling"
)

// Whoever asks takes a poor answer among good ones. Two that are brought together for a poor reason believe no other,
// so what is said of a need and an offer here is stricter than a ranking: the thing that is needed must be the thing that
// is offered, not a word that both happen to say. “An electrician for the hut kitchen” is answered by no “church hall with
// a kitchen”.

const (
	// How much of what is needed the offer must have, and of what is offered the need.
	minNeed  = 0.6
	minOffer = 0.5
	// What a word counts that says little of the thing itself, and one that says only what sort of help it is.
	plainWeight   = 0.05
	genericWeight = 0.3
)

// plainWords tell how large, old, many or often something is.
var plainWords = lists.set("plain")

// genericWords tell what sort of help something is, and not about what.
var genericWords = lists.set("generic")

// breaks are words after which something else is spoken of than the thing itself.
var breaks = lists.set("breaks")

// deeds are words after which stands what somebody is to do.
var deeds = lists.set("deeds")

// verbs stand in no name of a thing, and remarks begin none.
var (
	verbs   = lists.set("verbs")
	remarks = lists.set("remarks")
	howMany = lists.set("how many")
)

// A word of a phrase.
type phraseWord struct {
	stem   string
	weight float64
}

// A thing is a phrase that names something needed or offered: its words, and the meanings with the words they cover.
type thing struct {
	words    []phraseWord
	meanings []mention
	total    float64
}

// things are the readings of a text: each part of a list, cut where it goes on to speak of something else. The first
// are the shortest.
func (ix *Index) things(s *state, text string, offered bool) []thing {
	var all []thing
	for i, part := range parts(text) {
		if i > 0 && !isThing(part) {
			continue
		}
		for _, phrase := range phrases(part, offered) {
			if t := ix.thing(s, phrase, offered); t.total > 0 {
				all = append(all, t)
			}
		}
	}
	return all
}

// isThing tells whether a later part of a list names one more thing, and does not go on about the first: “card” of “paint,
// card”, but not “no audition” or “ours is retiring”.
func isThing(part string) bool {
	words := strings.Fields(spelling.Fold(part))
	const longest = 6
	if len(words) == 0 || len(words) > longest || breaks[words[0]] || deeds[words[0]] || remarks[words[0]] {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool {
		w = strings.Trim(w, ".!?")
		// How many, how long and when belong to the first.
		return verbs[w] || howMany[w] || strings.ContainsAny(w, "0123456789") || strings.HasSuffix(w, "'s") || strings.HasSuffix(w, "'ll")
	})
}

// parts are the members of a list.
func parts(text string) (all []string) {
	if i := strings.IndexAny(text, "("); i > 0 {
		text = strings.NewReplacer("(", ", ", ")", ", ").Replace(text)
	}
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;:/&", r) }) {
		var part []string
		within := false // what is done with it, or whom it is for: “wards and schools” are one
		for _, w := range strings.Fields(p) {
			lower := spelling.Fold(w)
			if and[lower] && !within {
				all = append(all, strings.Join(part, " "))
				part = nil
				continue
			}
			within = within || breaks[lower] || deeds[lower]
			part = append(part, w)
		}
		all = append(all, strings.Join(part, " "))
	}
	return all
}

// phrases are the readings of one part: up to the first break behind something said, with what somebody is to do, and of
// an offer the whole.
func phrases(part string, offered bool) (all []string) {
	words := strings.Fields(part)
	content := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool {
			w = strings.Trim(spelling.Fold(w), ".!?'’“”\"")
			return w != "" && !stopWords[w] && !weakWords[w] && !plainWords[w] && !genericWords[w] && !isNumber(w)
		})
	}
	add := func(list []string) {
		if p := strings.Join(list, " "); content(list) && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	deed := -1
	for i, w := range words {
		w = spelling.Fold(w)
		switch {
		case !content(words[:i]):
		case deeds[w]:
			if deed < 0 {
				add(words[:i])
				deed = i
			}
		case breaks[w]:
			add(words[:i])
			if offered && deed >= 0 && content(words[deed:i]) {
				add(words[deed+1 : i])
			}
			if !offered {
				return all
			}
		}
	}
	add(words)
	if offered && deed >= 0 {
		add(words[deed+1:])
	}
	return all
}

func isNumber(w string) bool {
	return strings.IndexFunc(w, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func (ix *Index) thing(s *state, phrase string, offered bool) (t thing) {
	n := float64(s.docs)
	var line content[string]
	// Words as they stand in line, since meanings tell of those.
	tokens(phrase, func(tok token) {
		if stopWords[tok.word] {
			line.add(tok, "")
			return
		}
		before := len(line.stems)
		line.add(tok, stem(tok.word))
		if len(line.stems) == before {
			return
		}
		w := phraseWord{stem: line.stems[before]}
		df := float64(s.df.of(s.stem(w.stem) - 1))
		w.weight = math.Log(1 + (n-df+0.5)/(df+0.5))
		switch {
		case plainWords[tok.word] || weakWords[tok.word] || isNumber(tok.word):
			w.weight *= plainWeight
		case genericWords[tok.word]:
			w.weight *= genericWeight
		}
		t.words = append(t.words, w)
		t.total += w.weight
	})
	ix.thesaurus.find(&line, func(m mention) {
		if !offered || m.reach != loosely {
			t.meanings = append(t.meanings, m)
		}
	})
	return t
}

// covered is how much of t, by weight, is in other too: by the same word, or by a meaning that both have.
func (t thing) covered(other thing) float64 {
	const byMeaning = 0.9
	var sum float64
	for i, w := range t.words {
		same := slices.ContainsFunc(other.words, func(o phraseWord) bool { return o.stem == w.stem })
		meant := slices.ContainsFunc(t.meanings, func(m mention) bool {
			return m.from <= i && i < m.to && slices.ContainsFunc(other.meanings, func(o mention) bool { return o.concept == m.concept })
		})
		// A word that only both say is less than it seems when it means something else in each.
		switch {
		case same:
			sum += w.weight
		case meant:
			sum += byMeaning * w.weight
		}
	}
	return sum / t.total
}

// answers tells how well what is offered is what is needed, 0 when it is not, up to 1.
func answers(needed, offered []thing) (best float64) {
	for _, need := range needed {
		for _, offer := range offered {
			n, o := need.covered(offer), offer.covered(need)
			if n >= minNeed && o >= minOffer {
				best = max(best, n*o)
			}
		}
	}
	return best
}
