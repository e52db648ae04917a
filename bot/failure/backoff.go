// Package failure is what everybody does when something fails: wait longer before each try, make a panic an error, and log
// no more of an error than may be read by anybody.
package failure

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Backoff is how long to wait before trying again what failed: First, then twice as long each time, at most Max. Chance
// takes up to half of it away, so that those who failed together do not come back together.
type Backoff struct {
	First, Max time.Duration
	Chance     Chance // nil: none, always the longest
}

// Wait is how long to wait after so many tries that failed, the first being 0.
func (b Backoff) Wait(tries int) time.Duration {
	const mostDoublings = 30 // more would overflow
	whole := b.Max
	if tries < mostDoublings {
		whole = min(b.First<<max(tries, 0), b.Max)
	}
	if b.Chance == nil {
		return whole
	}
	return whole/2 + b.Chance(whole/2)
}

// Chance draws evenly from [0, limit). It is safe for many at once.
type Chance func(limit time.Duration) time.Duration

// NewChance makes the same draws from the same seed.
func NewChance(seed uint64) Chance {
	var one sync.Mutex
	source := rand.New(rand.NewPCG(seed, seed))
	return func(limit time.Duration) time.Duration {
		one.Lock()
		defer one.Unlock()
		return time.Duration(source.Int64N(max(int64(limit), 1)))
	}
}
