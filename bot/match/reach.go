package match

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot/spelling"
)

// Reach is how far somebody goes to help, as far as their own words say it.
type Reach struct {
	Km       float64 // from where they are, 0 when they do not say
	Area     string  // a town or a region that the gazetteer knows, folded, "" when they name none
	Anywhere bool    // distance is nothing to them: nationwide, online, by phone
}

// The words in which a reach is said.
var (
	anywhere = sayings(`nationwide`, `countrywide`, `uk wide`, `ukwide`, `remotely`,
		`across the uk`, `across the country`, `across the whole country`, `throughout the uk`, `throughout the country`, `all over the uk`,
		`all over the country`, `anywhere in the uk`, `anywhere in the country`, `anywhere in britain`, `anywhere in england`, `anywhere in scotland`,
		`anywhere in wales`, `the whole country`, `the whole uk`, `by phone`, `by telephone`, `over the phone`, `on the phone`, `by email`,
		`by e mail`, `by video`, `by video call`, `on zoom`, `by zoom`, `via zoom`, `over zoom`)
	// Beside many other words “online” is what it is about: staying safe online, online banking.
	online = set(`online`)
	// across are wordings after which an area stands.
	across = sayings(`across`, `throughout`, `all over`, `all of`, `anywhere in`, `anywhere within`, `the whole of`, `covering`, `we cover`, `around`)
	// sizes are how far it is across areas that nobody names, in km from the middle.
	sizes = map[string]float64{
		"estate": 2, "neighbourhood": 3, "village": 3, "parish": 4, "ward": 4, "valley": 10, "town": 6, "borough": 12, "district": 15, "city": 15, "county": 40, "region": 80,
	}
	filler = set(`the our whole entire`)
	units  = map[string]float64{"mile": 1.609344, "miles": 1.609344, "km": 1, "kilometre": 1, "kilometres": 1, "kilometer": 1, "kilometers": 1}
	tens   = strings.Fields(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty`)
)

// sayings are by their first words.
func sayings(list ...string) map[string][][]string {
	all := map[string][][]string{}
	for _, p := range list {
		words := strings.Fields(p)
		all[words[0]] = append(all[words[0]], words)
	}
	return all
}

// reachWords are the words without which no reach is said.
var reachWords = func() map[string]bool {
	all := maps.Clone(online)
	for _, list := range []map[string][][]string{anywhere, across} {
		for word := range list {
			all[word] = true
		}
	}
	for unit := range units {
		all[unit] = true
	}
	return all
}()

// saysReach tells whether text may say how far somebody goes: most do not, and reading them is slow.
func saysReach(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !spelling.InWord(r) }) {
		if reachWords[spelling.Fold(word)] {
			return true
		}
	}
	return false
}

// begins is how many words the longest of list has that stands at the beginning of all, 0 for none.
func beginsWith(all []token, list map[string][][]string) (n int) {
	for _, p := range list[all[0].word] {
		if len(p) > n && len(p) <= len(all) && slices.EqualFunc(all[:len(p)], p, func(t token, w string) bool { return t.word == w }) {
			n = len(p)
		}
	}
	return n
}

// ReadReach reads how far somebody goes out of what they say of an offer, such as “a van, across Harthwaite”. ok is false when
// they do not say it plainly, or name a place that g does not know.
func (g *Gazetteer) ReadReach(text string) (r Reach, ok bool) {
	if !saysReach(text) {
		return r, false
	}
	var all []token
	tokens(text, func(t token) {
		if len(all) == 0 || t.start >= all[len(all)-1].end { // no joined forms
			all = append(all, t)
		}
	})
	for i := range all {
		rest := all[i:]
		if beginsWith(rest, anywhere) > 0 || online[all[i].word] && aside(text, all, i) {
			r.Anywhere = true
		}
		if km, said := distance(all, i); said {
			r.Km = max(r.Km, km)
		}
		n := beginsWith(rest, across)
		if n == 0 {
			continue
		}
		if area := g.area(rest[n:]); area != "" {
			r.Area = area
			continue
		}
		for n < len(rest)-1 && filler[rest[n].word] {
			n++
			r.Km = max(r.Km, sizes[rest[n].word])
		}
	}
	return r, r != Reach{}
}

// Covers reads what somebody says they cover, such as “Harthwaite”, “within five miles” or “nationwide”.
func (g *Gazetteer) Covers(where string) (r Reach, ok bool) {
	for _, text := range []string{where, "within " + where, "across " + where} {
		if r, ok = g.ReadReach(text); ok {
			break
		}
	}
	return r, ok
}

// Placeless tells whether where says that distance is nothing, and not a word more, as “nationwide” and “online or by phone” do.
func Placeless(where string) bool {
	var all []token
	tokens(where, func(t token) { all = append(all, t) })
	said := false
	for i := 0; i < len(all); {
		n := max(beginsWith(all[i:], anywhere), bit(online[all[i].word]))
		switch {
		case n > 0:
			said = true
		case said && (all[i].word == "and" || all[i].word == "or"):
			n = 1
		default:
			return false
		}
		i += n
	}
	return said
}

// aside tells whether the word i of text stands by itself: “training, online”, “in person or online”, “advice (online)”.
func aside(text string, all []token, i int) bool {
	if i == 0 {
		return len(all) == 1
	}
	before, gap := all[i-1], text[all[i-1].end:all[i].start]
	return before.word == "or" || before.word == "and" || strings.ContainsAny(gap, ",;(:–")
}

// distance reads “within five miles”, “up to 10 km”, “a 5 mile radius”; i is the unit.
func distance(all []token, i int) (km float64, ok bool) {
	unit, ok := units[all[i].word]
	if !ok || i < 1 {
		return 0, false
	}
	word := all[i-1].word
	n, err := strconv.ParseFloat(word, 64)
	if err != nil {
		n = float64(slices.Index(tens, word))
	}
	const most = 500 // more is everywhere
	if !(n > 0 && n <= most) {
		return 0, false
	}
	switch {
	case i > 1 && all[i-2].word == "within", i > 2 && all[i-3].word == "up" && all[i-2].word == "to":
	case i+1 < len(all) && (all[i+1].word == "radius" || all[i+1].word == "around"):
	default:
		return 0, false
	}
	return n * unit, true
}

// factor is what the place leaves of a fit: all of it where somebody says they go, never less than a bit over half, so that what
// is near and does not fit stays behind what is far and does. km is the distance, -1 when it is unknown, and outcode where help
// is wanted.
func (g *Gazetteer) factor(r Reach, km float64, outcode string) float64 {
	const (
		least      = 0.55
		unknown    = 0.75
		nationwide = 0.85
		usual      = 25 // km
		beyond     = 8  // km outside the area that somebody names
	)
	fall := func(km, reach float64) float64 { return least + (1-least)*math.Exp(-km/reach) }
	f := unknown
	switch {
	case r.Area != "" && g.within(outcode, r.Area), r.Km > 0 && km >= 0 && km <= r.Km:
		return 1
	case r.Km > 0 && km >= 0:
		f = fall(km-r.Km, beyond)
	case r.Area != "" && km >= 0:
		f = fall(km, beyond)
	case km >= 0:
		f = fall(km, usual)
	}
	if r.Anywhere {
		f = max(f, nationwide)
	}
	return f
}

// reach keeps what was read of d, as far as it may count.
func (d Document) reach(r Reach, ok bool) *Reach {
	if d.Private {
		r = Reach{Anywhere: r.Anywhere}
	}
	if !ok || r == (Reach{}) {
		return nil
	}
	return &r
}

// reach is how far h goes for q: as the offer that fits best says, or else as the organisation does.
func (s *state) reach(h hit, q *query, now time.Time) (r Reach) {
	d := h.view.docs[h.doc]
	if d.reach != nil {
		r = *d.reach
	}
	if !slices.ContainsFunc(d.offers, func(o offer) bool { return o.reach != nil }) {
		return r
	}
	best := s.tell(h, q, now).Offer
	for _, o := range d.offers {
		if o.id == best && o.reach != nil {
			return *o.reach
		}
	}
	return r
}
