package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A weighed concept is one that an organisation speaks of in its name or description.
type weighed struct {
	term uint32
	idf  float64
}

// fields finds who do something that few others do.
func (r *round) fields() {
	of, norm, having := r.concepts()
	shared := make([]float64, len(r.members))
	words := make([][]weighed, len(r.members))
	for i := range r.members {
		var touched []int
		for _, w := range of[i] {
			list := having[w.term]
			if r.common(len(list)) {
				continue
			}
			from, _ := slices.BinarySearch(list, i)
			for _, k := range list[max(0, from-maxShared/2):min(len(list), from+maxShared/2)] {
				if k == i {
					continue
				}
				if shared[k] == 0 {
					touched = append(touched, k)
				}
				shared[k] += w.idf * w.idf
				words[k] = append(words[k], w)
			}
		}
		slices.Sort(touched)
		for _, k := range touched {
			if k > i {
				likeness := shared[k] / math.Sqrt(norm[i]*norm[k])
				// Those who do just the same, a group and its branch perhaps, have least to tell each other.
				if field := 4 * likeness * (1 - likeness); field >= minField {
					c := r.pair(i, k)
					c.field = field
					c.reason.Words = r.named(c.reason.Words, words[k])
				}
			}
			shared[k], words[k] = 0, words[k][:0]
		}
	}
}

// concepts are those of each member, their length as a vector, and the members that have each.
func (r *round) concepts() (of [][]weighed, norm []float64, having map[uint32][]int) {
	of, norm, having = make([][]weighed, len(r.members)), make([]float64, len(r.members)), map[uint32][]int{}
	for i, d := range r.docs {
		if d == nil {
			continue
		}
		last := uint32(math.MaxUint32)
		for w := range d.all() {
			if w.term == last || w.unit >= offerUnit { // what it is there for, not what it lends
				continue
			}
			last = w.term
			if _, isConcept := r.concept(w.term); !isConcept {
				continue
			}
			idf := r.state.idf(float64(r.state.df.of(w.term)))
			of[i] = append(of[i], weighed{w.term, idf})
			norm[i] += idf * idf
			having[w.term] = append(having[w.term], i)
		}
	}
	return of, norm, having
}

// concept is the name of a term, if it is a concept.
func (r *round) concept(term uint32) (name string, ok bool) {
	return strings.CutPrefix(r.state.names[term], conceptMark)
}

// named adds the names of concepts to words, the rarest first. One in another, “minibus” and “minibus hire”, would say it
// twice.
func (r *round) named(words []string, concepts []weighed) []string {
	slices.SortStableFunc(concepts, func(a, b weighed) int { return cmp.Compare(b.idf, a.idf) })
	for _, c := range concepts {
		word, _ := r.concept(c.term)
		same := slices.IndexFunc(words, func(other string) bool {
			return strings.Contains(word, other) || strings.Contains(other, word)
		})
		switch {
		case same < 0:
			words = append(words, word)
		case len(word) > len(words[same]):
			words[same] = word
		}
	}
	return words
}
