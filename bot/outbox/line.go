package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

const (
	firstHold = 2 * time.Second
	maxHold   = 5 * time.Minute
	// How often a network that is not ready is asked whether it is.
	readyPoll = 100 * time.Millisecond
	// Whoever was left behind in a room may still say it, so nothing else is said there for so long, or until it returns.
	leftRest = 10 * time.Minute
)

// A line is the way to one network: its workers, its pace, and what holds it up.
type line struct {
	out     *Outbox
	network bot.Network
	adapter bot.Adapter
	wake    chan struct{}
	stop    context.CancelFunc // of run; nil before

	mu           sync.Mutex
	busy         int                  // workers at work, those left behind among them
	left         int                  // calls that were left behind and go on
	next         time.Time            // when the pace lets the next sending begin
	resting      map[string]time.Time // lanes, and until when nothing is said there
	held         time.Time            // nothing is said until then
	holds        int                  // how often it was held since something was said
	heldBy       error
	unready      error // what Ready said last
	unreadySince time.Time
}

func newLine(out *Outbox, n bot.Network, a bot.Adapter) *line {
	return &line{out: out, network: n, adapter: a, wake: make(chan struct{}, 1), resting: map[string]time.Time{}}
}

func (l *line) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run delivers the posts of the network until ctx ends.
func (l *line) run(ctx context.Context) {
	out := l.out
	again := failure.Backoff{First: 20 * time.Millisecond, Max: 10 * time.Second, Chance: out.o.Chance}
	var sending sync.WaitGroup
	defer sending.Wait()
	for failed := 0; ctx.Err() == nil; {
		if wait := l.wait(); wait > 0 {
			l.rest(ctx, wait)
			continue
		}
		c, ok, wake, err := l.claim(ctx)
		switch {
		case ok:
			failed = 0
			sending.Go(func() {
				defer l.done()
				out.deliver(ctx, l, c)
			})
			continue
		case ctx.Err() != nil:
		case err != nil:
			l.release()
			out.o.Log.Error("the outbox cannot reach its store", "network", l.network, "error", failure.Redact(err))
			l.rest(ctx, again.Wait(failed))
			failed++
			continue
		}
		l.release()
		l.rest(ctx, l.until(wake))
	}
}

// rest waits for d, for a call or for the end of ctx.
func (l *line) rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-l.wake:
	case <-t.C:
	}
}

// until is how long to wait for wake, or for a lane that rests, at most the poll.
func (l *line) until(wake time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, wait := l.out.o.Now(), l.out.o.Poll
	for _, at := range append(slices.Collect(maps.Values(l.resting)), wake) {
		if at.After(now) {
			wait = min(wait, at.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

// wait takes a worker, or tells how long to wait for one, for the network or for the pace.
func (l *line) wait() time.Duration {
	ready, pace := l.ready(), l.pace()
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.out.o.Now()
	switch {
	case !ready:
		return min(l.out.o.Poll, readyPoll)
	case l.busy >= pace.AtOnce:
		return l.out.o.Poll
	case l.holds > 0 && l.busy > l.left: // whether the network is back is tried with one
		return l.out.o.Poll
	case l.held.After(now):
		return min(l.held.Sub(now), l.out.o.Poll)
	case l.next.After(now):
		return l.next.Sub(now)
	}
	l.busy++
	return 0
}

// release gives a worker back.
func (l *line) release() {
	l.mu.Lock()
	l.busy--
	l.mu.Unlock()
}

// done gives a worker back that there may be work for.
func (l *line) done() {
	l.release()
	l.rouse()
}

// claim leases the next post and keeps the pace. A worker was taken for it.
func (l *line) claim(ctx context.Context) (bot.Claimed, bool, time.Time, error) {
	out := l.out
	now := out.o.Now()
	l.mu.Lock()
	maps.DeleteFunc(l.resting, func(_ string, until time.Time) bool { return !until.After(now) })
	resting := slices.Collect(maps.Keys(l.resting))
	l.mu.Unlock()
	c, ok, wake, err := out.store.ClaimPost(ctx, now, out.o.Owner, now.Add(out.o.Lease), l.network, resting)
	if err != nil && ctx.Err() == nil {
		out.troubles.Add(1)
	}
	if ok {
		pace := l.pace()
		l.mu.Lock()
		l.next = now.Add(pace.Network)
		if pace.Room > 0 {
			l.resting[c.Where.Lane()] = now.Add(pace.Room)
		}
		l.mu.Unlock()
	}
	return c, ok, wake, err
}

// drain delivers what is due on the network, if it can be spoken to.
func (l *line) drain(ctx context.Context) (did bool, err error) {
	for l.ready() {
		l.mu.Lock()
		held := l.held.After(l.out.o.Now())
		l.mu.Unlock()
		if held {
			break
		}
		c, ok, _, err := l.claim(ctx)
		if err != nil || !ok {
			return did, err
		}
		did = true
		l.out.deliver(ctx, l, c)
		if err := ctx.Err(); err != nil {
			return did, err
		}
	}
	return did, nil
}

// hold has nothing said on the network for a while: what err says, or longer and longer.
func (l *line) hold(after time.Duration, err error) (until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if after <= 0 {
		after = failure.Backoff{First: firstHold, Max: maxHold, Chance: l.out.o.Chance}.Wait(l.holds)
	}
	if l.holds == 0 {
		l.out.o.Log.Warn("a network has to wait", "network", l.network, "error", failure.Redact(err))
	}
	l.holds++
	l.heldBy = err
	if at := l.out.o.Now().Add(after); at.After(l.held) {
		l.held = at
	}
	return l.held
}

// spoke ends a hold: the network took something.
func (l *line) spoke() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holds, l.heldBy, l.held = 0, nil, time.Time{}
}
