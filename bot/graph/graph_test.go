package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"slices"
	"testing"

	"ginnel/bot/graph"

	"pgregory.net/rapid"
)

func path(n int) (ties [][2]int) {
	for a := range n - 1 {
		ties = append(ties, [2]int{a, a + 1})
	}
	return ties
}

func star(n int) (ties [][2]int) {
	for a := 1; a < n; a++ {
		ties = append(ties, [2]int{0, a})
	}
	return ties
}

func clique(from, n int) (ties [][2]int) {
	for a := from; a < from+n; a++ {
		for b := a + 1; b < from+n; b++ {
			ties = append(ties, [2]int{a, b})
		}
	}
	return ties
}

// twoCliques are two groups of n, everybody with everybody, and one tie between them.
func twoCliques(n int) [][2]int {
	return append(append(clique(0, n), clique(n, n)...), [2]int{n - 1, n})
}

// town is a network as towns have it: communities of about ten, few ties between them, and some organisations with none.
func town(n int, chance *rand.Rand) (ties [][2]int) {
	for a := range n {
		if chance.IntN(12) == 0 {
			continue
		}
		for range 1 + chance.IntN(3) {
			if b := a/10*10 + chance.IntN(10); b < n {
				ties = append(ties, [2]int{a, b})
			}
		}
		if chance.IntN(6) == 0 {
			ties = append(ties, [2]int{a, chance.IntN(n)})
		}
	}
	return ties
}

// TestAsNetworkx compares every measure with that of networkx.
func TestAsNetworkx(t *testing.T) {
	if exec.Command("python3", "-c", "import networkx").Run() != nil {
		t.Skip("skipped: python3-networkx is not installed, so nothing is compared with it")
	}
	type network struct {
		N           int      `json:"n"`
		Ties        [][2]int `json:"ties"`
		Communities [][]int  `json:"communities"`
		name        string
	}
	networks := []network{
		{N: 12, Ties: path(12), name: "path"},
		{N: 12, Ties: star(12), name: "star"},
		{N: 10, Ties: twoCliques(5), name: "two cliques"},
		{N: 3, name: "no ties"},
		{N: 2, Ties: [][2]int{{0, 1}}, name: "two"},
		{N: 40, Ties: append(path(20), clique(25, 6)...), name: "parts"},
	}
	for i := range 50 {
		chance := rand.New(rand.NewPCG(uint64(i), 1))
		n := 5 + chance.IntN(120)
		var ties [][2]int
		if i%2 == 0 {
			ties = town(n, chance)
		} else {
			for range chance.IntN(3 * n) {
				ties = append(ties, [2]int{chance.IntN(n), chance.IntN(n)})
			}
		}
		networks = append(networks, network{N: n, Ties: slices.DeleteFunc(ties, func(t [2]int) bool { return t[0] == t[1] }), name: fmt.Sprint("random ", i)})
	}
	for i := range networks {
		networks[i].Communities = graph.New(networks[i].N, networks[i].Ties).Communities(1)
	}
	asked, err := json.Marshal(networks)
	if err != nil {
		t.Fatal(err)
	}
	python := exec.Command("python3", "testdata/measure.py")
	python.Stdin = bytes.NewReader(asked)
	var said bytes.Buffer
	python.Stderr = &said
	out, err := python.Output()
	if err != nil {
		t.Fatal(err, said.String())
	}
	var want []map[string]float64
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	ours, theirs := 0.0, 0.0
	for i, n := range networks {
		got := reflect.ValueOf(graph.New(n.N, n.Ties).Measure(1))
		for name, value := range want[i] {
			if name == "Louvain" {
				theirs += value
				continue
			}
			field := got.FieldByName(name)
			have := 0.0
			if field.CanInt() {
				have = float64(field.Int())
			} else {
				have = field.Float()
			}
			if math.Abs(have-value) > 1e-9 {
				t.Errorf("%s (%d organisations): %s is %v, and networkx says %v", n.name, n.N, name, have, value)
			}
		}
		ours += want[i]["Modularity"]
	}
	// Which communities are found hangs on chance, in both; how good they are may not.
	t.Logf("modularity, summed: %.3f, of networkx %.3f", ours, theirs)
	if ours < 0.99*theirs {
		t.Errorf("communities have modularity %.3f, those of networkx %.3f", ours, theirs)
	}
}

