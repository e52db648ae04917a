package language

import (
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
)

// A meaning is the days that a shape with such slots may be; n is the number behind its name.
type meaning func(r *dateReader, f found, n int) []bot.Date

// meanings are what the shapes in a language's file can mean.
var meanings = map[string]meaning{
	"day":    func(r *dateReader, _ found, n int) []bot.Date { return []bot.Date{r.today.AddDays(n)} },
	"after":  after,
	"length": after,
	"date":   func(r *dateReader, f found, _ int) []bot.Date { return r.onDay(f.day, f.month, f.year) },
	"feast":  feast,

	"weekday":          onWeekday,
	"this weekday":     thisWeekday,
	"next weekday":     nextWeekday,
	"weekday after":    weekdayAfter,
	"weekday of week":  func(r *dateReader, f found, n int) []bot.Date { return []bot.Date{r.monday(n).AddDays(f.weekday - 1)} },
	"weekday and date": weekdayAndDate,

	"week":            func(r *dateReader, _ found, n int) []bot.Date { return r.week(r.monday(n)) },
	"week of date":    func(r *dateReader, f found, _ int) []bot.Date { return r.week(mondayOf(f.date)) },
	"span week":       func(r *dateReader, _ found, n int) []bot.Date { return r.only(r.week(r.monday(n))) },
	"weekend":         weekend,
	"weekend of date": func(r *dateReader, f found, _ int) []bot.Date { return r.weekend(mondayOf(f.date)) },

	"month":            func(r *dateReader, _ found, n int) []bot.Date { return r.wholeMonth(r.firstOfMonth(n)) },
	"span month":       func(r *dateReader, _ found, n int) []bot.Date { return r.only(r.wholeMonth(r.firstOfMonth(n))) },
	"named month":      namedMonth,
	"next named month": nextNamedMonth,
	"season":           season,
	"year":             wholeYear,

	"edge of week":        edgeOfWeek,
	"edge of month":       edgeOfMonth,
	"edge of named month": edgeOfNamedMonth,
	"edge of year":        edgeOfYear,
}

// lasts notes the last day of a span, and what the span is called by the sentence key, "" for nothing.
func (r *dateReader) lasts(d bot.Date, key string) {
	if r.last = d; key != "" {
		r.name = r.say(key, "day", r.near(d, r.today), "month", r.month(d.Month), "year", d.Year)
	}
}

// only is days where a whole week or month is meant, and nothing elsewhere.
func (r *dateReader) only(days []bot.Date) []bot.Date {
	if !r.spans {
		return nil
	}
	return days
}

// fromToday is d, or today when d is over.
func (r *dateReader) fromToday(d bot.Date) bot.Date {
	if d.Before(r.today) {
		return r.today
	}
	return d
}

// monday is the Monday of this week, or of the nth after it.
func (r *dateReader) monday(n int) bot.Date { return mondayOf(r.today).AddDays(7 * n) }

func mondayOf(d bot.Date) bot.Date { return d.AddDays(-(int(d.Weekday()+6) % 7)) }

func (r *dateReader) firstOfMonth(n int) bot.Date {
	return addMonths(bot.Day(r.today.Year, r.today.Month, 1), n)
}

// addMonths is the same day n months on, or the last day of that month when it has no such day.
func addMonths(d bot.Date, n int) bot.Date {
	first := bot.DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, lastDay(first.Year, first.Month))
	return first
}

func lastDay(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 12, 0, 0, 0, time.UTC).Day()
}

func after(r *dateReader, f found, _ int) []bot.Date {
	if f.unit.of == "months" {
		return []bot.Date{addMonths(r.today, f.count*f.unit.n)}
	}
	return []bot.Date{r.today.AddDays(f.count * f.unit.n)}
}

