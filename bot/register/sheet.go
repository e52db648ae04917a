package register

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
)

// The most that is taken from a spreadsheet, in characters unless it says otherwise.
const (
	longestRow   = 1 << 20 // bytes of one row; also of one line
	longestID    = 100
	longestName  = 200
	longestAbout = 4000
	longestEntry = 300
	longestRole  = 100
	longestWeb   = 500
	mostEntries  = 100  // offers of one row, and needs
	mostWarnings = 1000 // kept for Warnings; the rest are counted
	titleLines   = 5    // lines with a single cell that may stand above the headings
)

// RowError says what is wrong with one row.
type RowError struct {
	Line   int // of the file, where the row begins; the first is 1
	Reason string
	Repeat bool // the row says just what an earlier one said: nothing is lost without it
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Sheet is a spreadsheet being read. It is read once, from top to bottom, and keeps one row and the ids
// it has seen in memory.
type Sheet struct {
	r         *bufio.Reader
	separator byte
	line      int    // lines read so far
	buf       []byte // the line being read
	text      []byte // the cells of the row, one after the other
	ends      []int  // where each cell ends in text

	mapping  Mapping
	seed     maphash.Seed
	seen     map[string]sighting
	first    *reading // the first row under the headings, until Rows takes it
	speaks   string
	warnings []RowError
	unlisted int
}

// reading is what came of reading one row.
type reading struct {
	cells []string
	line  int
	err   error
}

// sighting is where an id stands, and the hash of the whole row.
type sighting struct {
	line int
	row  uint64
}

// OpenSheet reads the headings of a spreadsheet saved as text and works out what its columns hold. Cells
// are parted by commas, semicolons or tabs, whichever the line of headings has most of; the text is UTF-8,
// UTF-16 with a byte order mark, or Windows-1252. override names columns where their headings do not say
// enough: “name=Org title,postcode=PCODE”; "" leaves it to the headings. The errors are sentences for
// whoever chose the file.
func OpenSheet(r io.Reader, override string) (*Sheet, error) {
	s := &Sheet{r: bufio.NewReaderSize(r, 64<<10), separator: ',', seed: maphash.MakeSeed(), seen: map[string]sighting{}}
	if err := s.sniff(); err != nil {
		return nil, err
	}
	if err := s.readHeadings(override); err != nil {
		return nil, err
	}
	first := s.row()
	switch {
	case errors.Is(first.err, io.EOF):
		return nil, errors.New("the file has a line of headings and no rows under it: check that the right sheet was saved")
	case first.err != nil && !isRowError(first.err):
		return nil, first.err
	}
	s.first = &first
	return s, nil
}

// Mapping says which column holds what.
func (s *Sheet) Mapping() Mapping { return s.mapping }

// Warnings are rows that were taken without something that could not be read, so far: the first thousand.
func (s *Sheet) Warnings() []RowError { return s.warnings }

// MoreWarnings is how many warnings there were so far beyond those of Warnings.
func (s *Sheet) MoreWarnings() int { return s.unlisted }

// Speaks is the first name in the column “speaks” of the good row that Rows gave last, "" when there is none.
func (s *Sheet) Speaks() string { return s.speaks }

func unreadable(err error) error { return fmt.Errorf("the file cannot be read: %w", err) }

// readHeadings finds the line of headings, which may have a title above it.
func (s *Sheet) readHeadings(override string) error {
	var unnamed error
	for range titleLines + 1 {
		line, err := s.nextLine()
		for ; err == nil && len(bytes.TrimSpace(line)) == 0; line, err = s.nextLine() {
		}
		if err == nil && s.saysSeparator(line) {
			line, err = s.nextLine()
		} else if err == nil {
			s.separator = separatorOf(line)
		}
		if err == nil {
			err = s.split(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		cells := s.cells()
		filled := 0
		for i, c := range cells {
			cells[i] = clean.OneLine(c)
			if cells[i] != "" {
				filled++
			}
		}
		mapping, named, err := readMapping(cells, override)
		if named {
			s.mapping = mapping
			return nil
		}
		if err == nil {
			err = fmt.Errorf("no column has a heading such as “name” or “organisation” (the columns are %s): say which one holds the names, as in --map \"name=%s\"", mapping.all(), example(cells))
		}
		if unnamed == nil || filled > 1 {
			unnamed = err
		}
		if filled > 1 {
			break
		}
	}
	if unnamed == nil {
		unnamed = errors.New("the file has no headings: put a line above the rows that says what each column holds, such as name, postcode, activities")
	}
	return unnamed
}

func example(headings []string) string {
	for _, h := range headings {
		if h != "" {
			return clean.Shorten(h, 60)
		}
	}
	return "Title"
}

// row reads the next row that is not empty.
func (s *Sheet) row() reading {
	for {
		line, err := s.nextLine()
		begun := s.line
		if err == nil {
			err = s.split(line)
		}
		switch want, found := len(s.mapping.headings), len(s.ends); {
		case err != nil:
			return reading{err: err}
		case len(bytes.TrimSpace(s.text)) == 0:
			continue
		case bytes.IndexByte(s.text, 0) >= 0:
			err = &RowError{Line: begun, Reason: "it holds bytes that are not text"}
		case want != found:
			reason := fmt.Sprintf("it has %d columns, and the line of headings %d", found, want)
			if s.line > begun {
				reason += fmt.Sprintf("; it runs on to line %d, so a quotation mark may be missing", s.line)
			}
			err = &RowError{Line: begun, Reason: reason}
		default:
			return reading{cells: s.cells(), line: begun}
		}
		return reading{line: begun, err: err}
	}
}

func isRowError(err error) bool {
	var bad *RowError
	return errors.As(err, &bad)
}

// Rows reads the rows, once. A good row comes alone; for a bad one there is a *RowError and reading goes on;
// any other error is the last: what follows cannot be read. Memory does not grow with the file, but for
// the ids.
func (s *Sheet) Rows() iter.Seq2[bot.Imported, error] {
	return func(yield func(bot.Imported, error) bool) {
		for {
			var next reading
			if s.first != nil {
				next, s.first = *s.first, nil
			} else {
				next = s.row()
			}
			if errors.Is(next.err, io.EOF) {
				return
			}
			var row bot.Imported
			if next.err == nil {
				row, next.err = s.read(next.cells, next.line)
			}
			if !yield(row, next.err) || next.err != nil && !isRowError(next.err) {
				return
			}
		}
	}
}

// read makes a row of its cells.
func (s *Sheet) read(cells []string, line int) (bot.Imported, error) {
	cell := func(f field) string {
		if c := s.mapping.column[f]; c >= 0 {
			return unguard(cells[c])
		}
		return ""
	}
	wrong := func(format string, args ...any) (bot.Imported, error) {
		return bot.Imported{}, &RowError{Line: line, Reason: fmt.Sprintf(format, args...)}
	}
	o := bot.Organisation{Name: clean.OneLine(cell(nameField)), Income: -1, Listed: true}
	switch n := utf8.RuneCountInString(o.Name); {
	case o.Name == "":
		return wrong("it has no name")
	case n > longestName:
		return wrong("its name has %d characters, and a name has %d at most", n, longestName)
	}
	postcode := clean.OneLine(cell(postcodeField))
	var ok bool
	if o.Postcode, ok = language.ReadPostcode(postcode); !ok {
		o.Postcode = ""
	}
	o.Ref = clean.OneLine(cell(idField))
	switch n := utf8.RuneCountInString(o.Ref); {
	case s.mapping.column[idField] < 0:
		o.Ref = "name:" + clean.Fold(o.Name) + "|" + o.Postcode.Outcode()
	case o.Ref == "":
		return wrong("its id is empty")
	case n > longestID:
		return wrong("its id has %d characters, and an id has %d at most", n, longestID)
	}
	if err := s.see(o.Ref, cells, line); err != nil {
		return bot.Imported{}, err
	}
	row := bot.Imported{Line: line}
	warn := func(format string, args ...any) { s.warn(line, fmt.Sprintf(format, args...)) }
	if !ok && !isBlank(postcode) {
		warn("%s is no postcode, and was left out", quoteHeading(postcode))
	}
	o.About = clean.Text(cell(aboutField))
	if n := utf8.RuneCountInString(o.About); n > longestAbout {
		o.About = clean.Shorten(o.About, longestAbout)
		warn("what it does was cut from %d characters to %d", n, longestAbout)
	}
	if web := clean.OneLine(cell(webField)); !isBlank(web) {
		if o.Web, ok = readWeb(web); !ok {
			warn("%s is no web address, and was left out", quoteHeading(web))
		}
	}
	if income := clean.OneLine(cell(incomeField)); !isBlank(income) {
		if o.Income, ok = readPounds(income); !ok {
			warn("%s is no income in pounds, and was left out", quoteHeading(income))
		}
	}
	if role := clean.OneLine(cell(roleField)); !isBlank(role) {
		if o.Role, ok = readRole(role); !ok {
			// Not quoted: it may be about a person.
			warn("the contact's role is not a role such as “Secretary”, and was left out")
		}
	}
	row.Entries = append(readEntries(bot.Offer, cell(offersField), warn), readEntries(bot.Need, cell(needsField), warn)...)
	said := []string{o.Name, o.About}
	for _, e := range row.Entries {
		if e.Side == bot.Offer {
			said = append(said, e.Text)
		}
	}
	o.Sensitive = LikelySensitive(said...)
	s.speaks = ""
	if name := clean.OneLine(cell(speaksField)); !isBlank(name) {
		s.speaks = clean.Shorten(name, longestRole)
	}
	row.Organisation = o
	return row, nil
}

// see remembers that ref stands on line, or says where it stood before.
func (s *Sheet) see(ref string, cells []string, line int) error {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, c := range cells {
		_, _ = h.WriteString(c)
		_ = h.WriteByte(0)
	}
	before, twice := s.seen[ref]
	switch {
	case !twice:
		s.seen[strings.Clone(ref)] = sighting{line, h.Sum64()}
		return nil
	case before.row == h.Sum64():
		return &RowError{Line: line, Reason: fmt.Sprintf("it says just what line %d says", before.line), Repeat: true}
	case s.mapping.column[idField] < 0:
		return &RowError{Line: line, Reason: fmt.Sprintf("its name stands in the same place on line %d, with other words beside it", before.line)}
	}
	return &RowError{Line: line, Reason: fmt.Sprintf("its id %s stands on line %d too, with other words beside it", quoteHeading(ref), before.line)}
}

func (s *Sheet) warn(line int, reason string) {
	if len(s.warnings) == mostWarnings {
		s.unlisted++
		return
	}
	s.warnings = append(s.warnings, RowError{Line: line, Reason: reason})
}
