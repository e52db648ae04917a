package match

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// An Index finds organisations by their words. One writer at a time changes it; any number of readers see
// the state before the change or after it, and wait for nobody. It holds numbers, no texts but the words
// themselves, each once.
type Index struct {
	now     atomic.Pointer[state]
	writing sync.Mutex
	docs    map[int64]place   // where each organisation stands; the writer's
	raw     map[string]uint32 // term of each folded word seen, one more than its number; 0 for a stop word; the writer's
	reading sync.RWMutex      // guards terms, names and near
	terms   map[string]uint32 // number of each stem, and of each concept under a name that no stem has
	names   []string          // the stem of each number
	near    map[rune][]uint32 // numbers of stems by their first letter

	standing  standing
	thesaurus *Thesaurus
	concepts  []uint32 // number of each concept
	begins    []bool   // of each stem, whether a wording begins with it; the writer's
}

// A place is a document of a segment.
type place struct {
	segment *segment
	doc     uint32
}

// A state is what readers see. It never changes.
type state struct {
	segments []*view
	docs     int     // that are alive
	df       []int32 // of each term: how many living documents have it
	lengths  lengths // sums over living documents
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
	docs     []*document
	ids      []int64 // of docs; beside them, since looking into each of many documents is slow
	joined   []bool
	terms    []uint32 // sorted
	starts   []uint32 // of each term its first posting, and one more
	postings []posting
}

// A posting says how often a word stands in one unit of a document: 0 is its name, 1 what it says of itself,
// from 2 on its offers, and after them what it was thanked for. It carries the length of the text, so that scoring looks nowhere else.
type posting struct {
	doc    uint32
	unit   uint8
	tf     uint8
	length uint16 // words: of name and description together, or of the offer
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
	ix := &Index{
		docs: map[int64]place{}, raw: map[string]uint32{}, terms: map[string]uint32{}, near: map[rune][]uint32{}, thesaurus: t,
	}
	for _, c := range t.concepts {
		number := uint32(len(ix.names))
		ix.terms[conceptMark+c.name] = number
		ix.names = append(ix.names, conceptMark+c.name)
		ix.concepts = append(ix.concepts, number)
		ix.begins = append(ix.begins, false)
	}
	ix.now.Store(&state{places: g, df: make([]int32, len(ix.names))})
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
// once. Now and then it merges what earlier updates left, and takes as long as building that anew.
func (ix *Index) Update(put []Document, remove []int64) {
	ix.writing.Lock()
	defer ix.writing.Unlock()
	old := ix.now.Load()
	next := &state{places: old.places, docs: old.docs, lengths: old.lengths, df: slices.Clone(old.df)}
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
	var fresh []*document
	last := map[int64]int{}
	for i, d := range put {
		last[d.ID] = i
	}
	for i, d := range put {
		drop(d.ID)
		if last[d.ID] == i {
			fresh = append(fresh, ix.read(d))
		}
	}
	for _, id := range remove {
		drop(id)
		if i := slices.IndexFunc(fresh, func(d *document) bool { return d.id == id }); i >= 0 {
			fresh = slices.Delete(fresh, i, i+1)
		}
	}
	next.df = append(next.df, make([]int32, len(ix.names)-len(next.df))...)
	for _, d := range fresh {
		next.count(d, 1)
	}
	for _, v := range old.segments {
		if killed := dead[v.segment]; len(killed) > 0 {
			v = &view{v.segment, slices.Clone(v.dead), v.alive}
			for _, doc := range killed {
				v.dead[doc/64] |= 1 << (doc % 64)
				v.alive--
			}
		}
		if v.alive > 0 {
			next.segments = append(next.segments, v)
		}
	}
	ix.add(next, fresh)
	ix.now.Store(next)
}

// add puts documents into a segment of their own, with the last segments that are not much larger.
func (ix *Index) add(next *state, fresh []*document) {
	for len(next.segments) > 0 {
		v := next.segments[len(next.segments)-1]
		// Sizes grow by this factor from the last to the first, so there are few segments, and a document is
		// built into few of them.
		const factor = 3
		if v.alive > factor*len(fresh) && 2*v.alive > len(v.docs) {
			break
		}
		for i, d := range v.docs {
			if !v.isDead(uint32(i)) {
				fresh = append(fresh, d)
			}
		}
		next.segments = next.segments[:len(next.segments)-1]
	}
	if len(fresh) == 0 {
		return
	}
	s := build(fresh, len(ix.names))
	for i, d := range s.docs {
		ix.docs[d.id] = place{s, uint32(i)}
	}
	next.segments = append(next.segments, &view{s, make([]uint64, len(s.docs)/64+1), len(s.docs)})
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
			s.df[w.term] += int32(by)
			last = w.term
		}
	}
}

