package drawing

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"ginnel/bot/graph"
)

var words = Words{
	Title: "Who has a tie with whom in this network",
	Kinds: []string{"helped each other", "met through an introduction", "both say they know each other"},
	Alone: "Groups with no tie yet",
}

var (
	firsts  = []string{"Tallow Lane", "Beck Street", "Netherbeck", "Harthwaite", "Mill Row", "Crake Hill", "Weir Road", "St Oswald's", "Two Rivers", "Ferry Green"}
	seconds = []string{"Repair Café", "Choir", "Food Bank", "Allotments", "Chess Club", "Youth Theatre", "Tenants", "Cycle Kitchen", "Parent Group", "Men's Shed"}
	scripts = []string{"مركز النور الاجتماعي", "বাংলা শিশু সমিতি", "Cymdeithas Dŵr a Gŵyl", "Klub Łodzi Żółtej", "مطبخ Beck Street"}
)

// town is a made-up network: circles of about ten groups, few ties between them, and some groups with none.
func town(n int) (*graph.Graph, []Node) {
	chance := rand.New(rand.NewPCG(uint64(n), 1))
	var ties [][2]int
	nodes := make([]Node, n)
	for a := range n {
		nodes[a] = Node{Key: uint64(a) + 1, Name: firsts[a/10%10] + " " + seconds[a%10]}
		if a%60 < len(scripts) {
			nodes[a].Name = scripts[a%60]
		}
		if a >= 100 {
			nodes[a].Name += fmt.Sprint(" ", a/100+1)
		}
		if a%11 == 10 {
			continue
		}
		for range 1 + chance.IntN(3) {
			if b := a/10*10 + chance.IntN(10); b < n && b%11 != 10 {
				ties = append(ties, [2]int{a, b})
			}
		}
		if b := chance.IntN(n); chance.IntN(6) == 0 && b%11 != 10 {
			ties = append(ties, [2]int{a, b})
		}
	}
	return graph.New(n, ties), nodes
}

func picture(g *graph.Graph, nodes []Node) *Drawing { return next(g, nodes, Places{}) }

func next(g *graph.Graph, nodes []Node, before Places) *Drawing {
	return New(g, nodes, g.Communities(1), before, func(a, b int) Kind { return Kind((a + b) % 3) }, words)
}

// TestNoNamesOverlap holds for towns of all sizes; where there is too little room a name is left out, and few are.
func TestNoNamesOverlap(t *testing.T) {
	for _, n := range []int{2, 12, 60, 150, 300} {
		g, nodes := town(n)
		d := picture(g, nodes)
		var boxes []box
		tied, written := 0, 0
		for _, dot := range d.nodes {
			if dot.community < 0 {
				continue
			}
			tied++
			boxes = append(boxes, dot.box())
			if dot.label.says != "" {
				written++
				boxes = append(boxes, dot.label.box())
			}
		}
		for i, a := range boxes {
			for _, b := range boxes[i+1:] {
				isName := a.bottom-a.top == above+below || b.bottom-b.top == above+below
				if isName && a.overlaps(b) {
					t.Errorf("%d groups: %v overlaps %v", n, a, b)
				}
			}
		}
		t.Logf("%d groups: %d of %d names are written, %d × %d", n, written, tied, d.Width, d.Height)
		if written < tied*95/100 {
			t.Errorf("%d groups: only %d of %d names are written", n, written, tied)
		}
	}
}

// TestTiesInsideAreShort holds a community together: nearly all ties inside one are shorter than those between.
func TestTiesInsideAreShort(t *testing.T) {
	for _, n := range []int{60, 150, 300} {
		g, nodes := town(n)
		d := picture(g, nodes)
		var inside, between []float64
		for _, l := range d.ties {
			a, b := d.nodes[l.a], d.nodes[l.b]
			far := math.Hypot(a.X-b.X, a.Y-b.Y)
			if a.community == b.community {
				inside = append(inside, far)
			} else {
				between = append(between, far)
			}
		}
		slices.Sort(between)
		shorter := 0
		typical := between[len(between)/2]
		for _, far := range inside {
			if far < typical {
				shorter++
			}
		}
		t.Logf("%d groups: %d of %d ties inside are shorter than the middle one of %d between", n, shorter, len(inside), len(between))
		if shorter < len(inside)*95/100 {
			t.Errorf("%d groups: only %d of %d", n, shorter, len(inside))
		}
	}
}

func TestTheSameTwice(t *testing.T) {
	g, nodes := town(60)
	a, b := picture(g, nodes), picture(g, nodes)
	if !bytes.Equal(a.SVG(), next(g, nodes, a.Places()).SVG()) {
		t.Error("the same network is drawn differently the next time")
	}
	if !bytes.Equal(a.SVG(), b.SVG()) {
		t.Error("the same network is drawn differently as SVG")
	}
	one, err := a.PNG()
	if err != nil {
		t.Fatal(err)
	}
	two, err := b.PNG()
	if err != nil || !bytes.Equal(one, two) {
		t.Error("the same network is drawn differently as PNG", err)
	}
	p, err := png.DecodeConfig(bytes.NewReader(one))
	if err != nil || p.Width != a.Width || p.Height != a.Height {
		t.Error(p, err)
	}
	// GINNEL_PICTURES names a folder for pictures of all sizes, to be looked at.
	if dir := os.Getenv("GINNEL_PICTURES"); dir != "" {
		for _, n := range []int{12, 60, 300} {
			g, nodes := town(n)
			d := picture(g, nodes)
			p, err := d.PNG()
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range map[string][]byte{"png": p, "svg": d.SVG()} {
				if err := os.WriteFile(fmt.Sprintf("%s/connections-%d.%s", dir, n, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestALittleChangeMovesLittle draws a town again with one tie more.
func TestALittleChangeMovesLittle(t *testing.T) {
	g, nodes := town(60)
	before := picture(g, nodes)
	after := next(graph.New(60, append(g.Ties(), [2]int{3, 44})), nodes, before.Places())
	var moved []float64
	for i, n := range before.nodes {
		if n.community >= 0 {
			m := after.nodes[i]
			moved = append(moved, math.Hypot(n.X/float64(before.Width)-m.X/float64(after.Width), n.Y/float64(before.Height)-m.Y/float64(after.Height)))
		}
	}
	slices.Sort(moved)
	t.Logf("of the width, half moved less than %.3f, nine in ten less than %.3f", moved[len(moved)/2], moved[len(moved)*9/10])
	if moved[len(moved)/2] > 0.1 {
		t.Errorf("half of all moved %.3f of the width and more", moved[len(moved)/2])
	}
}

// TestHostileNames keeps whatever a group calls itself text.
func TestHostileNames(t *testing.T) {
	g := graph.New(2, [][2]int{{0, 1}})
	d := picture(g, []Node{{1, `</text><script>alert(1)</script>`}, {2, "\u202eevil & \"quoted\""}})
	if bytes.Contains(d.SVG(), []byte("<script")) {
		t.Error("a name is markup")
	}
	if _, err := d.PNG(); err != nil {
		t.Error(err)
	}
}

func BenchmarkDraw(b *testing.B) {
	for _, n := range []int{12, 60, 300} {
		g, nodes := town(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := picture(g, nodes).PNG(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
