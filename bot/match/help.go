package match

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// help is what stays of a Help.
type help struct {
	id int64
	at int64 // Unix seconds
}

const (
	// Help that was given counts as an offer does, and half of that for each year since.
	helpHalves = 365 * 24 * 3600
	// Help given longer ago than this is no reason any more to name anybody.
	helpIsReason = 3 * helpHalves
)

// latestHelp is the help that a document is found by, the latest first, at most n.
func (d Document) latestHelp(n int) []Help {
	all := slices.Clone(d.Helped)
	slices.SortFunc(all, func(a, b Help) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	const most = 20
	return all[:min(len(all), n, most)]
}

// helpOf is the help in a unit of d.
func (d *document) helpOf(unit int) help { return d.helped[unit-offerUnit-len(d.offers)] }

func (d *document) isHelp(unit uint8) bool { return int(unit) >= offerUnit+len(d.offers) }

func (h help) weight(now time.Time) float64 {
	return math.Exp2(-float64(max(now.Unix()-h.at, 0)) / helpHalves)
}

func (h help) isReason(now time.Time) bool { return now.Unix()-h.at < helpIsReason }

// bestHelp is the unit of the help that has most of value and is a reason, 0 when there is none.
func (d *document) bestHelp(value []float64, now time.Time) (unit int) {
	for u := offerUnit + len(d.offers); u < len(value); u++ {
		if value[u] > 0 && d.helpOf(u).isReason(now) && (unit == 0 || value[u] > value[unit]) {
			unit = u
		}
	}
	return unit
}

// lapse scores those again who have given help: in the index it stands as if that had been today.
func (s *state) lapse(f *findings, q *query, now time.Time) {
	var most float64
	counted := false // whether the largest share may hang on help
	for i := range f.hits {
		h := &f.hits[i]
		if d := h.view.docs[h.doc]; len(d.helped) > 0 {
			before := h.share
			s.again(h, d, q, now)
			counted = counted || h.share < before && before >= f.maxShare
		}
		most = max(most, min(h.share, whole))
	}
	if counted {
		f.maxShare = most
	}
}

// again is the score of a hit as add sums it up, with the age of help, and its share without what is no reason.
func (s *state) again(h *hit, d *document, q *query, now time.Time) {
	n := float64(s.docs)
	text, offers := b*n/max(s.lengths.text, n), b*max(s.lengths.offers, 1)/max(s.lengths.offer, s.lengths.offers, 1)
	type had struct {
		tf, offer float64
		reason    bool
	}
	has := map[uint32]*had{}
	for _, w := range q.words {
		if w.known {
			has[w.term] = &had{}
		}
	}
	for _, c := range q.concepts {
		has[c.term] = &had{}
	}
	for w := range d.all() {
		x := has[w.term]
		if x == nil {
			continue
		}
		tf, length := float64(w.tf), float64(d.length(w.unit))
		switch {
		case w.unit == nameUnit:
			x.tf += nameWeight * tf / (1 - b + text*length)
		case w.unit == aboutUnit:
			x.tf += aboutWeight * tf / (1 - b + text*length)
		case !d.isHelp(w.unit):
			x.offer = max(x.offer, offerWeight*tf/(1-b+offers*length))
		default:
			given := d.helpOf(int(w.unit))
			x.offer = max(x.offer, given.weight(now)*offerWeight*tf/(1-b+offers*length))
			x.reason = x.reason || given.isReason(now)
			continue
		}
		x.reason = true
	}
	var score float64
	var mask uint64
	var near uint32
	gain := func(term uint32, weight float64) (reason bool) {
		x := has[term]
		tf := x.tf + x.offer
		score += weight * (k1 + 1) * tf / (tf + k1)
		return x.reason
	}
	for i, w := range q.words {
		if w.known && gain(w.term, w.idf*w.weight) {
			mask |= 1 << i
		}
	}
	for _, c := range q.concepts {
		switch reason := gain(c.term, c.score); {
		case reason && c.related:
			near |= c.covers
		case reason:
			mask |= uint64(c.covers) << 32
		}
	}
	h.score = float64(float32(score)) / (q.best * (k1 + 1))
	h.share = q.share(mask, near)
	h.meant = mask>>32 != 0 || near != 0
}
