package match

import (
	"math"
	"slices"
)

// A view is a segment and which of its documents are dead by now.
type view struct {
	*segment
	dead  []uint64
	alive int
}

func (v *view) isDead(doc uint32) bool { return v.dead[doc/64]&(1<<(doc%64)) != 0 }

// A segment is some documents with their words, forward and inverted. It never changes.
type segment struct {
	docs     []*document // at most maxDocs
	ids      []int64     // of docs; beside them, since looking into each of many documents is slow
	joined   int         // how many of docs joined: the first ones
	terms    []uint32    // sorted
	starts   []uint32    // of each term its first posting, and one more
	postings []posting
	rare     map[uint32][]rarity // by term: of postings whose way has no number, the way
}

// maxDocs is how many documents a segment has at most.
const maxDocs = 1 << 16

// A posting is a document that has a word, in the high half, and in which way, in the low half. So what a word counts
// is looked up, and scoring looks nowhere else.
type posting uint32

// A rarity is the way of a posting that has no number, since all are taken.
type rarity struct {
	doc uint32
	way way
}

// build inverts documents. There are words numbers of words in all.
func (ix *Index) build(fresh []*document, words int) *segment {
	s := &segment{}
	total := 0
	for _, joined := range []bool{true, false} {
		for _, d := range fresh {
			if d.joined == joined {
				total += d.count
				s.tell(d)
			}
		}
	}
	docs := s.docs
	count := counter(words, total)
	for _, d := range docs {
		last := uint32(math.MaxUint32)
		for w := range d.all() {
			if w.term != last && count.add(w.term, 1) == 1 {
				s.terms = append(s.terms, w.term)
			}
			last = w.term
		}
	}
	slices.Sort(s.terms)
	s.terms = slices.Clip(s.terms)
	s.starts = make([]uint32, len(s.terms)+1)
	var at uint32
	for i, t := range s.terms {
		s.starts[i] = at
		n := count.add(t, 0)
		count.add(t, at-n) // from here on it counts where the next posting goes
		at += n
	}
	s.starts[len(s.terms)] = at
	s.postings = make([]posting, at)
	var same []unitWord
	for i, d := range docs {
		same = same[:0]
		for w := range d.all() {
			if len(same) > 0 && same[0].term != w.term {
				s.post(ix, count, uint32(i), d, same)
				same = same[:0]
			}
			same = append(same, w)
		}
		if len(same) > 0 {
			s.post(ix, count, uint32(i), d, same)
		}
	}
	return s
}

// tell adds a document to s, without its words. Those that joined come first.
func (s *segment) tell(d *document) {
	s.docs, s.ids = append(s.docs, d), append(s.ids, d.id)
	if d.joined {
		s.joined++
	}
}

// post adds the posting of one term of a document.
func (s *segment) post(ix *Index, count *counts, doc uint32, d *document, words []unitWord) {
	term := words[0].term
	at := count.add(term, 1) - 1
	way := ix.ways.number(d, words)
	if way == 0 {
		if s.rare == nil {
			s.rare = map[uint32][]rarity{}
		}
		s.rare[term] = append(s.rare[term], rarity{doc, wayOf(d, words)})
	}
	s.postings[at] = posting(doc<<16 | uint32(way))
}

// counts are numbers by word, in a map while they are few.
type counts struct {
	few  map[uint32]uint32
	many []uint32
}

func counter(words, total int) *counts {
	if total*8 < words {
		return &counts{few: make(map[uint32]uint32, total)}
	}
	return &counts{many: make([]uint32, words)}
}

// add adds n to the number of a word and returns it.
func (c *counts) add(term, n uint32) uint32 {
	if c.many == nil {
		c.few[term] += n
		return c.few[term]
	}
	c.many[term] += n
	return c.many[term]
}

// of are the postings of a term, by document.
func (s *segment) of(term uint32) []posting {
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok {
		return nil
	}
	return s.postings[s.starts[i]:s.starts[i+1]]
}
