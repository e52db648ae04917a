package bot

import "time"

// The ids of a chat network are opaque: only that network's adapter makes one or looks inside.
type (
	// Network is one workspace or homeserver, not a brand of chat.
	Network string
	// RoomID is a place where several people read.
	RoomID string
	// ThreadID is one thread of a room.
	ThreadID string
	// UserID is one person's account on a network.
	UserID string
	// MessageID names a message once on its network, for ever.
	MessageID string
)

// Kind says what happened. Only Said is matched against phrases. The other kinds are made by
// adapters, the outbox (Failed) and handlers (Due), never by typing.
type Kind string

// The kinds of message.
const (
	Said    Kind = "said"
	Edited  Kind = "edited"
	Deleted Kind = "deleted"
	Joined  Kind = "joined" // a room; with none in Where, the network
	Left    Kind = "left"   // a room; with none in Where, the network
	Opened  Kind = "opened" // somebody looks at the private chat or at our home page, and says nothing
	Unread  Kind = "unread" // somebody said what the network could not let us read; For names the reason
	Failed  Kind = "failed" // a post of ours was given up; For names the command, Text is the post's key
	Due     Kind = "due"    // a time has come; For names the command that asked for it
)

// The reasons for which something is Unread.
const (
	Undecryptable     = "undecryptable"      // it was encrypted, and not for us
	WithoutEncryption = "without encryption" // it was encrypted, and this program was built without that
)

// Speaker is a person on a network. Name is what the network shows and may be anything.
type Speaker struct {
	Network Network
	ID      UserID
	Name    string
}

// Address is where words can go: a room (perhaps a thread of it), or people. One person is the
// private chat with them; several are a room to be opened, named by Gather so that it is opened once.
type Address struct {
	Network Network
	Room    RoomID   `json:",omitempty"`
	Thread  ThreadID `json:",omitempty"` // "" for what is said to the whole room, and may begin a thread
	People  []UserID `json:",omitempty"`
	Gather  string   `json:",omitempty"`
	Title   string   `json:",omitempty"` // of the room that Gather opens, as people read it
	Only    UserID   `json:",omitempty"` // only this person sees it, as near Room as the network can
	Home    bool     `json:",omitempty"` // replaces the home page of the one person in People
}

// Private is the private chat with one person.
func Private(s Speaker) Address {
	return Address{Network: s.Network, People: []UserID{s.ID}}
}

// IsPrivate tells whether only one person reads what is said there.
func (a Address) IsPrivate() bool { return len(a.People) == 1 || a.Only != "" }

// InRoom tells whether it was said in a room, be it so that only one person sees it. What is to be set for a room is set
// there, whispered or aloud.
func (a Address) InRoom() bool { return a.Room != "" }

// Place is where a list of choices stands: the lane, and within a room the thread.
func (a Address) Place() string {
	if a.Thread == "" {
		return a.Lane()
	}
	return a.Lane() + "\x1e" + string(a.Thread)
}

// Lane names the queue in which order is kept: the room or the people, never the thread.
// Two addresses with the same lane never overtake one another. A person's home page has a lane of its own.
func (a Address) Lane() string {
	lane := string(a.Network) + "\x1f" + string(a.Room)
	for _, p := range a.People {
		lane += "\x1f" + string(p)
	}
	if a.Gather != "" {
		lane += "\x1f\x1egather/" + a.Gather
	}
	if a.Home {
		lane += "\x1f\x1ehome"
	}
	return lane
}

// Setting is what an adapter knows of where something was said, and of who said it. The zero Setting is the most careful
// one: a closed room, without whispers.
type Setting struct {
	Open     bool   `json:",omitempty"` // everybody on the network can read the room; what is told there may be told elsewhere
	Whispers bool   `json:",omitempty"` // the network can show a reply there to one person only (Address.Only)
	Home     bool   `json:",omitempty"` // the network shows who speaks a home page
	Guest    bool   `json:",omitempty"` // who speaks belongs to another organisation's workspace, or sees a few rooms only
	Zone     string `json:",omitempty"` // IANA name of the time zone of who speaks, "" when it is not known
	Language string `json:",omitempty"` // BCP 47 tag, "" when it is not known
}

// Message is something that happened on a network, or a time that has come.
type Message struct {
	ID    MessageID // unique on Where.Network; for Due the key, unique for ever
	Kind  Kind
	From  Speaker
	Where Address
	In    Setting   `json:",omitzero"`
	Text  string    // without the bot's name
	ToUs  bool      // said to the bot: a mention, a private chat, a command
	Us    bool      `json:",omitempty"` // Joined, Left: it was the bot that joined or left, From is who had it do so
	On    MessageID `json:",omitempty"` // the message that was pressed, edited, deleted or answered

	// Pressed says that Text was not typed but is the Say of a choice of the message On, or of a form.
	Pressed bool `json:",omitempty"`

	// Begins is the thread that an answer starts when m was said outside any: in a network with threads, answers stand in one.
	Begins ThreadID `json:",omitempty"`

	For string    `json:",omitempty"` // Due and Failed: the name of the command; Unread: the reason
	At  time.Time // when it happened; for Due when it falls due

	// Queue, of Due messages alone, names those that are handled one after another in the order in which they were left.
	Queue string `json:",omitempty"`
}

// Ours tells whether m comes from ourselves and from no network.
func (m Message) Ours() bool { return m.Kind == Due || m.Kind == Failed }

// Key names m once over all networks. No command begins with what the key of a network's message begins with.
func (m Message) Key() string {
	if m.Ours() {
		return string(m.ID)
	}
	return "@" + string(m.Where.Network) + "/" + string(m.ID)
}

// Lane names the queue in which m waits to be handled: what is said in one place in order, a time by itself unless it
// names a Queue.
func (m Message) Lane() string {
	if m.Queue != "" {
		return "\x1fqueue/" + m.Queue
	}
	if m.Ours() {
		return m.Key()
	}
	return m.Where.Lane()
}

// Later makes a message to ourselves: command is told at the time at, once for each key.
// A key that was used before is ignored, handled or not.
func Later(command, key string, at time.Time, text string) Message {
	return Message{ID: MessageID(command + "/" + key), Kind: Due, For: command, Text: text, At: at}
}

// LongestMessage is how many characters of one message are read; a longer one is answered with a plea.
const LongestMessage = 4000
