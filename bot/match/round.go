package match

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ginnel/bot/blossom"
)

// Need is something that an organisation needs, or offers, in its own words.
type Need struct {
	ID   int64
	Text string
}

// Member is an organisation that may be introduced in a round.
type Member struct {
	ID         int64 // of a document of the index
	Needs      []Need
	Offers     []Need  // what it offers, as the index knows it
	Introduced int     // introductions it got in the last 26 weeks
	Missed     int     // rounds in a row in which it was ready and got nobody; a newcomer begins with 1
	Ready      float64 // 0 to 1: how readily it answers; 0.5 when nothing is known
	Community  int     // the part of the network that it is in, by known ties; 0 unknown
}

// ReasonKind is why two organisations should meet.
type ReasonKind string

// The kinds of reason.
const (
	HelpsOne  ReasonKind = "helps one"  // one offers what the other needs
	HelpsBoth ReasonKind = "helps both" // each does
	SameNeed  ReasonKind = "same need"  // both need the same
	SameField ReasonKind = "same field" // both do something that few others do
)

// Reason is why two organisations should meet, in pieces of which a sentence can be made.
type Reason struct {
	Kind          ReasonKind
	NeedA, OfferB int64    // B offers what A needs; 0 when it does not
	NeedB, OfferA int64    // A offers what B needs; for SameNeed both needs are named, and no offer
	Words         []string // SameField: the meanings they share, the rarest first, at most two
}

// Pair is two organisations that should meet. A is the lower ID.
type Pair struct {
	A, B   int64
	Value  int64 // millionths: how well they fit, whoever waits for how long
	Weight int64 // millionths, with what is owed to those who waited: of this the round has the greatest sum
	Reason Reason
}

// WhyLeft is why a member was left out of a round.
type WhyLeft string

// Why members are left out.
const (
	NoReason  WhyLeft = "no reason"     // nobody with whom a reason to meet could be said
	AllBarred WhyLeft = "barred"        // all such were introduced of late, or are not to be
	OddOne    WhyLeft = "others fitted" // those with a reason had a better one to meet somebody else
)

// LeftOut is a member that gets nobody.
type LeftOut struct {
	ID  int64
	Why WhyLeft
}

// Chosen is a round.
type Chosen struct {
	Pairs  []Pair // by A
	Left   []LeftOut
	Worthy int // members for whom there was somebody
}

// What a pair is worth, in parts of one: how much each helps the other, what both do, that they are of different parts
// of the network, near, and ready to answer. A gift counts more than half of an exchange: most help goes one way.
const (
	helpPart     = 0.50
	fieldPart    = 0.15
	bridgePart   = 0.15
	nearPart     = 0.10
	readyPart    = 0.10
	giftShare    = 0.6
	sameNeed     = 0.5 // of a field
	deficitShare = 0.5
	// Somebody for everybody: that two meet at all is worth so much besides.
	anybody = 0.5
)

const (
	mostCandidates = 25   // of each member, by weight
	mostFar        = 5    // besides, of other parts of the network
	mostNeeds      = 5    // of each member that are looked at
	mostHelpers    = 30   // who are found for a need
	fewest         = 3    // a meaning that so few have is rare in any network
	rareShare      = 0.1  // so is one that a tenth have
	leastHelp      = 0.45 // of a need that an offer must answer
	leastField     = 0.25 // less in common is no field
	mostShared     = 400  // who share one meaning; of more, those next to each other by number
)

// candidate is a pair that may be chosen, of positions among the members.
type candidate struct {
	a, b         int
	helpA, helpB float64 // how well b helps a, and a helps b
	field        float64
	sameA, sameB int64 // needs that are much the same, 0 when there are none
	reason       Reason
	value        float64
}

// Round chooses, for all members at once, who should meet whom: so that together they fit best, nobody twice, and none
// without a reason that can be said. barred is asked of pairs that have one. Of equal rounds, seed chooses; the same
// members, in whatever order, and the same seed give the same round. It blocks while it thinks: seconds for thousands.
//
// Su, Bayoumi and Joachims (“Optimizing rankings for recommendation in matching markets”, 2022) show why lists made
// one by one are worse than one choice for the whole market.
func (ix *Index) Round(members []Member, barred func(a, b int64) bool, seed uint64, now time.Time) Chosen {
	return ix.round(members, barred, seed, now, blossom.MaximumWeight, true)
}

