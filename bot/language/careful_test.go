package language

import "testing"

func TestDanger(t *testing.T) {
	for text, want := range map[string]bool{
		"I'm thinking of ending it all":                         true,
		"who can help a woman whose husband hits her?":          true,
		"a lad who is self-harming":                             true,
		"he says he'd be better off dead":                       true,
		"domestic abuse awareness training":                     false,
		"who can run a suicide prevention workshop?":            false,
		"the end of it all: who has spare chairs?":              false,
		"we need a treasurer, ours is ending his term":          false,
		"somebody to talk about self harm, as a school speaker": false,
		"": false,
	} {
		if got := Danger(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFindable(t *testing.T) {
	for text, want := range map[string]bool{
		"help for Mrs Patel of 14 Moss Lane who has dementia": true,
		"shopping for a lady at 3 Mill Street":                true,
		"chess by ring Bob on 07700 900123":                   true,
		"lifts, call 01632-960 111":                           true,
		"write to bob@chess.example":                          true,
		"a hall for 120 with a stage, £5 an hour":             false,
		"a van on 12 December 2026 from 9 to 5":               false,
		"a room near Market Street":                           false,
		"the Miss Harthwaite parade, miss nobody":             true, // a title and a name, for all that is known
		"sewing for mr and mrs":                               false,
	} {
		if got := Findable(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
