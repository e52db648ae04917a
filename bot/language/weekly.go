package language

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"ginnel/bot/calendar"
)

// clockTime is a time of the day in numbers, and what follows it.
var clockTime = regexp.MustCompile(`^(\d{1,2})(?:[:.](\d{2}))?\s*([^\d:]*)$`)

// ReadWeekly reads “Tuesday 10:00”, “tues at 10” and “Friday, 2 pm”. ok is false when it cannot, and for times in
// the quiet hours.
func (w Words) ReadWeekly(text string) (at calendar.Weekly, ok bool) {
	d, words := w.book.dates, dateWords(text)
	day, n := d.lexicons["weekday"].longest(words)
	if each, m := d.lexicons["each"].longest(words); m > n {
		day, n = each, m
	}
	if n == 0 {
		return at, false
	}
	if words = words[n:]; len(words) > 0 && d.sets["at"][words[0]] {
		words = words[1:]
	}
	m := clockTime.FindStringSubmatch(strings.Join(words, " "))
	if m == nil {
		return at, false
	}
	at.Day = time.Weekday(day.n % 7)
	at.Hour, _ = strconv.Atoi(m[1])
	at.Minute, _ = strconv.Atoi(m[2])
	morning, afternoon := d.sets["morning"][m[3]], d.sets["afternoon"][m[3]]
	switch {
	case m[3] != "" && !morning && !afternoon, m[3] != "" && (at.Hour < 1 || at.Hour > 12):
		return at, false
	case afternoon && at.Hour != 12:
		at.Hour += 12
	case morning && at.Hour == 12:
		at.Hour = 0
	}
	if at.Hour > 23 || at.Minute > 59 {
		return at, false
	}
	minute := at.Hour*60 + at.Minute
	return at, minute >= calendar.QuietHours.To && minute < calendar.QuietHours.From
}

// Weekly is a time of the week as it is said.
func (w Words) Weekly(at calendar.Weekly) string {
	d := w.book.dates
	return d.say("weekly", "weekday", d.weekday(at.Day), "time", fmt.Sprintf("%02d:%02d", at.Hour, at.Minute))
}
