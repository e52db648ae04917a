package slack_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/failure"
)

// bubble runs a test in virtual time, with the adapter before a Slack in memory.
func bubble(t *testing.T, body func(t *testing.T, w *slackfake.World, s *slack.Slack)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := slackfake.New(t, slackfake.InMemory(), slackfake.Unlimited())
		body(t, w, connected(t, w, func(o *slack.Options) {
			o.HTTP, o.Dialer, o.Chance = w.HTTPClient(), &websocket.Dialer{NetDialContext: w.Dial}, failure.NewChance(1)
		}))
	})
}

// TestFlapping is that a Slack which takes every connection and ends it at once sees at most 20 requests in any minute, and
// that all is well once it stops.
func TestFlapping(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		h := runs(t, s)
		w.App().Flaps(true)
		w.App().DropsSockets()
		time.Sleep(30 * time.Minute)
		if n := w.Busiest("apps.connections.open", time.Minute); n > 20 || n < 3 {
			t.Errorf("it saw %d requests in a minute", n)
		}
		if s.Ready() == nil {
			t.Error("it is ready without a socket")
		}
		w.App().Flaps(false)
		time.Sleep(5 * time.Minute)
		amina.Writes("hello")
		time.Sleep(10 * time.Minute)
		if len(once(h.all())) != 1 {
			t.Errorf("afterwards it heard %d", len(h.all()))
		}
	})
}

// TestDropped is the same for a Slack that breaks every socket after ten seconds.
func TestDropped(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		runs(t, s)
		for range 100 {
			time.Sleep(10 * time.Second)
			w.App().DropsSockets()
		}
		if n := w.Busiest("apps.connections.open", time.Minute); n > 20 {
			t.Errorf("it saw %d requests in a minute", n)
		}
	})
}

// TestRefresh is that nothing is lost while Slack exchanges sockets, for which there are two for a moment.
func TestRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		h := runs(t, s)
		const n = 120
		for i := range n {
			if i%40 == 20 {
				go w.App().RefreshesSockets()
			}
			amina.Writes(fmt.Sprint("word ", i))
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Minute)
		if got := len(once(h.all())); got != n {
			t.Errorf("it heard %d of %d", got, n)
		}
		if _, _, _, lost := w.Deliveries(); len(lost) > 0 {
			t.Errorf("%d events are lost", len(lost))
		}
		if most := w.App().MostSockets(); most != 2 {
			t.Errorf("there were %d sockets at once", most)
		}
		if now := w.App().Sockets(); now != 1 {
			t.Errorf("in the end there are %d sockets", now)
		}
	})
}

// TestTurnsOver is that a socket is exchanged before the time that Slack announced, and that one which fell silent is noticed.
func TestTurnsOver(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		runs(t, s)
		time.Sleep(5*time.Hour + 30*time.Second)
		if n := w.App().Connections(); n != 2 {
			t.Errorf("after five hours it opened %d sockets", n)
		}
		time.Sleep(10 * time.Minute)
		w.App().GoesSilent()
		time.Sleep(2 * time.Minute)
		if n := w.App().Connections(); n < 2 || s.Ready() != nil {
			t.Errorf("after the silence it opened %d sockets, %v", n, s.Ready())
		}
	})
}

// TestOddFrames is that a frame of nonsense, and what is in no form that we know, does no harm, and what has a name is
// acknowledged.
func TestOddFrames(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		h := runs(t, s)
		for _, odd := range []string{
			"", "{", "[]", "null", `"x"`, `{"type":7}`, `{"envelope_id":"e","type":"new_kind","payload":{"x":1}}`,
			`{"envelope_id":"e","type":"events_api","payload":{"event":{"type":"message","user":7,"channel":[]}}}`,
			`{"envelope_id":"e","type":"events_api","payload":"x"}`, `{"envelope_id":"e","type":"interactive","payload":{"type":"block_actions","actions":{}}}`,
		} {
			w.App().Frame([]byte(odd))
		}
		w.App().FrameBinary([]byte{1, 2, 3})
		amina.Writes("still there?")
		time.Sleep(time.Minute)
		if len(once(h.all())) != 1 {
			t.Errorf("it heard %+v", h.all())
		}
		for _, kind := range []string{"new_kind", "events_api", "interactive", "slash_commands"} {
			if _, err := w.App().Delivers(kind, []byte(`{"type":"tomorrow","event":{"type":"tomorrow"}}`)); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// TestLinkDisabled is that Run ends with the next step when Socket Mode is switched off.
func TestLinkDisabled(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		h := runs(t, s)
		w.App().DisablesSocketMode()
		select {
		case err := <-h.err:
			h.err <- err
			if err == nil {
				t.Error("it ends without a word")
			}
		case <-time.After(time.Minute):
			t.Error("it goes on")
		}
	})
}

// TestAcknowledgement is how long Slack waits for the acknowledgement of fifty messages a second, each of which takes some
// milliseconds to be stored.
func TestAcknowledgement(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		var stored atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- s.Run(ctx, func(context.Context, bot.Message) error {
				time.Sleep(5 * time.Millisecond)
				stored.Add(1)
				return nil
			})
		}()
		people := make([]*slackfake.Person, 20)
		for i := range people {
			people[i] = w.Person(fmt.Sprint("P", i))
		}
		time.Sleep(time.Second)
		const n = 1000
		for i := range n {
			people[i%len(people)].Writes("a word")
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Second)
		if p99 := w.AckLatency(0.99); p99 > 100*time.Millisecond || stored.Load() != n {
			t.Errorf("of %d it stored %d, and Slack waited %s", n, stored.Load(), p99)
		}
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
