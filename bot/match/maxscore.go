package match

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// A queryTerm is one word or concept of a query, as it is summed up.
type queryTerm struct {
	term   uint32
	weight float32 // what it adds to the score of a document that could not have it better
	mask   uint64  // of accumulator
	near   uint32
}

// terms are all that q looks for, by weight.
func (q *query) terms() []queryTerm {
	all := make([]queryTerm, 0, len(q.words)+len(q.concepts))
	for i, w := range q.words {
		if w.known {
			all = append(all, queryTerm{w.term, float32(w.idf * w.weight * (k1 + 1)), 1 << i, 0})
		}
	}
	for _, c := range q.concepts {
		weight := float32(c.score * (k1 + 1))
		if c.related {
			all = append(all, queryTerm{c.term, weight, 0, c.covers})
		} else {
			all = append(all, queryTerm{c.term, weight, uint64(c.covers) << 32, 0})
		}
	}
	slices.SortStableFunc(all, func(a, b queryTerm) int { return cmp.Compare(b.weight, a.weight) })
	return all
}

// An accumulator is what a query adds up for a document.
type accumulator struct {
	score float32
	near  uint32 // words of the request that it has by a related concept
	mask  uint64 // the low half: words that it has; the high half: words that it has by a concept
}

// window is how many documents are summed up at a time: so few that their accumulators stay in near memory.
const window = 1 << 14

// A searcher looks through all documents, a window at a time. It is MaxScore (Turtle and Flood, 1995) over windows: once
// the best are known to be better than whoever has only the lesser terms, those are no longer essential: they
// bring in nobody, and are added up only for those who have something else.
type searcher struct {
	q        *query
	terms    []queryTerm
	bounds   []bound // of each term, with those after it
	except   []int64
	best     [2]topK // of those that joined, and of the others
	maxShare float64 // the largest share of what was asked for; all above “whole” is as good as that
	whole    int     // how many answer all of it, at least enoughWhole when there are more

	accumulators [window]accumulator
	docs         [window + 1]uint16 // those that have anything; the last place is only written
	lists        [][]posting        // what is left of the postings of each term
	shares       shareCache
}

var searchers = sync.Pool{New: func() any { return &searcher{} }}

// A bound is what nobody can exceed who has none but the last terms.
type bound struct {
	score float32
	share float64
}

// findings are what comes of scoring all documents.
type findings struct {
	hits     []hit   // the best, of those that joined and of the others
	maxShare float64 // the largest share of what was asked for; all above “whole” is as good as that
	whole    int     // how many answer all of it, at least enoughWhole when there are more
}

// search scores all documents and keeps the n best of those that joined, and of the others, with those that are as
// good as the last of them.
func (s *state) search(q *query, n int, except []int64) findings {
	if len(q.words) == 0 {
		return findings{}
	}
	f := searchers.Get().(*searcher)
	defer searchers.Put(f)
	f.q, f.terms, f.except, f.maxShare, f.whole, f.shares = q, q.terms(), except, 0, 0, shareCache{}
	limit := f.bound(s)
	for i := range f.best {
		f.best[i].begin(n, limit)
	}
	for _, v := range s.segments {
		f.search(s, v)
	}
	out := findings{maxShare: f.maxShare, whole: f.whole}
	perfect := q.best * (k1 + 1)
	for i := range f.best {
		for _, h := range f.best[i].hitsFound() {
			h.score /= perfect
			out.hits = append(out.hits, h)
		}
	}
	return out
}

// bound works out the bounds, and returns what no score exceeds.
func (f *searcher) bound(s *state) (limit float32) {
	f.bounds = slices.Grow(f.bounds[:0], len(f.terms))[:len(f.terms)]
	const rounding = 1.0001
	var mask uint64
	var near uint32
	for i, x := range slices.Backward(f.terms) {
		limit += x.weight * s.most * rounding
		mask, near = mask|x.mask, near|x.near
		f.bounds[i] = bound{limit, f.q.maxShare(mask, near)}
	}
	return limit
}

