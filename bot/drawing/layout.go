package drawing

import (
	"math"

	"ginnel/bot/graph"
)

// How strongly dots pull and push. Springs and repulsion are those of Fruchterman and Reingold (1991), with the pull of a
// community added; the figures were tried on towns of 12 to 300 organisations and looked at.
const (
	rounds      = 300
	apartness   = 2.0  // how much more dots of different communities push each other off
	togetherly  = 0.4  // the pull to the middle of one's community
	inward      = 0.8  // the pull to the middle of the picture
	betweenPull = 0.3  // of a tie between communities, against one inside
	springPull  = 0.35 // of a tie inside one
	cool        = 0.4  // how far a dot moves at first that has a place already
)

// layout finds a place for every organisation that has a tie. It begins where they stood before, or else where their keys say,
// and moves those that have a place already no further than it must.
func layout(g *graph.Graph, nodes []Node, communities [][]int, before Places) []Point {
	n := len(nodes)
	at := make([]Point, n)
	of := make([]int, n)
	for i := range of {
		of[i] = -1
	}
	placed := 0
	for c, members := range communities {
		// The community begins around where the smallest key of it says.
		key := nodes[members[0]].Key
		for _, a := range members {
			key = min(key, nodes[a].Key)
			of[a] = c
		}
		centre := scatter(key^0x9e3779b97f4a7c15, math.Sqrt(float64(n)))
		for _, a := range members {
			if p, ok := before.At[nodes[a].Key]; ok {
				at[a] = p
				placed++
				continue
			}
			off := scatter(nodes[a].Key, math.Sqrt(float64(len(members))))
			at[a] = Point{centre.X + off.X, centre.Y + off.Y}
		}
	}
	heat := math.Sqrt(float64(n)) / 2
	if placed > 0 && before.Of == fingerprint(g, nodes) {
		return at
	}
	if placed > 0 {
		beginNear(g, nodes, at, before)
		heat = cool
	}
	move := make([]Point, n)
	for range rounds {
		step(g, at, move, of, communities)
		for a := range at {
			if of[a] < 0 {
				continue
			}
			if far := math.Hypot(move[a].X, move[a].Y); far > 0 {
				near := min(far*0.2, heat)
				at[a].X += move[a].X / far * near
				at[a].Y += move[a].Y / far * near
			}
		}
		heat = max(0.005, heat*0.975)
	}
	return at
}

// beginNear puts those that are new in the picture beside those whom they have ties with.
func beginNear(g *graph.Graph, nodes []Node, at []Point, before Places) {
	for a := range nodes {
		if _, ok := before.At[nodes[a].Key]; ok {
			continue
		}
		var sum Point
		n := 0.0
		for _, b := range g.Near(a) {
			if p, ok := before.At[nodes[b].Key]; ok {
				sum.X, sum.Y, n = sum.X+p.X, sum.Y+p.Y, n+1
			}
		}
		if n > 0 {
			off := scatter(nodes[a].Key, 1)
			at[a] = Point{sum.X/n + off.X, sum.Y/n + off.Y}
		}
	}
}

// step works out where every dot is drawn to.
func step(g *graph.Graph, at, move []Point, of []int, communities [][]int) {
	for a := range at {
		move[a] = Point{-inward * at[a].X, -inward * at[a].Y}
	}
	for a := range at {
		if of[a] < 0 {
			continue
		}
		for b := a + 1; b < len(at); b++ {
			if of[b] < 0 {
				continue
			}
			dx, dy := at[a].X-at[b].X, at[a].Y-at[b].Y
			far := dx*dx + dy*dy
			if far < 1e-6 {
				dx, dy, far = 1e-3*float64(b-a), 1e-3, 1e-6
			}
			push := 1 / far
			if of[a] != of[b] {
				push *= apartness
			}
			move[a].X += dx * push
			move[a].Y += dy * push
			move[b].X -= dx * push
			move[b].Y -= dy * push
		}
		for _, near := range g.Near(a) {
			dx, dy := at[near].X-at[a].X, at[near].Y-at[a].Y
			pull := math.Hypot(dx, dy) * math.Hypot(dx, dy)
			if of[a] != of[near] {
				pull = min(pull, 4) * betweenPull
			} else {
				pull *= springPull
			}
			if pull == 0 {
				continue
			}
			pull /= math.Hypot(dx, dy)
			move[a].X += dx * pull
			move[a].Y += dy * pull
		}
	}
	for _, members := range communities {
		var middle Point
		for _, a := range members {
			middle.X += at[a].X / float64(len(members))
			middle.Y += at[a].Y / float64(len(members))
		}
		for _, a := range members {
			move[a].X += togetherly * (middle.X - at[a].X)
			move[a].Y += togetherly * (middle.Y - at[a].Y)
		}
	}
}

// scatter is a place within a radius that follows from a key, evenly spread (splitmix64).
func scatter(key uint64, radius float64) Point {
	next := func() float64 {
		key += 0x9e3779b97f4a7c15
		z := key
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return float64((z^z>>31)>>11) / (1 << 53)
	}
	turn, out := 2*math.Pi*next(), radius*math.Sqrt(next())
	return Point{out * math.Cos(turn), out * math.Sin(turn)}
}
