package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/layout"
)

// taken is what one payload comes to.
type taken struct {
	msgs   []bot.Message
	answer any                   // rides on the acknowledgement
	after  func(context.Context) // done once it is acknowledged
}

// lane is where a payload belongs: what is in one lane is brought one after another.
func lane(kind string, payload []byte) string {
	var p struct {
		Event struct {
			Channel json.RawMessage `json:"channel"`
			User    json.RawMessage `json:"user"`
		} `json:"event"`
		Channel   json.RawMessage `json:"channel"`
		ChannelID string          `json:"channel_id"`
		User      json.RawMessage `json:"user"`
	}
	_ = json.Unmarshal(payload, &p)
	for _, id := range []string{idOf(p.Event.Channel), p.ChannelID, idOf(p.Channel), idOf(p.Event.User), idOf(p.User)} {
		if id != "" {
			return id
		}
	}
	return kind
}

// take makes a payload messages. What is malformed or nothing to us comes to nothing.
func (s *Slack) take(ctx context.Context, kind string, payload []byte) (t taken) {
	switch kind {
	case "events_api":
		var e event
		var in inner
		if json.Unmarshal(payload, &e) == nil && json.Unmarshal(e.Event, &in) == nil {
			t.msgs = s.happened(ctx, e, in)
		}
	case "interactive":
		var i interaction
		if json.Unmarshal(payload, &i) == nil && isUser(i.User.ID) {
			return s.interacted(ctx, i, payload)
		}
	case "slash_commands":
		var c command
		if json.Unmarshal(payload, &c) == nil && isUser(c.UserID) && isChannel(c.ChannelID) {
			return s.commanded(ctx, c, payload)
		}
	}
	return t
}

// happened is what comes of an event.
func (s *Slack) happened(ctx context.Context, e event, in inner) []bot.Message {
	user, channel := idOf(in.User), idOf(in.Channel)
	m := bot.Message{ID: bot.MessageID("event/" + e.ID), At: at(in.EventTS, s.o.Now()), Where: bot.Address{Network: s.network}}
	from := func(u string) bool {
		if !isUser(u) || u == s.self().user {
			return false
		}
		m.From, m.In = s.speaker(ctx, u, "")
		return true
	}
	room := func() bool {
		m.Where.Room = bot.RoomID(channel)
		return isChannel(channel) && channel[0] != 'D'
	}
	switch in.Type {
	case "message", "app_mention":
		return s.said(ctx, e, in, channel, user)
	case "app_home_opened":
		if m.Kind = bot.Opened; !from(user) {
			return nil
		}
		m.Where = bot.Private(m.From)
	case "member_joined_channel":
		m.Kind, m.Us = bot.Joined, user == s.self().user
		if m.Us {
			s.places.drop(channel)
			if user = in.Inviter; user == "" {
				m.From = bot.Speaker{Network: s.network, ID: bot.UserID(s.self().user), Name: "Ginnel"}
			}
		}
		if !room() || !from(user) && !m.Us {
			return nil
		}
	case "member_left_channel":
		if m.Kind = bot.Left; !room() || !from(user) {
			return nil
		}
	case "channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted":
		m.Kind, m.Us = bot.Left, true
		m.From = bot.Speaker{Network: s.network, ID: bot.UserID(s.self().user), Name: "Ginnel"}
		if !room() {
			return nil
		}
	case "team_join":
		if m.Kind = bot.Joined; !from(user) {
			return nil
		}
	case "user_change":
		s.people.drop(user)
		var u struct {
			Deleted bool `json:"deleted"`
		}
		_ = json.Unmarshal(in.User, &u)
		if m.Kind = bot.Left; !u.Deleted || !from(user) {
			return nil
		}
	case "tokens_revoked", "app_uninstalled":
		s.revoked(errRemoved)
		return nil
	default:
		return nil
	}
	if e.ID == "" {
		m.ID = bot.MessageID("event/" + in.Type + "/" + channel + "/" + user + "/" + in.EventTS)
	}
	return []bot.Message{m}
}

// speech are the subtypes of what somebody says.
var speech = []string{"", "file_share", "thread_broadcast", "me_message"}