// search looks through one segment.
func (f *searcher) search(s *state, v *view) {
	f.lists = f.lists[:0]
	for _, x := range f.terms {
		f.lists = append(f.lists, v.of(x.term))
	}
	for from, to := 0, 0; from < len(v.docs); from = to {
		best := &f.best[0]
		to = min(from+window, len(v.docs))
		if from < v.joined {
			best, to = &f.best[1], min(to, v.joined)
		}
		essential := len(f.terms)
		for essential > 0 && f.nothingIn(f.bounds[essential-1], best) {
			essential--
		}
		found := 0
		for i, x := range f.terms {
			if i < essential {
				found = f.scoreEssential(s, i, from, to, found)
			} else {
				f.scoreNonEssential(s, i, from, to)
			}
			for _, r := range v.rare[x.term] {
				if at := int(r.doc) - from; at >= 0 && int(r.doc) < to && f.accumulators[at].score > 0 {
					f.accumulators[at].score += x.weight * r.way.value(s.perWord())
				}
			}
		}
		f.collect(v, best, from, found)
	}
}

// nothingIn tells whether nothing can be learnt of those who do not exceed a bound.
func (f *searcher) nothingIn(b bound, best *topK) bool {
	return b.score < best.threshold && b.share <= f.maxShare && (b.share < whole || f.whole >= enoughWhole)
}

// scoreEssential adds up a term for the documents between from and to. Of those, found have something; it returns how
// many have then.
func (f *searcher) scoreEssential(s *state, term, from, to, found int) int {
	x, list, last := &f.terms[term], f.lists[term], posting(to-1)<<16|math.MaxUint16
	n := 0
	for ; n < len(list) && list[n] <= last; n++ {
		at := (int(list[n]>>16) - from) % window
		t := &f.accumulators[at]
		f.docs[found] = uint16(at)
		if t.score == 0 { // written like this, it is no jump, which nobody could foretell
			found++
		}
		t.score += x.weight * s.values[list[n]&math.MaxUint16]
		t.mask |= x.mask
		t.near |= x.near
	}
	f.lists[term] = list[n:]
	return found
}

// scoreNonEssential is scoreEssential for those that have something already.
func (f *searcher) scoreNonEssential(s *state, term, from, to int) {
	x, list, last := &f.terms[term], f.lists[term], posting(to-1)<<16|math.MaxUint16
	n := 0
	for ; n < len(list) && list[n] <= last; n++ {
		t := &f.accumulators[(int(list[n]>>16)-from)%window]
		if t.score == 0 {
			continue
		}
		t.score += x.weight * s.values[list[n]&math.MaxUint16]
		t.mask |= x.mask
		t.near |= x.near
	}
	f.lists[term] = list[n:]
}

// collect keeps the best of a window, in which found documents have something, and clears it.
func (f *searcher) collect(v *view, best *topK, from, found int) {
	for _, at := range f.docs[:found] {
		t := f.accumulators[at]
		f.accumulators[at] = accumulator{}
		doc := uint32(from) + uint32(at)
		good := t.score >= best.threshold
		if !good && f.whole >= enoughWhole && f.maxShare >= whole || v.isDead(doc) {
			continue // nothing can be learnt of it
		}
		share := f.shares.of(f.q, t.mask, t.near)
		if share >= whole {
			f.whole++
		}
		if !good && share <= f.maxShare || len(f.except) > 0 && slices.Contains(f.except, v.ids[doc]) {
			continue
		}
		f.maxShare = min(max(f.maxShare, share), whole)
		if good {
			best.add(hit{v, doc, float64(t.score), share, uint32(t.mask>>32)|t.near != 0})
		}
	}
}

// A shareCache remembers shares: most documents have one of few sets of words.
type shareCache [64]struct {
	mask  uint64
	near  uint32
	known bool
	share float64
}

func (c *shareCache) of(q *query, mask uint64, near uint32) float64 {
	e := &c[(mask*0x9E3779B97F4A7C15+uint64(near)*0xD6E8FEB86659FD93)>>58]
	if !e.known || e.mask != mask || e.near != near {
		e.mask, e.near, e.known, e.share = mask, near, true, q.share(mask, near)
	}
	return e.share
}
