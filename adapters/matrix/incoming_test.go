//go:build goolm

package matrix_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

// together has the bot, Amina and Tom be in one room.
func together(t *testing.T, a *account, encrypted bool) (r *running, amina, tom *homeserver.Person, hall id.RoomID) {
	t.Helper()
	r = a.run()
	amina, tom = a.s.Person(t, "amina"), a.s.Person(t, "tom")
	hall = amina.Open(t, encrypted, false, id.UserID(a.user), tom.ID)
	amina.WaitJoined(t, hall, id.UserID(a.user))
	amina.WaitJoined(t, hall, tom.ID)
	return r, amina, tom, hall
}

func TestWhatIsSaidToTheBotAndWhatIsNot(t *testing.T) {
	t.Parallel()
	for _, encrypted := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted=%v", encrypted), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, homeserver.For(t))
			r, amina, _, hall := together(t, a, encrypted)
			local := id.UserID(a.user).Localpart()
			_, ours := split(r.say("question", bot.Address{Network: r.Network(), Room: bot.RoomID(hall)}, "who is there?"))
			amina.WaitFor(t, "who is there?")
			say := func(body string, change ...func(*event.MessageEventContent)) id.EventID {
				c := &event.MessageEventContent{MsgType: event.MsgText, Body: body}
				for _, f := range change {
					f(c)
				}
				return amina.Put(t, hall, c)
			}
			mention := func(c *event.MessageEventContent) {
				c.Mentions = &event.Mentions{UserIDs: []id.UserID{id.UserID(a.user)}}
			}
			reply := func(c *event.MessageEventContent) { c.RelatesTo = (&event.RelatesTo{}).SetReplyTo(ours) }
			thread := func(c *event.MessageEventContent) { c.RelatesTo = (&event.RelatesTo{}).SetThread(ours, ours) }

			say("a notice is another bot's", func(c *event.MessageEventContent) { c.MsgType = event.MsgNotice })
			said := say("the kettle is broken")
			say("Ginnel: who can help?", mention)
			say("@" + local + ": with accounts?")
			say("!ginnel help")
			say("a reply", reply)
			say("in its thread", thread)
			say("ginnel is a nice word")
			say("the kettle is mended", func(c *event.MessageEventContent) {
				c.SetEdit(said)
			})
			if _, err := amina.Client.RedactEvent(t.Context(), hall, said); err != nil {
				t.Fatal(err)
			}
			amina.React(t, hall, ours, "2\ufe0f\u20e3")
			amina.React(t, hall, ours, "👍")
			amina.React(t, hall, said, "1\ufe0f\u20e3")
			say("the end")
			r.hears("the end")

			var got []string
			for _, m := range r.all() {
				if m.Kind == bot.Joined {
					if !m.Us || m.Where.Room != bot.RoomID(hall) {
						t.Errorf("it says that it joined as %+v", m)
					}
					continue
				}
				line := fmt.Sprintf("%s %q", m.Kind, m.Text)
				if m.ToUs {
					line += " to us"
				}
				if m.On != "" {
					line += " on " + map[id.EventID]string{ours: "ours", said: "hers"}[second(split(m.On))]
				}
				if m.Where.Thread != "" {
					line += " in a thread"
				}
				got = append(got, line)
			}
			want := []string{
				`said "the kettle is broken"`, `said "who can help?" to us`, `said "with accounts?" to us`, `said "help" to us`,
				`said "a reply" to us on ours`, `said "in its thread" to us in a thread`, `said "ginnel is a nice word"`,
				`edited "the kettle is mended" on hers`, `deleted "" on hers`, `said "2" to us on ours`, `said "the end"`,
			}
			if !slices.Equal(got, want) {
				t.Errorf("heard\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func split(m bot.MessageID) (id.RoomID, id.EventID) {
	room, e, _ := strings.Cut(string(m), "/")
	return id.RoomID(room), id.EventID(e)
}

func second(_ id.RoomID, e id.EventID) id.EventID { return e }

// TestHistoryIsNotAnswered: nothing is brought that was said before the bot came, but the first words of a private chat
// are, which are said while it is on its way.
func TestHistoryIsNotAnswered(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	a.run().stop() // nobody can write to a bot in secret that was never there
	amina := s.Person(t, "amina")
	before := amina.Open(t, false, false, id.UserID(a.user))
	amina.Say(t, before, "long ago")
	chat := amina.Open(t, true, true, id.UserID(a.user))
	amina.Say(t, chat, "hello, are you there?")
	r := a.run()
	amina.WaitJoined(t, before, id.UserID(a.user))
	amina.WaitJoined(t, chat, id.UserID(a.user))
	m := r.hears("hello, are you there?")
	if !m.Where.IsPrivate() || !m.ToUs {
		t.Errorf("it brought %+v", m)
	}
	amina.Say(t, before, "and now?")
	r.hears("and now?")
	for _, m := range r.all() {
		if m.Text == "long ago" {
			t.Error("it brought what was said before it came")
		}
	}
	// A second account that starts for the first time, in rooms that it is in already, keeps still about all of it.
	r.stop()
	a.keep = newKeep()
	r = a.run()
	amina.Say(t, before, "and again?")
	r.hears("and again?")
	if got := r.all(); len(got) != 1 {
		t.Errorf("it brought %+v", got)
	}
}

// TestNothingIsLostWhileTheBotIsDown: a room that says more than the homeserver sends at once is read back.
func TestNothingIsLostWhileTheBotIsDown(t *testing.T) {
	t.Parallel()
	for _, encrypted := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted=%v", encrypted), func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, homeserver.For(t))
			r, amina, _, hall := together(t, a, encrypted)
			amina.Say(t, hall, "before")
			r.hears("before")
			r.stop()
			const n = 130
			for i := range n {
				amina.Say(t, hall, fmt.Sprint("message ", i))
			}
			r = a.run()
			r.hears(fmt.Sprint("message ", n-1))
			i, all := 0, 0
			for _, m := range r.all() {
				if m.Text == fmt.Sprint("message ", i) {
					i++
				}
				if strings.HasPrefix(m.Text, "message") {
					all++
				}
			}
			if i != n || all != n {
				t.Errorf("of %d messages %d came in order, and %d in all", n, i, all)
			}
		})
	}
}

