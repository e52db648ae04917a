package register_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/register"
)

// read reads a whole sheet: its good rows, its bad rows as text, and the error that ended it.
func read(t *testing.T, text, override string) (rows []bot.Imported, bad []string, sheet *register.Sheet) {
	t.Helper()
	sheet, err := register.OpenSheet(strings.NewReader(text), override)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	for row, err := range sheet.Rows() {
		if err != nil {
			bad = append(bad, err.Error())
		} else {
			rows = append(rows, row)
		}
	}
	return rows, bad, sheet
}

func names(rows []bot.Imported) string {
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprintf("%d %s", r.Line, r.Organisation.Name))
	}
	return strings.Join(all, ", ")
}

func reasons(sheet *register.Sheet) (all []string) {
	for _, w := range sheet.Warnings() {
		all = append(all, w.Error())
	}
	return all
}

func TestEveryColumnIsRead(t *testing.T) {
	rows, bad, sheet := read(t, `Charity Number,Organisation,Post code,What we do,Website,Latest income (£),We offer,We need,Contact role,Colour
1234,Levenshulme  Repair Café,m12 4ab,"We mend
things",repair.example.org,"£75,186","hall, at cost; tools
free sewing classes",a treasurer|paint,Secretary,red
`, "")
	want := []bot.Imported{{
		Line: 2,
		Organisation: bot.Organisation{
			Ref: "1234", Name: "Levenshulme Repair Café", Postcode: "M12 4AB", About: "We mend\nthings",
			Web: "https://repair.example.org", Income: 75186, Role: "Secretary", Listed: true,
		},
		Entries: []bot.Entry{
			{Side: bot.Offer, Text: "hall, at cost", Terms: bot.AtCost, Imported: true},
			{Side: bot.Offer, Text: "tools", Imported: true},
			{Side: bot.Offer, Text: "free sewing classes", Terms: bot.Free, Imported: true},
			{Side: bot.Need, Text: "a treasurer", Imported: true},
			{Side: bot.Need, Text: "paint", Imported: true},
		},
	}}
	if d := cmp.Diff(want, rows); d != "" || bad != nil || sheet.Warnings() != nil {
		t.Errorf("bad %q, warnings %q, rows (-want +got):\n%s", bad, reasons(sheet), d)
	}
	mapping := `id ← "Charity Number"
name ← "Organisation"
postcode ← "Post code"
about ← "What we do"
web ← "Website"
income ← "Latest income (£)"
offers ← "We offer"
needs ← "We need"
contact role ← "Contact role"
ignored: "Colour"
`
	if d := cmp.Diff(mapping, sheet.Mapping().String()); d != "" {
		t.Errorf("mapping (-want +got):\n%s", d)
	}
}

