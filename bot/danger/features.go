package danger

import "slices"

// What a feature is made of. Each kind has its own part of the weights.
const (
	aWord = iota
	twoWords
	letters
	aClass
	twoClasses
	classAndWord
	together
	featureKinds
)

// worth is how much a feature counts beside others: the runs of letters, of which every word has many, less, and the
// classes, which know more than the examples do, more. Chosen by cross-validation.
var worth = [featureKinds]float32{
	aWord: 1.5, twoWords: 1, letters: 0.6, aClass: 2, twoClasses: 1, classAndWord: 1, together: 1,
}

// near is within how many words two classes belong together, and slotBits is how many weights each kind of feature has,
// as a power of two. Features share weights by chance, which costs little while most stay unused.
const (
	near     = 5
	slotBits = 15
	slots    = featureKinds << slotBits
)

// features are what a model is shown of spots: its words, pairs of neighbours, runs of three and four letters, which get
// over misspellings, and the classes of signs.txt, in pairs that stand near each other and in any that stand in one text.
// Each stands there once.
func features(spots []spot) []uint32 {
	f := allFeatures(spots)
	slices.Sort(f)
	return slices.Compact(f)
}

// allFeatures are features as often as they occur.
func allFeatures(spots []spot) []uint32 {
	f := make([]uint32, 0, 256)
	words := make([]string, 0, 32)
	var present [maxClasses]bool
	for i, s := range spots {
		words = append(words, s.words...)
		for _, c := range s.classes {
			present[c] = true
			f = append(f, hashed().byte(c).of(aClass))
			for j := i + 1; j < min(len(spots), i+1+near); j++ {
				for _, d := range spots[j].classes {
					f = append(f, hashed().byte(c).byte(d).of(twoClasses))
				}
			}
			if i+1 < len(spots) {
				f = append(f, hashed().byte(c).text(spots[i+1].words[0]).of(classAndWord))
			}
			if i > 0 {
				before := spots[i-1].words
				f = append(f, hashed().text(before[len(before)-1]).byte(c).of(classAndWord))
			}
		}
	}
	for c := range present {
		for d := c + 1; present[c] && d < len(present); d++ {
			if present[d] {
				f = append(f, hashed().byte(uint8(c)).byte(uint8(d)).of(together))
			}
		}
	}
	for i, w := range words {
		f = append(f, hashed().text(w).of(aWord))
		if i+1 < len(words) {
			f = append(f, hashed().text(w).byte(' ').text(words[i+1]).of(twoWords))
		}
		f = runs(f, w)
	}
	return f
}

// runs adds the runs of three and four bytes of a word, with a mark at each end of it.
func runs(f []uint32, word string) []uint32 {
	at := func(i int) byte {
		if i < 0 || i == len(word) {
			return '_'
		}
		return word[i]
	}
	for i := -1; i+2 <= len(word); i++ {
		h := hashed().byte(at(i)).byte(at(i + 1)).byte(at(i + 2))
		f = append(f, h.of(letters))
		if i+3 <= len(word) {
			f = append(f, h.byte(at(i+3)).of(letters))
		}
	}
	return f
}

// fnv is FNV-1a with 32 bits (Fowler, Noll and Vo), which is the same on every machine.
type fnv uint32

func hashed() fnv { return 2166136261 }

func (h fnv) byte(b uint8) fnv { return (h ^ fnv(b)) * 16777619 }

func (h fnv) text(s string) fnv {
	for i := range len(s) {
		h = h.byte(s[i])
	}
	return h
}

// of is the weight's place among those of its kind.
func (h fnv) of(kind int) uint32 {
	h ^= h >> slotBits
	return uint32(kind)<<slotBits | uint32(h)&(1<<slotBits-1)
}
