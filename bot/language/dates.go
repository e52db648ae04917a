package language

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"

	"golang.org/x/text/language"
)

// dates are the numbers and days of one language: the words for them, the ways to write them, and how they are said. They
// come from its file words/<language>.dates.txt, which says itself how it is written.
type dates struct {
	tag      language.Tag
	lexicons map[string]lexicon         // what fills a slot, by the kind of slot
	names    map[string]string          // how a month and a weekday are said, by kind and number
	sets     map[string]map[string]bool // the words that stand around a day, by what they do
	shapes   []shape
	starts   map[string][]int // the numbers of the shapes that can begin with a word, by its start
	said     map[string]sentence
	dayFirst bool // of numbers such as 1/3
}

// A lexicon is ways to say something, by their first words.
type lexicon map[string][]saying

type saying struct {
	words []string
	worth worth
}

// A worth is what words stand for: a number, or a number of something.
type worth struct {
	of string
	n  int
}

// easter marks a feast whose number is days after Easter Sunday; of other feasts it is a hundred times the month and the day.
const easter = "easter"

// The kinds of words in a file, by what their keys have behind them: nothing, a number, or a name and a number.
var (
	plainKeys    = []string{"suffix", "at", "morning", "afternoon", "before", "until", "within", "alone", "goes on"}
	numberedKeys = []string{"number", "count", "month", "weekday", "each", "season", easter}
	sayings      = []string{"day", "near", "full", "month", "week", "weekend", "on", "for", "by", "weekly"}
)

