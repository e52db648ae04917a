package match

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"time"
)

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
	maxUnits  = 255 - offerUnit
)

// length is what the words of a unit are divided by. Name and description are one text in length: a long name
// over a short description is no richer for it.
func (d *document) length(unit uint8) uint16 {
	if unit >= offerUnit {
		return d.units[unit]
	}
	return uint16(min(uint32(d.units[nameUnit])+uint32(d.units[aboutUnit]), math.MaxUint16))
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
