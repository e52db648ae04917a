package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ginnel/adapters/adaptertest"
	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
)

// twoNetworks is the whole bot on two networks, of which one may do what it likes.
type twoNetworks struct {
	t         *testing.T
	bad, good *adaptertest.Unruly
	w         *wiring
	db        *storage.DB
	served    *served
	log       *lockedBuffer
	said      int
}

// lockedBuffer can be read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// unrulyPatience is waited only for what does not happen.
const unrulyPatience = 5 * time.Minute

func serveTwo(t *testing.T) *twoNetworks {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	n := &twoNetworks{t: t, bad: adaptertest.NewUnruly("bad"), good: adaptertest.NewUnruly("good"), log: &lockedBuffer{}}
	if n.db, err = storage.Open(t.Context(), filepath.Join(t.TempDir(), "ginnel.db"), storage.Write); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(n.log, nil))
	if n.w, err = wire(n.db, settings{zone: zone, run: "Harthwaite Voluntary Action"}, time.Now, "test", log); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n.served = &served{
		log: log, chance: failure.NewChance(1), receive: n.w.inbox.From, out: n.w.outbox,
		adapters: map[bot.Network]bot.Adapter{"bad": n.bad, "good": n.good},
	}
	var all sync.WaitGroup
	for _, loop := range []func(context.Context) error{n.w.inbox.Run, n.w.outbox.Run} {
		all.Go(func() { _ = loop(ctx) })
	}
	n.served.set(ctx, "bad", true)
	n.served.set(ctx, "good", true)
	t.Cleanup(func() {
		n.bad.Release()
		cancel()
		n.served.stopAll()
		all.Wait()
		n.db.Close()
	})
	return n
}

// says has somebody say text to the bot, and until waits for what must come of it.
func (n *twoNetworks) says(u *adaptertest.Unruly, text string) {
	n.said++
	who := bot.Speaker{Network: u.Network(), ID: bot.UserID(fmt.Sprint("person ", n.said)), Name: "Amina"}
	u.Happen(bot.Message{Kind: bot.Said, From: who, Where: bot.Private(who), Text: text, ToUs: true})
}

func (n *twoNetworks) until(what string, is func() bool) {
	n.t.Helper()
	for end := time.Now().Add(unrulyPatience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("%s, and that does not happen\n%s", what, n.log)
		}
	}
}

// answers wants an answer to what is said on the good network now.
func (n *twoNetworks) answers(u *adaptertest.Unruly) {
	n.t.Helper()
	before := len(u.Said())
	n.says(u, "help")
	n.until(fmt.Sprintf("somebody asks for help on %s", u.Network()), func() bool { return len(u.Said()) > before })
}

// TestWhateverOneNetworkDoesTheOtherIsServed: an adapter that hangs, panics, fails, lies, brings nonsense, twins and goes away
// harms nobody but its own network, and that comes back when it behaves.
func TestWhateverOneNetworkDoesTheOtherIsServed(t *testing.T) {
	for _, call := range []adaptertest.Call{adaptertest.CallRun, adaptertest.CallSend} {
		for how, misdeed := range map[string]adaptertest.Misdeed{
			"hangs": adaptertest.Hangs, "panics": adaptertest.Panics, "fails": adaptertest.Fails, "lies": adaptertest.Lies, "loses": adaptertest.Loses,
		} {
			t.Run(string(call)+" "+how, func(t *testing.T) {
				t.Parallel()
				n := serveTwo(t)
				n.answers(n.bad)
				n.answers(n.good)
				n.bad.Misbehave(call, misdeed)
				for range 20 { // more than it has workers
					n.says(n.bad, "who can help with my secret sorrow?")
				}
				for range 5 {
					n.answers(n.good)
				}
				n.bad.Misbehave(call, adaptertest.Well)
				n.bad.Release()
				n.until("it behaves again", func() bool {
					counts, err := n.db.Counts(context.Background())
					return err == nil && counts["outbox/waiting"]+counts["outbox/leased"]+counts["outbox/unknown"]+counts["inbox/open"] == 0
				})
				n.answers(n.bad)
				for _, secret := range []string{"xoxb", "secret", "sorrow", "Amina", "chat.example"} {
					if strings.Contains(n.log.String(), secret) {
						t.Errorf("the log tells %q:\n%s", secret, n.log)
					}
				}
			})
		}
	}
}

