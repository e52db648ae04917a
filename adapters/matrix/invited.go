package matrix

import (
	"context"
	"fmt"
	"maps"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// An invitation is to be followed, or was left alone.
type invitation struct {
	From   id.UserID
	Direct bool      `json:",omitempty"`
	Tries  int       `json:",omitempty"`
	Next   time.Time `json:",omitzero"`
}

// invited notes an invitation, if whoever sent it may send one.
func (m *Matrix) invited(ctx context.Context, room id.RoomID, events []*event.Event) error {
	var invite *event.Event
	for _, evt := range events {
		if !parse(evt, room, event.StateEventType) || evt.Type != event.StateMember || evt.GetStateKey() != string(m.user) {
			continue
		}
		if evt.Content.AsMember().Membership == event.MembershipInvite {
			invite = evt
		}
	}
	if invite == nil {
		return nil
	}
	m.mu.Lock()
	_, awaited := m.rooms.Awaited[room]
	m.mu.Unlock()
	local := invite.Sender.Homeserver() == m.user.Homeserver()
	if !awaited && !local && (m.o.MayInvite == nil || !m.o.MayInvite(ctx, m.speaker(invite.Sender, ""))) {
		m.o.Log.Warn("Matrix: an invitation was left alone, since whoever sent it may not invite")
		return nil
	}
	return m.change(ctx, func(b *roomBook) {
		b.Invited[room] = invitation{From: invite.Sender, Direct: invite.Content.AsMember().IsDirect}
	})
}

// joinInvited joins the rooms to which the bot was invited. What fails is tried again for about a day.
func (m *Matrix) joinInvited(ctx context.Context) (told []bot.Message, err error) {
	m.mu.Lock()
	due := maps.Clone(m.rooms.Invited)
	m.mu.Unlock()
	for room, in := range due {
		if m.o.Now().Before(in.Next) {
			continue
		}
		if err := m.comeIn(ctx, room, in, &told); err != nil {
			return told, err
		}
	}
	return told, nil
}

// comeIn joins a room. Meanwhile no private chat is opened: this may be the one.
func (m *Matrix) comeIn(ctx context.Context, room id.RoomID, in invitation, told *[]bot.Message) error {
	m.opening.Lock()
	defer m.opening.Unlock()
	_, err := m.client.JoinRoom(ctx, string(room), &mautrix.ReqJoinRoom{Via: []string{in.From.Homeserver()}})
	if err == nil {
		err = m.learn(ctx, room)
	}
	if err == nil {
		if err := m.joined(ctx, room, in, told); err != nil {
			return err
		}
		return m.change(ctx, func(b *roomBook) { delete(b.Invited, room) })
	}
	const most = 12
	in.Tries++
	in.Next = m.o.Now().Add(min(time.Second<<in.Tries, time.Hour))
	m.o.Log.Warn("Matrix: a room could not be joined", "try", in.Tries, "error", failure.Redact(err))
	return m.change(ctx, func(b *roomBook) {
		if b.Invited[room] = in; in.Tries >= most {
			delete(b.Invited, room)
		}
	})
}

// expecting tells whether a room is still to be joined.
func (m *Matrix) expecting() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.rooms.Invited) > 0
}

// joined makes a room what it is: an old one that was upgraded, a private chat, or one that the core is told of.
func (m *Matrix) joined(ctx context.Context, room id.RoomID, in invitation, told *[]bot.Message) error {
	m.mu.Lock()
	old, awaited := m.rooms.Awaited[room]
	m.mu.Unlock()
	if awaited {
		return m.move(ctx, old, room)
	}
	others, err := m.others(ctx, room)
	if err != nil {
		return err
	}
	if in.Direct && len(others) == 1 {
		return m.markDirect(ctx, others[0], room)
	}
	*told = append(*told, bot.Message{
		ID: messageID(room, id.EventID(fmt.Sprint("joined/", m.o.Now().UnixMilli()))), Kind: bot.Joined, Us: true, From: m.speaker(in.From, ""),
		Where: bot.Address{Network: m.network, Room: bot.RoomID(room)}, At: m.o.Now(),
	})
	return nil
}

// upgraded follows a room to the one that replaces it. What is remembered of the old one holds for the new one.
func (m *Matrix) upgraded(ctx context.Context, evt *event.Event) {
	to := evt.Content.AsTombstone().ReplacementRoom
	if to == "" || m.newest(m.first(evt.RoomID)) == to {
		return
	}
	_, err := m.client.JoinRoom(ctx, string(to), &mautrix.ReqJoinRoom{Via: []string{evt.Sender.Homeserver()}})
	if err == nil {
		err = m.learn(ctx, to)
	}
	if err != nil {
		m.o.Log.Warn("Matrix: a room was upgraded, and its new one does not let the bot in; somebody must invite it there", "room", to)
		if err := m.change(ctx, func(b *roomBook) { b.Awaited[to] = b.first(evt.RoomID) }); err != nil {
			m.o.Log.Error("Matrix: what is remembered of rooms could not be kept", "error", failure.Redact(err))
		}
		return
	}
	if err := m.move(ctx, m.first(evt.RoomID), to); err != nil {
		m.o.Log.Error("Matrix: an upgraded room could not be followed", "room", to, "error", failure.Redact(err))
	}
}

// first is what the room was when the bot came to know it.
func (b *roomBook) first(room id.RoomID) id.RoomID {
	for from, to := range b.Moved {
		if to == room {
			return from
		}
	}
	return room
}

// move has what the bot knows as the room old be the room to, if to says itself that it comes from there.
func (m *Matrix) move(ctx context.Context, old, to id.RoomID) error {
	create, err := m.state.GetCreate(ctx, to)
	if err != nil {
		return err
	}
	if create == nil || create.Content.AsCreate().GetPredecessor().RoomID != m.newest(old) {
		return fmt.Errorf("%s does not say that it replaces the room that names it", to)
	}
	return m.change(ctx, func(b *roomBook) {
		for u, room := range b.Direct {
			if room == old || room == b.Moved[old] {
				b.Direct[u] = to
			}
		}
		b.Moved[old] = to
		delete(b.Awaited, to)
	})
}
