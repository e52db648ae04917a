//go:build goolm

package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix/homeserver"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot/calendar"
	"ginnel/bot/match"
)

// onBoth is the program with a workspace on a local Slack and an account on a homeserver, wired as ginnel serve wires it.
type onBoth struct {
	t     *testing.T
	w     *slackfake.World
	s     *homeserver.Server
	p     *program
	user  id.UserID
	ahead atomic.Int64 // how far its clock is ahead, in nanoseconds
	told  hearing

	stop func()
}

// hearing is what a program writes, for whoever reads while it is written.
type hearing struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *hearing) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *hearing) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

func newOnBoth(t *testing.T) *onBoth {
	t.Helper()
	b := &onBoth{t: t, s: homeserver.For(t), w: slackfake.New(t, slackfake.Unlimited())}
	user, err := b.s.Register(t.Context(), "ginnel")
	if err != nil {
		t.Fatal(err)
	}
	b.user = id.UserID(user)
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	app := b.w.App()
	b.p = &program{
		cli: &cli{
			Database: filepath.Join(t.TempDir(), "ginnel.db"), RunBy: "Harthwaite Voluntary Action",
			MatrixAccount: matrixSettings{Homeserver: b.s.URL, User: user, Password: homeserver.Password},
			SlackAccount:  slackSettings{URL: b.w.URL(), BotToken: app.BotToken, AppToken: app.AppToken},
		},
		out: &b.told, err: &b.told, zone: zone, words: match.Sector(),
		log: slog.New(slog.NewTextHandler(&b.told, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	t.Cleanup(func() {
		b.end()
		if t.Failed() {
			t.Logf("the program said:\n%s", b.told.String())
			for _, m := range b.w.Everything() {
				t.Logf("Slack, %s: %q %q", b.w.NameOf(m.In), m.Plain(), m.Buttons())
			}
		}
	})
	return b
}

// serve starts the program, its clock ahead by so much.
func (b *onBoth) serve(ahead time.Duration) {
	b.t.Helper()
	b.ahead.Store(int64(ahead))
	b.w.ClockIs(ahead)
	p := *b.p
	p.now = func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }
	workspaces, err := p.connectSlack()
	if err != nil {
		b.t.Fatal(err)
	}
	p.networks = append([]connect{p.connectMatrix}, workspaces...)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serveCommand{Health: "-", Lease: 30 * time.Second}.Run(ctx, &p) }()
	b.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Errorf("the program ended with %v", err)
		}
	}
}

func (b *onBoth) end() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
}

// await waits until the bot says words to p in Slack: in private, or in reply to a message.
func (b *onBoth) await(where string, among func() []*slackfake.Message, words string) *slackfake.Message {
	b.t.Helper()
	var found *slackfake.Message
	b.w.Await(fmt.Sprintf("%q in %s", words, where), func() bool {
		for _, m := range among() {
			if m.FromApp() && strings.Contains(m.Plain(), words) {
				found = m
				return true
			}
		}
		return false
	})
	if found == nil {
		b.t.FailNow()
	}
	return found
}

func (b *onBoth) private(p *slackfake.Person) func() []*slackfake.Message {
	return func() []*slackfake.Message { return b.w.Shown(p.Chat()) }
}

// says is how often the bot said words to p.
func (b *onBoth) says(among func() []*slackfake.Message, words string) (n int) {
	for _, m := range among() {
		if m.FromApp() && strings.Contains(m.Plain(), words) {
			n++
		}
	}
	return n
}

func readHow(p *homeserver.Person, room id.RoomID, words string) (n int) {
	for _, h := range p.Heard() {
		if h.Room == room && strings.Contains(h.Text(), words) {
			n++
		}
	}
	return n
}

var coordinatorWord = regexp.MustCompile(`coordinator [a-z0-9]{10}`)

