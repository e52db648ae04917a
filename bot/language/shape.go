package language

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// A shape is one way to write a day, its optional parts either there or not.
type shape struct {
	meaning string
	n       int // what stands behind the meaning: which week, how many days
	tokens  []dateToken
}

// A dateToken is a word, or a slot.
type dateToken struct{ word, slot string }

// readSlots are the slots that are read without a lexicon.
var readSlots = []string{"nth", "suffixed", "year", "numeric", "date"}

// addShape takes in every form of one line.
func (d *dates) addShape(key, text string) error {
	meaning, n := key, 0
	if i := strings.LastIndexByte(key, ' '); i > 0 {
		if number, err := strconv.Atoi(key[i+1:]); err == nil {
			meaning, n = key[:i], number
		}
	}
	if meanings[meaning] == nil {
		return fmt.Errorf("no day is known as %q", meaning)
	}
	forms, err := expand(text, dateTokens)
	for _, f := range forms {
		if len(f) == 0 || f[0].slot == "date" {
			return fmt.Errorf("%q can begin with nothing", text)
		}
		if meaning == "date" && slices.Contains(f, dateToken{slot: "date"}) {
			return fmt.Errorf("a date inside a date in %q", text)
		}
		d.shapes = append(d.shapes, shape{meaning, n, f})
	}
	return err
}

func dateTokens(s string) (out []dateToken, err error) {
	for _, w := range dateWords(s) {
		if w[0] == '{' {
			out = append(out, dateToken{slot: strings.Trim(w, "{}")})
		} else {
			out = append(out, dateToken{word: w})
		}
	}
	return out, nil
}

// A found is what filled the slots of a shape.
type found struct {
	count, season, weekday, day, year int
	month                             time.Month
	unit, edge, feast                 worth
	date                              bot.Date
}

// A dateReader reads one text, as said on the day today.
type dateReader struct {
	*dates
	today bot.Date
	spans bool     // a week or a month is meant as a whole
	last  bot.Date // of what is longer than a day, its last
	name  string   // what that is called on any day until then, "" when that is hard to say
}

// all is the days that words can be, earliest first: none when they are no day.
func (r *dateReader) all(words []string) []bot.Date {
	days := r.days(words, func(meaning string) bool { return meaning != "length" })
	if slices.ContainsFunc(days, func(d bot.Date) bool { return d.Year < 1900 || d.Year > 2999 }) {
		return nil
	}
	slices.SortFunc(days, bot.Date.Compare)
	return slices.Compact(days)
}

// days is what the first shape of a meaning that is meant makes of words.
func (r *dateReader) days(words []string, meant func(meaning string) bool) (days []bot.Date) {
	if len(words) == 0 {
		return nil
	}
	for _, i := range r.starts[start(words[0])] {
		s := &r.shapes[i]
		if len(words) < len(s.tokens) || !meant(s.meaning) {
			continue
		}
		r.cover(s.tokens, words, found{}, func(f found) bool {
			r.last, r.name = bot.Date{}, ""
			days = meanings[s.meaning](r, f, s.n)
			return len(days) > 0
		})
		if len(days) > 0 {
			return days
		}
	}
	return nil
}

// digit stands for all words that begin with one.
const digit = "0"

// start is under what a word is looked for among those that a shape can begin with.
func start(word string) string {
	if word[0] >= '0' && word[0] <= '9' {
		return digit
	}
	return word
}

// startsOf are the starts of the words that t can begin with.
func (d *dates) startsOf(t dateToken) (starts []string) {
	switch {
	case t.slot == "":
		return []string{start(t.word)}
	case slices.Contains(readSlots, t.slot):
		return []string{digit}
	case t.slot == "count":
		starts = []string{digit}
	}
	for word := range d.lexicons[t.slot] {
		starts = append(starts, start(word))
	}
	return starts
}

// cover fills tokens with all of words, one way after the other, until one is good.
func (r *dateReader) cover(tokens []dateToken, words []string, f found, good func(found) bool) bool {
	if len(tokens) == 0 {
		return len(words) == 0 && good(f)
	}
	if len(words) < len(tokens) { // each takes a word at least
		return false
	}
	switch t := tokens[0]; {
	case t.slot == "":
		return t.word == words[0] && r.cover(tokens[1:], words[1:], f, good)
	case slices.Contains(readSlots, t.slot):
		n := r.read(t.slot, words, &f)
		return n > 0 && r.cover(tokens[1:], words[n:], f, good)
	default:
		for _, s := range r.lexicons[t.slot][words[0]] {
			if begins(words, s.words) && r.cover(tokens[1:], words[len(s.words):], f.with(t.slot, s.worth), good) {
				return true
			}
		}
		n := 0
		if t.slot == "count" {
			n, _ = strconv.Atoi(words[0])
		}
		const most = 1000
		return n > 0 && n <= most && r.cover(tokens[1:], words[1:], f.with(t.slot, worth{n: n}), good)
	}
}

func (f found) with(slot string, w worth) found {
	switch slot {
	case "count":
		f.count = w.n
	case "unit":
		f.unit = w
	case "edge":
		f.edge = w
	case "feast":
		f.feast = w
	case "month":
		f.month = time.Month(w.n)
	case "season":
		f.season = w.n
	case "weekday":
		f.weekday = w.n
	}
	return f
}

// read fills a slot that is read, and tells how many words it takes, 0 when it cannot.
func (r *dateReader) read(slot string, words []string, f *found) int {
	switch slot {
	case "year":
		n, err := strconv.Atoi(words[0])
		if err != nil || len(words[0]) != 4 || n < 1900 {
			return 0
		}
		f.year = n
	case "nth", "suffixed":
		digits := strings.TrimRightFunc(words[0], func(c rune) bool { return c < '0' || c > '9' })
		n, err := strconv.Atoi(digits)
		suffix := words[0][len(digits):]
		if err != nil || len(digits) > 2 || n < 1 || n > 31 || !r.sets["suffix"][suffix] && (suffix != "" || slot == "suffixed") {
			return 0
		}
		f.day = n
	case "numeric":
		var ok bool
		if f.day, f.month, f.year, ok = r.numeric(words[0]); !ok {
			return 0
		}
	case "date": // always the last
		sub := dateReader{dates: r.dates, today: r.today}
		days := sub.days(words, func(meaning string) bool { return meaning == "date" })
		if len(days) != 1 {
			return 0
		}
		f.date = days[0]
		return len(words)
	}
	return 1
}

// numeric reads 1/3/2027, 1.3.27, 1/3 or 2027-03-01. year is 0 where there is none.
func (d *dates) numeric(w string) (day int, month time.Month, year int, ok bool) {
	if iso, err := bot.ParseISODate(w); err == nil && w != "" {
		return iso.Day, iso.Month, iso.Year, true
	}
	parts := strings.FieldsFunc(w, func(c rune) bool { return strings.ContainsRune("/.-", c) })
	marks := strings.Count(w, "/") + strings.Count(w, ".") + strings.Count(w, "-")
	// “2.5” is a number before it is a day.
	if len(parts) < 2 || len(parts) > 3 || marks != len(parts)-1 || len(parts) == 2 && !strings.Contains(w, "/") {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || i < 2 && len(p) > 2 || i == 2 && len(p) != 2 && len(p) != 4 {
			return 0, 0, 0, false
		}
		n[i] = v
	}
	if !d.dayFirst {
		n[0], n[1] = n[1], n[0]
	}
	if len(parts) == 3 && n[2] < 100 {
		n[2] += 2000
	}
	return n[0], time.Month(n[1]), n[2], n[1] >= 1 && n[1] <= 12
}
