package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// town is the whole bot on a Slack and on another network, in virtual time, on a Tuesday at four.
type town struct {
	*testing.T
	w      *slackfake.World
	other  *adaptertest.Unruly
	db     *storage.DB
	bot    *wiring
	served *served
	slack  *slack.Slack
}

func inTown(t *testing.T, body func(*town)) {
	template, err := os.ReadFile(storagetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ginnel.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2000, time.January, 11, 16, 0, 0, 0, time.UTC)))
		k := &town{T: t, w: slackfake.New(t, slackfake.InMemory()), other: adaptertest.NewUnruly("other")}
		ctx, cancel := context.WithCancel(context.Background())
		if k.db, err = storage.Open(ctx, path, storage.Write); err != nil {
			t.Fatal(err)
		}
		defer k.db.Close()
		log := slog.New(slog.DiscardHandler)
		if k.bot, err = wire(k.db, settings{zone: time.UTC, run: "nobody"}, time.Now, "town", log); err != nil {
			t.Fatal(err)
		}
		app := k.w.App()
		k.slack, err = slack.New(slack.Options{
			Network: bot.Network("slack:" + app.Workspace().ID), APIURL: k.w.URL(), HTTP: k.w.HTTPClient(), Chance: failure.NewChance(1),
			Dialer: &websocket.Dialer{NetDialContext: k.w.Dial, HandshakeTimeout: 10 * time.Second},
			Tokens: func() (slack.Tokens, error) { return slack.Tokens{Bot: app.Token(), App: app.AppToken}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		k.served = &served{log: log, chance: failure.NewChance(1), receive: k.bot.inbox.From, out: k.bot.outbox}
		for _, a := range []bot.Adapter{k.slack, k.other} {
			if err := k.served.add(a); err != nil {
				t.Fatal(err)
			}
			k.served.set(ctx, a.Network(), true)
		}
		absent := &absence{log: log, now: time.Now, keep: k.db.Settings("absence"), reached: k.served.reached, put: k.db.PutMessage}
		end := start(ctx, k.bot.inbox.Run, k.bot.outbox.Run, absent.run)
		defer func() {
			k.other.Release()
			cancel()
			k.served.stopAll()
			if err := end(); err != nil {
				t.Error(err)
			}
			k.w.Close()
		}()
		time.Sleep(time.Minute)
		body(k)
		for _, v := range k.w.Violations() {
			t.Error(v)
		}
	})
}

// coordinates makes somebody a coordinator on a network.
func (k *town) coordinates(n bot.Network, id, name string) {
	k.Helper()
	if err := k.db.AddCoordinator(k.Context(), bot.Speaker{Network: n, ID: bot.UserID(id), Name: name}, time.Now()); err != nil {
		k.Fatal(err)
	}
}

// read is what somebody reads in the private chat with the bot on Slack.
func (k *town) read(p *slackfake.Person) (all []string) {
	for _, m := range k.w.Shown(p.Chat()) {
		if m.FromApp() {
			all = append(all, m.Plain())
		}
	}
	return all
}

// heard is what was said on the other network.
func (k *town) heard() (all []string) {
	for _, p := range k.other.Said() {
		all = append(all, p.Reply.Plain())
	}
	return all
}

// containing are those that have words in them.
func containing(all []string, words string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.Contains(s, words) })
}

