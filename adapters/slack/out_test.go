package slack_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
)

// least are the scopes of the manifest without listening.
var least = []string{
	"app_mentions:read", "chat:write", "commands", "im:history", "im:write", "mpim:write", "mpim:history", "channels:read", "groups:read", "users:read",
}

func one(s *slack.Slack, p *slackfake.Person) bot.Address {
	return bot.Private(bot.Speaker{Network: s.Network(), ID: bot.UserID(p.ID)})
}

// TestWhispers is that what only one person is to see is said in answer to what that person did, also where the bot is not,
// and when Slack's time for that is over in private, and never in the room.
func TestWhispers(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina, ben := w.Person("Amina"), w.Person("Ben")
		away, hall := w.Channel("away", amina, ben), w.Channel("hall", amina, ben, w.App().Bot())
		h := runs(t, s)
		ask := func(in *slackfake.Channel) bot.Message {
			t.Helper()
			if err := amina.Types(in, "/ginnel help"); err != nil {
				t.Fatal(err)
			}
			return h.all()[len(h.all())-1]
		}
		say := func(key string, m bot.Message) bot.MessageID {
			t.Helper()
			id, err := s.Send(t.Context(), bot.Post{Key: key, Where: m.Where, To: m.ID, Reply: bot.Lines(bot.Text("words of " + key))})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		sees := func(p *slackfake.Person, in *slackfake.Channel, words string) bool {
			for _, m := range p.Sees(in) {
				if strings.Contains(m.Plain(), words) {
					return true
				}
			}
			return false
		}
		m := ask(away)
		say("soon", m)
		if !sees(amina, away, "words of soon") || sees(ben, away, "words of soon") {
			t.Error("the answer is not seen by her alone")
		}
		here := ask(hall)
		time.Sleep(time.Hour)
		say("late", m)
		if !sees(amina, amina.Chat(), "words of late") || sees(amina, away, "words of late") {
			t.Error("the late answer is not in private")
		}
		say("late here", here)
		if !sees(amina, hall, "words of late here") || sees(ben, hall, "words of late here") {
			t.Error("the late answer where the bot is, is not seen by her alone")
		}
		if _, _, err := s.Find(t.Context(), bot.Post{Key: "late", Where: m.Where}); !errors.Is(err, bot.ErrCannotTell) {
			t.Errorf("of a whisper it can tell: %v", err)
		}
	})
}

// TestFind is that a message whose answer got lost is found and its twin removed, and that with the least scopes nobody can
// tell in a channel, unless Slack told us of it.
func TestFind(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		w.App().Scopes(least...)
		amina := w.Person("Amina")
		hall := w.Channel("hall", amina, w.App().Bot())
		runs(t, s)
		private := bot.Post{Key: "k", Where: one(s, amina), Tried: time.Now(), Reply: bot.Lines(bot.Text("words"))}
		for range 2 {
			w.Goes(slackfake.Fault{Method: "chat.postMessage", Kind: slackfake.BrokenAfter, Times: 1})
			if _, err := s.Send(t.Context(), private); err == nil {
				t.Fatal("it does not notice")
			} else if _, known := bot.Outcome(err); known {
				t.Fatalf("it knows what came of it: %v", err)
			}
		}
		id, found, err := s.Find(t.Context(), private)
		if err != nil || !found || len(w.Shown(amina.Chat())) != 1 || id != bot.MessageID(amina.Chat().ID+"/"+w.Shown(amina.Chat())[0].TS) {
			t.Errorf("it finds %q, %t, %v, and %d stand there", id, found, err, len(w.Shown(amina.Chat())))
		}
		if w.InMetadata("Amina") || w.InMetadata("words") {
			t.Error("the metadata tell something")
		}
		aloud := private
		aloud.Key, aloud.Where = "l", bot.Address{Network: s.Network(), Room: bot.RoomID(hall.ID)}
		if _, err := s.Send(t.Context(), aloud); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Find(t.Context(), aloud); !errors.Is(err, bot.ErrCannotTell) {
			t.Errorf("in a channel that it may not read it says %v", err)
		}
	})
}

// TestGroups is that a group conversation of the same people is the same one, and that one which Slack refuses is no use
// trying again.
func TestGroups(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		runs(t, s)
		var people []bot.UserID
		for _, name := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"} {
			people = append(people, bot.UserID(w.Person(name).ID))
		}
		one, err := s.Room(t.Context(), "one", people[:8], "Eight")
		two, err2 := s.Room(t.Context(), "one", people[:8], "Eight")
		if err != nil || err2 != nil || one != two {
			t.Errorf("eight meet in %q, %v and %q, %v", one, err, two, err2)
		}
		refused := func(gather string, people []bot.UserID) {
			t.Helper()
			_, err := s.Room(t.Context(), gather, people, "")
			if send, known := bot.Outcome(err); !known || !send.Final {
				t.Errorf("%s: %v", gather, err)
			}
		}
		refused("nine", people)
		w.PersonNamed("A").Deactivate()
		refused("somebody gone", people[:2])
		refused("a stranger", []bot.UserID{people[1], "tom"})
		w.App().Scopes("chat:write", "im:write")
		refused("no scope", people[2:4])
	})
}

