package language

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
)

// ReadDate reads a day said in plain words: “1 March”, “next Tuesday”, “in three weeks”, “the end of
// April”, “Easter”. It reads the whole of s or nothing. A day without a year is the next such day from
// today on, and numbers are read day first, as in Britain. Where people differ in what they mean
// (“next Tuesday” on a Monday), d is zero and options are the days it may be, earliest first: ask, never guess.
func ReadDate(s string, today bot.Date) (d bot.Date, options []bot.Date, ok bool) {
	r := dateReader{words: dateWords(s), today: today}
	days := r.all()
	switch len(days) {
	case 0:
		return bot.Date{}, nil, false
	case 1:
		return days[0], nil, true
	}
	return bot.Date{}, days, true
}

// readSpan reads a week, a weekend, a month or more, in which any day will do, and returns the last of it. name is what it is
// called on any day until then, "" when that is hard to say.
func readSpan(s string, today bot.Date) (last bot.Date, name string, ok bool) {
	r := dateReader{words: dateWords(s), today: today, spans: true}
	if len(r.all()) == 0 || r.last.IsZero() {
		return bot.Date{}, "", false
	}
	return r.last, r.name, true
}

// all reads all words, and returns nothing when they are no day.
func (r *dateReader) all() []bot.Date {
	days := r.day()
	if len(r.words) > 0 || slices.ContainsFunc(days, func(d bot.Date) bool { return d.Year < 1900 || d.Year > 2999 }) {
		return nil
	}
	slices.SortFunc(days, func(a, b bot.Date) int { return a.Compare(b) })
	return slices.Compact(days)
}

// A dateReader takes words off the front as it understands them.
type dateReader struct {
	words []string
	today bot.Date
	spans bool     // a week or a month is meant as a whole
	last  bot.Date // of what is longer than a day, its last
	name  string   // see readSpan
}