// TestARoomIsFollowedWhereItIsMoved: an upgraded room is the same room to the bot, though it must be invited anew.
func TestARoomIsFollowedWhereItIsMoved(t *testing.T) {
	t.Parallel()
	a := newAccount(t, homeserver.For(t))
	r, amina, tom, hall := together(t, a, true)
	amina.Say(t, hall, "here")
	where := r.hears("here").Where
	var up struct {
		Room id.RoomID `json:"replacement_room"`
	}
	_, err := amina.Client.MakeRequest(t.Context(), "POST", amina.Client.BuildClientURL("v3", "rooms", hall, "upgrade"), map[string]string{"new_version": "11"}, &up)
	if err != nil {
		t.Fatal(err)
	}
	if err := amina.Know(t.Context(), up.Room); err != nil {
		t.Fatal(err)
	}
	for _, u := range []id.UserID{id.UserID(a.user), tom.ID} {
		_, _ = amina.Client.InviteUser(t.Context(), up.Room, inviting(u))
	}
	amina.WaitJoined(t, up.Room, id.UserID(a.user))
	amina.Say(t, up.Room, "there")
	if m := r.hears("there"); m.Where.Room != where.Room {
		t.Errorf("the room %s became %s", where.Room, m.Where.Room)
	}
	r.say("answer", where, "still with you")
	if h := amina.WaitFor(t, "still with you"); h.Room != up.Room || !h.Encrypted {
		t.Errorf("it answered in %s, encrypted %v", h.Room, h.Encrypted)
	}
}
