package match

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func county() *Gazetteer {
	return NewGazetteer([]PlaceRow{
		{"QX1", "Harthwaite", 54.0, -2.0, "Harthshire"},
		{"QX2", "Harthwaite", 54.1, -2.0, "Harthshire"},
		{"QX3", "Nether Lowdale", 54.2, -2.0, "Harthshire"},
		{"ZZ1", "Far End", 50.0, 1.0, "Endshire"},
	})
}

func TestReadReach(t *testing.T) {
	g := county()
	for text, want := range map[string]Reach{
		"a van, across Harthwaite":                    {Area: "harthwaite"},
		"lifts throughout Nether Lowdale at weekends": {Area: "nether lowdale"},
		"dog walking anywhere in Harthshire":          {Area: "harthshire"},
		"befriending, covering QX2 and near it":       {Area: "qx2"},
		"home visits within five miles":               {Km: 5 * 1.609344},
		"deliveries up to 10 km from us":              {Km: 10},
		"a minibus within a 12-mile radius":           {Km: 12 * 1.609344},
		"talks anywhere in the county":                {Km: 40},
		"a choir for the whole of our city":           {Km: 15},
		"payroll, nationwide":                         {Anywhere: true},
		"training in person or online":                {Anywhere: true},
		"advice (online), or in Harthwaite":           {Anywhere: true},
		"benefits advice by phone":                    {Anywhere: true},
		"mentoring across Harthwaite or on Zoom":      {Area: "harthwaite", Anywhere: true},
		"a nationally known band":                     {},
		"staying safe online":                         {},
		"help with getting online":                    {},
		"online banking for beginners":                {},
		"a walk of ten miles":                         {},
		"a phone":                                     {},
		"stories from across the road":                {},
		"help across Nowhereshire":                    {},
		"within 0 miles":                              {},
		"within 1e300 miles":                          {},
		"a hall in Harthwaite":                        {}, // where it is, not how far it goes
		"":                                            {},
	} {
		r, ok := g.ReadReach(text)
		if r != want || ok != (want != Reach{}) {
			t.Errorf("%q: %+v, want %+v", text, r, want)
		}
	}
	for where, want := range map[string]Reach{
		"Harthwaite": {Area: "harthwaite"}, "the whole county": {Km: 40}, "5 miles": {Km: 5 * 1.609344}, "within 5 miles": {Km: 5 * 1.609344},
		"online": {Anywhere: true}, "nationwide": {Anywhere: true}, "everything": {},
	} {
		if r, _ := g.Covers(where); r != want {
			t.Errorf("covers %q: %+v, want %+v", where, r, want)
		}
	}
	if r, ok := (*Gazetteer)(nil).ReadReach("across Harthwaite, within 3 miles"); !ok || r != (Reach{Km: 3 * 1.609344}) {
		t.Errorf("without a gazetteer: %+v", r)
	}
}

func TestPlaceless(t *testing.T) {
	for where, want := range map[string]bool{
		"nationwide": true, "online": true, "Online or by phone": true, "over the phone": true,
		"": false, "or": false, "online in Harthwaite": false, "by phone, Harthwaite": false, "within 5 miles": false, "Hollin House": false, "across Harthwaite": false,
	} {
		if Placeless(where) != want {
			t.Errorf("%q: %v", where, !want)
		}
	}
}

// TestReach: who says that they go there comes before who is as near and does not, and who says that they do not go so far
// comes last.
func TestReach(t *testing.T) {
	doc := func(id int64, outcode, covers, text string) Document {
		return Document{ID: id, Name: "Menders", Offers: offers(text), Outcode: outcode, Covers: covers, Joined: true, Confirmed: noon}
	}
	ix := NewIndex(county(), nil)
	ix.Update([]Document{
		doc(1, "QX2", "", "mending bikes"),
		doc(2, "QX2", "Harthshire", "mending bikes"),
		doc(3, "QX2", "", "mending bikes within 2 miles"),
		doc(4, "ZZ1", "", "mending bikes"),
		doc(5, "ZZ1", "nationwide", "mending bikes"),
		doc(6, "QX1", "", "boats"),
	}, nil)
	got := ids(ix, "who mends bikes in QX3?")
	want := []int64{2, 5, 1, 3, 4}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
	// Of a private place nothing counts, not even what its own words name.
	private := doc(7, "", "Harthshire", "mending bikes across Harthwaite")
	private.Private = true
	ix.Update([]Document{private, doc(8, "", "", "mending bikes across Harthwaite")}, nil)
	for _, m := range ix.Rank(ix.ParseRequest("who mends bikes in QX1?"), 10, noon).Matches {
		if m.Km >= 0 && (m.ID == 7 || m.ID == 8) {
			t.Errorf("%+v", m)
		}
	}
	if a, b := *ix.docs[8].segment.docs[ix.docs[8].doc].offers[0].reach, ix.docs[7].segment.docs[ix.docs[7].doc]; a.Area == "" || b.reach != nil || b.offers[0].reach != nil {
		t.Errorf("%+v, %+v", a, b)
	}
}

// TestPlaceIsBounded: a place never makes of a fit more than it is, nor less than a bit over half; nearer is never worse.
func TestPlaceIsBounded(t *testing.T) {
	g := county()
	rapid.Check(t, func(t *rapid.T) {
		r := Reach{
			Km: rapid.Float64Range(0, 100).Draw(t, "km"), Anywhere: rapid.Bool().Draw(t, "anywhere"),
			Area: rapid.SampledFrom([]string{"", "harthwaite", "endshire"}).Draw(t, "area"),
		}
		outcode := rapid.SampledFrom([]string{"", "QX1", "ZZ1"}).Draw(t, "outcode")
		near, more := rapid.Float64Range(0, 1000).Draw(t, "near"), rapid.Float64Range(0, 1000).Draw(t, "more")
		a, b := g.factor(r, near, outcode), g.factor(r, near+more, outcode)
		for _, f := range []float64{a, b, g.factor(r, -1, outcode)} {
			if math.IsNaN(f) || f < 0.55 || f > 1 {
				t.Fatalf("%+v: %v", r, f)
			}
		}
		if b > a+1e-9 {
			t.Fatalf("%+v: %v at %v km, and %v at %v", r, a, near, b, near+more)
		}
	})
}
