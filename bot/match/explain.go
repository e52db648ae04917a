package match

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// tell says what of a document fits.
func (s *state) tell(h hit, q *query, now time.Time) Match {
	d := h.view.docs[h.doc]
	m := Match{ID: d.id, Score: math.Min(h.score, 1), Joined: d.joined, Km: -1}
	value := make([]float64, len(d.units))
	words := make([][]string, len(d.units))
	has := make([]uint32, len(d.units)) // words of the request, by unit
	list := slices.Collect(d.all())
	each := func(term uint32, f func(unit uint8)) {
		i, _ := slices.BinarySearchFunc(list, term, func(w unitWord, t uint32) int { return cmp.Compare(w.term, t) })
		for ; i < len(list) && list[i].term == term; i++ {
			f(list[i].unit)
		}
	}
	for i, w := range q.words {
		if w.known {
			each(w.term, func(u uint8) {
				value[u] += w.idf * w.weight
				has[u] |= 1 << i
				words[u] = append(words[u], w.words[0])
			})
		}
	}
	for _, c := range q.concepts {
		each(c.term, func(u uint8) {
			value[u] += c.score
			// Its own words are the better reason; a name for what they mean is the next best.
			if has[u]&c.covers != c.covers {
				words[u] = append(words[u], c.name)
			}
			has[u] |= c.covers
		})
	}
	best := offerUnit
	for u := offerUnit; u < offerUnit+len(d.offers); u++ {
		if value[u] > value[best] {
			best = u
		}
	}
	thanked := d.bestHelp(value, now)
	// An offer is the better reason, unless it is much the weaker; and next to it what somebody was thanked for.
	const offerReach = 0.6
	most := max(value[nameUnit], value[aboutUnit])
	if thanked > 0 {
		most = max(most, value[thanked])
	}
	if len(d.offers) > 0 && value[best] > 0 && value[best] >= offerReach*most {
		o := d.offers[best-offerUnit]
		m.Field, m.Offer, m.Terms, m.Words = InOffer, o.id, o.terms, words[best]
		return m
	}
	if thanked > 0 && value[thanked] >= offerReach*most {
		m.Field, m.Help, m.Words = InHelp, d.helpOf(thanked).id, words[thanked]
		return m
	}
	if value[aboutUnit] >= value[nameUnit] {
		m.Field, m.Words = InAbout, words[aboutUnit]
	} else {
		m.Field, m.Words = InName, words[nameUnit]
	}
	return m
}
