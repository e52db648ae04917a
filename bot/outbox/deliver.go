package outbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"ginnel/bot"
)

const (
	// A network that asks us to wait is asked so often; with the waits below that is some hours.
	mostLater = 12
	// Where nobody can tell, every further try may be a twin, so there is one.
	mostBlind = 2
	// An answer that never comes ends too. Processes that died while they sent count, and so it is more where the network
	// can be asked whether it was said: then no try makes a twin.
	mostUnknown = 6
	mostSought  = 60

	firstWait   = 2 * time.Second
	longestWait = 10 * time.Minute
)

// An outcome is what came of one attempt.
type outcome struct {
	what string
	end  func(ctx context.Context) error // records it
}

// deliver makes one attempt to say a post and records what came of it. The end of ctx lets a sending go on
// for the grace; what has no answer then is unknown.
func (out *Outbox) deliver(ctx context.Context, c bot.Claimed) {
	began := out.o.Now()
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), out.o.SendTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(out.o.Grace, cancel)
		context.AfterFunc(sending, func() { t.Stop() })
	})
	defer stop()
	result := out.attempt(sending, c, began)
	out.o.Observe(out.o.Now().Sub(began), result.what)
	out.record(ctx, c, result)
}

// record writes an outcome down, against a store that may be slow to come back: what was said must not be
// forgotten while the lease lasts.
func (out *Outbox) record(ctx context.Context, c bot.Claimed, result outcome) {
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(out.o.Lease-out.o.SendTimeout, time.Second))
	defer cancel()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := result.end(recording)
		if err == nil {
			return
		}
		if errors.Is(err, bot.ErrNotFound) {
			out.o.Log.Warn("the lease of a post was lost while it was sent", "post", c.Key, "outcome", result.what)
			return
		}
		out.troubles.Add(1)
		select {
		case <-recording.Done():
			out.o.Log.Error("what came of a post could not be recorded", "post", c.Key, "outcome", result.what, "error", err)
			return
		case <-time.After(pause):
		}
	}
}

func (out *Outbox) attempt(ctx context.Context, c bot.Claimed, began time.Time) outcome {
	a := out.adapter(c.Where.Network)
	if a == nil { // removed since it was claimed
		return out.putBack(c, "later", began, c.Unknown)
	}
	if c.Unknown {
		if finder, can := a.(bot.Finder); can {
			id, found, err := find(ctx, finder, c.Post)
			switch {
			case err != nil:
				return out.unsure(c, fmt.Errorf("look for it: %w", err), c.Tried)
			case found:
				out.found.Add(1)
				return out.said(c, id, "found")
			}
		} else if c.Tries >= mostBlind {
			return out.kill(c, errors.New("it may have been said, and nobody can tell"))
		}
	}
	if !c.NotAfter.IsZero() && c.NotAfter.Before(began) {
		out.expired.Add(1)
		return outcome{"expired", func(ctx context.Context) error {
			return out.store.FinishPost(ctx, c.Key, out.o.Owner, bot.PostExpired, out.o.Now())
		}}
	}
	if c.Daytime && out.o.Daytime != nil {
		at, err := out.o.Daytime(ctx, began)
		if err != nil {
			out.o.Log.Error("whether a post may be said now could not be told", "post", c.Key, "error", err)
			at = began.Add(backOff(c.Tries))
		}
		if at.After(began) {
			return out.putBack(c, "later", at, false)
		}
	}
	id, err := out.say(ctx, a, c.Post)
	if err == nil {
		out.sent.Add(1)
		return out.said(c, id, "sent")
	}
	send, known := bot.Outcome(err)
	switch {
	case !known:
		return out.unsure(c, err, began)
	case send.Final:
		return out.kill(c, err)
	case c.Tries+1 >= mostLater:
		return out.kill(c, fmt.Errorf("after %d tries: %w", c.Tries+1, err))
	}
	out.later.Add(1)
	wait := max(send.After, out.o.Jitter(backOff(c.Tries)))
	return out.putBack(c, "later", out.o.Now().Add(wait), false)
}

