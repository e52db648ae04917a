package intent

import (
	"math/rand/v2"
	"slices"
)

// An instance is an example in one of the situations it may be said in.
type instance struct {
	intent   int
	weight   float32
	features []feature
}

// anyOpen is what may stand open while something is said that answers no question.
var anyOpen = []string{"introduction", "results", "undo", "met", "waiting", "true", "watch", "list", "found", "guess", "gather"}

// situations are those that an example is learnt in: the kinds of question it answers, and a little of none, since people
// answer late; or, where it answers none, nothing open and some question or other.
func (e *example) situations() (list []Situation, weights []float32) {
	base := Situation{Room: e.room}
	pick := hash(e.text, "situation")
	switch {
	case slices.Contains(e.who, "coordinator"):
		base.Coordinator = true
	case slices.Contains(e.who, "stranger"):
		base.Stranger = true
	case len(e.who) == 0:
		base.Stranger, base.Coordinator = pick%6 == 0, pick%6 == 1
	}
	add := func(weight float32, open ...string) {
		s := base
		s.Open = open
		list, weights = append(list, s), append(weights, weight)
	}
	n := uint32(len(e.opens))
	switch {
	case n == 0:
		add(1)
		add(0.25, anyOpen[pick%uint32(len(anyOpen))])
	case n == 1:
		add(1, e.opens[0])
		add(0.3)
	default:
		add(1, e.opens[pick%n])
		add(1, e.opens[(pick+1+pick/n%(n-1))%n])
		add(0.3)
	}
	return list, weights
}

// How the weights are learnt: multinomial logistic regression by stochastic gradient descent with L2, the steps shrinking
// and the order shuffled from a fixed seed, so that the same examples give the same weights. AdaGrad's steps were tried:
// they make every weight large, so the table three times the size, and cross-validate two points worse.
const (
	rounds   = 8
	firstMax = 2.0  // the first round's step; the n-th takes an n-th of it
	decay    = 2e-3 // of weights that are looked at
	smallest = 3e-3 // of a gradient: less is not worth a step
	seldom   = 5    // instances that must show a feature for it to count
)

// learn fits a weight for each bucket and intent, the intents of a bucket side by side. It takes some seconds.
func learn(instances []instance, intents int) []float32 {
	dropSeldom(instances)
	weights := make([]float32, buckets*intents)
	scores := make([]float64, intents)
	sums := make([]float32, intents)
	order := make([]int, len(instances))
	for i := range order {
		order[i] = i
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for round := range rounds {
		step := float32(firstMax / float64(1+round))
		chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			in := &instances[i]
			clear(sums)
			for _, f := range in.features {
				for k, w := range weights[int(f.bucket)*intents:][:intents] {
					sums[k] += float32(f.value * w)
				}
			}
			for k, s := range sums {
				scores[k] = float64(s)
			}
			softmax(scores, 1)
			for k, p := range scores {
				if k == in.intent {
					p--
				}
				g := float32(p) * in.weight
				if -smallest < g && g < smallest {
					continue
				}
				for _, f := range in.features {
					w := &weights[int(f.bucket)*intents+k]
					*w -= float32(step * (float32(g*f.value) + float32(decay**w)))
				}
			}
		}
	}
	return weights
}

// dropSeldom takes features out that next to no example shows: nothing can be learnt from them, and they take room.
func dropSeldom(instances []instance) {
	counts := make([]int, buckets)
	for i := range instances {
		for _, f := range instances[i].features {
			counts[f.bucket]++
		}
	}
	for i := range instances {
		instances[i].features = slices.DeleteFunc(instances[i].features, func(f feature) bool { return counts[f.bucket] < seldom })
	}
}

// learnIntents learns from examples in their situations.
func (r *Reader) learnIntents(examples []example) {
	names := namesOf(examples, func(e *example) string { return e.intent })
	var instances []instance
	for i := range examples {
		k, _ := slices.BinarySearch(names, examples[i].intent)
		situations, weights := examples[i].situations()
		for j, s := range situations {
			instances = append(instances, instance{k, weights[j], r.features(examples[i].text, s)})
		}
	}
	r.intents = round(names, learn(instances, len(names)), 0.1)
}

func namesOf(examples []example, name func(*example) string) []string {
	var names []string
	for i := range examples {
		names = append(names, name(&examples[i]))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
