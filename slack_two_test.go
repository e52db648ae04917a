package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/adapters/slack/slackfake"
	"ginnel/bot/match"
)

// TestTwoWorkspaces has people of two Slack workspaces, each with an app of its own, share one register: who asks in a channel of one
// is introduced to who says yes in the other, and each is told how the other is reached.
func TestTwoWorkspaces(t *testing.T) {
	w := slackfake.New(t, slackfake.Unlimited())
	county := w.Workspace("County")
	town, other := w.App(), county.Install("Snicket")
	file := filepath.Join(t.TempDir(), "workspaces")
	lines := fmt.Sprintf("bot=%s app=%s\nbot=%s app=%s\n", town.BotToken, town.AppToken, other.BotToken, other.AppToken)
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{
		cli: &cli{
			Database: filepath.Join(t.TempDir(), "ginnel.db"), RunBy: "Harthwaite Voluntary Action",
			SlackAccount: slackSettings{URL: w.URL(), Workspaces: file},
		},
		out: io.Discard, err: io.Discard, zone: time.UTC, words: match.Sector(), now: time.Now, log: slog.New(slog.DiscardHandler),
	}
	connects, err := p.connectSlack()
	if err != nil {
		t.Fatal(err)
	}
	p.networks = connects
	t.Cleanup(func() {
		if t.Failed() {
			for _, m := range w.Everything() {
				t.Logf("%s: %q", w.NameOf(m.In), m.Plain())
			}
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serveCommand{Health: "-", Lease: 30 * time.Second}.Run(ctx, p) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	}()
	await := func(among func() []*slackfake.Message, words string) (found *slackfake.Message) {
		t.Helper()
		w.Await(fmt.Sprintf("%q", words), func() bool {
			for _, m := range among() {
				if m.FromApp() && strings.Contains(m.Plain(), words) {
					found = m
				}
			}
			return found != nil
		})
		if found == nil {
			t.FailNow()
		}
		return found
	}
	amina, tom := w.Person("Amina"), county.Person("Tom")
	help := w.Channel("help", amina, town.Bot())
	aminas := func() []*slackfake.Message { return w.Shown(amina.Chat()) }
	toms := func() []*slackfake.Message { return w.Shown(tom.Chat()) }

	w.Await("both apps to listen", func() bool { return town.Sockets() > 0 && other.Sockets() > 0 })
	tom.Writes("list us as “Tally Trust”, “QX2”")
	await(toms, "Tally Trust is")
	tom.Writes("we can offer help with annual accounts for small groups")
	await(toms, "help with annual accounts")
	tom.Writes("reach us by tom@tally.example")
	await(toms, "Noted")
	amina.Writes("list us as “Tallow Lane Repair Café”, “QX3”")
	await(aminas, "Tallow Lane Repair Café is")
	amina.Writes("reach us by 01632 960111, after six")
	await(aminas, "Noted")
	list := await(amina.Says(help, "@Ginnel who can help with our accounts?").Replies, "Tally Trust")
	if err := amina.Presses(list, "ask Tally Trust"); err != nil {
		t.Fatal(err)
	}
	proposal := await(toms, "would like to be introduced to Tally Trust")
	if err := tom.Presses(proposal, proposal.Buttons()[0]); err != nil {
		t.Fatal(err)
	}
	await(toms, "You reach them by: 01632 960111, after six")
	await(aminas, "You reach them by: tom@tally.example")
	if n := len(w.Groups()); n != 0 {
		t.Errorf("%d group chats were opened, in which one side would be missing", n)
	}
}
