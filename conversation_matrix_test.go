//go:build goolm

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

// onHomeserver carries a conversation over Matrix: each person has an app of his or her own, and a private chat with the
// bot; what is said in a room is said in one with everybody in it.
type onHomeserver struct {
	t         *testing.T
	s         *homeserver.Server
	m         *matrix.Matrix
	user      id.UserID
	encrypted bool
	brought   chan bot.Message
	people    map[string]*homeserver.Person
	chats     map[string]id.RoomID
	rooms     map[bot.RoomID]id.RoomID
	said      int
}

func newOnHomeserver(t *testing.T, s *homeserver.Server, k *conversation, encrypted bool) *onHomeserver {
	t.Helper()
	user, err := s.Register(t.Context(), "ginnel")
	if err != nil {
		t.Fatal(err)
	}
	o := &onHomeserver{
		t: t, s: s, user: id.UserID(user), encrypted: encrypted, brought: make(chan bot.Message, 100),
		people: map[string]*homeserver.Person{}, chats: map[string]id.RoomID{}, rooms: map[bot.RoomID]id.RoomID{},
	}
	p := &program{log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), now: time.Now}
	options, err := matrixSettings{Homeserver: s.URL, User: user, Password: homeserver.Password}.options(k.db, p)
	if err != nil {
		t.Fatal(err)
	}
	if o.m, err = matrix.New(options); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- o.m.Run(ctx, func(_ context.Context, m bot.Message) error {
			if m.Kind == bot.Said {
				o.brought <- m
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the adapter ended with %v", err)
		}
	})
	for end := time.Now().Add(30 * time.Second); o.m.Ready() != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(o.m.Ready())
		}
	}
	return o
}

func (o *onHomeserver) person(name string) *homeserver.Person {
	o.t.Helper()
	p := o.people[name]
	if p == nil {
		p = o.s.Person(o.t, strings.NewReplacer(" ", "", "'", "").Replace(name))
		o.people[name] = p
		o.chats[name] = p.Open(o.t, o.encrypted, true, o.user)
		p.WaitJoined(o.t, o.chats[name], o.user)
	}
	return p
}

// room is a room with the person in it, opened by whoever speaks there first.
func (o *onHomeserver) room(name bot.RoomID, p *homeserver.Person) id.RoomID {
	o.t.Helper()
	room, known := o.rooms[name]
	if !known {
		room = p.Open(o.t, o.encrypted, false, o.user)
		o.rooms[name] = room
		p.WaitJoined(o.t, room, o.user)
		return room
	}
	if !p.Client.StateStore.IsInRoom(o.t.Context(), room, p.ID) {
		for _, other := range o.people {
			if other == p || !other.Client.StateStore.IsInRoom(o.t.Context(), room, other.ID) {
				continue
			}
			if _, err := other.Client.InviteUser(o.t.Context(), room, inviting(p.ID)); err == nil {
				break
			}
		}
		p.WaitJoined(o.t, room, p.ID)
	}
	return room
}

func (o *onHomeserver) bring(name, room string, toUs bool, text string) bot.Message {
	o.t.Helper()
	p := o.person(name)
	where := o.chats[name]
	c := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	if room != "" {
		where = o.room(bot.RoomID(room), p)
		if toUs {
			c.Mentions = &event.Mentions{UserIDs: []id.UserID{o.user}}
		}
	}
	e := p.Put(o.t, where, c)
	for {
		select {
		case m := <-o.brought:
			if !strings.HasSuffix(string(m.ID), string(e)) {
				continue
			}
			if m.Where.IsPrivate() != (room == "") || m.From.ID != bot.UserID(p.ID) {
				o.t.Errorf("%q in %q came as %+v", text, room, m)
			}
			return m
		case <-time.After(30 * time.Second):
			o.t.Fatalf("%q was not brought", text)
		}
	}
}

