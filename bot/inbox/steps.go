package inbox

import (
	"context"
	"slices"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// Steps finds how a message that takes long is thought of; nil for all others.
type Steps func(bot.Message) Think

// Think thinks of a message outside any transaction, and returns what is to be written; see bot.Command.Steps.
type Think = func(context.Context) ([]bot.Step, error)

func (in *Inbox) think(m bot.Message) Think {
	if in.o.Steps == nil {
		return nil
	}
	return in.o.Steps(m)
}

// inline handles a message that takes long while all others wait.
func (in *Inbox) inline(ctx context.Context, w bot.Waiting, think Think) (step, error) {
	return in.handle(ctx, w, in.inSteps(think))
}

// beside handles a message that takes long while others are handled. Its steps are transactions beside theirs, as those of
// another process would be.
func (in *Inbox) beside(ctx context.Context, w bot.Waiting, think Think) (step, error) {
	key := w.Message.Key()
	in.underway.add(key)
	in.apart.Go(func() {
		s, err := in.handle(ctx, w, in.inSteps(think))
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			in.troubles.Add(1)
			in.o.Log.Error("the inbox cannot reach its store", "error", failure.Redact(err))
			in.rest(ctx, time.Second+in.o.Chance(time.Second), nil)
		case s == elsewhere:
			in.rest(ctx, in.o.Poll/2+in.o.Chance(in.o.Poll/2), nil)
		}
		in.underway.remove(key)
		in.look()
	})
	return done, nil
}

// inSteps is the attempt that thinks first and then writes, step by step.
func (in *Inbox) inSteps(think Think) attempt {
	return func(ctx context.Context, m bot.Message) (taken, called bool, err error) {
		ctx, cancel := context.WithTimeout(ctx, in.o.HandleTimeout)
		defer cancel()
		defer failure.Recover(&err)
		called = true
		steps, err := think(ctx)
		if err != nil {
			return true, true, err
		}
		if len(steps) == 0 {
			steps = []bot.Step{func(context.Context) (bot.Answer, error) { return bot.Answer{}, nil }}
		}
		for n, s := range steps {
			if taken, err = in.step(ctx, m, s, n == len(steps)-1); err != nil || !taken {
				break
			}
		}
		return taken, true, err
	}
}

func (in *Inbox) step(ctx context.Context, m bot.Message, s bot.Step, last bool) (taken bool, err error) {
	now := in.o.Now()
	taken, err = in.store.HandleStep(ctx, m.Key(), now, last, func(ctx context.Context) (a bot.Answer, err error) {
		defer failure.Recover(&err)
		if a, err = s(ctx); err != nil {
			return bot.Answer{}, err
		}
		return in.replying(m, a, now), nil
	})
	if err == nil && !last {
		in.o.Handled() // there may be posts
	}
	return taken, err
}

// keys are keys of messages, for several goroutines.
type keys struct {
	mu   sync.Mutex
	list []string
}

func (k *keys) add(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Contains(k.list, key) {
		k.list = append(k.list, key)
	}
}

func (k *keys) remove(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = slices.DeleteFunc(k.list, func(other string) bool { return other == key })
}

func (k *keys) has(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(k.list, key)
}

func (k *keys) all() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.list)
}
