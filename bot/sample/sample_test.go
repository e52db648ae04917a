package sample_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/register"
	"ginnel/bot/sample"
)

type row struct {
	bot.Imported
	speaks string
}

func organisations(t *testing.T) []row {
	t.Helper()
	sheet, err := register.OpenSheet(bytes.NewReader(sample.Organisations), "")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for r, err := range sheet.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row{r, sheet.Speaks()})
	}
	if warnings := sheet.Warnings(); warnings != nil {
		t.Errorf("warnings: %v", warnings)
	}
	return rows
}

func places(t *testing.T) map[string]bot.Place {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(sample.Places)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"outcode", "town", "latitude", "longitude"}, lines[0]); d != "" {
		t.Errorf("headings (-want +got):\n%s", d)
	}
	all := map[string]bot.Place{}
	for _, l := range lines[1:] {
		p := bot.Place{Outcode: l[0], Town: l[1]}
		var errLat, errLon error
		p.Lat, errLat = strconv.ParseFloat(l[2], 64)
		p.Lon, errLon = strconv.ParseFloat(l[3], 64)
		code, ok := language.ReadPostcode(p.Outcode)
		_, twice := all[p.Outcode]
		if errLat != nil || errLon != nil || !ok || code.Outcode() != p.Outcode || p.Town == "" || twice {
			t.Errorf("%v is no place, or one a second time", l)
		}
		all[p.Outcode] = p
	}
	return all
}

// Someone who tries the program names people and groups by what they are called, and is never asked which.
func TestNobodyIsTakenForAnother(t *testing.T) {
	names, speakers := map[string]string{}, map[string]string{}
	rows := organisations(t)
	for _, r := range rows {
		o := r.Organisation
		if before, twice := names[clean.Fold(o.Name)]; twice {
			t.Errorf("%s and %s have one name", o.Name, before)
		}
		names[clean.Fold(o.Name)] = o.Name
		if r.speaks == "" {
			continue
		}
		if before, twice := speakers[clean.Fold(r.speaks)]; twice {
			t.Errorf("%s speaks for %s and for %s", r.speaks, o.Name, before)
		}
		speakers[clean.Fold(r.speaks)] = o.Name
		if strings.ContainsAny(r.speaks, " ,") {
			t.Errorf("%s: %q is more than a first name", o.Name, r.speaks)
		}
	}
	if len(rows) != 60 || len(speakers) != 48 {
		t.Errorf("%d groups and %d who speak for them; the package says 60 and 48", len(rows), len(speakers))
	}
	if speakers["amina"] != "Tallow Lane Repair Café" || speakers["tom"] == "" {
		t.Errorf("Amina speaks for %q, Tom for %q", speakers["amina"], speakers["tom"])
	}
}

// Whoever speaks for a group has something to say about it, and the words fit on a telephone.
func TestEveryGroupSaysWhatItOffersAndNeeds(t *testing.T) {
	for _, r := range organisations(t) {
		o := r.Organisation
		sides := map[bot.Side]int{}
		for _, e := range r.Entries {
			sides[e.Side]++
			if n := len([]rune(e.Text)); n > 80 {
				t.Errorf("%s: %q has %d characters", o.Name, e.Text, n)
			}
		}
		if o.About == "" || o.Postcode == "" {
			t.Errorf("%s: what it does or where it is is missing", o.Name)
		}
		if r.speaks != "" && (sides[bot.Offer] < 2 || sides[bot.Need] < 2 || o.Role == "") {
			t.Errorf("%s: %d offers, %d needs, contact %q", o.Name, sides[bot.Offer], sides[bot.Need], o.Role)
		}
		if r.speaks == "" && sides[bot.Need] > 0 {
			t.Errorf("%s is unclaimed, and says what it needs", o.Name)
		}
	}
}

// Two who may not be found and one that recovers: shown by their area alone, as the words about them suggest.
func TestWhoIsSensitive(t *testing.T) {
	var names []string
	for _, r := range organisations(t) {
		if r.Organisation.Sensitive {
			names = append(names, r.Organisation.Name)
			if r.Organisation.Postcode.String() != r.Organisation.Postcode.Outcode() {
				t.Errorf("%s gives its whole postcode", r.Organisation.Name)
			}
		}
	}
	if d := cmp.Diff([]string{"Hollin House", "Netherbeck Welcome Table", "Tuesday Corner"}, names); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOffersOfEveryTerms(t *testing.T) {
	count := map[bot.Terms]int{}
	for _, r := range organisations(t) {
		for _, e := range r.Entries {
			if e.Side == bot.Offer {
				count[e.Terms]++
			}
		}
	}
	for _, terms := range []bot.Terms{bot.Unsaid, bot.Free, bot.AtCost, bot.Charged} {
		if count[terms] < 10 {
			t.Errorf("%d offers are %q", count[terms], terms)
		}
	}
}

// A made-up address may be somebody's all the same.
func TestNothingReachesARealPerson(t *testing.T) {
	for _, pattern := range []string{`@`, `(\+44|\b0[0-9])[0-9 ]{6,}`, `[0-9]{5}`, `https?:`, `www\.`} {
		text := sample.Organisations
		if pattern == `[0-9]{5}` {
			// Incomes have five digits too, in a cell of their own.
			text = regexp.MustCompile(`,[0-9]+,`).ReplaceAll(text, []byte(",,"))
		}
		if found := regexp.MustCompile(pattern).Find(text); found != nil {
			t.Errorf("%q looks like a way to reach somebody", found)
		}
	}
	for _, r := range organisations(t) {
		if web := r.Organisation.Web; web != "" && !strings.HasSuffix(web, ".example") {
			t.Errorf("%s: %s may belong to somebody", r.Organisation.Name, web)
		}
	}
}

func TestEveryGroupIsSomewhere(t *testing.T) {
	known, used := places(t), map[string]bool{}
	for _, r := range organisations(t) {
		code := r.Organisation.Postcode.Outcode()
		if _, ok := known[code]; !ok {
			t.Errorf("%s is in %q, which is no place", r.Organisation.Name, code)
		}
		used[code] = true
	}
	if len(used) != len(known) {
		t.Errorf("groups are in %d of %d places", len(used), len(known))
	}
}

// Near and far are both to be had, so that distances say something.
func TestDistancesOfATown(t *testing.T) {
	nearest, farthest := math.Inf(1), 0.0
	known := places(t)
	for _, a := range known {
		for _, b := range known {
			if a == b {
				continue
			}
			// On so small a piece of the Earth it is flat: a degree is 111.2 km, and less from west to east.
			north := (a.Lat - b.Lat) * 111.2
			east := (a.Lon - b.Lon) * 111.2 * math.Cos(a.Lat*math.Pi/180)
			nearest, farthest = min(nearest, math.Hypot(north, east)), max(farthest, math.Hypot(north, east))
		}
	}
	if nearest < 0.45 || nearest > 0.55 || farthest < 11 || farthest > 13 {
		t.Errorf("from %.2f km to %.2f km; the package says 0.5 to 12", nearest, farthest)
	}
}
