package language

import "testing"

func TestUntil(t *testing.T) {
	after := []string{"we're", "we meet", "and we meet"}
	for text, want := range map[string]string{
		"Tally Trust": "Tally Trust", "Tally Trust, and we meet on Mondays": "Tally Trust", "Tally Trust we’re new": "Tally Trust",
		"The Way We Were": "The Way We Were", "We Meet": "We Meet", "Tally Trust; WE MEET, weekly": "Tally Trust", "": "",
	} {
		if got := Until(text, after); got != want {
			t.Errorf("%q is cut to %q", text, got)
		}
	}
}

func TestCutNameless(t *testing.T) {
	for text, want := range map[string]string{
		"a hall, without our name": "a hall", "in confidence, a hall for us": "a hall for us", "a hall without saying who we are, by Friday?": "a hall by Friday",
		"a hall anonymously in M12": "a hall in M12", "confidentially, a hall in confidence": "a hall", "someone with confidence": "", "a hall": "",
	} {
		rest, asked := english.CutNameless(text)
		if asked != (want != "") || asked && rest != want || !asked && rest != text {
			t.Errorf("%q: %q, %v", text, rest, asked)
		}
	}
}
