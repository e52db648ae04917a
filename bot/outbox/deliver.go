package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/failure"
)

const (
	// A post that is asked to wait is tried so often; with the waits below that is three to seven hours. A network that
	// takes nothing at all is waited for as long as it needs.
	maxLater = 50
	// Where nobody can tell, every further try may be a twin, so there is one.
	maxBlind = 2
	// An answer that never comes ends too. Processes that died while they sent count, and so it is more where the network
	// can be asked whether it was said: then no try makes a twin.
	maxUnknown = 6
	maxSought  = 60

	firstWait = 2 * time.Second
	maxWait   = 10 * time.Minute

	// What waits for words that nobody can draw is looked at so often: a program of another version may know how.
	drawerWait = 5 * time.Minute
)

// An outcome is what came of one attempt.
type outcome struct {
	what string
	end  func(ctx context.Context) error // records it
}

// deliver makes one attempt to say a post and records what came of it. The end of ctx lets a sending go on
// for the grace; what has no answer then is unknown.
func (out *Outbox) deliver(ctx context.Context, l *line, c bot.Claimed) {
	began := out.o.Now()
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), out.o.SendTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(out.o.Grace, cancel)
		context.AfterFunc(sending, func() { t.Stop() })
	})
	defer stop()
	result := (&attempt{Outbox: out, line: l, c: c, began: began, lane: c.Where.Lane(), unknown: c.Unknown}).make(sending)
	out.o.Observe(out.o.Now().Sub(began), result.what)
	out.record(ctx, c, result)
}

// record writes an outcome down, against a store that may be slow to come back: what was said must not be forgotten
// while this process lives.
func (out *Outbox) record(ctx context.Context, c bot.Claimed, result outcome) {
	recording, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(max(out.o.Lease-out.o.SendTimeout, time.Second), cancel)
		context.AfterFunc(recording, func() { t.Stop() })
	})
	defer stop()
	again := failure.Backoff{First: 20 * time.Millisecond, Max: time.Second, Chance: out.o.Chance}
	for failed := 0; ; failed++ {
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
			out.o.Log.Error("what came of a post could not be recorded", "post", c.Key, "outcome", result.what, "error", failure.Redact(err))
			return
		case <-time.After(again.Wait(failed)):
		}
	}
}

// An attempt is one post on its way through one adapter.
type attempt struct {
	*Outbox
	line    *line
	c       bot.Claimed
	began   time.Time
	lane    string
	unknown bool // it may have been said before this attempt, as far as is known by now
}

func (a *attempt) make(ctx context.Context) outcome {
	p := a.c.Post
	id, editor, end := a.edits(ctx)
	if end != nil {
		return *end
	}
	// A change and a page are made again without harm.
	repeatable := editor != nil || p.Where.Home
	if a.unknown && !repeatable {
		if end := a.find(ctx); end != nil {
			return *end
		}
	}
	if a.c.Stopped {
		return a.skip()
	}
	if !p.NotAfter.IsZero() && p.NotAfter.Before(a.began) {
		return a.finish(bot.PostExpired, &a.expired)
	}
	if a.o.Hears != nil {
		wanted, err := a.o.Hears(ctx, p, a.began)
		if err != nil {
			a.log("whether a post is wanted could not be told", err)
			return a.later(err, 0)
		}
		if !wanted {
			return a.skip()
		}
	}
	if p.Daytime && a.o.Daytime != nil {
		at, err := a.o.Daytime(ctx, a.began)
		if err != nil {
			a.o.Log.Error("whether a post may be said now could not be told", "post", p.Key, "error", failure.Redact(err))
			at = a.began.Add(a.wait())
		}
		if at.After(a.began) {
			return a.putBack("later", at, a.c.Tries)
		}
	}
	if end := a.draw(ctx, &p); end != nil {
		return *end
	}
	if editor != nil {
		_, err := call(ctx, a.line, a.lane, func(ctx context.Context) (struct{}, error) { return struct{}{}, editor.Edit(ctx, id, p) })
		if !errors.Is(err, bot.ErrCannotEdit) {
			return a.outcome(id, err)
		}
		if p.OnlyEdit {
			return a.skip()
		}
		if a.unknown {
			if end := a.find(ctx); end != nil {
				return *end
			}
		}
	}
	if p.Where.Gather != "" && p.Where.Room == "" {
		if end := a.open(ctx, &p); end != nil {
			return *end
		}
	}
	id, err := call(ctx, a.line, a.lane, func(ctx context.Context) (bot.MessageID, error) { return a.line.adapter.Send(ctx, p) })
	return a.outcome(id, err)
}