func TestCuts(t *testing.T) {
	for _, c := range []struct {
		name    string
		n       int
		ties    [][2]int
		bridges int
		losses  []graph.Loss
	}{
		{"path", 5, path(5), 4, []graph.Loss{{1, 1}, {2, 2}, {3, 1}}},
		{"star", 5, star(5), 4, []graph.Loss{{0, 3}}},
		{"two cliques", 8, twoCliques(4), 1, []graph.Loss{{3, 3}, {4, 3}}},
		{"ring", 4, append(path(4), [2]int{3, 0}), 0, nil},
		{"a tie said twice", 2, [][2]int{{0, 1}, {1, 0}, {0, 0}}, 1, nil},
		{"nobody", 0, nil, 0, nil},
	} {
		cuts := graph.New(c.n, c.ties).Cuts()
		if len(cuts.Bridges) != c.bridges || !slices.Equal(cuts.Losses, c.losses) {
			t.Errorf("%s: bridges %v, losses %v", c.name, cuts.Bridges, cuts.Losses)
		}
	}
}

// TestLossIsWhatIsLost takes each organisation out in turn and looks.
func TestLossIsWhatIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "n")
		one := rapid.IntRange(0, n-1)
		var ties [][2]int
		for range rapid.IntRange(0, 2*n).Draw(t, "ties") {
			ties = append(ties, [2]int{one.Draw(t, "a"), one.Draw(t, "b")})
		}
		g := graph.New(n, ties)
		lost := map[int]int{}
		for _, l := range g.Cuts().Losses {
			lost[l.Organisation] = l.CutOff
		}
		for _, part := range g.Parts() {
			for _, gone := range part {
				// What is left of the part when the organisation is by itself.
				var left [][2]int
				for _, tie := range g.Ties() {
					if tie[0] != gone && tie[1] != gone {
						left = append(left, tie)
					}
				}
				largest := 0
				for _, piece := range graph.New(n, left).Parts() {
					if piece[0] != gone && slices.Contains(part, piece[0]) {
						largest = max(largest, len(piece))
					}
				}
				if want := len(part) - 1 - largest; lost[gone] != want {
					t.Fatalf("%v: without %d, %d are cut off and not %d", g.Ties(), gone, want, lost[gone])
				}
			}
		}
	})
}

func TestWay(t *testing.T) {
	g := graph.New(6, append(path(4), [2]int{0, 2}))
	for _, c := range []struct {
		a, b int
		want []int
	}{{0, 3, []int{0, 2, 3}}, {3, 1, []int{3, 2, 1}}, {0, 5, nil}, {4, 4, []int{4}}} {
		if got := g.Way(c.a, c.b); !slices.Equal(got, c.want) {
			t.Errorf("from %d to %d: %v, not %v", c.a, c.b, got, c.want)
		}
	}
}

func TestAvoiding(t *testing.T) {
	before := graph.New(6, star(4))
	after := graph.New(6, append(star(5), [2]int{4, 5}))
	// Of the two new ties, 0–4 has the best connected in it.
	if share, ok := graph.Avoiding(before, after, 1); !ok || share != 0.5 {
		t.Errorf("%v %v", share, ok)
	}
	if _, ok := graph.Avoiding(after, after, 1); ok {
		t.Error("a share of no new ties")
	}
}

// TestTheSameTwice holds the figures of a report still from one day to the next.
func TestTheSameTwice(t *testing.T) {
	ties := town(300, rand.New(rand.NewPCG(1, 2)))
	first := graph.New(300, ties)
	slices.Reverse(ties)
	again := graph.New(300, ties)
	if !reflect.DeepEqual(first.Communities(7), again.Communities(7)) || first.Measure(7) != again.Measure(7) {
		t.Error("the same network measures differently")
	}
}

// BenchmarkMeasure is to stay under a second for 1,000 organisations and under ten for 10,000.
func BenchmarkMeasure(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		g := graph.New(n, town(n, rand.New(rand.NewPCG(3, 4))))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				g.Measure(1)
			}
		})
	}
}
