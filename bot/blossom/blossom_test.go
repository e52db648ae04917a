package blossom

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// weightOf is what a matching is worth. It fails when mate is no matching of edges.
func weightOf(t testing.TB, vertices int, edges []Edge, mate []int) int64 {
	t.Helper()
	if len(mate) != vertices {
		t.Fatalf("%d mates of %d vertices", len(mate), vertices)
	}
	best := map[[2]int]int64{}
	for _, e := range edges {
		if e.U != e.V {
			k := [2]int{min(e.U, e.V), max(e.U, e.V)}
			best[k] = max(best[k], e.Weight)
		}
	}
	var sum int64
	for v, w := range mate {
		if w < 0 {
			continue
		}
		if w == v || mate[w] != v || best[[2]int{min(v, w), max(v, w)}] <= 0 {
			t.Fatalf("%d is matched to %d, which is matched to %d", v, w, mate[w])
		}
		if v < w {
			sum += best[[2]int{v, w}]
		}
	}
	return sum
}

// checkProof tells from the duals alone that no matching is worth more than mate.
func checkProof(t testing.TB, vertices int, edges []Edge, mate []int, proof certificate) {
	t.Helper()
	worth := weightOf(t, vertices, edges, mate)
	in := make([][]int, vertices) // the blossoms that hold a vertex
	var twice int64
	for v, d := range proof.duals {
		if d < 0 {
			t.Fatalf("vertex %d has the dual %d", v, d)
		}
		twice += d
	}
	for n, b := range proof.blossoms {
		if b.dual < 0 || len(b.vertices)%2 == 0 {
			t.Fatalf("a blossom of %d has the dual %d", len(b.vertices), b.dual)
		}
		twice += b.dual * int64(len(b.vertices)-1)
		for _, v := range b.vertices {
			in[v] = append(in[v], n)
		}
	}
	for _, e := range edges {
		if e.U == e.V || e.Weight <= 0 {
			continue
		}
		covered := proof.duals[e.U] + proof.duals[e.V]
		for _, n := range in[e.U] {
			if slices.Contains(in[e.V], n) {
				covered += 2 * proof.blossoms[n].dual
			}
		}
		if covered < 2*e.Weight {
			t.Fatalf("the edge %v is covered by %d only", e, covered)
		}
	}
	if twice != 2*worth {
		t.Fatalf("the duals come to %d, twice the matching to %d", twice, 2*worth)
	}
}

// bruteForce is the greatest worth, by trying all sets of vertices.
func bruteForce(vertices int, edges []Edge) int64 {
	best := make([]int64, 1<<vertices)
	for set := 1; set < len(best); set++ {
		v := bits.TrailingZeros(uint(set))
		best[set] = best[set&^(1<<v)]
		for _, e := range edges {
			if e.U == e.V || e.U != v && e.V != v || set&(1<<e.U) == 0 || set&(1<<e.V) == 0 {
				continue
			}
			best[set] = max(best[set], best[set&^(1<<e.U|1<<e.V)]+e.Weight)
		}
	}
	return best[len(best)-1]
}

func randomEdges(r *rand.Rand, vertices int) []Edge {
	var edges []Edge
	most := []int64{1, 2, 4, 10, 1000, 1 << 40}[r.IntN(6)]
	low := []int64{0, 1, -most / 2}[r.IntN(3)]
	density := r.Float64()
	for u := range vertices {
		for v := range u + 1 {
			for r.Float64() < density/float64(1+vertices/40) {
				edges = append(edges, Edge{u, v, low + r.Int64N(most-low+1)})
				if r.IntN(10) > 0 { // now and then two of the same
					break
				}
			}
		}
	}
	r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
	return edges
}

func TestMatchingOfFew(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 20_000 {
		vertices := r.IntN(11)
		edges := randomEdges(r, vertices)
		mate, proof := maximumWeight(vertices, edges)
		checkProof(t, vertices, edges, mate, proof)
		if got, want := weightOf(t, vertices, edges, mate), bruteForce(vertices, edges); got != want {
			t.Fatalf("case %d: %d, want %d, of %v", n, got, want, edges)
		}
		if again := MaximumWeight(vertices, edges); !slices.Equal(mate, again) {
			t.Fatalf("case %d is another the second time", n)
		}
	}
}

// nested makes odd cycles in odd cycles, of which weighted matching is hardest: small weights, with many alike.
func nested(r *rand.Rand, vertices int) []Edge {
	var edges []Edge
	weight := func() int64 { return 1 + r.Int64N(6) }
	for at := 0; at+3 < vertices; {
		size := min(3+2*r.IntN(4), vertices-at-1)
		for i := range size {
			edges = append(edges, Edge{at + i, at + (i+1)%size, 4 + weight()})
		}
		if at > 0 {
			edges = append(edges, Edge{at + r.IntN(size), r.IntN(at), 2 + weight()}, Edge{at + r.IntN(size), r.IntN(at), 2 + weight()})
		}
		at += size
	}
	for range vertices / 4 {
		edges = append(edges, Edge{r.IntN(vertices), r.IntN(vertices), weight()})
	}
	return edges
}

