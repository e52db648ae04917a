// Package inbox keeps what was said to us until it is handled.
//
// A message is stored before the network is told that we have it, and handled in one storage
// transaction: what the handler writes, what it answers and the mark that it is handled stand together
// or not at all. So a handler may run again after a crash.
package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/failure"
)

// Store is what the inbox needs remembered. The key of a message is its Key.
type Store interface {
	// PutMessage stores m once; fresh is false when it was there already.
	PutMessage(ctx context.Context, m bot.Message, now time.Time) (fresh bool, err error)

	// Known tells whether a message of that key was stored.
	Known(ctx context.Context, key string) (bool, error)

	// NextMessage returns an open message that is due, has no earlier open one of its sender in its lane, and whose key is not
	// among except: the sender's who has fewest waiting, so that nobody waits behind all that another said. Without one it tells when the next falls due, zero for never.
	NextMessage(ctx context.Context, now time.Time, except ...string) (w bot.Waiting, ok bool, wake time.Time, err error)

	// CountTry adds one to the tries of an open message.
	CountTry(ctx context.Context, key string) error

	// HandleMessage calls handle in one transaction and saves its answer with the mark. An error of handle
	// rolls everything back and is returned; taken is false when the message is not open, or another
	// process is handling it.
	HandleMessage(ctx context.Context, key string, now time.Time, handle func(context.Context) (bot.Answer, error)) (taken bool, err error)

	// HandleStep is HandleMessage for one step: it saves the answer, and the message stays open unless it is the last.
	HandleStep(ctx context.Context, key string, now time.Time, last bool, step bot.Step) (taken bool, err error)

	// FinishMessage saves a and marks an open message handled, or set aside.
	FinishMessage(ctx context.Context, key string, now time.Time, a bot.Answer, aside bool) error

	// PutBackMessage sets the tries of an open message and when it is due again. What came later in its
	// lane waits with it.
	PutBackMessage(ctx context.Context, key string, tries int, due time.Time) error
}

// Options are how an Inbox works. Wants and Now are needed, the rest may be left out.
type Options struct {
	Wants   func(bot.Message) bool                                  // what it refuses is never written down
	Steps   Steps                                                   // for messages that take long; may be nil
	Prepare func(context.Context, bot.Message) (bot.Message, error) // what is stored of a message; by default all of it
	Apology bot.Reply                                               // what somebody hears whose message could not be handled
	Now     func() time.Time
	Chance  failure.Chance // by default seeded by Now
	Log     *slog.Logger   // keys and ids only, never text or names
	Handled func()         // called after each message that is done with

	// Observe hears how long each handling took and what came of it: handled, problem, again, aside. Several may tell it at
	// once.
	Observe func(d time.Duration, outcome string)

	Poll          time.Duration // how often to look for what other processes stored; default 1 s
	HandleTimeout time.Duration // how long one handling may take; default 30 s
}

// Stats count since the start what became of messages.
type Stats struct {
	Unwanted, Stored, Repeated int64 // Receive: dropped unread, stored, known already
	Malformed                  int64 // Receive: dropped, since no adapter may bring such
	Handled, Problems          int64 // done with; by a Problem
	Again, Aside               int64 // failed and put back; given up
	Troubles                   int64 // errors of the store itself
}

// Inbox stores messages and handles them one after another.
type Inbox struct {
	store   Store
	handler bot.Handler
	o       Options
	began   time.Time
	wake    chan struct{}

	handling sync.Mutex     // held while one message is handled
	counted  keys           // messages of an earlier process whose try was counted by this one
	underway keys           // messages that are handled apart
	apart    sync.WaitGroup // of those

	unwanted, malformed, stored, repeated, handled, problems, again, aside, troubles atomic.Int64
}

// New makes an Inbox that has messages handled by handler.
func New(store Store, handler bot.Handler, o Options) *Inbox {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Handled == nil {
		o.Handled = func() {}
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration, string) {}
	}
	if o.Prepare == nil {
		o.Prepare = func(_ context.Context, m bot.Message) (bot.Message, error) { return m, nil }
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.HandleTimeout <= 0 {
		o.HandleTimeout = 30 * time.Second
	}
	now := o.Now()
	if o.Chance == nil {
		o.Chance = failure.NewChance(uint64(now.UnixNano()))
	}
	return &Inbox{
		store: store, handler: handler, o: o, wake: make(chan struct{}, 1),
		// Stored times are whole milliseconds.
		began: now.Truncate(time.Millisecond),
	}
}