func TestWhoSpeaksIsReadBesideTheRow(t *testing.T) {
	sheet, err := register.OpenSheet(strings.NewReader("name,speaks\nChoir, Beth \nHall,-\n,Tom\nShed,"+strings.Repeat("é", 200)+"\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row, err := range sheet.Rows() {
		if err == nil {
			got = append(got, row.Organisation.Name+" "+sheet.Speaks())
		}
	}
	if d := cmp.Diff([]string{"Choir Beth", "Hall ", "Shed " + strings.Repeat("é", 99) + "…"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if !strings.Contains(sheet.Mapping().String(), `speaks ← "speaks"`) {
		t.Errorf("the mapping does not say so:\n%s", sheet.Mapping())
	}
}

func TestColumnsAreKnownByTheirHeadings(t *testing.T) {
	for _, c := range []struct{ headings, override, want string }{
		{"org_id,name,postcode,active,date_registered,activities,objects,income,web", "", `id ← "org_id" / name ← "name" / postcode ← "postcode" / about ← "activities" / web ← "web" / income ← "income"`},
		{"objects,activities,name", "", `name ← "name" / about ← "activities"`},
		{"name,objects", "", `name ← "name" / about ← "objects"`},
		{"Name,Organisation,Email", "", `name ← "Organisation"`},
		{"ORGANISATION_NAME,P-Code,U.R.L.,Annual  Turnover,Reg. No.", "", `id ← "Reg. No." / name ← "ORGANISATION_NAME" / postcode ← "P-Code" / web ← "U.R.L." / income ← "Annual Turnover"`},
		{"skills,Looking for:,Group,public contact", "", `name ← "Group" / offers ← "skills" / needs ← "Looking for:" / contact role ← "public contact"`},
		{"name,contact,role", "", `name ← "name" / contact role ← "role"`},
		{"Org title,PCODE,name", "name=Org title,postcode=pcode", `name ← "Org title" / postcode ← "PCODE"`},
		{`"Title, of group",what`, "name=Title, of group,description=what", `name ← "Title, of group" / about ← "what"`},
		{"name,web", "web=", `name ← "name"`},
		{"name,skills", "about=skills", `name ← "name" / about ← "skills"`},
		{"name,Name", "name=Name", `name ← "Name"`},
	} {
		sheet, err := register.OpenSheet(strings.NewReader(c.headings+"\n"+c.headings+"\n"), c.override)
		if err != nil {
			t.Errorf("%s: %v", c.headings, err)
			continue
		}
		var got []string
		for line := range strings.Lines(sheet.Mapping().String()) {
			if line = strings.TrimSpace(line); !strings.HasSuffix(line, "no column") && !strings.HasPrefix(line, "ignored") {
				got = append(got, line)
			}
		}
		if d := cmp.Diff(c.want, strings.Join(got, " / ")); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.headings, d)
		}
	}
}

func TestOverridesThatCannotBe(t *testing.T) {
	for override, want := range map[string]string{
		"name=Nowhere":           `--map names the column "Nowhere", which the file does not have: its columns are "title", "place", "Place", column 4 without a heading`,
		"colour=title":           `--map does not know "colour": it can be id, name, postcode, about, web, income, offers, needs or role`,
		"name=title,name=place":  `--map gives a column for "name" twice: keep one of the two`,
		"name=title,about=title": `--map uses the column "title" twice: one column can hold one thing`,
		"name=PLACE":             `--map names the column "PLACE", and the file has 2 of that name: rename one of them`,
		"title":                  `--map wants pairs such as "name=Org title,postcode=PCODE", and "title" is none`,
		"postcode=place":         `no column has a heading such as “name” or “organisation” (the columns are "title", "place", "Place", column 4 without a heading): say which one holds the names, as in --map "name=title"`,
	} {
		_, err := register.OpenSheet(strings.NewReader("title,place,Place,\na,b,c,d\n"), override)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", override, err, want)
		}
	}
}

func TestFilesThatAreNoSpreadsheet(t *testing.T) {
	giant := strings.Repeat("a", 1<<20+1)
	for name, c := range map[string]struct{ text, want string }{
		"empty":              {"", "the file is empty"},
		"only a mark":        {"\xef\xbb\xbf", "the file is empty"},
		"only an empty mark": {"\xff\xfe", "the file is empty"},
		"only spaces":        {" \r\n\n\t", "the file is empty"},
		"only empty cells":   {",,\n,,\n", "has a heading"},
		"only headings":      {"name,postcode\n", "no rows under it"},
		"headings and blank": {"name,postcode\n,\n\n , \n", "no rows under it"},
		"no headings":        {"Tally Trust,M12 4AB\nRepair Café,M19\n", `no column has a heading such as “name” or “organisation” (the columns are "Tally Trust", "M12 4AB")`},
		"new Excel":          {"PK\x03\x04\x14\x00\x06\x00\x08\x00", "“CSV UTF-8”"},
		"old Excel":          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "“CSV UTF-8”"},
		"PDF":                {"%PDF-1.7\n1 0 obj\n", "a PDF"},
		"RTF":                {"{\\rtf1\\ansi", "word processor"},
		"HTML":               {"\r\n<!DOCTYPE html><html>", "a web page"},
		"HTML table":         {"\xef\xbb\xbf<table><tr><td>name</td></tr></table>", "a web page"},
		"NULs":               {"name\n\x00\x01\x02", "not a text file"},
		"UTF-16, no mark":    {"n\x00a\x00m\x00e\x00\n\x00a\x00", "not a text file"},
		"giant heading":      {giant, "line 1 is longer than a megabyte"},
		"giant row":          {"name\n" + giant, "line 2 is longer than a megabyte"},
		"giant quoted row":   {"name\n\"" + strings.Repeat("a\n", 1<<20), "the row of line 2 is longer than a megabyte"},
		"quote never closed": {"name\n\"Tally Trust\nRepair Café\n", "a quotation mark opened in the row of line 2 is never closed"},
	} {
		sheet, err := register.OpenSheet(strings.NewReader(c.text), "")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
			t.Errorf("%s: %v, %v; want %q", name, sheet, err, c.want)
		}
	}
	broken := errors.New("broken disk")
	if _, err := register.OpenSheet(iotest.ErrReader(broken), ""); !errors.Is(err, broken) {
		t.Errorf("a disk that breaks at once: %v", err)
	}
}

