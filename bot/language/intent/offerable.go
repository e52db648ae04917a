package intent

// A Verdict is whether something can be an offer or a need.
type Verdict int

// The verdicts. What is in doubt is worth a question before it is published.
const (
	No Verdict = iota
	Doubt
	Yes
)

// From these probabilities on something can be an offer or a need, or may be. Chosen by cross-validation: see TestOfferable.
const (
	offerable    = 0.90
	perhapsOffer = 0.30
)

// Offerable judges whether words can be offered, needed or asked for: something that can be lent, done, given, taught or come
// to; not “that”, “to leave”, “no room”, “your message” or “Thursday”.
func (r *Reader) Offerable(what string) Verdict {
	words := r.split(what)
	if len(words) == 0 {
		return No
	}
	switch p := r.offerable(what); {
	case p >= offerable:
		return Yes
	case p >= perhapsOffer:
		return Doubt
	}
	return No
}

func (r *Reader) offerable(what string) float64 {
	scores := r.offers.scores(r.features(what, Situation{}))
	softmax(scores, offerTemperature)
	return scores[len(scores)-1] // “yes” comes after “no”
}

// offerTemperature makes the probabilities of Offerable true, as temperature does those of Read.
const offerTemperature = 0.7
