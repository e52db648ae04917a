package language

import (
	"strings"

	"ginnel/bot"
)

// ReadDate reads a day said in plain words: “1 March”, “next Tuesday”, “in three weeks”, “the end of April”, “Easter”. It reads
// the whole of s or nothing. A day without a year is the next such day from today on; whether the day or the month comes first in
// numbers is the language's affair. Where people differ in what they mean (“next Tuesday” on a Monday), d is zero and options are
// the days it may be, earliest first: ask, never guess.
func (b *Book) ReadDate(s string, today bot.Date) (d bot.Date, options []bot.Date, ok bool) {
	r := dateReader{dates: b.dates, today: today}
	switch days := r.all(dateWords(s)); len(days) {
	case 0:
		return bot.Date{}, nil, false
	case 1:
		return days[0], nil, true
	default:
		return bot.Date{}, days, true
	}
}

// ReadLength reads how long something is to last, as “three weeks”, and returns the day on which that is over.
func (w Words) ReadLength(s string, today bot.Date) (d bot.Date, ok bool) {
	r := dateReader{dates: w.book.dates, today: today}
	days := r.days(dateWords(s), func(meaning string) bool { return meaning == "length" || meaning == "after" })
	if len(days) == 1 {
		return days[0], true
	}
	if last, _, ok := w.book.dates.readSpan(s, today); ok {
		return last.AddDays(1), true // “this week” is over on the day after its last
	}
	return bot.Date{}, false
}

// readSpan reads a week, a weekend, a month or more, in which any day will do, and returns the last of it. name is what it is
// called on any day until then, "" when that is hard to say.
func (d *dates) readSpan(s string, today bot.Date) (last bot.Date, name string, ok bool) {
	r := dateReader{dates: d, today: today, spans: true}
	if len(r.all(dateWords(s))) == 0 || r.last.IsZero() {
		return bot.Date{}, "", false
	}
	return r.last, r.name, true
}

// Day is the day as it is written in a sentence that somebody reads on the day today: the year is left out when it is this one
// or the day is near. It is "" for no day.
func (w Words) Day(d, today bot.Date) string {
	if d.IsZero() {
		return ""
	}
	return w.book.dates.near(d, today)
}

// FullDay is the day with its weekday and its year.
func (b *Book) FullDay(d bot.Date) string { return b.dates.full(d) }

func bare(word string) string { return strings.ToLower(strings.Trim(word, ".,;:!?")) }
