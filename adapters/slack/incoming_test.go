package slack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/clean"
)

// quiet waits until Slack has nothing left to deliver.
func quiet(t *testing.T, w *slackfake.World) {
	t.Helper()
	await(t, "everything to be acknowledged", w.Quiet)
}

// once gives the messages without those that a store would take for the same.
func once(all []bot.Message) (out []bot.Message) {
	seen := map[string]bool{}
	for _, m := range all {
		if !seen[m.Key()] {
			seen[m.Key()] = true
			out = append(out, m)
		}
	}
	return out
}

// TestMention is that a mention, told twice by Slack, is one message that is said to us, and that its answer stands in a
// thread.
func TestMention(t *testing.T) {
	w := slackfake.New(t)
	amina := w.Person("Amina")
	amina.Moves("Europe/Lisbon")
	help := w.Channel("help", amina, w.App().Bot())
	h := runs(t, connected(t, w))
	said := amina.Says(help, "@Ginnel: who can help with R&D <tools>?")
	quiet(t, w)
	all := h.all()
	if len(all) != 2 || len(once(all)) != 1 {
		t.Fatalf("a mention is %+v", all)
	}
	for _, m := range all {
		if m.Kind != bot.Said || !m.ToUs || m.Text != "who can help with R&D <tools>?" || m.Begins != bot.ThreadID(said.TS) ||
			m.Where.Room != bot.RoomID(help.ID) || m.From.Name != "Amina" || m.In.Zone != "Europe/Lisbon" || !m.In.Whispers || !m.In.Home {
			t.Errorf("a mention is %+v", m)
		}
	}
	amina.Answers(said, "@Ginnel and in M12?")
	quiet(t, w)
	if m := h.all()[2]; m.Where.Thread != bot.ThreadID(said.TS) || m.Begins != "" {
		t.Errorf("in a thread: %+v", m)
	}
}

// TestIgnored is what comes to nothing: what the bot and other bots say, what Slack says itself, previews of links,
// reactions.
func TestIgnored(t *testing.T) {
	w := slackfake.New(t)
	amina, ben := w.Person("Amina"), w.Person("Ben")
	help := w.Channel("help", amina, w.App().Bot())
	s := connected(t, w)
	h := runs(t, s)
	who := bot.Speaker{Network: s.Network(), ID: bot.UserID(amina.ID)}
	if _, err := s.Send(t.Context(), bot.Post{Key: "k", Where: bot.Private(who), Reply: bot.Lines(bot.Text("@Ginnel help"))}); err != nil {
		t.Fatal(err)
	}
	m := amina.Says(help, "look at https://example.org")
	quiet(t, w)
	n := len(h.all())
	w.Unfurls(m, "An example")
	amina.Reacts(m, "wave")
	help.Rename("help-wanted")
	ben.Moves("Europe/Paris")
	if _, err := s.Send(t.Context(), bot.Post{Key: "k2", Where: bot.Address{Network: s.Network(), Room: bot.RoomID(help.ID)}, Reply: bot.Lines(bot.Text("here"))}); err != nil {
		t.Fatal(err)
	}
	quiet(t, w)
	if all := h.all(); len(all) != n {
		t.Errorf("%+v", all[n:])
	}
}

// TestWithdrawn is that an edit and a deletion name what they are of, also where a thread keeps a tombstone.
func TestWithdrawn(t *testing.T) {
	w := slackfake.New(t)
	amina := w.Person("Amina")
	help := w.Channel("help", amina, w.App().Bot())
	h := runs(t, connected(t, w))
	m := amina.Says(help, "@Ginnel who can help with acounts?")
	amina.Answers(m, "anyone?")
	amina.Edits(m, "@Ginnel who can help with accounts?")
	amina.Deletes(m)
	quiet(t, w)
	all := once(h.all())
	if len(all) != 4 {
		t.Fatalf("%+v", all)
	}
	edited, deleted := all[2], all[3]
	if edited.Kind != bot.Edited || edited.On != all[0].ID || edited.Text != "who can help with accounts?" || !edited.ToUs {
		t.Errorf("an edit is %+v", edited)
	}
	if deleted.Kind != bot.Deleted || deleted.On != all[0].ID || deleted.Text != "" {
		t.Errorf("a deletion is %+v", deleted)
	}
}

