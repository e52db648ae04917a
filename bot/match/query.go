package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
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

// How much of a word is answered by a concept that covers it, by one that is related to that, and by a word that
// is only a part of what was asked.
const (
	byConcept = 0.9
	byRelated = 0.3
	byPart    = 0.35
)

// maxWords is how many words a request can mean, and maxRequestLength how many bytes of it are looked at.
const (
	maxWords         = 32
	maxRequestLength = 8 << 10
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

// ask looks up the words of a request and the concepts they speak of.
func (ix *Index) ask(s *state, what string) *query {
	r := queryReader{ix: ix, s: s, q: &query{}, at: map[string]int{}, best: map[int]int{}}
	what = what[:min(len(what), maxRequestLength)]
	tokens(what, func(t token) { r.word(t, what[t.start:t.end]) })
	covered := r.concepts()
	r.weigh(covered)
	return r.q
}

// A queryReader makes a query of the words of a request.
type queryReader struct {
	ix   *Index
	s    *state
	q    *query
	line content[string]
	at   map[string]int // of each stem its word of the query
	best map[int]int    // of each concept of the thesaurus that of the query
}

// idf is what a word counts that so many organisations have, as BM25 has it.
func (s *state) idf(df float64) float64 {
	return math.Log(1 + (float64(s.docs)-df+0.5)/(df+0.5))
}

func (r *queryReader) word(t token, written string) {
	q := r.q
	if stopWords[t.word] || len(q.words) == maxWords {
		r.line.add(t, "")
		return
	}
	st := stem(t.word)
	if i, again := r.at[st]; again {
		if !slices.Contains(q.words[i].words, written) {
			q.words[i].words = append(q.words[i].words, written)
		}
		r.line.add(t, st)
		return
	}
	w := asked{words: []string{written}, weight: 1}
	w.term, w.known, st = r.known(t.word, st, &w.weight)
	var df float64
	if w.known {
		df = float64(r.s.df.of(w.term))
	}
	w.idf = r.s.idf(df)
	if weakWords[t.word] {
		w.idf *= weakness
	}
	r.at[st] = len(q.words)
	q.words = append(q.words, w)
	r.line.add(t, st)
}

// known is the number of a word in the register, if that has it, and its stem; what is misspelt is mended, and counts less.
func (r *queryReader) known(word, st string, weight *float64) (term uint32, known bool, mended string) {
	s, thesaurus := r.s, r.ix.thesaurus
	term = s.stem(st) - 1
	known = s.df.of(term) > 0
	if whole, dropped := strings.CutSuffix(word, "in"); dropped && !known && !thesaurus.knows(st) {
		// “trainin” is how it is said, and so how it is written.
		if other := stem(whole + "ing"); s.df.of(s.stem(other)-1) > 0 || thesaurus.knows(other) {
			st = other
			term = s.stem(st) - 1
			known = s.df.of(term) > 0
		}
	}
	if known || thesaurus.knows(st) {
		return term, known, st
	}
	if other, ok := s.spelling(st); ok {
		*weight = misspelt
		return other, true, s.names[other]
	}
	if other, ok := thesaurus.spelling(st); ok {
		st = other
	}
	return term, false, st
}

// concepts finds what the words speak of, and which of them do. Related concepts count least, so those that were named
// come first.
func (r *queryReader) concepts() (covered uint32) {
	var mentions []mention
	r.ix.thesaurus.find(&r.line, func(m mention) { mentions = append(mentions, m) })
	for n, m := range mentions {
		covers := r.mask(m)
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
		r.concept(m.concept, weight/float64(same), covers, false)
		if m.to-m.from > 1 {
			for i := range r.q.words {
				if covers&(1<<i) != 0 {
					r.q.words[i].part = true
				}
			}
		}
	}
	for _, m := range mentions {
		for _, c := range r.ix.thesaurus.concepts[m.concept].related {
			// What every fifth does is no hint.
			if int(r.s.df.of(r.ix.concepts[c]))*5 <= r.s.docs || r.s.docs < fewDocs {
				r.concept(c, relatedWeight, r.mask(m), true)
			}
		}
	}
	named := slices.IndexFunc(r.q.concepts, func(c meant) bool { return c.related })
	if named >= 0 && len(r.q.concepts)-named > maxRelated {
		slices.SortStableFunc(r.q.concepts[named:], func(a, b meant) int { return cmp.Compare(b.score, a.score) })
		r.q.concepts = r.q.concepts[:named+maxRelated]
	}
	return covered
}

// mask is which words of the query a mention covers.
func (r *queryReader) mask(m mention) (covers uint32) {
	for _, st := range r.line.stems[m.from:m.to] {
		if i, ok := r.at[st]; ok {
			covers |= 1 << i
		}
	}
	return covers
}

// concept adds a concept to the query, or what it covers to one that is there.
func (r *queryReader) concept(c int, weight float64, covers uint32, related bool) {
	score := weight * r.s.idf(float64(r.s.df.of(r.ix.concepts[c])))
	i, again := r.best[c]
	if !again {
		r.best[c] = len(r.q.concepts)
		r.q.concepts = append(r.q.concepts, meant{r.ix.concepts[c], r.ix.thesaurus.concepts[c].name, score, covers, related})
		return
	}
	known := &r.q.concepts[i]
	known.covers |= covers
	if score > known.score && !related {
		known.score, known.related = score, false
	}
}

// weigh sums up what all words weigh together, and the score that nothing exceeds.
func (r *queryReader) weigh(covered uint32) {
	q := r.q
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
}

// maxRelated is how many related concepts a request can mean: the rarest say most.
const maxRelated = 8

// fewDocs is too few for shares of them to mean anything.
const fewDocs = 100

// unheard is what a word counts that neither the register nor the thesaurus has: mostly it is a name, or chat.
const unheard = 0.35

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

// maxShare is what share exceeds for no part of what is had.
func (q *query) maxShare(mask uint64, near uint32) float64 {
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
