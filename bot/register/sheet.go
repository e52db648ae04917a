package register

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"ginnel/bot"
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

// sniff looks at the beginning for what is no text at all, and takes off byte order marks.
func (s *Sheet) sniff() error {
	start, err := s.r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	if mark := string(start[:min(len(start), 2)]); mark == "\xff\xfe" || mark == "\xfe\xff" {
		decoder := utf16.UTF16(utf16.LittleEndian, utf16.ExpectBOM).NewDecoder()
		s.r = bufio.NewReaderSize(transform.NewReader(s.r, decoder), 64<<10)
	} else if bytes.HasPrefix(start, []byte("\xef\xbb\xbf")) {
		_, _ = s.r.Discard(3)
	}
	start, err = s.r.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	begins := func(with string) bool { return bytes.HasPrefix(start, []byte(with)) }
	html := strings.ToLower(string(bytes.TrimSpace(start[:min(len(start), 1000)])))
	switch {
	case len(bytes.TrimSpace(start)) == 0:
		return errors.New("the file is empty: save the spreadsheet as CSV again, with its headings in the first line")
	case begins("PK\x03\x04"), begins("\xd0\xcf\x11\xe0"):
		return errors.New("this is an Excel (or similar) workbook, not a CSV file, whatever its name says: open it, choose Save As, and then “CSV UTF-8”")
	case begins("%PDF"):
		return errors.New("this is a PDF, not a CSV file: ask for the spreadsheet it was made from, and save that as CSV")
	case begins("{\\rtf"):
		return errors.New("this is a word processor's document, not a CSV file: put the list into a spreadsheet, and save that as CSV")
	case strings.HasPrefix(html, "<!doctype"), strings.HasPrefix(html, "<html"), strings.HasPrefix(html, "<table"), strings.HasPrefix(html, "<?xml"):
		return errors.New("this is a web page, not a CSV file: perhaps the download asked to log in first; open it in a spreadsheet, and save that as CSV")
	case bytes.IndexByte(start, 0) >= 0:
		return errors.New("this is not a text file: open it in the program that made it, and save it as CSV")
	}
	return nil
}

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
			cells[i] = bot.OneLine(c)
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
			return bot.Shorten(h, 60)
		}
	}
	return "Title"
}

// saysSeparator is true of the line “sep=;” that some programs put first, and follows it.
func (s *Sheet) saysSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.ToLower(line), []byte("sep="))
	if !ok || len(rest) != 1 || !strings.Contains(",;\t", string(rest)) {
		return false
	}
	s.separator = rest[0]
	return true
}

func separatorOf(line []byte) byte {
	var count [256]int
	quoted := false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return best
}

// nextLine reads to the end of a line, which may be LF, CRLF or, from old Macs, CR. What it returns is
// good until it is called again; io.EOF comes alone.
func (s *Sheet) nextLine() ([]byte, error) {
	s.buf = s.buf[:0]
	for {
		b, err := s.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && len(s.buf) > 0:
			s.line++
			return s.buf, nil
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case err != nil:
			return nil, unreadable(err)
		case b == '\r':
			if next, _ := s.r.Peek(1); len(next) == 1 && next[0] == '\n' {
				_, _ = s.r.Discard(1)
			}
			fallthrough
		case b == '\n':
			s.line++
			return s.buf, nil
		case len(s.buf) == longestRow:
			return nil, fmt.Errorf("line %d is longer than a megabyte: this is hardly a spreadsheet; save it as CSV again", s.line+1)
		}
		s.buf = append(s.buf, b)
	}
}

// split parts the row that begins with line into cells, reading on while a quoted cell is open. It is more
// forgiving than encoding/csv where people typed the file: quotation marks that do not enclose a whole
// cell are taken as they stand, and an opening one without its pair spoils no other line.
func (s *Sheet) split(line []byte) error {
	s.text, s.ends = s.text[:0], s.ends[:0]
	begun := s.line
	bare := false // no quotation mark ends a cell on the rest of this line
	for i := 0; ; i++ {
		from := len(s.text)
		closed := false
		if open := skipSpaces(line, i); !bare && open < len(line) && line[open] == '"' {
			j, whole, loose := open+1, true, false // whole: the cell began on this line
			for !closed {
				k := bytes.IndexByte(line[j:], '"')
				if k < 0 && whole && loose {
					bare = true
					break
				}
				if k < 0 {
					s.text = append(append(s.text, line[j:]...), '\n')
					var err error
					if line, err = s.nextLine(); errors.Is(err, io.EOF) {
						return fmt.Errorf("a quotation mark opened in the row of line %d is never closed: mend that row, and import the file again", begun)
					} else if err != nil {
						return err
					}
					if len(s.text)+len(line) > longestRow {
						return fmt.Errorf("the row of line %d is longer than a megabyte: perhaps a quotation mark in it is never closed; mend that row, and import the file again", begun)
					}
					j, whole = 0, false
					continue
				}
				s.text = append(s.text, line[j:j+k]...)
				j += k + 1
				switch {
				case j == len(line) || line[j] == s.separator:
					i, closed = j, true
				case line[j] == '"':
					s.text = append(s.text, '"')
					j++
				default:
					s.text = append(s.text, '"')
					loose = true
				}
			}
		}
		if !closed {
			s.text = s.text[:from]
			k := bytes.IndexByte(line[i:], s.separator)
			if k < 0 {
				k = len(line) - i
			}
			s.text = append(s.text, line[i:i+k]...)
			i += k
		}
		s.ends = append(s.ends, len(s.text))
		if i == len(line) {
			return nil
		}
	}
}

