package match

import (
	"encoding/binary"
	"math"
	"slices"
)

// A way is how a word stands in a document, as far as its score depends on it. Many words of many documents stand in the
// same way, so postings name ways by number, and a state works out once what each is worth.
type way struct {
	name, about uint8  // how often it stands there
	length      uint16 // words of name and description together; 0 when it stands in neither
	offers      string // of each offer that has it: how often, and two bytes of how many words the offer has
}

// ways number ways. There are a few thousand; those beyond the last number share number 0.
type ways struct {
	list    []way
	numbers map[way]uint16
	usual   [4 * 256]uint16 // one more than the number of those that are in texts alone, once or twice, as most are
	most    int             // the highest number
}

func newWays() ways {
	return ways{list: []way{{}}, numbers: map[way]uint16{}, most: math.MaxUint16}
}

// number is the number of the way in which d has a word, 0 when there is none left; words are where.
func (w *ways) number(d *document, words []unitWord) uint16 {
	usual := (*uint16)(nil)
	if first := words[0]; len(words) == 1 && first.unit < offerUnit && first.tf <= 2 {
		if length := d.length(first.unit); length < 256 {
			usual = &w.usual[(int(first.unit)*2+int(first.tf)-1)<<8|int(length)]
			if *usual != 0 {
				return *usual - 1
			}
		}
	}
	y := wayOf(d, words)
	number, ok := w.numbers[y]
	if !ok {
		if len(w.list) > w.most {
			return 0
		}
		number = uint16(len(w.list))
		w.list = append(w.list, y)
		w.numbers[y] = number
	}
	if usual != nil {
		*usual = number + 1
	}
	return number
}

func wayOf(d *document, words []unitWord) (y way) {
	var offers []byte
	for _, w := range words {
		switch w.unit {
		case nameUnit:
			y.name, y.length = w.tf, d.length(w.unit)
		case aboutUnit:
			y.about, y.length = w.tf, d.length(w.unit)
		default:
			offers = binary.BigEndian.AppendUint16(append(offers, w.tf), d.length(w.unit))
		}
	}
	y.offers = string(offers)
	return y
}

// value is how much of the weight of a word counts that stands in way y, from 0 to 1. text is b by the average length of
// texts, and offers by that of offers.
func (y way) value(text, offers float32) float32 {
	tf := (nameWeight*float32(y.name) + aboutWeight*float32(y.about)) / (1 - b + text*float32(y.length))
	var best float32
	for at := 0; at < len(y.offers); at += 3 {
		length := uint16(y.offers[at+1])<<8 | uint16(y.offers[at+2])
		best = max(best, offerWeight*float32(y.offers[at])/(1-b+offers*float32(length)))
	}
	tf += best
	return tf / (tf + k1)
}

// nearlyNothing vanishes in any sum, yet shows that a word is there.
const nearlyNothing = 1e-30

// weigh works out what each way is worth.
func (s *state) weigh(all *ways) {
	text, offers := s.perWord()
	s.values = make([]float32, len(all.list))
	s.values[0] = nearlyNothing
	for i, y := range all.list[1:] {
		s.values[i+1] = y.value(text, offers)
	}
	s.most = slices.Max(s.values)
	if len(all.list) > all.most {
		s.most = 1 // there may be others
	}
}

// perWord is b by the average lengths of texts and of offers.
func (s *state) perWord() (text, offers float32) {
	average := func(sum, n float64) float32 { return float32(max(sum/max(n, 1), 1)) }
	return b / average(s.lengths.text, float64(s.docs)), b / average(s.lengths.offer, s.lengths.offers)
}
