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
)

const (
	sinceName = "since" // of Keep: up to where everything was taken

	filter      = `{"presence":{"not_types":["*"]},"room":{"ephemeral":{"not_types":["*"]},"timeline":{"limit":100}}}`
	firstFilter = `{"presence":{"not_types":["*"]},"room":{"ephemeral":{"not_types":["*"]},"timeline":{"limit":1}}}`

	gapPages = 50  // how far back a room is read that says more than it was asked for
	gapPage  = 100 // messages
)

type receiver = func(context.Context, bot.Message) error

// follow brings what happens, in order. Where it got to is kept only once everything before is stored; after a crash the
// rest comes again, and what was stored is known by its id.
func (m *Matrix) follow(ctx context.Context, receive receiver) error {
	since, err := m.keep.Get(ctx, sinceName)
	if err != nil {
		return err
	}
	var left unread
	if err := left.load(ctx, m.keep); err != nil {
		return err
	}
	failed := 0
	for ctx.Err() == nil {
		wait := longPoll
		if left.waiting() || m.expecting() {
			wait = 2 * time.Second
		}
		if since == "" || failed > 0 {
			wait = 0 // to know soon that the homeserver is there again
		}
		req := mautrix.ReqSync{Since: since, FilterID: filter, Timeout: int(wait.Milliseconds())}
		if since == "" {
			req.FilterID = firstFilter
		}
		asking, cancel := context.WithTimeout(ctx, wait+time.Minute)
		resp, err := m.client.FullSyncRequest(asking, req)
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			if isGone(err) {
				return fmt.Errorf("read the homeserver: %w", err)
			}
			failed++
			if !pause(ctx, max(retryAfterOf(err), time.Duration(min(failed, 10))*time.Second)) {
				return nil
			}
			continue
		}
		if m.o.Now().Sub(m.tidied) > tidyEach {
			if err := m.tidy(ctx); err != nil {
				return err
			}
			m.tidied = m.o.Now()
		}
		failed = 0
		m.synced.Store(m.o.Now().UnixMilli())
		if err := m.take(ctx, resp, since, &left, receive); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if resp.NextBatch != since {
			since = resp.NextBatch
			if err := m.keep.Put(ctx, sinceName, since); err != nil {
				return err
			}
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func isGone(err error) bool {
	return errors.Is(err, mautrix.MUnknownToken) || errors.Is(err, mautrix.MMissingToken) || errors.Is(err, mautrix.ErrOAuthInvalidGrant)
}

func retryAfterOf(err error) time.Duration {
	var h mautrix.HTTPError
	if errors.As(err, &h) {
		return retryAfter(h)
	}
	return 0
}

// parse reads the content of an event. It is false for what is malformed.
func parse(evt *event.Event, room id.RoomID, class event.TypeClass) bool {
	evt.RoomID = room
	evt.Type.Class = class
	err := evt.Content.ParseRaw(evt.Type)
	return err == nil || errors.Is(err, event.ErrContentAlreadyParsed) || errors.Is(err, event.ErrUnsupportedContentType)
}

// take stores all that one answer of the homeserver brings: keys first, then who is where, then what was said.
func (m *Matrix) take(ctx context.Context, resp *mautrix.RespSync, since string, left *unread, receive receiver) error {
	if crypt := m.crypt.Load(); crypt != nil {
		crypt.process(ctx, resp, since)
	}
	for _, room := range slices.Sorted(maps.Keys(resp.Rooms.Invite)) {
		if err := m.invited(ctx, room, resp.Rooms.Invite[room].State.Events); err != nil {
			return err
		}
	}
	for _, room := range slices.Sorted(maps.Keys(resp.Rooms.Join)) {
		if err := m.takeRoom(ctx, room, resp.Rooms.Join[room], since, left, receive); err != nil {
			return fmt.Errorf("take what happened in a room: %w", err)
		}
	}
	for _, room := range slices.Sorted(maps.Keys(resp.Rooms.Leave)) {
		if err := m.takeLeft(ctx, room, resp.Rooms.Leave[room], since, receive); err != nil {
			return err
		}
	}
	told, err := m.joinInvited(ctx)
	for _, t := range told {
		if err := receive(ctx, t); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return m.retry(ctx, left, receive)
}

func (m *Matrix) takeRoom(ctx context.Context, room id.RoomID, data *mautrix.SyncJoinedRoom, since string, left *unread, receive receiver) error {
	for _, evt := range data.State.Events {
		m.takeState(ctx, room, evt)
	}
	events := data.Timeline.Events
	for _, evt := range events {
		if evt.StateKey != nil {
			m.takeState(ctx, room, evt)
		}
	}
	if since == "" {
		return nil // what was said before the bot came to this homeserver is history
	}
	if data.Timeline.Limited {
		gap, err := m.gap(ctx, room, data.Timeline.PrevBatch, since)
		if err != nil {
			return err
		}
		events = append(gap, events...)
	}
	events, err := m.sinceOurs(ctx, room, events)
	if err != nil {
		return err
	}
	for _, evt := range events {
		if evt.StateKey != nil {
			continue
		}
		if err := m.takeEvent(ctx, room, evt, left, receive); err != nil {
			return err
		}
	}
	return nil
}

// gap reads what a room said between since and the beginning of what the homeserver sent of it.
func (m *Matrix) gap(ctx context.Context, room id.RoomID, from, since string) ([]*event.Event, error) {
	var back []*event.Event
	for range gapPages {
		if from == "" {
			break
		}
		got, err := m.client.Messages(ctx, room, from, since, mautrix.DirectionBackward, nil, gapPage)
		if err != nil {
			return nil, fmt.Errorf("read what a room said meanwhile: %w", err)
		}
		back = append(back, got.Chunk...)
		if len(got.Chunk) == 0 || got.End == "" || got.End == from {
			from = ""
			break
		}
		if slices.ContainsFunc(got.Chunk, m.isOurJoin) {
			from = ""
			break
		}
		from = got.End
	}
	if from != "" {
		m.o.Log.Warn("Matrix: a room said more than is read back; the oldest of it was skipped", "read", len(back))
	}
	slices.Reverse(back)
	return back, nil
}

// isOurJoin tells whether the event is that the bot came into the room, and not that it changed its name.
func (m *Matrix) isOurJoin(evt *event.Event) bool {
	if evt.StateKey == nil || evt.GetStateKey() != string(m.user) || evt.Type.Type != event.StateMember.Type || membership(&evt.Content) != event.MembershipJoin {
		return false
	}
	return evt.Unsigned.PrevContent == nil || membership(evt.Unsigned.PrevContent) != event.MembershipJoin
}

func membership(c *event.Content) event.Membership {
	var got struct{ Membership event.Membership }
	_ = json.Unmarshal(c.VeryRaw, &got)
	return got.Membership
}

// sinceOurs leaves of a room's events what came after the bot: what was said in a room before is history. In a private
// chat the first words are often said just before the bot comes in, and so count from its invitation on.
func (m *Matrix) sinceOurs(ctx context.Context, room id.RoomID, events []*event.Event) ([]*event.Event, error) {
	at := -1
	for i, evt := range events {
		if m.isOurJoin(evt) {
			at = i
		}
	}
	if at < 0 {
		return events, nil
	}
	person, err := m.private(ctx, room)
	if err != nil {
		return nil, err
	}
	if person == "" {
		return events[at:], nil
	}
	for i := at; i >= 0; i-- {
		evt := events[i]
		if evt.StateKey != nil && evt.GetStateKey() == string(m.user) && evt.Type.Type == event.StateMember.Type && membership(&evt.Content) == event.MembershipInvite {
			return events[i:], nil
		}
	}
	return events[at:], nil
}

// takeState keeps what an event changes in a room: who is there, whether it is encrypted, what it is called.
func (m *Matrix) takeState(ctx context.Context, room id.RoomID, evt *event.Event) {
	if !parse(evt, room, event.StateEventType) {
		return
	}
	m.learning.Lock()
	if crypt := m.crypt.Load(); crypt != nil {
		crypt.changed(ctx, evt)
	}
	mautrix.UpdateStateStore(ctx, m.state, evt)
	m.learning.Unlock()
	switch evt.Type {
	case event.StateRoomName:
		m.mu.Lock()
		m.names.drop(room)
		m.mu.Unlock()
	case event.StateTombstone:
		m.upgraded(ctx, evt)
	}
}

func (m *Matrix) takeLeft(ctx context.Context, room id.RoomID, data *mautrix.SyncLeftRoom, since string, receive receiver) error {
	for _, evt := range append(data.State.Events, data.Timeline.Events...) {
		if evt.StateKey == nil || evt.Type.Type != event.StateMember.Type || evt.GetStateKey() != string(m.user) || since == "" {
			continue
		}
		told, err := m.gone(ctx, room, evt.Sender, m.when(evt))
		if err != nil {
			return err
		}
		if told != nil {
			if err := receive(ctx, *told); err != nil {
				return err
			}
		}
	}
	return nil
}

// when is the time of an event. A homeserver elsewhere may name any year, so what has not come yet is now.
func (m *Matrix) when(evt *event.Event) time.Time {
	at, now := time.UnixMilli(evt.Timestamp), m.o.Now()
	if at.After(now) {
		return now
	}
	return at
}
