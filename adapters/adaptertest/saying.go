package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// saying are the promises about what the bot says.
var saying = []promise{
	{"says posts, one message each", func(t *testing.T, b Bench) {
		h := hear(t, b.Adapter, nil)
		b.Say("hello")
		h.wait(t, 1)
		to := h.all()[0]
		ids := map[bot.MessageID]bool{}
		for _, key := range []string{"a", "b"} {
			p := bot.Post{Key: key, Where: to.Where, To: to.ID, For: to.From.ID, Reply: bot.Lines(bot.Text("words of " + key)).
				With([]bot.Line{{bot.Strong("Tally Trust"), {Text: " & more"}}}).
				Choose(bot.Choice{Label: "list us", Say: "list us"})}
			id, err := b.Adapter.Send(t.Context(), p)
			if err != nil || clean.CheckID(id) != nil || ids[id] {
				t.Errorf("it said %q as %q, %v", key, id, err)
			}
			ids[id] = true
			if finder, can := b.Adapter.(bot.Finder); can {
				if found, ok, err := finder.Find(t.Context(), p); !errors.Is(err, bot.ErrCannotTell) && (err != nil || !ok || found != id) {
					t.Errorf("it said %q as %q, and finds %q, %v, %v", key, id, found, ok, err)
				}
			}
		}
		shows(t, b, "words of a", "words of b", "Tally Trust", "list us")
		if b.Messages != nil && b.Messages() != 2 {
			t.Errorf("two posts are %d messages", b.Messages())
		}
	}},
	{"finds nothing that was not said", func(t *testing.T, b Bench) {
		finder, can := b.Adapter.(bot.Finder)
		has(t, can, "nobody can tell what was said")
		hear(t, b.Adapter, nil)
		p := bot.Post{Key: "never", Where: b.private(), Tried: time.Now().Add(-time.Minute), Reply: bot.Lines(bot.Text("never said"))}
		if id, found, err := finder.Find(t.Context(), p); found || err != nil && !errors.Is(err, bot.ErrCannotTell) {
			t.Errorf("it finds %q, %t, %v", id, found, err)
		}
	}},
	{"says many posts at once", func(t *testing.T, b Bench) {
		hear(t, b.Adapter, nil)
		const n = 8
		var all sync.WaitGroup
		ids := make([]bot.MessageID, n)
		for i := range n {
			all.Go(func() {
				p := bot.Post{Key: fmt.Sprint("p", i), Where: b.private(), Reply: bot.Lines(bot.Text(fmt.Sprintf("number %d.", i)))}
				p.Where.People = b.People[i%2 : i%2+1]
				id, err := b.Adapter.Send(t.Context(), p)
				if send, known := bot.Outcome(err); err != nil && (!known || send.Final) {
					t.Error(err)
				}
				ids[i] = id
			})
		}
		all.Wait()
		seen := map[bot.MessageID]bool{}
		for i, id := range ids {
			if id == "" { // to be tried again
				continue
			}
			if seen[id] {
				t.Errorf("two posts are the message %q", id)
			}
			seen[id] = true
			shows(t, b, fmt.Sprintf("number %d.", i))
		}
	}},
	{"splits nothing, and refuses nothing for its size", func(t *testing.T, b Bench) {
		hear(t, b.Adapter, nil)
		var list []bot.Line
		var choices []bot.Choice
		for i := range 60 {
			list = append(list, bot.Line{bot.Strong(fmt.Sprint("Group ", i)), {Text: strings.Repeat(" does many things", 20)}})
			choices = append(choices, bot.Choice{Label: fmt.Sprint(i, strings.Repeat(" a long label", 15)), Say: strings.Repeat("a long sentence ", 150)})
		}
		form := &bot.Form{Title: strings.Repeat("A long title ", 20), Say: []string{"we need {what}"}, Fields: []bot.Field{{
			Name: "what", Label: strings.Repeat("a long label ", 20), Options: choices,
		}}}
		replies := map[string]bot.Reply{
			"text":    bot.Lines(bot.Text("Begins. " + strings.Repeat("ten chars ", 1000))),
			"word":    bot.Lines(bot.Text("Begins. " + strings.Repeat("x", 10_000))),
			"lines":   bot.Lines(bot.Text("Begins.")).With(list).Choose(choices...),
			"a form":  append(bot.Lines(bot.Text("Begins.")), bot.Block{Form: form}),
			"nothing": bot.Lines(bot.Text("Begins.")).With([]bot.Line{bot.Text(""), {{Text: ""}}}).Choose(bot.Choice{Label: "", Say: "x"}),
		}
		said := 0
		for name, reply := range replies {
			id, err := b.Adapter.Send(t.Context(), bot.Post{Key: name, Where: b.private(), For: b.People[0], Reply: reply})
			for send, known := bot.Outcome(err); known && !send.Final; send, known = bot.Outcome(err) { // a pace to be kept
				time.Sleep(max(send.After, 100*time.Millisecond))
				id, err = b.Adapter.Send(t.Context(), bot.Post{Key: name, Where: b.private(), For: b.People[0], Reply: reply})
			}
			if err != nil || id == "" {
				t.Errorf("%s: said as %q, %v", name, id, err)
			}
			said++
		}
		shows(t, b, "Begins.")
		if b.Messages != nil && b.Messages() != said {
			t.Errorf("%d posts are %d messages", said, b.Messages())
		}
	}},
	{"changes what it said, once or twice", func(t *testing.T, b Bench) {
		editor, can := b.Adapter.(bot.Editor)
		has(t, can, "what was said stands")
		hear(t, b.Adapter, nil)
		id, err := b.Adapter.Send(t.Context(), bot.Post{Key: "old", Where: b.private(), Reply: bot.Lines(bot.Text("old words"))})
		if err != nil {
			t.Fatal(err)
		}
		p := bot.Post{Key: "new", Instead: "old", Where: b.private(), Reply: bot.Lines(bot.Text("better words"))}
		for range 2 {
			if err := editor.Edit(t.Context(), id, p); err != nil {
				t.Error(err)
			}
		}
		shows(t, b, "better words")
		if b.Messages != nil && b.Messages() != 1 {
			t.Errorf("what was changed are %d messages", b.Messages())
		}
	}},
	{"says that what is not there cannot be changed", func(t *testing.T, b Bench) {
		editor, can := b.Adapter.(bot.Editor)
		has(t, can, "what was said stands")
		hear(t, b.Adapter, nil)
		p := bot.Post{Key: "new", Instead: "old", Where: b.private(), Reply: bot.Lines(bot.Text("better words"))}
		for _, id := range []bot.MessageID{"said", "no such message", "no/such", "//", "\x00"} {
			if err := editor.Edit(t.Context(), id, p); !errors.Is(err, bot.ErrCannotEdit) {
				t.Errorf("changing %q: %v", id, err)
			}
		}
	}},
	{"opens a room once, whatever it is called", func(t *testing.T, b Bench) {
		hear(t, b.Adapter, nil)
		people := b.People[:2]
		for i, title := range []string{"Amina and Tom", "", strings.Repeat("long ", 2000), "<!channel> @room \x00\u202e#x/y"} {
			gather := fmt.Sprint("meet/", i)
			one, err := b.Adapter.Room(t.Context(), gather, people, title)
			two, err2 := b.Adapter.Room(t.Context(), gather, people, title)
			if err != nil || err2 != nil || clean.CheckID(one) != nil || one != two {
				t.Errorf("opened %q (%v), and again %q (%v)", one, err, two, err2)
			}
			p := bot.Post{Key: gather, Where: bot.Address{Network: b.Adapter.Network(), Room: one, People: people, Gather: gather, Title: title}, Reply: bot.Lines(bot.Text("You meet."))}
			if id, err := b.Adapter.Send(t.Context(), p); err != nil || id == "" {
				t.Errorf("in it, it said %q, %v", id, err)
			}
		}
	}},
	{"returns when its time is over", func(t *testing.T, b Bench) {
		hear(t, b.Adapter, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		returned := make(chan struct{})
		go func() {
			defer close(returned)
			p := bot.Post{Key: "p", Where: b.private(), Reply: bot.Lines(bot.Text("words"))}
			_, _ = b.Adapter.Send(ctx, p)
			_, _ = b.Adapter.Room(ctx, "meet", b.People[:2], "title")
			if editor, can := b.Adapter.(bot.Editor); can {
				_ = editor.Edit(ctx, "m", p)
			}
			if finder, can := b.Adapter.(bot.Finder); can {
				_, _, _ = finder.Find(ctx, p)
			}
		}()
		select {
		case <-returned:
		case <-time.After(patience):
			t.Error("it goes on after its context ended")
		}
	}},
}

// shows wants words on some screen.
func shows(t *testing.T, b Bench, words ...string) {
	t.Helper()
	shown := b.Shown()
	for _, want := range words {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown in %.2000q", want, shown)
		}
	}
}
