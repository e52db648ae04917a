package register_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/register"
)

var (
	noon = time.Date(2026, 11, 2, 12, 30, 0, 0, time.FixedZone("", 3600))
	cafe = register.Record{
		Organisation: bot.Organisation{
			ID: 12, Name: "=Repair <Café> & \"Co\"", Postcode: "M12 4AB", About: "We mend\nthings", Web: "https://repair.example.org",
			Income: 0, Role: "Secretary", Joined: true, Vouched: true, Listed: true, Full: true, FullUntil: bot.Date{Year: 2027, Month: 3, Day: 1},
			AsksMonth: 2, AsksSince: bot.Date{Year: 2026, Month: 11, Day: 1}, AsksSeen: 1, Confirmed: noon, Covers: "Harthwaite",
		},
		Entries: []bot.Entry{
			{ID: 1, Side: bot.Offer, Text: "hall; or kitchen", Terms: bot.AtCost, Confirmed: noon},
			{ID: 2, Side: bot.Need, Text: "a treasurer", Until: bot.Date{Year: 2027, Month: 4, Day: 30}, Imported: true},
			{ID: 3, Side: bot.Offer, Text: "tools"},
		},
		Contacts: []bot.Contact{{Speaker: bot.Speaker{Network: "slack/T1", ID: "U1", Name: "Amina"}, Organisation: 12, Steward: true, Since: noon}},
	}
	choir = register.Record{Organisation: bot.Organisation{ID: 13, Ref: "GB-1", Name: "Choir", Income: -1, Listed: true, Sensitive: true, Full: true}}
)

