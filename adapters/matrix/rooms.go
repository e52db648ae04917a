package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/failure"
)

// roomBook is what is remembered of rooms, under one name of Keep. The rest the homeserver knows.
type roomBook struct {
	Direct  map[id.UserID]id.RoomID `json:",omitempty"` // the private chat with somebody
	Moved   map[id.RoomID]id.RoomID `json:",omitempty"` // from the id by which the bot knows an upgraded room to its newest
	Awaited map[id.RoomID]id.RoomID `json:",omitempty"` // from an upgraded room's newest id, which lets us in by invitation only
	Own     id.RoomID               `json:",omitempty"` // where the bot speaks to itself

	Invited map[id.RoomID]invitation `json:",omitempty"` // not joined yet
}

const bookName = "rooms"

func (m *Matrix) openBook(ctx context.Context) error {
	kept, err := m.keep.Get(ctx, bookName)
	if err != nil {
		return err
	}
	var book roomBook
	if kept != "" {
		if err := json.Unmarshal([]byte(kept), &book); err != nil {
			return fmt.Errorf("what is remembered of rooms cannot be read: %w", err)
		}
	}
	for _, all := range []*map[id.RoomID]id.RoomID{&book.Moved, &book.Awaited} {
		if *all == nil {
			*all = map[id.RoomID]id.RoomID{}
		}
	}
	if book.Invited == nil {
		book.Invited = map[id.RoomID]invitation{}
	}
	if book.Direct == nil {
		book.Direct = map[id.UserID]id.RoomID{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rooms = book
	return nil
}

// change changes the book, and keeps it.
func (m *Matrix) change(ctx context.Context, f func(*roomBook)) error {
	m.mu.Lock()
	f(&m.rooms)
	text, err := json.Marshal(m.rooms)
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return m.keep.Put(ctx, bookName, string(text))
}

// newest is the room that a room became; first is what it was when the bot came to know it.
func (m *Matrix) newest(room id.RoomID) id.RoomID {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to, moved := m.rooms.Moved[room]; moved {
		return to
	}
	return room
}

func (m *Matrix) first(room id.RoomID) id.RoomID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rooms.first(room)
}

func (m *Matrix) directRoom(u id.UserID) id.RoomID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rooms.Direct[u]
}

// know sees to it that the whole state of a room was read: without it, nobody can tell whether what is said there must be
// encrypted, and for whom.
func (m *Matrix) know(ctx context.Context, room id.RoomID) error {
	m.learning.Lock()
	known, err := m.state.HasFetchedMembers(ctx, room)
	m.learning.Unlock()
	if err != nil {
		return err
	}
	if known {
		return nil
	}
	return m.learn(ctx, room)
}

// learn reads the whole state of a room.
func (m *Matrix) learn(ctx context.Context, room id.RoomID) error {
	m.learning.Lock()
	defer m.learning.Unlock()
	if _, err := m.client.State(ctx, room); err != nil {
		return fmt.Errorf("read the state of a room: %w", err)
	}
	if known, err := m.state.HasFetchedMembers(ctx, room); err != nil || !known {
		return errors.Join(errors.New("the state of a room could not be kept"), err)
	}
	return nil
}

// others are those in a room, or invited to it, besides the bot.
func (m *Matrix) others(ctx context.Context, room id.RoomID) ([]id.UserID, error) {
	all, err := m.state.GetRoomJoinedOrInvitedMembers(ctx, room)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(u id.UserID) bool { return u == m.user }), nil
}

// private is the one person with whom the room is a private chat, "" when it is a room like others: with more people in
// it, or with a name.
func (m *Matrix) private(ctx context.Context, room id.RoomID) (id.UserID, error) {
	others, err := m.others(ctx, room)
	if err != nil || len(others) != 1 {
		return "", err
	}
	if m.directRoom(others[0]) == room {
		return others[0], nil
	}
	m.mu.Lock()
	named, known := m.names.get(room)
	m.mu.Unlock()
	if !known {
		var name event.RoomNameEventContent
		err := m.client.StateEvent(ctx, room, event.StateRoomName, "", &name)
		if err != nil && !errors.Is(err, mautrix.MNotFound) {
			return "", err
		}
		named = name.Name != ""
		m.mu.Lock()
		m.names.put(room, named)
		m.mu.Unlock()
	}
	if named {
		return "", nil
	}
	return others[0], nil
}

