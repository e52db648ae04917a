package match

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Thesaurus knows which words of the voluntary sector mean the same, and which are near in meaning.
type Thesaurus struct {
	concepts []concept
	wordings map[string][]wording[string] // by first stem, the longest first
	stems    map[string]bool              // all that stand in wordings
	texts    []string                     // of which it was read
}

// A concept is a meaning, named by the words preferred for it.
type concept struct {
	name    string
	related []int
}

// A wording is one way to say a concept. Its stems are strings, or the numbers that an index has for them.
type wording[W comparable] struct {
	stems         []W
	before, after string // of a single stem, the stop word that must stand beside it, if any: “charity” of “charity shop”
	concept       int
	reach         reach
}

// size orders wordings: the longer leaves out the shorter.
func (w *wording[W]) size() int {
	n := 2 * len(w.stems)
	if w.before != "" || w.after != "" {
		n++
	}
	return n
}

func (w *wording[W]) same(other *wording[W]) bool {
	return w.concept == other.concept && w.before == other.before && w.after == other.after && slices.Equal(w.stems, other.stems)
}

// A reach is where a wording means its concept.
type reach int

const (
	everywhere reach = iota
	offered          // in offers and questions
	loosely          // in questions only: elsewhere it mostly means something else
)

//go:embed thesaurus.txt
var builtIn string

// Sector is the thesaurus written for this project.
var Sector = sync.OnceValue(func() *Thesaurus {
	t, err := ReadThesaurus(builtIn)
	if err != nil {
		panic(err) // a test reads it
	}
	return t
})

// Extended is the thesaurus written for this project with what somebody adds to it; see ReadThesaurus. The error
// names the line of what was added.
func Extended(text string) (*Thesaurus, error) { return ReadThesaurus(builtIn, text) }

// With is t with more concepts and wordings; see ReadThesaurus.
func (t *Thesaurus) With(text string) (*Thesaurus, error) {
	return ReadThesaurus(append(slices.Clone(t.texts), text)...)
}

// ReadThesaurus reads a text with one concept a line:
//
//	bookkeeping: accounts, ledgers, ~books -> treasurer, payroll
//
// Before the colon stand the words preferred for it, after it other wordings; “~” marks a wording that counts in
// questions only; after “->” stand the preferred words of related concepts. “#” begins a comment. Several texts
// add up, and a concept that stands in two has the wordings of both. The error names the line.
func ReadThesaurus(texts ...string) (*Thesaurus, error) {
	t := &Thesaurus{wordings: map[string][]wording[string]{}, stems: map[string]bool{}, texts: texts}
	at := map[string]int{}
	type link struct {
		from int
		to   string
	}
	var links []link
	for _, text := range texts {
		n := 0
		for line := range strings.Lines(text) {
			n++
			line, _, _ = strings.Cut(line, "#")
			if strings.TrimSpace(line) == "" {
				continue
			}
			said, related, _ := strings.Cut(line, "->")
			name, others, ok := strings.Cut(said, ":")
			name = oneLine(name)
			if !ok || name == "" {
				return nil, fmt.Errorf("thesaurus, line %d: want the words of a concept, a colon, and other words for it with commas between", n)
			}
			i, known := at[name]
			if !known {
				i = len(t.concepts)
				at[name] = i
				t.concepts = append(t.concepts, concept{name: name})
				t.add(name, i)
			}
			for w := range strings.SplitSeq(others, ",") {
				t.add(w, i)
			}
			for r := range strings.SplitSeq(related, ",") {
				if r = oneLine(r); r != "" {
					links = append(links, link{i, r})
				}
			}
		}
	}
	for _, l := range links {
		// What is related to nothing known is no harm.
		if to, ok := at[l.to]; ok && to != l.from && !slices.Contains(t.concepts[l.from].related, to) {
			t.concepts[l.from].related = append(t.concepts[l.from].related, to)
		}
	}
	for first, list := range t.wordings {
		slices.SortFunc(list, func(a, b wording[string]) int {
			return cmp.Or(cmp.Compare(b.size(), a.size()), slices.Compare(a.stems, b.stems), cmp.Compare(a.before, b.before),
				cmp.Compare(a.after, b.after), cmp.Compare(a.concept, b.concept), cmp.Compare(b.reach, a.reach))
		})
		// “accountant” and “~accounts” are both compared as “account”: who offers that means the first, and who
		// only mentions it may mean the second.
		for i := 1; i < len(list); i++ {
			if a, b := &list[i-1], &list[i]; a.reach != b.reach && a.same(b) {
				a.reach, b.reach = offered, offered
			}
		}
		t.wordings[first] = slices.CompactFunc(list, func(a, b wording[string]) bool { return a.same(&b) })
	}
	return t, nil
}

