package match

import (
	"cmp"
	"math"
	"slices"
)

// merge makes one segment of what is alive of several.
func (ix *Index) merge(parts []*view) *view {
	s := &segment{}
	postings, terms := 0, 0
	number := make([][]int32, len(parts)) // of each document its new one, or -1
	for n, v := range parts {
		postings += len(v.postings)
		terms = max(terms, len(v.terms))
		number[n] = make([]int32, len(v.docs))
	}
	take := func(n, from, to int) {
		for i, d := range parts[n].docs[from:to] {
			if number[n][from+i] = -1; !parts[n].isDead(uint32(from + i)) {
				number[n][from+i] = int32(len(s.docs))
				s.tell(d)
			}
		}
	}
	for n, v := range parts {
		take(n, 0, v.joined)
	}
	for n, v := range parts {
		take(n, v.joined, len(v.docs))
	}
	s.docs, s.ids = slices.Clip(s.docs), slices.Clip(s.ids)
	s.postings = make([]posting, 0, postings)
	s.terms, s.starts = make([]uint32, 0, terms), make([]uint32, 0, terms+1)
	at := make([]int, len(parts))
	lists := make([][]posting, len(parts))
	add := func(n int, list []posting) {
		for _, p := range list {
			if doc := number[n][p>>16]; doc >= 0 {
				s.postings = append(s.postings, posting(doc<<16)|p&math.MaxUint16)
			}
		}
	}
	for {
		term, found := uint32(math.MaxUint32), false
		for n, v := range parts {
			if at[n] < len(v.terms) && v.terms[at[n]] <= term {
				term, found = v.terms[at[n]], true
			}
		}
		if !found {
			break
		}
		before := len(s.postings)
		for n, v := range parts {
			lists[n] = nil
			if at[n] == len(v.terms) || v.terms[at[n]] != term {
				continue
			}
			list := v.postings[v.starts[at[n]]:v.starts[at[n]+1]]
			at[n]++
			joined, _ := slices.BinarySearchFunc(list, v.joined, func(p posting, joined int) int { return cmp.Compare(int(p>>16), joined) })
			add(n, list[:joined])
			lists[n] = list[joined:]
			for _, r := range v.rare[term] {
				if doc := number[n][r.doc]; doc >= 0 {
					if s.rare == nil {
						s.rare = map[uint32][]rarity{}
					}
					s.rare[term] = append(s.rare[term], rarity{uint32(doc), r.way})
				}
			}
		}
		for n, list := range lists {
			add(n, list)
		}
		if len(s.postings) > before {
			s.terms, s.starts = append(s.terms, term), append(s.starts, uint32(before))
		}
	}
	s.starts = append(s.starts, uint32(len(s.postings)))
	if cap(s.postings)-len(s.postings) > len(s.postings)/16 {
		s.postings = slices.Clone(s.postings)
	}
	s.terms, s.starts = slices.Clone(s.terms), slices.Clone(s.starts)
	for i, d := range s.docs {
		ix.docs[d.id] = place{s, uint32(i)}
	}
	return &view{s, make([]uint64, len(s.docs)/64+1), len(s.docs)}
}
