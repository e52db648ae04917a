package register

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// Record is an organisation with everything the register holds about it.
type Record struct {
	Organisation bot.Organisation
	Entries      []bot.Entry
	Contacts     []bot.Contact
}

// exportedID is the id by which an import finds o again.
func exportedID(o bot.Organisation) string {
	if o.Ref != "" {
		return o.Ref
	}
	return "ginnel:" + o.ID.String()
}

// CSVWriter writes records as a spreadsheet that OpenSheet reads back: UTF-8, commas, LF. It holds no personal
// data: of contacts it gives the number alone. But it holds whole postcodes, also of sensitive organisations, and
// says which these are: before it is given to anybody, those are to be taken out. What is written may stay in memory
// until Close.
type CSVWriter struct{ w *csv.Writer }

// NewCSV writes the headings. Its errors, like all of writing, come from Write or Close.
func NewCSV(w io.Writer) *CSVWriter {
	c := &CSVWriter{csv.NewWriter(w)}
	_ = c.w.Write([]string{
		"id", "name", "postcode", "activities", "web", "income", "offers", "needs", "contact role",
		"listed", "joined", "sensitive", "full until", "asks a month", "confirmed", "contacts", "helps this far",
	})
	return c
}

// Write writes one row. An entry's “;” and “|” become commas, as these part the entries of a cell.
func (c *CSVWriter) Write(r Record) error {
	o := r.Organisation
	row := []string{
		exportedID(o), o.Name, o.Postcode.String(), o.About, o.Web, "", joinEntries(bot.Offer, r.Entries), joinEntries(bot.Need, r.Entries), o.Role,
		yes(o.Listed), yes(o.Joined), yes(o.Sensitive), "", "", "", strconv.Itoa(len(r.Contacts)), o.Covers,
	}
	if o.Income >= 0 {
		row[5] = strconv.FormatInt(o.Income, 10)
	}
	if o.Full {
		row[12] = "further notice"
		if !o.FullUntil.IsZero() {
			row[12] = isoDate(o.FullUntil)
		}
	}
	if o.AsksMonth > 0 {
		row[13] = strconv.Itoa(o.AsksMonth)
	}
	if !o.Confirmed.IsZero() {
		row[14] = o.Confirmed.UTC().Format(time.DateOnly)
	}
	for i := range row {
		row[i] = guard(row[i])
	}
	if err := c.w.Write(row); err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	return nil
}