// From is Receive for the adapter of network n alone.
func (in *Inbox) From(n bot.Network) func(context.Context, bot.Message) error {
	return func(ctx context.Context, m bot.Message) error { return in.receive(ctx, n, m) }
}

// Receive stores m if it is wanted, and returns once it is stored. An error means that it is not. A
// message stored before is stored no second time, and that is no error; nor is one that is malformed: to bring it again
// would be no use.
func (in *Inbox) Receive(ctx context.Context, m bot.Message) error {
	return in.receive(ctx, m.Where.Network, m)
}

func (in *Inbox) receive(ctx context.Context, n bot.Network, m bot.Message) error {
	m, err := clean.Message(m, n, in.o.Now())
	if err != nil {
		in.malformed.Add(1)
		in.o.Log.Warn("a malformed message was dropped", "network", n, "error", failure.Redact(err))
		return nil
	}
	if !in.o.Wants(m) {
		in.unwanted.Add(1)
		return nil
	}
	if m.Kind == bot.Edited || m.Kind == bot.Deleted {
		// Of what was not for us, no change is either.
		known, err := in.store.Known(ctx, bot.Message{Where: m.Where, ID: m.On}.Key())
		if err != nil {
			in.troubles.Add(1)
			return fmt.Errorf("a message could not be stored: %w", err)
		}
		if !known {
			in.unwanted.Add(1)
			return nil
		}
	}
	if m, err = in.o.Prepare(ctx, m); err != nil {
		in.troubles.Add(1)
		return fmt.Errorf("a message could not be stored: %w", err)
	}
	fresh, err := in.store.PutMessage(ctx, m, in.o.Now())
	if err != nil {
		in.troubles.Add(1)
		return fmt.Errorf("a message could not be stored: %w", err)
	}
	if !fresh {
		in.repeated.Add(1)
		return nil
	}
	in.stored.Add(1)
	in.look()
	return nil
}

// look wakes Run.
func (in *Inbox) look() {
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// Run handles messages until ctx ends, and then returns nil. An error of the store is logged, and tried
// again more and more slowly.
func (in *Inbox) Run(ctx context.Context) error {
	defer in.apart.Wait()
	pause := failure.Backoff{First: 20 * time.Millisecond, Max: 10 * time.Second, Chance: in.o.Chance}
	for failed := 0; ; {
		step, wake, err := in.next(ctx, in.beside)
		if ctx.Err() != nil {
			return nil
		}
		switch {
		case err != nil:
			in.o.Log.Error("the inbox cannot reach its store", "error", failure.Redact(err))
			in.rest(ctx, pause.Wait(failed), nil)
			failed++
			continue
		case step == elsewhere:
			in.rest(ctx, min(pause.Wait(failed), in.o.Poll), nil)
			failed++
			continue
		case step == nothing:
			wait := in.o.Poll
			if !wake.IsZero() {
				wait = min(wait, max(wake.Sub(in.o.Now()), time.Millisecond))
			}
			in.rest(ctx, wait, in.wake)
		}
		failed = 0
	}
}

// Drain handles all that is due now and returns. It gives up at the first error of the store.
func (in *Inbox) Drain(ctx context.Context) error {
	for {
		step, _, err := in.next(ctx, in.inline)
		switch {
		case err != nil:
			return err
		case step == nothing:
			return nil
		case step == elsewhere:
			in.rest(ctx, 10*time.Millisecond, nil)
		}
	}
}

// rest waits for d, for wake or for the end of ctx.
func (in *Inbox) rest(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}

// Stats returns the counts so far.
func (in *Inbox) Stats() Stats {
	return Stats{
		Unwanted: in.unwanted.Load(), Malformed: in.malformed.Load(), Stored: in.stored.Load(), Repeated: in.repeated.Load(),
		Handled: in.handled.Load(), Problems: in.problems.Load(),
		Again: in.again.Load(), Aside: in.aside.Load(), Troubles: in.troubles.Load(),
	}
}
