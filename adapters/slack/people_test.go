package slack_test

import (
	"testing"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
)

// TestOrganisation is that an app installed for a whole organisation on Enterprise Grid is one network, whose people in all its
// workspaces are its own, and others not.
func TestOrganisation(t *testing.T) {
	w := slackfake.New(t)
	w.Team().OnGrid("Federation")
	north := w.Workspace("North")
	north.EnterpriseID, north.EnterpriseName = w.Team().EnterpriseID, "Federation"
	w.App().ForOrganisation()
	elsewhere := w.Workspace("Elsewhere")
	amina, nora, zed := w.Person("Amina"), north.Person("Nora"), elsewhere.Person("Zed")
	hall := w.Channel("hall", amina, w.App().Bot())
	want := bot.Network("slack:" + w.Team().EnterpriseID)
	tokens := func() (slack.Tokens, error) { return slack.Tokens{Bot: w.App().BotToken, App: w.App().AppToken}, nil }
	if got, err := slack.Identify(t.Context(), slack.Options{APIURL: w.URL(), Tokens: tokens}); got != want || err != nil {
		t.Fatalf("it is the network %s, %v", got, err)
	}
	s := connected(t, w, func(o *slack.Options) { o.Network = want })
	h := runs(t, s)
	for i, p := range []*slackfake.Person{amina, nora} {
		p.Writes("help")
		if m := h.wait(t, i+1)[i]; m.Where.Network != want || m.From.Network != want || m.From.Name != p.Name || m.In.Guest || !m.Where.IsPrivate() {
			t.Errorf("%s says %+v", p.Name, m)
		}
		if _, err := s.Send(t.Context(), bot.Post{Key: p.Name, Where: one(s, p), Reply: bot.Lines(bot.Text("hello"))}); err != nil {
			t.Errorf("to %s: %v", p.Name, err)
		}
	}
	hall.ShareWith(elsewhere)
	zed.Joins(hall)
	zed.Says(hall, "@Ginnel help")
	quiet(t, w)
	if all := h.all(); !all[len(all)-1].In.Guest {
		t.Errorf("somebody of another organisation is %+v", all[len(all)-1])
	}
}

// TestStranger is that who came by Slack Connect is known as a guest, is answered, and makes a channel that others read no open
// one.
func TestStranger(t *testing.T) {
	w := slackfake.New(t)
	elsewhere := w.Workspace("Elsewhere")
	amina, zed := w.Person("Amina"), elsewhere.Person("Zed")
	joint := w.Channel("joint", amina, w.App().Bot())
	joint.ShareWith(elsewhere)
	zed.Joins(joint)
	s := connected(t, w)
	h := runs(t, s)
	said := zed.Says(joint, "@Ginnel who can help with accounts?")
	quiet(t, w)
	for _, m := range h.all() {
		if m.Kind == bot.Said && (!m.In.Guest || m.In.Open || m.From.ID != bot.UserID(zed.ID) || m.From.Network != s.Network()) {
			t.Errorf("a stranger says %+v", m)
		}
	}
	if n := len(once(h.all())); n == 0 {
		t.Fatal("a stranger is not heard")
	}
	for key, where := range map[string]bot.Address{
		"there":   {Network: s.Network(), Room: bot.RoomID(joint.ID), Thread: bot.ThreadID(said.TS)},
		"alone":   {Network: s.Network(), Room: bot.RoomID(joint.ID), Only: bot.UserID(zed.ID)},
		"private": one(s, zed),
	} {
		if _, err := s.Send(t.Context(), bot.Post{Key: key, Where: where, Reply: bot.Lines(bot.Text(key))}); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	if _, err := s.Room(t.Context(), "g", []bot.UserID{bot.UserID(amina.ID), bot.UserID(zed.ID)}, ""); err != nil {
		t.Errorf("they cannot be introduced: %v", err)
	}
}

// TestRenamed is that a workspace and a person that are called otherwise stay who they are.
func TestRenamed(t *testing.T) {
	w := slackfake.New(t)
	amina := w.Person("Amina")
	s := connected(t, w)
	h := runs(t, s)
	amina.Writes("help")
	before := h.wait(t, 1)[0]
	w.Team().Rename("Another Town")
	amina.Rename("Amina B.")
	quiet(t, w)
	amina.Writes("help")
	after := h.wait(t, 2)[1]
	if len(h.all()) != 2 || after.Where.Lane() != before.Where.Lane() || after.From.ID != before.From.ID || after.From.Name != "Amina B." {
		t.Errorf("before %+v, after %+v", before, after)
	}
	tokens := func() (slack.Tokens, error) { return slack.Tokens{Bot: w.App().BotToken, App: w.App().AppToken}, nil }
	if got, err := slack.Identify(t.Context(), slack.Options{APIURL: w.URL(), Tokens: tokens}); got != s.Network() || err != nil {
		t.Errorf("it is the network %s, %v", got, err)
	}
	if s.Ready() != nil {
		t.Error(s.Ready())
	}
}
