package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// BM25 (Robertson and Zaragoza, 2009), over fields as BM25F sums them: k1 is how soon repeating a word stops
// counting, b how much the length of a text does.
const (
	k1 = 1.2
	b  = 0.5
)

// What a word counts in each field. An offer is a promise, and a description only what somebody once wrote.
const (
	nameWeight  = 1.0
	aboutWeight = 1.0
	offerWeight = 2.0
)

// What the thesaurus adds, of the weight of a word: for the concept that was asked for, when the asker's wording
// is loose, and for a related concept.
const (
	conceptWeight = 1.5
	looseWeight   = 0.5
	relatedWeight = 0.25
	// A word of a longer wording says less alone: “first” of “first aid”.
	partWeight = 0.5
)

// When it is better to say that nobody is known: when not even the best shares so much of what is asked for, by
// the weight of its words. Whoever shares much less than whoever shares most is no answer either.
const (
	leastShare  = 0.4
	nearShare   = 0.25 // what is only near to it is told as such
	shareOfMost = 0.5
)

// How much of a word is answered by a concept that covers it, by one that is related to that, and by a word that
// is only a part of what was asked.
const (
	byConcept = 0.9
	byRelated = 0.3
	byPart    = 0.35
)

// mostWords is how many words a request can mean, and longestRequest how many bytes of it are looked at.
const (
	mostWords      = 32
	longestRequest = 8 << 10
)

// asked is a word of a request.
type asked struct {
	term   uint32
	known  bool
	idf    float64
	weight float64  // of idf, in the score
	part   bool     // of a wording of several words
	words  []string // as the asker wrote it
}

// meant is a concept of a request.
type meant struct {
	term    uint32
	name    string
	score   float64 // idf by weight
	covers  uint32  // which words of the request
	related bool
}

// A query is a request as numbers.
type query struct {
	words    []asked
	concepts []meant
	weight   float64 // of all words
	best     float64 // the score that nothing exceeds
}

// A hit is a document that has enough of a request.
type hit struct {
	view  *view
	doc   uint32
	score float64
	share float64 // of the weight of the request, that it has
	meant bool    // it speaks of a concept of the request
}

func (h hit) id() int64 { return h.view.ids[h.doc] }

// Rank answers a request with at most limit organisations, best first, none of them in except. Organisations that joined come
// before others unless they fit much worse; the nearer fits better, when a place was named. Of about equal fits, what is free
// or at cost comes before what is charged; then who was not shown of late comes before who was, and who was shown far more
// than others last; and then the fresher, those who answer, and those shown less. now is when the question was asked.
func (ix *Index) Rank(r Request, limit int, now time.Time, except ...int64) Result {
	s := ix.now.Load()
	if limit <= 0 || s.docs == 0 {
		return Result{}
	}
	q := ix.ask(s, r.What)
	found := s.find(q, max(mostOrdered, 4*limit), except)
	s.lapse(&found, q, now)
	if found.most < leastShare {
		// A word in common may be chance; a meaning in common is not.
		near := slices.DeleteFunc(found.hits, func(h hit) bool { return h.share < nearShare || !h.meant })
		return Result{Near: s.order(near, q, r, limit, now, &ix.standing).Matches}
	}
	hits := slices.DeleteFunc(found.hits, func(h hit) bool { return h.share < shareOfMost*found.most })
	if found.whole < enoughWhole {
		s.feedBack(q, hits)
	}
	return s.order(hits, q, r, limit, now, &ix.standing)
}

