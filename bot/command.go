package bot

import "context"

// Role is what a person must be to give a command. There is no default: a command without one does not
// start.
type Role int

// The roles.
const (
	noRole      Role = iota
	Anyone           // everybody who can speak to the bot
	OnBehalf         // a contact of an organisation
	Steward          // a contact who may change what the register says
	Coordinator      // somebody who looks after the network
)

// Command is one thing that the bot does. Its phrases, examples and sentences stand in the word file of
// its verb, in the section of its name.
type Command struct {
	Name    string // the verb, a dot and the section: "register.offer"
	Role    Role
	Private bool // carried on in private when it is said in the open
	Quiet   bool // left out of help

	Confided bool // what it is told goes to one person in confidence, so also what speaks of danger
	Unread   bool // what it is told is shown to nobody who was not asked for, so it may say who somebody is and how to find them

	OrCoordinator bool // a coordinator may give it too who speaks for no organisation

	Kind Kind // "" is Said; a Due or Failed command is named by Message.For, of the others there may be several each

	// Hears tells whether the command is for what was said in a room and not to us, or which messages of its Kind it is
	// for. It reads what is in memory and waits for nothing, since what nobody hears is never written down. May be nil: then
	// nothing overheard, and everything of its Kind.
	Hears func(m Message) bool

	// Steps, in place of Handle, is for a Due message that takes long. It reads and thinks outside any transaction, while
	// other messages are handled, and returns what is then to be written, in steps of at most some 100 ms. What it has
	// thought may be out of date by then: each step looks again at what it relies on. After a crash, or a step that
	// failed, all begins anew, so what an earlier step did is not to be done again.
	Steps func(ctx context.Context, m Message) ([]Step, error)

	// Home is what stands of the command's matter on a person's home page; Args.Organisation is not set. The page shows the
	// sections in the order of the commands. May be nil, and may return nil.
	Home func(ctx context.Context, m Message, args Args) (Reply, error)

	// Handle reads, thinks, writes and answers. Args.Organisation is set for OnBehalf and Steward, and for
	// Anyone who speaks for just one organisation.
	Handle func(ctx context.Context, m Message, args Args) (Answer, error)
}

// Value is what filled a slot.
type Value struct {
	Text    string
	Date    Date
	Options []Date // a date that may be any of these: to be asked, never guessed
	Number  int
	Place   Postcode
	Exact   bool // it stood in marks, so it begins and ends where it was meant to
}

// Args are the values of a phrase's slots, and for whom the command is given.
type Args struct {
	Values       map[string]Value
	Organisation OrganisationID // the one that the speaker speaks for; 0 for none
	Name         string         // its name
	Coordinator  bool           // the speaker looks after the network
	Standings    []Standing     // all organisations that the speaker speaks for
	Today        Date           // where the people of the network are
	Taken        bool           // no phrase fits what was said: it was read as that command
}

// Text is the text of a slot, "" when it was not filled.
func (a Args) Text(slot string) string { return a.Values[slot].Text }

// Date is the date of a slot, zero when it was not filled.
func (a Args) Date(slot string) Date { return a.Values[slot].Date }
