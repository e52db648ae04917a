package bot

import (
	"context"
	"time"
)

// Answer is all that comes of a message.
type Answer struct {
	Reply Reply     // to the speaker, where the message was said
	Rest  Reply     // what does not fit into the message with Reply, for who asks for it
	Posts []Post    // to others
	Later []Message // to ourselves, of kind Due
}

// Handler answers a message. It may be called again for the same message after a crash; what it wrote
// then is gone, so it needs no idempotency of its own. It runs inside the handling transaction.
type Handler func(context.Context, Message) (Answer, error)

// Step is a part of handling a message that takes long: one short handling transaction. Its answer is saved with what it
// wrote.
type Step func(context.Context) (Answer, error)

// Post is a stored wish to say a Reply at an Address.
type Post struct {
	Key   string // unique for ever: what would say the same twice has the same key
	Where Address
	Reply Reply     // nil with Draw
	Rest  Reply     `json:",omitempty"` // what does not fit beside it; kept as long as its choices
	To    MessageID `json:",omitempty"` // in answer to which message
	About []string  `json:",omitempty"` // what it speaks of; see AboutOrganisation
	For   UserID    `json:",omitempty"` // who may answer its choices, where Where is a room
	Open  time.Time `json:",omitzero"`  // until when its choices may be answered; zero: for a day

	// Draw names the Drawer that makes the words when they are sent, of what Subject says: what must not lie in a
	// stored post, or must be true at the moment it is read.
	Draw    string `json:",omitempty"`
	Subject string `json:",omitempty"`

	// Instead is the key of an earlier post that this one replaces. Where that still waits it is never said; where it
	// was said, its message is changed. Where that cannot be changed the post is said by itself, or with OnlyEdit
	// dropped.
	Instead  string `json:",omitempty"`
	OnlyEdit bool   `json:",omitempty"`

	Why Occasion `json:",omitempty"` // decides who is told it, when it is said to one person unasked

	GivenUp string `json:",omitempty"` // the command that is told (Failed) when the post cannot be said, or not in time
	Refused bool   `json:",omitempty"` // it says why what was said to us was not done: a form may stay open

	NotBefore,
	NotAfter time.Time // zero: at once, for ever
	Daytime bool `json:",omitempty"` // said on working days only, outside the quiet hours
	Urgency Urgency
	Tried   time.Time // last attempt whose outcome is unknown; zero when there was none
}

// Reader is the one person who reads p, where it does not answer what was said just then or show a page; ok is false for what
// several read.
func (p Post) Reader() (s Speaker, ok bool) {
	switch {
	case p.Urgency == AtOnce || p.OnlyEdit || p.Where.Home:
		return s, false
	case p.Where.Only != "":
		return Speaker{Network: p.Where.Network, ID: p.Where.Only}, true
	case len(p.Where.People) == 1:
		return Speaker{Network: p.Where.Network, ID: p.Where.People[0]}, true
	case p.Why == Unprompted && p.For != "": // said to one in a room
		return Speaker{Network: p.Where.Network, ID: p.For}, true
	}
	return s, false
}

// Failure is what the command GivenUp is told.
func (p Post) Failure(now time.Time) Message {
	return Message{ID: MessageID("failed/" + p.Key), Kind: Failed, For: p.GivenUp, Text: p.Key, Where: Address{Network: p.Where.Network}, At: now}
}

// Drawer makes the words of a post at the moment it is sent. It is called again for each attempt. say is false when
// there is nothing to be said any more; then the post is skipped. It may read storage, and blocks as that does.
type Drawer func(ctx context.Context, p Post, now time.Time) (words Reply, say bool, err error)

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
