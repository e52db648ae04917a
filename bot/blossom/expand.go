package blossom

// open makes the children of a blossom outermost, and matches them as its base wants it. It returns the child with
// the base.
func (m *matcher) open(b int32) (first int32) {
	base := m.nodes[b].base
	for i := m.nodes[b].child; ; {
		n := &m.nodes[i]
		n.parent, n.merged = none, i
		m.labels[i] = outside
		m.leaves(i, func(_ int32, v *vertex) { v.node = i })
		if i = n.next; i == m.nodes[b].child {
			break
		}
	}
	first = m.vertices[base].node
	m.nodes[first].base = base
	for i := m.nodes[first].next; i != first; {
		n := &m.nodes[i]
		n.base, m.nodes[n.next].base = n.here, n.there
		m.mate[n.here], m.mate[n.there] = n.there, n.here
		i = m.nodes[n.next].next
	}
	m.labels[b] = outside
	m.nodes[b].parent = none
	m.unused = append(m.unused, b)
	return first
}

// expand opens an inner blossom and leaves in the tree those of its children that lead from where the tree reached
// it to its base.
func (m *matcher) expand(b int32) {
	from, to := m.nodes[b].enterFrom, m.nodes[b].enterTo
	start, inside := m.nodes[b].child, m.clock-m.nodes[b].since
	m.leaves(b, func(_ int32, v *vertex) {
		v.dual += inside
		if v.reach != never {
			v.reach += inside
		}
	})
	last := m.open(b)

	i := m.vertices[to].node
	// Whoever is matched to the next goes on that way: so there is an even number of edges before the last.
	forward := i != last && m.mate[m.nodes[i].here] == m.nodes[i].there && m.nodes[i].base == m.nodes[i].here
	for {
		m.makeInner(i, from, to)
		if i == last {
			break
		}
		if forward {
			i = m.nodes[i].next
			m.makeOuter(i)
			from, to = m.nodes[i].here, m.nodes[i].there
			i = m.nodes[i].next
		} else {
			i = m.nodes[i].prev
			m.makeOuter(i)
			i = m.nodes[i].prev
			from, to = m.nodes[i].there, m.nodes[i].here
		}
	}
	for i := start; ; {
		if m.labels[i] == outside {
			m.leaves(i, func(leaf int32, v *vertex) {
				if v.reach < m.ends {
					m.queue.push(due{v.reach, leaf, dueReach})
				}
			})
		}
		if i = m.nodes[i].next; i == start {
			break
		}
	}
}

// flip matches an outer vertex to another, or to none, and changes all that is matched between it and the root of
// the tree.
func (m *matcher) flip(v, mate int32) {
	for {
		n := &m.nodes[m.root(v)]
		old := m.mate[n.base]
		n.base, m.mate[v] = v, mate
		if old < 0 {
			return
		}
		n = &m.nodes[m.vertices[old].node]
		n.base, m.mate[n.enterTo] = n.enterTo, n.enterFrom
		v, mate = n.enterFrom, n.enterTo
	}
}

// fell takes the tree away, and gives to the duals what the clock did to them.
func (m *matcher) fell() {
	for _, i := range m.labeled {
		n := &m.nodes[i]
		label := m.labels[i]
		m.labels[i] = outside
		// A number that was used twice comes twice.
		if label == outside || n.parent >= 0 {
			continue
		}
		gone := m.clock - n.since
		if label == inner {
			n.dual -= gone
			m.leaves(i, func(_ int32, v *vertex) { v.dual += gone })
		} else {
			n.dual += gone
			m.leaves(i, func(_ int32, v *vertex) {
				v.dual -= m.clock
				v.node = i
			})
		}
	}
	for _, v := range m.reached {
		m.vertices[v].reach = never
	}
	m.queue, m.labeled, m.reached = m.queue[:0], m.labeled[:0], m.reached[:0]
}

// end matches within blossoms, from the outermost ones inwards.
func (m *matcher) end() (mate []int, proof certificate) {
	mate, proof.duals = make([]int, len(m.vertices)), make([]int64, len(m.vertices))
	for v := range m.vertices {
		for b := m.vertices[v].node; m.isBlossom(b); b = m.vertices[v].node {
			if m.nodes[b].dual > 0 {
				of := blossomDual{dual: m.nodes[b].dual}
				m.leaves(b, func(leaf int32, _ *vertex) { of.vertices = append(of.vertices, int(leaf)) })
				proof.blossoms = append(proof.blossoms, of)
			}
			m.open(b)
		}
		mate[v], proof.duals[v] = int(m.mate[v]), m.vertices[v].dual
	}
	return mate, proof
}