func exported(t *testing.T, csvOrJSON string, records ...register.Record) string {
	t.Helper()
	var out bytes.Buffer
	var w interface {
		Write(register.Record) error
		Close() error
	} = register.NewCSV(&out)
	if csvOrJSON == "json" {
		w = register.NewJSON(&out)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCSV(t *testing.T) {
	want := `id,name,postcode,activities,web,income,offers,needs,contact role,listed,joined,sensitive,full until,asks a month,confirmed,contacts,helps this far
ginnel:12,"'=Repair <Café> & ""Co""",M12 4AB,"We mend
things",https://repair.example.org,0,"hall, or kitchen; tools",a treasurer,Secretary,yes,yes,no,2027-03-01,2,2026-11-02,1,Harthwaite
GB-1,Choir,,,,,,,,yes,no,yes,further notice,,,0,
`
	got := exported(t, "csv", cafe, choir)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if strings.Contains(got, "Amina") || strings.Contains(got, "U1") {
		t.Error("it names a person")
	}
}

func TestJSON(t *testing.T) {
	want := `{
  "organisations": [
    {
      "id": "ginnel:12",
      "number": 12,
      "name": "=Repair <Café> & \"Co\"",
      "postcode": "M12 4AB",
      "activities": "We mend\nthings",
      "web": "https://repair.example.org",
      "income": 0,
      "contact_role": "Secretary",
      "joined": true,
      "vouched": true,
      "listed": true,
      "sensitive": false,
      "full": true,
      "full_until": "2027-03-01",
      "asks_a_month": 2,
      "asks_counted_since": "2026-11-01",
      "asks_counted": 1,
      "confirmed": "2026-11-02T11:30:00Z",
      "helps_this_far": "Harthwaite",
      "offers": [
        {
          "number": 1,
          "text": "hall; or kitchen",
          "terms": "at cost",
          "imported": false,
          "confirmed": "2026-11-02T11:30:00Z"
        },
        {
          "number": 3,
          "text": "tools",
          "imported": false
        }
      ],
      "needs": [
        {
          "number": 2,
          "text": "a treasurer",
          "until": "2027-04-30",
          "imported": true
        }
      ],
      "contacts": [
        {
          "network": "slack/T1",
          "user": "U1",
          "name": "Amina",
          "steward": true,
          "since": "2026-11-02T11:30:00Z"
        }
      ]
    },
    {
      "id": "GB-1",
      "number": 13,
      "name": "Choir",
      "joined": false,
      "vouched": false,
      "listed": true,
      "sensitive": true,
      "full": true,
      "offers": [],
      "needs": [],
      "contacts": []
    }
  ]
}
`
	if d := cmp.Diff(want, exported(t, "json", cafe, choir)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAnEmptyRegisterIsWrittenWhole(t *testing.T) {
	if got := exported(t, "csv"); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "id,name,") {
		t.Errorf("CSV: %q", got)
	}
	if got := exported(t, "json"); got != "{\n  \"organisations\": []\n}\n" {
		t.Errorf("JSON: %q", got)
	}
}

// full is a disk with no room.
type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFullDiskIsSaid(t *testing.T) {
	c := register.NewCSV(full{})
	if err := errors.Join(c.Write(choir), c.Close()); !errors.Is(err, errFull) {
		t.Errorf("CSV: %v", err)
	}
	if err := register.NewJSON(full{}).Write(choir); !errors.Is(err, errFull) {
		t.Errorf("JSON: %v", err)
	}
	if err := register.NewJSON(full{}).Close(); !errors.Is(err, errFull) {
		t.Errorf("JSON, empty: %v", err)
	}
}

// hostile draws what spreadsheets and readers of them trip over.
var hostile = rapid.OneOf(
	rapid.String(),
	rapid.StringOfN(rapid.SampledFrom([]rune("=+-@'\"\t\r\n ,;|\\#aé£0\u202e\u200d＝\ufeff<&")), 0, 12, -1),
	rapid.SampledFrom([]string{"=cmd|' /C calc'!A0", "''=1", "'-", "+44 161", "<!channel> & <b>", "\xe9\xff", "sep=;", "refuge", "a, \"b\"\n\nc", `\.`}),
)

func cleaned(t *rapid.T, label string, clean func(string) string) string {
	return clean(hostile.Draw(t, label))
}

// A record as the register may hold it: cleaned, and its entries without what parts entries in a cell.
func drawRecord(t *rapid.T, id int) register.Record {
	o := bot.Organisation{
		ID: bot.OrganisationID(id), Name: cleaned(t, "name", clean.OneLine), About: cleaned(t, "about", clean.Text),
		Postcode: rapid.SampledFrom([]bot.Postcode{"", "M12", "M12 4AB"}).Draw(t, "postcode"),
		Web:      rapid.SampledFrom([]string{"", "https://a.example.org/x?y=%20", "http://café.example.org"}).Draw(t, "web"),
		Income:   rapid.Int64Range(-1, 1e12).Draw(t, "income"), Role: rapid.SampledFrom([]string{"", "Secretary", "-= Chair, \"acting\""}).Draw(t, "role"),
		Listed: true,
	}
	if o.Name == "" {
		o.Name = "Choir"
	}
	if rapid.Bool().Draw(t, "has a ref") {
		o.Ref = cleaned(t, "ref", clean.OneLine)
	}
	r := register.Record{Organisation: o}
	seen := map[string]bool{}
	part := strings.NewReplacer(";", ",", "|", ",", "\n", ",")
	for _, side := range []bot.Side{bot.Offer, bot.Need} {
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			text := clean.OneLine(part.Replace(cleaned(t, "entry", clean.OneLine)))
			key := string(side) + clean.Fold(text)
			if blank := strings.Contains("||?|-|–|—|no|na|n/a|none|nil|null|tbc|", "|"+strings.ToLower(text)+"|"); blank || seen[key] {
				continue
			}
			seen[key] = true
			e := bot.Entry{Side: side, Text: text, Imported: true}
			if side == bot.Offer {
				e.Terms = register.ReadTerms(text)
			}
			r.Entries = append(r.Entries, e)
		}
	}
	return r
}

func TestWhatIsExportedCanBeImported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want, got []bot.Imported
		var text bytes.Buffer
		w := register.NewCSV(&text)
		refs := map[string]bool{}
		for id := range rapid.IntRange(1, 4).Draw(t, "records") {
			r := drawRecord(t, id)
			if o := r.Organisation; o.Ref != "" && refs[o.Ref] {
				continue
			}
			refs[r.Organisation.Ref] = true
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
			o := r.Organisation
			if o.Ref == "" {
				o.Ref = "ginnel:" + o.ID.String()
			}
			o.ID = 0
			said := []string{o.Name, o.About}
			for _, e := range r.Entries {
				if e.Side == bot.Offer {
					said = append(said, e.Text)
				}
			}
			o.Sensitive = register.LikelySensitive(said...)
			want = append(want, bot.Imported{Organisation: o, Entries: r.Entries})
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		cells, err := csv.NewReader(bytes.NewReader(text.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range cells {
			for _, c := range row {
				if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\n") {
					t.Fatalf("a spreadsheet would calculate %q", c)
				}
			}
		}
		sheet, err := register.OpenSheet(&text, "")
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range sheet.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			row.Line = 0
			got = append(got, row)
		}
		if d := cmp.Diff(want, got); d != "" || len(sheet.Warnings()) > 0 {
			t.Fatalf("warnings %v, (-exported +imported):\n%s", sheet.Warnings(), d)
		}
	})
}

func TestJSONHoldsWhatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t, 7)
		var text bytes.Buffer
		w := register.NewJSON(&text)
		if err := errors.Join(w.Write(r), w.Write(r), w.Close()); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Organisations []struct {
				Name, Activities string
				Income           *int64
				Offers, Needs    []struct{ Text string }
			}
		}
		if err := json.Unmarshal(text.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.Organisations) != 2 {
			t.Fatalf("%d organisations", len(got.Organisations))
		}
		o := got.Organisations[1]
		if o.Name != r.Organisation.Name || o.Activities != r.Organisation.About || len(o.Offers)+len(o.Needs) != len(r.Entries) || (o.Income == nil) != (r.Organisation.Income < 0) {
			t.Fatalf("%+v of %+v", o, r)
		}
		if strings.Contains(text.String(), ": null") {
			t.Fatal("it holds a null")
		}
	})
}
