package match

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestHelp: an organisation is found for what it was thanked for, unless that is long ago.
func TestHelp(t *testing.T) {
	boiler := func(id int64, years int) Document {
		return Document{
			ID: id, Name: "Menders", Offers: offers("mending things on Saturdays"), Joined: true,
			Helped: []Help{{ID: 7, What: "a boiler that leaks", At: noon.AddDate(-years, 0, 0)}},
		}
	}
	plain := Document{ID: 9, Name: "Plain", About: "tea and a chat", Joined: true}
	for _, c := range []struct {
		name  string
		doc   Document
		named bool
	}{
		{"today", boiler(1, 0), true},
		{"two years ago", boiler(1, 2), true},
		{"four years ago", boiler(1, 4), false},
	} {
		ix := index(c.doc, plain)
		m := ix.Rank(ix.ParseRequest("who knows about a leaking boiler?"), 3, noon).Matches
		if (len(m) == 1) != c.named || c.named && (m[0].Field != InHelp || m[0].Help != 7) {
			t.Errorf("%s: %+v", c.name, m)
		}
		m = ix.Rank(ix.ParseRequest("who does mending?"), 3, noon).Matches
		if len(m) != 1 || m[0].Field != InOffer || m[0].Help != 0 {
			t.Errorf("%s: its offer is the reason: %+v", c.name, m)
		}
	}
}

// TestHelpOfTodayIsLikeAnOffer: what an organisation was thanked for today counts as if it had offered it, and less with
// each year.
func TestHelpOfTodayIsLikeAnOffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var asOffer, asHelp, older []Document
		for id := range int64(rapid.IntRange(1, 6).Draw(t, "organisations")) {
			d := some(t, id+1)
			d.Closed, d.Helped = false, nil
			asOffer = append(asOffer, d)
			d.Helped = nil
			for _, o := range d.Offers {
				d.Helped = append(d.Helped, Help{ID: o.ID, What: o.Text, At: noon})
			}
			d.Offers = nil
			asHelp = append(asHelp, d)
			past := d
			past.Helped = nil
			for _, h := range d.Helped {
				h.At = noon.AddDate(0, 0, -365)
				past.Helped = append(past.Helped, h)
			}
			older = append(older, past)
		}
		scores := func(docs []Document, q string) map[int64]float64 {
			ix, all := index(docs...), map[int64]float64{}
			for _, m := range ix.Rank(ix.ParseRequest(q), 10, noon).Matches {
				all[m.ID] = m.Score
			}
			return all
		}
		for _, q := range questions {
			offered, helped, before := scores(asOffer, q), scores(asHelp, q), scores(older, q)
			if len(offered) != len(helped) {
				t.Fatalf("%q: %v as offers, %v as help", q, offered, helped)
			}
			for id, score := range offered {
				if math.Abs(score-helped[id]) > 1e-5 {
					t.Fatalf("%q: %d fits by %v as an offer, by %v as help", q, id, score, helped[id])
				}
				if old, found := before[id]; found && old > helped[id]+1e-6 {
					t.Fatalf("%q: %d fits by %v a year later, by %v today", q, id, old, helped[id])
				}
			}
		}
	})
}
