package calendar

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
)

// Nation chooses which days are bank holidays.
type Nation string

// The nations that have bank holidays of their own.
const (
	EnglandAndWales Nation = "England and Wales"
	Scotland        Nation = "Scotland"
	NorthernIreland Nation = "Northern Ireland"
)

// Easter is Easter Sunday of a year of the Gregorian calendar, from the tables of the Book of Common Prayer put
// into arithmetic (J. Meeus, Astronomical Algorithms, chapter 8).
func Easter(year int) bot.Date {
	golden, century := year%19, year/100
	leaps := century - century/4
	// The age of the moon in the tables, counted back from 21 March.
	epact := (leaps - (8*century+13)/25 + 19*golden + 15) % 30
	moon := epact - epact/28*(1-29/(epact+1)*((21-golden)/11))
	sunday := (year + year/4 + moon + 2 - leaps) % 7
	return bot.Day(year, time.March, 28).AddDays(moon - sunday)
}

// moved are the bank holidays of single years: those that were moved, as from and to, and those that were added.
var moved = map[bot.Date]bot.Date{
	bot.Day(2020, time.May, 4):  bot.Day(2020, time.May, 8),
	bot.Day(2022, time.May, 30): bot.Day(2022, time.June, 2),
}

var added = map[bot.Date][]Nation{
	bot.Day(2022, time.June, 3):       everywhere,
	bot.Day(2022, time.September, 19): everywhere,
	bot.Day(2023, time.May, 8):        everywhere,
	bot.Day(2026, time.June, 15):      {Scotland},
}

var everywhere = []Nation{EnglandAndWales, Scotland, NorthernIreland}

// BankHoliday tells whether d is a bank holiday in n, as the law stands and with the single days proclaimed so far. The
// days of one nation are few and its rules are short; the library for it lacks 2 January, the days of St Andrew, St Patrick
// and the Boyne, and 19 September 2022, and goes by the zone of the machine.
func (n Nation) BankHoliday(d bot.Date) bool {
	return slices.Contains(n.holidays(d.Year), d)
}

func (n Nation) holidays(year int) []bot.Date {
	var days []bot.Date
	// A holiday that falls on a weekend, or on one before it, is kept on the next working day.
	keep := func(m time.Month, day int) {
		d := bot.Day(year, m, day)
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || slices.Contains(days, d) {
			d = d.AddDays(1)
		}
		days = append(days, d)
	}
	fixed := func(dates ...bot.Date) {
		// Two that follow one another keep their own days first: Boxing Day on a Monday stays there.
		for _, d := range dates {
			if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
				days = append(days, d)
			}
		}
		for _, d := range dates {
			if !slices.Contains(days, d) {
				keep(d.Month, d.Day)
			}
		}
	}
	monday := func(m time.Month, last bool) {
		d := bot.Day(year, m, 1)
		for d.Weekday() != time.Monday {
			d = d.AddDays(1)
		}
		for last && d.AddDays(7).Month == m {
			d = d.AddDays(7)
		}
		if to, ok := moved[d]; ok {
			d = to
		}
		days = append(days, d)
	}
	newYear := []bot.Date{bot.Day(year, time.January, 1)}
	if n == Scotland {
		newYear = append(newYear, bot.Day(year, time.January, 2))
	}
	fixed(newYear...)
	easter := Easter(year)
	days = append(days, easter.AddDays(-2))
	if n != Scotland {
		days = append(days, easter.AddDays(1))
	}
	monday(time.May, false)
	monday(time.May, true)
	monday(time.August, n != Scotland)
	switch n {
	case NorthernIreland:
		keep(time.March, 17)
		keep(time.July, 12)
	case Scotland:
		keep(time.November, 30)
	}
	fixed(bot.Day(year, time.December, 25), bot.Day(year, time.December, 26))
	for d, where := range added {
		if d.Year == year && slices.Contains(where, n) {
			days = append(days, d)
		}
	}
	return days
}

// Weekly is a day and a time of the week where the people of the network are.
type Weekly struct {
	Day          time.Weekday
	Hour, Minute int
}

// UsualWeekly is when the week begins unless a coordinator says otherwise.
var UsualWeekly = Weekly{time.Monday, 9, 30}

// String is w as it is kept and as ParseWeekly reads it; how people read it is the language's.
func (w Weekly) String() string { return fmt.Sprintf("%s %02d:%02d", w.Day, w.Hour, w.Minute) }

