// Package graph measures a whole network of organisations and the ties between them: how much of it hangs together, by how
// few, and what would come apart. It knows numbers, never names.
//
// The measures are those that studies of networks of organisations report (Provan, Fish and Sydow 2007), computed as
// networkx defines them, so that anybody can check them. None of them ranks organisations.
package graph

import "slices"

// Graph is an undirected network of organisations, numbered from 0. It has no double ties and none from an organisation to
// itself. It is not changed once it is made, and may be read by many at once.
type Graph struct {
	near [][]int32 // near[a] are the organisations tied to a, in order
	ties int
}

// New makes a network of n organisations from pairs of their numbers. A tie said twice, in either direction, is one; a tie
// to oneself is none. It panics at a number that is not below n, as an index does.
func New(n int, ties [][2]int) *Graph {
	g := &Graph{near: make([][]int32, n)}
	for _, t := range ties {
		if t[0] != t[1] {
			g.near[t[0]] = append(g.near[t[0]], int32(t[1]))
			g.near[t[1]] = append(g.near[t[1]], int32(t[0]))
		}
	}
	for a := range g.near {
		slices.Sort(g.near[a])
		g.near[a] = slices.Compact(g.near[a])
		g.ties += len(g.near[a])
	}
	g.ties /= 2
	return g
}

// Len is the number of organisations.
func (g *Graph) Len() int { return len(g.near) }

// Near are the organisations tied to a, in order. It is not to be written to.
func (g *Graph) Near(a int) []int32 { return g.near[a] }

// Tied says whether there is a tie between a and b, of which either may be an organisation that is not in the network.
func (g *Graph) Tied(a, b int) bool {
	if a >= g.Len() || b >= g.Len() {
		return false
	}
	_, found := slices.BinarySearch(g.near[a], int32(b))
	return found
}

// Ties are all ties, each once, the smaller number first, in order.
func (g *Graph) Ties() [][2]int {
	all := make([][2]int, 0, g.ties)
	for a, near := range g.near {
		for _, b := range near {
			if int(b) > a {
				all = append(all, [2]int{a, int(b)})
			}
		}
	}
	return all
}

// Parts are the sets of organisations that hang together, the largest first, and of equals the one with the smallest
// number; each is in order. An organisation with no tie is a part of its own.
func (g *Graph) Parts() [][]int {
	var parts [][]int
	seen := make([]bool, g.Len())
	for start := range g.near {
		if seen[start] {
			continue
		}
		seen[start] = true
		part := []int{start}
		for i := 0; i < len(part); i++ {
			for _, b := range g.near[part[i]] {
				if !seen[b] {
					seen[b] = true
					part = append(part, int(b))
				}
			}
		}
		slices.Sort(part)
		parts = append(parts, part)
	}
	slices.SortStableFunc(parts, func(a, b []int) int { return len(b) - len(a) })
	return parts
}

// Within counts the other organisations that a reaches in at most the given number of steps.
func (g *Graph) Within(a, steps int) int {
	seen := map[int32]bool{int32(a): true}
	edge := []int32{int32(a)}
	for range steps {
		var next []int32
		for _, x := range edge {
			for _, b := range g.near[x] {
				if !seen[b] {
					seen[b] = true
					next = append(next, b)
				}
			}
		}
		edge = next
	}
	return len(seen) - 1
}

// Way is a shortest way from a to b, both included, and of several the one through the smallest numbers. It is nil when
// there is none.
func (g *Graph) Way(a, b int) []int {
	from := make([]int32, g.Len())
	for i := range from {
		from[i] = -1
	}
	// It starts at the end, so that what is followed back from the start comes out forwards.
	from[b] = int32(b)
	queue := []int32{int32(b)}
	for i := 0; i < len(queue) && from[a] < 0; i++ {
		for _, next := range g.near[queue[i]] {
			if from[next] < 0 {
				from[next] = queue[i]
				queue = append(queue, next)
			}
		}
	}
	if from[a] < 0 {
		return nil
	}
	way := []int{a}
	for at := a; at != b; {
		at = int(from[at])
		way = append(way, at)
	}
	return way
}
