package intent

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tagBuckets is into how many places the features of words are hashed.
const tagBuckets = 1 << 15

// outside is the tag of a word that fills no slot. The others are “B what” for the first word of a slot, and “I what” for
// those that follow.
const outside = "O"

// Slots finds the parts of a message that matter to an intent: what is offered, the name of the group, the day. A value is
// cut out as it was written, without the courtesies and tails around it. Of two values for one slot the first counts. A slot
// that is not there is not in the map.
func (r *Reader) Slots(intent, text string) map[string]string {
	found := map[string]string{}
	for _, m := range r.marks(intent, text) {
		if _, twice := found[m.slot]; !twice {
			found[m.slot] = text[m.start:m.end]
		}
	}
	return found
}

func (r *Reader) marks(intent, text string) []mark {
	words := r.split(text)
	slots := r.slots[intent]
	if len(slots) == 0 || len(words) == 0 || len(words) > 200 {
		return nil
	}
	var marks []mark
	for i, tag := range r.tag(intent, r.wordFeatures(intent, text, words), r.tags.scores) {
		kind, slot, _ := strings.Cut(tag, " ")
		switch {
		case kind == "B" && len(marks) > 0 && marks[len(marks)-1].slot == slot && near(text[marks[len(marks)-1].end:words[i].start]):
			marks[len(marks)-1].end = words[i].end
		case kind == "B":
			marks = append(marks, mark{slot, words[i].start, words[i].end})
		case kind == "I" && len(marks) > 0:
			marks[len(marks)-1].end = words[i].end
		}
	}
	return marks
}

// near tells whether two values of one slot are one: “a lift” and “the airport” with “to” between them.
func near(between string) bool {
	return len(strings.Fields(between)) <= 2 && !strings.ContainsAny(between, ",.;:!?()\n")
}

// tag finds the likeliest row of tags, by Viterbi's algorithm: the tag of each word depends on what is seen around it, and
// on the tag before. The scores of all tags for features are given.
func (r *Reader) tag(intent string, seen [][]feature, score func([]feature) []float64) []string {
	allowed := []int{r.tagOf(outside)}
	for _, slot := range r.slots[intent] {
		allowed = append(allowed, r.tagOf("B "+slot), r.tagOf("I "+slot))
	}
	follows := make([][]float64, len(allowed))
	for p, before := range allowed {
		follows[p] = score([]feature{tagBefore(r.tags.names[before])})
		for _, tag := range allowed {
			// A slot cannot go on that has not begun.
			slot, inside := strings.CutPrefix(r.tags.names[tag], "I ")
			if inside && r.tags.names[before] != "B "+slot && before != tag {
				follows[p][tag] = -1e9
			}
		}
	}
	const outsideFirst = 0 // nothing stands before the first word, as if it were outside
	best := make([][]float64, len(seen))
	from := make([][]int, len(seen))
	for i := range seen {
		scores := score(seen[i])
		best[i], from[i] = make([]float64, len(allowed)), make([]int, len(allowed))
		for k, tag := range allowed {
			if i == 0 {
				best[0][k] = scores[tag] + follows[outsideFirst][tag]
				continue
			}
			best[i][k] = -1e18
			for p := range allowed {
				if s := best[i-1][p] + scores[tag] + follows[p][tag]; s > best[i][k] {
					best[i][k], from[i][k] = s, p
				}
			}
		}
	}
	k, last := 0, len(seen)-1
	for j := range allowed {
		if best[last][j] > best[last][k] {
			k = j
		}
	}
	tags := make([]string, len(seen))
	for i := last; i >= 0; i-- {
		tags[i] = r.tags.names[allowed[k]]
		k = from[i][k]
	}
	return tags
}

func (r *Reader) tagOf(name string) int {
	k, _ := slices.BinarySearch(r.tags.names, name)
	return k
}

// tagBefore is the feature that a word has by the tag of the word before it.
func tagBefore(tag string) feature { return feature{hash("before", tag) % tagBuckets, 1} }

// wordFeatures sees what there is to see around each word: itself and its neighbours, alone, in pairs, and with the intent;
// how they begin and end; of what kind they are; and which marks stand between.
func (r *Reader) wordFeatures(intent, text string, words []word) [][]feature {
	at := func(i int) string {
		if i < 0 {
			return "^"
		}
		if i >= len(words) {
			return "$"
		}
		return shape(words[i].text)
	}
	class := func(i int) string {
		if i < 0 || i >= len(words) {
			return ""
		}
		if strings.IndexFunc(words[i].text, unicode.IsDigit) >= 0 {
			return "figure"
		}
		return r.class[words[i].text]
	}
	gap := func(i int) string {
		if i <= 0 || i >= len(words) {
			return ""
		}
		return strings.Trim(text[words[i-1].end:words[i].start], " ")
	}
	seen := make([][]feature, len(words))
	for i, w := range words {
		see := func(parts ...string) {
			seen[i] = append(seen[i], feature{hash(parts...) % tagBuckets, 1})
		}
		see("intent", intent)
		see("w", at(i))
		see("w-1", at(i-1))
		see("w+1", at(i+1))
		see("w-2", at(i-2))
		see("w+2", at(i+2))
		see("w-1w", at(i-1), at(i))
		see("ww+1", at(i), at(i+1))
		see("w-2w-1", at(i-2), at(i-1))
		see("w+1w+2", at(i+1), at(i+2))
		see("w-3w-2w-1", at(i-3), at(i-2), at(i-1))
		see("intent w", intent, at(i))
		see("intent w-1", intent, at(i-1))
		see("intent w-2w-1", intent, at(i-2), at(i-1))
		see("class", class(i))
		see("class-1", class(i-1), class(i))
		see("class+1", class(i), class(i+1))
		see("w-1 class", at(i-1), class(i))
		see("gap", gap(i))
		see("gap+1", gap(i+1))
		see("gap w", gap(i), at(i))
		see("gap w w+1", gap(i), at(i), at(i+1))
		letters := []rune(w.text)
		see("begins", string(letters[:min(3, len(letters))]))
		see("ends", string(letters[max(0, len(letters)-3):]))
		if c, _ := utf8.DecodeRuneInString(text[w.start:]); unicode.IsUpper(c) {
			see("capital", class(i))
			see("capital-1", at(i-1))
		}
	}
	return seen
}
