package danger

// mender knows which words are meant when one is misspelt: words of signs.txt, each under what is left of it when one of
// its letters is taken away.
type mender struct {
	seen map[string]bool   // in the examples or in signs.txt: spelt as it is meant
	near map[string]string // empty when two words come to the same
}

// shortest is how many letters a word must have to be mended: most short words are a slip away from another.
const shortest = 5

func newMender(signs *lexicon) *mender {
	m := &mender{seen: map[string]bool{}, near: map[string]string{}}
	for word := range signs.phrases {
		m.seen[word] = true
		if len(word) < shortest {
			continue
		}
		lessOne(word, func(left string) {
			if other, taken := m.near[left]; taken && other != word {
				m.near[left] = ""
			} else {
				m.near[left] = word
			}
		})
	}
	return m
}

// mended are words with those that nobody has seen, and that are one slip from a word of signs.txt, spelt like it: a letter
// too many, missing or wrong, or two neighbours swapped.
func (m *mender) mended(words []string) []string {
	for i, w := range words {
		if len(w) < shortest-1 || m.seen[w] {
			continue
		}
		meant := m.near[w]
		lessOne(w, func(left string) {
			switch {
			case meant != "":
			case m.seen[left] && m.near[left] == "" && len(left) >= shortest:
				meant = left
			default:
				meant = m.near[left]
			}
		})
		if meant != "" {
			words[i] = meant
		}
	}
	return words
}

// lessOne calls f with word less each of its bytes but the first, which few people get wrong.
func lessOne(word string, f func(string)) {
	for k := 1; k < len(word); k++ {
		f(word[:k] + word[k+1:])
	}
}
