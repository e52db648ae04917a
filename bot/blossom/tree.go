package blossom

// search grows a tree from a free vertex until that is matched, or until it or another vertex may be free.
func (m *matcher) search(v int32) {
	root := m.vertices[v].node
	if m.nodes[root].base != v || m.vertices[v].dual == 0 {
		return
	}
	m.clock, m.ends = 0, never
	m.makeOuter(root)
	m.scanFresh()
	for len(m.queue) > 0 && m.queue[0].at < m.ends {
		e := m.queue.pop()
		m.clock = e.at
		switch e.b {
		case dueReach:
			// It may have been reached before, or have been inner in between.
			x := &m.vertices[e.a]
			if m.labels[x.node] == outside && x.reach == e.at {
				m.grow(x.from, e.a)
			}
		case dueExpand:
			if m.labels[e.a] == inner {
				m.expand(e.a)
			}
		default:
			m.shrink(e.a, e.b)
		}
		m.scanFresh()
	}
	m.clock = m.ends
	if m.endTo >= 0 {
		m.nodes[m.vertices[m.endTo].node].base = m.endTo
		m.mate[m.endTo] = m.endFrom
	}
	m.flip(m.endFrom, m.endTo)
	m.fell()
}

// root finds the outermost node with a vertex.
func (m *matcher) root(v int32) int32 {
	i := m.vertices[v].node
	for m.nodes[i].merged != i {
		up := m.nodes[i].merged
		m.nodes[i].merged = m.nodes[up].merged
		i = m.nodes[i].merged
	}
	return i
}

// leaves calls for each vertex of a node.
func (m *matcher) leaves(i int32, call func(leaf int32, v *vertex)) {
	leaf, last := m.nodes[i].firstLeaf, m.nodes[i].lastLeaf
	for ; leaf != last; leaf = m.nextLeaf[leaf] {
		call(leaf, &m.vertices[leaf])
	}
	call(leaf, &m.vertices[leaf])
}

// isBlossom tells a blossom from a vertex.
func (m *matcher) isBlossom(i int32) bool { return int(i) >= len(m.vertices) }

// makeOuter makes a node outer that is inner or outside.
func (m *matcher) makeOuter(i int32) {
	n := &m.nodes[i]
	rise := m.clock
	if m.labels[i] == inner {
		rise += m.clock - n.since
		n.dual -= m.clock - n.since
	} else {
		m.labeled = append(m.labeled, i)
	}
	m.labels[i], n.since = outer, m.clock
	m.leaves(i, func(leaf int32, v *vertex) {
		v.dual += rise
		if v.dual < m.ends {
			m.ends, m.endFrom, m.endTo = v.dual, leaf, none
		}
	})
	m.fresh = append(m.fresh, i)
}

func (m *matcher) makeInner(i, from, to int32) {
	n := &m.nodes[i]
	n.enterFrom, n.enterTo, n.since = from, to, m.clock
	m.labels[i] = inner
	m.labeled = append(m.labeled, i)
	if m.isBlossom(i) && n.dual < m.ends-m.clock {
		m.queue.push(due{m.clock + n.dual, i, dueExpand})
	}
}

func (m *matcher) scanFresh() {
	for _, i := range m.fresh {
		leaf, last := m.nodes[i].firstLeaf, m.nodes[i].lastLeaf
		for ; leaf != last; leaf = m.nextLeaf[leaf] {
			m.scan(leaf)
		}
		m.scan(leaf)
	}
	m.fresh = m.fresh[:0]
}

// scan looks for what an outer vertex reaches. By the way that duals are kept, when an edge becomes tight is the
// same for vertices outside and for inner ones, had they not become inner, and it is half of it for outer ones.
func (m *matcher) scan(u int32) {
	dual := m.vertices[u].dual
	for _, a := range m.arcsOf(u) {
		x := &m.vertices[a.to]
		at := dual + x.dual - a.weight2
		label := m.labels[x.node]
		if label == outer {
			if at/2 < m.ends && m.root(u) != m.root(a.to) {
				m.queue.push(due{at / 2, u, a.to})
			}
			continue
		}
		// What would be reached after the end needs no thought, as the end never comes later.
		if at >= m.ends || at >= x.reach || label == inner && !m.isBlossom(x.node) {
			continue
		}
		if x.reach == never {
			m.reached = append(m.reached, a.to)
		}
		x.reach, x.from = at, u
		switch {
		case label == inner:
		case m.mate[m.nodes[x.node].base] < 0:
			m.ends, m.endFrom, m.endTo = at, u, a.to
		default:
			m.queue.push(due{at, a.to, dueReach})
		}
	}
}

// grow takes in a node that an edge has reached, and the one matched to that.
func (m *matcher) grow(from, to int32) {
	i := m.vertices[to].node
	m.makeInner(i, from, to)
	m.makeOuter(m.vertices[m.mate[m.nodes[i].base]].node)
}

// up returns the outer node two steps nearer to the root of the tree.
func (m *matcher) up(i int32) int32 {
	mate := m.mate[m.nodes[i].base]
	if mate < 0 {
		return none
	}
	return m.root(m.nodes[m.vertices[mate].node].enterFrom)
}

// meet returns the node at which the ways to the root from two outer nodes meet. It steps along both in turn, so
// that it never goes much further than the cycle is long.
func (m *matcher) meet(i, k int32) int32 {
	m.visit++
	for {
		if i >= 0 {
			if m.nodes[i].mark == m.visit {
				return i
			}
			m.nodes[i].mark = m.visit
			i = m.up(i)
		}
		i, k = k, i
	}
}

// join makes k the next of i in a cycle.
func (m *matcher) join(i, k, here, there int32) {
	m.nodes[i].next, m.nodes[i].here, m.nodes[i].there = k, here, there
	m.nodes[k].prev = i
}

// shrink makes a blossom of the cycle that a tight edge between two outer vertices closes.
func (m *matcher) shrink(u, v int32) {
	left, right := m.root(u), m.root(v)
	if left == right {
		return
	}
	top := m.meet(left, right)
	m.join(left, right, u, v)
	for i := left; i != top; {
		base := m.nodes[i].base
		mate := m.mate[base]
		k := m.vertices[mate].node
		from, to := m.nodes[k].enterFrom, m.nodes[k].enterTo
		above := m.root(from)
		m.join(k, i, mate, base)
		m.join(above, k, from, to)
		i = above
	}
	for i := right; i != top; {
		base := m.nodes[i].base
		mate := m.mate[base]
		k := m.vertices[mate].node
		from, to := m.nodes[k].enterFrom, m.nodes[k].enterTo
		above := m.root(from)
		m.join(i, k, base, mate)
		m.join(k, above, to, from)
		i = above
	}

	b := m.unused[len(m.unused)-1]
	m.unused = m.unused[:len(m.unused)-1]
	m.nodes[b] = node{
		parent: none, base: m.nodes[top].base, merged: b, child: top, since: m.clock,
		firstLeaf: m.nodes[top].firstLeaf, lastLeaf: m.nodes[top].lastLeaf,
	}
	m.labels[b] = outer
	m.labeled = append(m.labeled, b)
	for i := top; ; {
		n := &m.nodes[i]
		if m.labels[i] == inner {
			m.makeOuter(i)
		} else {
			n.dual += m.clock - n.since
		}
		n.parent, n.merged = b, b
		if i != top {
			m.nextLeaf[m.nodes[b].lastLeaf] = n.firstLeaf
			m.nodes[b].lastLeaf = n.lastLeaf
		}
		if i = n.next; i == top {
			break
		}
	}
}
