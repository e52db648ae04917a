package language

import (
	"strings"
	"testing"
	"time"

	"ginnel/bot"

	"pgregory.net/rapid"
)

func TestCutDay(t *testing.T) {
	today := bot.Day(2026, time.November, 23) // a Monday
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
		"a hall for Friday next week":              "a hall|for 4 December|2026-12-04",
		"a hall for next week on Friday":           "a hall|for 4 December|2026-12-04",
		"a hall on Friday this week":               "a hall|on 27 November|2026-11-27",
		"a gazebo this weekend":                    "a gazebo|for the weekend of 29 November|2026-11-29",
		"a gazebo for the weekend":                 "a gazebo|for the weekend of 29 November|2026-11-29",
		"a gazebo by the weekend":                  "a gazebo|by 28 November|2026-11-28",
		"a hall for March":                         "a hall|for March 2027|2027-03-31",
		"a hall in March for a fair":               "a hall for a fair|for March 2027|2027-03-31",
		"a hall in November":                       "a hall|for November 2026|2026-11-30",
		"a hall by March":                          "a hall|by 1 March|2027-03-01",
		"a hall before March":                      "a hall|before 1 March|2027-03-01",
		"a hall next week":                         "a hall|for the week to 6 December|2026-12-06",
		"a hall this week":                         "a hall|for the week to 29 November|2026-11-29",
		"a hall next month":                        "a hall|for December 2026|2026-12-31",
		"a hall in the summer":                     "a hall|in the summer|2027-08-31",
		"a hall in the summer holidays":            "a hall in the summer holidays||",
		"a hall in M12":                            "a hall in M12||",
		"a hall in 12 December":                    "a hall in 12 December||",
		"a van until 5 December to move furniture": "a van to move furniture|until 5 December|2026-12-05",
	} {
		rest, said, day := english.CutDay(text, today)
		if got := rest + "|" + said + "|" + day.ISO(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if _, said, day := english.CutDay("a van for next Tuesday", today); said != "for next Tuesday" || day.Before(bot.Day(2026, time.December, 1)) {
		t.Errorf("where people differ: %q, %v", said, day)
	}
}

// TestCutSpanAgain: what any day of a week or a month will do for is over on the same day whenever it is read until then.
func TestCutSpanAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := anyDate(t, "today")
		span := rapid.SampledFrom([]string{
			"this week", "next week", "this weekend", "for the weekend", "in March", "for November", "next month", "during February", "this month", "the week after next",
		}).Draw(t, "span")
		rest, said, day := english.CutDay("a hall "+strings.Replace(span, "the week after next", "for the week after next", 1), today)
		if rest != "a hall" || day.Before(today) {
			t.Fatalf("%s: %q, %q, %v", span, rest, said, day)
		}
		for d := today; !d.After(day); d = d.AddDays(3) {
			if again, _, got := english.CutDay("a hall "+said, d); again != rest || got != day {
				t.Fatalf("%q, read on %v: %q, %v, want %v", said, d, again, got, day)
			}
		}
	})
}

// TestCutDayAgain: what was cut once reads the same when it is said again, and nothing is lost but the day.
func TestCutDayAgain(t *testing.T) {
	today := bot.Day(2026, time.November, 23)
	rapid.Check(t, func(t *rapid.T) {
		what := rapid.StringMatching(`[a-z]{3,8}( [a-z]{3,8}){0,4}`).Draw(t, "what")
		day := today.AddDays(rapid.IntRange(0, 700).Draw(t, "days"))
		before := rapid.SampledFrom([]string{"by", "before", "for", "on", "until"}).Draw(t, "before")
		if _, _, d := english.CutDay(what, today); !d.IsZero() {
			t.Skip("it names a day by chance")
		}
		rest, said, got := english.CutDay(what+" "+before+" "+english.book.dates.day(day), today)
		if rest != what || got != day || !strings.HasPrefix(said, before+" ") {
			t.Errorf("%q, %q, %v", rest, said, got)
		}
		if r, _, d := english.CutDay(english.WithDay(what, day), today); r != what || d != day {
			t.Errorf("%q by %v: %q, %v", what, day, r, d)
		}
		again, _, got := english.CutDay(what+" "+said, today)
		if again != what || got != day {
			t.Errorf("said again: %q, %v", again, got)
		}
	})
}
