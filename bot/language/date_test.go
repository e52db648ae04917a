package language

import (
	"strings"
	"testing"
	"time"

	"ginnel/bot"

	"pgregory.net/rapid"
)

func TestReadDate(t *testing.T) {
	today := bot.Day(2026, time.November, 23) // a Monday
	for said, want := range map[string]string{
		"today": "2026-11-23", "yesterday": "2026-11-22", "tonight": "2026-11-23", "tomorrow": "2026-11-24", "Tomorrow evening": "2026-11-24",
		"the day after tomorrow": "2026-11-25", "a week today": "2026-11-30", "a week tomorrow": "2026-12-01",
		"in 3 days": "2026-11-26", "in three weeks": "2026-12-14", "in a fortnight": "2026-12-07",
		"in a month": "2026-12-23", "in a couple of weeks": "2026-12-07", "in 2 months' time": "2027-01-23",
		"two weeks from now": "2026-12-07", "in a year": "2027-11-23", "in six months": "2027-05-23",
		"a fortnight's time": "2026-12-07",
		"1 March":            "2027-03-01", "1st March": "2027-03-01", "the 1st of March": "2027-03-01", "March 1": "2027-03-01",
		"March 1st, 2028": "2028-03-01", "1 mar 2027": "2027-03-01", "24 November": "2026-11-24", "23 November": "2026-11-23",
		"22 November": "2027-11-22", "29 February": "2028-02-29", "31 Dec.": "2026-12-31", "1 March 2020": "2020-03-01",
		"1/3/2027": "2027-03-01", "01/03/27": "2027-03-01", "1.3.2027": "2027-03-01", "1-3-27": "2027-03-01",
		"24/11": "2026-11-24", "1/3": "2027-03-01", "2027-03-01": "2027-03-01", "25/12/2026": "2026-12-25",
		"the 1st": "2026-12-01", "the 30th": "2026-11-30", "23rd": "2026-11-23", "the 31st": "2026-12-31",
		"March": "2027-03-01", "april": "2027-04-01", "March 2028": "2028-03-01", "December": "2026-12-01",
		"next March": "2027-03-01", "end of March": "2027-03-31", "the end of February 2028": "2028-02-29",
		"mid January": "2027-01-15", "the middle of May": "2027-05-15", "early December": "2026-12-01",
		"the beginning of November": "2027-11-01", "end of the month": "2026-11-30", "end of next month": "2026-12-31",
		"the end of the year": "2026-12-31", "the end of next year": "2027-12-31", "end of this month": "2026-11-30",
		"next week": "2026-11-30", "next month": "2026-12-01", "next year": "2027-01-01", "new year": "2027-01-01",
		"the week after next": "2026-12-07", "the weekend": "2026-11-28", "this weekend": "2026-11-28",
		"Christmas": "2026-12-25", "Christmas Eve": "2026-12-24", "Boxing Day": "2026-12-26", "New Year's Eve": "2026-12-31",
		"Easter": "2027-03-28", "Easter 2028": "2028-04-16", "Good Friday": "2027-03-26", "Easter Monday": "2027-03-29",
		"bonfire night": "2027-11-05", "Halloween": "2027-10-31",
		"Tuesday": "2026-11-24", "on Friday": "2026-11-27", "Sun": "2026-11-29", "this Thursday": "2026-11-26",
		"a week on Tuesday": "2026-12-01", "Tuesday week": "2026-12-01", "a fortnight on Friday": "2026-12-11",
		"Tuesday 1 December": "2026-12-01", "Tue the 1st of Dec 2026": "2026-12-01", "Friday 27/11": "2026-11-27",
		"next Monday": "2026-11-30",

		// Unsure: to be asked.
		"next Tuesday":         "2026-11-24 2026-12-01",
		"next Sunday":          "2026-11-29 2026-12-06",
		"Monday":               "2026-11-23 2026-11-30",
		"this Monday":          "2026-11-23 2026-11-30",
		"next weekend":         "2026-11-28 2026-12-05",
		"November":             "2026-11-30 2027-11-01",
		"end of the week":      "2026-11-27 2026-11-29",
		"spring":               "2027-03-01 2027-04-01 2027-05-01",
		"the summer":           "2027-06-01 2027-07-01 2027-08-01",
		"next December":        "2026-12-01 2027-12-01",
		"Monday 1 December":    "2026-11-30 2026-12-01",
		"Tuesday 30 Nov":       "2026-11-30 2026-12-01",
		"the end of next week": "2026-12-04 2026-12-06",

		// Not a day.
		"": "", "soon": "", "later": "", "31 February": "", "32 March": "", "0 March": "", "13/13/2027": "", "1/13": "",
		"March of time": "", "may be": "", "next": "", "the": "", "in": "", "in three": "", "3 weeks": "",
		"2.5": "", "1": "", "2027": "", "evenings": "", "Tuesdays": "", "in 5000 years": "", "29 February 2027": "",
		"1 March please and thanks": "", "M12": "", "1/2/3/4": "", "--": "", "in 0 days": "", "a hall": "", "sat down": "",
	} {
		d, options, ok := ReadDate(said, today)
		var got []string
		if ok && options == nil {
			got = append(got, d.ISO())
		}
		for _, o := range options {
			got = append(got, o.ISO())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("ReadDate(%q) = %v, want %q", said, got, want)
		}
	}
	friday := bot.Day(2026, time.November, 27)
	if d, options, _ := ReadDate("next Tuesday", friday); d != bot.Day(2026, time.December, 1) {
		t.Errorf("on a Friday, next Tuesday is %v %v", d, options)
	}
	sunday := bot.Day(2026, time.November, 29)
	if d, options, _ := ReadDate("next Tuesday", sunday); d != bot.Day(2026, time.December, 1) {
		t.Errorf("on a Sunday, next Tuesday is %v %v", d, options)
	}
}

func anyDate(t *rapid.T, label string) bot.Date {
	return bot.Day(2026, 1, 1).AddDays(rapid.IntRange(0, 365*30).Draw(t, label))
}

// What is shown can be typed back, and no day is read that is not one.
func TestReadDateReadsWhatIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today, d := anyDate(t, "today"), anyDate(t, "day")
		for _, s := range []string{d.String(), d.ISO(), d.Weekday().String() + " " + d.String()} {
			got, options, ok := ReadDate(s, today)
			if !ok || got != d {
				t.Fatalf("ReadDate(%q) on %v = %v %v %v", s, today, got, options, ok)
			}
		}
		if !d.Before(today) {
			if got, _, _ := ReadDate(d.In(today), today); got != d {
				t.Fatalf("%v, shown on %v as %q, is read as %v", d, today, d.In(today), got)
			}
		}
		if iso, err := bot.ParseISODate(d.ISO()); err != nil || iso != d {
			t.Fatalf("ParseISODate(%q) = %v, %v", d.ISO(), iso, err)
		}
	})
}

func FuzzReadDate(f *testing.F) {
	f.Add("next Tuesday")
	f.Add("the end of 1/2 of")
	f.Fuzz(func(t *testing.T, s string) {
		today := bot.Day(2026, time.November, 23)
		d, options, ok := ReadDate(s, today)
		for _, d := range append(options, d) {
			if !d.IsZero() && d.AddDays(0) != d {
				t.Errorf("%q is read as %v, which does not exist", s, d)
			}
		}
		if ok && d.IsZero() && len(options) < 2 || !ok && (options != nil || !d.IsZero()) {
			t.Errorf("%q: %v %v %v", s, d, options, ok)
		}
	})
}