func backOff(tries int) time.Duration {
	return min(firstWait<<min(tries, 20), longestWait)
}

// say sends a post, or changes the message that it replaces.
func (out *Outbox) say(ctx context.Context, a bot.Adapter, p bot.Post) (id bot.MessageID, err error) {
	defer caught(&err)
	if len(p.Where.People) > 1 && p.Where.Room == "" {
		if p.Where.Room, err = out.room(ctx, a, p.Where); err != nil {
			return "", err
		}
	}
	if editor, can := a.(bot.Editor); can && p.Instead != "" {
		id, ok, err := out.store.SentID(ctx, p.Instead)
		if err != nil {
			return "", bot.SendLater(err, 0)
		}
		if ok {
			return id, editor.Edit(ctx, id, p)
		}
	}
	return a.Send(ctx, p)
}

// room finds or opens the room for several people. Opening twice is safe, so nothing is said until it stands.
func (out *Outbox) room(ctx context.Context, a bot.Adapter, where bot.Address) (bot.RoomID, error) {
	room, err := out.store.GatherRoom(ctx, where.Network, where.Gather)
	if err != nil {
		return "", bot.SendLater(err, 0)
	}
	if room != "" {
		return room, nil
	}
	room, err = a.Room(ctx, where.Gather, where.People, where.Gather)
	if err != nil {
		if _, known := bot.Outcome(err); !known {
			err = bot.SendLater(err, 0)
		}
		return "", err
	}
	if err := out.store.PutGatherRoom(ctx, where.Network, where.Gather, room); err != nil {
		return "", bot.SendLater(err, 0)
	}
	return room, nil
}

func find(ctx context.Context, f bot.Finder, p bot.Post) (id bot.MessageID, found bool, err error) {
	defer caught(&err)
	return f.Find(ctx, p)
}

// caught, deferred, makes a panic an error of unknown outcome.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic of a %T\n%s", p, debug.Stack())
	}
}

func (out *Outbox) said(c bot.Claimed, id bot.MessageID, what string) outcome {
	if id == "" {
		id = "said" // an adapter without ids
	}
	return outcome{what, func(ctx context.Context) error {
		return out.store.SentPost(ctx, c.Key, out.o.Owner, id, out.o.Now())
	}}
}

func (out *Outbox) putBack(c bot.Claimed, what string, due time.Time, unknown bool) outcome {
	tried := c.Tried
	return outcome{what, func(ctx context.Context) error {
		return out.store.PutBackPost(ctx, c.Key, out.o.Owner, due, unknown, tried)
	}}
}

// unsure puts a post back that may have been said by the attempt at tried.
func (out *Outbox) unsure(c bot.Claimed, err error, tried time.Time) outcome {
	most := mostUnknown
	if _, can := out.adapter(c.Where.Network).(bot.Finder); can {
		most = mostSought
	}
	if c.Unknown && c.Tries+1 >= most {
		return out.kill(c, err)
	}
	out.unknown.Add(1)
	out.o.Log.Warn("nobody knows whether a post was said", "post", c.Key, "try", c.Tries+1, "error", err)
	if !c.Tried.IsZero() {
		tried = c.Tried // look from the first attempt on
	}
	wait := out.o.Jitter(backOff(c.Tries))
	return outcome{"unknown", func(ctx context.Context) error {
		return out.store.PutBackPost(ctx, c.Key, out.o.Owner, out.o.Now().Add(wait), true, tried)
	}}
}

// kill gives a post up, and tells whoever handles that.
func (out *Outbox) kill(c bot.Claimed, err error) outcome {
	out.dead.Add(1)
	out.o.Log.Error("a post was given up", "post", c.Key, "tries", c.Tries+1, "error", err)
	return outcome{"dead", func(ctx context.Context) error {
		now := out.o.Now()
		return out.store.FinishPost(ctx, c.Key, out.o.Owner, bot.PostDead, now, bot.Message{
			ID: bot.MessageID("failed/" + c.Key), Kind: bot.Failed, For: c.GivenUp, Text: c.Key, Where: bot.Address{Network: c.Where.Network}, At: now,
		})
	}}
}
