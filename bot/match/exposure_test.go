package match

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// standings draws how often organisations 1 to 20 were shown, and how they answered.
func standings(t *rapid.T) (shown map[int64]int, records map[int64]Record) {
	shown, records = map[int64]int{}, map[int64]Record{}
	for id := int64(1); id <= 20; id++ {
		shown[id] = rapid.IntRange(0, 100).Draw(t, "shown")
		asked := rapid.IntRange(0, 50).Draw(t, "asked")
		records[id] = Record{asked, rapid.IntRange(0, asked).Draw(t, "answered")}
	}
	return shown, records
}

// TestOrderIsByFit: whatever else is known of organisations, none comes before another whose words fit an eighth better and
// that joined like it; and who has no room is never named.
func TestOrderIsByFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ix, docs := index(), map[int64]Document{}
		for id := range int64(rapid.IntRange(2, 20).Draw(t, "organisations")) {
			d := some(t, id+1)
			d.Confirmed = noon.AddDate(0, 0, -rapid.IntRange(0, 2000).Draw(t, "confirmed"))
			for i := range d.Offers {
				d.Offers[i].Terms = rapid.SampledFrom([]Terms{Unsaid, Free, AtCost, Charged}).Draw(t, "terms")
			}
			docs[d.ID] = d
			ix.Update([]Document{d}, nil)
		}
		shown, records := standings(t)
		ix.SetShown(shown)
		ix.SetRecords(records)
		for _, q := range questions {
			r := ix.ParseRequest(q)
			r.Outcode = ""
			answer := ix.Rank(r, 20, noon)
			for i, m := range answer.Matches {
				if docs[m.ID].Closed {
					t.Fatalf("%q names %d, which has no room", q, m.ID)
				}
				for _, later := range answer.Matches[i+1:] {
					if later.Joined == m.Joined && later.Score > 1.125*m.Score {
						t.Fatalf("%q: %d fits by %v, and %d after it by %v", q, m.ID, m.Score, later.ID, later.Score)
					}
				}
			}
		}
	})
}

// TestTurns: of those who fit alike come first the fresh and those that answer. After that others have their turn: everybody
// once, and those who deserve alike as often.
func TestTurns(t *testing.T) {
	hall := func(id int64, days int) Document {
		return Document{
			ID: id, Name: "Halls", Joined: true,
			Offers: []Offer{{ID: 1, Text: "a hall", Confirmed: noon.AddDate(0, 0, -days)}},
		}
	}
	ix := index(hall(1, 2000), hall(2, 0), hall(3, 0), hall(4, 0), hall(5, 180), hall(6, 0))
	ix.SetRecords(map[int64]Record{3: {30, 0}, 4: {30, 30}})
	ask := func() []int64 { return ids(ix, "who has a hall?") }
	if got, want := ask(), []int64{4, 2, 6, 3, 5, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	times := map[int64]int{}
	for range 600 {
		first := ask()[0]
		times[first]++
		ix.Show(first)
	}
	for id := int64(1); id <= 6; id++ {
		if times[id] == 0 {
			t.Errorf("%d never comes first", id)
		}
	}
	if d := times[2] - times[6]; d < -1 || d > 1 {
		t.Errorf("2 and 6 deserve alike, and come first %d and %d times", times[2], times[6])
	}
	if mean := 600 / 6; times[4] <= times[2] || times[2] <= times[5] || times[4] > 5*mean {
		t.Errorf("first come %v", times)
	}
}

func TestRecord(t *testing.T) {
	for _, c := range []struct {
		Record
		want float64
	}{{Record{}, 1}, {Record{3, 2}, 1}, {Record{1e6, 0}, 0.9}, {Record{1e6, 1e6}, 1.1}} {
		if got := c.factor(); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%+v: %v, want %v", c.Record, got, c.want)
		}
	}
}
