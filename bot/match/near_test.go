package match

import (
	"slices"
	"testing"
)

func TestNearListsWhoeverIsThereJoinedFirst(t *testing.T) {
	ix := NewIndex(NewGazetteer([]PlaceRow{
		{Outcode: "QX1", Town: "Harthwaite", Lat: 53.7500, Lon: -2.0300, Region: "Sowdenshire"},
		{Outcode: "QX2", Town: "Mill Fold", Lat: 53.7540, Lon: -2.0265, Region: "Sowdenshire"},
		{Outcode: "QX9", Town: "Little Sowden", Lat: 53.9960, Lon: -2.0780, Region: "Sowdenshire"},
		{Outcode: "QY1", Town: "Farway", Lat: 51.0000, Lon: -1.0000},
	}), nil)
	ix.Update([]Document{
		{ID: 1, Name: "Choir", Outcode: "QX2"},
		{ID: 2, Name: "Shed", Outcode: "QX2", Joined: true},
		{ID: 3, Name: "Band", Outcode: "QX1", Joined: true},
		{ID: 4, Name: "Refuge", Private: true, Joined: true},
		{ID: 5, Name: "Scouts", Outcode: "QX9", Joined: true},
		{ID: 6, Name: "Guides", Outcode: "QY1", Joined: true},
		{ID: 7, Name: "Gone", Outcode: "QX1", Joined: true},
		{ID: 8, Name: "Somewhere", Outcode: "ZE1"},
	}, nil)
	ix.Update(nil, []int64{7})
	for name, c := range map[string]struct {
		place string
		km    float64
		want  []int64
	}{
		"nearest first, joined before others": {"QX1", 16, []int64{3, 2, 1}},
		"as it is typed":                      {"qx1", 16, []int64{3, 2, 1}},
		"a whole postcode":                    {"QX1 2LT", 16, []int64{3, 2, 1}},
		"a town":                              {"harthwaite", 0, []int64{3}},
		"a region, however wide":              {"Sowdenshire", 0, []int64{2, 3, 5, 1}},
		"a code that no list knows":           {"ZE1", 16, []int64{8}},
		"nowhere in particular":               {"", 16, []int64{2, 3, 4, 5, 6, 1, 8}},
	} {
		near, known := ix.Near(c.place, c.km, 99)
		var got []int64
		for _, n := range near {
			got = append(got, n.ID)
		}
		if !known || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, known %v, want %v", name, got, known, c.want)
		}
	}
	if _, known := ix.Near("the moon", 16); known {
		t.Error("the moon is a place it knows")
	}
	if near, _ := ix.Near("QX1", 16, 3); len(near) != 2 {
		t.Errorf("lists %v, though 3 was to be left out", near)
	}
}
