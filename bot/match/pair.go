package match

import (
	"math"
)

// What a pair is worth, in parts of one: how much each helps the other, what both do, that they are of different parts
// of the network, near, and ready to answer. A gift counts more than half of an exchange: most help goes one way.
const (
	helpPart     = 0.50
	fieldPart    = 0.15
	bridgePart   = 0.15
	nearPart     = 0.10
	readyPart    = 0.10
	giftShare    = 0.6
	sameNeed     = 0.5 // of a field
	deficitShare = 0.5
	// Somebody for everybody: that two meet at all is worth so much besides.
	anybody = 0.5
)

// candidate is a pair that may be chosen, of positions among the members.
type candidate struct {
	a, b         int
	helpA, helpB float64 // how well b helps a, and a helps b
	field        float64
	sameA, sameB int64 // needs that are much the same, 0 when there are none
	reason       Reason
	value        float64
}

// worthy tells whether there is a reason to say.
func (c *candidate) worthy() bool {
	// One meaning in common may be chance: a band that plays at walks does not walk.
	return c.helpA > 0 || c.helpB > 0 || c.sameA != 0 || len(c.reason.Words) > 1
}

func (r *round) bridge(c *candidate) float64 {
	a, b := r.members[c.a].Community, r.members[c.b].Community
	switch {
	case a == 0 || b == 0:
		return 0.5
	case a == b:
		return 0
	}
	return 1
}

// value is what a pair is worth, 0 to 1.
func (r *round) value(c *candidate) float64 {
	a, b := r.members[c.a], r.members[c.b]
	help := giftShare*max(c.helpA, c.helpB) + (1-giftShare)*min(c.helpA, c.helpB)
	field := c.field
	if c.sameA != 0 {
		field = max(field, sameNeed)
	}
	near := 0.5
	if km, known := r.state.places.Distance(r.docs[c.a].outcode, r.docs[c.b].outcode); known {
		near = nearness(km)
	}
	return helpPart*help + fieldPart*field + bridgePart*r.bridge(c) + nearPart*near + readyPart*math.Sqrt(a.Ready*b.Ready)
}

// told is the reason of a pair, of the strongest kind there is.
func (c *candidate) told() Reason {
	r := c.reason
	switch {
	case c.helpA > 0 && c.helpB > 0:
		r.Kind, r.Words = HelpsBoth, nil
	case c.helpA > 0 || c.helpB > 0:
		r.Kind, r.Words = HelpsOne, nil
	case c.sameA != 0:
		r.Kind, r.NeedA, r.NeedB, r.Words = SameNeed, c.sameA, c.sameB, nil
	default:
		r.Kind = SameField
	}
	r.Words = r.Words[:min(len(r.Words), 2)]
	return r
}

// mixed is a number that looks like chance, of a seed and two members (the finaliser of SplitMix64).
func mixed(seed uint64, a, b int) uint64 {
	x := seed + uint64(a)*0x9E3779B97F4A7C15 + uint64(b)*0xD1B54A32D192ED03
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// nearness is what the distance leaves of a pair: all of it next door, never less than seven tenths.
func nearness(km float64) float64 {
	if km < 0 {
		return 0.8
	}
	const reach = 10 // km
	return 0.7 + 0.3*math.Exp(-km/reach)
}
