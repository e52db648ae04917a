package bot

import "time"

// Manners are what decides when a person may be spoken to unasked.
type Manners struct {
	Person     Speaker
	Digest     bool      // wants the digest
	Nudges     bool      // has not said no to suggestions and questions
	QuietUntil time.Time // wants quiet until then
	Unanswered int       // bundles that asked something since this person last spoke to us
	Last       time.Time // when the last bundle was, or will be, said
	Told       time.Time // up to when bundles told what is new, zero for never
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
