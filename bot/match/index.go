package match

import (
	"cmp"
	"encoding/binary"
	"iter"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
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

// A view is a segment and which of its documents are dead by now.
type view struct {
	*segment
	dead  []uint64
	alive int
}

func (v *view) isDead(doc uint32) bool { return v.dead[doc/64]&(1<<(doc%64)) != 0 }

// A segment is some documents with their words, forward and inverted. It never changes.
type segment struct {
	docs     []*document // at most mostDocs
	ids      []int64     // of docs; beside them, since looking into each of many documents is slow
	joined   int         // how many of docs joined: the first ones
	terms    []uint32    // sorted
	starts   []uint32    // of each term its first posting, and one more
	postings []posting
	rare     map[uint32][]rarity // by term: of postings whose way has no number, the way
}

// mostDocs is how many documents a segment has at most.
const mostDocs = 1 << 16

// A posting is a document that has a word, in the high half, and in which way, in the low half. So what a word counts
// is looked up, and scoring looks nowhere else.
type posting uint32

// A rarity is the way of a posting that has no number, since all are taken.
type rarity struct {
	doc uint32
	way way
}

// A unitWord is a posting seen from the document.
type unitWord struct {
	term uint32
	unit uint8
	tf   uint8
}

// A document is what stays of a Document.
type document struct {
	id        int64
	outcode   string
	joined    bool
	closed    bool
	confirmed int64    // Unix seconds
	words     []byte   // see all
	count     int      // of words
	units     []uint16 // words in each unit
	offers    []offer
	helped    []help // in the units after the offers
	reach     *Reach // nil when it does not say
}

type offer struct {
	id        int64
	terms     Terms
	confirmed int64
	reach     *Reach // nil when it does not say
}

const (
	nameUnit  = 0
	aboutUnit = 1
	offerUnit = 2
	mostUnits = 255 - offerUnit
)

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
	for chunk := range slices.Chunk(docs, mostDocs) {
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
		if v.alive > factor*alive || v.alive+alive > mostDocs {
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

// A tally is a number for each term, in pages that it shares with the tally it was cloned from until they change.
type tally struct {
	pages []*page
	own   []bool // of each page, whether nobody else has it
}

type page [256]int32

// of is the number of a term, 0 of one that it never heard of.
func (t *tally) of(term uint32) int32 {
	if n := int(term) / len(page{}); n < len(t.pages) && t.pages[n] != nil {
		return t.pages[n][int(term)%len(page{})]
	}
	return 0
}

func (t *tally) clone() tally { return tally{slices.Clone(t.pages), make([]bool, len(t.pages))} }

func (t *tally) add(term uint32, by int32) {
	n := int(term) / len(page{})
	for n >= len(t.pages) {
		t.pages, t.own = append(t.pages, nil), append(t.own, false)
	}
	if !t.own[n] {
		mine := page{}
		if t.pages[n] != nil {
			mine = *t.pages[n]
		}
		t.pages[n], t.own[n] = &mine, true
	}
	t.pages[n][int(term)%len(page{})] += by
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

// merge makes one segment of what is alive of several.
func (ix *Index) merge(parts []*view) *view {
	s := &segment{}
	postings, terms := 0, 0
	number := make([][]int32, len(parts)) // of each document its new one, or -1
	for n, v := range parts {
		postings += len(v.postings)
		terms = max(terms, len(v.terms))
		number[n] = make([]int32, len(v.docs))
	}
	take := func(n, from, to int) {
		for i, d := range parts[n].docs[from:to] {
			if number[n][from+i] = -1; !parts[n].isDead(uint32(from + i)) {
				number[n][from+i] = int32(len(s.docs))
				s.tell(d)
			}
		}
	}
	for n, v := range parts {
		take(n, 0, v.joined)
	}
	for n, v := range parts {
		take(n, v.joined, len(v.docs))
	}
	s.docs, s.ids = slices.Clip(s.docs), slices.Clip(s.ids)
	s.postings = make([]posting, 0, postings)
	s.terms, s.starts = make([]uint32, 0, terms), make([]uint32, 0, terms+1)
	at := make([]int, len(parts))
	lists := make([][]posting, len(parts))
	add := func(n int, list []posting) {
		for _, p := range list {
			if doc := number[n][p>>16]; doc >= 0 {
				s.postings = append(s.postings, posting(doc<<16)|p&math.MaxUint16)
			}
		}
	}
	for {
		term, found := uint32(math.MaxUint32), false
		for n, v := range parts {
			if at[n] < len(v.terms) && v.terms[at[n]] <= term {
				term, found = v.terms[at[n]], true
			}
		}
		if !found {
			break
		}
		before := len(s.postings)
		for n, v := range parts {
			lists[n] = nil
			if at[n] == len(v.terms) || v.terms[at[n]] != term {
				continue
			}
			list := v.postings[v.starts[at[n]]:v.starts[at[n]+1]]
			at[n]++
			joined, _ := slices.BinarySearchFunc(list, v.joined, func(p posting, joined int) int { return cmp.Compare(int(p>>16), joined) })
			add(n, list[:joined])
			lists[n] = list[joined:]
			for _, r := range v.rare[term] {
				if doc := number[n][r.doc]; doc >= 0 {
					if s.rare == nil {
						s.rare = map[uint32][]rarity{}
					}
					s.rare[term] = append(s.rare[term], rarity{uint32(doc), r.way})
				}
			}
		}
		for n, list := range lists {
			add(n, list)
		}
		if len(s.postings) > before {
			s.terms, s.starts = append(s.terms, term), append(s.starts, uint32(before))
		}
	}
	s.starts = append(s.starts, uint32(len(s.postings)))
	if cap(s.postings)-len(s.postings) > len(s.postings)/16 {
		s.postings = slices.Clone(s.postings)
	}
	s.terms, s.starts = slices.Clone(s.terms), slices.Clone(s.starts)
	for i, d := range s.docs {
		ix.docs[d.id] = place{s, uint32(i)}
	}
	return &view{s, make([]uint64, len(s.docs)/64+1), len(s.docs)}
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

// length is what the words of a unit are divided by. Name and description are one text in length: a long name
// over a short description is no richer for it.
func (d *document) length(unit uint8) uint16 {
	if unit >= offerUnit {
		return d.units[unit]
	}
	return uint16(min(uint32(d.units[nameUnit])+uint32(d.units[aboutUnit]), math.MaxUint16))
}

// of are the postings of a term, by document.
func (s *segment) of(term uint32) []posting {
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok {
		return nil
	}
	return s.postings[s.starts[i]:s.starts[i+1]]
}

// read makes Documents numbers, on all processors when they are many. First each reads its share of them with the words
// known so far, then new words get their numbers, in the order of the documents, and then each writes down its share.
func (ix *Index) read(all []Document, words *edition) []*document {
	const least = 64 // not worth a goroutine
	share := max(len(all)/runtime.GOMAXPROCS(0)+1, least)
	docs := make([]*document, len(all))
	var readers []*reader
	for from := 0; from < len(all); from += share {
		to := min(from+share, len(all))
		readers = append(readers, &reader{ix: ix, words: words, from: all[from:to], to: docs[from:to], fresh: map[string]uint32{}})
	}
	each(readers, (*reader).read)
	for _, r := range readers {
		for i := range r.met {
			words.meet(&r.met[i])
		}
	}
	each(readers, (*reader).write)
	return docs
}

// each runs f for all readers at once, and waits for them.
func each(all []*reader, f func(*reader)) {
	if len(all) == 1 {
		f(all[0])
		return
	}
	var wait sync.WaitGroup
	for _, r := range all {
		wait.Go(func() { f(r) })
	}
	wait.Wait()
}

// A reader makes some documents numbers.
type reader struct {
	ix    *Index
	words *edition
	from  []Document
	to    []*document

	found []unitWord // of all documents, in their order; those of new words with a number of the reader's own
	ends  []int      // of each document, in found
	fresh map[string]uint32
	met   []meeting
	line  content[uint32]
}

// A meeting is of a folded word that the index did not know.
type meeting struct {
	folded, stem string
	number       uint32 // that it got
}

// ownNumber marks numbers that a reader gave to words which it was the first to meet.
const ownNumber = 1 << 31

func (r *reader) read() {
	g := r.ix.now.Load().places
	for i, d := range r.from {
		out := &document{id: d.ID, outcode: strings.Clone(d.Outcode), joined: d.Joined, closed: d.Closed, confirmed: unix(d.Confirmed)}
		out.reach = d.reach(g.Covers(d.Covers))
		out.units = make([]uint16, offerUnit, offerUnit+min(len(d.Offers), mostUnits))
		out.units[nameUnit] = r.unit(nameUnit, d.Name)
		out.units[aboutUnit] = r.unit(aboutUnit, d.About)
		for i, o := range d.Offers[:min(len(d.Offers), mostUnits)] {
			out.offers = append(out.offers, offer{o.ID, o.Terms, unix(o.Confirmed), d.reach(g.ReadReach(o.Text))})
			out.units = append(out.units, r.unit(uint8(offerUnit+i), o.Text))
		}
		for _, h := range d.latestHelp(mostUnits - len(out.offers)) {
			out.helped = append(out.helped, help{h.ID, unix(h.At)})
			out.units = append(out.units, r.unit(uint8(len(out.units)), h.What))
		}
		r.to[i] = out
		r.ends = append(r.ends, len(r.found))
	}
}

// unit finds the words of one text and returns how many they are.
func (r *reader) unit(unit uint8, text string) uint16 {
	n := 0
	r.line.reset()
	tokens(text, func(t token) {
		stem := r.stem(t.word)
		if stem != 0 {
			n++
			r.found = append(r.found, unitWord{stem - 1, unit, 1})
		}
		r.line.add(t, stem)
	})
	mentions(&r.line, r.ix.wordingsFrom, func(m mention) {
		if m.reach == everywhere || m.reach == offered && unit >= offerUnit {
			r.found = append(r.found, unitWord{r.ix.concepts[m.concept], unit, 1})
		}
	})
	return uint16(min(n, math.MaxUint16))
}

// stem is one more than the number of the stem of a folded word, and 0 for a stop word.
func (r *reader) stem(folded string) uint32 {
	switch n := r.words.folded(folded); n {
	case 0: // new
	case stopped:
		return 0
	default:
		return n
	}
	n, again := r.fresh[folded]
	if !again {
		st := stem(folded)
		if n = r.words.stem(st); n == 0 {
			n = ownNumber + uint32(len(r.met)) + 1
		}
		r.met = append(r.met, meeting{folded: folded, stem: st})
		r.fresh[folded] = n
	}
	return n
}

func (r *reader) write() {
	from := 0
	for i, to := range r.ends {
		words := r.found[from:to]
		for j := range words {
			if w := &words[j]; w.term >= ownNumber {
				w.term = r.met[w.term-ownNumber].number
			}
		}
		slices.SortFunc(words, func(a, b unitWord) int {
			if a.term != b.term {
				return cmp.Compare(a.term, b.term)
			}
			return cmp.Compare(a.unit, b.unit)
		})
		once := words[:0]
		for _, w := range words {
			if n := len(once) - 1; n < 0 || once[n].term != w.term || once[n].unit != w.unit {
				once = append(once, w)
			} else if once[n].tf < math.MaxUint8 {
				once[n].tf++
			}
		}
		r.to[i].pack(once)
		from = to
	}
}

// wordingsFrom are those that begin with a stem, of which it takes one more than the number.
func (ix *Index) wordingsFrom(stem uint32) []wording[uint32] {
	if int(stem) < len(ix.wordings) {
		return ix.wordings[stem]
	}
	return nil
}

// Words of a document are kept as bytes, a fourth of what they are as numbers: each as the distance from the one
// before, with a code for where and how often it stands.
const (
	onceAbout = iota // once in what the organisation says of itself, as most are
	onceNamed        // once in its name
	elsewhere        // otherwise: two bytes follow, unit and frequency
	codes
)

// pack keeps words in d, which are by term and unit.
func (d *document) pack(words []unitWord) {
	d.count = len(words)
	packed := make([]byte, 0, 3*len(words))
	last := uint32(0)
	for _, w := range words {
		code := uint64(elsewhere)
		switch {
		case w.tf == 1 && w.unit == aboutUnit:
			code = onceAbout
		case w.tf == 1 && w.unit == nameUnit:
			code = onceNamed
		}
		packed = binary.AppendUvarint(packed, uint64(w.term-last)*codes+code)
		if code == elsewhere {
			packed = append(packed, w.unit, w.tf)
		}
		last = w.term
	}
	d.words = slices.Clone(packed)
}

// all are the words of d, by term and unit.
func (d *document) all() iter.Seq[unitWord] {
	return func(yield func(unitWord) bool) {
		w := unitWord{}
		for at := 0; at < len(d.words); {
			// binary.Uvarint, but for the checks that what we packed ourselves does not need.
			var v uint64
			for shift := 0; ; shift += 7 {
				b := d.words[at]
				at++
				v |= uint64(b&0x7f) << shift
				if b < 0x80 {
					break
				}
			}
			w.term += uint32(v / codes)
			switch v % codes {
			case onceAbout:
				w.unit, w.tf = aboutUnit, 1
			case onceNamed:
				w.unit, w.tf = nameUnit, 1
			default:
				w.unit, w.tf = d.words[at], d.words[at+1]
				at += 2
			}
			if !yield(w) {
				return
			}
		}
	}
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
