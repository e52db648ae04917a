package bot

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCutDay(t *testing.T) {
	today := Date{2026, time.November, 23} // a Monday
	for text, want := range map[string]string{
		"a hall":                                   "a hall||",
		"a hall for Saturday 12 December":          "a hall|for 12 December|2026-12-12",
		"our accounts by Friday in M12":            "our accounts in M12|by 27 November|2026-11-27",
		"someone to fix a boiler tonight":          "someone to fix a boiler|on 23 November|2026-11-23",
		"a minibus tomorrow for an outing":         "a minibus for an outing|on 24 November|2026-11-24",
		"a treasurer by April":                     "a treasurer|by 1 April 2027|2027-04-01",
		"a hall on Tuesdays":                       "a hall on Tuesdays||",
		"a hall on Tuesday evenings":               "a hall on Tuesday evenings||",
		"presents for Christmas hampers":           "presents for Christmas hampers||",
		"a gazebo this Saturday, please":           "a gazebo please|on 28 November|2026-11-28",
		"a gazebo for this Saturday":               "a gazebo|for 28 November|2026-11-28",
		"by Friday":                                "by Friday||",
		"a speaker for 1/3":                        "a speaker|for 1 March|2027-03-01",
		"photos of the fair on 3 November 2025":    "photos of the fair on 3 November 2025||",
		"a van until 5 December to move furniture": "a van to move furniture|until 5 December|2026-12-05",
	} {
		rest, said, day := CutDay(text, today)
		if got := rest + "|" + said + "|" + day.ISO(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if _, said, day := CutDay("a van for next Tuesday", today); said != "for next Tuesday" || day.Before(Date{2026, time.December, 1}) {
		t.Errorf("where people differ: %q, %v", said, day)
	}
}

// TestCutDayAgain: what was cut once reads the same when it is said again, and nothing is lost but the day.
func TestCutDayAgain(t *testing.T) {
	today := Date{2026, time.November, 23}
	rapid.Check(t, func(t *rapid.T) {
		what := rapid.StringMatching(`[a-z]{3,8}( [a-z]{3,8}){0,4}`).Draw(t, "what")
		day := today.AddDays(rapid.IntRange(0, 700).Draw(t, "days"))
		before := rapid.SampledFrom([]string{"by", "before", "for", "on", "until"}).Draw(t, "before")
		if _, _, d := CutDay(what, today); !d.IsZero() {
			t.Skip("it names a day by chance")
		}
		rest, said, got := CutDay(what+" "+before+" "+day.String(), today)
		if rest != what || got != day || !strings.HasPrefix(said, before+" ") {
			t.Errorf("%q, %q, %v", rest, said, got)
		}
		again, _, got := CutDay(what+" "+said, today)
		if again != what || got != day {
			t.Errorf("said again: %q, %v", again, got)
		}
	})
}
