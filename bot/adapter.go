package bot

import (
	"context"
	"errors"
	"time"
)

// Adapter joins one chat network to the bot. Making one neither reads nor writes the network: that begins with Run.
//
// Whatever an adapter does wrong is kept to its own network: a panic is caught, and a call that goes on long after its
// context has ended is left behind. Its errors are logged without what may be private in them (failure.Redact).
type Adapter interface {
	// Network is the workspace or homeserver it serves. The name never changes, and has neither strokes nor spaces:
	// slack:T0123, matrix:example.org.
	Network() Network

	// Run reads the network until ctx ends, calling receive for each message. receive returns once the message is
	// stored, within a second whatever else is being done, or was not wanted; only then may the platform be told that
	// we have it. An error of receive means that it is not stored. What is malformed is dropped without an error.
	// Run is called again, after a pause that grows, when it returns or panics, unless its error is ErrGone.
	Run(ctx context.Context, receive func(context.Context, Message) error) error

	// Send says one post as one message, however long it is, and never tries again by itself. It may block until ctx
	// ends. Its errors are those of SendLater, SendWait and SendNever, or anything else: then it is unknown whether the
	// post was said.
	Send(ctx context.Context, p Post) (MessageID, error)

	// Room opens the room named gather for people, or finds the one opened before. Calling it twice is safe, so any
	// error but SendNever is tried again. It may block until ctx ends.
	Room(ctx context.Context, gather string, people []UserID, title string) (RoomID, error)
}

// Editor is an adapter that can change a message it sent.
type Editor interface {
	// Edit replaces what the message id says; doing it twice is safe. Its errors are those of Send, and ErrCannotEdit.
	// It may block until ctx ends.
	Edit(ctx context.Context, id MessageID, p Post) error
}

// Finder is an adapter that can tell whether a post was said.
type Finder interface {
	// Find looks for the message of a post whose outcome is unknown since p.Tried. It may answer SendLater when the
	// network shows messages with a delay, and ErrCannotTell. The Room of a post to several people is filled in. It may
	// block until ctx ends.
	Find(ctx context.Context, p Post) (id MessageID, found bool, err error)
}

// Pacer is an adapter whose network takes only so many messages in a time. Without it there is no pace to keep.
type Pacer interface {
	// Pace may change while the adapter runs. It must not block.
	Pace() Pace
}

// Pace is how fast a network may be spoken to. The outbox keeps it, since it alone knows what is urgent.
type Pace struct {
	AtOnce  int           // how many calls may be under way; 0 leaves it to the outbox
	Network time.Duration // at least so long between the beginnings of two sendings
	Room    time.Duration // the same, for one room or private chat
}

// Readier is an adapter that can tell whether its network can be spoken to. Without it, it always can.
type Readier interface {
	// Ready is nil when posts may be sent now: connected, and let in. It must not block.
	Ready() error
}

// Keep is the little an adapter must remember, kept apart for each network.
type Keep interface {
	// Get returns what was put under name, "" when nothing was.
	Get(ctx context.Context, name string) (string, error)
	Put(ctx context.Context, name, value string) error
	// Delete forgets what was put under name, if anything was.
	Delete(ctx context.Context, name string) error
}

var (
	// ErrGone from Run: the network is gone for good, and running again is no use. The bot was removed from it, or the
	// workspace was deleted. A token that was revoked may come back, and is SendWait and not this.
	ErrGone = errors.New("the network is gone for good")
	// ErrCannotTell from Find: here nobody can know whether the post was said.
	ErrCannotTell = errors.New("nobody can tell whether it was said")
	// ErrCannotEdit from Edit: this message cannot be changed, or is there no more. Nothing was said.
	ErrCannotEdit = errors.New("the message cannot be changed")
)

// SendError is an error of Send whose outcome is known: nothing was said.
type SendError struct {
	Err   error
	After time.Duration // how long the network asked us to wait; 0 when it named no time
	Final bool          // trying again is no use
	Wait  bool          // nothing at all can be said on the network until After
}

func (e *SendError) Error() string { return e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }

// SendLater says that nothing was said, and to try this post again no sooner than after (0: at your own pace). After
// some hours of it a post is given up.
func SendLater(err error, after time.Duration) error { return &SendError{Err: err, After: after} }

// SendWait says that nothing was said, nor can anything be on this network before after (0: at your own pace): it is
// down, asks everybody to slow down, or lets us in no more. No post is given up for it.
func SendWait(err error, after time.Duration) error {
	return &SendError{Err: err, After: after, Wait: true}
}

// SendNever says that nothing was said and that trying again is no use.
func SendNever(err error) error { return &SendError{Err: err, Final: true} }

// Outcome sorts an error of Send: known is false when the post may have been said.
func Outcome(err error) (e *SendError, known bool) {
	known = errors.As(err, &e)
	return e, known
}