// TestByHand is what people do without writing: commands, shortcuts, the Home tab, comings and goings.
func TestByHand(t *testing.T) {
	w := slackfake.New(t)
	amina, ben := w.Person("Amina"), w.Person("Ben")
	help, away := w.Channel("help", amina, w.App().Bot()), w.Channel("away", amina, ben)
	h := runs(t, connected(t, w))
	last := func() bot.Message {
		t.Helper()
		quiet(t, w)
		all := h.all()
		if len(all) == 0 {
			t.Fatal("nothing came")
		}
		return all[len(all)-1]
	}
	if err := amina.Types(away, "/ginnel who can help with accounts?"); err != nil {
		t.Fatal(err)
	}
	if m := last(); m.Text != "who can help with accounts?" || m.Where.Room != bot.RoomID(away.ID) || m.Where.Only != m.From.ID || !m.ToUs || !m.In.Whispers || !m.In.Open {
		t.Errorf("a command is %+v", m)
	}
	if err := amina.Types(help, "/ginnel"); err != nil {
		t.Fatal(err)
	}
	if m := last(); m.Text != "help" {
		t.Errorf("a bare command is %+v", m)
	}
	asked := ben.Says(away, "does anyone have a “big” van?\nfor Saturday")
	if err := amina.MessageShortcut("find_help", asked); err != nil {
		t.Fatal(err)
	}
	if m := last(); m.Text != "who can help with “does anyone have a ““big”” van? for Saturday”" || m.From.ID != bot.UserID(amina.ID) || m.Where.Only != m.From.ID {
		t.Errorf("a shortcut on a message is %+v", m)
	}
	amina.OpensHome()
	if m := last(); m.Kind != bot.Opened || !m.Where.IsPrivate() || !m.In.Home {
		t.Errorf("a home tab is %+v", m)
	}
	amina.Invites(away, w.App().Bot())
	if m := last(); m.Kind != bot.Joined || !m.Us || m.From.ID != bot.UserID(amina.ID) || m.Where.Room != bot.RoomID(away.ID) {
		t.Errorf("an invitation is %+v", m)
	}
	amina.Removes(away, w.App().Bot())
	if m := last(); m.Kind != bot.Left || !m.Us || m.Where.Room != bot.RoomID(away.ID) {
		t.Errorf("a removal is %+v", m)
	}
	help.Archive()
	if m := last(); m.Kind != bot.Left || !m.Us || m.Where.Room != bot.RoomID(help.ID) {
		t.Errorf("an archived channel is %+v", m)
	}
	ben.Deactivate()
	if m := last(); m.Kind != bot.Left || m.Us || m.Where.InRoom() || m.From.ID != bot.UserID(ben.ID) {
		t.Errorf("a deactivated account is %+v", m)
	}
	guest := w.GuestIn("Gail", away)
	guest.Writes("hello")
	if m := last(); !m.In.Guest {
		t.Errorf("a guest is %+v", m)
	}
	for _, m := range h.all() {
		if _, err := clean.Message(m, network(w.App()), time.Now()); err != nil {
			t.Errorf("%v: %+v", err, m)
		}
	}
}

