package bot

import (
	"context"
	"errors"
	"time"
)

// Adapter joins one chat network to the bot.
type Adapter interface {
	// Network is the workspace or homeserver it serves.
	Network() Network

	// Run reads the network until ctx ends, calling receive for each message. receive returns once the
	// message is stored (or was not wanted); only then may the platform be told that we have it. An error
	// of receive means that it is not stored.
	Run(ctx context.Context, receive func(context.Context, Message) error) error

	// Send says one post as one message. It may block until ctx ends. Its errors are Later, Never, or
	// anything else: then it is unknown whether the post was said.
	Send(ctx context.Context, p Post) (MessageID, error)

	// Room opens the room named gather for people, or finds the one opened before. Calling it twice is safe.
	Room(ctx context.Context, gather string, people []UserID, title string) (RoomID, error)
}

// Editor is an adapter that can change a message it sent.
type Editor interface {
	// Edit replaces what the message id says. Its errors are those of Send.
	Edit(ctx context.Context, id MessageID, p Post) error
}

// Finder is an adapter that can tell whether a post was said.
type Finder interface {
	// Find looks for the message of a post whose outcome is unknown since p.Tried. It may answer Later
	// when the network shows messages with a delay.
	Find(ctx context.Context, p Post) (id MessageID, found bool, err error)
}

// Keep is the little an adapter must remember, kept apart for each network.
type Keep interface {
	// Get returns what was put under name, "" when nothing was.
	Get(ctx context.Context, name string) (string, error)
	Put(ctx context.Context, name, value string) error
}

// SendError is an error of Send whose outcome is known: nothing was said.
type SendError struct {
	Err   error
	After time.Duration // how long the network asked us to wait; 0 when it named no time
	Final bool          // trying again is no use
}

func (e *SendError) Error() string { return e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }

// SendLater says that nothing was said, and to try again no sooner than after (0: at your own pace).
func SendLater(err error, after time.Duration) error { return &SendError{Err: err, After: after} }

// SendNever says that nothing was said and that trying again is no use.
func SendNever(err error) error { return &SendError{Err: err, Final: true} }

// Outcome sorts an error of Send: known is false when the post may have been said.
func Outcome(err error) (e *SendError, known bool) {
	known = errors.As(err, &e)
	return e, known
}
