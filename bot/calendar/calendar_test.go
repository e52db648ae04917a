package calendar

import (
	"testing"
	"time"

	"ginnel/bot"

	"pgregory.net/rapid"
)

// As they were, or are to be, published.
var published = map[Nation]map[int]string{
	EnglandAndWales: {
		2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
		2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
		2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
		2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
		2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
		2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
		2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
		2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
		2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
	},
	Scotland: {
		2021: "01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-27 12-28",
		2022: "01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27",
		2024: "01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26",
		2025: "01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26",
		2026: "01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28",
	},
	NorthernIreland: {
		2024: "01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26",
		2025: "01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26",
	},
}

func TestBankHolidays(t *testing.T) {
	for n, years := range published {
		for year, want := range years {
			got := ""
			for d := bot.Day(year, time.January, 1); d.Year == year; d = d.AddDays(1) {
				if n.BankHoliday(d) {
					got += " " + d.ISO()[5:]
				}
			}
			if got != " "+want {
				t.Errorf("%s, %d:%s, want %s", n, year, got, want)
			}
		}
	}
}

// TestEaster counts with the golden number and the moon's age as the tables print them, without the arithmetic.
func TestEaster(t *testing.T) {
	for year := 1990; year <= 2099; year++ {
		// The paschal full moons of 1900 to 2199, by golden number.
		full := []bot.Date{
			{Month: 4, Day: 14},
			{Month: 4, Day: 3},
			{Month: 3, Day: 23},
			{Month: 4, Day: 11},
			{Month: 3, Day: 31},
			{Month: 4, Day: 18},
			{Month: 4, Day: 8},
			{Month: 3, Day: 28},
			{Month: 4, Day: 16},
			{Month: 4, Day: 5},
			{Month: 3, Day: 25},
			{Month: 4, Day: 13},
			{Month: 4, Day: 2},
			{Month: 3, Day: 22},
			{Month: 4, Day: 10},
			{Month: 3, Day: 30},
			{Month: 4, Day: 17},
			{Month: 4, Day: 7},
			{Month: 3, Day: 27},
		}[year%19]
		d := bot.Day(year, full.Month, full.Day).AddDays(1)
		for d.Weekday() != time.Sunday {
			d = d.AddDays(1)
		}
		if got := Easter(year); got != d {
			t.Errorf("%d: %s, want %s", year, got, d)
		}
	}
}

func TestSlot(t *testing.T) {
	for _, name := range []string{"Europe/London", "Australia/Lord_Howe"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []Weekly{UsualWeekly, {time.Friday, 14, 0}, {time.Sunday, 10, 0}, {time.Saturday, 21, 29}} {
			at := time.Date(2020, time.January, 1, 0, 0, 0, 0, zone)
			weeks := map[string]bool{}
			for at.Year() < 2050 {
				next, week := w.Next(at, EnglandAndWales, zone)
				d := bot.DateOf(next)
				switch {
				case !next.After(at), weeks[week], next.Sub(at) > 15*24*time.Hour:
					t.Fatalf("%s: after %s comes %s, of %s", w, at, next, week)
				case EnglandAndWales.BankHoliday(d), QuietHours.Has(next), isWeekend(d) && !weekend(w.Day):
					t.Fatalf("%s: at %s nobody works", w, next)
				case next.Hour() != w.Hour || next.Minute() != w.Minute:
					t.Fatalf("%s: at %s", w, next)
				}
				weeks[week] = true
				at = next
			}
		}
	}
}

// TestWeeklyKept: a time of the week is read as it was kept, and nothing else is one.
func TestWeeklyKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Weekly{time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")), rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")}
		if got, ok := ParseWeekly(w.String()); !ok || got != w {
			t.Errorf("%s is read as %s, %v", w, got, ok)
		}
	})
	for _, s := range []string{"", "Tuesday", "Someday 10:00", "Tuesday 24:00", "Tuesday 1000", "10:00"} {
		if w, ok := ParseWeekly(s); ok {
			t.Errorf("%q is read as %s", s, w)
		}
	}
}

func TestWorking(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1.5e9, 2.5e9).Draw(t, "at"), 0).In(zone)
		from := bot.DateOf(at).AddDays(rapid.IntRange(-5, 5).Draw(t, "from"))
		closed := []Closure{{from, from.AddDays(rapid.IntRange(0, 20).Draw(t, "days"))}}
		ok := func(at time.Time) bool {
			return !QuietHours.Has(at) && !EnglandAndWales.BankHoliday(bot.DateOf(at)) && !Closed(closed, bot.DateOf(at))
		}
		got := Working(at, EnglandAndWales, closed)
		if got.Before(at) || !ok(got) {
			t.Fatalf("after %s comes %s", at, got)
		}
		for between := at; between.Before(got); between = between.Add(17 * time.Minute) {
			if ok(between) {
				t.Fatalf("%s would do, not %s", between, got)
			}
		}
	})
}

func TestOpenAfter(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	closed := []Closure{{bot.Day(2026, time.December, 21), bot.Day(2026, time.December, 27)}, {bot.Day(2026, time.December, 27), bot.Day(2027, time.January, 3)}}
	for from, want := range map[time.Time]time.Time{
		time.Date(2026, time.December, 1, 10, 0, 0, 0, zone):  time.Date(2026, time.December, 15, 10, 0, 0, 0, zone),
		time.Date(2026, time.December, 14, 10, 0, 0, 0, zone): time.Date(2027, time.January, 11, 10, 0, 0, 0, zone),
		time.Date(2026, time.December, 24, 10, 0, 0, 0, zone): time.Date(2027, time.January, 18, 0, 0, 0, 0, zone),
	} {
		if got := OpenAfter(from, 14*24*time.Hour, closed); !got.Equal(want) {
			t.Errorf("two weeks from %s: %s, want %s", from, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2027, time.January, 1, 0, 0, rapid.IntRange(0, 400*24*3600).Draw(t, "from"), 0, zone)
		d := time.Duration(rapid.IntRange(0, 60*24*3600).Draw(t, "seconds")) * time.Second
		var closures []Closure
		for range rapid.IntRange(0, 3).Draw(t, "closures") {
			day := bot.DateOf(from).AddDays(rapid.IntRange(-10, 70).Draw(t, "day"))
			closures = append(closures, Closure{day, day.AddDays(rapid.IntRange(0, 20).Draw(t, "days"))})
		}
		end := OpenAfter(from, d, closures)
		open := end.Sub(from)
		for day := bot.DateOf(from); !day.After(bot.DateOf(end)); day = day.AddDays(1) {
			if Closed(closures, day) {
				first, last := day.Time(zone), day.AddDays(1).Time(zone)
				if first.Before(from) {
					first = from
				}
				if last.After(end) {
					last = end
				}
				open -= last.Sub(first)
			}
		}
		if open != d || Closed(closures, bot.DateOf(end)) {
			t.Errorf("from %s for %s to %s is %s of open time", from, d, end, open)
		}
	})
}
