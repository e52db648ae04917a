package match

import (
	"math"
	"sync"
	"time"
)

// A standing is what else counts among those who fit about as well: how often they were named in answers of late, and how
// they answered. A list that always names the same few is an inequality of its own (Singh and Joachims, 2018).
type standing struct {
	mu      sync.RWMutex
	shown   map[int64]int
	total   int // of shown
	records map[int64]Record
}

// Record is how many asks an organisation was sent that are over by now, and how many of them it said yes to. What else it
// answered is as silence, since whoever asks can see where it stands.
type Record struct{ Asked, Answered int }

// SetShown says how often organisations were named so far.
func (ix *Index) SetShown(counts map[int64]int) {
	ix.standing.mu.Lock()
	defer ix.standing.mu.Unlock()
	ix.standing.shown, ix.standing.total = counts, 0
	for _, n := range counts {
		ix.standing.total += n
	}
}

// Show counts organisations that an answer names.
func (ix *Index) Show(ids ...int64) {
	ix.standing.mu.Lock()
	defer ix.standing.mu.Unlock()
	if ix.standing.shown == nil {
		ix.standing.shown = map[int64]int{}
	}
	for _, id := range ids {
		ix.standing.shown[id]++
		ix.standing.total++
	}
}

// SetRecords says how organisations answered so far. Whoever is not among them counts as most do.
func (ix *Index) SetRecords(records map[int64]Record) {
	ix.standing.mu.Lock()
	defer ix.standing.mu.Unlock()
	ix.standing.records = records
}

// How often somebody was named in answers of late.
const (
	neverShown = iota
	shown
	tooOften // more than five times as often as the mean
)

// weigh says of x how often it was named, and what its fit is worth beside others that are about equal, of n organisations in
// all: up to a quarter less for what was not confirmed for long, a tenth more or less for how it answers, and another for
// whether it was named less or more than the mean.
func (s *standing) weigh(x *ranked, n int, now time.Time) {
	s.mu.RLock()
	times, record, total := float64(s.shown[x.doc.id]), s.records[x.doc.id], float64(s.total)
	s.mu.RUnlock()
	mean := max(total/float64(n), 1)
	switch {
	case times == 0:
		x.shown = neverShown
	case times <= 5*mean:
		x.shown = shown
	default:
		x.shown = tooOften
	}
	const swing = 0.1
	exposure := 1 - swing + 2*swing/(1+times/mean)
	x.worth = x.value * freshness(x.confirmed(), now) * record.factor() * exposure
}

// confirmed is when somebody last said that the reason of x is true, in Unix seconds.
func (x *ranked) confirmed() int64 {
	if x.match.Field == InOffer {
		for _, o := range x.doc.offers {
			if o.id == x.match.Offer {
				return o.confirmed
			}
		}
	}
	return x.doc.confirmed
}

// freshness is 1 for what was confirmed today, three quarters for what never was, and half way down after 180 days.
func freshness(confirmed int64, now time.Time) float64 {
	const least, halfLife = 0.75, 180 * 24 * 3600
	if confirmed == 0 {
		return least
	}
	return least + (1-least)*math.Exp2(-float64(max(now.Unix()-confirmed, 0))/halfLife)
}

// factor is from 0.9 for who answers nobody to 1.1 for who answers everybody. Its share is smoothed as if six asks had come
// before, of which four were answered (a Beta prior of 4 to 2), so newcomers stand in the middle.
func (r Record) factor() float64 {
	const answered, silent, most = 4, 2, 0.1
	const prior = float64(answered) / (answered + silent)
	share := float64(r.Answered+answered) / float64(r.Asked+answered+silent)
	if share < prior {
		return 1 - most*(prior-share)/prior
	}
	return 1 + most*(share-prior)/(1-prior)
}
