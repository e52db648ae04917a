package overhear

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A hearer knows the patterns of patterns.txt.
type hearer struct {
	classes  map[string][][]string
	patterns map[string]map[string][]pattern // by section, and by a word they may begin with
	spelling map[string][]string
	filler   map[string]bool
	definite map[string]bool // what is not just any
	anybody  map[string]bool // whose things are not somebody's
	nothing  map[string]bool // what no group could lend or do
	breaks   map[string]bool // words after which the name of a thing is over
	early    map[string]bool // those of them that may also stand at its beginning
	little   map[string]bool // words with which it begins
	frames   map[string]bool // all words of the patterns
	signs    []sign
	enough   int      // what the signs of an ask count for together, at least
	slips    []string // those of them that are long enough to be known when they are misspelt
}

// A sign makes an ask only together with others.
type sign struct {
	section string
	known   bool // its things must be of those that the sector knows
	own     int  // what it counts for in the sentence that is judged
	beside  int  // and in another one of the message
}

// anyKnown is the name of the sign that something is spoken of which the sector knows.
const anyKnown = "known"

// A pattern is what must follow one another in a sentence.
type pattern []item

// An item is one of several runs of words, or something else.
type item struct {
	runs     [][]string
	optional bool
	thing    bool // what stands for something indefinite, and is not among what nobody could lend or do
	name     bool // a word with a capital letter
	gap      bool // up to four words
}

//go:embed patterns.txt
var patterns string

var hearing = sync.OnceValue(func() *hearer {
	h, err := readHearer(patterns)
	if err != nil {
		panic(err) // a test reads it
	}
	return h
})

// readHearer reads classes of words and, in sections, patterns that use them, one a line:
//
//	anyone = anyone, anybody, any of you
//	[ask]
//	does|do <anyone> here? know|have_heard of? <thing>
//
// “|” stands between runs of words and “_” between the words of one. “?” marks what may be left out, “..” is up to four
// words, <thing> and <name> are what an item says, and ^ and $ or ? or ! are the ends of a sentence. A name that stands
// before “=” twice has the words of both. In the section [weights] each line is a sign and what it counts for:
//
//	polite = 4 2
//
// The error names the line.
func readHearer(text string) (*hearer, error) {
	h := &hearer{
		classes: map[string][][]string{}, patterns: map[string]map[string][]pattern{}, spelling: map[string][]string{}, frames: map[string]bool{},
	}
	section, n := "", 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		wrong := func(what string) error { return fmt.Errorf("patterns, line %d: %s", n, what) }
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			h.patterns[section] = map[string][]pattern{}
			continue
		}
		if name, list, ok := strings.Cut(line, " = "); ok {
			for one := range strings.SplitSeq(list, ",") {
				one = strings.TrimSpace(one)
				switch {
				case section == "weights":
					if err := h.weight(name, one); err != nil {
						return nil, wrong(err.Error())
					}
				case section == "spelling":
					h.spelling[name] = strings.Fields(one)
				case strings.HasPrefix(one, "<"):
					runs, known := h.classes[strings.Trim(one, "<>")]
					if !known {
						return nil, wrong("no class " + one)
					}
					h.classes[name] = append(h.classes[name], runs...)
				default:
					h.classes[name] = append(h.classes[name], strings.Fields(one))
				}
			}
			continue
		}
		if section == "" {
			return nil, wrong("want a class, as in: lend = lend, loan")
		}
		p, err := h.parse(line)
		if err != nil {
			return nil, wrong(err.Error())
		}
		for _, first := range p.firsts() {
			h.patterns[section][first] = append(h.patterns[section][first], p)
		}
	}
	h.filler, h.definite, h.nothing, h.anybody = h.set("filler"), h.set("definite"), h.set("nothing"), h.set("anybody")
	h.breaks, h.early, h.little = h.set("breaks"), h.set("early"), h.set("little")
	h.definite[comma], h.breaks[comma] = true, true
	for _, s := range h.classes["slips"] {
		h.slips = append(h.slips, s[0])
	}
	return h, nil
}

// weight reads what a sign counts for: two numbers, of the judged sentence and of another one.
func (h *hearer) weight(name, counts string) error {
	if name == "enough" {
		var err error
		h.enough, err = strconv.Atoi(counts)
		return err
	}
	section, known := strings.CutPrefix(name, "known ")
	g := sign{section: section, known: known}
	if _, ok := h.patterns[section]; !ok && section != anyKnown {
		return fmt.Errorf("no section %s", section)
	}
	if len(h.signs) == 64 {
		return fmt.Errorf("more than 64 signs")
	}
	if _, err := fmt.Sscanf(counts, "%d %d", &g.own, &g.beside); err != nil {
		return fmt.Errorf("want two numbers: %w", err)
	}
	h.signs = append(h.signs, g)
	return nil
}

func (h *hearer) set(class string) map[string]bool {
	all := map[string]bool{}
	for _, run := range h.classes[class] {
		all[run[0]] = true
	}
	return all
}

func (h *hearer) parse(line string) (pattern, error) {
	var p pattern
	for part := range strings.FieldsSeq(line) {
		var it item
		if len(part) > 1 {
			part, it.optional = strings.CutSuffix(part, "?")
		}
		switch {
		case part == "..":
			it.gap = true
		case part == "<thing>":
			it.thing = true
		case part == "<name>":
			it.name = true
		default:
			for one := range strings.SplitSeq(part, "|") {
				if !strings.HasPrefix(one, "<") {
					run := strings.Split(one, "_")
					it.runs = append(it.runs, run)
					h.learn(run)
					continue
				}
				runs, known := h.classes[strings.Trim(one, "<>")]
				if !known {
					return nil, fmt.Errorf("no class %s", one)
				}
				it.runs = append(it.runs, runs...)
				for _, run := range runs {
					h.learn(run)
				}
			}
		}
		p = append(p, it)
	}
	if first := p.firsts(); len(first) == 0 {
		return nil, fmt.Errorf("a pattern begins with a word")
	}
	return p, nil
}

func (h *hearer) learn(words []string) {
	for _, w := range words {
		h.frames[w] = true
	}
}

// firsts are the words with which p may begin, none if that could be any.
func (p pattern) firsts() (all []string) {
	for _, it := range p {
		if it.gap || it.thing || it.name {
			return nil
		}
		for _, run := range it.runs {
			if !slices.Contains(all, run[0]) {
				all = append(all, run[0])
			}
		}
		if !it.optional {
			return all
		}
	}
	return nil
}
