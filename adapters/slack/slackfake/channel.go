package slackfake

import (
	"slices"
	"strings"
)

// Channel is a place where people talk: a channel, private or not, a private chat of two, or a group chat.
type Channel struct {
	w        *World
	space    *Workspace
	members  []*Person
	messages []*Message
	shared   map[*Workspace]bool // with whom it is shared by Slack Connect
	creator  *Person
	created  int64
	before   []string

	ID, Name     string
	Private      bool
	IM           bool // a private chat with one person
	MPIM         bool // a group chat
	Archived     bool
	PostingRules bool // only some may post: restricted_action
}

// Channel makes a public channel of the first workspace with these members.
func (w *World) Channel(name string, members ...*Person) *Channel {
	return w.Team().Channel(name, members...)
}

// PrivateChannel makes a channel that only its members know.
func (w *World) PrivateChannel(name string, members ...*Person) *Channel {
	c := w.Team().Channel(name, members...)
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Private = true
	return c
}

// Channel makes a public channel with these members, who are in it from the start.
func (s *Workspace) Channel(name string, members ...*Person) *Channel {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	c := s.w.place(s, "C", members)
	c.Name = strings.TrimPrefix(name, "#")
	return c
}

func (w *World) place(s *Workspace, kind string, members []*Person) *Channel {
	c := &Channel{w: w, space: s, ID: w.id(kind), members: slices.Clone(members), shared: map[*Workspace]bool{}}
	c.created = w.now().Unix()
	if len(members) > 0 {
		c.creator = members[0]
	}
	w.channels[c.ID] = c
	w.places = append(w.places, c)
	return c
}

// Between is the chat of exactly these, bots among them: the private chat of two, the group chat of more. It is made
// when there is none, and nobody is told of it.
func (w *World) Between(people ...*Person) *Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.between(people)
}

func (w *World) between(people []*Person) *Channel {
	if c := w.find(people); c != nil {
		return c
	}
	s := people[0].space
	for _, p := range people {
		if p.bot != nil {
			s = p.space
		}
	}
	if len(people) == 2 {
		c := w.place(s, "D", people)
		c.IM = true
		return c
	}
	c := w.place(s, "C", people)
	c.MPIM, c.Private = true, true
	var names []string
	for _, p := range people {
		names = append(names, p.username())
	}
	c.Name = "mpdm-" + strings.Join(names, "--") + "-1"
	return c
}

func (w *World) find(people []*Person) *Channel {
	for _, c := range w.places {
		if (c.IM || c.MPIM) && len(c.members) == len(people) && c.hasAll(people) {
			return c
		}
	}
	return nil
}

// ChannelNamed is the channel of that name, nil when there is none.
func (w *World) ChannelNamed(name string) *Channel {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.places {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// NameOf is what people call a place: a channel by its name, a chat by who is in it.
func (w *World) NameOf(c *Channel) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.placeName(c)
}

// Groups are the group chats there are, in order of making.
func (w *World) Groups() (groups []*Channel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.places {
		if c.MPIM {
			groups = append(groups, c)
		}
	}
	return groups
}

// Members are who is in it.
func (c *Channel) Members() []*Person {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return slices.Clone(c.members)
}

// Archive closes the channel; what was said stays.
func (c *Channel) Archive() { c.archive(true) }

// Unarchive opens it again.
func (c *Channel) Unarchive() { c.archive(false) }

func (c *Channel) archive(yes bool) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	kind := c.kindOf() + "_archive"
	if !yes {
		kind = c.kindOf() + "_unarchive"
	}
	by := ""
	if c.creator != nil {
		by = c.creator.ID
	}
	c.Archived = yes
	c.w.tell(c.space, event{kind: kind, in: c, body: object{
		"type": kind, "channel": c.ID, "user": by, "event_ts": c.w.stamp(),
	}})
}

