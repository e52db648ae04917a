package match

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// BM25 (Robertson and Zaragoza, 2009), over fields as BM25F sums them: k1 is how soon repeating a word stops
// counting, b how much the length of a text does.
const (
	k1 = 1.2
	b  = 0.75
)

// What a word counts in each field. An offer is a promise, and a description only what somebody once wrote.
const (
	nameWeight  = 1.0
	aboutWeight = 1.0
	offerWeight = 2.0
)

// When it is better to say that nobody is known: when not even the best shares so much of what is asked for, by
// the weight of its words. Whoever shares much less than whoever shares most is no answer either.
const (
	leastShare  = 0.25
	shareOfMost = 0.34
)

// asked is a word of a request.
type asked struct {
	term  uint32
	known bool
	idf   float64
	words []string // as the asker wrote it
}

// A hit is a document that has enough of a request.
type hit struct {
	view  *view
	doc   uint32
	score float64
	share float64 // of the weight of the request, that it has
}

// Rank answers a request with at most limit organisations, best first, none of them in except. Organisations
// that joined come before others that fit about as well; of about equal fits come first the nearer, when a
// place was named, then what is free or at cost before what is charged, then the fresher. now is when the
// question was asked.
func (ix *Index) Rank(r Request, limit int, now time.Time, except ...int64) Result {
	s := ix.now.Load()
	query := ix.ask(s, r.What)
	if limit <= 0 || len(query) == 0 || s.docs == 0 {
		return Result{}
	}
	var weight float64
	for _, q := range query {
		weight += q.idf
	}
	var hits []hit
	for _, v := range s.segments {
		hits = s.score(v, query, weight, hits)
	}
	var most float64
	hits = slices.DeleteFunc(hits, func(h hit) bool {
		if slices.Contains(except, h.view.docs[h.doc].id) {
			return true
		}
		most = max(most, h.share)
		return false
	})
	if most < leastShare {
		return Result{}
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.share < shareOfMost*most })
	return s.order(hits, query, r, limit, now)
}

// ask looks up the words of a request.
func (ix *Index) ask(s *state, what string) []asked {
	var query []asked
	at := map[string]int{}
	n := float64(s.docs)
	ix.reading.RLock()
	defer ix.reading.RUnlock()
	tokens(what, func(t token) {
		const most = 40 // words that a request can mean
		if stopWords[t.word] || len(query) == most {
			return
		}
		st := stem(t.word)
		written := what[t.start:t.end]
		if i, again := at[st]; again {
			if !slices.Contains(query[i].words, written) {
				query[i].words = append(query[i].words, written)
			}
			return
		}
		q := asked{words: []string{written}}
		var df float64
		if q.term, q.known = ix.terms[st]; q.known && int(q.term) < len(s.df) {
			df = float64(s.df[q.term])
		} else {
			q.known = false
		}
		q.idf = math.Log(1 + (n-df+0.5)/(df+0.5))
		if weakWords[t.word] {
			q.idf *= weakness
		}
		at[st] = len(query)
		query = append(query, q)
	})
	return query
}

// score adds the documents of v that have enough of the request.
func (s *state) score(v *view, query []asked, weight float64, hits []hit) []hit {
	average := func(sum, n float64) float64 { return max(sum/max(n, 1), 1) }
	n := float64(s.docs)
	// Name and description are one text in length: a long name over a short description is no richer for it.
	text, offers := average(s.lengths.text, n), average(s.lengths.offer, s.lengths.offers)
	scores := make([]float32, len(v.docs))
	shares := make([]float32, len(v.docs))
	var touched []uint32
	for _, q := range query {
		if !q.known {
			continue
		}
		list := v.of(q.term)
		for i := 0; i < len(list); {
			doc := list[i].doc
			d := v.docs[doc]
			var tf, offer float64
			norm := 1 - b + b*float64(d.units[nameUnit]+d.units[aboutUnit])/text
			for ; i < len(list) && list[i].doc == doc; i++ {
				p := list[i]
				length := float64(d.units[p.unit])
				switch p.unit {
				case nameUnit:
					tf += nameWeight * float64(p.tf) / norm
				case aboutUnit:
					tf += aboutWeight * float64(p.tf) / norm
				default:
					offer = max(offer, offerWeight*float64(p.tf)/(1-b+b*length/offers))
				}
			}
			if v.isDead(doc) {
				continue
			}
			if shares[doc] == 0 {
				touched = append(touched, doc)
			}
			tf += offer
			scores[doc] += float32(q.idf * tf * (k1 + 1) / (tf + k1))
			shares[doc] += float32(q.idf)
		}
	}
	for _, doc := range touched {
		hits = append(hits, hit{v, doc, float64(scores[doc]) / (weight * (k1 + 1)), float64(shares[doc]) / weight})
	}
	return hits
}

