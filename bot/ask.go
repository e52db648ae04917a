package bot

import (
	"strconv"
	"time"
)

// AskID is our number of an ask.
type AskID int64

func (id AskID) String() string { return strconv.FormatInt(int64(id), 10) }

// Thanks is help that one organisation, the giver of thanks, had from another.
type Thanks struct {
	ID            int64
	Giver, Helper OrganisationID
	What          string
	At            time.Time
}

// Ask is one question put once.
type Ask struct {
	ID           AskID
	Organisation OrganisationID // behind the ask
	Asker        Speaker
	Where        Address
	Said         MessageID // the message that it came from, "" when it came from none that can be changed
	Public       bool      // it was put where everybody reads it, and so may be told elsewhere
	Nameless     bool      // whoever is asked to meet about it is not told by whom before both said yes
	Text         string    // what was asked for, without the frame of the question
	Until        Date      // when it is wanted, zero when that was not said; no answer helps afterwards
	At           time.Time
	Found        int       // how many organisations were named in answer
	Watch        bool      // a gap: tell the asker when an offer appears
	Seen         int64     // change sequence up to which the watch has looked
	Sorted       bool      // closed by the asker
	Closed       time.Time // zero while open
}

// IsSoon tells whether a day is so near that people are quicker than we are: today or tomorrow.
func IsSoon(day, today Date) bool { return !day.IsZero() && !day.After(today.AddDays(1)) }
