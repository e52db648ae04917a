package danger

import (
	"math"
	"math/rand/v2"
	"slices"
)

// example is a sentence that was read already; kind is empty when nobody is in danger.
type example struct {
	text string
	kind Kind
}

// model tells danger from the rest by logistic regression (Cox 1958), and the kinds of danger from each other by naive
// Bayes, which needs one look at each example only.
type model struct {
	signs   *lexicon
	mender  *mender
	weights []float32
	bias    float32
	kinds   []Kind
	seen    []uint32    // the features of dangers, in order
	ofKind  [][]float32 // by kind, for each that was seen: the logarithm of how much likelier it is there than in all dangers
}

// How the model learns: chosen by cross-validation on the examples. Every pass goes over them in another order, always the
// same ones; each weight takes shorter steps the more it was moved (AdaGrad: Duchi, Hazan and Singer 2011).
const (
	passes = 3
	step   = 0.5
	shrink = 1e-3 // pulls weights to nought, so that one example alone proves little
	damper = 100  // added to the length of a text: a short one has less to go by
)

// anybodies is how many sentences about people of whom nothing is the matter are made up.
const anybodies = 600

func learn(signs *lexicon, examples []example) *model {
	m := &model{signs: signs, mender: newMender(signs), weights: make([]float32, slots)}
	var all, dangerous [][]uint32
	var danger []bool
	var kinds []Kind
	chance := rand.New(rand.NewPCG(3, 4))
	// As features does, without sorting: that would take a third of the time.
	lastIn := make([]int32, slots)
	features := func(words []string) []uint32 {
		n := int32(len(all) + 1)
		return slices.DeleteFunc(allFeatures(signs.spots(words)), func(f uint32) bool {
			again := lastIn[f] == n
			lastIn[f] = n
			return again
		})
	}
	for _, e := range examples {
		words := slices.Concat(sentencesOf(e.text)...)
		for _, w := range words {
			m.mender.seen[w] = true
		}
		f := features(words)
		all = append(all, f)
		all = append(all, features(signs.among(words, chance)))
		danger = append(danger, e.kind != "", e.kind != "")
		if e.kind == "" {
			continue
		}
		dangerous, kinds = append(dangerous, f), append(kinds, e.kind)
		if !slices.Contains(m.kinds, e.kind) {
			m.kinds = append(m.kinds, e.kind)
		}
	}
	for range anybodies {
		words := slices.Concat(signs.who[chance.IntN(len(signs.who))], signs.does[chance.IntN(len(signs.does))])
		all, danger = append(all, features(words)), append(danger, false)
	}
	m.regress(all, danger)
	m.seen, m.ofKind = counted(dangerous, kinds, m.kinds)
	return m
}

// among puts what people say before or after what they have to say around words, or both.
func (l *lexicon) among(words []string, chance *rand.Rand) []string {
	var before, after []string
	where := chance.IntN(3)
	if where != 0 {
		before = l.before[chance.IntN(len(l.before))]
	}
	if where != 1 {
		after = l.after[chance.IntN(len(l.after))]
	}
	return slices.Concat(before, words, after)
}

// regress finds the weights by which features tell danger. Danger and the rest weigh alike, however many examples either has.
func (m *model) regress(examples [][]uint32, danger []bool) {
	moved := make([]float32, slots)
	biasMoved := float32(1)
	dangers := 0
	for _, d := range danger {
		if d {
			dangers++
		}
	}
	heavy := float32(len(danger)-dangers) / float32(max(dangers, 1))
	order := rand.New(rand.NewPCG(1, 2))
	for range passes {
		for _, i := range order.Perm(len(examples)) {
			score, scale := m.score(examples[i])
			wrong := float32(sigmoid(score))
			if danger[i] {
				wrong = (wrong - 1) * heavy
			}
			for _, f := range examples[i] {
				g := wrong*scale*worth[f>>slotBits] + shrink*m.weights[f]
				moved[f] += g * g
				m.weights[f] -= step * g / (float32(math.Sqrt(float64(moved[f]))) + 1e-6)
			}
			biasMoved += wrong * wrong
			m.bias -= step * wrong / float32(math.Sqrt(float64(biasMoved)))
		}
	}
}

// score is the logarithm of the odds that features f are of danger. scale is what each was divided by.
func (m *model) score(f []uint32) (logOdds float64, scale float32) {
	var sum, length float32
	for _, s := range f {
		w := worth[s>>slotBits]
		sum += m.weights[s] * w
		length += w * w
	}
	scale = float32(1 / math.Sqrt(float64(length)+damper))
	return float64(m.bias + sum*scale), scale
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// danger is the probability that words speak of somebody in danger.
func (m *model) danger(words []string) float64 {
	score, _ := m.score(features(m.signs.spots(words)))
	return sigmoid(score)
}

// counted tells for each kind how much likelier each feature is there than in all dangers together. What was seen is
// averaged with what would be expected if kinds did not matter, so that a rare feature says little, and one that was never seen nothing.
func counted(examples [][]uint32, of, kinds []Kind) (seen []uint32, ofKind [][]float32) {
	total := make([]float32, slots)
	sums := make([]float32, len(kinds))
	var sum float32
	for range kinds {
		ofKind = append(ofKind, make([]float32, slots))
	}
	for i, f := range examples {
		k := slices.Index(kinds, of[i])
		for _, s := range f {
			ofKind[k][s]++
			total[s]++
		}
		sums[k] += float32(len(f))
		sum += float32(len(f))
	}
	for s, n := range total {
		if n > 0 {
			seen = append(seen, uint32(s))
		}
	}
	for k, counts := range ofKind {
		ofKind[k] = make([]float32, len(seen))
		for i, s := range seen {
			expected := total[s] * sums[k] / sum
			ofKind[k][i] = float32(math.Log(float64((counts[s] + expected) / (2 * expected))))
		}
	}
	return seen, ofKind
}

// kind is the likeliest kind of danger in words.
func (m *model) kind(words []string) Kind {
	var f []int // where they stand among those that were seen
	for _, s := range features(m.signs.spots(words)) {
		if i, known := slices.BinarySearch(m.seen, s); known {
			f = append(f, i)
		}
	}
	best, most := Kind(""), math.Inf(-1)
	for i, weights := range m.ofKind {
		sum := 0.0
		for _, i := range f {
			sum += float64(weights[i])
		}
		if sum > most {
			best, most = m.kinds[i], sum
		}
	}
	return best
}