// near makes a graph as a round does: points in clusters, each joined to those that are near, heavier the nearer.
func near(r *rand.Rand, vertices, neighbours int) []Edge {
	type point struct{ x, y float64 }
	points := make([]point, vertices)
	side := math.Sqrt(float64(vertices))
	for i := range points {
		if i == 0 || r.IntN(30) == 0 {
			points[i] = point{r.Float64() * side, r.Float64() * side}
			continue
		}
		of := points[r.IntN(i)]
		points[i] = point{of.x + r.NormFloat64()*2, of.y + r.NormFloat64()*2}
	}
	type cell struct{ x, y int }
	cells := map[cell][]int{}
	at := func(p point) cell { return cell{int(p.x), int(p.y)} }
	for i, p := range points {
		cells[at(p)] = append(cells[at(p)], i)
	}
	seen := map[[2]int]bool{}
	var edges []Edge
	for i, p := range points {
		var close []int
		for reach := 1; len(close) < 2*neighbours && reach < 8; reach++ {
			close = close[:0]
			for dx := -reach; dx <= reach; dx++ {
				for dy := -reach; dy <= reach; dy++ {
					close = append(close, cells[cell{at(p).x + dx, at(p).y + dy}]...)
				}
			}
		}
		apart := func(k int) float64 { return math.Hypot(points[k].x-p.x, points[k].y-p.y) }
		slices.SortFunc(close, func(a, b int) int {
			if d := apart(a) - apart(b); d != 0 {
				return int(math.Copysign(1, d))
			}
			return a - b
		})
		for _, k := range close[:min(len(close), neighbours)] {
			pair := [2]int{min(i, k), max(i, k)}
			if i == k || seen[pair] {
				continue
			}
			seen[pair] = true
			edges = append(edges, Edge{pair[0], pair[1], int64(1e6 * (0.5 + 0.5*r.Float64()) / (1 + apart(k)))})
		}
	}
	return edges
}

func TestMatchingOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 3_000 {
		vertices := 2 + r.IntN(120)
		edges := [][]Edge{randomEdges(r, vertices), nested(r, vertices), near(r, vertices, 2+r.IntN(8))}[n%3]
		mate, proof := maximumWeight(vertices, edges)
		checkProof(t, vertices, edges, mate, proof)
	}
	for _, vertices := range []int{700, 1500} {
		for _, edges := range [][]Edge{randomEdges(r, vertices), nested(r, vertices), near(r, vertices, 20)} {
			mate, proof := maximumWeight(vertices, edges)
			checkProof(t, vertices, edges, mate, proof)
		}
	}
}

func TestMatchingRefuses(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an edge to nowhere is matched")
		}
	}()
	MaximumWeight(2, []Edge{{0, 2, 1}})
}

// TestMatchingOfCharities matches graphs of real charities whose optimum two other programs agree on.
func TestMatchingOfCharities(t *testing.T) {
	for name, want := range map[string]int64{"g1000": 325105475, "g4000": 1487410121} {
		vertices, edges := pairingGraph(t, name)
		mate, proof := maximumWeight(vertices, edges)
		checkProof(t, vertices, edges, mate, proof)
		if got := weightOf(t, vertices, edges, mate); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func pairingGraph(t testing.TB, name string) (vertices int, edges []Edge) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", "pairing", name+".txt.gz")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the graphs to match are not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	n := 0
	for lines.Scan() {
		if vertices == 0 {
			if _, err := fmt.Sscan(lines.Text(), &vertices, &n); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var u, v int
		var w float64
		if _, err := fmt.Sscan(lines.Text(), &u, &v, &w); err != nil {
			t.Fatal(err)
		}
		edges = append(edges, Edge{u, v, int64(math.Round(w * 1e6))})
	}
	if err := lines.Err(); err != nil || len(edges) != n {
		t.Fatalf("%d edges of %d, %v", len(edges), n, err)
	}
	return vertices, edges
}

func FuzzMatching(f *testing.F) {
	f.Add([]byte("\x06\x00\x01\x09\x01\x02\x09\x02\x00\x09\x02\x03\x04"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) == 0 {
			return
		}
		vertices := 1 + int(in[0]%40)
		var edges []Edge
		for in = in[1:]; len(in) >= 3; in = in[3:] {
			edges = append(edges, Edge{int(in[0]) % vertices, int(in[1]) % vertices, int64(int8(in[2]))})
		}
		mate, proof := maximumWeight(vertices, edges)
		checkProof(t, vertices, edges, mate, proof)
	})
}

func BenchmarkMatching(b *testing.B) {
	for _, size := range []struct{ vertices, neighbours int }{{4_000, 20}, {10_000, 20}, {50_000, 27}} {
		r := rand.New(rand.NewPCG(5, 6))
		edges := near(r, size.vertices, size.neighbours)
		b.Run(fmt.Sprintf("%d vertices, %d edges", size.vertices, len(edges)), func(b *testing.B) {
			for b.Loop() {
				MaximumWeight(size.vertices, edges)
			}
		})
	}
	b.Run("4000 charities", func(b *testing.B) {
		vertices, edges := pairingGraph(b, "g4000")
		for b.Loop() {
			MaximumWeight(vertices, edges)
		}
	})
}
