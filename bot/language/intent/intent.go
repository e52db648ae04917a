// Package intent reads what people want from how they really write it. It has learnt that from examples, which stand in
// en/*.txt, one sentence a line; whoever adds a sentence and runs TestLearnt with -learn has taught it.
//
// The model is a multinomial logistic regression over words, word pairs and threes, runs of letters within words, and the
// situation: which question is open, who speaks, and where. Its weights are whole numbers in a table built into the program,
// so the same message in the same situation reads the same everywhere.
package intent

import (
	"cmp"
	"math"
	"slices"
)

// A Situation is what stands around a message: it decides as much as the words do what “not yet” means.
type Situation struct {
	// Open names the kinds of question that stand open to the speaker, the newest first: see Opens. An unknown one is
	// passed over.
	Open        []string
	Room        bool // said to us in a room, and not in private
	Stranger    bool // the speaker speaks for no group that we know
	Coordinator bool
}

// Opens are the kinds of open question that the examples tell apart:
// introduction (would you like to meet them), gather (several with one need), list (shall I list you), watch (shall I look out
// for that), forget (shall I erase all), undo (something was just done), true (is it still true), found (did you find help),
// thanks (may it be told), met (did you meet), useful (did it help), touch (still in touch), results (a list to choose
// from), guess (which of these did you mean), waiting (others are being asked for the speaker).
var Opens = []string{
	"introduction", "gather", "list", "watch", "forget", "undo", "true", "found", "thanks", "met", "useful", "touch", "results", "guess", "waiting",
}

// A Guess is one thing that may be wanted, with how likely it is, from 0 to 1.
type Guess struct {
	Intent string
	P      float64
}

// From these probabilities on a guess is sure, and may be acted on where little can be harmed; or likely, and worth asking
// about. As TestReading measures it: of what is sure 19 of 20 are right, of what is likely two of three.
const (
	Sure   = 0.85
	Likely = 0.35
)

// Read tells what a message may want in its situation: all intents, the likeliest first. It takes well under a millisecond,
// reads no more than the first and the last words of a long message, and returns the same every time.
func (r *Reader) Read(text string, s Situation) []Guess {
	scores := r.intents.scores(r.features(text, s))
	softmax(scores, temperature)
	guesses := make([]Guess, len(scores))
	for k, p := range scores {
		guesses[k] = Guess{r.intents.names[k], p}
	}
	slices.SortStableFunc(guesses, func(a, b Guess) int { return cmp.Compare(b.P, a.P) })
	return guesses
}

// temperature makes the probabilities true; it is below 1, since learning with L2 leaves them too modest. Chosen by
// cross-validation.
const temperature = 0.75

// softmax turns scores into probabilities, in place; a temperature above 1 makes them less sure.
func softmax(scores []float64, temperature float64) {
	most := slices.Max(scores)
	var sum float64
	for k, s := range scores {
		scores[k] = math.Exp((s - most) / temperature)
		sum += scores[k]
	}
	for k := range scores {
		scores[k] /= sum
	}
}
