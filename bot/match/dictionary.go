package match

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// A dictionary gives numbers to stems. It never changes: what an update meets for the first time makes the next one, which
// shares nearly all with it.
type dictionary struct {
	layers []map[string]word // the oldest first, each much smaller than the one before
	names  []string          // the stem of each number
	near   map[rune][]uint32 // numbers of stems by their first letter
}

// A word is what a string stands for: the number of the stem that it is, and of the stem of the folded word that it
// is. Both are one more than the number, and 0 when it was not met as such.
type word struct{ stem, folded uint32 }

// stopped marks a folded word that is a stop word.
const stopped = math.MaxUint32

// stem is one more than the number of a stem, and 0 when it was never met.
func (d *dictionary) stem(s string) uint32 {
	for _, layer := range d.layers {
		if n := layer[s].stem; n != 0 {
			return n
		}
	}
	return 0
}

// folded is one more than the number of the stem of a folded word, stopped for a stop word, and 0 when it was never met.
func (d *dictionary) folded(s string) uint32 {
	for _, layer := range d.layers {
		if n := layer[s].folded; n != 0 {
			return n
		}
	}
	return 0
}

// An edition is a dictionary in the making.
type edition struct {
	dictionary
	fresh map[string]word // the last of layers
}

func (d *dictionary) edit() *edition {
	e := &edition{*d, map[string]word{}}
	e.layers = append(slices.Clip(e.layers), e.fresh)
	e.near = maps.Clone(e.near)
	if e.near == nil {
		e.near = map[rune][]uint32{}
	}
	return e
}

// finish is the dictionary when nothing more is added. It merges the last layers that are not much larger.
func (e *edition) finish() dictionary {
	d := e.dictionary
	for n := len(d.layers) - 1; n > 0; n-- {
		last, before := d.layers[n], d.layers[n-1]
		const factor = 2 // so that there are few layers, and a word is copied into few of them
		if len(before) > factor*len(last) {
			break
		}
		all := make(map[string]word, len(before)+len(last))
		maps.Copy(all, before)
		for s, w := range last {
			old := all[s]
			all[s] = word{max(old.stem, w.stem), max(old.folded, w.folded)}
		}
		d.layers = append(slices.Clip(d.layers[:n-1]), all)
	}
	return d
}

// meet gives a folded word the number of its stem.
func (e *edition) meet(m *meeting) {
	n := e.folded(m.folded)
	if n == 0 {
		// Of its own, since the word may be a piece of a long text.
		folded := strings.Clone(m.folded)
		if m.stem == folded {
			m.stem = folded
		}
		n = e.name(m.stem)
		w := e.fresh[folded]
		w.folded = n
		e.fresh[folded] = w
	}
	m.number = n - 1
}

// name is one more than the number of a stem, a new one when it was never met.
func (e *edition) name(stem string) uint32 {
	n := e.stem(stem)
	if n == 0 {
		// Older dictionaries share the array and do not look so far.
		e.names = append(e.names, stem)
		n = uint32(len(e.names))
		w := e.fresh[stem]
		w.stem = n
		e.fresh[stem] = w
		first, _ := utf8.DecodeRuneInString(stem)
		e.near[first] = append(e.near[first], n-1)
	}
	return n
}
