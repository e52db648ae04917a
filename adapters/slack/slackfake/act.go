package slackfake

import (
	"errors"
	"slices"
)

var (
	errGone      = errors.New("everything has ended")
	errNoAnswer  = errors.New("the app did not respond")
	errNotThere  = errors.New("it is not there to be seen")
	errNoMember  = errors.New("you are not in this channel")
	errNoCommand = errors.New("that is not a valid command")
)

// Chat is this person's private chat with the first app.
func (p *Person) Chat() *Channel { return p.w.Between(p.w.appFor(p).bot, p) }

func (w *World) appFor(p *Person) *App {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.appNear(p)
}

// appNear is the app of this person's own workspace, or else the first.
func (w *World) appNear(p *Person) *App {
	for _, a := range w.apps {
		if a.space == p.space {
			return a
		}
	}
	return w.apps[0]
}

// Says posts in a place. A name after @ and a channel after # become mentions, links become links, as when typed.
func (p *Person) Says(in *Channel, text string) *Message { return p.say(in, text, "", "") }

// Writes is Says in the private chat with the app.
func (p *Person) Writes(text string) *Message { return p.Says(p.Chat(), text) }

// Answers posts in the thread under a message.
func (p *Person) Answers(m *Message, text string) *Message {
	thread := m.Thread
	if thread == "" {
		thread = m.TS
	}
	return p.say(m.In, text, thread, "")
}

// AnswersAloud posts in the thread and shows it in the channel too.
func (p *Person) AnswersAloud(m *Message, text string) *Message {
	return p.say(m.In, text, m.TS, "thread_broadcast")
}

// SaysMe posts as /me does.
func (p *Person) SaysMe(in *Channel, text string) *Message { return p.say(in, text, "", "me_message") }

func (p *Person) say(in *Channel, text, thread, subtype string) *Message {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.may(p, in) {
		return nil
	}
	m := &Message{In: in, From: p, Thread: thread, Subtype: subtype, ClientID: w.uuid()}
	m.Broadcast = subtype == "thread_broadcast"
	m.Text, m.Blocks = w.typed(p.space, text)
	w.add(m)
	return m.snapshot()
}

// may says whether this person can speak there; a test that lets somebody speak elsewhere is mistaken.
func (w *World) may(p *Person, in *Channel) bool {
	switch {
	case p.Deleted:
		w.complain("slackfake: %s has no account any more and cannot act", p.Name)
	case !in.has(p):
		w.complain("slackfake: %s is not in %s and cannot speak there", p.Name, in.Name)
	case in.Archived:
		w.complain("slackfake: %s is archived: nobody can speak there", in.Name)
	default:
		return true
	}
	return false
}

// Uploads shares a file with a word about it.
func (p *Person) Uploads(in *Channel, name, text string) *Message {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.may(p, in) {
		return nil
	}
	f := w.newFile(p, name, []byte("a file"))
	m := &Message{In: in, From: p, Subtype: "file_share", ClientID: w.uuid(), files: []*file{f}}
	m.Text, m.Blocks = w.typed(p.space, text)
	w.add(m)
	return m.snapshot()
}

// Edits changes what this person said.
func (p *Person) Edits(m *Message, text string) *Message {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	l := m.live()
	if l == nil || l.From != p {
		w.complain("slackfake: %s cannot edit that", p.Name)
		return nil
	}
	before := l.json(true)
	l.Text, l.Blocks = w.typed(p.space, text)
	at := w.stamp()
	l.Edited, l.Editor = at[:len(at)-6]+"000000", p.ID
	w.tellChanged(l, "message_changed", before)
	return l.snapshot()
}

// Deletes takes back what this person said.
func (p *Person) Deletes(m *Message) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := m.live(); l != nil {
		w.erase(l)
	}
}

// Unfurls attaches the preview of a link to a message, as Slack does: a change without changed text.
func (w *World) Unfurls(m *Message, title string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := m.live(); l != nil {
		before := l.json(true)
		l.Attached = append(l.Attached, object{
			"id": len(l.Attached) + 1, "title": title, "from_url": "https://example.org/", "fallback": title,
		})
		w.tellChanged(l, "message_changed", before)
	}
}

// Reacts puts an emoji, named without colons, under a message; Unreacts takes it away.
func (p *Person) Reacts(m *Message, emoji string) { p.reacts(m, emoji, "reaction_added") }

// Unreacts takes an emoji away.
func (p *Person) Unreacts(m *Message, emoji string) { p.reacts(m, emoji, "reaction_removed") }

func (p *Person) reacts(m *Message, emoji, kind string) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if l := m.live(); l != nil && slices.Contains(l.Reactions[emoji], p.ID) == (kind == "reaction_removed") {
		p.w.react(p, l, emoji, kind)
	}
}

// Joins enters a channel.
func (p *Person) Joins(c *Channel) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.enter(p, c, nil)
}

// Invites brings somebody else, an app's bot for example, into a channel.
func (p *Person) Invites(c *Channel, other *Person) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.enter(other, c, p)
}

// Leaves goes out of a channel.
func (p *Person) Leaves(c *Channel) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.leave(p, c)
}

// Removes puts somebody out of a channel.
func (p *Person) Removes(c *Channel, other *Person) { other.Leaves(c) }

func (w *World) enter(p *Person, c *Channel, inviter *Person) {
	if c.has(p) || c.IM || c.MPIM {
		return
	}
	c.members = append(c.members, p)
	body := object{
		"type": "member_joined_channel", "user": p.ID, "channel": c.ID, "channel_type": c.ID[:1], "team": p.space.ID,
		"event_ts": w.stamp(),
	}
	if inviter != nil {
		body["inviter"] = inviter.ID
	}
	w.tell(c.space, event{kind: "member_joined_channel", in: c, body: body})
	w.add(&Message{In: c, From: p, Subtype: "channel_join", Text: "<@" + p.ID + "> has joined the channel"})
}

func (w *World) leave(p *Person, c *Channel) {
	if !c.has(p) || c.IM || c.MPIM {
		return
	}
	c.remove(p)
	w.tell(c.space, event{kind: "member_left_channel", in: c, body: object{
		"type": "member_left_channel", "user": p.ID, "channel": c.ID, "channel_type": c.ID[:1], "team": p.space.ID,
		"event_ts": w.stamp(),
	}})
	if p.bot != nil {
		kind := c.kindOf() + "_left"
		w.tellApp(p.bot, event{kind: kind, in: c, body: object{
			"type": kind, "channel": c.ID, "actor_id": p.ID, "event_ts": w.stamp(),
		}})
	}
	w.add(&Message{In: c, From: p, Subtype: "channel_leave", Text: "<@" + p.ID + "> has left the channel"})
}

// OpensHome opens the app's Home tab.
func (p *Person) OpensHome() { p.opens("home") }

// OpensMessages opens the app's Messages tab.
func (p *Person) OpensMessages() { p.opens("messages") }

func (p *Person) opens(tab string) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	a := w.appNear(p)
	body := object{
		"type": "app_home_opened", "user": p.ID, "channel": w.between([]*Person{a.bot, p}).ID, "tab": tab,
		"event_ts": w.stamp(),
	}
	if p.home != nil && tab == "home" {
		body["view"] = p.home.json()
	}
	w.tellApp(a, event{kind: "app_home_opened", body: body})
}
