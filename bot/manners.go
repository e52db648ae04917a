package bot

import "time"

// Manners are what decides when a person may be spoken to unasked.
type Manners struct {
	Person     Speaker
	Digest     bool      // wants the digest
	Nudges     bool      // has not said no to suggestions and questions
	QuietUntil time.Time // wants quiet until then
	Stopped    time.Time // since when nothing is wanted but answers, zero when that was not said
	Unanswered int       // bundles that asked something since this person last spoke to us
	Last       time.Time // when the last bundle was, or will be, said
	Told       time.Time // up to when bundles told what is new, zero for never
}

// Occasion is why something is said to a person, which decides who is told it.
type Occasion string

// The occasions. A post of which nothing is said is of the first kind: whoever thinks of a new one has to say that it is owed.
const (
	OnBehalfOf Occasion = ""           // another group, or a coordinator's work, asks something of whoever reads it
	Owed       Occasion = "owed"       // it answers what whoever reads it said, or keeps them and what is theirs safe
	Unprompted Occasion = "unprompted" // nobody who reads it asked for it, and nobody waits for them
	Weekly     Occasion = "weekly"     // the bundle of a week, in which the digest may be
)

// Hears tells whether a person is told something at now.
func (m Manners) Hears(why Occasion, now time.Time) bool {
	switch {
	case why == Owed:
		return true
	case !m.Stopped.IsZero():
		return false
	case why == Unprompted:
		return m.Nudges && !now.Before(m.QuietUntil)
	case why == Weekly:
		return (m.Nudges || m.Digest) && !now.Before(m.QuietUntil)
	}
	return true
}

// MostUnanswered is after how many unanswered bundles we fall silent.
const MostUnanswered = 3

const week = 7 * 24 * time.Hour

// Silent tells whether nothing is said unasked to this person at now, and not soon either.
func (m Manners) Silent(now time.Time) bool {
	return !m.Nudges && !m.Digest || now.Before(m.QuietUntil) || m.Unanswered >= MostUnanswered
}

// May is the first moment from at on when something may be said unasked: at most once in any seven days, and
// more slowly to those who do not answer.
func (m Manners) May(at time.Time) time.Time {
	if m.Last.IsZero() {
		return at
	}
	// Last is stored in whole milliseconds, cut off.
	pause := week<<min(max(m.Unanswered-1, 0), MostUnanswered) + time.Millisecond
	if next := m.Last.Add(pause); next.After(at) {
		return next
	}
	return at
}

// DigestRoom is a room that reads the digest.
type DigestRoom struct {
	Where Address
	Since time.Time // what it has not been told of began then
}