// said is what comes of a message, and of its mention: both come to the same.
func (s *Slack) said(ctx context.Context, e event, in inner, channel, user string) []bot.Message {
	if !isChannel(channel) {
		return nil
	}
	said, kind, id := in.message, bot.Said, messageID(channel, in.TS)
	said.From = user
	var on bot.MessageID
	switch in.Subtype {
	case "message_changed":
		if in.Message == nil {
			return nil
		}
		was := ""
		if in.Previous != nil {
			was = in.Previous.Text
		}
		ts := in.Message.TS
		if ts == "" && in.Previous != nil {
			ts = in.Previous.TS
		}
		said, kind, id, on = *in.Message, bot.Edited, messageID(channel, in.EventTS)+"/edit", messageID(channel, ts)
		switch {
		case said.Subtype == "tombstone":
			kind = bot.Deleted
			if in.Previous != nil {
				said = *in.Previous
			}
		case said.Text == was: // a link was unfurled
			return nil
		}
	case "message_deleted":
		if in.Previous == nil {
			return nil
		}
		said, kind, id, on = *in.Previous, bot.Deleted, messageID(channel, in.EventTS)+"/deleted", messageID(channel, in.DeletedTS)
	}
	if k := said.Metadata.key(); k != "" && kind == bot.Said && (said.BotID == s.self().bot || user == s.self().user) {
		s.echoed(k, messageID(channel, in.TS))
	}
	if said.BotID != "" || said.AppID != "" || !isUser(said.From) || said.From == s.self().user || !slices.Contains(speech, said.Subtype) ||
		said.From == "USLACKBOT" || clean.CheckID(id) != nil {
		return nil
	}
	m := bot.Message{ID: id, Kind: kind, On: on, At: at(in.EventTS, s.o.Now())}
	if kind == bot.Said {
		m.At = at(said.TS, s.o.Now())
	}
	m.From, m.In = s.speaker(ctx, said.From, said.Team)
	text, ours := unmarked(said.Text, s.self().user)
	m.Text = text
	s.place(ctx, &m, channel, said.Thread, in.ChannelType, e.Shared)
	if m.Where.InRoom() {
		m.ToUs = ours || in.Type == "app_mention" || said.Parent == s.self().user && said.Thread != ""
		if _, ts, _, ok := splitID(on); said.Thread == "" || said.Thread == ts {
			if m.Begins = bot.ThreadID(said.TS); ok {
				m.Where.Thread, m.Begins = "", bot.ThreadID(ts)
			}
		}
	} else {
		m.ToUs = true
	}
	if m.Text == "" && kind != bot.Deleted {
		if !ours || kind != bot.Said {
			return nil
		}
		m.Text = words["help"]
	}
	if kind == bot.Deleted {
		m.Text = ""
	}
	if kind == bot.Said && m.ToUs {
		s.asked(m)
	}
	return []bot.Message{m}
}

// place fills in where something was said, and what is known of that.
func (s *Slack) place(ctx context.Context, m *bot.Message, channel, thread, kind string, shared bool) {
	if channel[0] == 'D' {
		m.Where = bot.Private(m.From)
		return
	}
	m.Where = bot.Address{Network: s.network, Room: bot.RoomID(channel), Thread: bot.ThreadID(thread)}
	m.In.Whispers = true
	if kind != "" {
		s.places.put(channel, place{kind == "channel" && !shared, s.o.Now()})
	}
	m.In.Open = s.open(ctx, channel) && !shared
}