// What follows a mistake that hides the ends of rows is given up; what went before is kept.
func TestTheRestCannotBeRead(t *testing.T) {
	broken := errors.New("broken disk")
	good := "name\nTally Trust\nRepair Café\n" + strings.Repeat("\n", 64<<10)
	for want, r := range map[string]io.Reader{
		"broken disk":        io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken)),
		"is never closed":    strings.NewReader(good + "\"Choir\nRefuge\n"),
		"is longer":          strings.NewReader(good + "\"Choir" + strings.Repeat("\nRefuge", 1<<18)),
		"line 65540 is long": strings.NewReader(good + strings.Repeat("x", 1<<21)),
	} {
		sheet, err := register.OpenSheet(r, "")
		if err != nil {
			t.Errorf("%s: open: %v", want, err)
			continue
		}
		var rows []bot.Imported
		var last []error
		for row, err := range sheet.Rows() {
			if err != nil {
				last = append(last, err)
			} else {
				rows = append(rows, row)
			}
		}
		var bad *register.RowError
		if got := names(rows); got != "2 Tally Trust, 3 Repair Café" || len(last) != 1 || errors.As(last[0], &bad) || !strings.Contains(last[0].Error(), want) {
			t.Errorf("%s: rows %s, errors %v", want, got, last)
		}
	}
}

func TestSpellingsOfOneFile(t *testing.T) {
	const text = "name,postcode,about\n\"Café, the\",M12 4AB,\"tea\ncake\"\n\nChoir,M19,songs\n"
	latin := func(s string) string { return strings.ReplaceAll(s, "é", "\xe9") }
	wide := func(order binary.AppendByteOrder, s string) string {
		var out []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
			out = order.AppendUint16(out, u)
		}
		return string(out)
	}
	quoted := strings.NewReplacer(",M", ";M", ",\"t", ";\"t", ",s", ";s", "name,postcode,about", "name;postcode;about")
	for name, spelt := range map[string]string{
		"as it is":         text,
		"byte order mark":  "\xef\xbb\xbf" + text,
		"CRLF":             strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":               strings.ReplaceAll(text, "\n", "\r"),
		"no line end":      strings.TrimRight(text, "\n"),
		"Windows-1252":     latin(text),
		"UTF-16":           wide(binary.LittleEndian, text),
		"UTF-16, other":    wide(binary.BigEndian, text),
		"semicolons":       quoted.Replace(text),
		"tabs":             strings.ReplaceAll(quoted.Replace(text), ";", "\t"),
		"sep=":             strings.Replace("sep=;\n"+quoted.Replace(text), "\n\nChoir", "\nChoir", 1),
		"a title above":    strings.Replace("Our members 2026,,\n"+text, "\n\nChoir", "\nChoir", 1),
		"spaces and marks": strings.Replace(text, "M12 4AB,", "M12 4AB , ", 1),
	} {
		rows, bad, _ := read(t, spelt, "")
		want := "2 Café, the, 5 Choir"
		if strings.HasPrefix(name, "sep=") || strings.HasPrefix(name, "a title") {
			want = "3 Café, the, 5 Choir"
		}
		if got := names(rows); got != want || bad != nil || rows[0].Organisation.About != "tea\ncake" || rows[0].Organisation.Postcode != "M12 4AB" {
			t.Errorf("%s: rows %s (%+v), bad %q", name, got, rows, bad)
		}
	}
}

// Files put together from several sources are of several encodings.
func TestEncodingIsDecidedRowByRow(t *testing.T) {
	rows, bad, _ := read(t, "name\nCafé one\nCaf\xe9 two \x96 \x80\nCafé three\n", "")
	if got := names(rows); got != "2 Café one, 3 Café two – €, 4 Café three" || bad != nil {
		t.Errorf("rows %s, bad %q", got, bad)
	}
}

