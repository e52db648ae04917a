package language

import (
	"slices"
	"strings"
	"testing"
)

func TestItems(t *testing.T) {
	for text, want := range map[string][]string{
		"a treasurer, a gutter cleaner and two trustees": {"a treasurer", "a gutter cleaner", "two trustees"},
		"3 tables and some chairs.":                      {"3 tables", "some chairs"},
		"a hall with tables and chairs":                  nil, // “chairs” begins nothing
		"a hall":                                         nil,
		"":                                               nil,
	} {
		if got := english.book.Items(text); !slices.Equal(got, want) {
			t.Errorf("%q lists %q", text, got)
		}
	}
}

func TestTaken(t *testing.T) {
	for said, want := range map[string]int{
		"please ask the second one then": 1, "ok, go on then, the first": 0, "1st please": 0, "the last one": 2, "not the first one": -1, "ask": -1,
		"tell me more about the first one": -1, "the first yin": 0,
	} {
		which, ok := english.book.Ordinal(english.book.Taken(Fold(said)), 3)
		if ok != (want >= 0) || ok && which != want {
			t.Errorf("%q takes %d, %v", said, which, ok)
		}
	}
}

// TestMeantTwice: the same answer said twice over is one answer, and two different ones are none.
func TestMeantTwice(t *testing.T) {
	for said, want := range map[string]string{
		"aye, go on": "yes", "yes we would love to meet them": "yes", "no sorry, not for us": "no", "yes no": "", "yes but not before May": "",
		"ok maybe": "", "yes maybe": "",
	} {
		words := english.book.WithoutCourtesies(Fold(said))
		label, unsure, n := english.book.Meant(words)
		if n < len(words) || unsure {
			label = ""
		}
		if label != want {
			t.Errorf("%q means %q", said, label)
		}
	}
	if got := strings.Join(english.book.Bare(Fold("yes please list us")), " "); got != "yes list us" {
		t.Errorf("bare: %q", got)
	}
}
