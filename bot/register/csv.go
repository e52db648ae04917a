package register

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

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