// ParseWeekly reads what String wrote.
func ParseWeekly(s string) (w Weekly, ok bool) {
	day, clock, _ := strings.Cut(s, " ")
	t, err := time.Parse("15:04", clock)
	for w.Day = time.Sunday; w.Day < time.Saturday && w.Day.String() != day; {
		w.Day++
	}
	w.Hour, w.Minute = t.Hour(), t.Minute()
	return w, err == nil && w.Day.String() == day
}

// WeekName names an ISO week, such as 2026-W48.
func WeekName(year, week int) string { return fmt.Sprintf("%04d-W%02d", year, week) }

// Slot is when w falls in an ISO week in zone: on the next day that is neither a bank holiday nor, unless its own day
// is one, at a weekend. A time that the clocks leave out is the next there is; of one that comes twice it is the first.
func (w Weekly) Slot(year, week int, n Nation, zone *time.Location) time.Time {
	// 4 January is always in the first week.
	d := bot.Day(year, time.January, 4)
	d = d.AddDays(-(int(d.Weekday())+6)%7 + 7*(week-1) + (int(w.Day)+6)%7)
	for n.BankHoliday(d) || isWeekend(d) && !weekend(w.Day) {
		d = d.AddDays(1)
	}
	return time.Date(d.Year, d.Month, d.Day, w.Hour, w.Minute, 0, 0, zone)
}

func weekend(d time.Weekday) bool { return d == time.Saturday || d == time.Sunday }

func isWeekend(d bot.Date) bool { return weekend(d.Weekday()) }

// Next is the first slot after t, and the name of its week.
func (w Weekly) Next(t time.Time, n Nation, zone *time.Location) (at time.Time, name string) {
	// The slot of a week may be moved into the next.
	for day := t.In(zone).AddDate(0, 0, -7); ; day = day.AddDate(0, 0, 7) {
		year, week := day.ISOWeek()
		if at := w.Slot(year, week, n, zone); at.After(t) {
			return at, WeekName(year, week)
		}
	}
}

// Hours are hours of the day, From and To in minutes after midnight, over midnight when From is the later.
type Hours struct{ From, To int }

// QuietHours are those in which nothing is said unasked.
var QuietHours = Hours{21*60 + 30, 8 * 60}

// Has tells whether t, where its clock hangs, lies in h.
func (h Hours) Has(t time.Time) bool {
	minute := t.Hour()*60 + t.Minute()
	if h.From <= h.To {
		return minute >= h.From && minute < h.To
	}
	return minute >= h.From || minute < h.To
}

// After is t, or the end of h when t lies in it.
func (h Hours) After(t time.Time) time.Time {
	if !h.Has(t) {
		return t
	}
	end := time.Date(t.Year(), t.Month(), t.Day(), h.To/60, h.To%60, 0, 0, t.Location())
	if !end.After(t) {
		end = time.Date(t.Year(), t.Month(), t.Day()+1, h.To/60, h.To%60, 0, 0, t.Location())
	}
	return end
}

// Closure is a run of days, both included, in which a network is closed and every clock stands still.
type Closure struct{ From, To bot.Date }

// Closed tells whether a network is closed on d.
func Closed(closures []Closure, d bot.Date) bool {
	return slices.ContainsFunc(closures, func(c Closure) bool { return !d.Before(c.From) && !d.After(c.To) })
}

// KeptClosures is under which name the closures of a network are kept among its settings, as WriteClosures writes them.
const KeptClosures = "closed"

// ReadClosures reads what WriteClosures wrote; "" is none.
func ReadClosures(text string) (closures []Closure, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &closures); err != nil {
		return nil, fmt.Errorf("closures: %w", err)
	}
	return closures, nil
}

// WriteClosures writes closures on one line.
func WriteClosures(closures []Closure) (string, error) {
	text, err := json.Marshal(closures)
	return string(text), err
}

// OpenAfter is when so much time has gone by after t, where days of closures do not count, in the zone of t.
func OpenAfter(t time.Time, d time.Duration, closures []Closure) time.Time {
	for {
		day := bot.DateOf(t)
		end := day.AddDays(1).Time(t.Location())
		switch left := end.Sub(t); {
		case Closed(closures, day):
			t = end
		case len(closures) == 0 || d < left:
			return t.Add(d)
		default:
			t, d = end, d-left
		}
	}
}

// Working is the first moment from t on, in the zone of t, that is neither in the quiet hours nor on a bank holiday nor in
// closed weeks.
func Working(t time.Time, n Nation, closures []Closure) time.Time {
	for {
		t = QuietHours.After(t)
		d := bot.DateOf(t)
		if !n.BankHoliday(d) && !Closed(closures, d) {
			return t
		}
		t = d.AddDays(1).Time(t.Location())
	}
}
