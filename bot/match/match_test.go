package match

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// towns is a small gazetteer: three outward codes on a line, about seven miles apart, and one far away.
func towns() *Gazetteer {
	return NewGazetteer([]PlaceRow{
		{"QX1", "Harthwaite", 54.0, -2.0, ""}, {"QX2", "Harthwaite", 54.1, -2.0, ""}, {"QX3", "Nether Lowdale", 54.2, -2.0, ""}, {"ZZ1", "Far End", 50.0, 1.0, ""},
	})
}

func offers(texts ...string) (all []Offer) {
	for i, text := range texts {
		all = append(all, Offer{ID: int64(i + 1), Text: text, Confirmed: noon})
	}
	return all
}

func index(docs ...Document) *Index {
	ix := NewIndex(towns(), nil)
	ix.Update(docs, nil)
	return ix
}

// ids are the organisations that answer a question, best first.
func ids(ix *Index, question string) []int64 {
	var all []int64
	for _, m := range ix.Rank(ix.ParseRequest(question), 10, noon).Matches {
		all = append(all, m.ID)
	}
	return all
}

func TestRead(t *testing.T) {
	ix := index()
	for question, want := range map[string]Request{
		"who can help with bookkeeping in QX2?":                         {What: "bookkeeping", Place: "QX2", Outcode: "QX2"},
		"hi all, does anyone know somebody with a minibus near QX3 2AB": {What: "a minibus", Place: "QX3 2AB", Outcode: "QX3"},
		"who can help with first aid training in Nether Lowdale please?": {
			What: "first aid training", Place: "Nether Lowdale", Outcode: "QX3", Town: "Nether Lowdale",
		},
		"we are looking for a hall on Tuesdays":   {What: "a hall on Tuesdays"},
		"who can help with moving in?":            {What: "moving in"},
		"QX1":                                     {What: "QX1"},
		"who can help?":                           {},
		"is there anyone in M12 who mends bikes?": {What: "mends bikes", Place: "M12", Outcode: "M12"},
	} {
		if diff := cmp.Diff(want, ix.ParseRequest(question)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", question, diff)
		}
	}
}

func TestRank(t *testing.T) {
	ix := index(
		Document{ID: 1, Name: "Tally Trust", Offers: offers("help with accounts", "payroll"), Outcode: "QX1", Joined: true, Confirmed: noon},
		Document{ID: 2, Name: "Accounts and More", Outcode: "QX1"},
		Document{ID: 3, Name: "Old Mill", About: "We hold accounts of mill life and mend bikes", Outcode: "QX1"},
		Document{ID: 4, Name: "Bike Kitchen", Offers: offers("mending bikes"), Outcode: "QX1", Joined: true, Confirmed: noon},
		Document{ID: 5, Name: "Far Bikes", Offers: offers("mending bikes"), Outcode: "ZZ1", Joined: true, Confirmed: noon},
		Document{ID: 6, Name: "Stale Bikes", Offers: offers("mending bikes"), Outcode: "QX1", Joined: true, Confirmed: noon.AddDate(-3, 0, 0)},
		Document{ID: 7, Name: "Full Bikes", Offers: offers("mending bikes"), Outcode: "QX1", Joined: true, Closed: true, Confirmed: noon},
		Document{ID: 8, Name: "Pay Bikes", Offers: []Offer{{ID: 1, Text: "mending bikes", Terms: Charged, Confirmed: noon}}, Outcode: "QX1", Joined: true, Confirmed: noon},
		Document{ID: 9, Name: "Café Ünïque", Offers: offers("book-keeping")},
	)
	for _, c := range []struct {
		question string
		want     []int64
	}{
		{"who can help with accounts?", []int64{1, 2, 3}}, // who joined, before who was imported
		{"who can help with bike mending near QX1?", []int64{4, 6, 8, 5, 3}},
		{"who does bookkeeping?", []int64{9}},
		{"does anyone know a cafe unique?", []int64{9}},
		{"who has a steam organ?", nil}, // an honest nobody
		{"who can help?", nil},
	} {
		if diff := cmp.Diff(c.want, ids(ix, c.question)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.question, diff)
		}
	}
	r := ix.Rank(ix.ParseRequest("who mends bikes near QX2?"), 10, noon, 4)
	if r.NoRoom != 1 || len(r.Matches) == 0 || r.Matches[0].ID == 4 || r.Matches[0].Km < 10 || r.Matches[0].Km > 12 {
		t.Errorf("%+v", r)
	}
	if m := ix.Rank(ix.ParseRequest("payroll help"), 1, noon).Matches; len(m) != 1 || m[0].Field != InOffer || m[0].Offer != 2 || !cmp.Equal(m[0].Words, []string{"payroll"}) {
		t.Errorf("%+v", m)
	}
}

