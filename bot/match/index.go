package match

import (
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// An Index finds organisations by their words. One writer at a time changes it; any number of readers see
// the state before the change or after it, and wait for nobody. It holds numbers, no texts but the words
// themselves, each once.
type Index struct {
	now     atomic.Pointer[state]
	writing sync.Mutex
	docs    map[int64]place // where each organisation stands; the writer's
	ways    ways            // the writer's

	standing  standing
	thesaurus *Thesaurus
	concepts  []uint32            // number of each concept
	wordings  [][]wording[uint32] // by the first stem; all stems of the thesaurus have low numbers
}

// A place is a document of a segment.
type place struct {
	segment *segment
	doc     uint32
}

// A state is what readers see. It never changes.
type state struct {
	dictionary
	segments []*view
	docs     int       // that are alive
	df       tally     // of each term: how many living documents have it
	lengths  lengths   // sums over living documents
	values   []float32 // what each way to have a word counts: see way.value
	most     float32   // what none of them exceeds
	places   *Gazetteer
}

// lengths count words. Offers are counted one by one: each is a short text of its own.
type lengths struct{ text, offer, offers float64 }

// NewIndex makes an empty Index. Both arguments may be nil.
func NewIndex(g *Gazetteer, t *Thesaurus) *Index {
	if t == nil {
		t = &Thesaurus{}
	}
	ix := &Index{docs: map[int64]place{}, ways: newWays(), thesaurus: t}
	words := (&dictionary{}).edit()
	for w := range stopWords {
		words.fresh[w] = word{folded: stopped}
	}
	for _, c := range t.concepts {
		ix.concepts = append(ix.concepts, uint32(len(words.names)))
		words.names = append(words.names, conceptMark+c.name)
	}
	for _, st := range slices.Sorted(maps.Keys(t.stems)) {
		words.name(st)
	}
	ix.wordings = make([][]wording[uint32], len(words.names)+1)
	for first, list := range t.wordings {
		for _, w := range list {
			stems := make([]uint32, len(w.stems))
			for i, st := range w.stems {
				stems[i] = words.stem(st)
			}
			n := words.stem(first)
			ix.wordings[n] = append(ix.wordings[n], wording[uint32]{stems, w.before, w.after, w.concept, w.reach})
		}
	}
	ix.now.Store(&state{dictionary: words.finish(), places: g, values: []float32{nearlyNothing}})
	return ix
}

// conceptMark begins the name of a concept among the stems.
const conceptMark = "\x00"

// SetPlaces changes what the index knows of places.
func (ix *Index) SetPlaces(g *Gazetteer) {
	ix.writing.Lock()
	defer ix.writing.Unlock()
	next := *ix.now.Load()
	next.places = g
	ix.now.Store(&next)
}

// Len is how many organisations the index holds.
func (ix *Index) Len() int { return ix.now.Load().docs }

// Update puts documents in the place of those with the same ID, and removes others. Readers see all of it at
// once. Now and then it merges what earlier updates left, 65,536 documents at the most, which takes tens of milliseconds.
func (ix *Index) Update(put []Document, remove []int64) {
	ix.writing.Lock()
	defer ix.writing.Unlock()
	old := ix.now.Load()
	next := &state{places: old.places, docs: old.docs, lengths: old.lengths, df: old.df.clone()}
	dead := map[*segment][]uint32{}
	drop := func(id int64) {
		p, ok := ix.docs[id]
		if !ok {
			return
		}
		delete(ix.docs, id)
		dead[p.segment] = append(dead[p.segment], p.doc)
		next.count(p.segment.docs[p.doc], -1)
	}
	last := make(map[int64]int, len(put))
	for i, d := range put {
		last[d.ID] = i
	}
	for _, id := range remove {
		drop(id)
		delete(last, id)
	}
	fresh := make([]Document, 0, len(put))
	for i, d := range put {
		drop(d.ID)
		if at, stays := last[d.ID]; stays && at == i {
			fresh = append(fresh, d)
		}
	}
	words := old.edit()
	docs := ix.read(fresh, words)
	next.dictionary = words.finish()
	for _, d := range docs {
		next.count(d, 1)
	}
	for _, v := range old.segments {
		if killed := dead[v.segment]; len(killed) > 0 {
			v = &view{v.segment, slices.Clone(v.dead), v.alive}
			for _, doc := range killed {
				v.dead[doc/64] |= 1 << (doc % 64)
				v.alive--
			}
			if v.alive > 0 && 2*v.alive <= len(v.docs) {
				v = ix.merge([]*view{v})
			}
		}
		if v.alive > 0 {
			next.segments = append(next.segments, v)
		}
	}
	for chunk := range slices.Chunk(docs, maxDocs) {
		ix.add(next, chunk)
	}
	next.df.own = nil
	next.weigh(&ix.ways)
	ix.now.Store(next)
}

// add puts documents into a segment of their own, with the last segments that are not much larger.
func (ix *Index) add(next *state, fresh []*document) {
	s := ix.build(fresh, len(next.names))
	parts := []*view{{s, make([]uint64, len(s.docs)/64+1), len(s.docs)}}
	alive := len(fresh)
	for n := len(next.segments) - 1; n >= 0; n-- {
		v := next.segments[n]
		// Sizes grow by this factor from the last to the first, so there are few segments, and a document is
		// merged into few of them.
		const factor = 3
		if v.alive > factor*alive || v.alive+alive > maxDocs {
			break
		}
		parts = append(parts, v)
		alive += v.alive
		next.segments = next.segments[:n]
	}
	v := parts[0]
	if len(parts) > 1 {
		slices.Reverse(parts)
		v = ix.merge(parts)
	}
	next.segments = append(next.segments, v)
	for i, d := range v.docs {
		ix.docs[d.id] = place{v.segment, uint32(i)}
	}
}

// count adds a document to the sums, or with by -1 takes it away.
func (s *state) count(d *document, by int) {
	s.docs += by
	n := float64(by)
	s.lengths.text += n * float64(d.units[nameUnit]+d.units[aboutUnit])
	for _, length := range d.units[offerUnit:] {
		s.lengths.offer += n * float64(length)
		s.lengths.offers += n
	}
	last := uint32(math.MaxUint32)
	for w := range d.all() {
		if w.term != last {
			s.df.add(w.term, int32(by))
			last = w.term
		}
	}
}

// wordingsFrom are those that begin with a stem, of which it takes one more than the number.
func (ix *Index) wordingsFrom(stem uint32) []wording[uint32] {
	if int(stem) < len(ix.wordings) {
		return ix.wordings[stem]
	}
	return nil
}
