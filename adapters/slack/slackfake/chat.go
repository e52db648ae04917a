package slackfake

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	longestText     = 40000 // characters, after which Slack cuts a message
	longestMarkdown = 12000
	largestMetadata = 16 << 10 // bytes; Slack publishes none
	mostAttachments = 100
)

var calling = regexp.MustCompile(`<!(channel|here|everyone|subteam)`)

// content is what a message says.
type content struct {
	text     string
	blocks   []object
	attached []any
	metadata object
	cut      bool
}

// content reads and checks what a message is to say.
func (c *call) content() (*content, *refusal) {
	m := &content{text: c.text("text")}
	blocks, ok := c.value("blocks")
	if !ok {
		return nil, refuse("invalid_blocks_format")
	}
	if markdown := c.text("markdown_text"); markdown != "" {
		if m.text != "" || blocks != nil {
			return nil, refuse("markdown_text_conflict")
		}
		if utf8.RuneCountInString(markdown) > longestMarkdown {
			return nil, refuse("msg_too_long")
		}
		m.text = markdown
	}
	if blocks != nil {
		list, isList := blocks.([]any)
		if !isList {
			return nil, refuse("invalid_blocks_format")
		}
		check := c.w.checking(surfaceMessage, c.app)
		if check.blocks(list, "/blocks"); check.problems != nil {
			return nil, check.refusal("invalid_blocks")
		}
		if check.characters > c.w.longest {
			return nil, refuse("msg_blocks_too_long")
		}
		m.blocks = c.w.finished(list)
	}
	attached, ok := c.value("attachments")
	if m.attached, _ = attached.([]any); !ok || attached != nil && m.attached == nil {
		return nil, refuse("invalid_attachments")
	}
	if len(m.attached) > mostAttachments {
		return nil, refuse("too_many_attachments")
	}
	if m.text == "" && m.blocks == nil && m.attached == nil {
		return nil, refuse("no_text")
	}
	if utf8.RuneCountInString(m.text) > longestText {
		m.text, m.cut = string([]rune(m.text)[:longestText]), true
	}
	c.judge(m)
	return m, c.meta(m)
}

// judge notes what Slack lets through and a good app does not do.
func (c *call) judge(m *content) {
	if m.blocks != nil && strings.TrimSpace(m.text) == "" {
		c.w.violate("blocks without text: a screen reader has nothing to read")
	}
	if calling.MatchString(m.text + markup(anys(m.blocks))) {
		c.w.violate("a message calls a whole channel")
	}
	if c.flag("link_names") || c.text("parse") == "full" {
		c.w.violate("names in a message are looked for and called (link_names or parse)")
	}
	open := c.text("unfurl_links") != "false" || c.text("unfurl_media") != "false"
	if c.method == "chat.postMessage" && open && strings.Contains(m.text+markup(anys(m.blocks)), "://") {
		c.w.violate("a message with links lets them unfurl")
	}
}

func (c *call) meta(m *content) *refusal {
	v, ok := c.value("metadata")
	if v == nil && ok {
		return nil
	}
	o := obj(v)
	kind, payload := str(o["event_type"]), obj(o["event_payload"])
	if !ok || kind == "" || payload == nil {
		return refuse("invalid_metadata_format")
	}
	for _, v := range payload {
		if _, nested := v.([]any); nested && !scalars(v.([]any)) {
			return refuse("invalid_metadata_schema")
		}
	}
	if len(encoded(o)) > largestMetadata {
		return refuse("metadata_too_large")
	}
	m.metadata = object{"event_type": kind, "event_payload": payload}
	return nil
}

func scalars(list []any) bool {
	for _, v := range list {
		if _, deeper := v.([]any); deeper {
			return false
		}
	}
	return true
}

// postable is the place in which the app would speak, if it may.
func (c *call) postable() (*Channel, *refusal) {
	if r := c.needs("channel"); r != nil {
		return nil, r
	}
	id := c.text("channel")
	if p := c.w.people[id]; p != nil {
		if !p.visible(c.app) || p.bot != nil {
			return nil, refuse("channel_not_found")
		}
		if p.Deleted {
			return nil, refuse("user_disabled")
		}
		c.args["channel"] = c.w.between([]*Person{c.app.bot, p}).ID
	} else if name, found := strings.CutPrefix(id, "#"); found {
		for _, p := range c.w.places {
			if p.Name == name && p.space == c.app.space {
				c.args["channel"] = p.ID
			}
		}
	}
	p, r := c.place("channel", "")
	switch {
	case r != nil:
		return nil, r
	case !p.has(c.app.bot) && !c.app.scopes["chat:write.public"]:
		return nil, refuse("not_in_channel")
	case p.Archived || p.IM && c.w.abandoned(p):
		return nil, refuse("is_archived")
	case p.IM && c.app.noMessages:
		return nil, refuse("messages_tab_disabled")
	case p.PostingRules:
		return nil, refuse("restricted_action")
	}
	return p, nil
}