// edits is the message that the post changes and who can do so; editor is nil when it is said by itself.
func (a *attempt) edits(ctx context.Context) (id bot.MessageID, editor bot.Editor, end *outcome) {
	p := a.c.Post
	if p.Instead == "" {
		return "", nil, nil
	}
	id, said, err := a.store.SentID(ctx, p.Instead)
	if err != nil {
		return "", nil, new(a.later(err, 0))
	}
	if said {
		editor, _ = a.line.adapter.(bot.Editor)
	}
	if editor == nil && p.OnlyEdit {
		return "", nil, new(a.skip())
	}
	return id, editor, nil
}

// find looks for a post that may have been said; end is nil when it is to be said now.
func (a *attempt) find(ctx context.Context) (end *outcome) {
	p := a.c.Post
	if p.Where.Gather != "" && p.Where.Room == "" {
		a.unknown = false // its room was never opened
		return nil
	}
	finder, can := a.line.adapter.(bot.Finder)
	err := bot.ErrCannotTell
	if can {
		type found struct {
			id bot.MessageID
			ok bool
		}
		var f found
		f, err = call(ctx, a.line, a.lane, func(ctx context.Context) (f found, err error) {
			f.id, f.ok, err = finder.Find(ctx, p)
			return f, err
		})
		if err == nil && f.ok {
			a.found.Add(1)
			return new(a.said(f.id, "found"))
		}
	}
	send, known := bot.Outcome(err)
	switch {
	case err == nil:
		a.unknown = false
		return nil
	case errors.Is(err, bot.ErrCannotTell):
		if a.c.Tries >= maxBlind && !a.c.Stopped {
			return new(a.kill(errors.New("it may have been said, and nobody can tell")))
		}
		a.unknown = false // whatever comes of it, it is taken as not said
		return nil
	case known && send.Wait:
		return new(a.putBack("later", a.line.hold(send.After, err), a.c.Tries))
	case known && !send.Final:
		return new(a.unsure(err, a.c.Tried, send.After))
	}
	return new(a.unsure(fmt.Errorf("look for it: %w", err), a.c.Tried, 0))
}

// draw has the words made that are not stored; end is nil when there are some.
func (a *attempt) draw(ctx context.Context, p *bot.Post) (end *outcome) {
	if p.Draw == "" {
		return nil
	}
	drawer := a.o.Drawers[p.Draw]
	if drawer == nil {
		a.o.Log.Error("nobody knows the words of a post", "post", p.Key, "draw", p.Draw)
		return new(a.putBack("later", a.o.Now().Add(drawerWait), a.c.Tries))
	}
	words, say, err := func() (words bot.Reply, say bool, err error) {
		defer failure.Recover(&err)
		return drawer(ctx, *p, a.o.Now())
	}()
	switch {
	case err != nil:
		a.log("the words of a post could not be drawn", err)
		return new(a.later(err, 0))
	case !say:
		return new(a.skip())
	}
	p.Reply = words
	if p.Where.Gather == "" || p.Where.Room != "" {
		return a.offer(ctx, *p)
	}
	return nil
}

// open finds or opens the room for several people. Opening twice is safe, so nothing is said until it stands.
func (a *attempt) open(ctx context.Context, p *bot.Post) (end *outcome) {
	w := p.Where
	title := w.Title
	if title == "" {
		title = w.Gather
	}
	room, err := call(ctx, a.line, a.lane, func(ctx context.Context) (bot.RoomID, error) {
		return a.line.adapter.Room(ctx, w.Gather, w.People, title)
	})
	if err == nil {
		if err = clean.CheckID(room); err != nil {
			err = bot.SendNever(err)
		}
	}
	if err != nil {
		if _, known := bot.Outcome(err); !known {
			err = bot.SendLater(err, 0)
		}
		return new(a.outcome("", err))
	}
	p.Where.Room = room
	if err := a.store.PutGatherRoom(ctx, w.Network, w.Gather, room); err != nil {
		return new(a.later(err, 0))
	}
	return a.offer(ctx, *p)
}

