package match

import (
	"slices"
	"time"
)

// BM25 (Robertson and Zaragoza, 2009), over fields as BM25F sums them: k1 is how soon repeating a word stops
// counting, b how much the length of a text does.
const (
	k1 = 1.2
	b  = 0.5
)

// What a word counts in each field. An offer is a promise, and a description only what somebody once wrote.
const (
	nameWeight  = 1.0
	aboutWeight = 1.0
	offerWeight = 2.0
)

// When it is better to say that nobody is known: when not even the best shares so much of what is asked for, by
// the weight of its words. Whoever shares much less than whoever shares most is no answer either.
const (
	minShare    = 0.4
	nearShare   = 0.25 // what is only near to it is told as such
	shareOfMost = 0.5
)

// A hit is a document that has enough of a request.
type hit struct {
	view  *view
	doc   uint32
	score float64
	share float64 // of the weight of the request, that it has
	meant bool    // it speaks of a concept of the request
}

func (h hit) id() int64 { return h.view.ids[h.doc] }

// Rank answers a request with at most limit organisations, best first, none of them in except. Organisations that joined come
// before others unless they fit much worse; the nearer fits better, when a place was named. Of about equal fits, what is free
// or at cost comes before what is charged; then who was not shown of late comes before who was, and who was shown far more
// than others last; and then the fresher, those who answer, and those shown less. now is when the question was asked.
func (ix *Index) Rank(r Request, limit int, now time.Time, except ...int64) Result {
	s := ix.now.Load()
	if limit <= 0 || s.docs == 0 {
		return Result{}
	}
	q := ix.ask(s, r.What)
	found := s.search(q, max(maxOrdered, 4*limit), except)
	s.lapse(&found, q, now)
	if found.maxShare < minShare {
		// A word in common may be chance; a meaning in common is not.
		near := slices.DeleteFunc(found.hits, func(h hit) bool { return h.share < nearShare || !h.meant })
		return Result{Near: s.order(near, q, r, limit, now, &ix.standing).Matches}
	}
	hits := slices.DeleteFunc(found.hits, func(h hit) bool { return h.share < shareOfMost*found.maxShare })
	if found.whole < enoughWhole {
		s.feedBack(q, hits)
	}
	return s.order(hits, q, r, limit, now, &ix.standing)
}

// maxOrdered is how many of the best fits are looked at more closely, of those that joined and of the others.
const maxOrdered = 200