// TestSlowDown is that all three ways in which Slack asks to slow down hold everything, and that nothing is asked within the
// time.
func TestSlowDown(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		runs(t, s)
		p := bot.Post{Key: "k", Where: one(s, amina), Reply: bot.Lines(bot.Text("words"))}
		for _, kind := range []slackfake.Kind{slackfake.Limited, slackfake.LimitedUnsaid, slackfake.LimitedFraction} {
			w.Goes(slackfake.Fault{Method: "chat.postMessage", Kind: kind, Times: 1, For: 3 * time.Second})
			_, err := s.Send(t.Context(), p)
			send, known := bot.Outcome(err)
			if !known || !send.Wait || send.After < 2*time.Second {
				t.Fatalf("%s: %v, %+v", kind, err, send)
			}
			before := len(w.Calls("chat.postMessage"))
			if _, err := s.Send(t.Context(), p); err == nil || len(w.Calls("chat.postMessage")) != before {
				t.Errorf("%s: it asks again at once", kind)
			}
			time.Sleep(send.After)
			if _, err := s.Send(t.Context(), p); err != nil {
				t.Errorf("%s: afterwards %v", kind, err)
			}
		}
		if v := w.Violations(); len(v) > 0 {
			t.Error(v)
		}
	})
}

// TestReinstalled is that a workspace whose app was removed waits, and goes on by itself once the app is there again and its
// token where it was.
func TestReinstalled(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		runs(t, s)
		p := bot.Post{Key: "k", Where: one(s, amina), Reply: bot.Lines(bot.Text("words"))}
		w.App().Uninstall()
		time.Sleep(time.Minute)
		if err := s.Ready(); err == nil || !strings.Contains(err.Error(), "install it again") {
			t.Errorf("it is ready: %v", err)
		}
		if send, known := bot.Outcome(second(s.Send(t.Context(), p))); !known || !send.Wait {
			t.Error("a post does not wait")
		}
		w.App().Reinstall()
		time.Sleep(2 * time.Minute)
		if s.Ready() != nil {
			t.Error("it does not look whether it may come back")
		}
		if _, err := s.Send(t.Context(), p); err != nil || s.Ready() != nil {
			t.Errorf("after it came back: %v, %v", err, s.Ready())
		}
	})
}

func second[A, B any](_ A, b B) B { return b }

// TestChecks is that the doctor finds what is wrong and says what to click.
func TestChecks(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		finding := func(name string) bot.Finding {
			for _, c := range s.Checks() {
				if c.Name == name {
					return c.Run(t.Context())
				}
			}
			t.Fatalf("no check is called %s", name)
			return bot.Finding{}
		}
		amina := w.Person("Amina")
		w.App().Scopes(least...)
		w.Channel("hall", amina, w.App().Bot())
		for _, name := range []string{"slack token", "slack scopes", "slack clock", "slack events", "slack channels"} {
			if f := finding(name); f.State != bot.Well {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if f := finding("slack scopes"); !strings.Contains(f.Says, "said twice") {
			t.Errorf("it does not say what nobody can tell: %+v", f)
		}
		if f := finding("slack home"); f.State != bot.Unsure || !strings.Contains(f.Cure, "App Home") {
			t.Errorf("home: %+v", f)
		}
		runs(t, s)
		w.App().HomeTab(false)
		home := one(s, amina)
		home.Home = true
		_, err := s.Send(t.Context(), bot.Post{Key: "home", Where: home, Reply: bot.Lines(bot.Text("home"))})
		if send, known := bot.Outcome(err); !known || !send.Final || !strings.Contains(err.Error(), "switch the Home Tab on") {
			t.Errorf("a Home tab that is off: %v", err)
		}
		w.App().Scopes("chat:write", "admin")
		if f := finding("slack scopes"); f.State != bot.Wrong || !strings.Contains(f.Says, "im:history") || !strings.Contains(f.Cure, "manifest") {
			t.Errorf("scopes: %+v", f)
		}
		w.App().RevokeToken()
		if f := finding("slack token"); f.State != bot.Wrong || !strings.Contains(f.Cure, "install the app again") {
			t.Errorf("token: %+v", f)
		}
	})
}

// TestPictures is that a picture stands in the one message with its words beside it, is shown to nobody else, and that its words
// stand alone where Slack takes no picture.
func TestPictures(t *testing.T) {
	bubble(t, func(t *testing.T, w *slackfake.World, s *slack.Slack) {
		amina := w.Person("Amina")
		hall := w.Channel("hall", amina, w.App().Bot())
		runs(t, s)
		say := func(key string) *slackfake.Message {
			t.Helper()
			_, err := s.Send(t.Context(), bot.Post{
				Key: key, Where: bot.Address{Network: s.Network(), Room: bot.RoomID(hall.ID)},
				Reply: bot.Reply{{Line: bot.Text("How it hangs together:")}, {Picture: &bot.Picture{Text: "two groups that know each other", Name: "n.png", Data: picture}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			all := w.Shown(hall)
			return all[len(all)-1]
		}
		images := func(m *slackfake.Message) (n int) {
			for _, b := range m.Blocks {
				if b["type"] == "image" && b["alt_text"] == "two groups that know each other" {
					n++
				}
			}
			return n
		}
		with := say("with")
		if images(with) != 1 || !strings.Contains(with.Text, "two groups") {
			t.Errorf("it shows %v, and says %q", with.Blocks, with.Text)
		}
		for _, c := range w.Calls("files.completeUploadExternal") {
			if c.Args["channel_id"] != nil || c.Args["channels"] != nil {
				t.Errorf("the picture is shared by itself: %v", c.Args)
			}
		}
		w.Goes(slackfake.Fault{Method: "files.getUploadURLExternal", Kind: slackfake.Broken, Times: 1})
		if without := say("without"); images(without) != 0 || !strings.Contains(without.Plain(), "two groups") {
			t.Errorf("when there can be no picture it shows %v", without.Blocks)
		}
		if n := len(w.Shown(hall)); n != 2 {
			t.Errorf("%d messages", n)
		}
	})
}
