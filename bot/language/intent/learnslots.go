package intent

import (
	"math/rand/v2"
	"slices"
)

const tagRounds = 8

// learnSlots learns to find slots from the examples that are marked, by an averaged perceptron over whole rows of tags. An
// example without a mark says nothing: it may be that nobody has marked it yet.
func (r *Reader) learnSlots(examples []example) {
	examples = slices.DeleteFunc(slices.Clone(examples), func(e example) bool { return len(e.marks) == 0 })
	examples = append(examples, otherwiseFilled(examples)...)
	tags := []string{outside}
	for _, e := range examples {
		for _, m := range e.marks {
			tags = append(tags, "B "+m.slot, "I "+m.slot)
			if !slices.Contains(r.slots[e.intent], m.slot) {
				r.slots[e.intent] = append(r.slots[e.intent], m.slot)
			}
		}
	}
	for _, slots := range r.slots {
		slices.Sort(slots)
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)

	// The weights are averaged over all steps: each change is also added up times the step it was made at, and what is added
	// up is taken off at the end, divided by the number of steps.
	weights, late := make([]float32, tagBuckets*len(tags)), make([]float64, tagBuckets*len(tags))
	steps := 1.0
	chance := rand.New(rand.NewPCG(3, 4))
	r.tags = &table{names: tags}
	score := func(features []feature) []float64 {
		scores := make([]float64, len(tags))
		for _, f := range features {
			for k, w := range weights[int(f.bucket)*len(tags):][:len(tags)] {
				scores[k] += float64(w)
			}
		}
		return scores
	}
	for range tagRounds {
		chance.Shuffle(len(examples), func(i, j int) { examples[i], examples[j] = examples[j], examples[i] })
		for i := range examples {
			e := &examples[i]
			words := r.split(e.text)
			want := tagsOf(e, words)
			seen := r.wordFeatures(e.intent, e.text, words)
			got := r.tag(e.intent, seen, score)
			for j := range words {
				if got[j] == want[j] && (j == 0 || got[j-1] == want[j-1]) {
					continue
				}
				change := func(tag, before string, by float32) {
					k := r.tagOf(tag)
					for _, f := range append(slices.Clip(seen[j]), tagBefore(before)) {
						at := int(f.bucket)*len(tags) + k
						weights[at] += by
						late[at] += steps * float64(by)
					}
				}
				wantBefore, gotBefore := outside, outside
				if j > 0 {
					wantBefore, gotBefore = want[j-1], got[j-1]
				}
				change(want[j], wantBefore, 1)
				change(got[j], gotBefore, -1)
			}
			steps++
		}
	}
	for i := range weights {
		weights[i] -= float32(late[i] / steps)
	}
	r.tags = round(tags, weights, 0.02)
}

// tagsOf are the tags that the marks of an example give its words.
func tagsOf(e *example, words []word) []string {
	tags := make([]string, len(words))
	for i, w := range words {
		tags[i] = outside
		for _, m := range e.marks {
			if w.start >= m.start && w.end <= m.end {
				tags[i] = "I " + m.slot
				if i == 0 || words[i-1].end <= m.start {
					tags[i] = "B " + m.slot
				}
			}
		}
	}
	return tags
}

// fillings is how many more examples are made of each, with its slots filled from others.
const fillings = 3

// sameFillers are slots that take each other's fillers: they are all groups.
var sameFillers = map[string]string{"name": "group", "one": "group", "two": "group"}

// otherwiseFilled makes more examples out of examples: what fills a slot in one sentence may fill it in another. It teaches
// where a slot ends, whatever stands in it.
func otherwiseFilled(examples []example) []example {
	filler := func(e *example, m mark) string {
		slot := m.slot
		if same := sameFillers[slot]; same != "" {
			return same
		}
		if slot == "place" || slot == "when" || slot == "until" {
			return slot
		}
		return e.intent + " " + slot
	}
	pool := map[string][]string{}
	for i := range examples {
		e := &examples[i]
		for _, m := range e.marks {
			pool[filler(e, m)] = append(pool[filler(e, m)], e.text[m.start:m.end])
		}
	}
	chance := rand.New(rand.NewPCG(5, 6))
	var more []example
	for i := range examples {
		e := &examples[i]
		for range fillings {
			other := example{intent: e.intent}
			at := 0
			for _, m := range e.marks {
				from := pool[filler(e, m)]
				other.text += e.text[at:m.start]
				start := len(other.text)
				other.text += from[chance.IntN(len(from))]
				other.marks = append(other.marks, mark{m.slot, start, len(other.text)})
				at = m.end
			}
			other.text += e.text[at:]
			more = append(more, other)
		}
	}
	return more
}