func (o *onHomeserver) carry(p bot.Post) string {
	o.t.Helper()
	o.said++
	p.Key = fmt.Sprint(p.Key, "/", o.said) // an edit is said by itself here
	p.To, p.Instead = "", ""
	var readers []*homeserver.Person
	var ids []bot.UserID
	for _, u := range p.Where.People {
		readers = append(readers, o.person(string(u)))
		ids = append(ids, bot.UserID(o.people[string(u)].ID))
	}
	p.Where.Network, p.Where.People = o.m.Network(), ids
	if p.For != "" {
		p.For = bot.UserID(o.person(string(p.For)).ID)
	}
	switch {
	case p.Where.Only != "":
		readers = []*homeserver.Person{o.person(string(p.Where.Only))}
		p.Where = bot.Address{Network: o.m.Network(), People: []bot.UserID{bot.UserID(readers[0].ID)}}
	case p.Where.Gather != "":
		room, err := o.m.Room(o.t.Context(), p.Where.Gather, ids, "A room for both")
		if err != nil {
			o.t.Fatal(err)
		}
		o.rooms[p.Where.Room] = id.RoomID(room)
		p.Where.Room = room
	case p.Where.Room != "":
		if _, known := o.rooms[p.Where.Room]; !known {
			o.room(p.Where.Room, o.person("Somebody"))
		}
		p.Where.Room = bot.RoomID(o.rooms[p.Where.Room])
		for _, someone := range o.people {
			if someone.Client.StateStore.IsInRoom(o.t.Context(), id.RoomID(p.Where.Room), someone.ID) {
				readers = append(readers, someone)
			}
		}
	}
	said, err := o.m.Send(o.t.Context(), p)
	if err != nil {
		o.t.Fatal(err)
	}
	text := ""
	for i, r := range readers {
		h := r.Wait(o.t, "waits for a post", func(h homeserver.Heard) bool { return strings.HasSuffix(string(said), string(h.Event.ID)) })
		if h.Encrypted != (o.encrypted || p.Where.Gather != "") {
			o.t.Errorf("a post is encrypted: %v", h.Encrypted)
		}
		if i > 0 && h.Text() != text {
			o.t.Errorf("two people read %q and %q", text, h.Text())
		}
		text = h.Text()
	}
	return text
}

// TestConversationsOnMatrix plays conversations over the homeserver, in the open and encrypted; the soak plays them all.
func TestConversationsOnMatrix(t *testing.T) {
	files := []string{"introduce", "ask-room", "choices", "hostile", "forget"}
	if os.Getenv("GINNEL_SOAK") != "" {
		all, err := filepath.Glob("bot/testdata/talk/*.txt")
		if err != nil {
			t.Fatal(err)
		}
		files = nil
		for _, f := range all {
			files = append(files, strings.TrimSuffix(filepath.Base(f), ".txt"))
		}
	}
	s := homeserver.For(t)
	for _, encrypted := range []bool{false, true} {
		for _, name := range files {
			t.Run(fmt.Sprintf("%s encrypted=%v", name, encrypted), func(t *testing.T) {
				text, err := os.ReadFile(filepath.Join("bot/testdata/talk", name+".txt"))
				if err != nil {
					t.Fatal(err)
				}
				k := newConversation(t, filepath.Join(t.TempDir(), "ginnel.db"))
				k.carried = newOnHomeserver(t, s, k, encrypted)
				want := strings.TrimSpace(string(text)) + "\n"
				if diff := cmp.Diff(spaced(want), spaced(k.play(want))); diff != "" {
					t.Errorf("(-written +read):\n%s", diff)
				}
			})
		}
	}
}

// spaced is text line by line, without what apps do with spaces.
func spaced(text string) (lines []string) {
	for line := range strings.Lines(text) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return lines
}

func inviting(u id.UserID) *mautrix.ReqInviteUser { return &mautrix.ReqInviteUser{UserID: u} }