// ask looks up the words of a request and the concepts they speak of.
func (ix *Index) ask(s *state, what string) *query {
	q := &query{}
	at := map[string]int{}
	n := float64(s.docs)
	idf := func(df float64) float64 { return math.Log(1 + (n-df+0.5)/(df+0.5)) }
	var line content[string]
	tokens(what[:min(len(what), longestRequest)], func(t token) {
		if stopWords[t.word] || len(q.words) == mostWords {
			line.add(t, "")
			return
		}
		st := stem(t.word)
		written := what[t.start:t.end]
		if i, again := at[st]; again {
			if !slices.Contains(q.words[i].words, written) {
				q.words[i].words = append(q.words[i].words, written)
			}
			line.add(t, st)
			return
		}
		w := asked{words: []string{written}, weight: 1}
		term := s.stem(st) - 1
		known := s.df.of(term) > 0
		if whole, dropped := strings.CutSuffix(t.word, "in"); dropped && !known && !ix.thesaurus.knows(st) {
			// “trainin” is how it is said, and so how it is written.
			if other := stem(whole + "ing"); s.df.of(s.stem(other)-1) > 0 || ix.thesaurus.knows(other) {
				st = other
				term = s.stem(st) - 1
				known = s.df.of(term) > 0
			}
		}
		if !known && !ix.thesaurus.knows(st) {
			if other, ok := s.spelling(st); ok {
				term, known, w.weight = other, true, misspelt
				st = s.names[other]
			} else if other, ok := ix.thesaurus.spelling(st); ok {
				st = other
			}
		}
		var df float64
		if w.term, w.known = term, known; known {
			df = float64(s.df.of(term))
		}
		w.idf = idf(df)
		if weakWords[t.word] {
			w.idf *= weakness
		}
		at[st] = len(q.words)
		q.words = append(q.words, w)
		line.add(t, st)
	})
	// Related concepts count least, so those that were named come first.
	best := map[int]int{}
	mean := func(c int, weight float64, covers uint32, related bool) {
		score := weight * idf(float64(s.df.of(ix.concepts[c])))
		if i, again := best[c]; again {
			q.concepts[i].covers |= covers
			if score > q.concepts[i].score && !related {
				q.concepts[i].score, q.concepts[i].related = score, false
			}
			return
		}
		best[c] = len(q.concepts)
		q.concepts = append(q.concepts, meant{ix.concepts[c], ix.thesaurus.concepts[c].name, score, covers, related})
	}
	var mentions []mention
	ix.thesaurus.find(&line, func(m mention) { mentions = append(mentions, m) })
	covered := uint32(0)
	mask := func(m mention) (covers uint32) {
		for _, st := range line.stems[m.from:m.to] {
			if i, ok := at[st]; ok {
				covers |= 1 << i
			}
		}
		return covers
	}
	for n, m := range mentions {
		covers := mask(m)
		covered |= covers
		weight := conceptWeight
		if m.reach == loosely {
			weight = looseWeight
		}
		// One wording of several concepts counts for all of them together as it would for one.
		same := 1
		for _, next := range []int{-1, 1} { // they stand side by side
			for i := n + next; i >= 0 && i < len(mentions) && mentions[i].from == m.from; i += next {
				if mentions[i].to == m.to && mentions[i].reach == m.reach {
					same++
				}
			}
		}
		mean(m.concept, weight/float64(same), covers, false)
		if m.to-m.from > 1 {
			for i := range q.words {
				if covers&(1<<i) != 0 {
					q.words[i].part = true
				}
			}
		}
	}
	for _, m := range mentions {
		for _, r := range ix.thesaurus.concepts[m.concept].related {
			// What every fifth does is no hint.
			if int(s.df.of(ix.concepts[r]))*5 <= s.docs || s.docs < fewDocs {
				mean(r, relatedWeight, mask(m), true)
			}
		}
	}
	named := slices.IndexFunc(q.concepts, func(c meant) bool { return c.related })
	if named >= 0 && len(q.concepts)-named > mostRelated {
		slices.SortStableFunc(q.concepts[named:], func(a, b meant) int { return cmp.Compare(b.score, a.score) })
		q.concepts = q.concepts[:named+mostRelated]
	}
	for i := range q.words {
		w := &q.words[i]
		if w.part {
			w.weight *= partWeight
		}
		if !w.known && covered&(1<<i) == 0 {
			w.idf *= unheard
		}
		q.weight += w.idf
		q.best += w.idf * w.weight
	}
	for _, c := range q.concepts {
		if !c.related {
			q.best += c.score
		}
	}
	return q
}

// mostRelated is how many related concepts a request can mean: the rarest say most.
const mostRelated = 8

// fewDocs is too few for shares of them to mean anything.
const fewDocs = 100

// unheard is what a word counts that neither the register nor the thesaurus has: mostly it is a name, or chat.
const unheard = 0.35

