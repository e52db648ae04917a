package match

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// help finds who offers what somebody needs, and who need the same.
func (r *round) help() {
	needing := map[string][]needed{}
	for i, all := range r.needs() {
		for _, n := range all {
			for _, c := range n.concepts {
				needing[c] = append(needing[c], n)
			}
			for _, h := range n.helpers {
				c := r.pair(i, h.member)
				switch {
				case i == c.a && h.score > c.helpA:
					c.helpA, c.reason.NeedA, c.reason.OfferB = h.score, n.id, h.offer
				case i == c.b && h.score > c.helpB:
					c.helpB, c.reason.NeedB, c.reason.OfferA = h.score, n.id, h.offer
				}
			}
		}
	}
	for _, concept := range sortedKeys(needing) {
		list := needing[concept]
		if r.common(len(list)) {
			continue
		}
		for n, x := range list {
			for _, y := range list[n+1:] {
				if c := r.pair(x.member, y.member); x.member != y.member && c.sameA == 0 && shareOne(x.stems, y.stems) && answers(x.readings, y.readings) > 0 {
					c.sameA, c.sameB = x.id, y.id // the list is by member
				}
			}
		}
	}
}

// needed is a need with those members that have an offer for it.
type needed struct {
	member   int
	id       int64
	concepts []string
	stems    []string
	readings []thing
	helpers  []helper
}

type helper struct {
	member int
	offer  int64
	score  float64
}

// needs looks at the needs of every member, on half of the processors at once: nobody waits for a round, and whoever says
// something meanwhile does wait.
func (r *round) needs() [][]needed {
	of := make([][]needed, len(r.members))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min((runtime.GOMAXPROCS(0)+1)/2, len(r.members)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(of); i = int(next.Add(1)) - 1 {
				m := r.members[i]
				for _, need := range m.Needs[:min(len(m.Needs), maxNeeds)] {
					if r.docs[i] != nil {
						of[i] = append(of[i], r.need(i, need))
					}
				}
			}
		})
	}
	all.Wait()
	return of
}

func (r *round) need(i int, need Need) needed {
	request := r.ix.ParseRequest(need.Text)
	if request.Outcode == "" {
		request.Outcode = r.docs[i].outcode
	}
	concepts, stems := r.ix.thesaurus.named(request.What)
	n := needed{member: i, id: need.ID, concepts: concepts, stems: stems}
	n.readings = r.ix.things(r.state, need.Text, false)
	for _, found := range r.ix.Rank(request, maxHelpers, r.now, r.members[i].ID).Matches {
		k, member := r.at[found.ID]
		if !member {
			continue
		}
		// Another offer than the one that ranks best may be the one that is needed.
		var best helper
		for _, o := range r.members[k].Offers {
			if score := answers(n.readings, r.offers[k][o.ID]); score > best.score {
				best = helper{k, o.ID, score}
			}
		}
		if best.score > 0 {
			n.helpers = append(n.helpers, best)
		}
	}
	return n
}

// shareOne tells whether two lists have anything in common.
func shareOne(x, y []string) bool {
	return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}
