package match

import (
	"cmp"
	"slices"
)

// Shared is a need that several members have.
type Shared struct {
	Word  string          // the meaning that they share
	Needs map[int64]int64 // of each member the need
}

// SharedNeeds finds needs that at least least members have in much the same words, the most shared first: each is what one
// of them needs, and the needs of the others would be met by it. A member stands in one of them at most.
func (ix *Index) SharedNeeds(members []Member, least int) []Shared {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	type one struct {
		member, need int64
		readings     []thing
	}
	s := ix.now.Load()
	having := map[string][]*one{} // by meaning
	var all []*one
	for _, m := range members {
		for _, need := range m.Needs[:min(len(m.Needs), maxNeeds)] {
			n := &one{m.ID, need.ID, ix.things(s, need.Text, false)}
			all = append(all, n)
			concepts, _ := ix.thesaurus.named(need.Text)
			for _, c := range concepts {
				having[c] = append(having[c], n)
			}
		}
	}
	// Around each need the others that are much the same, of each member the first.
	around := map[*one]Shared{}
	for _, word := range sortedKeys(having) {
		having[word] = having[word][:min(len(having[word]), maxShared)]
		for _, n := range having[word] {
			g := Shared{Word: word, Needs: map[int64]int64{n.member: n.need}}
			for _, o := range having[word] {
				if g.Needs[o.member] == 0 && answers(n.readings, o.readings) > 0 {
					g.Needs[o.member] = o.need
				}
			}
			if len(g.Needs) > len(around[n].Needs) {
				around[n] = g
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *one) int { return cmp.Compare(len(around[b].Needs), len(around[a].Needs)) })
	taken := map[int64]bool{}
	var found []Shared
	for _, n := range all {
		g := around[n]
		if taken[n.member] {
			continue
		}
		for id := range g.Needs {
			if taken[id] {
				delete(g.Needs, id)
			}
		}
		if len(g.Needs) < least {
			continue
		}
		for id := range g.Needs {
			taken[id] = true
		}
		found = append(found, g)
	}
	return found
}
