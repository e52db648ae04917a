package match

import (
	"slices"
)

// A tally is a number for each term, in pages that it shares with the tally it was cloned from until they change.
type tally struct {
	pages []*page
	own   []bool // of each page, whether nobody else has it
}

type page [256]int32

// of is the number of a term, 0 of one that it never heard of.
func (t *tally) of(term uint32) int32 {
	if n := int(term) / len(page{}); n < len(t.pages) && t.pages[n] != nil {
		return t.pages[n][int(term)%len(page{})]
	}
	return 0
}

func (t *tally) clone() tally { return tally{slices.Clone(t.pages), make([]bool, len(t.pages))} }

func (t *tally) add(term uint32, by int32) {
	n := int(term) / len(page{})
	for n >= len(t.pages) {
		t.pages, t.own = append(t.pages, nil), append(t.own, false)
	}
	if !t.own[n] {
		mine := page{}
		if t.pages[n] != nil {
			mine = *t.pages[n]
		}
		t.pages[n], t.own[n] = &mine, true
	}
	t.pages[n][int(term)%len(page{})] += by
}
