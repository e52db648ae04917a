package bot

import (
	"strconv"
	"time"
)

// EntryID is our number of an offer or a need.
type EntryID int64

func (id EntryID) String() string { return strconv.FormatInt(int64(id), 10) }

// Side says whether an entry is offered or needed.
type Side string

// The two sides of the register.
const (
	Offer Side = "offer"
	Need  Side = "need"
)

// Terms say what an offer costs.
type Terms string

// The terms of an offer.
const (
	Unsaid  Terms = ""
	Free    Terms = "free"
	AtCost  Terms = "at cost"
	Charged Terms = "charged"
)

// Entry is one offer or one need, in the words of the organisation.
type Entry struct {
	ID           EntryID
	Organisation OrganisationID
	Side         Side
	Text         string
	Terms        Terms
	Until        Date      // last day on which it stands, zero when open
	Imported     bool      // from a file, not in a steward's own words
	Confirmed    time.Time // when somebody last said that it is true
}

// OffersChanged names the message to ourselves that whoever adds offers leaves behind, so that
// whoever watches for one can look. Its text is the organisation's number, "" when there are many.
const OffersChanged = "offers.changed"

// NeedAdded names the message to ourselves that a new need leaves behind, so that whoever answers
// questions can look for a match at once. Its text is the organisation's number, a
// space, and what is needed; it comes from whom, and where, it was said.
const NeedAdded = "need.added"