// Rename gives the channel another name.
func (c *Channel) Rename(name string) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.before, c.Name = append(c.before, c.Name), name
	kind := c.kindOf() + "_rename"
	c.w.tell(c.space, event{kind: kind, in: c, body: object{
		"type": kind, "event_ts": c.w.stamp(), "channel": object{
			"id": c.ID, "name": name, "name_normalized": name, "created": c.created, "is_channel": !c.Private, "is_mpim": false,
		},
	}})
}

// ShareWith opens the channel to another workspace by Slack Connect. Its people may then join.
func (c *Channel) ShareWith(other *Workspace) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.shared[other] = true
	c.w.tell(c.space, event{kind: "channel_shared", in: c, body: object{
		"type": "channel_shared", "connected_team_id": other.ID, "channel": c.ID, "event_ts": c.w.stamp(),
	}})
}

// kindOf is the first half of the names of the events about it.
func (c *Channel) kindOf() string {
	if c.Private {
		return "group"
	}
	return "channel"
}

// typeName is how message events name the kind of place.
func (c *Channel) typeName() string {
	switch {
	case c.IM:
		return "im"
	case c.MPIM:
		return "mpim"
	case c.Private:
		return "group"
	}
	return "channel"
}

// family is the part of a scope's name that goes with the place: channels, groups, im or mpim.
func (c *Channel) family() string {
	switch n := c.typeName(); n {
	case "channel", "group":
		return n + "s"
	default:
		return n
	}
}

func (c *Channel) has(p *Person) bool { return slices.Contains(c.members, p) }

func (c *Channel) hasAll(people []*Person) bool {
	return !slices.ContainsFunc(people, func(p *Person) bool { return !c.has(p) })
}

func (c *Channel) remove(p *Person) {
	c.members = slices.DeleteFunc(c.members, func(m *Person) bool { return m == p })
}

func (c *Channel) find(ts string) *Message {
	for _, m := range c.messages {
		if m.TS == ts && !m.Deleted {
			return m
		}
	}
	return nil
}

// json is the channel object of conversations.info, as an app sees it.
func (c *Channel) json(a *App) object {
	if c.IM {
		other := ""
		for _, p := range c.members {
			if p != a.bot {
				other = p.ID
			}
		}
		return object{
			"id": c.ID, "created": c.created, "is_archived": false, "is_im": true, "is_org_shared": false,
			"context_team_id": a.space.ID, "updated": c.created * 1000, "user": other, "last_read": "0000000000.000000",
			"is_open": true, "priority": 0, "is_user_deleted": c.w.people[other] != nil && c.w.people[other].Deleted,
		}
	}
	creator := ""
	if c.creator != nil {
		creator = c.creator.ID
	}
	internal, connected := []any{c.space.ID}, []any{}
	for s := range c.shared {
		connected = append(connected, s.ID)
	}
	ext := len(connected) > 0
	o := object{
		"id": c.ID, "name": c.Name, "is_channel": !c.Private, "is_group": c.Private && !c.MPIM, "is_im": false,
		"is_mpim":    c.MPIM,
		"is_private": c.Private, "created": c.created, "is_archived": c.Archived, "is_general": c.Name == "general",
		"unlinked":        0,
		"name_normalized": c.Name, "is_shared": ext, "is_org_shared": false, "is_pending_ext_shared": false,
		"pending_shared": []any{}, "context_team_id": a.space.ID, "updated": c.created * 1000, "creator": creator,
		"is_ext_shared": ext, "shared_team_ids": append(slices.Clone(internal), connected...),
		"pending_connected_team_ids": []any{},
		"is_member":                  c.has(a.bot), "topic": object{"value": "", "creator": "", "last_set": 0},
		"purpose": object{"value": "", "creator": "", "last_set": 0}, "previous_names": anys(c.before),
	}
	if c.has(a.bot) {
		o["last_read"] = "0000000000.000000"
	}
	if ext {
		o["connected_team_ids"], o["internal_team_ids"], o["conversation_host_id"] = connected, internal, c.space.ID
	}
	return o
}

func anys[V any](values []V) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
