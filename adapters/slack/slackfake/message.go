package slackfake

import (
	"cmp"
	"slices"
	"strings"
)

// Message is something said. Those that a World hands out are copies that do not change.
type Message struct {
	w     *World
	app   *App // which app posted it
	files []*file

	In        *Channel
	From      *Person // nil for what was posted by response_url
	Only      *Person // the only one who sees it, for an ephemeral message
	TS        string
	Thread    string // the TS of the message that its thread hangs on
	Text      string // as Slack keeps it: escaped, people and channels by id
	Subtype   string
	ClientID  string
	Blocks    []object
	Metadata  object
	Reactions map[string][]string // ids of people, by name of emoji
	Edited    string              // when, as a timestamp
	Editor    string
	Attached  []any
	Deleted   bool
	Broadcast bool // a reply that is shown in the channel too
}

// notice says whether Slack itself said it, about somebody who came or went.
func (m *Message) notice() bool {
	return strings.HasPrefix(m.Subtype, "channel_") || m.Subtype == "tombstone"
}

// Shown is what stands in a place, oldest first, without what only one person sees and without notices of who joined.
func (w *World) Shown(in *Channel) []*Message { return in.shown(nil) }

// Sees is what this person sees there, what only this person sees included. Somebody who is not in the place sees
// nothing of it.
func (p *Person) Sees(in *Channel) []*Message {
	p.w.mu.Lock()
	member := in.has(p) || !in.Private && !in.IM && in.space == p.space
	p.w.mu.Unlock()
	if !member {
		return nil
	}
	return in.shown(p)
}

// Everything is all that has been said anywhere and not deleted, oldest first, without notices.
func (w *World) Everything() (list []*Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.places {
		for _, m := range c.messages {
			if !m.Deleted && !m.notice() {
				list = append(list, m.snapshot())
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Message) int { return cmp.Compare(micros(a.TS), micros(b.TS)) })
	return list
}

// FromApp says whether an app said it.
func (m *Message) FromApp() bool { return m.app != nil }

func (c *Channel) shown(to *Person) (list []*Message) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	for _, m := range c.messages {
		if !m.Deleted && !m.notice() && (m.Only == nil || m.Only == to) {
			list = append(list, m.snapshot())
		}
	}
	return list
}

func (m *Message) snapshot() *Message {
	s := *m
	s.Blocks, s.Metadata, s.files = copied(m.Blocks), copied(m.Metadata), slices.Clone(m.files)
	s.Attached = slices.Clone(m.Attached)
	s.Reactions = map[string][]string{}
	for k, v := range m.Reactions {
		s.Reactions[k] = slices.Clone(v)
	}
	return &s
}

// live is the message that a copy was made of, or nil when it is gone.
func (m *Message) live() *Message {
	for _, l := range m.In.messages {
		if l.TS == m.TS && l.Only == m.Only && !l.Deleted {
			return l
		}
	}
	return nil
}

// Plain is the words of a message as a person reads them: of its blocks, and of its text when it has none.
func (m *Message) Plain() string {
	if len(m.Blocks) == 0 {
		return unescaped(m.Text)
	}
	return strings.Join(words(anys(m.Blocks)), "\n")
}

// Buttons are the labels of what can be pressed on it, in order.
func (m *Message) Buttons() []string { return buttonLabels(anys(m.Blocks)) }

// Replies are the messages of the thread under this one.
func (m *Message) Replies() (list []*Message) {
	for _, r := range m.In.shown(nil) {
		if r.Thread == m.TS && r.TS != m.TS {
			list = append(list, r)
		}
	}
	return list
}

