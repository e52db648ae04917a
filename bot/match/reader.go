package match

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
)

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
		out.units = make([]uint16, offerUnit, offerUnit+min(len(d.Offers), maxUnits))
		out.units[nameUnit] = r.unit(nameUnit, d.Name)
		out.units[aboutUnit] = r.unit(aboutUnit, d.About)
		for i, o := range d.Offers[:min(len(d.Offers), maxUnits)] {
			out.offers = append(out.offers, offer{o.ID, o.Terms, unix(o.Confirmed), d.reach(g.ReadReach(o.Text))})
			out.units = append(out.units, r.unit(uint8(offerUnit+i), o.Text))
		}
		for _, h := range d.latestHelp(maxUnits - len(out.offers)) {
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