// A sought is one word or concept of a query, as it is summed up.
type sought struct {
	term uint32
	gain float32 // what it adds to the score of a document that could not have it better
	mask uint64  // of total
	near uint32
}

// items are all that q looks for, by gain.
func (q *query) items() []sought {
	all := make([]sought, 0, len(q.words)+len(q.concepts))
	for i, w := range q.words {
		if w.known {
			all = append(all, sought{w.term, float32(w.idf * w.weight * (k1 + 1)), 1 << i, 0})
		}
	}
	for _, c := range q.concepts {
		gain := float32(c.score * (k1 + 1))
		if c.related {
			all = append(all, sought{c.term, gain, 0, c.covers})
		} else {
			all = append(all, sought{c.term, gain, uint64(c.covers) << 32, 0})
		}
	}
	slices.SortStableFunc(all, func(a, b sought) int { return cmp.Compare(b.gain, a.gain) })
	return all
}

// A total is what a query adds up for a document.
type total struct {
	score float32
	near  uint32 // words of the request that it has by a related concept
	mask  uint64 // the low half: words that it has; the high half: words that it has by a concept
}

// window is how many documents are summed up at a time: so few that their totals stay in near memory.
const window = 1 << 14

// A finder looks through all documents, a window at a time. It is MaxScore (Turtle and Flood, 1995) over windows: once
// the best are known to be better than whoever has only the lesser items, those no longer bring in anybody, and are added
// up only for those who have something else.
type finder struct {
	q      *query
	items  []sought
	rests  []rest // of each item, with those after it
	except []int64
	kinds  [2]kept // of those that joined, and of the others
	most   float64 // the largest share of what was asked for; all above “whole” is as good as that
	whole  int     // how many answer all of it, at least enoughWhole when there are more

	totals [window]total
	docs   [window + 1]uint16 // those that have anything; the last place is only written
	lists  [][]posting        // what is left of the postings of each item
	shares shareCache
}

var finders = sync.Pool{New: func() any { return &finder{} }}

// A rest is what nobody can exceed who has only the last items.
type rest struct {
	score float32
	share float64
}

// A find is what comes of scoring all documents.
type find struct {
	hits  []hit   // the best, of those that joined and of the others
	most  float64 // the largest share of what was asked for; all above “whole” is as good as that
	whole int     // how many answer all of it, at least enoughWhole when there are more
}

// find scores all documents and keeps the n best of those that joined, and of the others, with those that are as
// good as the last of them.
func (s *state) find(q *query, n int, except []int64) find {
	if len(q.words) == 0 {
		return find{}
	}
	f := finders.Get().(*finder)
	defer finders.Put(f)
	f.q, f.items, f.except, f.most, f.whole, f.shares = q, q.items(), except, 0, 0, shareCache{}
	top := f.bounds(s)
	for i := range f.kinds {
		f.kinds[i].begin(n, top)
	}
	for _, v := range s.segments {
		f.search(s, v)
	}
	out := find{most: f.most, whole: f.whole}
	perfect := q.best * (k1 + 1)
	for i := range f.kinds {
		for _, h := range f.kinds[i].best() {
			h.score /= perfect
			out.hits = append(out.hits, h)
		}
	}
	return out
}

// bounds works out the rests, and returns what no score exceeds.
func (f *finder) bounds(s *state) (top float32) {
	f.rests = slices.Grow(f.rests[:0], len(f.items))[:len(f.items)]
	const rounding = 1.0001
	var mask uint64
	var near uint32
	for i, x := range slices.Backward(f.items) {
		top += x.gain * s.most * rounding
		mask, near = mask|x.mask, near|x.near
		f.rests[i] = rest{top, f.q.mostShare(mask, near)}
	}
	return top
}