// some draws a document from few words, so that many share them.
func some(t *rapid.T, id int64) Document {
	text := rapid.StringMatching(`((tea|hall|bikes|accounts|piano|books|garden|boats) ){0,6}`)
	d := Document{
		ID: id, Name: text.Draw(t, "name"), About: text.Draw(t, "about"), Joined: rapid.Bool().Draw(t, "joined"), Closed: rapid.Bool().Draw(t, "closed"),
		Outcode: rapid.SampledFrom([]string{"", "QX1", "QX2", "ZZ1"}).Draw(t, "outcode"),
		Covers:  rapid.SampledFrom([]string{"", "Harthwaite", "within 3 miles", "online"}).Draw(t, "covers"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "helped") {
		d.Helped = append(d.Helped, Help{ID: int64(len(d.Helped) + 1), What: text.Draw(t, "help"), At: noon.AddDate(0, -rapid.IntRange(0, 60).Draw(t, "helped ago"), 0)})
	}
	for range rapid.IntRange(0, 3).Draw(t, "offers") {
		d.Offers = append(d.Offers, Offer{ID: int64(len(d.Offers) + 1), Text: text.Draw(t, "offer"), Confirmed: noon.AddDate(0, -rapid.IntRange(0, 20).Draw(t, "age"), 0)})
	}
	return d
}

var questions = []string{"who has tea?", "accounts near QX1", "piano and books and boats", "a garden hall in Harthwaite", "bikes"}

// TestFollowingIsLikeBuildingAnew: however an index came to its documents, it answers the same.
func TestFollowingIsLikeBuildingAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		followed, docs := index(), map[int64]Document{}
		for range rapid.IntRange(1, 12).Draw(t, "updates") {
			var put []Document
			var remove []int64
			for range rapid.IntRange(0, 8).Draw(t, "puts") {
				put = append(put, some(t, rapid.Int64Range(1, 20).Draw(t, "id")))
			}
			for range rapid.IntRange(0, 3).Draw(t, "removes") {
				remove = append(remove, rapid.Int64Range(1, 20).Draw(t, "id"))
			}
			for _, d := range put {
				docs[d.ID] = d
			}
			for _, id := range remove {
				delete(docs, id)
			}
			followed.Update(put, remove)
		}
		anew := index()
		for id := int64(20); id > 0; id-- {
			if d, ok := docs[id]; ok {
				anew.Update([]Document{d}, nil)
			}
		}
		if followed.Len() != len(docs) || anew.Len() != len(docs) {
			t.Fatalf("%d and %d of %d", followed.Len(), anew.Len(), len(docs))
		}
		shown, records := standings(t)
		for _, ix := range []*Index{followed, anew} {
			ix.SetShown(shown)
			ix.SetRecords(records)
		}
		for _, q := range questions {
			a, b := followed.Rank(followed.ParseRequest(q), 5, noon), anew.Rank(anew.ParseRequest(q), 5, noon)
			if diff := cmp.Diff(a, b); diff != "" {
				t.Fatalf("%q (-followed +anew):\n%s", q, diff)
			}
			for i, m := range a.Matches {
				if m.Score < 0 || m.Score > 1 || docs[m.ID].Closed || len(m.Words) == 0 {
					t.Fatalf("%q, answer %d: %+v", q, i, m)
				}
			}
		}
	})
}

