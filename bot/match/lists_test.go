package match

import (
	"maps"
	"reflect"
	"slices"
	"testing"
)

func TestWordLists(t *testing.T) {
	l := readLists("# a remark\n[fruit]\napple pears # two\nplum\n\n[alike]\nmend mended\nborrow\n[sayings]\nall over\nall of\n[units]\nmile 1.6\n")
	for name, c := range map[string]struct{ got, want any }{
		"set":      {slices.Sorted(maps.Keys(l.set("fruit"))), []string{"apple", "pears", "plum"}},
		"alike":    {l.alike("alike"), map[string]string{"mend": "mend", "mended": "mend", "borrow": "borrow"}},
		"sayings":  {l.sayings("sayings"), map[string][][]string{"all": {{"all", "over"}, {"all", "of"}}}},
		"numbers":  {l.numbers("units"), map[string]float64{"mile": 1.6}},
		"no fruit": {refuses(func() { l.set("vegetables") }), true},
		"no unit":  {refuses(func() { l.numbers("fruit") }), true},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

func refuses(f func()) (refused bool) {
	defer func() { refused = recover() != nil }()
	f()
	return false
}
