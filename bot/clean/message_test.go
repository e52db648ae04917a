package clean

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ginnel/bot"
)

// TestMessage: what passes is text that every database takes, of bounded length, and not from the future.
func TestMessage(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 900), func(b []byte) string { return string(b) })
		anything := func(label string) string {
			return rapid.OneOf(raw, rapid.String(), rapid.Just("m1"), rapid.Just("")).Draw(t, label)
		}
		m := bot.Message{
			ID: bot.MessageID(anything("id")), Kind: bot.Said, From: bot.Speaker{Network: "net", ID: bot.UserID(anything("who")), Name: anything("name")},
			Where: bot.Address{Network: "net", Room: bot.RoomID(anything("room")), Thread: bot.ThreadID(anything("thread")), Only: bot.UserID(anything("only"))},
			On:    bot.MessageID(anything("on")), Begins: bot.ThreadID(anything("begins")), Text: strings.Repeat(anything("text"), rapid.IntRange(1, 100).Draw(t, "times")),
			At: now.Add(time.Duration(rapid.Int64().Draw(t, "at"))),
		}
		got, err := Message(m, "net", now)
		if err != nil {
			return
		}
		for _, s := range []string{string(got.ID), string(got.From.ID), got.From.Name, string(got.Where.Room), string(got.Where.Thread), string(got.On), got.Text, got.Key(), got.Lane()} {
			if !utf8.ValidString(s) || strings.Contains(s, "\x00") || len(s) > maxText {
				t.Fatalf("%q passes", s)
			}
		}
		if got.At.After(now) || len(got.From.Name) > maxName {
			t.Fatalf("%+v passes", got)
		}
		if utf8.ValidString(m.Text) && !strings.Contains(m.Text, "\x00") && len(m.Text) <= maxText && got.Text != m.Text {
			t.Fatalf("%q becomes %q", m.Text, got.Text)
		}
	})
}

// TestKeysDoNotCollide: whatever passes, two messages have one key only when they are the same on one network, and two
// places one lane only when they are one place.
func TestKeysDoNotCollide(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	part := rapid.SampledFrom([]string{"", "a", "a/b", "/a", "home", "gather/a"})
	network := rapid.SampledFrom([]string{"a", "a/a", "introduce.lapse", "failed"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func() bot.Message {
			if rapid.IntRange(0, 4).Draw(t, "ours") == 0 {
				return bot.Later("introduce.lapse", part.Draw(t, "key"), now, "")
			}
			n := bot.Network(network.Draw(t, "network"))
			m := bot.Message{ID: bot.MessageID(part.Draw(t, "id")), Kind: bot.Said, From: bot.Speaker{Network: n, ID: "x"}, Where: bot.Address{Network: n, Room: bot.RoomID(part.Draw(t, "room"))}}
			if m.Where.Room == "" {
				for _, u := range rapid.SliceOfN(part, 1, 2).Draw(t, "people") {
					m.Where.People = append(m.Where.People, bot.UserID(u))
				}
				m.Where.Gather, m.Where.Home = part.Draw(t, "gather"), rapid.Bool().Draw(t, "home")
			}
			if CheckNetwork(n) != nil {
				t.Skip("no network")
			}
			m, err := Message(m, n, now)
			if err != nil {
				t.Skip("does not pass")
			}
			return m
		}
		a, b := draw(), draw()
		if same := a.ID == b.ID && a.Where.Network == b.Where.Network && a.Kind == b.Kind; same != (a.Key() == b.Key()) {
			t.Fatalf("%+v and %+v: %q and %q", a, b, a.Key(), b.Key())
		}
		if a.Kind != bot.Said || b.Kind != bot.Said {
			return
		}
		x, y := a.Where, b.Where
		if same := fmt.Sprint(x.Network, "|", x.Room, "|", x.People, "|", x.Gather, "|", x.Home) == fmt.Sprint(y.Network, "|", y.Room, "|", y.People, "|", y.Gather, "|", y.Home); same != (x.Lane() == y.Lane()) {
			t.Fatalf("%+v and %+v: %q and %q", x, y, x.Lane(), y.Lane())
		}
	})
}