// errLeft says that the one person of a private chat went out of it.
var errLeft = errors.New("they left the private chat")

// chat finds the private chat with u, or opens it. Who left one is not fetched back, unless it is to be answered.
func (m *Matrix) chat(ctx context.Context, u id.UserID, answer bool) (id.RoomID, error) {
	m.opening.Lock()
	defer m.opening.Unlock()
	if room := m.directRoom(u); room != "" {
		if err := m.know(ctx, room); err != nil && !errors.Is(err, mautrix.MForbidden) {
			return "", err
		}
		others, err := m.others(ctx, room)
		if err != nil {
			return "", err
		}
		switch joined := m.state.IsInRoom(ctx, room, m.user); {
		case joined && slices.Equal(others, []id.UserID{u}) && m.canSpeak(ctx, room):
			return room, nil
		case joined && len(others) == 0 && !answer:
			return "", errLeft
		}
	}
	if _, err := m.client.GetProfile(ctx, u); errors.Is(err, mautrix.MNotFound) {
		return "", bot.SendNever(fmt.Errorf("nobody has that account: %w", err))
	}
	created, err := m.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{
		Preset: "trusted_private_chat", IsDirect: true, Invite: []id.UserID{u}, InitialState: m.encrypted(),
	})
	if err != nil {
		return "", err
	}
	if err := m.markDirect(ctx, u, created.RoomID); err != nil {
		return "", err
	}
	return created.RoomID, m.learn(ctx, created.RoomID)
}

// canSpeak tells whether this program may speak in a room: without encryption it may not in an encrypted one.
func (m *Matrix) canSpeak(ctx context.Context, room id.RoomID) bool {
	secret, err := m.state.IsEncrypted(ctx, room)
	return err == nil && (!secret || m.crypt.Load() != nil)
}

// encrypted has a new room be encrypted from the start, where the program can read that.
func (m *Matrix) encrypted() []*event.Event {
	if m.crypt.Load() == nil {
		return nil
	}
	return []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}}
}

// markDirect remembers the private chat with u, also where other programs of this account look (m.direct).
func (m *Matrix) markDirect(ctx context.Context, u id.UserID, room id.RoomID) error {
	if m.directRoom(u) == room {
		return nil
	}
	if err := m.change(ctx, func(b *roomBook) { b.Direct[u] = room }); err != nil {
		return err
	}
	direct := event.DirectChatsEventContent{}
	if err := m.client.GetAccountData(ctx, "m.direct", &direct); err != nil && !errors.Is(err, mautrix.MNotFound) {
		m.o.Log.Warn("Matrix: the list of private chats could not be read", "error", failure.Redact(err))
		return nil
	}
	if slices.Contains(direct[u], room) {
		return nil
	}
	direct[u] = append(direct[u], room)
	if err := m.client.SetAccountData(ctx, "m.direct", direct); err != nil {
		m.o.Log.Warn("Matrix: the list of private chats could not be changed", "error", failure.Redact(err))
	}
	return nil
}

// ownRoom is the room in which the bot speaks to itself, opened when there is none.
func (m *Matrix) ownRoom(ctx context.Context) (id.RoomID, error) {
	m.mu.Lock()
	room := m.rooms.Own
	m.mu.Unlock()
	if room != "" && m.state.IsInRoom(ctx, room, m.user) {
		return room, nil
	}
	made, err := m.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{Preset: "private_chat", Name: "Ginnel speaks to itself here", InitialState: m.encrypted()})
	if err != nil {
		return "", err
	}
	if err := m.change(ctx, func(b *roomBook) { b.Own = made.RoomID }); err != nil {
		return "", err
	}
	return made.RoomID, m.learn(ctx, made.RoomID)
}

