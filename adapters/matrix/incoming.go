package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
)

// takeEvent brings one event. What cannot be read yet is put aside.
func (m *Matrix) takeEvent(ctx context.Context, room id.RoomID, evt *event.Event, left *unread, receive receiver) error {
	if evt.Type.Type == event.EventEncrypted.Type && evt.Sender != m.user && !left.has(evt.ID) {
		raw, err := json.Marshal(evt)
		if err != nil {
			return nil
		}
		plain, err := m.read(ctx, room, evt)
		if err != nil {
			return left.add(ctx, m.keep, unreadEvent{Room: room, Event: raw, Since: m.o.Now()})
		}
		evt = plain
	} else if evt.Type.Type == event.EventEncrypted.Type {
		if evt.Sender != m.user {
			return nil
		}
		plain, err := m.read(ctx, room, evt)
		if err != nil {
			return nil
		}
		evt = plain
	}
	return m.bring(ctx, room, evt, receive)
}

// errPlain says that this program was built without encryption.
var errPlain = errors.New("built without encryption")

func (m *Matrix) read(ctx context.Context, room id.RoomID, evt *event.Event) (*event.Event, error) {
	if !parse(evt, room, event.MessageEventType) {
		return nil, errors.New("malformed")
	}
	crypt := m.crypt.Load()
	if crypt == nil {
		return nil, errPlain
	}
	return crypt.decrypt(ctx, evt)
}

// bring hands one event that can be read to receive, if it is something said.
func (m *Matrix) bring(ctx context.Context, room id.RoomID, evt *event.Event, receive receiver) error {
	if evt.Sender == m.user {
		if evt.Type.Type == proofType.Type {
			if word, _ := evt.Content.Raw["body"].(string); word == m.proofWord() {
				m.proved.Store(true)
			}
		}
		return nil
	}
	if !parse(evt, room, event.MessageEventType) {
		return nil
	}
	msg, ok, err := m.message(ctx, room, evt)
	if err != nil || !ok {
		return err
	}
	return receive(ctx, msg)
}

// message makes an event what the core is told; ok is false for what is nothing to it.
func (m *Matrix) message(ctx context.Context, room id.RoomID, evt *event.Event) (msg bot.Message, ok bool, err error) {
	name := ""
	if member, err := m.state.TryGetMember(ctx, room, evt.Sender); err == nil && member != nil {
		name = member.Displayname
	}
	msg = bot.Message{ID: messageID(m.first(room), evt.ID), Kind: bot.Said, From: m.speaker(evt.Sender, name), At: m.when(evt)}
	private, err := m.private(ctx, room)
	if err != nil {
		return msg, false, err
	}
	if private == evt.Sender {
		if err := m.markDirect(ctx, private, room); err != nil {
			return msg, false, err
		}
		msg.Where, msg.ToUs = bot.Private(msg.From), true
	} else {
		msg.Where = bot.Address{Network: m.network, Room: bot.RoomID(m.first(room))}
		rules, err := m.state.GetJoinRules(ctx, room)
		msg.In.Open = err == nil && rules != nil && rules.JoinRule == event.JoinRulePublic
	}
	switch c := evt.Content.Parsed.(type) {
	case *event.ReactionEventContent:
		n := pressed(c.RelatesTo.Key)
		if n == "" || !m.isOurs(ctx, room, c.RelatesTo.EventID) {
			return msg, false, nil
		}
		msg.Text, msg.ToUs, msg.On = n, true, messageID(m.first(room), c.RelatesTo.EventID)
		return msg, true, nil
	case *event.RedactionEventContent:
		target := evt.Redacts
		if target == "" {
			target = c.Redacts
		}
		if target == "" {
			return msg, false, nil
		}
		msg.Kind, msg.On = bot.Deleted, messageID(m.first(room), target)
		return msg, true, nil
	case *event.MessageEventContent:
		return m.said(ctx, room, evt, c, msg)
	}
	return msg, false, nil
}

