package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// A chorus is the network of several programs at once, and hears what they say.
type chorus struct {
	mu   sync.Mutex
	keys map[string]int // how often each post was said
}

func (*chorus) Network() bot.Network { return "talk" }

func (*chorus) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }

func (*chorus) Room(_ context.Context, gather string, _ []bot.UserID, _ string) (bot.RoomID, error) {
	return bot.RoomID(gather), nil
}

func (c *chorus) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[p.Key]++
	return bot.MessageID(fmt.Sprint("p", len(c.keys))), nil
}

// TestReplicas plays some weeks with three programs at once on one database: each week strikes once, and nothing is said twice.
func TestReplicas(t *testing.T) {
	ctx := context.Background()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	k := newConversation(t, storagetest.Postgres(t))
	k.given("the sample network", nil)
	k.say("Ruth", "", true, "coordinator plum harbour kettle")
	k.settle()
	k.say("Ruth", "news", true, "digest here")
	k.settle()
	for _, who := range []string{"Amina", "Tariq", "Tom"} {
		k.say(who, "", true, "send me the digest")
		k.settle()
	}
	heard := &chorus{keys: map[string]int{}}
	now := k.now
	var programs []*wiring
	var stores []*storage.DB
	for n := range 3 {
		db, err := storage.Open(ctx, k.url, storage.Write)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		w, err := wire(db, settings{zone: zone, run: "Harthwaite Voluntary Action"}, func() time.Time { return now }, fmt.Sprint("program ", n),
			slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
		if err != nil {
			t.Fatal(err)
		}
		w.outbox.Add(heard)
		programs, stores = append(programs, w), append(stores, db)
	}
	together := func(do func(n int, w *wiring) error) {
		t.Helper()
		var all sync.WaitGroup
		errs := make([]error, len(programs))
		for n, w := range programs {
			all.Go(func() { errs[n] = do(n, w) })
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	spoke := now.AddDate(0, 0, -7)
	for end := now.AddDate(0, 0, 25); now.Before(end); {
		if now.Sub(spoke) >= 5*24*time.Hour { // something to tell, said to one of them
			spoke = now
			who := k.speaker("Amina")
			m := bot.Message{
				ID: bot.MessageID(fmt.Sprint("news ", now.Unix())), Kind: bot.Said, From: who, Where: bot.Private(who), ToUs: true, At: now,
				Text: fmt.Sprintf("we can offer %d old lamps", now.Unix()),
			}
			if err := programs[now.Unix()%3].inbox.Receive(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
		next, err := stores[0].NextDue(ctx, now)
		if err != nil {
			t.Fatal(err)
		}
		if next.IsZero() || next.After(end) {
			next = end
		}
		now = next
		together(func(n int, w *wiring) error {
			// Each of them may have been started just now.
			if err := w.startClock(ctx, stores[n], now); err != nil {
				return err
			}
			return settle(ctx, w.inbox, w.outbox)
		})
	}
	bundles, digests := 0, 0
	for key, n := range heard.keys {
		if n != 1 {
			t.Errorf("%s was said %d times", key, n)
		}
		switch {
		case strings.HasPrefix(key, "bundle/"):
			bundles++
		case strings.HasPrefix(key, "digest/"):
			digests++
		}
	}
	t.Logf("%d posts, of them %d digests and %d bundles", len(heard.keys), digests, bundles)
	if digests == 0 || bundles == 0 {
		t.Error("nothing happens in that network")
	}
	counts, err := stores[0].Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if counts["inbox/aside"] > 0 {
		t.Errorf("%d messages were set aside", counts["inbox/aside"])
	}
}