// onDay is one day; with no year the next such day from today on, and with no month either the next of that number.
func (r *dateReader) onDay(day int, month time.Month, year int) []bot.Date {
	switch {
	case day < 1:
		return nil
	case month == 0:
		for i := range 3 {
			first := r.firstOfMonth(i)
			if d := first.AddDays(day - 1); day <= lastDay(first.Year, first.Month) && !d.Before(r.today) {
				return []bot.Date{d}
			}
		}
		return nil
	case year != 0 && day > lastDay(year, month):
		return nil
	case year != 0:
		return []bot.Date{bot.Day(year, month, day)}
	}
	for y := r.today.Year; y <= r.today.Year+8; y++ { // 29 February may be so long in coming
		if d := bot.Day(y, month, day); day <= lastDay(y, month) && !d.Before(r.today) {
			return []bot.Date{d}
		}
	}
	return nil
}

func feast(r *dateReader, f found, _ int) []bot.Date {
	if f.feast.of != easter {
		return r.onDay(f.feast.n%100, time.Month(f.feast.n/100), f.year)
	}
	if f.year != 0 {
		return []bot.Date{calendar.Easter(f.year).AddDays(f.feast.n)}
	}
	d := calendar.Easter(r.today.Year).AddDays(f.feast.n)
	if d.Before(r.today) {
		d = calendar.Easter(r.today.Year + 1).AddDays(f.feast.n)
	}
	return []bot.Date{d}
}

// ahead is how many days lie between today and the coming weekday, 0 when it is today.
func (r *dateReader) ahead(f found) int {
	return (f.weekday%7 - int(r.today.Weekday()) + 7) % 7
}

func onWeekday(r *dateReader, f found, _ int) []bot.Date {
	ahead := r.ahead(f)
	if ahead == 0 {
		return []bot.Date{r.today, r.today.AddDays(7)}
	}
	return []bot.Date{r.today.AddDays(ahead)}
}

func thisWeekday(r *dateReader, f found, n int) []bot.Date { return onWeekday(r, f, n) }

// nextWeekday is the weekday of next week, or the coming one: people differ, but when the coming one is today or lies beyond
// Sunday.
func nextWeekday(r *dateReader, f found, _ int) []bot.Date {
	ahead := r.ahead(f)
	coming := r.today.AddDays(ahead)
	untilSunday := (7 - int(r.today.Weekday())) % 7
	switch {
	case ahead == 0:
		return []bot.Date{coming.AddDays(7)}
	case ahead > untilSunday:
		return []bot.Date{coming}
	}
	return []bot.Date{coming, coming.AddDays(7)}
}

// weekdayAfter is n weeks after the coming weekday, which is not today.
func weekdayAfter(r *dateReader, f found, n int) []bot.Date {
	ahead := r.ahead(f)
	if ahead == 0 {
		ahead = 7
	}
	return []bot.Date{r.today.AddDays(ahead + 7*n)}
}

func weekdayAndDate(r *dateReader, f found, _ int) []bot.Date {
	d, w := f.date, time.Weekday(f.weekday%7)
	if d.Weekday() == w {
		return []bot.Date{d}
	}
	// One of the two is a slip: the day as numbered, or that weekday next to it.
	off := (int(w-d.Weekday()) + 10) % 7
	return []bot.Date{d, d.AddDays(off - 3)}
}

func (r *dateReader) week(monday bot.Date) []bot.Date {
	sunday := monday.AddDays(6)
	r.lasts(sunday, "week")
	if sunday.Before(r.today) {
		return []bot.Date{monday}
	}
	return []bot.Date{r.fromToday(monday)}
}

func (r *dateReader) weekend(monday bot.Date) []bot.Date {
	saturday, sunday := monday.AddDays(5), monday.AddDays(6)
	r.lasts(sunday, "weekend")
	if sunday == r.today {
		return []bot.Date{sunday}
	}
	return []bot.Date{saturday}
}

// weekend is this one, or one that some take for this one and some for the one after it.
func weekend(r *dateReader, _ found, n int) []bot.Date {
	days := r.weekend(r.monday(0))
	if n > 0 {
		days = append(days, r.weekend(r.monday(n))...)
		r.name = ""
	}
	return days
}

func (r *dateReader) wholeMonth(first bot.Date) []bot.Date {
	r.lasts(bot.Day(first.Year, first.Month, lastDay(first.Year, first.Month)), "month")
	if r.spans {
		return []bot.Date{r.fromToday(first)}
	}
	return []bot.Date{first}
}