// round is Round with another way of choosing, and with nothing owed to anybody unless fair.
func (ix *Index) round(members []Member, barred func(a, b int64) bool, seed uint64, now time.Time, match func(int, []blossom.Edge) []int, fair bool) Chosen {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	r := &round{ix: ix, members: members, at: map[int64]int{}, pairs: map[[2]int]*candidate{}, now: now, match: match, fair: fair}
	for i, m := range members {
		r.at[m.ID] = i
	}
	r.documents()
	r.help()
	r.fields()
	return r.choose(barred, seed)
}

type round struct {
	ix      *Index
	state   *state
	members []Member
	at      map[int64]int
	docs    []*document
	offers  []map[int64][]thing // of each member, by the number of the offer
	pairs   map[[2]int]*candidate
	now     time.Time
	match   func(int, []blossom.Edge) []int
	fair    bool
}

func (r *round) pair(a, b int) *candidate {
	key := [2]int{min(a, b), max(a, b)}
	c := r.pairs[key]
	if c == nil {
		c = &candidate{a: key[0], b: key[1]}
		r.pairs[key] = c
	}
	return c
}

// documents looks up what the index knows of the members.
func (r *round) documents() {
	r.look()
	r.offers = make([]map[int64][]thing, len(r.members))
	for i, m := range r.members {
		r.offers[i] = map[int64][]thing{}
		for _, o := range m.Offers {
			r.offers[i][o.ID] = r.ix.things(r.state, o.Text, true)
		}
	}
}

// look takes the documents of the members, and the state that knows all their words.
func (r *round) look() {
	r.ix.writing.Lock()
	defer r.ix.writing.Unlock()
	r.state = r.ix.now.Load()
	r.docs = make([]*document, len(r.members))
	for i, m := range r.members {
		if p, ok := r.ix.docs[m.ID]; ok {
			r.docs[i] = p.segment.docs[p.doc]
		}
	}
}

// help finds who offers what somebody needs, and who need the same.
func (r *round) help() {
	needing := map[string][]needed{}
	for i, all := range r.needs() {
		for _, n := range all {
			for _, c := range n.concepts {
				needing[c] = append(needing[c], n)
			}
			for _, h := range n.helpers {
				c := r.pair(i, h.member)
				switch {
				case i == c.a && h.score > c.helpA:
					c.helpA, c.reason.NeedA, c.reason.OfferB = h.score, n.id, h.offer
				case i == c.b && h.score > c.helpB:
					c.helpB, c.reason.NeedB, c.reason.OfferA = h.score, n.id, h.offer
				}
			}
		}
	}
	for _, concept := range sortedKeys(needing) {
		list := needing[concept]
		if r.common(len(list)) {
			continue
		}
		for n, x := range list {
			for _, y := range list[n+1:] {
				if c := r.pair(x.member, y.member); x.member != y.member && c.sameA == 0 && shareOne(x.stems, y.stems) && answers(x.readings, y.readings) > 0 {
					c.sameA, c.sameB = x.id, y.id // the list is by member
				}
			}
		}
	}
}

// needed is a need with those members that have an offer for it.
type needed struct {
	member   int
	id       int64
	concepts []string
	stems    []string
	readings []thing
	helpers  []helper
}

type helper struct {
	member int
	offer  int64
	score  float64
}

// needs looks at the needs of every member, on all processors at once.
func (r *round) needs() [][]needed {
	of := make([][]needed, len(r.members))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(r.members)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(of); i = int(next.Add(1)) - 1 {
				m := r.members[i]
				for _, need := range m.Needs[:min(len(m.Needs), mostNeeds)] {
					if r.docs[i] != nil {
						of[i] = append(of[i], r.need(i, need))
					}
				}
			}
		})
	}
	all.Wait()
	return of
}

func (r *round) need(i int, need Need) needed {
	request := r.ix.Read(need.Text)
	if request.Outcode == "" {
		request.Outcode = r.docs[i].outcode
	}
	concepts, stems := r.ix.thesaurus.named(request.What)
	n := needed{member: i, id: need.ID, concepts: concepts, stems: stems}
	n.readings = r.ix.things(r.state, need.Text, false)
	for _, found := range r.ix.Rank(request, mostHelpers, r.now, r.members[i].ID).Matches {
		k, member := r.at[found.ID]
		if !member {
			continue
		}
		// Another offer than the one that ranks best may be the one that is needed.
		var best helper
		for _, o := range r.members[k].Offers {
			if score := answers(n.readings, r.offers[k][o.ID]); score > best.score {
				best = helper{k, o.ID, score}
			}
		}
		if best.score > 0 {
			n.helpers = append(n.helpers, best)
		}
	}
	return n
}