// TestForms is that a form opens while its handle lives, says its sentences, and comes back filled in when it is refused.
func TestForms(t *testing.T) {
	w := slackfake.New(t)
	amina := w.Person("Amina")
	s := connected(t, w)
	h := runs(t, s)
	who := bot.Private(bot.Speaker{Network: s.Network(), ID: bot.UserID(amina.ID)})
	offer := bot.Block{Form: &bot.Form{
		Title: "Offer something", Say: []string{"we can offer {what} [until {until}]", "covers {where}"},
		Fields: []bot.Field{
			{Name: "what", Label: "What", Many: true, Needed: true},
			{Name: "until", Label: "Until"},
			{Name: "where", Label: "Where", Options: []bot.Choice{{Label: "All over", Say: "everywhere"}, {Label: "Here", Say: "M12"}}, Value: []string{"M12"}},
		},
	}}
	if err := amina.Shortcut("offer_something"); err != nil {
		t.Fatal(err)
	}
	asked := h.wait(t, 1)[0]
	send := func(p bot.Post) bot.MessageID {
		t.Helper()
		p.Where = who
		id, err := s.Send(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	send(bot.Post{Key: "form", To: asked.ID, Reply: bot.Reply{offer}})
	v := amina.Modal()
	if v == nil || v.Title() != "Offer something" || v.Filled("Where") != "Here" {
		t.Fatalf("the window shows %+v", v)
	}
	if len(ours(w)) != 0 {
		t.Error("the form was said in the chat too")
	}
	for label, value := range map[string]string{"What": "tables\n\nchairs", "Until": "one day"} {
		if err := amina.Fills(label, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := amina.Submits(); err != nil {
		t.Fatal(err)
	}
	got := h.wait(t, 2)[1]
	if want := "we can offer “tables” until “one day”\nwe can offer “chairs” until “one day”\ncovers “M12”"; got.Text != want || !got.Pressed || !got.Where.IsPrivate() {
		t.Fatalf("the form says %+v", got)
	}
	if v := amina.Modal(); v == nil || !strings.Contains(v.Plain(), "One moment") {
		t.Errorf("while it waits the window shows %+v", v)
	}
	send(bot.Post{Key: "no", To: got.ID, Refused: true, Reply: bot.Lines(bot.Text("“One day” is no date."))})
	v = amina.Modal()
	if v == nil || v.Filled("What") != "tables\nchairs" || v.Filled("Until") != "one day" || v.Filled("Where") != "Here" || !strings.Contains(v.Plain(), "is no date") {
		t.Fatalf("after a refusal the window shows %q, %q, %q, %q", v.Plain(), v.Filled("What"), v.Filled("Until"), v.Filled("Where"))
	}
	if len(ours(w)) != 0 {
		t.Error("the refusal was said in the chat too")
	}
	if err := amina.Fills("Until", "June"); err != nil {
		t.Fatal(err)
	}
	if err := amina.Submits(); err != nil {
		t.Fatal(err)
	}
	again := h.wait(t, 3)[2]
	if again.ID == got.ID || !strings.Contains(again.Text, "June") {
		t.Errorf("the second time it says %+v", again)
	}
	send(bot.Post{Key: "yes", To: again.ID, Reply: bot.Lines(bot.Text("Noted."))})
	if v := amina.Modal(); v == nil || !strings.Contains(v.Plain(), "Noted.") || len(ours(w)) != 0 {
		t.Errorf("in the end the window shows %+v, and the chat %d messages", v, len(ours(w)))
	}
	send(bot.Post{Key: "choice", To: again.ID, Reply: bot.Lines(bot.Text("These can help.")).Choose(bot.Choice{Label: "ask them", Say: "ask them"})})
	if v := amina.Modal(); v == nil || strings.Contains(v.Plain(), "These can help") || len(ours(w)) != 1 {
		t.Errorf("what can be chosen from is in the window, %q, or not in the chat, %d messages", v.Plain(), len(ours(w)))
	}

	// Without a handle the form is asked for by a button, and opens by it.
	amina.Writes("offer form")
	typed := h.wait(t, 4)[3]
	send(bot.Post{Key: "button", To: typed.ID, Reply: bot.Reply{offer}})
	m := ours(w)[1]
	if err := amina.Presses(m, "Offer something"); err != nil {
		t.Fatal(err)
	}
	pressed := h.wait(t, 5)[4]
	if pressed.Text != "offer form" || !pressed.Pressed {
		t.Errorf("the button says %+v", pressed)
	}
	send(bot.Post{Key: "form2", To: pressed.ID, Reply: bot.Reply{offer}})
	if v := amina.Modal(); v == nil || v.Title() != "Offer something" {
		t.Errorf("the button opens %+v", v)
	}

	// After a restart nothing is known of the window; what it says is known all the same.
	h.stop()
	s = connected(t, w)
	h2 := runs(t, s)
	if err := amina.Fills("What", "a van"); err != nil {
		t.Fatal(err)
	}
	if err := amina.Submits(); err != nil {
		t.Fatal(err)
	}
	m2 := h2.wait(t, 1)[0]
	if m2.Text != "we can offer “a van”\ncovers “M12”" {
		t.Errorf("after a restart it says %+v", m2)
	}
	send(bot.Post{Key: "no2", To: m2.ID, Refused: true, Reply: bot.Lines(bot.Text("You said that already."))})
	if v := amina.Modal(); v == nil || v.Filled("What") != "a van" || v.Filled("Where") != "Here" || !strings.Contains(v.Plain(), "already") || v.Title() != "Offer something" {
		t.Errorf("refused after a restart it shows %+v", v)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

// TestSamples has everything that was recorded of Slack acknowledged, also when it is told twice, cut off anywhere or has
// parts that nobody knows, and never be more than one message of each id.
func TestSamples(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/slack-samples/*/*.json")
	if len(files) == 0 {
		t.Skip("the recorded payloads are not here")
	}
	w := slackfake.New(t)
	h := runs(t, connected(t, w))
	played := 0
	for _, file := range files {
		kind, known := map[string]string{"events": "events_api", "interactions": "interactive", "commands": "slash_commands"}[filepath.Base(filepath.Dir(file))]
		if !known {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var payload map[string]any
		if err := json.Unmarshal(data, &payload); err != nil {
			t.Fatal(err)
		}
		payload["later"], payload["event_context"] = map[string]any{"x": []any{1}}, 7
		odd, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		before := len(h.all())
		for _, d := range [][]byte{data, data, odd} {
			if _, err := w.App().Delivers(kind, d); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if n := len(once(h.all()[before:])); n > 1 && kind == "events_api" {
			t.Errorf("%s is %d messages", file, n)
		}
		played++
	}
	if played < 10 {
		t.Errorf("only %d samples were played", played)
	}
	for _, m := range h.all() {
		if _, err := clean.Message(m, network(w.App()), time.Now()); err != nil {
			t.Errorf("%v: %+v", err, m)
		}
	}
	t.Logf("%d samples are %d messages", played, len(once(h.all())))
}