func (a *attempt) offer(ctx context.Context, p bot.Post) (end *outcome) {
	if err := a.store.OfferPost(ctx, p, a.o.Now()); err != nil {
		return new(a.later(err, 0))
	}
	return nil
}

// outcome sorts what an adapter answered to a sending.
func (a *attempt) outcome(id bot.MessageID, err error) outcome {
	if err == nil {
		a.sent.Add(1)
		return a.said(id, "sent")
	}
	send, known := bot.Outcome(err)
	switch {
	case !known:
		return a.unsure(err, a.began, 0)
	case send.Wait:
		a.Outbox.later.Add(1)
		return a.putBack("later", a.line.hold(send.After, err), a.c.Tries)
	case send.Final:
		return a.kill(err)
	}
	return a.later(err, send.After)
}

func (a *attempt) wait() time.Duration {
	return failure.Backoff{First: firstWait, Max: maxWait, Chance: a.o.Chance}.Wait(a.c.Tries)
}

func (a *attempt) said(id bot.MessageID, what string) outcome {
	a.line.spoke()
	if clean.CheckID(id) != nil {
		id = "said" // an adapter without ids, or one that lies about them
	}
	return outcome{what, func(ctx context.Context) error {
		return a.store.SentPost(ctx, a.c.Key, a.o.Owner, id, a.o.Now())
	}}
}

// putBack has the post tried again at due, after so many tries that count.
func (a *attempt) putBack(what string, due time.Time, tries int) outcome {
	back := bot.PutBack{Due: due, Tries: tries, Unknown: a.unknown, Tried: a.c.Tried}
	return outcome{what, func(ctx context.Context) error {
		return a.store.PutBackPost(ctx, a.c.Key, a.o.Owner, back, a.o.Now())
	}}
}

// later puts a post back that was certainly not said by this attempt.
func (a *attempt) later(err error, after time.Duration) outcome {
	if a.c.Tries+1 >= maxLater {
		return a.kill(fmt.Errorf("after %d tries: %w", a.c.Tries+1, err))
	}
	a.Outbox.later.Add(1)
	return a.putBack("later", a.o.Now().Add(max(after, a.wait())), a.c.Tries+1)
}

// unsure puts a post back that may have been said by the attempt at tried.
func (a *attempt) unsure(err error, tried time.Time, after time.Duration) outcome {
	c := a.c
	most := maxUnknown
	if _, can := a.line.adapter.(bot.Finder); can {
		most = maxSought
	}
	if c.Unknown && c.Tries+1 >= most {
		return a.kill(err)
	}
	a.Outbox.unknown.Add(1)
	a.log("nobody knows whether a post was said", err)
	if !c.Tried.IsZero() {
		tried = c.Tried // look from the first attempt on
	}
	back := bot.PutBack{Due: a.o.Now().Add(max(after, a.wait())), Tries: c.Tries + 1, Unknown: true, Tried: tried}
	return outcome{"unknown", func(ctx context.Context) error {
		return a.store.PutBackPost(ctx, c.Key, a.o.Owner, back, a.o.Now())
	}}
}

func (a *attempt) skip() outcome { return a.finish(bot.PostSkipped, &a.skipped) }

// kill gives a post up.
func (a *attempt) kill(err error) outcome {
	a.log("a post was given up", err)
	return a.finish(bot.PostDead, &a.dead)
}

// finish ends a post that was not said, and tells the command that it names for that.
func (a *attempt) finish(state bot.PostState, count *atomic.Int64) outcome {
	count.Add(1)
	var told []bot.Message
	if a.c.GivenUp != "" && state != bot.PostSkipped {
		told = append(told, a.c.Failure(a.o.Now()))
	}
	return outcome{string(state), func(ctx context.Context) error {
		return a.store.FinishPost(ctx, a.c.Key, a.o.Owner, state, a.o.Now(), told...)
	}}
}

func (a *attempt) log(what string, err error) {
	args := []any{"post", a.c.Key, "network", a.line.network, "try", a.c.Tries + 1, "error", failure.Redact(err, a.c.Reply.Plain())}
	if p, ok := errors.AsType[*failure.Panic](err); ok {
		args = append(args, "stack", p.Stack)
	}
	a.o.Log.Error(what, args...)
}
