package match

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	compare "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// vocabulary is what made-up organisations are made of: the first words are common, and many have meanings in the
// thesaurus that are related.
var vocabulary = strings.Fields(`community support people young minibus van hall kitchen garden allotment bookkeeping accounts payroll treasurer
	choir music football carers dementia debt advice first aid training food bank refugees hospital theatre drama bikes repair sewing`)

// made is a document of few words, so that many fit.
func made(random *rand.Rand, id int64) Document {
	text := func(most int) string {
		var all []string
		for range random.IntN(most + 1) {
			all = append(all, vocabulary[int(float64(len(vocabulary))*random.Float64()*random.Float64())])
		}
		return strings.Join(all, " ")
	}
	about := 12
	if random.IntN(20) == 0 {
		about = 400
	}
	d := Document{ID: id, Name: text(3), About: text(about), Joined: random.IntN(3) == 0, Closed: random.IntN(5) == 0}
	for range random.IntN(4) {
		d.Offers = append(d.Offers, Offer{ID: id, Text: text(4)})
	}
	for range random.IntN(3) {
		d.Helped = append(d.Helped, Help{ID: id, What: text(4), At: noon})
	}
	return d
}

// scored is what the plainest scorer finds of a document.
type scored struct {
	id           int64
	joined       bool
	score, share float64
}

// plainly scores a document as the formulas say, with nothing made ready.
func plainly(s *state, q *query, d *document) scored {
	text := s.lengths.text / float64(s.docs)
	offers := s.lengths.offer / max(s.lengths.offers, 1)
	counts := func(term uint32) (value float64) {
		var tf, offer float64
		for w := range d.all() {
			switch length := float64(d.length(w.unit)); {
			case w.term != term:
			case w.unit == nameUnit:
				tf += nameWeight * float64(w.tf) / (1 - b + b*length/max(text, 1))
			case w.unit == aboutUnit:
				tf += aboutWeight * float64(w.tf) / (1 - b + b*length/max(text, 1))
			default:
				offer = max(offer, offerWeight*float64(w.tf)/(1-b+b*length/max(offers, 1)))
			}
		}
		return (tf + offer) / (tf + offer + k1)
	}
	out := scored{id: d.id, joined: d.joined}
	var mask uint64
	var near uint32
	for i, w := range q.words {
		if v := counts(w.term); w.known && v > 0 {
			out.score += v * w.idf * w.weight
			mask |= 1 << i
		}
	}
	for _, c := range q.concepts {
		if v := counts(c.term); v > 0 {
			out.score += v * c.score
			if c.related {
				near |= c.covers
			} else {
				mask |= uint64(c.covers) << 32
			}
		}
	}
	out.score /= q.best
	if out.score > 0 {
		out.share = q.share(mask, near)
	}
	return out
}

// checkFind compares what is found for a question with what the plainest scorer finds.
func checkFind(t interface{ Fatalf(string, ...any) }, ix *Index, question string, n int, except []int64) {
	s := ix.now.Load()
	q := ix.ask(s, question)
	got := s.search(q, n, except)
	var want [2][]scored
	var most float64
	full := 0
	for _, p := range ix.docs {
		x := plainly(s, q, p.segment.docs[p.doc])
		if x.score == 0 {
			continue
		}
		if x.share >= whole {
			full++
		}
		if slices.Contains(except, x.id) {
			continue
		}
		most = max(most, x.share)
		kind := 0
		if x.joined {
			kind = 1
		}
		want[kind] = append(want[kind], x)
	}
	// What is found is summed up in float32.
	const near = 1e-5
	if math.Abs(got.maxShare-min(most, whole)) > near && min(got.maxShare, most) < whole {
		t.Fatalf("%q: the most that is shared is %v, want %v", question, got.maxShare, most)
	}
	if min(got.whole, enoughWhole) != min(full, enoughWhole) {
		t.Fatalf("%q: %d answer all of it, want %d", question, got.whole, full)
	}
	found := map[int64]hit{}
	for _, h := range got.hits {
		found[h.id()] = h
	}
	if len(found) != len(got.hits) {
		t.Fatalf("%q: something is found twice", question)
	}
	for _, all := range want {
		slices.SortFunc(all, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
		for i, x := range all {
			h, ok := found[x.id]
			delete(found, x.id)
			switch {
			case !ok && (i < n && x.score > all[min(n, len(all)-1)].score+near || len(all) <= n):
				t.Fatalf("%q: %d with %v is lost, number %d of %d", question, x.id, x, i, n)
			case ok && i >= n && x.score < all[n-1].score-near:
				t.Fatalf("%q: %d with %v is none of the best %d", question, x.id, x, n)
			case ok && (math.Abs(h.score-x.score) > near || h.share != x.share):
				t.Fatalf("%q: %d has %v and %v, want %v", question, x.id, h.score, h.share, x)
			}
		}
	}
	if len(found) > 0 {
		t.Fatalf("%q: found without a reason: %v", question, found)
	}
}

// asking is a question of a few words, of which some are misspelt.
func asking(random *rand.Rand) string {
	var all []string
	for range 1 + random.IntN(5) {
		w := vocabulary[random.IntN(len(vocabulary))]
		if random.IntN(8) == 0 {
			w = w[:len(w)-1]
		}
		all = append(all, w)
	}
	return strings.Join(all, " ")
}

// TestFindLosesNobody: however the register was told, the best are found, as if everybody had been looked at.
func TestFindLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		ix := NewIndex(nil, Sector())
		if rapid.Bool().Draw(t, "few ways") {
			ix.ways.most = rapid.IntRange(0, 20).Draw(t, "ways")
		}
		for range rapid.IntRange(1, 6).Draw(t, "updates") {
			var put []Document
			var remove []int64
			for range rapid.IntRange(0, 120).Draw(t, "puts") {
				put = append(put, made(random, random.Int64N(300)))
			}
			for range rapid.IntRange(0, 20).Draw(t, "removes") {
				remove = append(remove, random.Int64N(300))
			}
			ix.Update(put, remove)
		}
		for range 10 {
			n := rapid.IntRange(1, 30).Draw(t, "n")
			checkFind(t, ix, asking(random), n, []int64{random.Int64N(300), random.Int64N(300)})
		}
	})
}

