// Package blossom finds matchings of greatest weight: of pairs that might be made, each worth something, those that are
// worth most together while nobody is in two. It knows nothing of what is paired.
package blossom

import (
	"fmt"
	"math"
)

// An Edge joins two vertices. Its weight is in any unit, and at most 2^40 of it.
type Edge struct {
	U, V   int
	Weight int64
}

// MaximumWeight returns a matching of greatest total weight: of each vertex its partner, or -1. Edges of no or of
// negative weight are not used, nor those from a vertex to itself.
//
// It is the primal-dual method of Edmonds (“Maximum matching and a polyhedron with 0,1-vertices”, 1965), which
// grows one alternating tree at a time, with what Galil (“Efficient algorithms for finding maximum matching in
// graphs”, 1986) and Gabow (“Data structures for weighted matching and nearest common ancestors with linking”,
// 1990) tell of keeping events in queues and of putting off changes to duals. For n vertices and m edges it takes
// O(n·m·log n) time and O(n+m) space, but for the opening of blossoms in blossoms, which takes O(n) for each level
// more. On sparse graphs it takes much less: a tree costs what it reaches, and few reach far.
//
// All numbers are whole. It waits for nothing, holds no lock, and from the same edges in the same order it makes
// the same matching.
func MaximumWeight(vertices int, edges []Edge) (mate []int) {
	mate, _ = maximumWeight(vertices, edges)
	return mate
}

// A certificate proves that no matching is heavier: for each edge the duals of both ends, and twice those of all
// blossoms that hold both, come to twice its weight at least, while they all come to twice the weight of the
// matching together, a blossom being counted once for every vertex but one.
type certificate struct {
	duals    []int64
	blossoms []blossomDual
}

type blossomDual struct {
	vertices []int
	dual     int64
}

// maximumWeight is MaximumWeight with its proof.
func maximumWeight(vertices int, edges []Edge) (mate []int, proof certificate) {
	m := newMatcher(vertices, edges)
	m.begin()
	for v := range m.vertices {
		if m.mate[v] < 0 {
			m.search(int32(v))
		}
	}
	return m.end()
}

// never is later than any time on the clock.
const never = math.MaxInt64

// none stands for no vertex and no node.
const none = int32(-1)

// The parts that a node can have in a tree. Duals of outer vertices fall as the clock runs, those of inner ones
// rise, and the others stay.
const (
	outside = uint8(iota)
	outer
	inner
)

// What the second number of a due event means, if it is not a vertex. If it is, both are outer and their edge
// becomes tight.
const (
	dueReach  = int32(-1 - iota) // the edge to the vertex becomes tight
	dueExpand                    // the dual of the inner blossom becomes 0
)

// A vertex of the graph. What searching looks at is together, as vertices are looked at in no order.
type vertex struct {
	// Twice the dual. Of an outer vertex it is what it was when the clock showed 0 had it been outer since, and of
	// an inner one what it was when it became inner, so that nothing needs to be changed as the clock runs.
	dual  int64
	reach int64 // when an edge from an outer vertex becomes tight; of an inner vertex, had it not become inner
	from  int32 // the other end of that edge
	node  int32 // the outermost node with it, but for the blossoms made in this search: those, root finds
}

// A node is a vertex or a blossom: an odd cycle of nodes with tight edges, every other one matched but around its
// base. The numbers of vertices come first.
type node struct {
	parent int32 // blossom that it is part of
	base   int32 // the vertex that is free or matched outside; it holds only for outermost nodes
	merged int32 // node that it became part of in this search, as far as is known, or itself

	// Leaves are in a list, in which those of each node stand together.
	firstLeaf, lastLeaf int32

	// The cycle of its children, and the edge to the next node of the cycle that it is on itself.
	child, next, prev int32
	here, there       int32

	enterFrom, enterTo int32 // edge by which the tree reached it, if it is inner

	mark  int32
	dual  int64 // of a blossom: as it was at since
	since int64 // when it became outer or inner
}

// An arc is an edge seen from one end.
type arc struct {
	weight2 int64 // twice the weight
	to      int32
}