// interacted is what comes of a button, a window or a shortcut.
func (s *Slack) interacted(ctx context.Context, i interaction, payload []byte) (t taken) {
	m := bot.Message{ID: unique(i.TriggerID, payload), Kind: bot.Said, ToUs: true, At: s.o.Now()}
	m.From, m.In = s.speaker(ctx, i.User.ID, "")
	m.Where = bot.Private(m.From)
	h := &handle{trigger: i.TriggerID, hook: i.ResponseURL, made: s.o.Now()}
	opens := false
	switch i.Type {
	case "block_actions":
		for _, a := range i.Actions {
			if strings.HasPrefix(a.ID, actionSay) || strings.HasPrefix(a.ID, actionForm) {
				m.Text, opens = a.Value, strings.HasPrefix(a.ID, actionForm)
				break
			}
		}
		if m.Text == "" {
			return t
		}
		m.Pressed = true
		switch {
		case i.View.Type == "home":
			m.On = homeID(i.User.ID)
		case i.View.ID != "":
			m.On, h.view = viewID(i.View.ID), i.View.ID
		default:
			channel := i.Container.ChannelID
			if channel == "" {
				channel = i.Channel.ID
			}
			if !isChannel(channel) || !isStamp(i.Container.MessageTS) {
				return t
			}
			s.place(ctx, &m, channel, i.Container.ThreadTS, "", false)
			m.On = messageID(channel, i.Container.MessageTS)
			if i.Container.Ephemeral {
				m.On = whisperID(channel, i.Container.MessageTS, i.User.ID)
				s.handles.put(m.On, h)
				if m.Where.InRoom() {
					m.Where.Only = m.From.ID
				}
			} else if m.Where.InRoom() && m.Where.Thread == "" {
				m.Begins = bot.ThreadID(i.Container.MessageTS)
			}
		}
	case "view_submission":
		text, values, ok := filled(i.View)
		if !ok {
			return t
		}
		m.ID = bot.MessageID("view/" + i.View.ID + "/" + i.View.Hash)
		m.Text, m.Pressed, m.On = text, true, viewID(i.View.ID)
		if i.View.Hash == "" || clean.CheckID(m.ID) != nil {
			m.ID = unique(i.TriggerID, payload)
		}
		h.view, h.trigger, h.form = i.View.ID, "", again(i.View, values)
		t.answer = map[string]any{"response_action": "update", "view": waiting()}
		if text == "" {
			return t
		}
		h.opening()
		t.after = func(ctx context.Context) {
			// What we put into the window must not come before what rides on the acknowledgement.
			const ahead = 250 * time.Millisecond
			sleep(ctx, ahead)
			close(h.opened)
		}
	case "shortcut":
		if i.Callback != shortcutOffer {
			return t
		}
		m.Text, opens = words["offer"], true
	case "message_action":
		text, _ := unmarked(i.Message.Text, s.self().user)
		if i.Callback != shortcutFind || text == "" || !isChannel(i.Channel.ID) {
			return t
		}
		m.Text = filling("find", clean.Shorten(clean.OneLine(text), layout.MaxSay))
		if i.Channel.ID[0] != 'D' {
			m.Where = bot.Address{Network: s.network, Room: bot.RoomID(i.Channel.ID), Only: m.From.ID}
			m.In.Whispers = true
		}
	default:
		return t
	}
	s.handles.put(m.ID, h)
	t.msgs = []bot.Message{m}
	if opens && i.TriggerID != "" {
		h.opening()
		t.after = func(ctx context.Context) { s.openWindow(ctx, h) }
	}
	return t
}

// commanded is what comes of a slash command.
func (s *Slack) commanded(ctx context.Context, c command, payload []byte) (t taken) {
	text, _ := unmarked(c.Text, s.self().user)
	if text == "" {
		text = words["help"]
	}
	m := bot.Message{ID: unique(c.TriggerID, payload), Kind: bot.Said, Text: text, ToUs: true, At: s.o.Now()}
	m.From, m.In = s.speaker(ctx, c.UserID, "")
	s.place(ctx, &m, c.ChannelID, "", "", false)
	if m.Where.InRoom() {
		m.Where.Only = m.From.ID
	}
	s.asked(m)
	s.handles.put(m.ID, &handle{trigger: c.TriggerID, hook: c.ResponseURL, made: s.o.Now()})
	return taken{msgs: []bot.Message{m}}
}

// unique names an interaction, which Slack gives no name.
func unique(trigger string, payload []byte) bot.MessageID {
	of := []byte(trigger)
	if trigger == "" {
		of = payload
	}
	sum := sha256.Sum256(of)
	return bot.MessageID("by-hand/" + hex.EncodeToString(sum[:16]))
}

func homeID(user string) bot.MessageID { return bot.MessageID("home/" + user) }

// The ids of the shortcuts in the manifest.
const (
	shortcutFind  = "find_help"
	shortcutOffer = "offer_something"
)
