package language

import (
	"strings"

	"ginnel/bot"
)

// CutDay takes the day out of what somebody asks for: “a hall for Saturday 12 December” is a hall, on that day. rest is
// text without it, said is the day as it reads later (“for 12 December”), and day is when it is over: of “in March” its last
// day, of “by March” its first. Of several that are meant it is the last, and said is as it was written. Without a day to
// come rest is text, and day is zero.
func (w Words) CutDay(text string, today bot.Date) (rest, said string, day bot.Date) {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		for j := min(len(words), i+1+typedWords); j > i; j-- {
			if j < len(words) && !w.book.dates.sets["goes on"][bare(words[j])] {
				continue
			}
			said, day, ok := w.book.dates.needed(words[i:j], today)
			if !ok || day.Before(today) {
				continue
			}
			kept := append(append([]string{}, words[:i]...), words[j:]...)
			return strings.TrimRight(strings.Join(kept, " "), " ,;"), said, day
		}
	}
	return text, "", bot.Date{}
}

// WithDay is what somebody needs by a day, as CutDay takes it apart again.
func (w Words) WithDay(what string, day bot.Date) string {
	return what + " " + w.book.dates.say("by", "day", w.book.dates.day(day))
}

// needed reads when something is needed, from the word that stands before it on.
func (d *dates) needed(words []string, today bot.Date) (said string, day bot.Date, ok bool) {
	first := bare(words[0])
	until, within := d.sets["until"][first], d.sets["within"][first]
	when, alone := words[1:], false
	switch {
	case d.sets["before"][first], until, within:
	case d.sets["alone"][first]:
		when, alone = words, true
	default:
		return "", day, false
	}
	written := strings.TrimRight(strings.Join(words, " "), ".,;!?")
	if last, name, ok := d.readSpan(strings.Join(when, " "), today); ok && !until {
		if name == "" {
			return written, last, true
		}
		return d.say("for", "day", name), last, true
	}
	r := dateReader{dates: d, today: today}
	days := r.all(dateWords(strings.Join(when, " ")))
	switch {
	case len(days) == 0 || within:
		return "", day, false
	case len(days) > 1:
		return written, days[len(days)-1], true
	case alone:
		return d.say("on", "day", d.near(days[0], today)), days[0], true
	}
	return first + " " + d.near(days[0], today), days[0], true
}
