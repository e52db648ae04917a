package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/failure"
)

const (
	unreadName = "unread" // of Keep

	askAfter    = 3 * time.Second  // the key of a message is often a moment behind it
	giveUpAfter = 25 * time.Second // after that its sender is told
	mostUnread  = 500
)

// unreadEvent is a message that could not be read yet, still encrypted.
type unreadEvent struct {
	Room  id.RoomID
	Event json.RawMessage
	Since time.Time // when it came
	Asked bool      `json:",omitempty"` // its sender was asked for the key
}

// unread are the messages that could not be read yet. It is used by one goroutine.
type unread struct {
	all []unreadEvent
	ids map[id.EventID]bool
}

func (u *unread) load(ctx context.Context, keep bot.Keep) error {
	u.ids = map[id.EventID]bool{}
	text, err := keep.Get(ctx, unreadName)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), &u.all); err != nil {
		u.all = nil // of a kind that this version does not know
	}
	for _, e := range u.all {
		u.ids[e.id()] = true
	}
	return nil
}

func (e unreadEvent) id() id.EventID {
	var got struct {
		ID id.EventID `json:"event_id"`
	}
	_ = json.Unmarshal(e.Event, &got)
	return got.ID
}

func (u *unread) has(e id.EventID) bool { return u.ids[e] }
func (u *unread) waiting() bool         { return len(u.all) > 0 }

func (u *unread) add(ctx context.Context, keep bot.Keep, e unreadEvent) error {
	u.all = append(u.all, e)
	u.ids[e.id()] = true
	if len(u.all) > mostUnread {
		u.all = slices.Delete(u.all, 0, len(u.all)-mostUnread)
	}
	return u.save(ctx, keep)
}

func (u *unread) save(ctx context.Context, keep bot.Keep) error {
	if len(u.all) == 0 {
		return keep.Delete(ctx, unreadName)
	}
	text, err := json.Marshal(u.all)
	if err != nil {
		return err
	}
	return keep.Put(ctx, unreadName, string(text))
}

// retry reads again what could not be read. Whom it goes on failing for is told, by the core, which says it once.
func (m *Matrix) retry(ctx context.Context, left *unread, receive receiver) error {
	if !left.waiting() {
		return nil
	}
	before := len(left.all)
	asked := false
	var stay []unreadEvent
	for _, e := range left.all {
		done, err := m.retryOne(ctx, &e, receive, &asked)
		if err != nil {
			return err
		}
		if !done {
			stay = append(stay, e)
		}
	}
	left.all = stay
	left.ids = map[id.EventID]bool{}
	for _, e := range stay {
		left.ids[e.id()] = true
	}
	if len(stay) == before && !asked {
		return nil
	}
	return left.save(ctx, m.keep)
}

func (m *Matrix) retryOne(ctx context.Context, e *unreadEvent, receive receiver, asked *bool) (done bool, err error) {
	evt := &event.Event{}
	if err := json.Unmarshal(e.Event, evt); err != nil {
		return true, nil
	}
	plain, err := m.read(ctx, e.Room, evt)
	if err == nil {
		return true, m.bring(ctx, e.Room, plain, receive)
	}
	waited := m.o.Now().Sub(e.Since)
	hopeless := errors.Is(err, errPlain)
	if crypt := m.crypt.Load(); crypt != nil {
		switch {
		case crypt.repeated(err):
			return true, nil // it was read before, under another id: somebody plays it again
		case !crypt.mayCome(err):
			hopeless = true
		case !e.Asked && waited >= askAfter:
			crypt.ask(ctx, evt)
			e.Asked, *asked = true, true
		}
	}
	if !hopeless && waited < giveUpAfter {
		return false, nil
	}
	m.unreadable.Add(1)
	m.o.Log.Warn("Matrix: a message could not be read", "error", failure.Redact(err))
	return true, m.apologise(ctx, e.Room, evt, errors.Is(err, errPlain), receive)
}

// apologise has the core say that a message could not be read, where the bot would have had to answer it.
func (m *Matrix) apologise(ctx context.Context, room id.RoomID, evt *event.Event, plain bool, receive receiver) error {
	private, err := m.private(ctx, room)
	if err != nil {
		return err
	}
	from := m.speaker(evt.Sender, "")
	msg := bot.Message{
		ID: messageID(m.first(room), evt.ID), Kind: bot.Unread, From: from, At: m.when(evt), For: bot.Undecryptable,
		Where: bot.Address{Network: m.network, Room: bot.RoomID(m.first(room))},
	}
	if plain {
		msg.For = bot.WithoutEncryption
	}
	if private == evt.Sender {
		msg.Where, msg.ToUs = bot.Private(from), true
	}
	return receive(ctx, msg)
}