// TestReadersDoNotWait asks while the register changes: each answer is of one state of it.
func TestReadersDoNotWait(t *testing.T) {
	ix := index(Document{ID: 1, Name: "tea"}, Document{ID: 2, Name: "tea"})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 500 {
			name := []string{"tea", "coffee"}[i%2] + fmt.Sprint(" trombone", i)
			ix.Update([]Document{{ID: 1, Name: name}, {ID: 2, Name: name}}, nil)
		}
	}()
	for {
		if n := len(ids(ix, "who has tea? trombonne?")); n != 0 && n != 2 {
			t.Fatalf("half of a change is seen: %d", n)
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

// FuzzRead: no question panics or holds the others up, and what is read of it is in it.
func FuzzRead(f *testing.F) {
	for _, q := range append(questions, "", "\xff", strings.Repeat("in QX1 ", 50), "who can help\u202e?", "a-b-c‑d") {
		f.Add(q)
	}
	for _, piece := range []string{"accounts ", "food bank ", "first aid training ", "in Nether Lowdale ", "trainin kichen bookeping ", "who ", "a-", "x", "\u0301"} {
		f.Add(strings.Repeat(piece, maxMessageLength/len(piece)))
	}
	random := rand.New(rand.NewPCG(5, 6))
	ix := NewIndex(towns(), Sector())
	var docs []Document
	for id := range int64(500) {
		docs = append(docs, made(random, id))
	}
	ix.Update(docs, nil)
	f.Fuzz(func(t *testing.T, q string) {
		var r Request
		var matches []Match
		took := time.Duration(math.MaxInt64)
		for n := 0; n < 5 && took > patience(); n++ { // since others may hold the machine up
			began := time.Now()
			r = ix.ParseRequest(q)
			matches = ix.Rank(r, 3, noon).Matches
			took = min(took, time.Since(began))
		}
		if took > patience() && len(q) <= maxMessageLength {
			t.Errorf("%.100q, %d bytes, takes %v", q, len(q), took)
		}
		if !strings.Contains(q, r.Place) {
			t.Errorf("%q is at %q", q, r.Place)
		}
		for word := range strings.FieldsSeq(r.What) {
			if !strings.Contains(q, word) {
				t.Errorf("%q asks for %q", q, word)
			}
		}
		for _, m := range matches {
			if len(m.Words) == 0 || m.Score < 0 || m.Score > 1 {
				t.Errorf("%q: %+v", q, m)
			}
		}
	})
}

// No chat network lets a message be longer than maxMessageLength bytes by much, and nobody should wait longer than maxWait.
const (
	maxMessageLength = 64 << 10
	maxWait          = 50 * time.Millisecond
)

// big is n documents of common and rare words, as a register has them.
func big(n int) []Document {
	random := rand.New(rand.NewPCG(1, 2))
	text := func(words int) string {
		var b strings.Builder
		for range words {
			fmt.Fprintf(&b, "w%d ", int(float64(30_000)*random.Float64()*random.Float64()*random.Float64()))
		}
		return b.String()
	}
	docs := make([]Document, n)
	for i := range docs {
		docs[i] = Document{ID: int64(i + 1), Name: text(3), About: text(40), Offers: offers(text(4), text(4))}
	}
	return docs
}

func BenchmarkRank(b *testing.B) {
	ix := index(big(50_000)...)
	r := Request{What: "w10 w200 w3000"}
	for b.Loop() {
		ix.Rank(r, 3, noon)
	}
}

func BenchmarkUpdateOne(b *testing.B) {
	docs := big(50_000)
	ix := index(docs...)
	n := 0
	for b.Loop() {
		ix.Update(docs[n%len(docs):n%len(docs)+1], nil)
		n++
	}
}

func BenchmarkBuild(b *testing.B) {
	docs := big(50_000)
	for b.Loop() {
		index(docs...)
	}
}

// patience is maxWait while somebody fuzzes. At other times a busy machine, or the race detector, would be blamed on the text,
// so it is what only a text takes that grows on its way.
func patience() time.Duration {
	if flag.Lookup("test.fuzz").Value.String() == "" {
		return 100 * maxWait
	}
	return maxWait
}
