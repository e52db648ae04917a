package inbox

import (
	"context"
	"errors"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

const (
	maxTries  = 3
	maxBegun  = 8           // tries after which a message is suspected of killing the process
	firstWait = time.Second // at most, after the first failed try; four times as long after the second
	maxWait   = time.Minute

	// A reply that could not be said for so long would only puzzle.
	replyLasts = 24 * time.Hour
)

type step int

const (
	nothing   step = iota // nothing is due
	done                  // one message was handled, or its try has failed
	elsewhere             // another process is at the message that is due
)

// next handles the next message; long is what is done with one that takes long. Its errors are the store's, or that of
// ctx.
func (in *Inbox) next(ctx context.Context, long func(context.Context, bot.Waiting, Think) (step, error)) (step, time.Time, error) {
	in.handling.Lock()
	defer in.handling.Unlock()
	if err := ctx.Err(); err != nil {
		return nothing, time.Time{}, err
	}
	w, ok, wake, err := in.store.NextMessage(ctx, in.o.Now(), in.underway.all()...)
	s := nothing
	if err == nil && ok {
		if think := in.think(w.Message); think != nil {
			s, err = long(ctx, w, think)
		} else {
			s, err = in.handle(ctx, w, in.attempt)
		}
	}
	if err != nil && ctx.Err() == nil {
		in.troubles.Add(1)
	}
	return s, wake, err
}

// An attempt has a message handled once. called tells whether the handler was reached: before that an error is the
// store's alone.
type attempt func(context.Context, bot.Message) (taken, called bool, err error)

func (in *Inbox) handle(ctx context.Context, w bot.Waiting, attempt attempt) (step, error) {
	m, key, began := w.Message, w.Message.Key(), in.o.Now()
	finished := func(outcome string) (step, error) {
		in.o.Observe(in.o.Now().Sub(began), outcome)
		if outcome != "again" {
			in.counted.remove(key)
			in.o.Handled()
		}
		return done, nil
	}
	setAside := func() (step, error) {
		if err := in.setAside(ctx, m); err != nil {
			return nothing, err
		}
		return finished("aside")
	}
	if w.Tries >= maxBegun {
		in.o.Log.Error("a message was set aside: handling it was begun too often", "message", key, "tries", w.Tries)
		return setAside()
	}
	// It may have killed the process before this one: the try must stand before it is made.
	counts := w.Stored.Before(in.began) && !in.counted.has(key)
	if counts {
		if err := in.store.CountTry(ctx, key); err != nil {
			return nothing, err
		}
		in.counted.add(key)
	}
	taken, called, err := attempt(ctx, m)
	if err == nil && !taken {
		in.counted.remove(key)
		return elsewhere, nil
	}
	if err == nil {
		in.handled.Add(1)
		return finished("handled")
	}
	if ctx.Err() != nil {
		if counts {
			in.uncount(ctx, w)
		}
		return nothing, ctx.Err()
	}
	if !called {
		return nothing, err
	}
	if problem, ok := errors.AsType[*bot.Problem](err); ok {
		if err = in.finishWithWords(ctx, m, problem.Reply); err == nil {
			in.problems.Add(1)
			return finished("problem")
		}
		if ctx.Err() != nil {
			return nothing, ctx.Err()
		}
	}
	tries := w.Tries + 1
	in.logFailure(m, tries, err)
	if tries >= maxTries {
		return setAside()
	}
	wait := failure.Backoff{First: firstWait, Max: maxWait, Chance: in.o.Chance}.Wait(2 * w.Tries)
	if err := in.store.PutBackMessage(ctx, key, tries, in.o.Now().Add(wait)); err != nil {
		return nothing, err
	}
	in.again.Add(1)
	return finished("again")
}

// attempt has m handled in one transaction.
func (in *Inbox) attempt(ctx context.Context, m bot.Message) (taken, called bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, in.o.HandleTimeout)
	defer cancel()
	defer failure.Recover(&err)
	now := in.o.Now()
	taken, err = in.store.HandleMessage(ctx, m.Key(), now, func(ctx context.Context) (a bot.Answer, err error) {
		called = true
		defer failure.Recover(&err)
		if a, err = in.handler(ctx, m); err != nil {
			return bot.Answer{}, err
		}
		return in.replying(m, a, now), nil
	})
	return taken, called, err
}

// replying turns the reply of a into its first post.
func (in *Inbox) replying(m bot.Message, a bot.Answer, now time.Time) bot.Answer {
	reply, rest, where := a.Reply, a.Rest, m.Where
	a.Reply, a.Rest = nil, nil
	if where.InRoom() && where.Thread == "" {
		where.Thread = m.Begins
	}
	if len(reply) == 0 {
		return a
	}
	if m.Ours() {
		in.o.Log.Error("a handler replied where nobody spoke; the reply is dropped", "message", m.Key(), "kind", m.Kind, "for", m.For)
		return a
	}
	a.Posts = append([]bot.Post{{
		Key: "reply/" + m.Key(), Where: where, Reply: reply, Rest: rest, To: m.ID, For: m.From.ID,
		Urgency: bot.AtOnce, NotAfter: now.Add(replyLasts),
	}}, a.Posts...)
	return a
}

// finishWithWords marks m handled, with words to whoever spoke. Where nobody did, m is set aside, since
// there is nobody whom its problem could be told.
func (in *Inbox) finishWithWords(ctx context.Context, m bot.Message, words bot.Reply) error {
	now := in.o.Now()
	return in.store.FinishMessage(ctx, m.Key(), now, in.refusing(m, words, now), m.Ours())
}

// refusing is an answer that says why nothing was done.
func (in *Inbox) refusing(m bot.Message, words bot.Reply, now time.Time) bot.Answer {
	a := in.replying(m, bot.Answer{Reply: words}, now)
	for i := range a.Posts {
		a.Posts[i].Refused = true
	}
	return a
}

func (in *Inbox) setAside(ctx context.Context, m bot.Message) error {
	now := in.o.Now()
	var a bot.Answer
	if m.Kind == bot.Said && m.ToUs {
		a = in.refusing(m, in.o.Apology, now)
	}
	if err := in.store.FinishMessage(ctx, m.Key(), now, a, true); err != nil {
		return err
	}
	in.aside.Add(1)
	return nil
}

// uncount takes a counted try back: the process is stopping, and that is not the message's fault.
func (in *Inbox) uncount(ctx context.Context, w bot.Waiting) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	var due time.Time
	if w.Message.Kind == bot.Due {
		due = w.Message.At
	}
	if err := in.store.PutBackMessage(ctx, w.Message.Key(), w.Tries, due); err != nil {
		in.o.Log.Warn("a try could not be taken back", "message", w.Message.Key(), "error", failure.Redact(err))
	}
}

func (in *Inbox) logFailure(m bot.Message, tries int, err error) {
	args := []any{"message", m.Key(), "kind", m.Kind, "try", tries, "error", failure.Redact(err, m.Text, m.From.Name)}
	if p, ok := errors.AsType[*failure.Panic](err); ok {
		args = append(args, "stack", p.Stack)
	}
	in.o.Log.Error("a message could not be handled", args...)
}
