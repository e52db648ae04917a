package bot

import (
	"strconv"
	"time"
)

// IntroductionID is our number of an introduction.
type IntroductionID int64

func (id IntroductionID) String() string { return strconv.FormatInt(int64(id), 10) }

// Origin says how an introduction came to be proposed.
type Origin string

// The origins of introductions.
const (
	FromAsk        Origin = "asked"     // one side asked for the other
	FromSuggestion Origin = "suggested" // a third suggested it
	FromRound      Origin = "round"     // the weekly round chose it
)

// Assent is what one side says to being introduced.
type Assent string

// The assents. No stands for everything that looks to the other side like silence: no, not now, a block,
// a withdrawal.
const (
	Asked Assent = "waiting"
	Yes   Assent = "yes"
	No    Assent = "no"
	Known Assent = "known" // they know each other already
)

// IntroductionState is how far an introduction has got.
type IntroductionState string

// The states of an introduction.
const (
	IntroductionOpen IntroductionState = "open" // it may still come about; it stays so until it lapses, whatever was said
	IntroductionMade IntroductionState = "made"
	IntroductionOver IntroductionState = "over"
)

// Party is one side of an introduction.
type Party struct {
	Organisation OrganisationID
	Person       Speaker // who was asked, or who answered
	Assent       Assent
}

// Introduction is two organisations on their way to each other. The first party is the one that asked, if
// one did.
type Introduction struct {
	ID        IntroductionID
	Parties   [2]Party
	Origin    Origin
	About     string  // what it is about, as both may read it
	Reason    string  // one sentence, the same for both
	Suggester string  // who suggested it, as both may read it, "" when nobody did
	Suggested Speaker // the same, as a person; zero when nobody did or that person was forgotten
	Ask       AskID   // that it answers, 0 for none
	Together  string  // names those that were asked at once, of which the first yes stops the others
	Nameless  bool    // the second party is not told who asks before both said yes
	State     IntroductionState
	At        time.Time // when it was proposed
	Lapses    time.Time // when it is over unless it was made
	Made      time.Time
	Ended     time.Time
}

// Gathering is several organisations that need the same, each asked alone whether it would like to be brought
// together with the others.
type Gathering struct {
	ID      int64
	What    string // the need, in a word or two
	Parties []Party
	At      time.Time
	Lapses  time.Time
	Ended   time.Time // zero while it is open
}

// Party returns which side of i an organisation is, -1 when it is none.
func (i Introduction) Party(id OrganisationID) int {
	for n, p := range i.Parties {
		if p.Organisation == id {
			return n
		}
	}
	return -1
}

// AboutIntroduction names an introduction; see AboutOrganisation.
func AboutIntroduction(id IntroductionID) string { return "introduction/" + id.String() }

// AboutSide names what one side of an introduction is asked; see AboutOrganisation.
func AboutSide(id IntroductionID, side int) string {
	return AboutIntroduction(id) + "/" + strconv.Itoa(side)
}

// AboutMade names the news of an introduction that was made; see AboutOrganisation.
func AboutMade(id IntroductionID) string { return AboutIntroduction(id) + "/made" }

// NoRoomNow names the message to ourselves that an organisation leaves behind which has no room any more. Its text is the
// organisation's number.
const NoRoomNow = "room.none"

// AskClosed names the message to ourselves that an ask leaves behind when it is closed. Its text is the
// ask's number.
const AskClosed = "ask.closed"

// IntroductionMet names the message to ourselves that asks, some time after an introduction, what came of it.
// Its text is the introduction's number.
const IntroductionMet = "nudge.met"

// KeptMissed is under which name it is kept, among the settings of a network, of how many rounds in a row each
// organisation was left out that was ready for one: a JSON object by number.
const KeptMissed = "round missed"

// Prompt is something to say to somebody unasked. It waits for the next bundle, since nobody hears more
// than one of those a week.
type Prompt struct {
	Key   string // used once, for ever
	To    Speaker
	Rank  int // lower comes first in the bundle
	Reply Reply
	About string    // what it speaks of, "" for nothing; see AboutOrganisation
	Ripe  time.Time // not before
	Until time.Time // no more after
}

// The messages to ourselves of which a week consists, in their order.
const (
	WeekRound  = "introduce.round" // choose whom to introduce
	WeekNudges = "nudge.week"      // think of what people might like to be asked
	WeekDigest = "digest.week"     // say it
)