// TestShutOut is that a network which lets the bot in no more is told of once to a coordinator elsewhere and once to all when
// it is over, and that what waited meanwhile is said then.
func TestShutOut(t *testing.T) {
	for how, c := range map[string]struct {
		out  func(*slackfake.App)
		ago  time.Duration // since when it was so, in a process that ended
		told string
	}{
		"its token is revoked": {(*slackfake.App).RevokeToken, 24 * time.Hour, "from 10 January to 11 January. I am back."},
		"the app is removed":   {(*slackfake.App).Uninstall, 0, "On 11 January I was shut out of Slack"},
	} {
		t.Run(how, func(t *testing.T) {
			inTown(t, func(k *town) {
				app := k.w.App()
				amina := k.w.Person("Amina")
				k.coordinates(k.slack.Network(), amina.ID, "Amina")
				k.coordinates(k.other.Network(), "beth", "Beth")
				c.out(app)
				if c.ago > 0 {
					since := time.Now().Add(-c.ago).Format(time.RFC3339)
					if err := k.db.Settings("absence").Put(k.Context(), string(k.slack.Network()), since); err != nil {
						k.Fatal(err)
					}
				}
				time.Sleep(20 * time.Minute)
				if got := k.heard(); c.ago == 0 && len(got) != 0 {
					k.Errorf("so soon it says %q", got)
				}
				time.Sleep(20 * time.Minute)
				if got := k.heard(); len(got) != 1 || !strings.Contains(got[0], "shut out of Slack ("+app.Workspace().ID+")") || !strings.Contains(got[0], "ginnel doctor") {
					k.Fatalf("elsewhere it says %q", got)
				}
				waits := bot.Later("digest.back", "by hand", time.Now(), "elsewhere 947584800 947671200")
				if _, err := k.db.PutMessage(k.Context(), waits, time.Now()); err != nil {
					k.Fatal(err)
				}
				time.Sleep(time.Hour)
				if got := k.heard(); len(containing(got, "shut out of Slack")) != 1 || len(k.read(amina)) != 0 {
					k.Fatalf("all that time it says %q, and to the other %q", got, k.read(amina))
				}
				app.Reinstall()
				time.Sleep(10 * time.Minute)
				if got := k.read(amina); len(got) != 2 || len(containing(containing(got, "Slack"), c.told)) != 1 || len(containing(got, "Elsewhere")) != 1 {
					k.Errorf("when it is back it says %q", got)
				}
				if got := k.heard(); len(containing(containing(got, "Slack"), c.told)) != 1 {
					k.Errorf("when it is back it says elsewhere %q", got)
				}
				time.Sleep(time.Hour)
				if len(k.read(amina)) != 2 {
					k.Errorf("later it says %q", k.read(amina))
				}
			})
		})
	}
}

// register loads organisations, of which people on Slack speak for some.
func (k *town) register(sheet string) {
	k.Helper()
	speaker := func(name string) bot.Speaker {
		return bot.Speaker{Network: k.slack.Network(), ID: bot.UserID(k.w.PersonNamed(name).ID), Name: name}
	}
	if err := loadNetwork(k.Context(), k.db, "town", []byte(sheet), speaker, time.Now()); err != nil {
		k.Fatal(err)
	}
}

// TestAccountClosed is that an organisation whose contact's account is closed is asked through its next one.
func TestAccountClosed(t *testing.T) {
	inTown(t, func(k *town) {
		amina, tom, tess := k.w.Person("Amina"), k.w.Person("Tom"), k.w.Person("Tess")
		k.register("name,postcode,offers,needs,speaks\nRepair Café,QX1,,,Amina\nTally Trust,QX2,help with accounts,,Tom\n")
		trust, err := k.db.OrganisationsNamed(k.Context(), "Tally Trust")
		if err != nil || len(trust) != 1 {
			k.Fatal(trust, err)
		}
		next := bot.Speaker{Network: k.slack.Network(), ID: bot.UserID(tess.ID), Name: "Tess"}
		err = k.db.AddContact(k.Context(), bot.Contact{Speaker: next, Organisation: trust[0].ID, Since: time.Now()})
		if err != nil {
			k.Fatal(err)
		}
		tom.Deactivate()
		time.Sleep(time.Minute)
		amina.Writes("ask Tally Trust about our accounts")
		time.Sleep(time.Minute)
		const asks = "Repair Café would like to be introduced to Tally Trust"
		if got := k.read(tess); len(containing(got, asks)) != 1 {
			k.Errorf("the next contact reads %q, and who asked %q", got, k.read(amina))
		}
		if got := k.read(tom); len(got) != 0 {
			k.Errorf("who is gone is told %q", got)
		}
	})
}

// TestChannelGone is that coordinators are told once of a channel whose digest ends, be it archived or the bot taken out of it.
func TestChannelGone(t *testing.T) {
	for how, goes := range map[string]func(*town, *slackfake.Channel, *slackfake.Person){
		"archived":   func(_ *town, c *slackfake.Channel, _ *slackfake.Person) { c.Archive() },
		"bot is out": func(k *town, c *slackfake.Channel, ruth *slackfake.Person) { ruth.Removes(c, k.w.App().Bot()) },
	} {
		t.Run(how, func(t *testing.T) {
			inTown(t, func(k *town) {
				ruth := k.w.Person("Ruth")
				k.coordinates(k.slack.Network(), ruth.ID, "Ruth")
				hall := k.w.Channel("hall", ruth, k.w.App().Bot())
				ruth.Says(hall, "@Ginnel digest here")
				time.Sleep(time.Minute)
				goes(k, hall, ruth)
				time.Sleep(time.Hour)
				if got := k.read(ruth); len(got) != 1 || !strings.Contains(got[0], "closed, or I was taken out of it") {
					k.Errorf("the coordinator reads %q", got)
				}
			})
		})
	}
}
