package register

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ginnel/bot/clean"
)

// A field is something that a column can hold.
type field int

const (
	idField field = iota
	nameField
	postcodeField
	aboutField
	webField
	incomeField
	offersField
	needsField
	roleField
	speaksField
	fieldCount
)

// fieldNames are what each field is called in the export and in the word file.
var fieldNames = [fieldCount]string{
	idField:       "id",
	nameField:     "name",
	postcodeField: "postcode",
	aboutField:    "about",
	webField:      "web",
	incomeField:   "income",
	offersField:   "offers",
	needsField:    "needs",
	roleField:     "contact role",
	speaksField:   "speaks",
}

//go:embed words/en.headings.txt
var headingsFile string

// knownHeadings are those by which the column of a field is known, the surest first. Spelling is that of squash.
var knownHeadings, blanks = func() (all [fieldCount][]string, blanks []string) {
	for line := range strings.Lines(headingsFile) {
		name, words, ok := strings.Cut(strings.TrimSpace(line), ":")
		list := &blanks
		if f := slices.Index(fieldNames[:], name); f >= 0 {
			list = &all[f]
		}
		if ok && (list != &blanks || name == "blank") {
			for w := range strings.SplitSeq(words, ",") {
				*list = append(*list, strings.TrimSpace(w))
			}
		} else if name != "" && name[0] != '#' {
			panic("words of register: no column is called " + name)
		}
	}
	return all, blanks
}()

// squash makes headings alike that differ in case, spacing, signs, or a note in brackets such as “(£)”.
func squash(heading string) string {
	before, _, _ := strings.Cut(heading, "(")
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	if short := letters(before); short != "" {
		return short
	}
	return letters(heading)
}

// Mapping says which column of the file holds what.
type Mapping struct {
	headings []string
	column   [fieldCount]int // -1 where the file has none
}

// String is one line for each field, then one for the columns that are ignored.
func (m Mapping) String() string {
	var out strings.Builder
	ignored := make([]int, 0, len(m.headings))
	for i := range m.headings {
		if !slices.Contains(m.column[:], i) {
			ignored = append(ignored, i)
		}
	}
	for f, c := range m.column {
		switch {
		case c >= 0:
			fmt.Fprintf(&out, "%s ← %s\n", fieldNames[f], quoteHeading(m.headings[c]))
		case field(f) != speaksField: // which nobody misses
			fmt.Fprintf(&out, "%s ← no column\n", fieldNames[f])
		}
	}
	if len(ignored) > 0 {
		fmt.Fprintf(&out, "ignored: %s\n", m.list(ignored))
	}
	return out.String()
}

func quoteHeading(h string) string { return `"` + clean.Shorten(h, 60) + `"` }

// list names columns, twenty at most.
func (m Mapping) list(columns []int) string {
	const most = 20
	var names []string
	for _, c := range columns[:min(len(columns), most)] {
		if m.headings[c] == "" {
			names = append(names, fmt.Sprintf("column %d without a heading", c+1))
		} else {
			names = append(names, quoteHeading(m.headings[c]))
		}
	}
	text := strings.Join(names, ", ")
	if more := len(columns) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// readMapping works out what the columns hold. named is false when none holds a name.
func readMapping(headings []string, override string) (m Mapping, named bool, err error) {
	m = Mapping{headings: headings}
	squashed := make([]string, len(headings))
	for i, h := range headings {
		squashed[i] = squash(h)
	}
	given, err := m.override(squashed, override)
	if err != nil {
		return m, false, err
	}
	for f := range m.column {
		if c, ok := given[field(f)]; ok {
			m.column[f] = c
			continue
		}
		m.column[f] = -1
		for _, h := range knownHeadings[f] {
			c := slices.Index(squashed, h)
			if c >= 0 && !taken(given, c) {
				m.column[f] = c
				break
			}
		}
	}
	return m, m.column[nameField] >= 0, nil
}

func taken(given map[field]int, column int) bool {
	for _, c := range given {
		if c == column {
			return true
		}
	}
	return false
}

// override reads “name=Org title,postcode=PCODE”: field, then heading, by the field's name or any heading
// known for it. An empty heading means that no column holds the field.
func (m Mapping) override(squashed []string, text string) (map[field]int, error) {
	given := map[field]int{}
	if strings.TrimSpace(text) == "" {
		return given, nil
	}
	for _, pair := range pairsOf(text) {
		key, heading, ok := strings.Cut(pair, "=")
		key, heading = strings.TrimSpace(key), clean.OneLine(heading)
		f := fieldNamed(key)
		switch {
		case !ok:
			return nil, fmt.Errorf("--map wants pairs such as \"name=Org title,postcode=PCODE\", and %q is none", pair)
		case f < 0:
			return nil, fmt.Errorf("--map does not know %q: it can be id, name, postcode, about, web, income, offers, needs or role", key)
		}
		if _, twice := given[f]; twice {
			return nil, fmt.Errorf("--map gives a column for %q twice: keep one of the two", fieldNames[f])
		}
		if heading == "" {
			given[f] = -1
			continue
		}
		var found []int
		for i, s := range squashed {
			if m.headings[i] == heading {
				found = []int{i}
				break
			}
			if s == squash(heading) {
				found = append(found, i)
			}
		}
		switch {
		case len(found) == 0:
			return nil, fmt.Errorf("--map names the column %s, which the file does not have: its columns are %s", quoteHeading(heading), m.all())
		case len(found) > 1:
			return nil, fmt.Errorf("--map names the column %s, and the file has %d of that name: rename one of them", quoteHeading(heading), len(found))
		case taken(given, found[0]):
			return nil, fmt.Errorf("--map uses the column %s twice: one column can hold one thing", quoteHeading(heading))
		}
		given[f] = found[0]
	}
	return given, nil
}

// pairsOf cuts at commas, but not at those inside a heading: what has no “=” belongs to the pair before.
func pairsOf(text string) []string {
	var pairs []string
	for _, piece := range strings.Split(text, ",") {
		if len(pairs) > 0 && !strings.Contains(piece, "=") {
			pairs[len(pairs)-1] += "," + piece
		} else {
			pairs = append(pairs, piece)
		}
	}
	return pairs
}

func fieldNamed(name string) field {
	name = squash(name)
	for f, known := range knownHeadings {
		if name == squash(fieldNames[f]) || slices.Contains(known, name) {
			return field(f)
		}
	}
	return -1
}

func (m Mapping) all() string {
	columns := make([]int, len(m.headings))
	for i := range columns {
		columns[i] = i
	}
	return m.list(columns)
}