func TestQuotationMarksTypedByHand(t *testing.T) {
	for _, c := range []struct{ text, rows, bad string }{
		{`The "Old" Hall,M1`, `2 The "Old" Hall`, ""},
		{`"Old" Hall,M1`, `2 "Old" Hall`, ""},
		{`"The ""Old"" Hall",M1`, `2 The "Old" Hall`, ""},
		{`"The "Old" Hall, Hulme",M1`, `2 The "Old" Hall, Hulme`, ""},
		{`Five 6" nails,M1`, `2 Five 6" nails`, ""},
		{"\"a\"b,\"a\"b\nChoir,M2", `2 "a"b, 3 Choir`, ""},
		{"Hall,M1\n\"Old\nBarn\"\nChoir,M2", "2 Hall, 5 Choir", "line 3: it has 1 columns, and the line of headings 2; it runs on to line 4, so a quotation mark may be missing"},
	} {
		rows, bad, _ := read(t, "name,postcode\n"+c.text+"\n", "")
		if got := names(rows); got != c.rows || strings.Join(bad, " / ") != c.bad {
			t.Errorf("%s: rows %s, bad %q", c.text, got, bad)
		}
	}
}

func TestBadRowsAreNamedAndTheRestGoesOn(t *testing.T) {
	long := strings.Repeat("é", 201)
	rows, bad, _ := read(t, "id,name,about\n"+
		"1,Tally Trust\n"+
		"2,Repair Café,mends\n"+
		"3,,no name\n"+
		",Choir,no id\n"+
		"4,"+long+",long\n"+
		"2,Repair Café,breaks\n"+
		"2,Repair Café,mends\n"+
		strings.Repeat("5", 101)+",Long id,\n"+
		"7,\u200b\u202e,only marks nobody sees\n"+
		"8,Hall,a,b\n"+
		"3,Choir,the id of a bad row is free\n", "")
	want := []string{
		"line 2: it has 2 columns, and the line of headings 3",
		"line 4: it has no name",
		"line 5: its id is empty",
		"line 6: its name has 201 characters, and a name has 200 at most",
		`line 7: its id "2" stands on line 3 too, with other words beside it`,
		"line 8: it says just what line 3 says",
		"line 9: its id has 101 characters, and an id has 100 at most",
		"line 10: it has no name",
		"line 11: it has 4 columns, and the line of headings 3",
	}
	if d := cmp.Diff(want, bad); d != "" || names(rows) != "3 Repair Café, 12 Choir" {
		t.Errorf("rows %s, bad (-want +got):\n%s", names(rows), d)
	}
}

// At the beginning they tell that the file is none of text; see TestFilesThatAreNoSpreadsheet.
func TestBytesThatAreNoTextSpoilOneRow(t *testing.T) {
	rows, bad, _ := read(t, "name\nHall\n"+strings.Repeat("\n", 64<<10)+"a\x00b\nChoir\n", "")
	if got := names(rows); got != "2 Hall, 65540 Choir" || strings.Join(bad, "") != "line 65539: it holds bytes that are not text" {
		t.Errorf("rows %s, bad %q", got, bad)
	}
}

func TestOnlyARowThatSaysTheSameIsARepeat(t *testing.T) {
	sheet, err := register.OpenSheet(strings.NewReader("id,name,x\n1,Choir,a\n1,Choir,a\n1,Choir,b\n"), "")
	if err != nil {
		t.Fatal(err)
	}
	var repeats []bool
	for _, err := range sheet.Rows() {
		var bad *register.RowError
		if errors.As(err, &bad) {
			repeats = append(repeats, bad.Repeat)
		}
	}
	if d := cmp.Diff([]bool{true, false}, repeats); d != "" {
		t.Error(d)
	}
}

func TestWithoutIDsTheNameAndPlaceStandForOne(t *testing.T) {
	rows, bad, _ := read(t, "name,postcode\nThe Tally Trust,M12 4AB\nTALLY TRUST,M19 1AA\nTally trust.,M12 9ZZ\nChoir,\n", "")
	var refs []string
	for _, r := range rows {
		refs = append(refs, r.Organisation.Ref)
	}
	if d := cmp.Diff([]string{"name:tally trust|M12", "name:tally trust|M19", "name:choir|"}, refs); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"line 4: its name stands in the same place on line 2, with other words beside it"}, bad); d != "" {
		t.Error(d)
	}
}