// abandoned says whether the person at the other end of a private chat has no account any more.
func (w *World) abandoned(c *Channel) bool {
	for _, p := range c.members {
		if p.Deleted {
			return true
		}
	}
	return false
}

// thread is the message under which the app would speak, "" for none.
func (c *call) thread(in *Channel) (string, *refusal) {
	ts := c.text("thread_ts")
	if ts == "" {
		return "", nil
	}
	if !strings.Contains(ts, ".") || !stampShape.MatchString(ts) {
		return "", refuse("invalid_thread_ts")
	}
	parent := in.find(ts)
	if parent == nil || parent.Only != nil {
		return "", refuse("thread_not_found")
	}
	if parent.Thread != "" {
		return parent.Thread, nil // a reply to a reply hangs on the first message
	}
	return ts, nil
}

func chatPostMessage(c *call) (object, *refusal) {
	in, r := c.postable()
	if r != nil {
		return nil, r
	}
	said, r := c.content()
	if r != nil {
		return nil, r
	}
	thread, r := c.thread(in)
	if r != nil {
		return nil, r
	}
	m := c.w.say(c.app, in, said, thread)
	if c.flag("reply_broadcast") && thread != "" {
		m.Broadcast = true
	}
	if said.cut {
		c.warn = append(c.warn, "message_truncated")
	}
	return object{"channel": in.ID, "ts": m.TS, "message": m.json(true)}, nil
}

// say posts as the app.
func (w *World) say(a *App, in *Channel, said *content, thread string) *Message {
	m := &Message{
		app: a, In: in, From: a.bot, Text: said.text, Blocks: said.blocks, Attached: said.attached, Metadata: said.metadata,
		Thread: thread,
	}
	w.add(m)
	return m
}

func chatPostEphemeral(c *call) (object, *refusal) {
	if r := c.needs("channel", "user"); r != nil {
		return nil, r
	}
	in, r := c.postable()
	if r != nil {
		return nil, r
	}
	to := c.w.people[c.text("user")]
	if to == nil || !in.has(to) {
		return nil, refuse("user_not_in_channel")
	}
	said, r := c.content()
	if r != nil {
		return nil, r
	}
	thread, r := c.thread(in)
	if r != nil {
		return nil, r
	}
	m := &Message{
		app: c.app, In: in, From: c.app.bot, Only: to, Text: said.text, Blocks: said.blocks, Attached: said.attached,
		Thread: thread,
	}
	c.w.add(m)
	return object{"message_ts": m.TS}, nil
}

// own is the message that an argument names, if the app has posted it.
func (c *call) own(refused string) (*Channel, *Message, *refusal) {
	if r := c.needs("channel", "ts"); r != nil {
		return nil, nil, r
	}
	in, r := c.place("channel", "")
	if r != nil {
		return nil, nil, r
	}
	m := in.find(c.text("ts"))
	switch {
	case m == nil || m.Only != nil:
		return nil, nil, refuse("message_not_found")
	case m.app != c.app:
		return nil, nil, refuse(refused)
	case in.Archived:
		return nil, nil, refuse("is_archived")
	}
	return in, m, nil
}

func chatUpdate(c *call) (object, *refusal) {
	in, m, r := c.own("cant_update_message")
	if r != nil {
		return nil, r
	}
	said, r := c.content()
	if r != nil {
		return nil, r
	}
	if said.cut {
		return nil, refuse("msg_too_long")
	}
	before := m.json(true)
	// What is not given is taken away: text alone leaves no blocks.
	m.Text, m.Blocks, m.Attached = said.text, said.blocks, said.attached
	if said.metadata != nil {
		m.Metadata = said.metadata
	}
	m.Edited, m.Editor = c.w.stamp(), c.app.bot.ID
	c.w.tellChanged(m, "message_changed", before)
	return object{"channel": in.ID, "ts": m.TS, "text": m.Text, "message": m.json(true)}, nil
}

func chatDelete(c *call) (object, *refusal) {
	in, m, r := c.own("cant_delete_message")
	if r != nil {
		return nil, r
	}
	c.w.erase(m)
	return object{"channel": in.ID, "ts": m.TS}, nil
}

func chatGetPermalink(c *call) (object, *refusal) {
	if r := c.needs("channel", "message_ts"); r != nil {
		return nil, r
	}
	in, r := c.place("channel", "")
	if r != nil {
		return nil, r
	}
	m := in.find(c.text("message_ts"))
	if m == nil || m.Only != nil {
		return nil, refuse("message_not_found")
	}
	number := strings.ReplaceAll(m.TS, ".", "")
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", c.app.space.Domain, in.ID, number)
	if m.Thread != "" && m.Thread != m.TS {
		link += "?thread_ts=" + m.Thread + "&cid=" + in.ID
	}
	return object{"channel": in.ID, "permalink": link}, nil
}