// TestOneRegisterOnBoth has people of a Slack workspace and of a homeserver share one register: who asks in a channel is introduced
// to who says yes on Matrix, each is told how the other is reached, and the week's news come to rooms of both, to a person with
// an account on each only once.
func TestOneRegisterOnBoth(t *testing.T) {
	b := newOnBoth(t)
	amina, ruth := b.w.Person("Amina"), b.w.Person("Ruth")
	help := b.w.Channel("help", amina, ruth, b.w.App().Bot())
	tom, ruthToo := b.s.Person(t, "tom"), b.s.Person(t, "ruth")
	b.serve(0)
	his := tom.Open(t, true, true, b.user)
	tom.WaitJoined(t, his, b.user)
	hers := ruthToo.Open(t, true, true, b.user)
	ruthToo.WaitJoined(t, hers, b.user)

	b.w.Await("the coordinator's word", func() bool { return coordinatorWord.MatchString(b.told.String()) })
	ruth.Writes(coordinatorWord.FindString(b.told.String()))
	b.await("Ruth's chat", b.private(ruth), "You are")

	tom.Say(t, his, "list us as “Tally Trust”, “QX2”")
	tom.WaitFor(t, "Tally Trust is")
	tom.Say(t, his, "we can offer help with annual accounts for small groups")
	tom.WaitFor(t, "help with annual accounts")
	amina.Writes("list us as “Tallow Lane Repair Café”, “QX3”")
	b.await("Amina's chat", b.private(amina), "Tallow Lane Repair Café is")
	amina.Writes("reach us by 01632 960111, after six")
	b.await("Amina's chat", b.private(amina), "Noted")

	asked := amina.Says(help, "@Ginnel who can help with our accounts?")
	list := b.await("the thread", asked.Replies, "Tally Trust")
	if err := amina.Presses(list, "ask Tally Trust"); err != nil {
		t.Fatal(err)
	}
	proposal := tom.WaitFor(t, "would like to be introduced to Tally Trust")
	yes := &event.MessageEventContent{MsgType: event.MsgText, Body: "yes"}
	yes.RelatesTo = (&event.RelatesTo{}).SetReplyTo(proposal.Event.ID)
	tom.Put(t, his, yes)
	tom.WaitFor(t, "You are on different chats")
	tom.Say(t, his, "reach us by tom@tally.example")
	tom.WaitFor(t, "Noted: tom@tally.example")
	tom.Say(t, his, "yes to Tallow Lane Repair Café")
	tom.WaitFor(t, "You reach them by: 01632 960111, after six")
	b.await("Amina's chat", b.private(amina), "You reach them by: tom@tally.example")
	if n := len(b.w.Groups()); n != 0 {
		t.Errorf("%d group chats were opened in Slack", n)
	}
	if n := b.says(func() []*slackfake.Message { return b.w.Everything() }, "tom@tally.example"); n != 1 {
		t.Errorf("how Tally Trust is reached stands in %d messages of Slack", n)
	}

	// Ruth is one person on both.
	ruth.Writes("list us as “Harthwaite Hub”, “QX1”")
	b.await("Ruth's chat", b.private(ruth), "Harthwaite Hub is")
	ruth.Writes("link me")
	said := b.await("Ruth's chat", b.private(ruth), "link me ").Plain()
	word := regexp.MustCompile(`link me “[a-z0-9]{6,}”`).FindString(said)
	ruthToo.Say(t, hers, word)
	ruthToo.WaitFor(t, "Ruth")
	ruthToo.Say(t, hers, "1")
	ruthToo.WaitFor(t, "one person")

	news := ruthToo.Open(t, true, false, b.user, tom.ID)
	ruthToo.WaitJoined(t, news, b.user)
	ruthToo.WaitJoined(t, news, tom.ID)
	ruthToo.Say(t, news, "!ginnel digest here")
	ruthToo.Wait(t, "waits for the digest to be settled", func(h homeserver.Heard) bool { return h.Room == news })
	here := ruth.Says(help, "@Ginnel digest here")
	b.w.Await("the digest to be settled", func() bool { return len(here.Replies()) > 0 })
	const comes = "comes to you in private"
	ruth.Writes("send me the digest")
	b.await("Ruth's chat", b.private(ruth), comes)
	tom.Say(t, his, "send me the digest")
	ruthToo.Say(t, hers, "send me the digest")
	for _, p := range []*homeserver.Person{tom, ruthToo} {
		p.WaitFor(t, comes)
	}
	b.end()

	now := time.Now()
	monday, _ := calendar.UsualWeekly.Next(now, calendar.EnglandAndWales, b.p.zone)
	b.serve(monday.Sub(now) - time.Second)
	const inPrivate = "New in the network this week"
	b.await("#help", func() []*slackfake.Message { return b.w.Shown(help) }, "New in the network")
	tom.Wait(t, "waits for the digest", func(h homeserver.Heard) bool {
		return h.Room == news && strings.Contains(h.Text(), "New in the network")
	})
	ruthToo.Wait(t, "waits for her news", func(h homeserver.Heard) bool { return h.Room == hers && strings.Contains(h.Text(), inPrivate) })
	tom.Wait(t, "waits for his news", func(h homeserver.Heard) bool { return h.Room == his && strings.Contains(h.Text(), inPrivate) })
	b.end() // what was to be said has been said
	if n := b.says(b.private(ruth), inPrivate) + readHow(ruthToo, hers, inPrivate); n != 1 {
		t.Errorf("Ruth was told %d times what is new", n)
	}
	for _, p := range []*homeserver.Person{tom, ruthToo} {
		if n := p.Unreadable(); n > 0 {
			t.Errorf("%s cannot read %d messages", p.ID, n)
		}
	}
	if v := b.w.Violations(); len(v) > 0 {
		t.Error(v)
	}
	if n := readHow(tom, news, "New in the network"); n != 1 {
		t.Errorf("the room on Matrix was told %d times what is new", n)
	}
	if !slices.ContainsFunc(b.w.Shown(help), func(m *slackfake.Message) bool { return m.FromApp() && strings.Contains(m.Plain(), "Tally Trust") }) {
		t.Error("Slack does not hear of who is on Matrix")
	}
}
