package graph

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"
)

// Communities are groups of organisations that have more ties among them than to others, found by the method of Louvain
// (Blondel and others 2008). The largest comes first, and of equals the one with the smallest number; each is in order.
// Organisations with no tie are in none. The same seed gives the same communities.
func (g *Graph) Communities(seed uint64) [][]int {
	if g.ties == 0 {
		return nil
	}
	net := simple.NewUndirectedGraph()
	for _, t := range g.Ties() {
		net.SetEdge(simple.Edge{F: simple.Node(t[0]), T: simple.Node(t[1])})
	}
	var all [][]int
	for _, nodes := range community.Modularize(net, 1, rand.NewPCG(seed, 0)).Communities() {
		members := make([]int, 0, len(nodes))
		for _, node := range nodes {
			members = append(members, int(node.ID()))
		}
		slices.Sort(members)
		all = append(all, members)
	}
	slices.SortFunc(all, func(a, b []int) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return a[0] - b[0]
	})
	return all
}

// Modularity says how much more than by chance ties stay within the given communities (Newman and Girvan 2004): from -0.5
// to 1. Every organisation that has a tie must be in one of them.
func (g *Graph) Modularity(communities [][]int) float64 {
	if g.ties == 0 {
		return 0
	}
	of := make([]int, g.Len())
	for i, members := range communities {
		for _, a := range members {
			of[a] = i
		}
	}
	q, m := 0.0, float64(g.ties)
	for i, members := range communities {
		inside, degrees := 0, 0
		for _, a := range members {
			degrees += len(g.near[a])
			for _, b := range g.near[a] {
				if of[b] == i {
					inside++
				}
			}
		}
		share := float64(degrees) / (2 * m)
		q += float64(inside)/(2*m) - share*share
	}
	return q
}
