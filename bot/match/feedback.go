package match

import (
	"cmp"
	"slices"
)

// Feedback of relevance models (Lavrenko and Croft, 2001; RM3 as in Abdul-Jaleel et al., 2004): words that the
// best answers share count a little too. It may drift, so it is used only when few answer all of the request.
const (
	feedbackDocs    = 10
	feedbackWords   = 12
	feedbackShare   = 0.2 // of the whole weight
	enoughWhole     = 5   // so many answers to all that is asked for need no help
	whole           = 0.9 // the share that counts as all
	sharedByAtLeast = 2
)

// feedBack adds to the scores of hits what they share with the best of them.
func (s *state) feedBack(q *query, hits []hit) {
	if len(hits) <= feedbackDocs {
		return
	}
	top := slices.Clone(selectBest(slices.Clone(hits), feedbackDocs))
	// In one order, since sums of fractions hang on it.
	slices.SortFunc(top, func(a, b hit) int { return cmp.Compare(a.id(), b.id()) })
	var total float64
	for _, h := range top {
		total += h.score
	}
	known := map[uint32]bool{}
	for _, w := range q.words {
		known[w.term] = true
	}
	for _, c := range q.concepts {
		known[c.term] = true
	}
	type sum struct {
		term uint32
		p    float64
		docs int
		has  float64 // of p, what the organisation has that is looked at
	}
	model := map[uint32]*sum{}
	for _, h := range top {
		d := h.view.docs[h.doc]
		length := 0
		for w := range d.all() {
			length += int(w.tf)
		}
		last := ^uint32(0)
		for w := range d.all() {
			if known[w.term] {
				continue
			}
			m := model[w.term]
			if m == nil {
				m = &sum{term: w.term}
				model[w.term] = m
			}
			m.p += h.score / total * float64(w.tf) / float64(length)
			if w.term != last {
				m.docs++
			}
			last = w.term
		}
	}
	var list []*sum
	for _, m := range model {
		// A word of one answer alone is that answer's, and one of everybody's says nothing.
		if m.docs >= sharedByAtLeast && int(s.df.of(m.term))*10 < s.docs {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *sum) int {
		return cmp.Or(cmp.Compare(b.p, a.p), cmp.Compare(s.names[a.term], s.names[b.term]))
	})
	list = list[:min(len(list), feedbackWords)]
	total = 0
	for _, m := range list {
		total += m.p
	}
	if total == 0 {
		return
	}
	n := float64(s.docs)
	text, offers := max(s.lengths.text/n, 1), max(s.lengths.offer/max(s.lengths.offers, 1), 1)
	byTerm := slices.SortedFunc(slices.Values(list), func(a, b *sum) int { return cmp.Compare(a.term, b.term) })
	for i := range hits {
		h := &hits[i]
		d := h.view.docs[h.doc]
		at := 0
		var tf, offer float64
		next := func() {
			byTerm[at].has = byTerm[at].p / total * (tf + offer) / (tf + offer + k1)
			tf, offer = 0, 0
			at++
		}
		for w := range d.all() {
			for at < len(byTerm) && byTerm[at].term < w.term {
				next()
			}
			if at == len(byTerm) {
				break
			}
			if byTerm[at].term != w.term {
				continue
			}
			length := float64(d.length(w.unit))
			if w.unit < offerUnit {
				tf += float64(w.tf) / (1 - b + b*length/text)
			} else {
				offer = max(offer, offerWeight*float64(w.tf)/(1-b+b*length/offers))
			}
		}
		for at < len(byTerm) {
			next()
		}
		// In an order that does not hang on that in which the register was told, as that of terms does.
		var more float64
		for _, m := range list {
			more += m.has
		}
		h.score = (1-feedbackShare)*h.score + feedbackShare*more
	}
}
