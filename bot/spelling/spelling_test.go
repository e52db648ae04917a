package spelling

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Café": "cafe", "DON’T": "don't", "‘tis": "'tis", "Siân": "sian", "O'Brien": "o'brien", "ŁÓDŹ": "łodz", "": "",
	} {
		if got := Fold(in); got != want || Fold(got) != got {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		slips int // the fewest
	}{
		{"kitchen", "kitchen", 0},
		{"kitchen", "kichen", 1},
		{"kitchen", "kitcheen", 1},
		{"kitchen", "kitcben", 1},
		{"kitchen", "ktichen", 1},
		{"kitchen", "itchen", 1},
		{"kitchen", "kitchne", 1},
		{"kitchen", "kicthne", 2},
		{"café", "cafe", 1},
		{"café", "caféé", 1},
		{"ca", "abc", 3}, // no letter is touched twice
		{"a", "", 1},
		{"ab", "", 2},
	} {
		for slips := range 4 {
			if got, want := Within(c.a, c.b, slips), slips >= c.slips; got != want || Within(c.b, c.a, slips) != want {
				t.Errorf("%q and %q within %d: %v", c.a, c.b, slips, got)
			}
		}
	}
}

// TestWithinOneIsTheDistance compares the quick way with the slow one.
func TestWithinOneIsTheDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab]{0,6}`)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := Within(a, b, 1), distance([]rune(a), []rune(b)) <= 1; got != want {
			t.Fatalf("%q and %q: %v", a, b, got)
		}
	})
}
