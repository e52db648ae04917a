package match

import (
	"cmp"
	"slices"
)

// A Nearby is an organisation of which nothing was asked but where it is.
type Nearby struct {
	ID int64
	Km float64 // along the great circle, -1 when no place was named
}

// Near lists the organisations at a place – an outward code, a town or a region – and those within km of it, other than
// except: those that joined first, and of these the nearest. With place "" it lists all, and with km 0 those alone whose
// outward code belongs to the place. known is false when the place is not. Whoever must not be found by place is in no list
// of a place.
func (ix *Index) Near(place string, km float64, except ...int64) (near []Nearby, known bool) {
	s := ix.now.Load()
	area, outcode := "", ""
	if place != "" {
		var words []token
		tokens(place, func(t token) { words = append(words, t) })
		area = s.places.area(words)
		if outcode, known = s.places.Outcode(place); !known && area == "" {
			return nil, false
		}
	}
	far := map[string]float64{} // by outward code, -1 for too far
	distance := func(to string) float64 {
		d, seen := far[to]
		if seen {
			return d
		}
		d = -1
		if between, ok := s.places.Distance(outcode, to); ok && between <= km {
			d = between
		}
		if s.places.within(to, area) || to != "" && to == outcode {
			d = 0
		}
		far[to] = d
		return d
	}
	skip := make(map[int64]bool, len(except))
	for _, id := range except {
		skip[id] = true
	}
	joined := map[int64]bool{}
	for _, v := range s.segments {
		for n, id := range v.ids {
			if v.isDead(uint32(n)) || skip[id] {
				continue
			}
			at := -1.0
			if place != "" {
				if at = distance(v.docs[n].outcode); at < 0 {
					continue
				}
			}
			if n < v.joined {
				joined[id] = true
			}
			near = append(near, Nearby{id, at})
		}
	}
	slices.SortFunc(near, func(a, b Nearby) int {
		if joined[a.ID] != joined[b.ID] {
			return map[bool]int{true: -1, false: 1}[joined[a.ID]]
		}
		return cmp.Or(cmp.Compare(a.Km, b.Km), cmp.Compare(a.ID, b.ID))
	})
	return near, true
}
