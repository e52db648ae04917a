package adaptertest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"ginnel/bot"
)

// Bench is one adapter with the platform behind it in the hands of a test.
type Bench struct {
	Adapter bot.Adapter
	// Say has a person say text to the bot, in private.
	Say func(text string)
	// Aside has the same person say text to others, in a room where the bot is. May be nil where there are none.
	Aside func(text string)
	// Shown is everything that people were shown so far.
	Shown func() string
	// People are two people of the network, for a room to be opened with; by default two names.
	People []bot.UserID
	// Again is true of a platform that brings a message again when it was not acknowledged.
	Again bool
}

const patience = 20 * time.Second

// Contract is what the rest of the bot takes for granted of every adapter. set makes a new Bench.
func Contract(t *testing.T, set func(t *testing.T) Bench) {
	t.Run("has a name that stays", func(t *testing.T) {
		b := set(t)
		if n := b.Adapter.Network(); n == "" || n != b.Adapter.Network() {
			t.Errorf("its network is %q", n)
		}
	})
	t.Run("brings what was said once, in order, from somebody", func(t *testing.T) {
		b := set(t)
		h := hear(t, b.Adapter, nil)
		b.Say("who can help with accounts?")
		b.Say("we can offer tea & <b>cake</b>")
		h.wait(t, 2)
		ids := map[bot.MessageID]bool{}
		for i, want := range []string{"who can help with accounts?", "we can offer tea & <b>cake</b>"} {
			m := h.all()[i]
			n := b.Adapter.Network()
			if m.Text != want || m.Kind != bot.Said || !m.ToUs || m.ID == "" || ids[m.ID] || m.From.ID == "" || m.From.Network != n || m.Where.Network != n || !m.Where.IsPrivate() {
				t.Errorf("it brought %+v", m)
			}
			ids[m.ID] = true
		}
	})
	t.Run("brings what is said to others, and says that it was", func(t *testing.T) {
		b := set(t)
		if b.Aside == nil {
			t.Skip("on this network the bot is in no room")
		}
		h := hear(t, b.Adapter, nil)
		b.Aside("does anyone know a good plumber?")
		h.wait(t, 1)
		if m := h.all()[0]; m.ToUs || m.Kind != bot.Said || m.Text != "does anyone know a good plumber?" || m.Where.Room == "" || m.Where.Thread != "" || m.On != "" || m.ID == "" || m.From.ID == "" {
			t.Errorf("it brought %+v", m)
		}
	})
	t.Run("brings again what was not stored", func(t *testing.T) {
		b := set(t)
		if !b.Again {
			t.Skip("on this network whoever speaks is told at once, and says it again")
		}
		h := hear(t, b.Adapter, errors.New("the disk is full"))
		b.Say("remember me")
		h.wait(t, 1)
		h.stop()
		again := hear(t, b.Adapter, nil)
		again.wait(t, 1)
		if a, b := h.all()[0].ID, again.all()[0].ID; a != b {
			t.Errorf("it came as %s, and again as %s", a, b)
		}
	})
	t.Run("says posts, one message each", func(t *testing.T) {
		b := set(t)
		h := hear(t, b.Adapter, nil)
		b.Say("hello")
		h.wait(t, 1)
		to := h.all()[0]
		ids := map[bot.MessageID]bool{}
		for _, key := range []string{"a", "b"} {
			p := bot.Post{Key: key, Where: to.Where, To: to.ID, For: to.From.ID, Reply: bot.Lines(bot.Text("words of " + key)).
				With([]bot.Line{{bot.Strong("Tally Trust"), {Text: " & <!channel> \u202e\x1b[2J"}}}).
				Choose(bot.Choice{Label: "list us", Say: "list us"})}
			id, err := b.Adapter.Send(t.Context(), p)
			if err != nil || id == "" || ids[id] {
				t.Errorf("it said %q as %q, %v", key, id, err)
			}
			ids[id] = true
			if finder, can := b.Adapter.(bot.Finder); can {
				if found, ok, err := finder.Find(t.Context(), p); err != nil || !ok || found != id {
					t.Errorf("it said %q as %q, and finds %q, %v, %v", key, id, found, ok, err)
				}
			}
		}
		shown := b.Shown()
		for _, want := range []string{"words of a", "words of b", "Tally Trust", "list us"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%q is not shown in %q", want, shown)
			}
		}
		for _, r := range shown {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("it shows the control character %q", r)
			}
		}
	})
	t.Run("opens a room once", func(t *testing.T) {
		b := set(t)
		hear(t, b.Adapter, nil)
		people := b.People
		if people == nil {
			people = []bot.UserID{"amina", "tom"}
		}
		one, err := b.Adapter.Room(t.Context(), "meet/1", people, "Amina and Tom")
		two, err2 := b.Adapter.Room(t.Context(), "meet/1", people, "Amina and Tom")
		if err != nil || err2 != nil || one == "" || one != two {
			t.Errorf("opened %q (%v), and again %q (%v)", one, err, two, err2)
		}
	})
	t.Run("ends when it is told to", func(t *testing.T) {
		b := set(t)
		h := hear(t, b.Adapter, nil)
		b.Say("hello")
		h.wait(t, 1)
		h.stop()
	})
}

// hearing is an adapter that runs.
type hearing struct {
	mu   sync.Mutex
	got  []bot.Message
	stop func()
}

// hear runs a until the test ends or stop is called, and returns once it is ready. Each message is answered with the
// error refuse.
func hear(t *testing.T, a bot.Adapter, refuse error) *hearing {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h := &hearing{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.Run(ctx, func(_ context.Context, m bot.Message) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			if m.Kind != bot.Said { // that the bot came to a room, and the like
				return nil
			}
			h.got = append(h.got, m)
			return refuse
		})
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("it goes on after it was told to end")
		}
	})
	t.Cleanup(h.stop)
	if readier, can := a.(bot.Readier); can {
		for end := time.Now().Add(patience); readier.Ready() != nil; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("it does not become ready: %v", readier.Ready())
			}
		}
	}
	return h
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
