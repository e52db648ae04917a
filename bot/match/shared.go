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

// SharedNeeds finds needs that at least least members have in much the same words, the most shared first. A member stands in
// one of them at most.
func (ix *Index) SharedNeeds(members []Member, least int) []Shared {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	type key struct{ concept, stem string }
	groups := map[key]map[int64]int64{}
	for _, m := range members {
		for _, need := range m.Needs[:min(len(m.Needs), mostNeeds)] {
			concepts, stems := ix.thesaurus.named(need.Text)
			// A need of many meanings is shared in one of them only.
			for _, c := range concepts[:min(len(concepts), 2)] {
				for _, s := range stems {
					k := key{c, s}
					if groups[k] == nil {
						groups[k] = map[int64]int64{}
					}
					if groups[k][m.ID] == 0 {
						groups[k][m.ID] = need.ID
					}
				}
			}
		}
	}
	var keys []key
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a.concept, b.concept), cmp.Compare(a.stem, b.stem))
	})
	taken := map[int64]bool{}
	var all []Shared
	for _, k := range keys {
		g := Shared{Word: k.concept, Needs: map[int64]int64{}}
		for id, need := range groups[k] {
			if !taken[id] {
				g.Needs[id] = need
			}
		}
		if len(g.Needs) < least {
			continue
		}
		for id := range g.Needs {
			taken[id] = true
		}
		all = append(all, g)
	}
	return all
}