// pressed is the number of a reaction that is one: 1️⃣ to 9️⃣, or the bare digit.
func pressed(key string) string {
	key = strings.TrimRight(key, "\ufe0f\u20e3")
	if len(key) == 1 && key[0] >= '1' && key[0] <= '9' {
		return key
	}
	return ""
}

func (m *Matrix) said(ctx context.Context, room id.RoomID, evt *event.Event, c *event.MessageEventContent, msg bot.Message) (bot.Message, bool, error) {
	if c.MsgType != event.MsgText && c.MsgType != event.MsgEmote { // a notice is another bot's
		return msg, false, nil
	}
	if of := c.RelatesTo.GetReplaceID(); of != "" {
		if c.NewContent == nil {
			return msg, false, nil
		}
		msg.Kind, msg.On = bot.Edited, messageID(m.first(room), of)
		c = c.NewContent
	}
	c.RemoveReplyFallback()
	body := c.Body
	root := c.RelatesTo.GetThreadParent()
	if msg.Where.Room != "" {
		var named bool
		body, named = m.cutName(body)
		msg.ToUs = named || c.Mentions.Has(m.user)
		if root != "" {
			msg.Where.Thread = bot.ThreadID(root)
		} else {
			msg.Begins = bot.ThreadID(evt.ID)
		}
	} else {
		if rest, named := m.cutName(body); named && strings.TrimSpace(rest) != "" {
			body = rest // in private it goes without saying
		}
		if root != "" {
			m.mu.Lock()
			m.roots.put(evt.ID, string(root))
			m.mu.Unlock()
		}
	}
	if on := c.RelatesTo.GetNonFallbackReplyTo(); on != "" && msg.Kind == bot.Said {
		msg.On = messageID(m.first(room), on)
		msg.ToUs = msg.ToUs || m.isOurs(ctx, room, on)
	}
	if root != "" && !msg.ToUs {
		msg.ToUs = m.spokeIn(ctx, room, root)
	}
	if strings.TrimSpace(body) == "" {
		return msg, false, nil
	}
	msg.Text = body
	return msg, true, nil
}

// cutName takes the bot's name off the front of what is said: its id, what is before the colon in that, or the command.
func (m *Matrix) cutName(body string) (rest string, named bool) {
	text := strings.TrimSpace(body)
	local := m.user.Localpart()
	for _, name := range []string{string(m.user), "@" + local, "!" + local, "!ginnel", local, "ginnel"} {
		if len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
			continue
		}
		after := text[len(name):]
		trimmed := strings.TrimLeft(after, ",: ")
		sign := name[0] == '@' || name[0] == '!'
		switch {
		case after == "":
			return "", true
		case after[0] == ',' || after[0] == ':', sign && after[0] == ' ':
			return trimmed, true
		}
	}
	return body, false
}

// spokeIn tells whether a thread is one in which the bot said something. What the homeserver cannot tell is taken for no.
func (m *Matrix) spokeIn(ctx context.Context, room id.RoomID, root id.EventID) bool {
	m.mu.Lock()
	spoke, known := m.threads.get(root)
	m.mu.Unlock()
	if known {
		return spoke
	}
	spoke = m.isOurs(ctx, room, root)
	if !spoke {
		const most = 100
		got, err := m.client.GetRelations(ctx, room, root, &mautrix.ReqGetRelations{RelationType: event.RelThread, Limit: most})
		if err != nil {
			return false
		}
		spoke = slices.ContainsFunc(got.Chunk, func(e *event.Event) bool { return e.Sender == m.user })
	}
	m.mu.Lock()
	m.threads.put(root, spoke)
	m.mu.Unlock()
	return spoke
}

// isOurs tells whether the bot said an event. What the homeserver cannot tell is taken for no.
func (m *Matrix) isOurs(ctx context.Context, room id.RoomID, e id.EventID) bool {
	m.mu.Lock()
	ours, known := m.ours.get(e)
	m.mu.Unlock()
	if known {
		return ours
	}
	evt, err := m.client.GetEvent(ctx, room, e)
	if err != nil {
		return false
	}
	m.remember(e, evt.Sender == m.user)
	return evt.Sender == m.user
}