// longestName is of a room, in characters; a homeserver takes 255 bytes.
const longestName = 60

// Room opens a room with people in it, or finds it: an alias that nobody can read tells one gathering from another.
func (m *Matrix) Room(ctx context.Context, gather string, people []bot.UserID, title string) (bot.RoomID, error) {
	leave, err := m.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	key, err := m.pickleKey(ctx)
	if err != nil {
		return "", bot.SendLater(err, 0)
	}
	local := "ginnel-" + opaque(key, string(m.network)+"/"+gather)
	alias := id.NewRoomAlias(local, m.user.Homeserver())
	var invited []id.UserID
	for _, u := range people {
		invited = append(invited, id.UserID(u))
	}
	if found, err := m.client.ResolveAlias(ctx, alias); err == nil {
		return m.complete(ctx, found.RoomID, invited)
	} else if !errors.Is(err, mautrix.MNotFound) {
		return "", outcome(err)
	}
	made, err := m.client.CreateRoom(ctx, &mautrix.ReqCreateRoom{
		Preset: "private_chat", RoomAliasName: local, Name: clean.Shorten(clean.OneLine(title), longestName), Invite: invited, InitialState: m.encrypted(),
	})
	if errors.Is(err, mautrix.MRoomInUse) {
		found, err := m.client.ResolveAlias(ctx, alias)
		if err != nil {
			return "", outcome(err)
		}
		return m.complete(ctx, found.RoomID, invited)
	}
	if err != nil {
		return "", outcome(err)
	}
	return m.complete(ctx, made.RoomID, nil)
}

// complete invites who is missing in a room that was opened before.
func (m *Matrix) complete(ctx context.Context, room id.RoomID, people []id.UserID) (bot.RoomID, error) {
	if err := m.learn(ctx, room); err != nil {
		return "", outcome(err)
	}
	for _, u := range people {
		if _, err := m.state.TryGetMember(ctx, room, u); err != nil {
			return "", bot.SendLater(err, 0)
		}
		// Who left stays left.
		if member, _ := m.state.TryGetMember(ctx, room, u); member != nil {
			continue
		}
		if _, err := m.client.InviteUser(ctx, room, &mautrix.ReqInviteUser{UserID: u}); err != nil && !errors.Is(err, mautrix.MForbidden) {
			return "", outcome(err)
		}
	}
	return bot.RoomID(m.first(room)), nil
}

// gone forgets a room that the bot is in no more.
func (m *Matrix) gone(ctx context.Context, room id.RoomID, by id.UserID, at time.Time) (*bot.Message, error) {
	private := ""
	m.mu.Lock()
	for u, r := range maps.All(m.rooms.Direct) {
		if r == room {
			private = string(u)
		}
	}
	m.mu.Unlock()
	if err := m.state.ClearCachedMembers(ctx, room); err != nil {
		return nil, err
	}
	if private != "" {
		return nil, m.change(ctx, func(b *roomBook) { delete(b.Direct, id.UserID(private)) })
	}
	return &bot.Message{
		ID: messageID(room, id.EventID("left/"+fmt.Sprint(at.UnixMilli()))), Kind: bot.Left, Us: true, From: m.speaker(by, ""),
		Where: bot.Address{Network: m.network, Room: bot.RoomID(m.first(room))}, At: at,
	}, nil
}

// reconcile reads the state of every room that is not known yet, and of private chats who is there.
func (m *Matrix) reconcile(ctx context.Context) error {
	joined, err := m.client.JoinedRooms(ctx)
	if err != nil {
		return err
	}
	for _, room := range joined.JoinedRooms {
		if err := m.know(ctx, room); err != nil {
			return err
		}
		if err := m.state.SetMembership(ctx, room, m.user, event.MembershipJoin); err != nil {
			return err
		}
	}
	return nil
}