func TestCellsThatCannotBeReadAreLeftOut(t *testing.T) {
	rows, bad, sheet := read(t, "name,postcode,web,income,role,offers,about\n"+
		"A,nowhere,ftp://a.example.org,lots,a@example.org,"+strings.Repeat("sewing ", 50)+","+strings.Repeat("word ", 900)+"\n"+
		"B,N/A,none,-,n/a,none;-,\n", "")
	if bad != nil || len(rows) != 2 {
		t.Fatalf("rows %v, bad %q", rows, bad)
	}
	want := []string{
		`line 2: "nowhere" is no postcode, and was left out`,
		"line 2: what it does was cut from 4499 characters to 4000",
		`line 2: "ftp://a.example.org" is no web address, and was left out`,
		`line 2: "lots" is no income in pounds, and was left out`,
		"line 2: the contact's role is not a role such as “Secretary”, and was left out",
		`line 2: the offer "` + strings.TrimSpace(strings.Repeat("sewing ", 8)) + `…" was cut from 349 characters to 300`,
	}
	if d := cmp.Diff(want, reasons(sheet)); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
	o := rows[0].Organisation
	if o.Postcode != "" || o.Web != "" || o.Income != -1 || o.Role != "" || utf8.RuneCountInString(o.About) > 4000 || utf8.RuneCountInString(rows[0].Entries[0].Text) > 300 {
		t.Errorf("%+v", rows[0])
	}
	if d := cmp.Diff(bot.Organisation{Name: "B", Ref: "name:b|", Income: -1, Listed: true}, rows[1].Organisation); d != "" || rows[1].Entries != nil {
		t.Errorf("%s%+v", d, rows[1].Entries)
	}
}

func TestWarningsDoNotGrowWithTheFile(t *testing.T) {
	var text strings.Builder
	text.WriteString("name,income\n")
	for i := range 1500 {
		fmt.Fprintf(&text, "Choir %d,lots\n", i)
	}
	if _, _, sheet := read(t, text.String(), ""); len(sheet.Warnings()) != 1000 || sheet.MoreWarnings() != 500 {
		t.Errorf("%d warnings and %d more", len(sheet.Warnings()), sheet.MoreWarnings())
	}
}

func TestWebAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"http://www.middletonchapel.com":   "http://www.middletonchapel.com",
		"HTTPS://Choir.example.org/a?b=c":  "https://Choir.example.org/a?b=c",
		"www.choir.example.org":            "https://www.choir.example.org",
		"choir.example.org:8080/songs":     "https://choir.example.org:8080/songs",
		"caffi.cymru/amdanom ni":           "https://caffi.cymru/amdanom%20ni",
		"café.example.org":                 "https://café.example.org",
		"javascript:alert(1)":              "",
		"javascript://choir.example.org/x": "",
		"file:///etc/passwd":               "",
		"info@choir.example.org":           "",
		"https://bank.example@evil.com":    "",
		"http://http://choir.example.org":  "",
		"localhost":                        "",
		"127.0.0.1":                        "",
		"https://":                         "",
		"see our page":                     "",
		"http://choir.example.org.":        "http://choir.example.org.",
		"https://choir.example.org/\">x":   "",
	} {
		rows, _, sheet := read(t, "name,web\nChoir,\""+strings.ReplaceAll(text, `"`, `""`)+"\"\n", "")
		got := rows[0].Organisation.Web
		if got != want || (want == "") != (len(sheet.Warnings()) == 1) {
			t.Errorf("%s: %q, want %q; warnings %v", text, got, want, sheet.Warnings())
		}
	}
}

func TestIncomes(t *testing.T) {
	for text, want := range map[string]int64{
		"75186.0": 75186, "£75,186": 75186, "GBP 1,234,567.50": 1234568, "0": 0, "7.5E4": 75000, " 12 ": 12, "12.": 12,
		"": -1, "lots": -1, "-5": -1, "75.186,00": -1, "7,5": -1, "1e99": -1, "NaN": -1, "0x10": -1, "99999999999999999": -1, "£": -1,
	} {
		rows, _, sheet := read(t, "name,income\nChoir,\""+text+"\"\n", "")
		if got := rows[0].Organisation.Income; got != want || (text != "" && want < 0) != (len(sheet.Warnings()) == 1) {
			t.Errorf("%q: %d, want %d; warnings %v", text, got, want, sheet.Warnings())
		}
	}
}