// search looks through one segment.
func (f *finder) search(s *state, v *view) {
	f.lists = f.lists[:0]
	for _, x := range f.items {
		f.lists = append(f.lists, v.of(x.term))
	}
	for from, to := 0, 0; from < len(v.docs); from = to {
		kind := &f.kinds[0]
		to = min(from+window, len(v.docs))
		if from < v.joined {
			kind, to = &f.kinds[1], min(to, v.joined)
		}
		needed := len(f.items)
		for needed > 0 && f.unneeded(f.rests[needed-1], kind) {
			needed--
		}
		found := 0
		for i, x := range f.items {
			if i < needed {
				found = f.bring(s, i, from, to, found)
			} else {
				f.top(s, i, from, to)
			}
			for _, r := range v.rare[x.term] {
				if at := int(r.doc) - from; at >= 0 && int(r.doc) < to && f.totals[at].score > 0 {
					f.totals[at].score += x.gain * r.way.value(s.perWord())
				}
			}
		}
		f.take(v, kind, from, found)
	}
}

// unneeded tells whether nothing can be learnt of those who have only the rest.
func (f *finder) unneeded(r rest, kind *kept) bool {
	return r.score < kind.least && r.share <= f.most && (r.share < whole || f.whole >= enoughWhole)
}

// bring adds up an item for the documents between from and to. Of those, found have something; it returns how many have then.
func (f *finder) bring(s *state, item, from, to, found int) int {
	x, list, last := &f.items[item], f.lists[item], posting(to-1)<<16|math.MaxUint16
	n := 0
	for ; n < len(list) && list[n] <= last; n++ {
		at := (int(list[n]>>16) - from) % window
		t := &f.totals[at]
		f.docs[found] = uint16(at)
		if t.score == 0 { // written like this, it is no jump, which nobody could foretell
			found++
		}
		t.score += x.gain * s.values[list[n]&math.MaxUint16]
		t.mask |= x.mask
		t.near |= x.near
	}
	f.lists[item] = list[n:]
	return found
}

// top is bring for those that have something already.
func (f *finder) top(s *state, item, from, to int) {
	x, list, last := &f.items[item], f.lists[item], posting(to-1)<<16|math.MaxUint16
	n := 0
	for ; n < len(list) && list[n] <= last; n++ {
		t := &f.totals[(int(list[n]>>16)-from)%window]
		if t.score == 0 {
			continue
		}
		t.score += x.gain * s.values[list[n]&math.MaxUint16]
		t.mask |= x.mask
		t.near |= x.near
	}
	f.lists[item] = list[n:]
}

// take keeps the best of a window, in which found documents have something, and clears it.
func (f *finder) take(v *view, kind *kept, from, found int) {
	for _, at := range f.docs[:found] {
		t := f.totals[at]
		f.totals[at] = total{}
		doc := uint32(from) + uint32(at)
		good := t.score >= kind.least
		if !good && f.whole >= enoughWhole && f.most >= whole || v.isDead(doc) {
			continue // nothing can be learnt of it
		}
		share := f.shares.of(f.q, t.mask, t.near)
		if share >= whole {
			f.whole++
		}
		if !good && share <= f.most || len(f.except) > 0 && slices.Contains(f.except, v.ids[doc]) {
			continue
		}
		f.most = min(max(f.most, share), whole)
		if good {
			kind.add(hit{v, doc, float64(t.score), share, uint32(t.mask>>32)|t.near != 0})
		}
	}
}

// A kept is the n best so far of one kind, and some that are not.
type kept struct {
	hits   []hit
	n      int
	full   int                // so many hits are worth a look for those that are not among the best
	least  float32            // who has less is not among the n best
	perTop float32            // shelves by score
	shelf  int                // the lowest that may hold one of the n best
	above  int                // how many stand there and above
	counts [shelves + 1]int32 // by shelf
}

// shelves are what scores are sorted into, to find the least of the n best without sorting them.
const shelves = 1024

func (k *kept) begin(n int, top float32) {
	*k = kept{hits: k.hits[:0], n: n, full: 8 * n, perTop: shelves / top}
}

func (k *kept) add(h hit) {
	k.hits = append(k.hits, h)
	on := min(int(float32(h.score)*k.perTop), shelves)
	k.counts[on]++
	if on >= k.shelf {
		k.above++
	}
	for k.above-int(k.counts[k.shelf]) >= k.n {
		k.above -= int(k.counts[k.shelf])
		k.shelf++
		const rounding = 0.9999
		k.least = float32(k.shelf) / k.perTop * rounding
	}
	if len(k.hits) >= k.full {
		k.hits = slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < float64(k.least) })
		k.full = max(8*k.n, 2*len(k.hits))
	}
}

