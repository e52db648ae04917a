package outbox

import (
	"context"
	"errors"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

var errLeft = errors.New("it went on after its time was over, and was left behind")

// call has f call the adapter, and leaves it behind when it goes on after ctx has ended: an adapter that hangs takes one
// worker of its own network until it comes back, and nothing else. Nothing is said meanwhile in the lane.
func call[T any](ctx context.Context, l *line, lane string, f func(context.Context) (T, error)) (T, error) {
	type result struct {
		t   T
		err error
	}
	ended := make(chan result, 1)
	go func() {
		var r result
		defer func() { ended <- r }()
		defer failure.Recover(&r.err)
		r.t, r.err = f(ctx)
	}()
	select {
	case r := <-ended:
		return r.t, r.err
	case <-ctx.Done():
	}
	over := time.NewTimer(l.out.o.Overrun)
	defer over.Stop()
	select {
	case r := <-ended:
		return r.t, r.err
	case <-over.C:
	}
	back := l.leave(lane)
	go func() {
		<-ended
		back()
	}()
	var none T
	return none, errLeft
}

// leave counts a call that was left behind, and takes a worker for it until back is called.
func (l *line) leave(lane string) (back func()) {
	l.out.left.Add(1)
	until := l.out.o.Now().Add(leftRest)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy++
	l.left++
	l.resting[lane] = until
	l.out.o.Log.Error("a call of a network goes on for too long and was left behind", "network", l.network, "left", l.left)
	return func() {
		l.mu.Lock()
		l.left--
		if l.resting[lane].Equal(until) {
			delete(l.resting, lane)
		}
		l.mu.Unlock()
		l.done()
	}
}

// ready tells whether the network can be spoken to, and remembers since when it cannot.
func (l *line) ready() bool {
	r, can := l.adapter.(bot.Readier)
	if !can {
		return true
	}
	err := func() (err error) {
		defer failure.Recover(&err)
		return r.Ready()
	}()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil && l.unready == nil {
		l.unreadySince = l.out.o.Now()
	}
	l.unready = err
	return err == nil
}

// pace is the pace of the network, with a number of workers in it.
func (l *line) pace() (p bot.Pace) {
	if r, can := l.adapter.(bot.Pacer); can {
		func() {
			var err error
			defer failure.Recover(&err)
			p = r.Pace()
		}()
	}
	if p.AtOnce <= 0 {
		p.AtOnce = l.out.o.Workers
	}
	return p
}

// Health is how it stands with one network.
type Health struct {
	Network bot.Network
	Busy    int   // posts being sent
	Left    int   // calls that were left behind and go on
	Unready error // why it cannot be spoken to; nil when it can
	Since   time.Time
	Held    time.Time // nothing is said before; zero when it is not held
	HeldBy  error
}

// Health tells how it stands with each network that was added.
func (out *Outbox) Health() []Health {
	var all []Health
	for _, l := range out.served() {
		l.ready()
		l.mu.Lock()
		h := Health{Network: l.network, Busy: l.busy - l.left, Left: l.left, Unready: l.unready, HeldBy: l.heldBy}
		if l.unready != nil {
			h.Since = l.unreadySince
		}
		if l.holds > 0 {
			h.Held = l.held
		}
		l.mu.Unlock()
		all = append(all, h)
	}
	return all
}