// TestNonsenseIsDropped: what no adapter may bring is neither stored nor brought again, and what comes after it is answered.
func TestNonsenseIsDropped(t *testing.T) {
	n := serveTwo(t)
	who := bot.Speaker{Network: "bad", ID: "amina", Name: "Amina"}
	good := bot.Message{Kind: bot.Said, From: who, Where: bot.Private(who), Text: "help", ToUs: true, At: time.Now()}
	var nonsense []bot.Message
	for i, change := range []func(*bot.Message){
		func(m *bot.Message) { m.Kind, m.For, m.Text = bot.Due, "introduce.lapse", "1" },
		func(m *bot.Message) { m.Kind, m.For, m.Text = bot.Failed, "introduce.unmet", "made/1" },
		func(m *bot.Message) { m.Kind = "" },
		func(m *bot.Message) { m.ID = "" },
		func(m *bot.Message) { m.ID = "a\x00b" },
		func(m *bot.Message) { m.From.ID = bot.UserID(strings.Repeat("x", 5000)) },
		func(m *bot.Message) { m.From.Network, m.Where.Network = "good", "good" },
		func(m *bot.Message) { m.From.Network = "good" },
		func(m *bot.Message) { m.Where = bot.Address{Network: "bad", Room: "\xff"} },
		func(m *bot.Message) { m.Where.People = []bot.UserID{"amina\x1ftom"} },
	} {
		m := good
		m.ID = bot.MessageID(fmt.Sprint("nonsense", i))
		change(&m)
		nonsense = append(nonsense, m)
		n.bad.Bring(m)
	}
	dirty := good
	dirty.ID, dirty.Text, dirty.From.Name, dirty.At = "dirty", "help\x00 \xff"+strings.Repeat("!", 1<<20), strings.Repeat("\x00Amina\xff", 1000), time.Now().AddDate(70, 0, 0)
	n.bad.Bring(dirty)
	n.bad.Bring(dirty)
	n.until("it says something after all that", func() bool { return len(n.bad.Said()) > 0 })
	n.answers(n.bad)
	n.bad.Twin()
	n.answers(n.good)
	if got := n.w.inbox.Stats(); got.Malformed < int64(len(nonsense)) || got.Stored != 3 {
		t.Errorf("of %d malformed messages: %+v", len(nonsense), got)
	}
	if got := len(n.bad.Said()); got != 2 {
		t.Errorf("it was answered %d times", got)
	}
}

// TestANetworkThatIsGoneForGoodIsLeft: it is served no more, and that is told; the others go on.
func TestANetworkThatIsGoneForGoodIsLeft(t *testing.T) {
	n := serveTwo(t)
	n.answers(n.bad)
	if err := ready(t.Context(), n.db, n.w, n.served); err != nil {
		t.Errorf("all is well, and it says %v", err)
	}
	n.bad.Gone()
	n.until("it is gone", func() bool {
		err := ready(t.Context(), n.db, n.w, n.served)
		return err != nil && strings.Contains(err.Error(), "bad is gone for good")
	})
	n.answers(n.good)
	n.bad.Down(true)
	n.good.Down(true)
	n.says(n.good, "help")
	n.until("the other takes nothing", func() bool {
		err := ready(t.Context(), n.db, n.w, n.served)
		return err != nil && strings.Contains(err.Error(), "good takes nothing before")
	})
	n.good.Down(false)
	n.answers(n.good)
}
