package match

import "sync"

// An exposure is how often organisations were named in answers of late. Of about equal fits those come first who
// were shown least: a list that always names the same few is an inequality of its own (Singh and Joachims, 2018).
type exposure struct {
	mu sync.RWMutex
	n  map[int64]int
}

// SetShown says how often organisations were named so far.
func (ix *Index) SetShown(counts map[int64]int) {
	ix.shown.mu.Lock()
	defer ix.shown.mu.Unlock()
	ix.shown.n = counts
}

// Show counts organisations that an answer names.
func (ix *Index) Show(ids ...int64) {
	ix.shown.mu.Lock()
	defer ix.shown.mu.Unlock()
	if ix.shown.n == nil {
		ix.shown.n = map[int64]int{}
	}
	for _, id := range ids {
		ix.shown.n[id]++
	}
}

func (e *exposure) of(id int64) int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.n[id]
}
