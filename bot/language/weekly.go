package language

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"

	"ginnel/bot/calendar"
)

var weeklyText = regexp.MustCompile(`^([a-z]{3,10})s?(?:\s+at|,)?\s+(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?$`)

// ReadWeekly reads “Tuesday 10:00”, “tues at 10” and “Friday, 2 pm”. ok is false when it cannot, and for times in
// the quiet hours.
func ReadWeekly(text string) (w calendar.Weekly, ok bool) {
	m := weeklyText.FindStringSubmatch(strings.ToLower(bot.OneLine(text)))
	if m == nil {
		return w, false
	}
	w.Day = -1
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.HasPrefix(strings.ToLower(d.String()), strings.TrimSuffix(m[1], "s")) || strings.ToLower(d.String()) == m[1] {
			w.Day = d
			break
		}
	}
	w.Hour, _ = strconv.Atoi(m[2])
	w.Minute, _ = strconv.Atoi(m[3])
	switch {
	case m[4] != "" && (w.Hour < 1 || w.Hour > 12):
		return w, false
	case m[4] == "pm" && w.Hour != 12:
		w.Hour += 12
	case m[4] == "am" && w.Hour == 12:
		w.Hour = 0
	}
	if w.Day < 0 || w.Hour > 23 || w.Minute > 59 {
		return w, false
	}
	minute := w.Hour*60 + w.Minute
	return w, minute >= calendar.QuietHours.To && minute < calendar.QuietHours.From
}