func readDates(tag language.Tag, text string) (*dates, error) {
	d := &dates{tag: tag, lexicons: map[string]lexicon{}, names: map[string]string{}, sets: map[string]map[string]bool{}, said: map[string]sentence{}, starts: map[string][]int{}}
	scanner := bufio.NewScanner(strings.NewReader(text))
	for number := 1; scanner.Scan(); number++ {
		line := strings.TrimSpace(scanner.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		key, rest, found := strings.Cut(line, ":")
		if rest = strings.TrimSpace(rest); !found || rest == "" {
			return nil, fmt.Errorf("dates, line %d: want what it means, a colon, and the words", number)
		}
		if err := d.add(key, rest); err != nil {
			return nil, fmt.Errorf("dates, line %d: %w", number, err)
		}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	for i, s := range d.shapes {
		for _, w := range d.startsOf(s.tokens[0]) {
			if at := d.starts[w]; len(at) == 0 || at[len(at)-1] != i {
				d.starts[w] = append(at, i)
			}
		}
	}
	return d, nil
}

// add takes in one line.
func (d *dates) add(key, rest string) error {
	word, more, _ := strings.Cut(key, " ")
	n, notNumber := strconv.Atoi(more)
	switch {
	case slices.Contains(plainKeys, key):
		set := map[string]bool{}
		for _, w := range ways(rest) {
			set[strings.Join(w, " ")] = true
		}
		d.sets[key] = set
	case key == "numeric":
		if d.dayFirst = rest == "day first"; !d.dayFirst && rest != "month first" {
			return fmt.Errorf("numeric is “day first” or “month first”")
		}
	case word == "said":
		s, err := parseSentence(rest)
		d.said[more] = s
		return err
	case word == "shape":
		return d.addShape(more, rest)
	case word == "edge":
		d.learn(word, rest, worth{of: more})
	case word == "unit":
		of, times, _ := strings.Cut(more, " ")
		n, err := strconv.Atoi(times)
		if err != nil || n < 1 || of != "days" && of != "months" {
			return fmt.Errorf("want “unit days 7” or “unit months 12”")
		}
		d.learn(word, rest, worth{of, n})
	case word == "feast":
		day, month, _ := strings.Cut(more, "/")
		dd, err := strconv.Atoi(day)
		mm, err2 := strconv.Atoi(month)
		if err != nil || err2 != nil || mm < 1 || mm > 12 || dd < 1 || dd > lastDay(2024, time.Month(mm)) {
			return fmt.Errorf("%q is no day and month", more)
		}
		d.learn(word, rest, worth{n: 100*mm + dd})
	case notNumber == nil && slices.Contains(numberedKeys, word):
		switch {
		case word == easter:
			d.learn("feast", rest, worth{easter, n})
			return nil
		case word == "number" && n > 0: // what is none of it is no time
			d.learn("count", rest, worth{n: n})
		}
		d.learn(word, rest, worth{n: n})
	default:
		return fmt.Errorf("%q is not known", key)
	}
	return nil
}

// ways are the ways to say something that stand in a line with commas between, each as its words.
func ways(line string) (all [][]string) {
	for w := range strings.SplitSeq(line, ",") {
		if words := dateWords(w); len(words) > 0 {
			all = append(all, words)
		}
	}
	return all
}

func (d *dates) learn(kind, line string, w worth) {
	if d.lexicons[kind] == nil {
		d.lexicons[kind] = lexicon{}
	}
	name, _, _ := strings.Cut(line, ",")
	d.names[kind+" "+strconv.Itoa(w.n)] = strings.TrimSpace(name)
	for _, words := range ways(line) {
		d.lexicons[kind][words[0]] = append(d.lexicons[kind][words[0]], saying{words, w})
	}
}

// check refuses a file that lacks what every sentence about a day needs.
func (d *dates) check() error {
	for kind, most := range map[string]int{"month": 12, "weekday": 7} {
		for n := 1; n <= most; n++ {
			if d.names[kind+" "+strconv.Itoa(n)] == "" {
				return fmt.Errorf("dates: no words for %s %d", kind, n)
			}
		}
	}
	for _, s := range sayings {
		if d.said[s] == nil {
			return fmt.Errorf("dates: no sentence “said %s”", s)
		}
	}
	for _, s := range d.shapes {
		for _, t := range s.tokens {
			if t.slot != "" && !slices.Contains(readSlots, t.slot) && d.lexicons[t.slot] == nil {
				return fmt.Errorf("dates: nothing fills {%s} of “shape %s”", t.slot, s.meaning)
			}
		}
	}
	return nil
}

// say is the sentence key with its slots filled.
func (d *dates) say(key string, args ...any) string {
	return d.said[key].fill(d, pairs(args), nil).String()
}

func (d *dates) month(m time.Month) string { return d.names["month "+strconv.Itoa(int(m))] }

func (d *dates) weekday(w time.Weekday) string { return d.names["weekday "+strconv.Itoa(int(w+6)%7+1)] }

// day is the day as it is written in a sentence, with its year.
func (d *dates) day(day bot.Date) string {
	if day.IsZero() {
		return ""
	}
	return d.say("day", "day", day.Day, "month", d.month(day.Month), "year", day.Year)
}

// near is the day for a reader on the day today: the year is left out when it is this one or the day is near.
func (d *dates) near(day, today bot.Date) string {
	const near = 100 // days
	if day.Year == today.Year || !day.Before(today) && day.Before(today.AddDays(near)) {
		return d.say("near", "day", day.Day, "month", d.month(day.Month))
	}
	return d.day(day)
}

// full is the day with its weekday.
func (d *dates) full(day bot.Date) string {
	return d.say("full", "weekday", d.weekday(day.Weekday()), "day", day.Day, "month", d.month(day.Month), "year", day.Year)
}

// number reads a number in digits or words.
func (d *dates) number(s string) (int, error) {
	if w, n := d.lexicons["number"].longest(dateWords(s)); n > 0 && n == len(dateWords(s)) {
		return w.n, nil
	}
	n, err := strconv.Atoi(s)
	if err == nil && (n < 0 || n > 10_000) {
		return 0, errRefused
	}
	return n, err
}

// longest is what the longest saying stands for with which words begin, and how many of them it takes, 0 for none.
func (l lexicon) longest(words []string) (w worth, n int) {
	if len(words) == 0 {
		return w, 0
	}
	for _, s := range l[words[0]] {
		if len(s.words) > n && begins(words, s.words) {
			w, n = s.worth, len(s.words)
		}
	}
	return w, n
}

func begins(words, with []string) bool {
	return len(words) >= len(with) && slices.Equal(words[:len(with)], with)
}

var unmarked = strings.NewReplacer(",", " ", "’", "", "'", "")

// dateWords are the words of what may be a day, made equal where they are meant alike.
func dateWords(s string) []string {
	words := strings.Fields(unmarked.Replace(strings.ToLower(s)))
	for i, w := range words {
		words[i] = strings.TrimRight(w, ".?!;")
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}
