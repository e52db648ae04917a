package bot

import (
	"context"
	"time"
)

// Answer is all that comes of a message.
type Answer struct {
	Reply Reply     // to the speaker, where the message was said
	Posts []Post    // to others
	Later []Message // to ourselves, of kind Due
}

// Handler answers a message. It may be called again for the same message after a crash; what it wrote
// then is gone, so it needs no idempotency of its own. It runs inside the handling transaction.
type Handler func(context.Context, Message) (Answer, error)

// Post is a stored wish to say a Reply at an Address.
type Post struct {
	Key     string // unique for ever: what would say the same twice has the same key
	Where   Address
	Reply   Reply
	To      MessageID `json:",omitempty"` // in answer to which message
	Instead string    `json:",omitempty"` // the key of an earlier post that this one replaces
	About   []string  `json:",omitempty"` // what it speaks of; see About
	For     UserID    `json:",omitempty"` // who may answer its choices, where Where is a room
	Open    time.Time `json:",omitzero"`  // until when its choices may be answered; zero: for a day
	NotBefore,
	NotAfter time.Time // zero: at once, for ever
	Daytime bool `json:",omitempty"` // said on working days only, outside the quiet hours
	Urgency Urgency
	Tried   time.Time // last attempt whose outcome is unknown; zero when there was none
}

// Urgency orders posts of different kinds: answers never wait for digests.
type Urgency int

// The urgencies, most urgent last.
const (
	Whenever Urgency = iota // digests and nudges
	News                    // what somebody waits for
	AtOnce                  // the answer to a message
)

// AboutOrganisation, AboutAsk and AboutPerson name what a post speaks of, so that a block, a
// withdrawal or an erasure finds the posts that must no longer be sent.
func AboutOrganisation(id OrganisationID) string { return "organisation/" + id.String() }

// AboutAsk names an ask; see AboutOrganisation.
func AboutAsk(id AskID) string { return "ask/" + id.String() }

// AboutPerson names a person; see AboutOrganisation.
func AboutPerson(s Speaker) string { return "person/" + string(s.Network) + "/" + string(s.ID) }
