package inbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"ginnel/bot"
)

// long makes an inbox in which messages for “round” take long: think is asked for their steps.
func long(s Store, think Think) *Inbox {
	in := newInbox(s, echo, nil)
	in.o.Steps = func(m bot.Message) Think {
		if m.For != "round" {
			return nil
		}
		return think
	}
	return in
}

// post is a step that says something.
func post(what string) bot.Step {
	return func(context.Context) (bot.Answer, error) {
		return bot.Answer{Posts: []bot.Post{{Key: what, Reply: bot.Lines(bot.Text("in turn"))}}}, nil
	}
}

// weekly are two messages of one queue, of which the first takes long.
func weekly(now time.Time) (round, digest bot.Message) {
	round, digest = bot.Later("round", "1", now, ""), bot.Later("digest", "1", now, "")
	round.Queue, digest.Queue = "week", "week"
	return round, digest
}

// TestNobodyWaitsWhileItThinks has a message thought of for an hour. Whoever says something in that hour is answered at
// once, and what stands behind it in its queue comes after it.
func TestNobodyWaitsWhileItThinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		thought := make(chan struct{})
		in := long(s, func(ctx context.Context) ([]bot.Step, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-thought:
			}
			return []bot.Step{post("first"), post("second")}, nil
		})
		in.o.HandleTimeout = 2 * time.Hour
		round, digest := weekly(time.Now())
		receive(t, in, round, digest)
		running(t, in)
		time.Sleep(time.Hour)
		receive(t, in, says("1", "amina", "hello"))
		synctest.Wait()
		wantSaid(t, s, "reply/@net/1: you said hello")
		if s.state("digest/1") != "open" {
			t.Error("a queue was not kept")
		}
		close(thought)
		synctest.Wait()
		wantSaid(t, s, "reply/@net/1: you said hello", "first: in turn", "second: in turn")
		if s.state("round/1") != "handled" || s.state("digest/1") != "handled" {
			t.Errorf("round %s, digest %s", s.state("round/1"), s.state("digest/1"))
		}
	})
}

// TestStepsBeginAnewAfterAFailure lets the second step fail twice. What was thought is thought again each time.
func TestStepsBeginAnewAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, thoughts := &memory{}, 0
		in := long(s, func(context.Context) ([]bot.Step, error) {
			thoughts++
			n := thoughts
			return []bot.Step{post(fmt.Sprint("first ", n)), func(ctx context.Context) (bot.Answer, error) {
				if n < 3 {
					return bot.Answer{}, errors.New("no luck")
				}
				return post("second")(ctx)
			}}, nil
		})
		round, digest := weekly(time.Now())
		receive(t, in, round, digest)
		running(t, in)
		time.Sleep(time.Minute)
		synctest.Wait()
		wantSaid(t, s, "first 1: in turn", "first 2: in turn", "first 3: in turn", "second: in turn")
		if got := in.Stats(); got.Again != 2 || got.Handled != 2 || s.state("digest/1") != "handled" {
			t.Errorf("%+v", got)
		}
	})
}

// TestAPanicWhileThinkingIsSetAside shows that the queue goes on without what cannot be thought.
func TestAPanicWhileThinkingIsSetAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		in := long(s, func(context.Context) ([]bot.Step, error) { panic("too hard") })
		round, digest := weekly(time.Now())
		receive(t, in, round, digest)
		running(t, in)
		time.Sleep(time.Minute)
		synctest.Wait()
		if s.state("round/1") != "aside" || s.state("digest/1") != "handled" {
			t.Errorf("round %s, digest %s", s.state("round/1"), s.state("digest/1"))
		}
	})
}

// TestWhatWasThoughtOfWhenTheProcessEndedIsThoughtOfAgain stops an inbox that thinks, and begins another.
func TestWhatWasThoughtOfWhenTheProcessEndedIsThoughtOfAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		in := long(s, func(ctx context.Context) ([]bot.Step, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		round, digest := weekly(time.Now())
		receive(t, in, round, digest)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- in.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil || s.state("round/1") != "open" {
			t.Errorf("%v, %s", err, s.state("round/1"))
		}
		next := long(s, func(context.Context) ([]bot.Step, error) { return []bot.Step{post("only")}, nil })
		if err := next.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantSaid(t, s, "only: in turn")
		if s.state("round/1") != "handled" || s.state("digest/1") != "handled" {
			t.Errorf("round %s, digest %s", s.state("round/1"), s.state("digest/1"))
		}
	})
}