// A matcher holds a matching and duals that fit it. An edge is tight if its slack, which is the sum of its ends'
// duals less twice its weight, and never negative outside of blossoms, is 0. Matched edges are tight, as are those
// of blossoms. All that is wanting is that free vertices have the dual 0, and a search sees to that for one vertex.
//
// Nothing needs to be halved that is odd: between two vertices of a tree lead tight edges only, so that their duals
// are both odd or both even.
type matcher struct {
	vertices []vertex
	starts   []int32 // of each vertex its first arc, and one more
	arcs     []arc
	mate     []int32 // right for the bases of outermost nodes, and for others once blossoms are expanded
	nextLeaf []int32
	nodes    []node
	labels   []uint8 // of nodes
	unused   []int32 // numbers of nodes

	// The tree that is being grown.
	clock   int64
	queue   dueHeap
	labeled []int32 // nodes that are or were of the tree
	reached []int32 // vertices with a reach
	fresh   []int32 // nodes that became outer, whose arcs are still to be scanned
	visit   int32   // the last mark

	// How it ends, for all that is known: at a free vertex, or at an outer one whose dual is 0, and which may
	// become free.
	ends           int64
	endFrom, endTo int32
}

func newMatcher(vertices int, edges []Edge) *matcher {
	blossoms := vertices / 2 // each has a vertex more than its first child, and of two such one is not in the other
	m := &matcher{
		vertices: make([]vertex, vertices),
		starts:   make([]int32, vertices+2),
		mate:     make([]int32, vertices),
		nextLeaf: make([]int32, vertices),
		nodes:    make([]node, vertices+blossoms),
		labels:   make([]uint8, vertices+blossoms),
	}
	arcs := int64(0)
	for _, e := range edges {
		if e.U < 0 || e.V < 0 || e.U >= vertices || e.V >= vertices {
			panic(fmt.Sprintf("blossom: an edge between %d and %d, of %d vertices", e.U, e.V, vertices))
		}
		if e.counts() {
			m.starts[e.U+2]++
			m.starts[e.V+2]++
			arcs += 2
		}
	}
	if arcs > math.MaxInt32 || vertices > math.MaxInt32/2 {
		panic(fmt.Sprintf("blossom: %d vertices and %d edges are more than can be matched", vertices, len(edges)))
	}
	for v := 2; v < len(m.starts); v++ {
		m.starts[v] += m.starts[v-1]
	}
	// Each start is one place too far down the list, and moves up as arcs are put in.
	m.arcs = make([]arc, arcs)
	put := func(from, to int, weight int64) {
		m.arcs[m.starts[from+1]] = arc{2 * weight, int32(to)}
		m.starts[from+1]++
	}
	for _, e := range edges {
		if e.counts() {
			put(e.U, e.V, e.Weight)
			put(e.V, e.U, e.Weight)
		}
	}
	for i := range m.nodes {
		m.nodes[i] = node{parent: none, merged: int32(i), child: none}
		if i < vertices {
			v := int32(i)
			m.nodes[i].base, m.nodes[i].firstLeaf, m.nodes[i].lastLeaf = v, v, v
			m.vertices[i].node, m.vertices[i].reach = v, never
			m.mate[i] = none
		}
	}
	for i := len(m.nodes) - 1; i >= vertices; i-- {
		m.unused = append(m.unused, int32(i))
	}
	return m
}

func (e Edge) counts() bool { return e.Weight > 0 && e.U != e.V }

func (m *matcher) arcsOf(v int32) []arc { return m.arcs[m.starts[v]:m.starts[v+1]] }

// begin finds duals that are as low as can be by looking at one vertex at a time, and matches along tight edges.
func (m *matcher) begin() {
	for v := range m.vertices {
		for _, a := range m.arcsOf(int32(v)) {
			m.vertices[v].dual = max(m.vertices[v].dual, a.weight2/2)
		}
	}
	for v := range int32(len(m.vertices)) {
		if m.mate[v] >= 0 {
			continue
		}
		least, with := int64(0), none
		for _, a := range m.arcsOf(v) {
			needs := a.weight2 - m.vertices[a.to].dual
			if needs > least || needs == least && (with < 0 || m.mate[with] >= 0) {
				least, with = needs, a.to
			}
		}
		m.vertices[v].dual = least
		if with >= 0 && m.mate[with] < 0 {
			m.mate[v], m.mate[with] = with, v
		}
	}
}
