package bot

import "strings"

// CutDay takes the day out of what somebody asks for: “a hall for Saturday 12 December” is a hall, on that day. rest is
// text without it, said is the day as it reads later (“for 12 December”), and day is when it is over; of several that
// are meant it is the last, and said is as it was written. Without a day to come rest is text, and day is zero.
func CutDay(text string, today Date) (rest, said string, day Date) {
	words := strings.Fields(text)
	for i := 1; i < len(words); i++ {
		for j := min(len(words), i+1+typedWords); j > i; j-- {
			if j < len(words) && !goesOn[bare(words[j])] {
				continue
			}
			before, when := bare(words[i]), words[i+1:j]
			switch {
			case beforeDay[before]:
			case aloneDay[before]:
				before, when = "on", words[i:j]
			default:
				continue
			}
			d, options, ok := ReadDate(strings.Join(when, " "), today)
			if !ok {
				continue
			}
			said = before + " " + d.In(today)
			if len(options) > 0 {
				d, said = options[len(options)-1], strings.TrimRight(strings.Join(words[i:j], " "), ".,;!?")
			}
			if d.Before(today) {
				continue
			}
			kept := append(append([]string{}, words[:i]...), words[j:]...)
			return strings.TrimRight(strings.Join(kept, " "), " ,;"), said, d
		}
	}
	return text, "", Date{}
}

func bare(word string) string { return strings.ToLower(strings.Trim(word, ".,;:!?")) }

// Words that stand before a day, days that stand alone, and words with which a sentence goes on after one.
var (
	beforeDay = map[string]bool{"by": true, "before": true, "for": true, "on": true, "until": true, "till": true}
	aloneDay  = map[string]bool{"today": true, "tonight": true, "tomorrow": true, "this": true, "next": true}
	goesOn    = map[string]bool{
		"in": true, "near": true, "at": true, "around": true, "for": true, "to": true, "with": true, "from": true, "and": true, "who": true, "that": true, "please": true,
	}
)
