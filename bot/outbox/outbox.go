// Package outbox delivers every word that is said.
//
// A post is claimed just before it is sent, and what comes of it is recorded: said, later, never, or unknown. After a
// crash, or a send without an answer, an unknown post is looked for where the network can tell; elsewhere it is sent
// once more and never again.
//
// Each network has workers of its own and a pace of its own: what goes wrong with one delays no other.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/failure"
)

// Store is what the outbox needs remembered. Only the owner of a lease can end it.
type Store interface {
	// ClaimPost leases the next post due on n until until, unless its lane is resting. Without one it tells when to look
	// again. Nobody else is given it before until, and owner never again before it has ended the lease. The Room of a post
	// to several people is filled in when it was opened.
	ClaimPost(ctx context.Context, now time.Time, owner string, until time.Time, n bot.Network, resting []string) (c bot.Claimed, ok bool, wake time.Time, err error)
	// OfferPost remembers the choices of a post whose words or room were not known when it was claimed.
	OfferPost(ctx context.Context, p bot.Post, now time.Time) error
	// SentPost records that a post was said as id.
	SentPost(ctx context.Context, key, owner string, id bot.MessageID, now time.Time) error
	// PutBackPost gives a lease back.
	PutBackPost(ctx context.Context, key, owner string, back bot.PutBack, now time.Time) error
	// FinishPost ends a post in a final state and stores messages to ourselves with it.
	FinishPost(ctx context.Context, key, owner string, state bot.PostState, now time.Time, later ...bot.Message) error
	// SentID is the message as which a post was said.
	SentID(ctx context.Context, key string) (bot.MessageID, bool, error)
	// PutGatherRoom remembers the room that was opened as gather.
	PutGatherRoom(ctx context.Context, n bot.Network, gather string, room bot.RoomID) error
}

// Options are how an Outbox works. Owner and Now are needed, the rest may be left out.
type Options struct {
	Owner  string // names this process among all that ever ran
	Now    func() time.Time
	Chance failure.Chance // by default seeded by Now
	Log    *slog.Logger   // keys and ids only, never words

	// Daytime is the first moment from t on when a post may be said that is for the day only; by default at once.
	Daytime func(ctx context.Context, t time.Time) (time.Time, error)

	// Hears tells whether whoever reads a post wants it said; by default everybody does. What is not wanted is skipped.
	Hears func(ctx context.Context, p bot.Post, t time.Time) (bool, error)

	// Drawers make the words of posts that name them; see bot.Post.Draw. A post that names none of them waits.
	Drawers map[string]bot.Drawer

	// Observe hears how long each sending took and what came of it: sent, found, later, unknown, dead, expired, skipped.
	Observe func(d time.Duration, outcome string)

	Workers     int           // how many posts are sent at once on a network that names no number; default 8
	Lease       time.Duration // default 60 s; longer than SendTimeout
	SendTimeout time.Duration // how long one sending may take; default 40 s
	Grace       time.Duration // how long a sending may go on once Run is to end; default 10 s
	Overrun     time.Duration // how long a call may go on after its context ended, before it is left behind; default 5 s
	Poll        time.Duration // how often to look for what other processes stored; default 1 s
}

// Stats count since the start what became of posts.
type Stats struct {
	Sent, Found, Later, Unknown, Dead, Expired, Skipped int64
	Left                                                int64 // calls that went on after their context ended, and were left behind
	Troubles                                            int64 // errors of the store itself
}

// Outbox delivers the posts of the networks that were added. It is safe for many at once.
type Outbox struct {
	store Store
	o     Options

	mu      sync.Mutex
	lines   map[bot.Network]*line
	running context.Context // of Run, nil when it does not run
	all     sync.WaitGroup  // what Run began

	sent, found, later, unknown, dead, expired, skipped, left, troubles atomic.Int64
}

// New makes an Outbox without networks.
func New(store Store, o Options) *Outbox {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration, string) {}
	}
	if o.Chance == nil {
		o.Chance = failure.NewChance(uint64(o.Now().UnixNano()))
	}
	if o.Workers <= 0 {
		o.Workers = 8
	}
	for _, d := range []struct {
		d       *time.Duration
		without time.Duration
	}{
		{&o.Lease, 60 * time.Second},
		{&o.SendTimeout, 40 * time.Second},
		{&o.Grace, 10 * time.Second},
		{&o.Overrun, 5 * time.Second},
		{&o.Poll, time.Second},
	} {
		if *d.d <= 0 {
			*d.d = d.without
		}
	}
	return &Outbox{store: store, o: o, lines: map[bot.Network]*line{}}
}

// Add has the posts of a's network delivered from now on. A name that would make keys ambiguous is refused.
func (out *Outbox) Add(a bot.Adapter) error {
	n := a.Network()
	if err := clean.CheckNetwork(n); err != nil {
		return fmt.Errorf("a network cannot be served: %w", err)
	}
	out.Remove(n)
	out.mu.Lock()
	defer out.mu.Unlock()
	l := newLine(out, n, a)
	out.lines[n] = l
	if out.running != nil {
		out.begin(l)
	}
	return nil
}

// begin has a line deliver while Run runs. The lock is held.
func (out *Outbox) begin(l *line) {
	ctx, cancel := context.WithCancel(out.running)
	l.stop = cancel
	out.all.Go(func() {
		defer cancel()
		l.run(ctx)
	})
}

// Remove leaves the posts of n to others. What is being sent goes on.
func (out *Outbox) Remove(n bot.Network) {
	out.mu.Lock()
	defer out.mu.Unlock()
	if l := out.lines[n]; l != nil {
		if l.stop != nil {
			l.stop()
		}
		delete(out.lines, n)
	}
}

// Wake has the outbox look for posts at once.
func (out *Outbox) Wake() {
	for _, l := range out.served() {
		l.rouse()
	}
}

// served are the lines by their networks.
func (out *Outbox) served() []*line {
	out.mu.Lock()
	defer out.mu.Unlock()
	var all []*line
	for _, l := range out.lines {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b *line) int {
		if a.network < b.network {
			return -1
		}
		return 1
	})
	return all
}

// Run delivers posts until ctx ends, and then returns nil once what was being sent has ended or was left behind.
// An error of the store is logged, and tried again more and more slowly.
func (out *Outbox) Run(ctx context.Context) error {
	out.mu.Lock()
	out.running = ctx
	for _, l := range out.lines {
		out.begin(l)
	}
	out.mu.Unlock()
	<-ctx.Done()
	out.mu.Lock()
	out.running = nil
	out.mu.Unlock()
	out.all.Wait()
	return nil
}

// Drain delivers all that is due now, one after another and without regard to pace, and returns. It gives up at the
// first error of the store.
func (out *Outbox) Drain(ctx context.Context) error {
	for again := true; again; {
		again = false
		for _, l := range out.served() {
			did, err := l.drain(ctx)
			if err != nil {
				return err
			}
			again = again || did
		}
	}
	return nil
}

// Stats returns the counts so far.
func (out *Outbox) Stats() Stats {
	return Stats{
		Sent: out.sent.Load(), Found: out.found.Load(), Later: out.later.Load(), Unknown: out.unknown.Load(),
		Dead: out.dead.Load(), Expired: out.expired.Load(), Skipped: out.skipped.Load(), Left: out.left.Load(),
		Troubles: out.troubles.Load(),
	}
}