// Close writes what is still in memory. It does not close the writer given to NewCSV.
func (c *CSVWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

func joinEntries(side bot.Side, entries []bot.Entry) string {
	var texts []string
	for _, e := range entries {
		if e.Side == side {
			texts = append(texts, strings.Map(func(r rune) rune {
				if partsEntries(r) {
					return ','
				}
				return r
			}, e.Text))
		}
	}
	return strings.Join(texts, "; ")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func isoDate(d bot.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// formulaSigns begin what a spreadsheet would calculate instead of showing, after OWASP's page on CSV
// injection. The wide forms count where Japanese or Chinese is typed.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// looksLikeFormula is true also of text that only apostrophes keep from being one.
func looksLikeFormula(cell string) bool {
	bare := strings.TrimLeft(cell, "'")
	for _, sign := range formulaSigns {
		if strings.HasPrefix(bare, string(sign)) {
			return true
		}
	}
	return false
}

// guard puts an apostrophe before what a spreadsheet might calculate. unguard(guard(s)) is s.
func guard(cell string) string {
	if looksLikeFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unguard takes off the apostrophe that guard put on.
func unguard(cell string) string {
	if looksLikeFormula(cell) {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}

// JSONWriter writes records as one JSON document, {"organisations": [...]}, with everything in it that the
// register holds, contacts too. Times are RFC 3339 in UTC, days ISO 8601; what is unknown is left out.
type JSONWriter struct {
	w       io.Writer
	started bool
}

// NewJSON returns a writer of one document. Nothing is written before Write or Close.
func NewJSON(w io.Writer) *JSONWriter { return &JSONWriter{w: w} }

type jsonOrganisation struct {
	ID        string        `json:"id"`
	Number    int64         `json:"number"`
	Name      string        `json:"name"`
	Postcode  string        `json:"postcode,omitempty"`
	About     string        `json:"activities,omitempty"`
	Web       string        `json:"web,omitempty"`
	Income    *int64        `json:"income,omitempty"`
	Role      string        `json:"contact_role,omitempty"`
	Joined    bool          `json:"joined"`
	Vouched   bool          `json:"vouched"`
	Listed    bool          `json:"listed"`
	Sensitive bool          `json:"sensitive"`
	Full      bool          `json:"full"`
	FullUntil string        `json:"full_until,omitempty"`
	AsksMonth int           `json:"asks_a_month,omitempty"`
	AsksSince string        `json:"asks_counted_since,omitempty"`
	AsksSeen  int           `json:"asks_counted,omitempty"`
	Confirmed string        `json:"confirmed,omitempty"`
	Covers    string        `json:"helps_this_far,omitempty"`
	Offers    []jsonEntry   `json:"offers"`
	Needs     []jsonEntry   `json:"needs"`
	Contacts  []jsonContact `json:"contacts"`
}

type jsonEntry struct {
	Number    int64  `json:"number"`
	Text      string `json:"text"`
	Terms     string `json:"terms,omitempty"`
	Until     string `json:"until,omitempty"`
	Imported  bool   `json:"imported"`
	Confirmed string `json:"confirmed,omitempty"`
}

type jsonContact struct {
	Network string `json:"network"`
	User    string `json:"user"`
	Name    string `json:"name,omitempty"`
	Steward bool   `json:"steward"`
	Since   string `json:"since,omitempty"`
}

// Write writes one organisation.
func (j *JSONWriter) Write(r Record) error {
	var text bytes.Buffer
	text.WriteString(j.before())
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("    ", "  ")
	if err := encoder.Encode(jsonOf(r)); err != nil {
		return fmt.Errorf("write organisation %s: %w", r.Organisation.ID, err)
	}
	// The encoder ends with a line end, and whether a comma belongs before it is not known yet.
	if _, err := j.w.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n"))); err != nil {
		return fmt.Errorf("write organisation %s: %w", r.Organisation.ID, err)
	}
	return nil
}

func (j *JSONWriter) before() string {
	if j.started {
		return ",\n    "
	}
	j.started = true
	return "{\n  \"organisations\": [\n    "
}

// Close writes the end of the document. It does not close the writer given to NewJSON.
func (j *JSONWriter) Close() error {
	end := "\n  ]\n}\n"
	if !j.started {
		end = "{\n  \"organisations\": []\n}\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

func jsonOf(r Record) jsonOrganisation {
	o := r.Organisation
	out := jsonOrganisation{
		ID: exportedID(o), Number: int64(o.ID), Name: o.Name, Postcode: o.Postcode.String(), About: o.About, Web: o.Web,
		Role: o.Role, Joined: o.Joined, Vouched: o.Vouched, Listed: o.Listed, Sensitive: o.Sensitive, Full: o.Full,
		FullUntil: isoDate(o.FullUntil), AsksMonth: o.AsksMonth, AsksSince: isoDate(o.AsksSince), AsksSeen: o.AsksSeen, Covers: o.Covers,
		Confirmed: isoTime(o.Confirmed), Offers: []jsonEntry{}, Needs: []jsonEntry{}, Contacts: []jsonContact{},
	}
	if o.Income >= 0 {
		out.Income = &o.Income
	}
	for _, e := range r.Entries {
		entry := jsonEntry{int64(e.ID), e.Text, string(e.Terms), isoDate(e.Until), e.Imported, isoTime(e.Confirmed)}
		if e.Side == bot.Offer {
			out.Offers = append(out.Offers, entry)
		} else {
			out.Needs = append(out.Needs, entry)
		}
	}
	for _, c := range r.Contacts {
		s := c.Speaker
		out.Contacts = append(out.Contacts, jsonContact{string(s.Network), string(s.ID), s.Name, c.Steward, isoTime(c.Since)})
	}
	return out
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
