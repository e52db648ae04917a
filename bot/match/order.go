package match

import (
	"cmp"
	"slices"
	"time"
)

// A ranked is a hit on its way into an answer.
type ranked struct {
	hit
	doc   *document
	km    float64
	value float64 // how well it fits, with its place
	first bool    // it comes before all that are not
	match Match
	shown int     // neverShown, shown or tooOften
	worth float64 // its fit, with what else counts among about equals
}

// order sorts hits and tells the best of them.
func (s *state) order(hits []hit, q *query, r Request, limit int, now time.Time, standing *standing) Result {
	var all []ranked
	var top float64
	for _, h := range shortlist(hits, max(maxOrdered, 4*limit)) {
		d := h.view.docs[h.doc]
		x := ranked{hit: h, doc: d, km: -1, value: h.score}
		if r.Outcode != "" {
			if km, ok := s.places.Distance(r.Outcode, d.outcode); ok {
				x.km = km
			}
			x.value *= s.places.factor(s.reach(h, q, now), x.km, r.Outcode)
		}
		top = max(top, x.value)
		all = append(all, x)
	}
	for i := range all {
		// Joining counts, but not more than fitting does.
		const joinedReach = 0.4
		all[i].first = all[i].doc.joined && all[i].value >= joinedReach*top
	}
	slices.SortFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(bit(y.first), bit(x.first)), cmp.Compare(y.value, x.value), cmp.Compare(x.doc.id, y.doc.id))
	})
	all = all[:min(len(all), 3*limit+50)]
	for i := range all {
		x := &all[i]
		x.match = s.tell(x.hit, q, now)
		x.match.Km = x.km
		standing.weigh(x, s.docs, now)
	}
	var result Result
	for len(all) > 0 && len(result.Matches) < limit {
		var x ranked
		if x, all = next(all); x.doc.closed {
			result.NoRoom++
		} else {
			result.Matches = append(result.Matches, x.match)
		}
	}
	return result
}

// next takes out of all, sorted by how well they fit, whose turn it is among those that fit about as well as the best.
func next(all []ranked) (ranked, []ranked) {
	const about = 1 / 1.12 // nobody is passed who fits an eighth better
	best := 0
	for i, x := range all {
		if x.first != all[0].first || x.value < about*all[0].value {
			break
		}
		b := &all[best]
		if cmp.Or(cmp.Compare(bit(x.match.Terms == Charged), bit(b.match.Terms == Charged)), cmp.Compare(x.shown, b.shown), cmp.Compare(b.worth, x.worth)) < 0 {
			best = i
		}
	}
	x := all[best]
	return x, slices.Delete(all, best, best+1)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shortlist keeps the n best fits among those that joined, and among the others.
func shortlist(hits []hit, n int) []hit {
	var joined, others []hit
	for _, h := range hits {
		if int(h.doc) < h.view.joined {
			joined = append(joined, h)
		} else {
			others = append(others, h)
		}
	}
	return append(selectBest(joined, n), selectBest(others, n)...)
}