// best are the n best and those that are as good as the last of them.
func (k *kept) best() []hit {
	if len(k.hits) <= k.n {
		return k.hits
	}
	k.hits = slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < float64(k.least) })
	least := math.Inf(1)
	for _, h := range best(k.hits, k.n) {
		least = min(least, h.score)
	}
	return slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < least })
}

// share is how much of the request a document answers, by what it has of it.
func (q *query) share(mask uint64, near uint32) float64 {
	has, by := uint32(mask), uint32(mask>>32)
	var share float64
	for i := range q.words {
		w, bit := &q.words[i], uint32(1)<<i
		switch {
		case has&bit != 0 && !w.part:
			share += w.idf * min(w.weight, 1)
		case by&bit != 0:
			share += w.idf * byConcept
		case has&bit != 0:
			share += w.idf * byPart
		case near&bit != 0:
			share += w.idf * byRelated
		}
	}
	return share / q.weight
}

// mostShare is what share exceeds for no part of what is had.
func (q *query) mostShare(mask uint64, near uint32) float64 {
	has, by := uint32(mask), uint32(mask>>32)
	var share float64
	for i := range q.words {
		w, bit := &q.words[i], uint32(1)<<i
		most := 0.0
		if has&bit != 0 {
			most = byPart
			if !w.part {
				most = min(w.weight, 1)
			}
		}
		if by&bit != 0 {
			most = max(most, byConcept)
		}
		if near&bit != 0 {
			most = max(most, byRelated)
		}
		share += w.idf * most
	}
	return share / q.weight
}

// A shareCache remembers shares: most documents have one of few sets of words.
type shareCache [64]struct {
	mask  uint64
	near  uint32
	known bool
	share float64
}

func (c *shareCache) of(q *query, mask uint64, near uint32) float64 {
	e := &c[(mask*0x9E3779B97F4A7C15+uint64(near)*0xD6E8FEB86659FD93)>>58]
	if !e.known || e.mask != mask || e.near != near {
		e.mask, e.near, e.known, e.share = mask, near, true, q.share(mask, near)
	}
	return e.share
}

// mostOrdered is how many of the best fits are looked at more closely, of those that joined and of the others.
const mostOrdered = 200

// A ranked is a hit on its way into an answer.
type ranked struct {
	hit
	doc   *document
	km    float64
	value float64 // how well it fits, with its place
	first bool    // it comes before all that are not
	match Match
	shown int     // neverShown, shown or tooOften
	worth float64 // its fit, with what else counts among about equals
}

// order sorts hits and tells the best of them.
func (s *state) order(hits []hit, q *query, r Request, limit int, now time.Time, standing *standing) Result {
	var all []ranked
	var top float64
	for _, h := range shortlist(hits, max(mostOrdered, 4*limit)) {
		d := h.view.docs[h.doc]
		x := ranked{hit: h, doc: d, km: -1, value: h.score}
		if r.Outcode != "" {
			if km, ok := s.places.Distance(r.Outcode, d.outcode); ok {
				x.km = km
			}
			x.value *= s.places.factor(s.reach(h, q, now), x.km, r.Outcode)
		}
		top = max(top, x.value)
		all = append(all, x)
	}
	for i := range all {
		// Joining counts, but not more than fitting does.
		const joinedReach = 0.4
		all[i].first = all[i].doc.joined && all[i].value >= joinedReach*top
	}
	slices.SortFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(bit(y.first), bit(x.first)), cmp.Compare(y.value, x.value), cmp.Compare(x.doc.id, y.doc.id))
	})
	all = all[:min(len(all), 3*limit+50)]
	for i := range all {
		x := &all[i]
		x.match = s.tell(x.hit, q, now)
		x.match.Km = x.km
		standing.weigh(x, s.docs, now)
	}
	var result Result
	for len(all) > 0 && len(result.Matches) < limit {
		var x ranked
		if x, all = next(all); x.doc.closed {
			result.NoRoom++
		} else {
			result.Matches = append(result.Matches, x.match)
		}
	}
	return result
}