func skipSpaces(line []byte, i int) int {
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return i
}

// cells are the cells of the row as text. The encoding is decided row by row: files put together from
// several sources are not all of one.
func (s *Sheet) cells() []string {
	decode := func(b []byte) string { return string(b) }
	if !utf8.Valid(s.text) {
		decoder := charmap.Windows1252.NewDecoder()
		decode = func(b []byte) string {
			text, err := decoder.Bytes(b)
			if err != nil {
				return strings.ToValidUTF8(string(b), "\ufffd")
			}
			return string(text)
		}
	}
	cells := make([]string, len(s.ends))
	from := 0
	for i, end := range s.ends {
		cells[i] = decode(s.text[from:end])
		from = end
	}
	return cells
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
	o := bot.Organisation{Name: bot.OneLine(cell(nameField)), Income: -1, Listed: true}
	switch n := utf8.RuneCountInString(o.Name); {
	case o.Name == "":
		return wrong("it has no name")
	case n > longestName:
		return wrong("its name has %d characters, and a name has %d at most", n, longestName)
	}
	postcode := bot.OneLine(cell(postcodeField))
	var ok bool
	if o.Postcode, ok = bot.ReadPostcode(postcode); !ok {
		o.Postcode = ""
	}
	o.Ref = bot.OneLine(cell(idField))
	switch n := utf8.RuneCountInString(o.Ref); {
	case s.mapping.column[idField] < 0:
		o.Ref = "name:" + bot.Skeleton(o.Name) + "|" + o.Postcode.Outcode()
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
	o.About = bot.Clean(cell(aboutField))
	if n := utf8.RuneCountInString(o.About); n > longestAbout {
		o.About = bot.Shorten(o.About, longestAbout)
		warn("what it does was cut from %d characters to %d", n, longestAbout)
	}
	if web := bot.OneLine(cell(webField)); !isBlank(web) {
		if o.Web, ok = readWeb(web); !ok {
			warn("%s is no web address, and was left out", quoteHeading(web))
		}
	}
	if income := bot.OneLine(cell(incomeField)); !isBlank(income) {
		if o.Income, ok = readPounds(income); !ok {
			warn("%s is no income in pounds, and was left out", quoteHeading(income))
		}
	}
	if role := bot.OneLine(cell(roleField)); !isBlank(role) {
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
	if name := bot.OneLine(cell(speaksField)); !isBlank(name) {
		s.speaks = bot.Shorten(name, longestRole)
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

// isBlank knows what people put into a cell that they have nothing for.
func isBlank(cell string) bool {
	return cell == "" || slices.Contains(blanks, strings.ToLower(cell))
}

// readEntries reads a cell of several offers or needs, parted by “;”, “|” or line ends.
func readEntries(side bot.Side, cell string, warn func(string, ...any)) []bot.Entry {
	var entries []bot.Entry
	seen := map[string]bool{}
	for _, part := range strings.FieldsFunc(bot.Clean(cell), partsEntries) {
		text := bot.OneLine(part)
		if isBlank(text) {
			continue
		}
		if n := utf8.RuneCountInString(text); n > longestEntry {
			warn("the %s %s was cut from %d characters to %d", side, quoteHeading(text), n, longestEntry)
			text = bot.Shorten(text, longestEntry)
		}
		if seen[bot.Skeleton(text)] {
			continue
		}
		if len(entries) == mostEntries {
			warn("of more than %d entries (%s) the rest were left out", mostEntries, side)
			break
		}
		seen[bot.Skeleton(text)] = true
		e := bot.Entry{Side: side, Text: text, Imported: true}
		if side == bot.Offer {
			e.Terms = ReadTerms(text)
		}
		entries = append(entries, e)
	}
	return entries
}

func partsEntries(r rune) bool { return r == ';' || r == '|' || r == '\n' }

// readWeb reads a public web address, with https put before it where there is no scheme. An address with a user's
// name in it can look like somebody else's, and is refused.
func readWeb(text string) (string, bool) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !hostName.MatchString(u.Host) {
		return "", false
	}
	web := u.Scheme + strings.ReplaceAll(text[len(u.Scheme):], " ", "%20")
	if len(web) > longestWeb || strings.ContainsAny(web, "<>\"") {
		return "", false
	}
	return web, true
}

var hostName = regexp.MustCompile(`^([\pL\pN]([\pL\pN\pM_-]*[\pL\pN\pM])?\.)+\pL[\pL\pN\pM-]*\.?(:[0-9]{1,5})?$`)

// readPounds reads an amount such as “75186.0” or “£75,186” to the nearest pound; -1 when it is none.
func readPounds(text string) (int64, bool) {
	const most = 1e13
	text = strings.ReplaceAll(strings.ToUpper(text), " ", "")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "GBP"), "£")
	pounds, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil || pounds > most || !amount.MatchString(text) {
		return -1, false
	}
	return int64(math.Round(pounds)), true
}

var amount = regexp.MustCompile(`^([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?(E\+?[0-9]{1,2})?$`)

// readRole refuses what holds an address or a telephone number: people fill this column with themselves.
func readRole(text string) (string, bool) {
	if strings.ContainsAny(text, "@0123456789") || utf8.RuneCountInString(text) > longestRole {
		return "", false
	}
	return text, true
}
