// Package outbox delivers every word that is said.
//
// A post is claimed just before it is sent, and what comes of it is recorded: said, later, never, or
// unknown. After a crash, or a send without an answer, an unknown post is looked for where the network can
// tell; elsewhere it is sent once more and never again.
package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ginnel/bot"
)

// Store is what the outbox needs remembered. Only the owner of a lease can end it.
type Store interface {
	// ClaimPost leases the next post due on networks until until. Without one it tells when to look again.
	ClaimPost(ctx context.Context, now time.Time, owner string, until time.Time, networks []bot.Network) (c bot.Claimed, ok bool, wake time.Time, err error)
	// SentPost records that a post was said as id.
	SentPost(ctx context.Context, key, owner string, id bot.MessageID, now time.Time) error
	// PutBackPost gives a lease back; unknown when the attempt at tried may have said the post.
	PutBackPost(ctx context.Context, key, owner string, due time.Time, unknown bool, tried time.Time) error
	// FinishPost ends a post in a final state and stores messages to ourselves with it.
	FinishPost(ctx context.Context, key, owner string, state bot.PostState, now time.Time, later ...bot.Message) error
	// SentID is the message as which a post was said.
	SentID(ctx context.Context, key string) (bot.MessageID, bool, error)
	// GatherRoom is the room opened as gather, "" when none was.
	GatherRoom(ctx context.Context, n bot.Network, gather string) (bot.RoomID, error)
	PutGatherRoom(ctx context.Context, n bot.Network, gather string, room bot.RoomID) error
}

// Options are how an Outbox works. Owner and Now are needed, the rest may be left out.
type Options struct {
	Owner  string // names this process among all that ever ran
	Now    func() time.Time
	Jitter func(limit time.Duration) time.Duration // evenly from [0, limit); by default seeded by Now
	Log    *slog.Logger                            // keys and ids only, never words

	// Daytime is the first moment from t on when a post may be said that is for the day only; by default at once.
	Daytime func(ctx context.Context, t time.Time) (time.Time, error)

	// Drawers make the words of posts that name them; see bot.Post.Draw. A post that names none of them waits.
	Drawers map[string]bot.Drawer

	// Observe hears how long each sending took and what came of it: sent, found, later, unknown, dead, expired.
	Observe func(d time.Duration, outcome string)

	Workers     int           // how many posts are sent at once; default 16
	Lease       time.Duration // default 60 s; longer than SendTimeout
	SendTimeout time.Duration // how long one sending may take; default 40 s
	Grace       time.Duration // how long a sending may go on once Run is to end; default 10 s
	Poll        time.Duration // how often to look for what other processes stored; default 1 s
}

// Stats count since the start what became of posts.
type Stats struct {
	Sent, Found, Later, Unknown, Dead, Expired int64
	Troubles                                   int64 // errors of the store itself
}

// Outbox delivers the posts of the networks that were added. It is safe for many at once.
type Outbox struct {
	store Store
	o     Options
	wake  chan struct{}

	mu       sync.RWMutex
	adapters map[bot.Network]bot.Adapter

	sent, found, later, unknown, dead, expired, troubles atomic.Int64
}

// New makes an Outbox without networks.
func New(store Store, o Options) *Outbox {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(time.Duration, string) {}
	}
	if o.Jitter == nil {
		o.Jitter = jitter(uint64(o.Now().UnixNano()))
	}
	if o.Workers <= 0 {
		o.Workers = 16
	}
	for _, d := range []struct {
		d       *time.Duration
		without time.Duration
	}{{&o.Lease, 60 * time.Second}, {&o.SendTimeout, 40 * time.Second}, {&o.Grace, 10 * time.Second}, {&o.Poll, time.Second}} {
		if *d.d <= 0 {
			*d.d = d.without
		}
	}
	return &Outbox{store: store, o: o, wake: make(chan struct{}, 1), adapters: map[bot.Network]bot.Adapter{}}
}

func jitter(seed uint64) func(time.Duration) time.Duration {
	var one sync.Mutex
	source := rand.New(rand.NewPCG(seed, seed))
	return func(limit time.Duration) time.Duration {
		one.Lock()
		defer one.Unlock()
		return time.Duration(source.Int64N(max(int64(limit), 1)))
	}
}

// Add has the posts of a's network delivered from now on.
func (out *Outbox) Add(a bot.Adapter) {
	out.mu.Lock()
	out.adapters[a.Network()] = a
	out.mu.Unlock()
	out.Wake()
}

// Remove leaves the posts of n to others. What is being sent goes on.
func (out *Outbox) Remove(n bot.Network) {
	out.mu.Lock()
	defer out.mu.Unlock()
	delete(out.adapters, n)
}

func (out *Outbox) adapter(n bot.Network) bot.Adapter {
	out.mu.RLock()
	defer out.mu.RUnlock()
	return out.adapters[n]
}

func (out *Outbox) networks() []bot.Network {
	out.mu.RLock()
	defer out.mu.RUnlock()
	var all []bot.Network
	for n := range out.adapters {
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

// Wake has the outbox look for posts at once.
func (out *Outbox) Wake() {
	select {
	case out.wake <- struct{}{}:
	default:
	}
}

// Run delivers posts until ctx ends, and then returns nil once what was being sent has ended. An error of
// the store is logged, and tried again more and more slowly.
func (out *Outbox) Run(ctx context.Context) error {
	const (
		shortest = 10 * time.Millisecond
		longest  = 10 * time.Second
	)
	free := make(chan struct{}, out.o.Workers)
	var sending sync.WaitGroup
	defer sending.Wait()
	for pause := shortest; ; {
		select {
		case <-ctx.Done():
			return nil
		case free <- struct{}{}:
		}
		c, ok, wake, err := out.claim(ctx)
		if ctx.Err() != nil && !ok {
			return nil
		}
		if ok {
			pause = shortest
			sending.Go(func() {
				defer func() { <-free; out.Wake() }()
				out.deliver(ctx, c)
			})
			continue
		}
		<-free
		wait := out.o.Poll
		switch {
		case err != nil:
			out.o.Log.Error("the outbox cannot reach its store", "error", err)
			wait = pause/2 + out.o.Jitter(pause/2)
			pause = min(2*pause, longest)
		case !wake.IsZero():
			wait = min(wait, max(wake.Sub(out.o.Now()), time.Millisecond))
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-out.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// Drain delivers all that is due now, one after another, and returns. It gives up at the first error of
// the store.
func (out *Outbox) Drain(ctx context.Context) error {
	for {
		c, ok, _, err := out.claim(ctx)
		if err != nil || !ok {
			return err
		}
		out.deliver(ctx, c)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (out *Outbox) claim(ctx context.Context) (bot.Claimed, bool, time.Time, error) {
	now := out.o.Now()
	c, ok, wake, err := out.store.ClaimPost(ctx, now, out.o.Owner, now.Add(out.o.Lease), out.networks())
	if err != nil && ctx.Err() == nil {
		out.troubles.Add(1)
	}
	return c, ok, wake, err
}

// Stats returns the counts so far.
func (out *Outbox) Stats() Stats {
	return Stats{
		Sent: out.sent.Load(), Found: out.found.Load(), Later: out.later.Load(), Unknown: out.unknown.Load(),
		Dead: out.dead.Load(), Expired: out.expired.Load(), Troubles: out.troubles.Load(),
	}
}