func sortedKeys[T any](m map[string]T) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// common tells whether so many of the members are too many for what they share to be a reason.
func (r *round) common(n int) bool {
	return float64(n) > max(fewest, rareShare*float64(len(r.members)))
}

// shareOne tells whether two lists have anything in common.
func shareOne(x, y []string) bool {
	return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}

// fields finds who do something that few others do.
func (r *round) fields() {
	type weighed struct {
		term uint32
		idf  float64
	}
	of := make([][]weighed, len(r.members))
	norm := make([]float64, len(r.members))
	having := map[uint32][]int{}
	name := func(term uint32) (string, bool) { return strings.CutPrefix(r.state.names[term], conceptMark) }
	n := float64(r.state.docs)
	for i, d := range r.docs {
		if d == nil {
			continue
		}
		last := uint32(math.MaxUint32)
		for w := range d.all() {
			if w.term == last {
				continue
			}
			if w.unit >= offerUnit { // what it is there for, not what it lends
				continue
			}
			last = w.term
			if _, isConcept := name(w.term); !isConcept {
				continue
			}
			df := float64(r.state.df.of(w.term))
			idf := math.Log(1 + (n-df+0.5)/(df+0.5))
			of[i] = append(of[i], weighed{w.term, idf})
			norm[i] += idf * idf
			having[w.term] = append(having[w.term], i)
		}
	}
	shared := make([]float64, len(r.members))
	words := make([][]weighed, len(r.members))
	for i := range r.members {
		var touched []int
		for _, w := range of[i] {
			list := having[w.term]
			if r.common(len(list)) {
				continue
			}
			from, _ := slices.BinarySearch(list, i)
			for _, k := range list[max(0, from-mostShared/2):min(len(list), from+mostShared/2)] {
				if k == i {
					continue
				}
				if shared[k] == 0 {
					touched = append(touched, k)
				}
				shared[k] += w.idf * w.idf
				words[k] = append(words[k], w)
			}
		}
		slices.Sort(touched)
		for _, k := range touched {
			if k > i {
				likeness := shared[k] / math.Sqrt(norm[i]*norm[k])
				// Those who do just the same, a group and its branch perhaps, have least to tell each other.
				if field := 4 * likeness * (1 - likeness); field >= leastField {
					c := r.pair(i, k)
					c.field = field
					slices.SortStableFunc(words[k], func(a, b weighed) int { return cmp.Compare(b.idf, a.idf) })
					for _, w := range words[k] {
						// One in another, “minibus” and “minibus hire”, says it twice.
						word, _ := name(w.term)
						same := slices.IndexFunc(c.reason.Words, func(other string) bool {
							return strings.Contains(word, other) || strings.Contains(other, word)
						})
						switch {
						case same < 0:
							c.reason.Words = append(c.reason.Words, word)
						case len(word) > len(c.reason.Words[same]):
							c.reason.Words[same] = word
						}
					}
				}
			}
			shared[k], words[k] = 0, words[k][:0]
		}
	}
}

