package intent

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// buckets is into how many places features are hashed. Sixteen times as many gain nothing that cross-validation can see.
const buckets = 1 << 16

// A feature is one thing seen in a message, by its hash, and how much it counts.
type feature struct {
	bucket uint32
	value  float32
}

// readWords is how many words of a message are looked at: the first and the last of a longer one, where what is wanted
// mostly stands.
const readWords = 40

// negatedWords is how far a “not” reaches.
const negatedWords = 4

// The weights of the kinds of feature against each other, chosen by cross-validation.
const (
	wordWeight   = 1.0
	letterWeight = 0.2
	stateWeight  = 0.3
	textWeight   = 1.6
	openWeight   = 1.0
	setWeight    = 0.3
)

// features sees what there is to see in a message and its situation: single words, pairs and threes; two to five letters
// within a word; how long it is; what stands open, who speaks, and where.
func (r *Reader) features(text string, s Situation) []feature {
	all := r.split(text)
	if len(all) > readWords {
		all = append(slices.Clone(all[:readWords/2]), all[len(all)-readWords/2:]...)
	}
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = shape(w.text)
	}
	counts := make(map[uint32]float64, 24*len(words)+8)
	state := "nothing"
	if len(s.Open) > 0 {
		state = s.Open[0]
		switch state {
		case "gather":
			state = "introduction"
		case "watch", "forget", "thanks", "guess":
			state = "list"
		}
	}
	padded := append(append([]string{"^"}, words...), "$")
	for i := range padded {
		if i > 0 && i < len(padded)-1 {
			counts[hash("1", padded[i])] += wordWeight
		}
		if i+1 < len(padded) {
			counts[hash("2", padded[i], padded[i+1])] += wordWeight
		}
		if i+2 < len(padded) {
			counts[hash("3", padded[i], padded[i+1], padded[i+2])] += wordWeight
		}
	}
	negated := 0
	for i, w := range all {
		// What follows a “not” is seen as such: “we do not want to meet them”.
		if negated > 0 {
			counts[hash("n", words[i])] += wordWeight
			negated--
		}
		if r.class[w.text] == "negation" {
			negated = negatedWords
		}
		// A day stands for any day, so that Thursday is known where only Tuesday was learnt.
		if class := r.class[w.text]; class != "" {
			counts[hash("k", class)] += wordWeight
			counts[hash("k2", padded[i], class)] += wordWeight
		}
	}
	for i, w := range words {
		counts[hash("q", state, w)] += stateWeight
		counts[hash("q2", state, padded[i], w)] += stateWeight
		letters := []rune("_" + w[:min(len(w), 40)] + "_")
		for n := 2; n <= 5; n++ {
			for i := 0; i+n <= len(letters); i++ {
				counts[hash("c", string(letters[i:i+n]))] += letterWeight
			}
		}
	}
	found := make([]feature, 0, len(counts)+8)
	for b, n := range counts {
		found = append(found, feature{b, float32(n)})
	}
	slices.SortFunc(found, func(a, b feature) int { return cmp.Compare(a.bucket, b.bucket) })
	// Each counts by the square root of how often it is there, so the sum of the squares is the sum of the counts. It is
	// summed in order: in the order of a map the last digit would be chance.
	var sum float64
	for _, f := range found {
		sum += float64(f.value)
	}
	scale := textWeight / math.Sqrt(max(sum, 1))
	for i := range found {
		found[i].value = float32(scale * math.Sqrt(float64(found[i].value)))
	}
	return s.add(found, words)
}

// add adds what the situation shows, alone and together with what is said when that is short: “not yet” means nothing
// without its question.
func (s Situation) add(found []feature, words []string) []feature {
	see := func(v float32, parts ...string) { found = append(found, feature{hash(parts...), v}) }
	opens := s.Open
	if len(opens) == 0 {
		opens = []string{"nothing"}
	}
	for _, kind := range opens[:min(len(opens), 4)] {
		see(openWeight, "open", kind)
		if len(words) <= 3 {
			see(openWeight, "open short", kind, strings.Join(words, " "))
		}
		if len(words) > 0 {
			see(openWeight/2, "open first", kind, words[0])
		}
	}
	who := "known"
	if s.Stranger {
		who = "stranger"
	} else if s.Coordinator {
		who = "coordinator"
	}
	see(setWeight, "who", who)
	if s.Room {
		see(setWeight, "room")
	}
	length, _ := slices.BinarySearch([]int{0, 1, 2, 3, 5, 8, 13, 19, 30}, len(words))
	see(setWeight, "length", string(rune('a'+length)))
	return found
}

// hash is FNV-1a over the parts, folded to a bucket.
func hash(parts ...string) uint32 {
	h := uint32(2166136261)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint32(p[i])) * 16777619
		}
		h = (h ^ 0xff) * 16777619
	}
	return (h ^ h>>16) & (buckets - 1)
}