// json is the message object as history and events give it.
func (m *Message) json(metadata bool) object {
	o := object{"type": "message", "text": m.Text, "ts": m.TS}
	if m.Subtype != "" {
		o["subtype"] = m.Subtype
	}
	if m.From != nil {
		o["user"] = m.From.ID
		if m.Subtype == "" || m.Subtype == "thread_broadcast" {
			o["team"] = m.From.space.ID
		}
	}
	if m.ClientID != "" {
		o["client_msg_id"] = m.ClientID
	}
	if m.Blocks != nil {
		o["blocks"] = copied(m.Blocks)
	}
	if len(m.Attached) > 0 {
		o["attachments"] = copied(m.Attached)
	}
	switch {
	case m.app != nil && m.Subtype == "bot_message":
		o["bot_id"] = m.app.hookBot
	case m.app != nil:
		o["bot_id"], o["app_id"], o["bot_profile"] = m.app.BotID, m.app.ID, m.app.profile()
	}
	if m.Edited != "" {
		o["edited"] = object{"user": m.Editor, "ts": m.Edited}
	}
	if metadata && m.Metadata != nil {
		o["metadata"] = copied(m.Metadata)
	}
	if len(m.files) > 0 {
		var files []any
		for _, f := range m.files {
			files = append(files, f.json())
		}
		o["files"], o["upload"], o["display_as_bot"] = files, false, false
	}
	if m.Thread != "" {
		m.threadJSON(o)
	}
	if len(m.Reactions) > 0 {
		var list []any
		for _, name := range sorted(m.Reactions) {
			users := m.Reactions[name]
			list = append(list, object{"name": name, "users": anys(users), "count": len(users)})
		}
		o["reactions"] = list
	}
	return o
}

func (m *Message) threadJSON(o object) {
	o["thread_ts"] = m.Thread
	if m.Thread != m.TS {
		if parent := m.In.find(m.Thread); parent != nil && parent.From != nil {
			o["parent_user_id"] = parent.From.ID
		}
		return
	}
	var users []string
	count, latest := 0, ""
	for _, r := range m.In.messages {
		if r.Thread == m.TS && r != m && !r.Deleted && r.Only == nil {
			count, latest = count+1, r.TS
			if r.From != nil && !slices.Contains(users, r.From.ID) {
				users = append(users, r.From.ID)
			}
		}
	}
	o["reply_count"], o["reply_users_count"], o["reply_users"], o["latest_reply"] = count, len(users), anys(users), latest
	o["is_locked"], o["subscribed"] = false, false
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// add puts a message into its place, in the order of time, and tells the apps of it.
func (w *World) add(m *Message) {
	m.w = w
	if m.TS == "" {
		m.TS = w.stamp()
	}
	if m.Thread != "" {
		if parent := m.In.find(m.Thread); parent != nil && parent.Thread == "" {
			parent.Thread = parent.TS
		}
	}
	m.In.messages = append(m.In.messages, m)
	if m.Only == nil {
		w.tellMessage(m)
	}
}

// tellMessage makes the events of a new message: one for it, and another when it mentions an app.
func (w *World) tellMessage(m *Message) {
	body := m.json(true)
	body["channel"], body["event_ts"], body["channel_type"] = m.In.ID, m.TS, m.In.typeName()
	if m.app == nil && m.From != nil && len(m.In.shared) > 0 {
		body["user_team"], body["source_team"] = m.From.space.ID, m.From.space.ID
	}
	// A private chat is heard by its own app only.
	w.tell(m.In.space, event{kind: "message." + m.In.family(), in: m.In, body: body})
	if m.In.IM || m.app != nil || m.notice() {
		return
	}
	for _, a := range w.apps {
		if !strings.Contains(m.Text, "<@"+a.bot.ID) {
			continue
		}
		mention := m.json(false)
		mention["type"], mention["channel"], mention["event_ts"] = "app_mention", m.In.ID, m.TS
		delete(mention, "subtype")
		w.tellApp(a, event{kind: "app_mention", in: m.In, body: mention})
	}
}

// tellChanged makes the event of an edit, a deletion or an unfurled link.
func (w *World) tellChanged(m *Message, kind string, before object) {
	at := w.stamp()
	body := object{
		"type": "message", "subtype": kind, "channel": m.In.ID, "hidden": true, "ts": at, "event_ts": at,
		"channel_type": m.In.typeName(), "previous_message": before,
	}
	if kind == "message_deleted" {
		body["deleted_ts"] = m.TS
	} else {
		body["message"] = m.json(true)
	}
	w.tell(m.In.space, event{kind: "message." + m.In.family(), in: m.In, body: body})
}

// erase deletes a message. One that a thread hangs on leaves a tombstone, and is told as a change.
func (w *World) erase(m *Message) {
	before := m.json(true)
	for _, r := range m.In.messages {
		if m.Thread == m.TS && r.Thread == m.TS && r != m && !r.Deleted {
			m.Subtype, m.Text, m.Blocks, m.files = "tombstone", "This message was deleted.", nil, nil
			w.tellChanged(m, "message_changed", before)
			return
		}
	}
	m.Deleted = true
	if m.Only == nil {
		w.tellChanged(m, "message_deleted", before)
	}
}
