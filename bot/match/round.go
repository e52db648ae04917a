package match

import (
	"cmp"
	"slices"
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

const (
	maxCandidates = 25   // of each member, by weight
	maxFar        = 5    // besides, of other parts of the network
	maxNeeds      = 5    // of each member that are looked at
	maxHelpers    = 30   // who are found for a need
	fewest        = 3    // a meaning that so few have is rare in any network
	rareShare     = 0.1  // so is one that a tenth have
	minHelp       = 0.45 // of a need that an offer must answer
	minField      = 0.25 // less in common is no field
	maxShared     = 400  // who share one meaning; of more, those next to each other by number
)

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
		count, most := near, maxCandidates
		if r.bridge(c) == 1 {
			count, most = far, maxCandidates+maxFar
		}
		count[c.a]++
		count[c.b]++
		return count[c.a] > most && count[c.b] > most
	})
}
