package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestAtDoor: what passes the door is text that every database takes, of bounded length, and not from the future.
func TestAtDoor(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 900), func(b []byte) string { return string(b) })
		anything := func(label string) string {
			return rapid.OneOf(raw, rapid.String(), rapid.Just("m1"), rapid.Just("")).Draw(t, label)
		}
		m := Message{
			ID: MessageID(anything("id")), Kind: Said, From: Speaker{Network: "net", ID: UserID(anything("who")), Name: anything("name")},
			Where: Address{Network: "net", Room: RoomID(anything("room")), Thread: ThreadID(anything("thread")), Only: UserID(anything("only"))},
			On:    MessageID(anything("on")), Begins: ThreadID(anything("begins")), Text: strings.Repeat(anything("text"), rapid.IntRange(1, 100).Draw(t, "times")),
			At: now.Add(time.Duration(rapid.Int64().Draw(t, "at"))),
		}
		got, err := m.AtDoor("net", now)
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

// TestKeysDoNotCollide: whatever passes the door, two messages have one key only when they are the same on one network, and two
// places one lane only when they are one place.
func TestKeysDoNotCollide(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	part := rapid.SampledFrom([]string{"", "a", "a/b", "/a", "home", "gather/a"})
	network := rapid.SampledFrom([]string{"a", "a/a", "introduce.lapse", "failed"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func() Message {
			if rapid.IntRange(0, 4).Draw(t, "ours") == 0 {
				return Later("introduce.lapse", part.Draw(t, "key"), now, "")
			}
			n := Network(network.Draw(t, "network"))
			m := Message{ID: MessageID(part.Draw(t, "id")), Kind: Said, From: Speaker{Network: n, ID: "x"}, Where: Address{Network: n, Room: RoomID(part.Draw(t, "room"))}}
			if m.Where.Room == "" {
				for _, u := range rapid.SliceOfN(part, 1, 2).Draw(t, "people") {
					m.Where.People = append(m.Where.People, UserID(u))
				}
				m.Where.Gather, m.Where.Home = part.Draw(t, "gather"), rapid.Bool().Draw(t, "home")
			}
			if n.Check() != nil {
				t.Skip("no network")
			}
			m, err := m.AtDoor(n, now)
			if err != nil {
				t.Skip("does not pass")
			}
			return m
		}
		a, b := draw(), draw()
		if same := a.ID == b.ID && a.Where.Network == b.Where.Network && a.Kind == b.Kind; same != (a.Key() == b.Key()) {
			t.Fatalf("%+v and %+v: %q and %q", a, b, a.Key(), b.Key())
		}
		if a.Kind != Said || b.Kind != Said {
			return
		}
		x, y := a.Where, b.Where
		if same := fmt.Sprint(x.Network, "|", x.Room, "|", x.People, "|", x.Gather, "|", x.Home) == fmt.Sprint(y.Network, "|", y.Room, "|", y.People, "|", y.Gather, "|", y.Home); same != (x.Lane() == y.Lane()) {
			t.Fatalf("%+v and %+v: %q and %q", x, y, x.Lane(), y.Lane())
		}
	})
}

func TestLanesDoNotCollide(t *testing.T) {
	seen := map[string]Address{}
	for _, a := range []Address{
		{People: []UserID{"a"}},
		{People: []UserID{"a"}, Home: true},
		{People: []UserID{"a", "home"}},
		{People: []UserID{"a", "b"}},
		{People: []UserID{"a"}, Gather: "b"},
		{People: []UserID{"a"}, Gather: "home"},
		{Room: "a"},
		{Room: "a", People: []UserID{"b"}},
	} {
		if b, is := seen[a.Lane()]; is {
			t.Errorf("%+v and %+v have one lane", a, b)
		}
		seen[a.Lane()] = a
	}
}
