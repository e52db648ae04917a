package graph

import "slices"

// Loss is what the network loses when one organisation stops.
type Loss struct {
	Organisation int
	CutOff       int // others that are then apart from the largest piece that is left of its part
}

// Cuts are the weak points of a network.
type Cuts struct {
	Bridges [][2]int // ties that alone hold two pieces together, the smaller number first, in order
	Losses  []Loss   // one for each cut organisation, whose going takes its part asunder, by its number
}

// Worst is the loss that cuts off most, and of equals the one with the smallest number; ok is false where no organisation's
// going cuts anybody off.
func (c Cuts) Worst() (worst Loss, ok bool) {
	for _, l := range c.Losses {
		if l.CutOff > worst.CutOff {
			worst, ok = l, true
		}
	}
	return worst, ok
}

// visit is where the search stands at one organisation.
type visit struct {
	at, from int32
	next     int // of the ties of at, the one to look at
}

// Cuts finds bridges and cut organisations in one search, depth first (Tarjan 1974; Hopcroft and Tarjan 1973), in time
// proportional to organisations and ties. The search keeps a stack of its own, for a long chain of organisations is deep.
func (g *Graph) Cuts() Cuts {
	var c Cuts
	n := g.Len()
	order := make([]int32, n) // when the search came by, from 1
	low := make([]int32, n)   // the earliest that is reached from below it without the tie by which it was found
	size := make([]int32, n)  // organisations at and below it
	apart := make([]int32, n) // of those below it, how many stay together when it goes: the largest such piece
	cut := make([]bool, n)
	below := make([]int32, n) // how many below it are cut off with its going
	time := int32(0)
	for _, part := range g.Parts() {
		root := int32(part[0])
		time++
		order[root], low[root], size[root] = time, time, 1
		stack := []visit{{at: root, from: -1}}
		children := 0
		for len(stack) > 0 {
			v := &stack[len(stack)-1]
			if v.next < len(g.near[v.at]) {
				b := g.near[v.at][v.next]
				v.next++
				switch {
				case b == v.from:
				case order[b] > 0:
					low[v.at] = min(low[v.at], order[b])
				default:
					time++
					order[b], low[b], size[b] = time, time, 1
					stack = append(stack, visit{at: b, from: v.at})
				}
				continue
			}
			done := *v
			stack = stack[:len(stack)-1]
			if done.from < 0 {
				continue
			}
			up := done.from
			size[up] += size[done.at]
			low[up] = min(low[up], low[done.at])
			if low[done.at] > order[up] {
				c.Bridges = append(c.Bridges, [2]int{int(min(up, done.at)), int(max(up, done.at))})
			}
			if up == root {
				children++
			}
			if low[done.at] >= order[up] {
				cut[up] = cut[up] || up != root
				below[up] += size[done.at]
				apart[up] = max(apart[up], size[done.at])
			}
		}
		cut[root] = children > 1
		for _, a := range part {
			if cut[a] {
				rest := len(part) - 1
				above := rest - int(below[a])
				c.Losses = append(c.Losses, Loss{Organisation: a, CutOff: rest - max(above, int(apart[a]))})
			}
		}
	}
	slices.SortFunc(c.Bridges, func(a, b [2]int) int {
		if a[0] != b[0] {
			return a[0] - b[0]
		}
		return a[1] - b[1]
	})
	slices.SortFunc(c.Losses, func(a, b Loss) int { return a.Organisation - b.Organisation })
	return c
}
