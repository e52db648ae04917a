package match

import (
	"math"
	"slices"
)

// A topK is the n best hits so far, and some that are not.
type topK struct {
	hits      []hit
	n         int
	full      int                // so many hits are worth a look for those that are not among the best
	threshold float32            // who has less is not among the n best
	perScore  float32            // buckets for each unit of score
	bucket    int                // the lowest that may hold one of the n best
	above     int                // how many stand there and above
	counts    [buckets + 1]int32 // by bucket
}

// buckets are what scores are sorted into, to find the least of the n best without sorting them.
const buckets = 1024

func (k *topK) begin(n int, limit float32) {
	*k = topK{hits: k.hits[:0], n: n, full: 8 * n, perScore: buckets / limit}
}

func (k *topK) add(h hit) {
	k.hits = append(k.hits, h)
	on := min(int(float32(h.score)*k.perScore), buckets)
	k.counts[on]++
	if on >= k.bucket {
		k.above++
	}
	for k.above-int(k.counts[k.bucket]) >= k.n {
		k.above -= int(k.counts[k.bucket])
		k.bucket++
		const rounding = 0.9999
		k.threshold = float32(k.bucket) / k.perScore * rounding
	}
	if len(k.hits) >= k.full {
		k.hits = slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < float64(k.threshold) })
		k.full = max(8*k.n, 2*len(k.hits))
	}
}

// hitsFound are the n best and those that are as good as the last of them.
func (k *topK) hitsFound() []hit {
	if len(k.hits) <= k.n {
		return k.hits
	}
	k.hits = slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < float64(k.threshold) })
	least := math.Inf(1)
	for _, h := range selectBest(k.hits, k.n) {
		least = min(least, h.score)
	}
	return slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < least })
}

// selectBest moves the n best hits to the front, in no order, and returns them (Hoare’s selection).
func selectBest(hits []hit, n int) []hit {
	better := func(x, y hit) bool {
		return x.score > y.score || x.score == y.score && x.id() < y.id()
	}
	for lo, hi := 0, len(hits)-1; n < len(hits) && lo < hi; {
		pivot, i, j := hits[lo+(hi-lo)/2], lo, hi
		for i <= j {
			for better(hits[i], pivot) {
				i++
			}
			for better(pivot, hits[j]) {
				j--
			}
			if i <= j {
				hits[i], hits[j] = hits[j], hits[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			lo = hi
		}
	}
	return hits[:min(n, len(hits))]
}