func TestReadTerms(t *testing.T) {
	for _, c := range []struct {
		terms bot.Terms
		texts []string
	}{
		{bot.Free, []string{
			"free", "a hall, free", "a free hall on Tuesdays", "Free legal advice", "sewing machines to lend, free of charge", "no charge",
			"at no cost", "help with forms (no fee)", "without charge", "rent-free desk", "for free", "chairs, free to borrow",
			"free to local groups", "pro bono accounts", "we never charge", "we don’t charge", "no fee charged", "free for charities",
			"nothing charged", "free evening classes", "a hall on Tuesdays: free!", "FREE", "fee-free training", "free sessions on Mondays",
		}},
		{bot.AtCost, []string{
			"a hall, at cost", "a minibus for the cost of fuel", "gardening, expenses only", "printing at cost price", "a van for petrol money",
			"repairs, just the cost of parts", "a speaker, for travel expenses", "training, costs only", "free, but for the cost of materials",
			"decorating for materials only", "a choir, expenses paid", "a room to cover our costs", "interpreters, for their travel expenses",
			"lion dancers, for our costs", "cakes for the ingredients", "a boat for the diesel", "a van, just petrol",
		}},
		{bot.Charged, []string{
			"a hall, £20 an hour", "£20/hour", "room at £12.50 per session", "bookkeeping, paid", "a paid bookkeeper", "paid", "for a fee",
			"for a small fee", "a hall for a small charge", "we charge", "charged", "first aid courses (charged)", "printing, charges apply",
			"rooms from £8 an hour", "rooms, £8 pp", "catering (paid)", "20 pounds an hour", "kit at reasonable rates", "lessons for £5",
			"not free", "tables for sale", "a hall at a modest cost", "a van, 60p a mile", "lunch on Wednesdays, £3", "an evening class (£5)",
			"a photocopier, 3p a page",
		}},
		{bot.Unsaid, []string{
			"", "a hall with a kitchen", "a hall, free on Tuesdays", "hall free in the evenings", "our hall is free most weekday mornings",
			"sugar-free cakes", "sugar free cakes", "a volunteer in charge of the kitchen", "feel free to ask", "free to help on Mondays",
			"free from 6pm", "we are free at the weekend", "free Tuesdays", "free time on Sunday", "a free-range egg box", "Free Church hall",
			"hall with free parking", "charge points for phones", "help with school fees", "unpaid interns", "advice for paid staff",
			"grants of up to £500 a year", "grants up to £500", "carefree afternoons", "freedom of information requests", "advice on the cost of living",
			"free for charities, £20 an hour for others", "hall with chairs at no extra charge", "smoke-free room", "interest-free loans",
			"children on free school meals", "free up your time", "filming in 1080p a day at a time", "a leaflet on £5 lunches",
			"coffee, for a donation", "counselling, pay what you can",
		}},
	} {
		for _, text := range c.texts {
			if got := register.ReadTerms(text); got != c.terms {
				t.Errorf("%q: %q, want %q", text, got, c.terms)
			}
		}
	}
}

func TestLikelySensitive(t *testing.T) {
	for want, texts := range map[bool][]string{
		true: {
			"The Refuge Café", "REFUGE", "Support after domestic abuse", "domestic\nviolence", "Rape Crisis Hulme", "sexual-violence counselling",
			"asylum seekers and refugees", "Modern Slavery survivors", "people in recovery", "Women’s Aid", "womens aid", "addictions",
			"Mother and Baby home", "a detox clinic", "rehab",
		},
		false: {
			"", "Tally Trust", "refugium", "grapes and therapeutic gardening", "detoxed", "domestic appliances, no violence", "mothers and toddlers",
			"rehabilitation of old tractors", "violence is domestic", "drapers", "domestic",
		},
	} {
		for _, text := range texts {
			if got := register.LikelySensitive("A name", text); got != want {
				t.Errorf("%q: %v", text, got)
			}
		}
	}
	if register.LikelySensitive("domestic", "violence") {
		t.Error("words of two texts were read as one")
	}
	rows, _, _ := read(t, "name,about,offers,needs\nA,asylum,,\nB,,detox,\nC,,,a talk on asylum\n", "")
	for i, want := range []bool{true, true, false} {
		if got := rows[i].Organisation.Sensitive; got != want {
			t.Errorf("row %d: sensitive %v", i, got)
		}
	}
}

