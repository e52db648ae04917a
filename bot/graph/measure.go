package graph

import "slices"

// Exact is the size of a part, in organisations, up to which the mean path is exact. Above it, it is that from Sources
// organisations to all others, spread evenly over the part; the mean of a thousand sources is within about one part in a
// hundred of the true one.
const (
	Exact   = 2000
	Sources = 1000
)

// Measures say how connected a network is. All shares are from 0 to 1.
type Measures struct {
	Organisations int
	Ties          int
	Density       float64 // ties there are, of those there could be
	Unconnected   int     // organisations with no tie
	Parts         int     // sets of two or more organisations that hang together
	Largest       int     // organisations in the largest part
	WithinTwo     float64 // others that an organisation reaches in two steps, on average over all
	MeanPath      float64 // steps between two organisations of the largest part, on average; 0 with fewer than two
	Sampled       int     // organisations from which MeanPath was measured, when those were not all; else 0
	Clustering    float64 // how often two that an organisation is tied to are tied too: mean over all (Watts and Strogatz 1998)
	Bridges       int     // ties that alone hold two pieces together
	Cuts          int     // organisations whose going would take their part asunder
	WorstLoss     int     // organisations cut off by the worst single loss
	Concentration float64 // how unevenly ties are spread: the Gini coefficient of the numbers of ties; 0 is evenly
	Communities   int     // groups of organisations with more ties among them than to others, those with no tie left out
	Modularity    float64 // how much more than by chance ties stay within communities (Newman and Girvan 2004), from -0.5 to 1
}

// Measure takes all of them. It is exact up to 2,000 organisations in a part. Chance enters the communities alone, by seed.
func (g *Graph) Measure(seed uint64) Measures {
	m := Measures{Organisations: g.Len(), Ties: g.ties, Concentration: g.concentration(), Clustering: g.clustering()}
	n := g.Len()
	if n > 1 {
		m.Density = 2 * float64(g.ties) / (float64(n) * float64(n-1))
	}
	parts := g.Parts()
	for _, part := range parts {
		if len(part) == 1 {
			m.Unconnected++
		} else {
			m.Parts++
		}
	}
	if len(parts) > 0 && len(parts[0]) > 1 {
		m.Largest = len(parts[0])
		m.MeanPath, m.Sampled = g.meanPath(parts[0])
	}
	reached := 0
	for a := range g.near {
		reached += g.Within(a, 2)
	}
	if n > 0 {
		m.WithinTwo = float64(reached) / float64(n)
	}
	cuts := g.Cuts()
	m.Bridges, m.Cuts = len(cuts.Bridges), len(cuts.Losses)
	if worst, ok := cuts.Worst(); ok {
		m.WorstLoss = worst.CutOff
	}
	communities := g.Communities(seed)
	m.Communities, m.Modularity = len(communities), g.Modularity(communities)
	return m
}

func (g *Graph) meanPath(part []int) (mean float64, sampled int) {
	sources := part
	if len(part) > Exact {
		sources = make([]int, Sources)
		for i := range sources {
			sources[i] = part[i*len(part)/Sources]
		}
		sampled = Sources
	}
	far := make([]int32, g.Len())
	queue := make([]int32, 0, len(part))
	total := 0
	for _, start := range sources {
		for _, a := range part {
			far[a] = -1
		}
		far[start] = 0
		queue = append(queue[:0], int32(start))
		for i := 0; i < len(queue); i++ {
			a := queue[i]
			total += int(far[a])
			for _, b := range g.near[a] {
				if far[b] < 0 {
					far[b] = far[a] + 1
					queue = append(queue, b)
				}
			}
		}
	}
	return float64(total) / (float64(len(sources)) * float64(len(part)-1)), sampled
}

func (g *Graph) clustering() float64 {
	if g.Len() == 0 {
		return 0
	}
	sum := 0.0
	marked := make([]bool, g.Len())
	for _, near := range g.near {
		if len(near) < 2 {
			continue
		}
		for _, b := range near {
			marked[b] = true
		}
		closed := 0
		for _, b := range near {
			for _, c := range g.near[b] {
				if marked[c] {
					closed++
				}
			}
		}
		for _, b := range near {
			marked[b] = false
		}
		sum += float64(closed) / (float64(len(near)) * float64(len(near)-1))
	}
	return sum / float64(g.Len())
}

func (g *Graph) concentration() float64 {
	if g.ties == 0 {
		return 0
	}
	degrees := make([]int, g.Len())
	for a, near := range g.near {
		degrees[a] = len(near)
	}
	slices.Sort(degrees)
	weighted := 0
	for i, d := range degrees {
		weighted += (i + 1) * d
	}
	n := float64(g.Len())
	return 2*float64(weighted)/(n*float64(2*g.ties)) - (n+1)/n
}

// BestConnected are the k organisations with most ties, and of equals those with the smallest numbers. It is for measuring how
// many new ties avoid them, and never to be shown.
func (g *Graph) BestConnected(k int) []int {
	all := make([]int, g.Len())
	for i := range all {
		all[i] = i
	}
	slices.SortStableFunc(all, func(a, b int) int { return len(g.near[b]) - len(g.near[a]) })
	return all[:min(k, len(all))]
}

// NewSince counts the ties of g that were not there before.
func (g *Graph) NewSince(before *Graph) int {
	n := 0
	for _, t := range g.Ties() {
		if !before.Tied(t[0], t[1]) {
			n++
		}
	}
	return n
}

// Avoiding is the share of new ties in which none of the k organisations takes part that had most ties before them; ok is
// false where no tie is new.
func Avoiding(before, after *Graph, k int) (share float64, ok bool) {
	best := before.BestConnected(k)
	fresh, avoid := 0, 0
	for _, t := range after.Ties() {
		if before.Tied(t[0], t[1]) {
			continue
		}
		fresh++
		if !slices.Contains(best, t[0]) && !slices.Contains(best, t[1]) {
			avoid++
		}
	}
	if fresh == 0 {
		return 0, false
	}
	return float64(avoid) / float64(fresh), true
}
