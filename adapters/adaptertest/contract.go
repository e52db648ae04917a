package adaptertest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Bench is one adapter with the platform behind it in the hands of a test. What is nil a platform does not have, and what
// would be tested with it is skipped aloud.
type Bench struct {
	Adapter bot.Adapter
	// People are at least two accounts that the platform knows. The first is who speaks.
	People []bot.UserID

	// Say has the first person say text to the bot, in private.
	Say func(text string)
	// Aside has the same person say text to others, in a room where the bot is.
	Aside func(text string)
	// Change, Delete and Press do something about the last message: that person edits what was said last, deletes it, or
	// presses a choice of what the bot said last, counted from 1.
	Change func(text string)
	Delete func()
	Press  func(choice int)
	// Invited brings the bot into a room; Joins has the second person join one where it is.
	Invited func()
	Joins   func()
	// Down has the platform take nothing for a while, be it that it is away or lets us in no more; Gone deletes us from it
	// for good.
	Down func(down bool)
	Gone func()

	// Shown is everything that people were shown so far, as text.
	Shown func() string
	// Messages is how many messages of the bot are shown.
	Messages func() int
	// Pings are who was called by anything the bot said so far, with "*" for a whole room, and Links where anything
	// shown leads to when it is clicked.
	Pings func() []string
	Links func() []string

	// Again is true of a platform that brings a message again when it was not acknowledged.
	Again bool
}

const patience = 3 * time.Minute

// A promise is one thing that the rest of the bot takes for granted of every adapter.
type promise struct {
	name string
	test func(t *testing.T, b Bench)
}

// Contract holds an adapter to all that the rest of the bot takes for granted. set makes a new Bench.
func Contract(t *testing.T, set func(t *testing.T) Bench) {
	for _, promises := range [][]promise{living, bringing, saying, inert} {
		for _, p := range promises {
			t.Run(p.name, func(t *testing.T) {
				b := set(t)
				if len(b.People) < 2 {
					t.Fatal("the bench knows fewer than two people")
				}
				p.test(t, b)
			})
		}
	}
}

// has skips a test of what the platform cannot do.
func has(t *testing.T, can bool, what string) {
	t.Helper()
	if !can {
		t.Skip("on this network " + what)
	}
}

// private is the private chat with the person who speaks.
func (b Bench) private() bot.Address {
	return bot.Private(bot.Speaker{Network: b.Adapter.Network(), ID: b.People[0]})
}

// living are the promises about beginning, ending and going away.
var living = []promise{
	{"has a name that stays, and can stand in keys", func(t *testing.T, b Bench) {
		n := b.Adapter.Network()
		if err := clean.CheckNetwork(n); err != nil || n != b.Adapter.Network() {
			t.Errorf("its network is %q, %v", n, err)
		}
	}},
	{"is ready while it runs, and not after", func(t *testing.T, b Bench) {
		r, can := b.Adapter.(bot.Readier)
		has(t, can, "there is nothing to wait for")
		h := hear(t, b.Adapter, nil) // waits for it
		h.stop()
		if r.Ready() == nil {
			t.Error("it is ready though it ended")
		}
	}},
	{"ends when it is told to, and can begin again", func(t *testing.T, b Bench) {
		h := hear(t, b.Adapter, nil)
		b.Say("hello")
		h.wait(t, 1)
		h.stop()
		if !b.Again {
			return
		}
		h = hear(t, b.Adapter, nil)
		b.Say("hello again")
		again := func(m bot.Message) bool { return m.Text == "hello again" }
		for end := time.Now().Add(patience); !slices.ContainsFunc(h.all(), again); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("of what was said after it began again it brought nothing, but %d messages of before", len(h.all()))
			}
		}
	}},
	{"waits, and says so, while its network takes nothing", func(t *testing.T, b Bench) {
		has(t, b.Down != nil, "nothing is ever away")
		hear(t, b.Adapter, nil)
		b.Down(true)
		_, err := b.Adapter.Send(t.Context(), bot.Post{Key: "down", Where: b.private(), Reply: bot.Lines(bot.Text("words"))})
		if send, known := bot.Outcome(err); !known || !send.Wait {
			t.Errorf("it says %v, and not that the whole network has to wait", err)
		}
		b.Down(false)
		for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			_, err := b.Adapter.Send(t.Context(), bot.Post{Key: "up", Where: b.private(), Reply: bot.Lines(bot.Text("words"))})
			if err == nil {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("it does not come back: %v", err)
			}
		}
	}},
	{"says when it is gone for good", func(t *testing.T, b Bench) {
		has(t, b.Gone != nil, "nothing ever goes for good")
		h := hear(t, b.Adapter, nil)
		b.Gone()
		if err := h.end(t); err == nil || !isGone(err) {
			t.Errorf("it ends with %v", err)
		}
	}},
}

// hearing is an adapter that runs.
type hearing struct {
	stop func()

	mu    sync.Mutex
	got   []bot.Message
	ended chan struct{}
	err   error
}

// hear runs a until the test ends or stop is called, and returns once it is ready. Each message is answered with the
// error refuse.
func hear(t *testing.T, a bot.Adapter, refuse error) *hearing {
	t.Helper()
	return hearWith(t, a, func(bot.Message) error { return refuse })
}

func hearWith(t *testing.T, a bot.Adapter, receive func(bot.Message) error) *hearing {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h := &hearing{ended: make(chan struct{})}
	go func() {
		defer close(h.ended)
		h.err = a.Run(ctx, func(_ context.Context, m bot.Message) error {
			h.mu.Lock()
			h.got = append(h.got, m)
			h.mu.Unlock()
			return receive(m)
		})
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		_ = h.end(t)
	})
	t.Cleanup(h.stop)
	if r, can := a.(bot.Readier); can {
		for end := time.Now().Add(patience); r.Ready() != nil; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it runs and is not ready: %v", r.Ready())
			}
		}
	}
	return h
}

// end waits until it has ended.
func (h *hearing) end(t *testing.T) error {
	t.Helper()
	select {
	case <-h.ended:
		return h.err
	case <-time.After(patience):
		t.Error("it goes on though it should have ended")
		return nil
	}
}

func (h *hearing) all() []bot.Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got[:len(h.got):len(h.got)]
}

func (h *hearing) wait(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(patience); len(h.all()) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it brought %d messages of %d", len(h.all()), n)
		}
	}
}