// order sorts hits and tells the best of them.
func (s *state) order(hits []hit, query []asked, r Request, limit int, now time.Time) Result {
	type ranked struct {
		hit
		doc   *document
		km    float64
		value float64
		band  int
		match Match
	}
	var all []ranked
	var top float64
	for _, h := range hits {
		d := h.view.docs[h.doc]
		x := ranked{hit: h, doc: d, km: -1, value: h.score}
		if r.Outcode != "" {
			if km, ok := s.places.Distance(r.Outcode, d.outcode); ok {
				x.km = km
			}
			x.value *= nearness(x.km)
		}
		top = max(top, x.value)
		all = append(all, x)
	}
	for i := range all {
		x := &all[i]
		const step = 0.95 // what is within a twentieth is about equal
		x.band = int(math.Log(x.value/top) / math.Log(step))
		// Joining counts, but not more than fitting does.
		const joinedReach = 0.4
		if x.doc.joined && x.value >= joinedReach*top {
			x.band -= 1000
		}
	}
	slices.SortFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(x.band, y.band), cmp.Compare(y.value, x.value), cmp.Compare(x.doc.id, y.doc.id))
	})
	all = all[:min(len(all), 3*limit+50)]
	for i := range all {
		all[i].match = s.tell(all[i].hit, query)
		all[i].match.Km = all[i].km
	}
	charged := func(t Terms) int {
		if t == Charged {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(x.band, y.band), cmp.Compare(charged(x.match.Terms), charged(y.match.Terms)),
			cmp.Compare(age(x.doc, now), age(y.doc, now)), cmp.Compare(y.value, x.value), cmp.Compare(x.doc.id, y.doc.id))
	})
	var result Result
	for _, x := range all {
		switch {
		case len(result.Matches) == limit:
			return result
		case x.doc.closed:
			result.NoRoom++
		default:
			result.Matches = append(result.Matches, x.match)
		}
	}
	return result
}

// nearness is what the distance leaves of a fit: all of it next door, never less than seven tenths, so that
// what is near and does not fit stays behind what is far and does.
func nearness(km float64) float64 {
	if km < 0 {
		return 0.8
	}
	const reach = 10 // km
	return 0.7 + 0.3*math.Exp(-km/reach)
}

// age is how long ago a document was confirmed, in half years: less is noise.
func age(d *document, now time.Time) int64 {
	const halfYear = 182 * 24 * 3600
	return max(now.Unix()-d.confirmed, 0) / halfYear
}

// tell says what of a document fits.
func (s *state) tell(h hit, query []asked) Match {
	d := h.view.docs[h.doc]
	m := Match{ID: d.id, Score: math.Min(h.score, 1), Joined: d.joined, Km: -1}
	value := make([]float64, len(d.units))
	words := make([][]string, len(d.units))
	for _, q := range query {
		if !q.known {
			continue
		}
		list := d.words
		i, _ := slices.BinarySearchFunc(list, q.term, func(w unitWord, t uint32) int { return cmp.Compare(w.term, t) })
		for ; i < len(list) && list[i].term == q.term; i++ {
			value[list[i].unit] += q.idf
			words[list[i].unit] = append(words[list[i].unit], q.words[0])
		}
	}
	best := offerUnit
	for u := offerUnit; u < len(value); u++ {
		if value[u] > value[best] {
			best = u
		}
	}
	// An offer is the better reason, unless it is much the weaker.
	const offerReach = 0.6
	most := max(value[nameUnit], value[aboutUnit])
	if best < len(value) && value[best] > 0 && value[best] >= offerReach*most {
		o := d.offers[best-offerUnit]
		m.Field, m.Offer, m.Terms, m.Words = InOffer, o.id, o.terms, words[best]
		return m
	}
	if value[aboutUnit] >= value[nameUnit] {
		m.Field, m.Words = InAbout, words[aboutUnit]
	} else {
		m.Field, m.Words = InName, words[nameUnit]
	}
	return m
}