// namedMonth is the first day of a month, for what stands until then or is needed by then; of the month it is, the last, or
// the first in a year.
func namedMonth(r *dateReader, f found, _ int) []bot.Date {
	t := r.today
	switch {
	case f.year != 0:
		return r.wholeMonth(bot.Day(f.year, f.month, 1))
	case f.month != t.Month:
		return r.wholeMonth(r.onDay(1, f.month, 0)[0])
	case r.spans:
		return r.wholeMonth(r.firstOfMonth(0))
	}
	return []bot.Date{bot.Day(t.Year, t.Month, lastDay(t.Year, t.Month)), bot.Day(t.Year+1, t.Month, 1)}
}

func nextNamedMonth(r *dateReader, f found, _ int) []bot.Date {
	first := r.onDay(1, f.month, 0)[0]
	if f.month == r.today.Month && first == r.today {
		first.Year++
	}
	days := r.wholeMonth(first)
	if first.Year == r.today.Year {
		days = append(days, r.wholeMonth(bot.Day(first.Year+1, first.Month, 1))...)
		r.name = ""
	}
	return days
}

// season is the first of any of its months: nobody agrees when one begins.
func season(r *dateReader, f found, _ int) (days []bot.Date) {
	first := r.onDay(1, time.Month(f.season), 0)[0]
	for i := range 3 {
		days = append(days, addMonths(first, i))
	}
	last := days[2]
	r.lasts(bot.Day(last.Year, last.Month, lastDay(last.Year, last.Month)), "")
	return days
}

func wholeYear(r *dateReader, _ found, n int) []bot.Date {
	r.lasts(bot.Day(r.today.Year+n, time.December, 31), "")
	return []bot.Date{bot.Day(r.today.Year+n, time.January, 1)}
}

// at picks the day that is the start, the middle or the end.
func (f found) at(start, middle, end bot.Date) bot.Date {
	switch f.edge.of {
	case "start":
		return start
	case "middle":
		return middle
	}
	return end
}

// edgeOfWeek is a day of the nth week after this: the end of the working week, or of the whole. Once it is over it is that of
// the week after.
func edgeOfWeek(r *dateReader, f found, n int) []bot.Date {
	for ; ; n++ {
		monday := r.monday(n)
		days := []bot.Date{f.at(monday, monday.AddDays(2), monday.AddDays(4)), f.at(monday, monday.AddDays(2), monday.AddDays(6))}
		if days = slices.DeleteFunc(days, func(d bot.Date) bool { return d.Before(r.today) }); len(days) > 0 {
			return days
		}
	}
}

func (f found) edgeOfMonth(first bot.Date) bot.Date {
	return f.at(first, first.AddDays(14), bot.Day(first.Year, first.Month, lastDay(first.Year, first.Month)))
}

// edgeOfMonth is a day of the nth month after this one, or once it is over of the month after.
func edgeOfMonth(r *dateReader, f found, n int) []bot.Date {
	d := f.edgeOfMonth(r.firstOfMonth(n))
	if d.Before(r.today) {
		d = f.edgeOfMonth(r.firstOfMonth(n + 1))
	}
	return []bot.Date{d}
}

func edgeOfNamedMonth(r *dateReader, f found, _ int) []bot.Date {
	if f.year != 0 {
		return []bot.Date{f.edgeOfMonth(bot.Day(f.year, f.month, 1))}
	}
	d := f.edgeOfMonth(bot.Day(r.today.Year, f.month, 1))
	if d.Before(r.today) {
		d = f.edgeOfMonth(bot.Day(r.today.Year+1, f.month, 1))
	}
	return []bot.Date{d}
}

func edgeOfYear(r *dateReader, f found, n int) []bot.Date {
	of := func(y int) bot.Date {
		return f.at(bot.Day(y, time.January, 1), bot.Day(y, time.June, 30), bot.Day(y, time.December, 31))
	}
	d := of(r.today.Year + n)
	if d.Before(r.today) {
		d = of(r.today.Year + n + 1)
	}
	return []bot.Date{d}
}
