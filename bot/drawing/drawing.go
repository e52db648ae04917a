// Package drawing makes a picture of a network: organisations as dots, with the ties between them as lines. The same network
// gives the same picture, byte for byte, as SVG and as PNG; a little change in the network changes the picture a little.
//
// Kinds of ties are told apart by their dashes and a word, never by colour alone, and no two names overlap.
package drawing

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/bits"
	"slices"

	"ginnel/bot/graph"
)

// Node is one organisation.
type Node struct {
	Key  uint64 // the same from one picture to the next: where it stands follows from it
	Name string // as it is written beside it, "" for none
}

// Kind is how a tie is drawn: its place among Words.Kinds.
type Kind int

// Words are what is written in the picture besides names.
type Words struct {
	Title string   // one sentence that says what the picture shows
	Kinds []string // what each kind of tie is called: the first is a thick line, the second a thin one, the third dashed
	Alone string   // beside the row of organisations with no tie; "" leaves the row out
}

// Point is a place in the picture, in pixels from its left upper corner.
type Point struct{ X, Y float64 }

// Places are what a picture leaves for the next, so that organisations stand still from one week to the next.
type Places struct {
	Of uint64           // which network it was; a picture of the same moves nobody
	At map[uint64]Point // where each organisation that has a tie stands, by key, in no unit
}

// Drawing is a picture, worked out and not yet painted. It is for one goroutine.
type Drawing struct {
	Width, Height int
	nodes         []dot // in the order given, those with no tie too
	ties          []line
	communities   [][]int
	words         Words
	places        Places
	writer        *writer
}

type dot struct {
	Point
	radius    float64
	label     label // of no glyphs: none, or no room
	community int   // -1 with no tie
	name      string
}

type line struct {
	a, b int
	kind Kind
}

// Sizes in pixels.
const (
	textSize = 15.0
	margin   = 40.0
	header   = 84.0 // what title and key of the lines take
	rowStep  = 22.0 // from one organisation with no tie to the next
	widest   = 3600.0
)

// New draws a network of nodes. kind tells how the tie between two is drawn. communities are those of g, and hold every
// organisation that has a tie. before is what an earlier picture left, zero for none.
func New(g *graph.Graph, nodes []Node, communities [][]int, before Places, kind func(a, b int) Kind, words Words) *Drawing {
	d := &Drawing{writer: newWriter(), words: words, communities: communities, nodes: make([]dot, len(nodes))}
	for i, n := range nodes {
		d.nodes[i] = dot{community: -1, radius: 4 + 1.5*math.Sqrt(float64(len(g.Near(i)))), name: n.Name}
	}
	for c, members := range communities {
		for _, a := range members {
			d.nodes[a].community = c
		}
	}
	for _, t := range g.Ties() {
		d.ties = append(d.ties, line{t[0], t[1], kind(t[0], t[1])})
	}
	places := layout(g, nodes, communities, before)
	d.places = Places{Of: fingerprint(g, nodes), At: map[uint64]Point{}}
	for i, n := range nodes {
		if d.nodes[i].community >= 0 {
			d.places.At[n.Key] = places[i]
		}
	}
	drawn := 0
	for _, n := range d.nodes {
		if n.community >= 0 {
			drawn++
		}
	}
	// So much room as names want; more, when some found none.
	width := max(900, 190*math.Sqrt(float64(drawn)))
	for {
		missing := d.fit(places, width)
		if missing == 0 || width >= widest {
			return d
		}
		width = min(widest, width*1.12)
	}
}

// Places are what this picture leaves for the next.
func (d *Drawing) Places() Places { return d.places }

// fit puts places into a picture of a width, and counts the names that found no room.
func (d *Drawing) fit(places []Point, width float64) (missing int) {
	var lo, hi Point
	first, alone := true, 0
	for i, n := range d.nodes {
		switch p := places[i]; {
		case n.community < 0:
			alone++
		case first:
			lo, hi, first = p, p, false
		default:
			lo, hi = Point{min(lo.X, p.X), min(lo.Y, p.Y)}, Point{max(hi.X, p.X), max(hi.Y, p.Y)}
		}
	}
	height := 0.7 * width
	// Names stand beside their dots, so the sides want more room than top and bottom.
	side := 3 * margin
	scale := func(v, lo, hi, from, to float64) float64 {
		if hi-lo < 1e-9 {
			return (from + to) / 2
		}
		return from + (v-lo)/(hi-lo)*(to-from)
	}
	for i := range d.nodes {
		if d.nodes[i].community >= 0 {
			d.nodes[i].Point = Point{
				round(scale(places[i].X, lo.X, hi.X, side, width-side)),
				round(scale(places[i].Y, lo.Y, hi.Y, header+margin, header+height-margin)),
			}
		}
	}
	if first {
		height = 0
	}
	bottom := header + height
	if alone > 0 && d.words.Alone != "" {
		bottom = d.row(bottom+margin, width) + margin
	}
	d.Width, d.Height = int(width), int(bottom)
	return d.letter()
}

// row puts organisations with no tie below the others, and returns where the row ends.
func (d *Drawing) row(y, width float64) float64 {
	x := margin
	y += textSize
	for i := range d.nodes {
		if d.nodes[i].community >= 0 {
			continue
		}
		if x > width-margin {
			x, y = margin, y+rowStep
		}
		d.nodes[i].Point = Point{x, y}
		x += rowStep
	}
	return y
}

// fingerprint tells networks apart by who is in them and who has a tie with whom (FNV-1a).
func fingerprint(g *graph.Graph, nodes []Node) uint64 {
	h := fnv.New64a()
	number := make([]byte, 8)
	for _, n := range nodes {
		binary.BigEndian.PutUint64(number, n.Key)
		h.Write(number)
	}
	for _, t := range g.Ties() {
		binary.BigEndian.PutUint64(number, nodes[t[0]].Key^bits.RotateLeft64(nodes[t[1]].Key, 32))
		h.Write(number)
	}
	return h.Sum64()
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

// byTies orders organisations for what there is too little room for: those with more ties first.
func (d *Drawing) byTies() []int {
	order := make([]int, len(d.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.nodes[b].radius, d.nodes[a].radius) })
	return order
}