func dateWords(s string) []string {
	words := strings.Fields(strings.NewReplacer(",", " ", "’", "", "'", "").Replace(strings.ToLower(s)))
	for i, w := range words {
		words[i] = strings.TrimRight(w, ".?!;")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// take takes one of the ways to say something, each a few words, off the front.
func (r *dateReader) take(ways ...string) bool {
	for _, way := range ways {
		words := strings.Fields(way)
		if len(r.words) >= len(words) && slices.Equal(r.words[:len(words)], words) {
			r.words = r.words[len(words):]
			return true
		}
	}
	return false
}

func (r *dateReader) next() string {
	if len(r.words) == 0 {
		return ""
	}
	return r.words[0]
}

func (r *dateReader) skip() { r.words = r.words[1:] }

func (r *dateReader) day() []bot.Date {
	switch {
	case r.take("today", "tonight", "this evening"):
		return []bot.Date{r.today}
	case r.take("yesterday"):
		return []bot.Date{r.today.AddDays(-1)}
	case r.take("the day after tomorrow"):
		return []bot.Date{r.today.AddDays(2)}
	case r.take("tomorrow week"):
		return []bot.Date{r.today.AddDays(8)}
	case r.take("tomorrow night", "tomorrow evening", "tomorrow"):
		return []bot.Date{r.today.AddDays(1)}
	case r.take("a week today", "this time next week"):
		return []bot.Date{r.today.AddDays(7)}
	case r.take("a week tomorrow"):
		return []bot.Date{r.today.AddDays(8)}
	case r.take("a fortnight today"):
		return []bot.Date{r.today.AddDays(14)}
	}
	for _, try := range []func() []bot.Date{r.span, r.numbers, r.edge, r.week, r.feast, r.weekday, r.dayOfMonth, r.month} {
		before := r.words
		if days := try(); len(days) > 0 {
			return days
		}
		r.words, r.last, r.name = before, bot.Date{}, ""
	}
	return nil
}

// lasts notes the last day of a span, and what the span is called by it.
func (r *dateReader) lasts(d bot.Date, name string) {
	if r.last = d; name != "" {
		r.name = name + d.In(r.today)
	}
}

// ofWeek is a week that begins on monday, or the day of it that follows.
func (r *dateReader) ofWeek(monday bot.Date) []bot.Date {
	before := r.words
	r.take("on")
	if w, ok := weekdays[r.next()]; ok {
		r.skip()
		return []bot.Date{onWeekday(monday, w)}
	}
	r.words = before
	r.lasts(monday.AddDays(6), "the week to ")
	return []bot.Date{monday}
}

// onWeekday is the day w of the week that begins on the Monday d.
func onWeekday(d bot.Date, w time.Weekday) bot.Date { return d.AddDays((int(w) + 6) % 7) }

func mondayOf(d bot.Date) bot.Date { return d.AddDays(-(int(d.Weekday()+6) % 7)) }

// span is “in three weeks”, “two months from now”, “a fortnights time”.
func (r *dateReader) span() []bot.Date {
	in := r.take("in")
	n, ok := r.count()
	if !ok {
		return nil
	}
	var d bot.Date
	switch t := r.today; {
	case r.take("day", "days"):
		d = t.AddDays(n)
	case r.take("week", "weeks"):
		d = t.AddDays(7 * n)
	case r.take("fortnight", "fortnights"):
		d = t.AddDays(14 * n)
	case r.take("month", "months"):
		d = addMonths(t, n)
	case r.take("year", "years"):
		d = addMonths(t, 12*n)
	default:
		return nil
	}
	from := r.take("time", "from now", "from today")
	if !in && !from {
		return nil
	}
	return []bot.Date{d}
}

func (r *dateReader) count() (int, bool) {
	if r.take("a couple of", "a couple") {
		return 2, true
	}
	w := r.next()
	if w == "a" || w == "an" {
		r.skip()
		return 1, true
	}
	if i := slices.Index(numberWords, w); i > 0 {
		r.skip()
		return i, true
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < 1 || n > 1000 {
		return 0, false
	}
	r.skip()
	return n, true
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

// numbers is 1/3/2027, 1.3.27, 1/3 or 2027-03-01.
func (r *dateReader) numbers() []bot.Date {
	w := r.next()
	if w == "" {
		return nil
	}
	if d, err := bot.ParseISODate(w); err == nil {
		r.skip()
		return []bot.Date{d}
	}
	parts := strings.FieldsFunc(w, func(c rune) bool { return strings.ContainsRune("/.-", c) })
	if len(parts) < 2 || len(parts) > 3 || strings.Count(w, "/")+strings.Count(w, ".")+strings.Count(w, "-") != len(parts)-1 {
		return nil
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 || i < 2 && len(p) > 2 || i == 2 && len(p) != 2 && len(p) != 4 {
			return nil
		}
		n[i] = v
	}
	// “2.5” is a number before it is a day.
	if len(parts) == 2 && !strings.Contains(w, "/") || n[1] < 1 || n[1] > 12 {
		return nil
	}
	r.skip()
	if len(parts) == 2 {
		return r.onDay(n[0], time.Month(n[1]), 0)
	}
	if n[2] < 100 {
		n[2] += 2000
	}
	return r.onDay(n[0], time.Month(n[1]), n[2])
}

// onDay is one day; with no year the next such day from today on.
func (r *dateReader) onDay(day int, month time.Month, year int) []bot.Date {
	if day < 1 {
		return nil
	}
	if year != 0 {
		if day > lastDay(year, month) {
			return nil
		}
		return []bot.Date{bot.Day(year, month, day)}
	}
	for y := r.today.Year; y <= r.today.Year+8; y++ {
		if d := bot.Day(y, month, day); day <= lastDay(y, month) && !d.Before(r.today) {
			return []bot.Date{d}
		}
	}
	return nil
}

// edge is the end, middle or start of a month, a year or a week.
func (r *dateReader) edge() []bot.Date {
	r.take("the")
	const end, middle, start = 1, 2, 3
	what := 0
	switch {
	case r.take("end of"):
		what = end
	case r.take("middle of", "mid"):
		what = middle
	case r.take("start of", "beginning of", "early"):
		what = start
	default:
		return nil
	}
	r.take("the")
	next := r.take("next")
	if !next {
		r.take("this")
	}
	t := r.today
	pick := func(y int, m time.Month) []bot.Date {
		return []bot.Date{bot.Day(y, m, []int{0, lastDay(y, m), 15, 1}[what])}
	}
	switch {
	case r.take("week"):
		monday := t.AddDays(-int(t.Weekday()+6) % 7)
		if next {
			monday = monday.AddDays(7)
		}
		switch what {
		case end: // of the working week, or of the whole
			return []bot.Date{monday.AddDays(4), monday.AddDays(6)}
		case start:
			return []bot.Date{monday}
		}
		return []bot.Date{monday.AddDays(2)}
	case r.take("month"):
		if next {
			t = addMonths(bot.Day(t.Year, t.Month, 1), 1)
		}
		return pick(t.Year, t.Month)
	case r.take("year"):
		if next {
			t.Year++
		}
		return []bot.Date{[]bot.Date{{}, bot.Day(t.Year, 12, 31), bot.Day(t.Year, 6, 30), bot.Day(t.Year, 1, 1)}[what]}
	}
	m, ok := months[r.next()]
	if !ok {
		return nil
	}
	r.skip()
	if y := r.year(); y != 0 {
		return pick(y, m)
	}
	day := pick(t.Year, m)
	if day[0].Before(t) {
		day = pick(t.Year+1, m)
	}
	return day
}

// week is “next week”, “next week on Friday”, “next month”, “next year”, “the weekend” and their kin.
func (r *dateReader) week() []bot.Date {
	t := r.today
	monday := mondayOf(t)
	saturday := monday.AddDays(5)
	if saturday.Before(t) {
		saturday = t // it is Sunday
	}
	switch {
	case r.take("next week"):
		return r.ofWeek(monday.AddDays(7))
	case r.take("the week after next"):
		return r.ofWeek(monday.AddDays(14))
	case r.take("the week to"):
		days := r.dayOfMonth()
		if len(days) == 1 {
			return r.ofWeek(mondayOf(days[0]))
		}
		return nil
	case r.take("next month"):
		first := addMonths(bot.Day(t.Year, t.Month, 1), 1)
		r.wholeMonth(first)
		return []bot.Date{first}
	case r.take("next year"):
		r.lasts(bot.Day(t.Year+1, 12, 31), "")
		return []bot.Date{bot.Day(t.Year+1, 1, 1)}
	case r.take("the new year", "new year", "new years day"):
		return []bot.Date{bot.Day(t.Year+1, 1, 1)}
	case r.take("new years eve"):
		return r.onDay(31, 12, 0)
	case r.take("the weekend of"):
		days := r.dayOfMonth()
		if len(days) != 1 {
			return nil
		}
		saturday = mondayOf(days[0]).AddDays(5)
		r.lasts(saturday.AddDays(1), "the weekend of ")
		return []bot.Date{saturday}
	case r.take("this weekend", "the weekend", "at the weekend"):
		r.lasts(monday.AddDays(6), "the weekend of ")
		return []bot.Date{saturday}
	case r.take("next weekend"):
		r.lasts(monday.AddDays(13), "")
		return []bot.Date{saturday, monday.AddDays(12)}
	case r.spans && r.take("this week"):
		r.lasts(monday.AddDays(6), "the week to ")
		return []bot.Date{t}
	case r.spans && r.take("this month"):
		r.wholeMonth(t)
		return []bot.Date{t}
	}
	season := map[string]time.Month{"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
	r.take("the", "next")
	m, ok := season[r.next()]
	if !ok {
		return nil
	}
	r.skip()
	// Nobody agrees when a season begins.
	var days []bot.Date
	first := r.onDay(1, m, 0)[0]
	for i := range 3 {
		days = append(days, addMonths(first, i))
	}
	r.wholeMonth(days[2])
	r.name = ""
	return days
}

// feast is a day that everybody knows by its name.
func (r *dateReader) feast() []bot.Date {
	fixed := []struct {
		name  string
		day   int
		month time.Month
	}{
		{"christmas eve", 24, 12},
		{"christmas day", 25, 12},
		{"christmas", 25, 12},
		{"boxing day", 26, 12},
		{"halloween", 31, 10},
		{"bonfire night", 5, 11},
	}
	for _, f := range fixed {
		if r.take(f.name) {
			return r.onDay(f.day, f.month, r.year())
		}
	}
	offset := 0
	switch {
	case r.take("good friday"):
		offset = -2
	case r.take("easter monday"):
		offset = 1
	case r.take("easter sunday", "easter"):
	default:
		return nil
	}
	if y := r.year(); y != 0 {
		return []bot.Date{calendar.Easter(y).AddDays(offset)}
	}
	d := calendar.Easter(r.today.Year).AddDays(offset)
	if d.Before(r.today) {
		d = calendar.Easter(r.today.Year + 1).AddDays(offset)
	}
	return []bot.Date{d}
}

var months = map[string]time.Month{
	"january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4, "may": 5,
	"june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
	"october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}

var weekdays = map[string]time.Weekday{
	"monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "tues": 2, "wednesday": 3, "wed": 3, "weds": 3,
	"thursday": 4, "thu": 4, "thur": 4, "thurs": 4, "friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 0, "sun": 0,
}

// weekday is “Tuesday”, “next Tuesday”, “a week on Tuesday”, “Tuesday week”, “Tuesday 1 December”.
func (r *dateReader) weekday() []bot.Date {
	r.take("on")
	weeks := 0
	switch {
	case r.take("a week on"):
		weeks = 1
	case r.take("a fortnight on"):
		weeks = 2
	}
	next := weeks == 0 && r.take("next")
	this := weeks == 0 && !next && r.take("this", "this coming", "the coming")
	w, ok := weekdays[r.next()]
	if !ok {
		return nil
	}
	r.skip()
	t := r.today
	ahead := (int(w-t.Weekday()) + 7) % 7
	if next || this || weeks > 0 {
		switch {
		case ahead == 0 && this:
			return []bot.Date{t, t.AddDays(7)}
		case ahead == 0 && next:
			return []bot.Date{t.AddDays(7)}
		case this:
			return []bot.Date{t.AddDays(ahead)}
		case weeks > 0:
			if ahead == 0 {
				ahead = 7
			}
			return []bot.Date{t.AddDays(ahead + 7*weeks)}
		}
		coming := t.AddDays(ahead)
		// Once the coming one lies beyond Sunday, “next” can only mean it.
		if untilSunday := (7 - int(t.Weekday())) % 7; ahead > untilSunday {
			return []bot.Date{coming}
		}
		return []bot.Date{coming, coming.AddDays(7)}
	}
	switch {
	case r.take("next week"):
		return []bot.Date{onWeekday(mondayOf(t).AddDays(7), w)}
	case r.take("the week after next"):
		return []bot.Date{onWeekday(mondayOf(t).AddDays(14), w)}
	case r.take("this week"):
		return []bot.Date{onWeekday(mondayOf(t), w)}
	case r.take("week"):
		if ahead == 0 {
			ahead = 7
		}
		return []bot.Date{t.AddDays(ahead + 7)}
	}
	r.take("the")
	before := r.words
	days := r.dayOfMonth()
	if days == nil {
		r.words = before
		days = r.numbers()
	}
	if len(days) == 1 {
		d := days[0]
		if d.Weekday() == w {
			return days
		}
		// One of the two is a slip: the day as numbered, or that weekday next to it.
		off := (int(w-d.Weekday()) + 10) % 7
		return []bot.Date{d, d.AddDays(off - 3)}
	}
	r.words = before
	if ahead == 0 {
		return []bot.Date{t, t.AddDays(7)}
	}
	return []bot.Date{t.AddDays(ahead)}
}

// dayOfMonth is “1 March”, “March 1st”, “the 1st of March 2027” or “the 1st”.
func (r *dateReader) dayOfMonth() []bot.Date {
	r.take("on")
	the := r.take("the")
	if m, ok := months[r.next()]; ok {
		r.skip()
		day, _, ok := ordinal(r.next())
		if !ok {
			return nil
		}
		r.skip()
		return r.onDay(day, m, r.year())
	}
	day, suffixed, ok := ordinal(r.next())
	if !ok {
		return nil
	}
	r.skip()
	r.take("of")
	if m, ok := months[r.next()]; ok {
		r.skip()
		return r.onDay(day, m, r.year())
	}
	if !the && !suffixed {
		return nil
	}
	for i := range 3 {
		m := addMonths(bot.Day(r.today.Year, r.today.Month, 1), i)
		if d := bot.Day(m.Year, m.Month, day); day >= 1 && day <= lastDay(m.Year, m.Month) && !d.Before(r.today) {
			return []bot.Date{d}
		}
	}
	return nil
}

func ordinal(w string) (n int, suffixed, ok bool) {
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) > 2 || n < 1 || n > 31 {
		return 0, false, false
	}
	switch w[len(digits):] {
	case "":
		return n, false, true
	case "st", "nd", "rd", "th":
		return n, true, true
	}
	return 0, false, false
}

// month is “March” or “March 2027”: its first day, for what stands until then or is needed by then.
func (r *dateReader) month() []bot.Date {
	next := r.take("next")
	m, ok := months[r.next()]
	if !ok {
		return nil
	}
	r.skip()
	t := r.today
	days := []bot.Date{bot.Day(t.Year, m, 1)}
	switch y := r.year(); {
	case y != 0:
		days[0].Year = y
	case m == t.Month && !next && r.spans:
	case m == t.Month && !next:
		days = []bot.Date{bot.Day(t.Year, m, lastDay(t.Year, m)), bot.Day(t.Year+1, m, 1)}
	case next && m > t.Month:
		days = append(days, bot.Day(t.Year+1, m, 1))
	default:
		days = r.onDay(1, m, 0)
	}
	r.wholeMonth(days[len(days)-1])
	if len(days) > 1 {
		r.name = ""
	}
	return days
}

// wholeMonth is the month of d as a span.
func (r *dateReader) wholeMonth(d bot.Date) {
	r.last = bot.Day(d.Year, d.Month, lastDay(d.Year, d.Month))
	r.name = d.Month.String() + " " + strconv.Itoa(d.Year)
}

// year takes a year of four digits off the front, 0 when there is none.
func (r *dateReader) year() int {
	n, err := strconv.Atoi(r.next())
	if err != nil || len(r.next()) != 4 || n < 1900 {
		return 0
	}
	r.skip()
	return n
}