// reading counts what was read of it.
type reading struct {
	r io.Reader
	n int
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += n
	return n, err
}

func TestRowsComeWhileTheFileIsRead(t *testing.T) {
	r := &reading{r: strings.NewReader("id,name\n" + strings.Repeat("1,Choir\n", 1<<20))}
	sheet, err := register.OpenSheet(r, "")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for range sheet.Rows() {
		if rows++; rows == 1000 {
			break
		}
	}
	if r.n > 256<<10 {
		t.Errorf("%d bytes were read for 1,000 rows of 8", r.n)
	}
}

func TestTheRegisterOfCharities(t *testing.T) {
	file, err := os.Open("../../../shared/data/charities.csv")
	if err != nil {
		t.Skipf("the sample of real charities is not beside the repository: %v", err)
	}
	defer file.Close()
	sheet, err := register.OpenSheet(file, "")
	if err != nil {
		t.Fatal(err)
	}
	good, repeats := 0, 0
	for _, err := range sheet.Rows() {
		var bad *register.RowError
		switch {
		case err == nil:
			good++
		case errors.As(err, &bad) && bad.Repeat:
			repeats++
		default:
			t.Error(err)
		}
	}
	// 99 of the 4,203 rows say what another says; not one row in a hundred holds something unreadable.
	if good != 4104 || repeats != 99 || len(sheet.Warnings()) > 42 {
		t.Errorf("%d good rows, %d repeats, warnings %q", good, repeats, reasons(sheet))
	}
}

// However a table of any cells is quoted, its cells come back.
func TestCellsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		separator := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "separator")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end")
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab \n,;\t\"é")), 0, 8, -1)
		var text strings.Builder
		text.WriteString("id" + separator + "name" + separator + "about" + end)
		var want, got []string
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			name, about := "N "+cell.Draw(t, "name"), cell.Draw(t, "about")
			want = append(want, fmt.Sprintf("%d %q %q", i, clean.OneLine(name), clean.Text(about)))
			quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
			fmt.Fprint(&text, i, separator, quote(name), separator, quote(about), end)
		}
		sheet, err := register.OpenSheet(strings.NewReader(text.String()), "")
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range sheet.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s %q %q", row.Organisation.Ref, row.Organisation.Name, row.Organisation.About))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzOpenSheet(f *testing.F) {
	for _, text := range []string{
		"name\nChoir\n", "id;name;offers\n1;\"Ch\"\"oir\";a|b\n", "\xff\xfen\x00a\x00m\x00e\x00\n\x00a\x00", "name,web\r\"a\"b,http://a.b\r",
		"sep=;\nname;x\n\"a\nb", "title\n\nname,about\nCaf\xe9,\x00\n", "name\n'=1\n", "org,income,income\nx,\"1,000\",\n", "PK\x03\x04", "<html>",
	} {
		f.Add(text, "")
		f.Add(text, "name=x,about=")
	}
	f.Fuzz(func(t *testing.T, text, override string) {
		sheet, err := register.OpenSheet(strings.NewReader(text), override)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %q", err)
			}
			return
		}
		_ = sheet.Mapping().String()
		last, refs := 0, map[string]bool{}
		for row, err := range sheet.Rows() {
			var bad *register.RowError
			line := row.Line
			if errors.As(err, &bad) {
				line = bad.Line
			} else if err != nil {
				line = last + 1
			}
			if line <= last || line > len(text)+1 {
				t.Fatalf("line %d after line %d", line, last)
			}
			last = line
			if err != nil {
				continue
			}
			o := row.Organisation
			if o.Name == "" || utf8.RuneCountInString(o.Name) > 200 || !utf8.ValidString(o.Name+o.About+o.Web+o.Role+o.Ref) || refs[o.Ref] || o.Income < -1 {
				t.Fatalf("taken as a good row: %+v", o)
			}
			refs[o.Ref] = true
			for _, e := range row.Entries {
				if e.Text == "" || utf8.RuneCountInString(e.Text) > 300 || strings.ContainsAny(e.Text, ";|\n") {
					t.Fatalf("taken as a good entry: %+v", e)
				}
			}
		}
	})
}
