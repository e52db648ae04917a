package language

import (
	"strings"

	"ginnel/bot"
)

// CutDay takes the day out of what somebody asks for: “a hall for Saturday 12 December” is a hall, on that day. rest is
// text without it, said is the day as it reads later (“for 12 December”), and day is when it is over: of “in March” its last
// day, of “by March” its first. Of several that are meant it is the last, and said is as it was written. Without a day to
// come rest is text, and day is zero.
func CutDay(text string, today bot.Date) (rest, said string, day bot.Date) {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		for j := min(len(words), i+1+typedWords); j > i; j-- {
			if j < len(words) && !goesOn[bare(words[j])] {
				continue
			}
			before, when := bare(words[i]), words[i+1:j]
			written := strings.TrimRight(strings.Join(words[i:j], " "), ".,;!?")
			switch {
			case beforeDay[before], withinSpan[before]:
			case aloneDay[before]:
				before, when = "on", words[i:j]
			default:
				continue
			}
			last, name, span := readSpan(strings.Join(when, " "), today)
			d, options, ok := ReadDate(strings.Join(when, " "), today)
			switch {
			case span && !untilDay[before]:
				d, said = last, written
				if name != "" {
					said = "for " + name
				}
			case !ok || withinSpan[before]:
				continue
			case len(options) > 0:
				d, said = options[len(options)-1], written
			default:
				said = before + " " + d.In(today)
			}
			if d.Before(today) {
				continue
			}
			kept := append(append([]string{}, words[:i]...), words[j:]...)
			return strings.TrimRight(strings.Join(kept, " "), " ,;"), said, d
		}
	}
	return text, "", bot.Date{}
}

func bare(word string) string { return strings.ToLower(strings.Trim(word, ".,;:!?")) }

// Words that stand before a day, those of them that mean its beginning, words that stand before a longer time only, days that
// stand alone, and words with which a sentence goes on after one.
var (
	beforeDay  = map[string]bool{"by": true, "before": true, "for": true, "on": true, "until": true, "till": true}
	untilDay   = map[string]bool{"by": true, "before": true, "until": true, "till": true}
	withinSpan = map[string]bool{"in": true, "during": true, "over": true}
	aloneDay   = map[string]bool{"today": true, "tonight": true, "tomorrow": true, "this": true, "next": true}
	goesOn     = map[string]bool{
		"in": true, "near": true, "at": true, "around": true, "for": true, "to": true, "with": true, "from": true, "and": true, "who": true, "that": true, "please": true,
	}
)
