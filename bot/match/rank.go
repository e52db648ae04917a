package match

import (
	"cmp"
	"math"
	"slices"
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

// mostWords is how many words a request can mean.
const mostWords = 32

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
		ix.feedBack(s, q, hits)
	}
	return s.order(hits, q, r, limit, now, &ix.standing)
}

// ask looks up the words of a request and the concepts they speak of.
func (ix *Index) ask(s *state, what string) *query {
	q := &query{}
	at := map[string]int{}
	n := float64(s.docs)
	idf := func(df float64) float64 { return math.Log(1 + (n-df+0.5)/(df+0.5)) }
	ix.reading.RLock()
	defer ix.reading.RUnlock()
	var line content[string]
	tokens(what, func(t token) {
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
		term := ix.words[st].stem - 1
		known := s.df.of(term) > 0
		if !known && !ix.thesaurus.knows(st) {
			if other, ok := ix.spelling(s, st); ok {
				term, known, w.weight = other, true, misspelt
				st = ix.names[other]
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
	for _, m := range mentions {
		covers := mask(m)
		covered |= covers
		weight := conceptWeight
		if m.reach == loosely {
			weight = looseWeight
		}
		// One wording of several concepts counts for all of them together as it would for one.
		same := 0
		for _, other := range mentions {
			if other.from == m.from && other.to == m.to && other.reach == m.reach {
				same++
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

// window is how many documents are summed up at a time: so few that their totals stay in the nearest memory.
const window = 4096

// A finder looks through all documents, a window at a time.
type finder struct {
	q      *query
	items  []sought
	n      int
	except []int64
	kinds  [2]kept // of those that joined, and of the others
	most   float64 // the largest share of what was asked for; all above “whole” is as good as that
	whole  int     // how many answer all of it, at least enoughWhole when there are more

	of     [window]total
	docs   [window]uint16 // those that have anything
	lists  [][]posting    // what is left of the postings of each item
	shares shareCache
}

// A kept is the best so far of one kind, and those that are as good as the last of them.
type kept struct {
	hits  []hit
	least float32 // no less is among the n best
	full  int     // how many hits are time to sort out the best
}

var finders = sync.Pool{New: func() any { return &finder{} }}

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
	f.q, f.items, f.n, f.except, f.most, f.whole, f.shares = q, q.items(), n, except, 0, 0, shareCache{}
	for i := range f.kinds {
		f.kinds[i] = kept{hits: f.kinds[i].hits[:0], full: 4 * n}
	}
	for _, v := range s.segments {
		f.search(s, v)
	}
	out := find{most: f.most, whole: f.whole}
	perfect := q.best * (k1 + 1)
	for i := range f.kinds {
		f.kinds[i].trim(n)
		for _, h := range f.kinds[i].hits {
			h.score /= perfect
			out.hits = append(out.hits, h)
		}
	}
	return out
}

// search looks through one segment.
func (f *finder) search(s *state, v *view) {
	f.lists = f.lists[:0]
	for _, x := range f.items {
		f.lists = append(f.lists, v.of(x.term))
	}
	for from := 0; from < len(v.docs); from += window {
		end := posting(math.MaxUint32)
		if from+window < mostDocs {
			end = posting(from+window) << 16
		}
		docs := f.docs[:0]
		for i, x := range f.items {
			list := f.lists[i]
			n := 0
			for n < len(list) && list[n] < end {
				p := list[n]
				n++
				doc := uint16(p>>16) % window
				t := &f.of[doc]
				if t.score == 0 {
					docs = append(docs, doc)
				}
				t.score += x.gain * s.values[p&0xffff]
				t.mask |= x.mask
				t.near |= x.near
			}
			f.lists[i] = list[n:]
			for _, r := range v.rare[x.term] {
				if r.doc >= uint32(from) && r.doc < uint32(from)+window {
					f.of[r.doc%window].score += x.gain * r.way.value(s.perWord())
				}
			}
		}
		f.take(v, uint32(from), docs)
	}
}

// take keeps the best of a window and clears it.
func (f *finder) take(v *view, from uint32, docs []uint16) {
	for _, at := range docs {
		t := f.of[at]
		f.of[at] = total{}
		doc := from + uint32(at)
		kind := &f.kinds[0]
		if v.joined[doc] {
			kind = &f.kinds[1]
		}
		good := t.score >= kind.least
		if !good && f.whole >= enoughWhole && f.most >= whole || v.isDead(doc) {
			continue // nothing can be learnt of it
		}
		share := f.shares.of(f.q, t.mask, t.near)
		if share >= whole {
			f.whole++
		}
		if !good && share <= f.most || slices.Contains(f.except, v.ids[doc]) {
			continue
		}
		f.most = min(max(f.most, share), whole)
		if good {
			kind.hits = append(kind.hits, hit{v, doc, float64(t.score), share, uint32(t.mask>>32)|t.near != 0})
			if len(kind.hits) >= kind.full {
				kind.trim(f.n)
			}
		}
	}
}

// trim leaves the n best and those that are as good as the last of them.
func (k *kept) trim(n int) {
	if len(k.hits) > n {
		least := math.Inf(1)
		for _, h := range best(k.hits, n) {
			least = min(least, h.score)
		}
		k.hits = slices.DeleteFunc(k.hits, func(h hit) bool { return h.score < least })
		k.least = float32(least)
	}
	k.full = max(4*n, 2*len(k.hits))
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
		if h.view.joined[h.doc] {
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