// choose values all pairs, and takes the best round of them.
func (r *round) choose(barred func(a, b int64) bool, seed uint64) Chosen {
	mean := 0.0
	for _, m := range r.members {
		mean += float64(m.Introduced)
	}
	mean /= max(float64(len(r.members)), 1)
	deficit := func(i int) float64 {
		m := r.members[i]
		return min(max((mean-float64(m.Introduced))/max(mean, 1)+0.5*float64(m.Missed), -1), 2)
	}
	hadReason := make([]bool, len(r.members))
	var all []*candidate
	for _, c := range r.pairs {
		if !c.worthy() {
			continue
		}
		hadReason[c.a], hadReason[c.b] = true, true
		if barred(r.members[c.a].ID, r.members[c.b].ID) {
			continue
		}
		c.value = r.value(c)
		all = append(all, c)
	}
	weight := func(c *candidate) float64 {
		if !r.fair {
			return c.value
		}
		return (c.value + anybody) * (1 + deficitShare*(deficit(c.a)+deficit(c.b))/2)
	}
	slices.SortFunc(all, func(x, y *candidate) int {
		if d := cmp.Compare(weight(y), weight(x)); d != 0 {
			return d
		}
		if d := cmp.Compare(mixed(seed, x.a, x.b), mixed(seed, y.a, y.b)); d != 0 {
			return d
		}
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	all = r.prune(all)
	const ties = 16 // the least digits of a weight only choose between equals
	edges := make([]blossom.Edge, len(all))
	for n, c := range all {
		edges[n] = blossom.Edge{U: c.a, V: c.b, Weight: int64(1e6*weight(c))*ties + int64(mixed(seed, c.a, c.b)%ties)}
	}
	mate := r.match(len(r.members), edges)
	chosen, worthy := Chosen{}, make([]bool, len(r.members))
	for n, c := range all {
		worthy[c.a], worthy[c.b] = true, true
		if mate[c.a] == c.b {
			chosen.Pairs = append(chosen.Pairs, Pair{r.members[c.a].ID, r.members[c.b].ID, int64(1e6 * c.value), edges[n].Weight / ties, c.told()})
		}
	}
	slices.SortFunc(chosen.Pairs, func(x, y Pair) int { return cmp.Compare(x.A, y.A) })
	for i, m := range r.members {
		switch {
		case worthy[i]:
			chosen.Worthy++
			if mate[i] < 0 {
				chosen.Left = append(chosen.Left, LeftOut{m.ID, OddOne})
			}
		case hadReason[i]:
			chosen.Left = append(chosen.Left, LeftOut{m.ID, AllBarred})
		default:
			chosen.Left = append(chosen.Left, LeftOut{m.ID, NoReason})
		}
	}
	return chosen
}

// prune keeps the best pairs of each member, and some with other parts of the network. all is by weight.
func (r *round) prune(all []*candidate) []*candidate {
	near, far := make([]int, len(r.members)), make([]int, len(r.members))
	return slices.DeleteFunc(all, func(c *candidate) bool {
		count, most := near, mostCandidates
		if r.bridge(c) == 1 {
			count, most = far, mostCandidates+mostFar
		}
		count[c.a]++
		count[c.b]++
		return count[c.a] > most && count[c.b] > most
	})
}

// worthy tells whether there is a reason to say.
func (c *candidate) worthy() bool {
	// One meaning in common may be chance: a band that plays at walks does not walk.
	return c.helpA > 0 || c.helpB > 0 || c.sameA != 0 || len(c.reason.Words) > 1
}

func (r *round) bridge(c *candidate) float64 {
	a, b := r.members[c.a].Community, r.members[c.b].Community
	switch {
	case a == 0 || b == 0:
		return 0.5
	case a == b:
		return 0
	}
	return 1
}

// value is what a pair is worth, 0 to 1.
func (r *round) value(c *candidate) float64 {
	a, b := r.members[c.a], r.members[c.b]
	help := giftShare*max(c.helpA, c.helpB) + (1-giftShare)*min(c.helpA, c.helpB)
	field := c.field
	if c.sameA != 0 {
		field = max(field, sameNeed)
	}
	near := 0.5
	if km, known := r.state.places.Distance(r.docs[c.a].outcode, r.docs[c.b].outcode); known {
		near = nearness(km)
	}
	return helpPart*help + fieldPart*field + bridgePart*r.bridge(c) + nearPart*near + readyPart*math.Sqrt(a.Ready*b.Ready)
}

// told is the reason of a pair, of the strongest kind there is.
func (c *candidate) told() Reason {
	r := c.reason
	switch {
	case c.helpA > 0 && c.helpB > 0:
		r.Kind, r.Words = HelpsBoth, nil
	case c.helpA > 0 || c.helpB > 0:
		r.Kind, r.Words = HelpsOne, nil
	case c.sameA != 0:
		r.Kind, r.NeedA, r.NeedB, r.Words = SameNeed, c.sameA, c.sameB, nil
	default:
		r.Kind = SameField
	}
	r.Words = r.Words[:min(len(r.Words), 2)]
	return r
}

// mixed is a number that looks like chance, of a seed and two members (the finaliser of SplitMix64).
func mixed(seed uint64, a, b int) uint64 {
	x := seed + uint64(a)*0x9E3779B97F4A7C15 + uint64(b)*0xD1B54A32D192ED03
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// nearness is what the distance leaves of a pair: all of it next door, never less than seven tenths.
func nearness(km float64) float64 {
	if km < 0 {
		return 0.8
	}
	const reach = 10 // km
	return 0.7 + 0.3*math.Exp(-km/reach)
}
