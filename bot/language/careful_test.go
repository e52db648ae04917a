package language

import "testing"

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