// next takes out of all, sorted by how well they fit, whose turn it is among those that fit about as well as the best.
func next(all []ranked) (ranked, []ranked) {
	const about = 1 / 1.12 // nobody is passed who fits an eighth better
	best := 0
	for i, x := range all {
		if x.first != all[0].first || x.value < about*all[0].value {
			break
		}
		b := &all[best]
		if cmp.Or(cmp.Compare(bit(x.match.Terms == Charged), bit(b.match.Terms == Charged)), cmp.Compare(x.shown, b.shown), cmp.Compare(b.worth, x.worth)) < 0 {
			best = i
		}
	}
	x := all[best]
	return x, slices.Delete(all, best, best+1)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shortlist keeps the n best fits among those that joined, and among the others.
func shortlist(hits []hit, n int) []hit {
	var joined, others []hit
	for _, h := range hits {
		if int(h.doc) < h.view.joined {
			joined = append(joined, h)
		} else {
			others = append(others, h)
		}
	}
	return append(best(joined, n), best(others, n)...)
}

// best moves the n best hits to the front, in no order, and returns them.
func best(hits []hit, n int) []hit {
	better := func(x, y hit) bool {
		return x.score > y.score || x.score == y.score && x.id() < y.id()
	}
	for lo, hi := 0, len(hits)-1; n < len(hits) && lo < hi; { // Hoare's selection
		pivot, i, j := hits[lo+(hi-lo)/2], lo, hi
		for i <= j {
			for better(hits[i], pivot) {
				i++
			}
			for better(pivot, hits[j]) {
				j--
			}
			if i <= j {
				hits[i], hits[j] = hits[j], hits[i]
				i++
				j--
			}
		}
		switch {
		case n <= j:
			hi = j
		case n >= i:
			lo = i
		default:
			lo = hi
		}
	}
	return hits[:min(n, len(hits))]
}

// tell says what of a document fits.
func (s *state) tell(h hit, q *query, now time.Time) Match {
	d := h.view.docs[h.doc]
	m := Match{ID: d.id, Score: math.Min(h.score, 1), Joined: d.joined, Km: -1}
	value := make([]float64, len(d.units))
	words := make([][]string, len(d.units))
	has := make([]uint32, len(d.units)) // words of the request, by unit
	list := slices.Collect(d.all())
	each := func(term uint32, f func(unit uint8)) {
		i, _ := slices.BinarySearchFunc(list, term, func(w unitWord, t uint32) int { return cmp.Compare(w.term, t) })
		for ; i < len(list) && list[i].term == term; i++ {
			f(list[i].unit)
		}
	}
	for i, w := range q.words {
		if w.known {
			each(w.term, func(u uint8) {
				value[u] += w.idf * w.weight
				has[u] |= 1 << i
				words[u] = append(words[u], w.words[0])
			})
		}
	}
	for _, c := range q.concepts {
		each(c.term, func(u uint8) {
			value[u] += c.score
			// Its own words are the better reason; a name for what they mean is the next best.
			if has[u]&c.covers != c.covers {
				words[u] = append(words[u], c.name)
			}
			has[u] |= c.covers
		})
	}
	best := offerUnit
	for u := offerUnit; u < offerUnit+len(d.offers); u++ {
		if value[u] > value[best] {
			best = u
		}
	}
	thanked := d.bestHelp(value, now)
	// An offer is the better reason, unless it is much the weaker; and next to it what somebody was thanked for.
	const offerReach = 0.6
	most := max(value[nameUnit], value[aboutUnit])
	if thanked > 0 {
		most = max(most, value[thanked])
	}
	if len(d.offers) > 0 && value[best] > 0 && value[best] >= offerReach*most {
		o := d.offers[best-offerUnit]
		m.Field, m.Offer, m.Terms, m.Words = InOffer, o.id, o.terms, words[best]
		return m
	}
	if thanked > 0 && value[thanked] >= offerReach*most {
		m.Field, m.Help, m.Words = InHelp, d.helpOf(thanked).id, words[thanked]
		return m
	}
	if value[aboutUnit] >= value[nameUnit] {
		m.Field, m.Words = InAbout, words[aboutUnit]
	} else {
		m.Field, m.Words = InName, words[nameUnit]
	}
	return m
}
