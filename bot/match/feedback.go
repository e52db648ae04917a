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

// feedBack adds words to q and tells whether it did.
func (ix *Index) feedBack(s *state, q *query, hits []hit) bool {
	answered := 0
	for _, h := range hits {
		if h.share >= whole {
			answered++
		}
	}
	if answered >= enoughWhole || len(hits) <= feedbackDocs {
		return false
	}
	top := slices.Clone(best(slices.Clone(hits), feedbackDocs))
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
	}
	model := map[uint32]*sum{}
	slices.SortFunc(top, func(a, b hit) int { return cmp.Compare(a.view.docs[a.doc].id, b.view.docs[b.doc].id) })
	for _, h := range top {
		d := h.view.docs[h.doc]
		length := 0
		for _, w := range d.words {
			length += int(w.tf)
		}
		last := ^uint32(0)
		for _, w := range d.words {
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
	var list []sum
	for _, m := range model {
		// A word of one answer alone is that answer's, and one of everybody's says nothing.
		if m.docs >= sharedByAtLeast && int(s.df[m.term])*10 < s.docs {
			list = append(list, *m)
		}
	}
	ix.reading.RLock()
	slices.SortFunc(list, func(a, b sum) int {
		return cmp.Or(cmp.Compare(b.p, a.p), cmp.Compare(ix.names[a.term], ix.names[b.term]))
	})
	ix.reading.RUnlock()
	list = list[:min(len(list), feedbackWords)]
	total = 0
	for _, m := range list {
		total += m.p
	}
	if total == 0 {
		return false
	}
	for _, m := range list {
		q.more = append(q.more, boost{m.term, q.best * feedbackShare / (1 - feedbackShare) * m.p / total})
	}
	q.best /= 1 - feedbackShare
	return true
}
