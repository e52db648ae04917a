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
	anywhere = lists.sayings("anywhere")
	// Beside many other words “online” is what it is about: staying safe online, online banking.
	online = lists.set("online")
	// across are wordings after which an area stands.
	across = lists.sayings("across")
	// sizes are how far it is across areas that nobody names, in km from the middle.
	sizes   = lists.numbers("sizes")
	filler  = lists.set("filler")
	units   = lists.numbers("units")
	within  = lists.sayings("within")
	radius  = lists.set("radius")
	and     = lists.set("and")
	or      = lists.set("or")
	numbers = lists.numbers("numbers")
)

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
		case said && (and[all[i].word] || or[all[i].word]):
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
	return or[before.word] || and[before.word] || strings.ContainsAny(gap, ",;(:–")
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
		n = numbers[word]
	}
	const most = 500 // more is everywhere
	if !(n > 0 && n <= most) {
		return 0, false
	}
	before := slices.ContainsFunc([]int{1, 2}, func(n int) bool {
		return i > n && beginsWith(all[i-1-n:i-1], within) == n
	})
	if !before && !(i+1 < len(all) && radius[all[i+1].word]) {
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