// TestFindInManyWindows is the same over a register of several segments, each of several windows.
func TestFindInManyWindows(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	ix := NewIndex(nil, Sector())
	for _, size := range []int{window + 17, window / 4, 1} {
		var put []Document
		for range size {
			put = append(put, made(random, random.Int64N(2*window)))
		}
		ix.Update(put, nil)
	}
	if n := len(ix.now.Load().segments); n < 2 {
		t.Fatalf("%d segments", n)
	}
	for i := range 20 {
		checkFind(t, ix, asking(random), 1+i*15, nil)
	}
}

// TestMostIsSharedByTheLesser: who has most of what is asked for is seen even when enough others, who have less of it, fit better
// than anybody can who has it.
func TestMostIsSharedByTheLesser(t *testing.T) {
	thesaurus, err := ReadThesaurus("alpha: beta\nepsilon: ~zeta")
	if err != nil {
		t.Fatal(err)
	}
	for asked, had := range map[string]string{
		"beta gamma": "gamma",
		"beta zeta":  "epsilon", // the meaning of a loose word, which counts little in a score
	} {
		ix := NewIndex(nil, thesaurus)
		var first, second []Document
		for id := range int64(1300) {
			first = append(first, Document{ID: id, Name: "beta"})
			if id >= 300 {
				first[id].Name = "omega"
			}
		}
		for id := range int64(290) {
			second = append(second, Document{ID: 2000 + id, About: had + strings.Repeat(" delta", 20)})
		}
		ix.Update(first, nil)
		ix.Update(second, nil)
		checkFind(t, ix, asked, 20, nil)
	}
}

// TestLargestSegment fills more than one segment at once.
func TestLargestSegment(t *testing.T) {
	docs := make([]Document, maxDocs+3)
	for i := range docs {
		docs[i] = Document{ID: int64(i), Name: fmt.Sprint("tea ", i%7)}
	}
	docs[maxDocs-1].Name, docs[maxDocs].Name = "coffee", "coffee"
	ix := index(docs...)
	if got := ids(ix, "who has coffee?"); !slices.Equal(got, []int64{maxDocs - 1, maxDocs}) {
		t.Errorf("found %v", got)
	}
	ix.Update(nil, []int64{maxDocs - 1})
	if got := ids(ix, "who has coffee?"); !slices.Equal(got, []int64{maxDocs}) {
		t.Errorf("found %v", got)
	}
}

// TestOrderOfTelling: the answers are the same in whatever order a register was told, and in how many parts. The register is
// so large that not all who fit are looked at closely, and so alike that many fit equally well.
func TestOrderOfTelling(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var docs []Document
	for id := range int64(3000) {
		docs = append(docs, made(random, id))
	}
	told := func(parts int) *Index {
		ix := NewIndex(nil, Sector())
		for part := range slices.Chunk(docs, len(docs)/parts) {
			ix.Update(part, nil)
		}
		return ix
	}
	one := told(1)
	random.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	other := told(7)
	for range 300 {
		question := asking(random) + " " + asking(random)
		a, b := one.Rank(one.ParseRequest(question), 20, noon), other.Rank(other.ParseRequest(question), 20, noon)
		if diff := compare.Diff(a, b); diff != "" {
			t.Fatalf("%q: %s", question, diff)
		}
	}
}