func oneLine(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func (t *Thesaurus) add(text string, concept int) {
	text = oneLine(text)
	reach := everywhere
	if rest, loose := strings.CutPrefix(text, "~"); loose {
		text, reach = rest, loosely
	}
	line := contentOf(text)
	if len(line.stems) == 0 {
		return
	}
	for _, st := range line.stems {
		t.stems[st] = true
	}
	w := wording[string]{stems: slices.Clone(line.stems), concept: concept, reach: reach}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' })
	if len(w.stems) == 1 && len(parts) > 1 {
		if w.before = line.before[0]; w.before == "" {
			w.after = line.after[0]
		}
		// Of “running a charity” only “running” is compared, and that may be anybody's.
		if w.before == "" && w.after == "" && reach == everywhere {
			return
		}
	}
	t.wordings[w.stems[0]] = append(t.wordings[w.stems[0]], w)
}

// A mention is where a concept is spoken of: the words from and up to, without stop words.
type mention struct {
	concept, from, to int
	reach             reach
}

// find tells the concepts spoken of in a text. Of wordings that overlap, one that lies within a longer one is
// left out: “first aid training” speaks of no first aid cover.
func (t *Thesaurus) find(c *content[string], take func(mention)) {
	mentions(c, func(s string) []wording[string] { return t.wordings[s] }, take)
}

// mentions is Thesaurus.find for any kind of stems.
func mentions[W comparable](c *content[W], wordings func(first W) []wording[W], take func(mention)) {
	end := 0
	for from, s := range c.stems {
		longest := 0
		list := wordings(s)
		for i := range list {
			w := &list[i]
			to := from + len(w.stems)
			if w.size() < longest || to > len(c.stems) || to <= end {
				continue
			}
			if slices.Equal(w.stems[1:], c.stems[from+1:to]) && (w.before == "" || w.before == c.before[from]) && (w.after == "" || w.after == c.after[from]) {
				longest = w.size()
				take(mention{w.concept, from, to, w.reach})
			}
		}
		end = max(end, from+longest/2)
	}
}

// content is a text as its stems without stop words. Like those of a wording they are strings or numbers.
type content[W comparable] struct {
	stems         []W
	before, after []string // of each stem the companion beside it, or ""
	last          token
	whole         bool // the last word is in stems
}

// companions are stop words that make another meaning of the word beside them, as in “charity shop”, “over 60s”,
// “local history” and “coffee morning”, each with the form in which it is compared.
var companions = lists.alike("companions")

func (c *content[W]) reset() {
	*c = content[W]{stems: c.stems[:0], before: c.before[:0], after: c.after[:0]}
}

func contentOf(text string) *content[string] {
	var c content[string]
	tokens(text, func(t token) {
		if stopWords[t.word] {
			c.add(t, "")
		} else {
			c.add(t, stem(t.word))
		}
	})
	return &c
}

// add adds a token with its stem, which is zero for a stop word. A joined word such as “drop-in” stands for its parts when
// one of them is a stop word.
func (c *content[W]) add(t token, stem W) {
	var none W
	if c.last.end > t.start { // joined, and its last part came before it
		if !c.whole && stem != none {
			c.put(stem, "")
			c.whole = true
		}
		return
	}
	beside := t.start == c.last.end+1 && c.last.word != ""
	switch {
	case stem == none:
		if beside && c.whole {
			c.after[len(c.after)-1] = companions[t.word]
		}
	case beside && !c.whole:
		c.put(stem, companions[c.last.word])
	default:
		c.put(stem, "")
	}
	c.last, c.whole = t, stem != none
}

func (c *content[W]) put(stem W, before string) {
	c.stems = append(c.stems, stem)
	c.before, c.after = append(c.before, before), append(c.after, "")
}

// named are the concepts that a text names for certain, each once, and the stems of its words.
func (t *Thesaurus) named(text string) (names, stems []string) {
	var line content[string]
	tokens(text, func(token token) {
		if stopWords[token.word] {
			line.add(token, "")
		} else {
			line.add(token, stem(token.word))
			stems = append(stems, stem(token.word))
		}
	})
	t.find(&line, func(m mention) {
		if name := t.concepts[m.concept].name; m.reach != loosely && !slices.Contains(names, name) {
			names = append(names, name)
		}
	})
	return names, stems
}

// Mentioned tells whether a text names anything that the thesaurus knows for certain.
func (t *Thesaurus) Mentioned(text string) bool {
	names, _ := t.named(text)
	return len(names) > 0
}
