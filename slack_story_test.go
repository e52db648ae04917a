package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// TestSlackStorySoak has two people meet in a Slack in which calls fail before and after their effect, sockets break,
// acknowledgements get lost and events come twice: they meet all the same, and nothing stands there twice. Long runs play it
// a thousand times.
func TestSlackStorySoak(t *testing.T) {
	runs := 30
	if testing.Short() {
		runs = 5
	}
	if os.Getenv("GINNEL_SOAK") != "" {
		runs = 1000
	}
	template := storagetest.SQLite(t)
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			data, err := os.ReadFile(template)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "ginnel.db")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) { slackStory(t, path, uint64(seed)) })
		})
	}
}

// story is one telling, in virtual time.
type story struct {
	*testing.T
	w *slackfake.World
}

func slackStory(t *testing.T, path string, seed uint64) {
	w := slackfake.New(t, slackfake.InMemory(), slackfake.Seed(seed))
	s := &story{t, w}
	app := w.App()
	amina, tom := w.Person("Amina"), w.Person("Tom")
	hall := w.Channel("hall", amina, tom, app.Bot())
	ctx, cancel := context.WithCancel(context.Background())
	db, err := storage.Open(ctx, path, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	wired, err := wire(db, settings{zone: time.UTC, run: "nobody"}, time.Now, "story", log)
	if err != nil {
		t.Fatal(err)
	}
	adapter, err := slack.New(slack.Options{
		Network: bot.Network("slack:" + app.Workspace().ID), APIURL: w.URL(), Log: log, HTTP: w.HTTPClient(),
		Dialer: &websocket.Dialer{NetDialContext: w.Dial, HandshakeTimeout: 10 * time.Second}, Chance: failure.NewChance(seed),
		Tokens: func() (slack.Tokens, error) { return slack.Tokens{Bot: app.BotToken, App: app.AppToken}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	speaker := func(name string) bot.Speaker {
		return bot.Speaker{Network: adapter.Network(), ID: bot.UserID(w.PersonNamed(name).ID), Name: name}
	}
	sheet := "name,postcode,offers,needs,speaks\nRepair Café,QX1,,,Amina\nTally Trust,QX2,help with accounts,,Tom\n"
	if err := loadNetwork(ctx, db, "story", []byte(sheet), speaker, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := wired.outbox.Add(adapter); err != nil {
		t.Fatal(err)
	}
	end := start(ctx, wired.inbox.Run, wired.outbox.Run, func(ctx context.Context) error {
		for ctx.Err() == nil {
			_ = adapter.Run(ctx, wired.inbox.From(adapter.Network()))
			time.Sleep(time.Second)
		}
		return nil
	})
	defer func() {
		cancel()
		if err := end(); err != nil {
			t.Error(err)
		}
		w.Close()
	}()
	s.until("it is connected", func() bool { return adapter.Ready() == nil })
	s.trouble(seed)

	// Slack gives up on an event that found a broken socket four times, and whoever sees nothing looks again.
	looked := time.Time{}
	s.until("her home page shows", func() bool {
		if time.Since(looked) > 10*time.Minute {
			looked = time.Now()
			amina.OpensHome()
		}
		return amina.Home() != nil
	})
	s.offer(amina, "a hall with a kitchen")
	s.until("the offer is on her page", func() bool { return strings.Contains(amina.Home().Plain(), "a hall with a kitchen") })
	asked := amina.Says(hall, "@Ginnel who can help with accounts?")
	s.press(amina, func() []*slackfake.Message { return asked.Replies() }, "ask Tally Trust")
	s.press(tom, func() []*slackfake.Message { return w.Shown(tom.Chat()) }, "yes, Repair Café")
	s.until("they meet", func() bool { return len(w.Groups()) == 1 && len(w.Shown(w.Groups()[0])) > 0 })

	w.GoesWell()
	time.Sleep(20 * time.Minute) // of virtual time: the dust settles
	synctest.Wait()
	if twice := w.Twice("k"); len(twice) > 0 {
		t.Errorf("%d messages stand there twice", len(twice))
	}
	for _, v := range w.Violations() {
		t.Error(v)
	}
	if n := len(w.Groups()); n != 1 || len(w.Shown(w.Groups()[0])) != 1 {
		t.Errorf("%d groups, in the first of which %d messages", n, len(w.Shown(w.Groups()[0])))
	}
	if stats := wired.outbox.Stats(); stats.Dead > 0 {
		t.Errorf("%d posts were given up", stats.Dead)
	}
}

// trouble has things go wrong, otherwise for each seed.
func (s *story) trouble(seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 13))
	kinds := []slackfake.Kind{
		slackfake.Limited, slackfake.LimitedUnsaid, slackfake.LimitedFraction, slackfake.Broken, slackfake.BrokenAfter, slackfake.Unavailable,
		slackfake.Fatal, slackfake.FatalAfter, slackfake.InternalAfter, slackfake.Cut, slackfake.CutAfter, slackfake.HangAfter,
		slackfake.Truncated, slackfake.WithoutTS,
	}
	for _, method := range []string{
		"chat.postMessage", "chat.postMessage", "chat.update", "conversations.open", "conversations.history", "conversations.replies",
		"views.open", "views.update", "views.publish", "users.info", "apps.connections.open", "hooks",
	} {
		s.w.Goes(slackfake.Fault{Method: method, Kind: kinds[chance.IntN(len(kinds))], Chance: 0.3, Times: 3, For: time.Second})
	}
	s.w.Troubles(slackfake.Trouble{SwallowAck: 0.1, Duplicate: 0.2, NewEnvelope: 0.1, DropSocket: 0.05, HalfFrame: 0.05, Delay: 0.1, DelayUpTo: 20 * time.Second})
}

func (s *story) until(what string, is func() bool) {
	s.Helper()
	for range 4 * 60 * 60 {
		if is() {
			return
		}
		time.Sleep(time.Second)
	}
	for _, m := range s.w.Everything() {
		s.Logf("%s: %.200q %q", s.w.NameOf(m.In), m.Plain(), m.Buttons())
	}
	s.Fatalf("for four hours it did not happen that %s", what)
}

// press presses a button once it is there, and again as long as Slack says that nobody heard of it.
func (s *story) press(p *slackfake.Person, among func() []*slackfake.Message, label string) {
	s.Helper()
	var on *slackfake.Message
	there := func() bool {
		for _, m := range among() {
			if slices.Contains(m.Buttons(), label) {
				on = m
				return true
			}
		}
		return false
	}
	s.until("the button “"+label+"” is there", there)
	var err error
	for range 60 {
		if err = p.Presses(on, label); err == nil {
			return
		}
		time.Sleep(10 * time.Second)
		if !there() { // it was heard, and only the acknowledgement lost
			return
		}
	}
	s.Fatalf("%q cannot be pressed: %v", label, err)
}

// offer offers something by a form, and where no form opens in words.
func (s *story) offer(p *slackfake.Person, what string) {
	for range 10 {
		if p.Shortcut("offer_something") != nil {
			continue
		}
		time.Sleep(10 * time.Second)
		v := p.Modal()
		if v == nil || v.Title() == "One moment …" {
			continue
		}
		for _, label := range s.labels(v) {
			if p.Fills(label, what) == nil {
				break
			}
		}
		if p.Submits() == nil {
			return
		}
	}
	p.Writes("we can offer " + what)
}

// labels are those of the fields of a window.
func (s *story) labels(v *slackfake.View) (labels []string) {
	blocks, _ := v.Content["blocks"].([]any)
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		label, _ := block["label"].(map[string]any)
		if text, ok := label["text"].(string); ok {
			labels = append(labels, text)
		}
	}
	return labels
}
