package adaptertest

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func isGone(err error) bool { return errors.Is(err, bot.ErrGone) }

// bringing are the promises about what people say and do.
var bringing = []promise{
	{"brings what was said once, in order, from somebody", func(t *testing.T, b Bench) {
		h := hear(t, b.Adapter, nil)
		b.Say("who can help with accounts?")
		b.Say("we can offer tea & <b>cake</b>")
		h.wait(t, 2)
		ids := map[bot.MessageID]bool{}
		for i, want := range []string{"who can help with accounts?", "we can offer tea & <b>cake</b>"} {
			m := h.all()[i]
			n := b.Adapter.Network()
			if m.Text != want || m.Kind != bot.Said || !m.ToUs || ids[m.ID] || m.From.ID != b.People[0] || m.From.Network != n || m.Where.Network != n || !m.Where.IsPrivate() {
				t.Errorf("it brought %+v", m)
			}
			passes(t, b, m)
			ids[m.ID] = true
		}
	}},
	{"brings what is said to others, and says that it was", func(t *testing.T, b Bench) {
		has(t, b.Aside != nil, "the bot is in no room")
		h := hear(t, b.Adapter, nil)
		b.Aside("does anyone know a good plumber?")
		h.wait(t, 1)
		m := h.all()[0]
		if m.ToUs || m.Kind != bot.Said || m.Text != "does anyone know a good plumber?" || m.Where.Room == "" || m.Where.Thread != "" || m.On != "" || m.From.ID != b.People[0] {
			t.Errorf("it brought %+v", m)
		}
		passes(t, b, m)
	}},
	{"brings again what was not stored", func(t *testing.T, b Bench) {
		has(t, b.Again, "whoever speaks is told at once, and says it again")
		h := hear(t, b.Adapter, errors.New("the disk is full"))
		b.Say("remember me")
		h.wait(t, 1)
		h.stop()
		again := hear(t, b.Adapter, nil)
		again.wait(t, 1)
		if a, b := h.all()[0].ID, again.all()[0].ID; a != b {
			t.Errorf("it came as %s, and again as %s", a, b)
		}
	}},
	{"brings what is said in one place one after another", func(t *testing.T, b Bench) {
		var within, most atomic.Int32
		h := hearWith(t, b.Adapter, func(bot.Message) error {
			most.Store(max(most.Load(), within.Add(1)))
			time.Sleep(20 * time.Millisecond)
			within.Add(-1)
			return nil
		})
		for range 5 {
			b.Say("one more thing")
		}
		h.wait(t, 5)
		if most.Load() > 1 {
			t.Errorf("it brought %d at once", most.Load())
		}
	}},
	{"brings text of any length and kind, or its beginning", func(t *testing.T, b Bench) {
		h := hear(t, b.Adapter, nil)
		long := strings.TrimSpace(strings.Repeat("a long story ", 250)) // within what every network takes
		b.Say(long)
		b.Say("Zażółć 你好 😀 عربي")
		h.wait(t, 2)
		if m := h.all()[0]; m.Text != long {
			t.Errorf("of %d characters it brought %d", len(long), len(m.Text))
		}
		if m := h.all()[1]; m.Text != "Zażółć 你好 😀 عربي" {
			t.Errorf("it brought %q", m.Text)
		}
	}},
	{"brings edits and deletions, of which message it was", func(t *testing.T, b Bench) {
		has(t, b.Change != nil && b.Delete != nil, "nothing is edited or deleted")
		h := hear(t, b.Adapter, nil)
		b.Say("who can help with acounts?")
		h.wait(t, 1)
		b.Change("who can help with accounts?")
		h.wait(t, 2)
		b.Delete()
		h.wait(t, 3)
		said, edited, deleted := h.all()[0], h.all()[1], h.all()[2]
		if edited.Kind != bot.Edited || edited.On != said.ID || edited.ID == said.ID || edited.Text != "who can help with accounts?" || edited.From.ID != said.From.ID {
			t.Errorf("an edit of %s is brought as %+v", said.ID, edited)
		}
		if deleted.Kind != bot.Deleted || deleted.On != said.ID || deleted.ID == said.ID || deleted.ID == edited.ID {
			t.Errorf("a deletion of %s is brought as %+v", said.ID, deleted)
		}
	}},
	{"brings a press as the sentence that it stands for", func(t *testing.T, b Bench) {
		has(t, b.Press != nil, "choices are answered by their numbers")
		h := hear(t, b.Adapter, nil)
		id, err := b.Adapter.Send(t.Context(), bot.Post{
			Key: "choices", Where: b.private(), For: b.People[0],
			Reply: bot.Lines(bot.Text("Which?")).Choose(bot.Choice{Label: "one", Say: "take the first"}, bot.Choice{Label: "two", Say: "take “the second”"}),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Press(2)
		h.wait(t, 1)
		if m := h.all()[0]; m.Kind != bot.Said || !m.ToUs || !m.Pressed || m.Text != "take “the second”" || m.On != id || m.From.ID != b.People[0] {
			t.Errorf("a press under %s is brought as %+v", id, m)
		} else {
			passes(t, b, m)
		}
	}},
	{"tells its own joining from that of others", func(t *testing.T, b Bench) {
		has(t, b.Invited != nil, "the bot is brought to no room")
		h := hear(t, b.Adapter, nil)
		b.Invited()
		h.wait(t, 1)
		if m := h.all()[0]; m.Kind != bot.Joined || !m.Us || m.Where.Room == "" {
			t.Errorf("that it was brought to a room is brought as %+v", m)
		}
		if b.Joins == nil {
			return
		}
		b.Joins()
		h.wait(t, 2)
		if m := h.all()[1]; m.Kind != bot.Joined || m.Us || m.Where.Room == "" || m.From.ID != b.People[1] {
			t.Errorf("that somebody joined a room is brought as %+v", m)
		}
	}},
}

// passes tells of a message that would be dropped at the door.
func passes(t *testing.T, b Bench, m bot.Message) {
	t.Helper()
	if _, err := clean.Message(m, b.Adapter.Network(), time.Now()); err != nil {
		t.Errorf("%v: %+v", err, m)
	}
}
