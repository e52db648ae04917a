package match

import (
	"math"
	"regexp"
	"strings"
)

// PlaceRow is one outward postcode of a gazetteer.
type PlaceRow struct {
	Outcode, Town string
	Lat, Lon      float64 // degrees, WGS 84
	Region        string  // a county or a city that the town is part of, "" when unknown
}

// Gazetteer knows where places are. The nil Gazetteer knows none.
type Gazetteer struct {
	outcodes     map[string]point
	towns        map[string]town // by folded name
	maxTownWords int             // words in a name of a town

	areas        map[string]map[string]bool // outward codes of each town and each region, by folded name
	maxAreaWords int
}

type point struct{ lat, lon float64 }

type town struct {
	name    string
	point   point
	outcode string // the first of its own
	count   int
}

// NewGazetteer makes a Gazetteer of rows. A town lies in the middle of its outward codes.
func NewGazetteer(rows []PlaceRow) *Gazetteer {
	g := &Gazetteer{outcodes: map[string]point{}, towns: map[string]town{}, areas: map[string]map[string]bool{}}
	for _, r := range rows {
		out := strings.ToUpper(strings.TrimSpace(r.Outcode))
		p := point{r.Lat, r.Lon}
		if out != "" {
			if _, twice := g.outcodes[out]; !twice {
				g.outcodes[out] = p
			}
		}
		name := townName(r.Town)
		g.addArea(name, out)
		g.addArea(townName(r.Region), out)
		if name == "" {
			continue
		}
		t := g.towns[name]
		if t.count == 0 || out < t.outcode {
			t.outcode = out
		}
		n := float64(t.count)
		t.point = point{(t.point.lat*n + p.lat) / (n + 1), (t.point.lon*n + p.lon) / (n + 1)}
		t.name = r.Town
		t.count++
		g.towns[name] = t
		g.maxTownWords = max(g.maxTownWords, len(strings.Fields(name)))
	}
	return g
}

func (g *Gazetteer) addArea(name, outcode string) {
	if name == "" || outcode == "" {
		return
	}
	if g.areas[name] == nil {
		g.areas[name] = map[string]bool{}
		g.maxAreaWords = max(g.maxAreaWords, len(strings.Fields(name)))
	}
	g.areas[name][outcode] = true
}

// area is the folded name of the town or region that stands at the beginning of words, the longest such, or of an outward
// code; "" for none.
func (g *Gazetteer) area(words []token) string {
	if g == nil || len(words) == 0 {
		return ""
	}
	for n := min(g.maxAreaWords, len(words)); n > 0; n-- {
		var all []string
		for _, w := range words[:n] {
			all = append(all, w.word)
		}
		if name := strings.Join(all, " "); g.areas[name] != nil {
			return name
		}
	}
	if g.knows(strings.ToUpper(words[0].word)) {
		return words[0].word
	}
	return ""
}

// within tells whether an outward code belongs to an area.
func (g *Gazetteer) within(outcode, area string) bool {
	return g != nil && outcode != "" && (g.areas[area][outcode] || outcode == strings.ToUpper(area))
}

func townName(s string) string {
	var all []string
	tokens(s, func(t token) { all = append(all, t.word) })
	return strings.Join(all, " ")
}

var outcodePattern = regexp.MustCompile(`^[A-Z]{1,2}[0-9][0-9A-Z]?$`)

// Outcode is the outward postcode of a place: an outcode, a whole postcode, or a town that g knows.
func (g *Gazetteer) Outcode(place string) (outcode string, ok bool) {
	upper := strings.ToUpper(strings.TrimSpace(place))
	if first, rest, _ := strings.Cut(upper, " "); outcodePattern.MatchString(first) && (rest == "" || inward.MatchString(rest)) {
		return first, true
	}
	if g == nil {
		return "", false
	}
	t, ok := g.towns[townName(place)]
	return t.outcode, ok
}

var inward = regexp.MustCompile(`^[0-9][A-Z]{2}$`)

// Distance is how far two outward codes lie apart, in km along the great circle. The same code is 0 away from itself.
func (g *Gazetteer) Distance(from, to string) (km float64, ok bool) {
	if from == "" || to == "" {
		return 0, false
	}
	if from == to {
		return 0, true
	}
	if g == nil {
		return 0, false
	}
	a, okA := g.outcodes[from]
	b, okB := g.outcodes[to]
	if !okA || !okB {
		return 0, false
	}
	return haversine(a, b), true
}

func haversine(a, b point) float64 {
	const earth, radian = 6371, math.Pi / 180
	sin := func(x float64) float64 { s := math.Sin(x * radian / 2); return s * s }
	h := sin(b.lat-a.lat) + math.Cos(a.lat*radian)*math.Cos(b.lat*radian)*sin(b.lon-a.lon)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}

// town finds a town whose name begins at the first of words, the longest such, and how many words it has.
func (g *Gazetteer) town(words []token) (name, outcode string, n int) {
	if g == nil {
		return "", "", 0
	}
	for n = min(g.maxTownWords, len(words)); n > 0; n-- {
		var all []string
		for _, w := range words[:n] {
			all = append(all, w.word)
		}
		if t, ok := g.towns[strings.Join(all, " ")]; ok {
			return t.name, t.outcode, n
		}
	}
	return "", "", 0
}