// build inverts documents. There are words numbers of words in all.
func build(docs []*document, words int) *segment {
	s := &segment{docs: docs, ids: make([]int64, len(docs)), joined: make([]bool, len(docs))}
	total := 0
	for i, d := range docs {
		total += d.count
		s.ids[i], s.joined[i] = d.id, d.joined
	}
	count := counter(words, total)
	for _, d := range docs {
		for w := range d.all() {
			if count.add(w.term, 1) == 1 {
				s.terms = append(s.terms, w.term)
			}
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
	s.postings = make([]posting, total)
	for i, d := range docs {
		for w := range d.all() {
			s.postings[count.add(w.term, 1)-1] = posting{uint32(i), w.unit, w.tf, d.length(w.unit)}
		}
	}
	return s
}

// counts are numbers by word, in a map while they are few.
type counts struct {
	few  map[uint32]uint32
	many []uint32
}

func counter(words, total int) *counts {
	if total*8 < words {
		return &counts{few: map[uint32]uint32{}}
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

// of are the postings of a term, by document and unit.
func (s *segment) of(term uint32) []posting {
	i, ok := slices.BinarySearch(s.terms, term)
	if !ok {
		return nil
	}
	return s.postings[s.starts[i]:s.starts[i+1]]
}

// read makes a Document numbers.
func (ix *Index) read(d Document) *document {
	out := &document{id: d.ID, outcode: d.Outcode, joined: d.Joined, closed: d.Closed, confirmed: unix(d.Confirmed)}
	out.units = make([]uint16, offerUnit, offerUnit+len(d.Offers))
	var line content
	var numbers []uint32
	var begins []bool
	var words []unitWord
	unit := func(u uint8, text string) uint16 {
		line.reset()
		numbers = numbers[:0]
		tokens(text, func(t token) {
			number, ok := ix.term(t.word)
			if !ok {
				line.add(t, "", 0)
				return
			}
			numbers = append(numbers, number)
			line.add(t, ix.names[number], number)
		})
		n := len(numbers)
		begins = begins[:0]
		for _, number := range line.numbers {
			begins = append(begins, ix.begins[number])
		}
		ix.thesaurus.find(&line, begins, func(m mention) {
			if m.reach == everywhere || m.reach == offered && u >= offerUnit {
				numbers = append(numbers, ix.concepts[m.concept])
			}
		})
		slices.Sort(numbers)
		for i, number := range numbers {
			if i > 0 && number == numbers[i-1] {
				if last := &words[len(words)-1]; last.tf < math.MaxUint8 {
					last.tf++
				}
				continue
			}
			words = append(words, unitWord{number, u, 1})
		}
		return uint16(min(n, math.MaxUint16))
	}
	g := ix.now.Load().places
	out.reach = d.reach(g.Covers(d.Covers))
	out.units[nameUnit] = unit(nameUnit, d.Name)
	out.units[aboutUnit] = unit(aboutUnit, d.About)
	for i, o := range d.Offers[:min(len(d.Offers), mostUnits)] {
		out.offers = append(out.offers, offer{o.ID, o.Terms, unix(o.Confirmed), d.reach(g.ReadReach(o.Text))})
		out.units = append(out.units, unit(uint8(offerUnit+i), o.Text))
	}
	for _, h := range d.latestHelp(mostUnits - len(out.offers)) {
		out.helped = append(out.helped, help{h.ID, unix(h.At)})
		out.units = append(out.units, unit(uint8(len(out.units)), h.What))
	}
	out.pack(words)
	return out
}

// Words of a document are kept as bytes, a fourth of what they are as numbers: each as the distance from the one
// before, with a code for where and how often it stands.
const (
	onceAbout = iota // once in what the organisation says of itself, as most are
	onceNamed        // once in its name
	elsewhere        // otherwise: two bytes follow, unit and frequency
	codes
)

// pack keeps words in d, by term and unit.
func (d *document) pack(words []unitWord) {
	slices.SortFunc(words, func(a, b unitWord) int {
		if a.term != b.term {
			return int(int64(a.term) - int64(b.term))
		}
		return int(a.unit) - int(b.unit)
	})
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

// term is the number of a folded word, a new one when it was never seen; ok is false for stop words.
func (ix *Index) term(word string) (number uint32, ok bool) {
	if n, known := ix.raw[word]; known {
		return n - 1, n != 0
	}
	if stopWords[word] {
		ix.raw[word] = 0
		return 0, false
	}
	s := stem(word)
	ix.reading.Lock()
	number, known := ix.terms[s]
	if !known {
		number = uint32(len(ix.names))
		ix.terms[s] = number
		ix.names = append(ix.names, s)
		ix.begins = append(ix.begins, len(ix.thesaurus.wordings[s]) > 0)
		first, _ := utf8.DecodeRuneInString(s)
		ix.near[first] = append(ix.near[first], number)
	}
	ix.reading.Unlock()
	ix.raw[word] = number + 1
	return number, true
}
