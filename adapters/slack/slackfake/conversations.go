package slackfake

import (
	"slices"
	"strings"
)

// mostOpened is how many people, besides the caller, a group chat may be opened with.
const mostOpened = 8

// place finds the channel that an argument names, if the app may know of it. The scope's second half, such as "read",
// is asked for the kind of place it is.
func (c *call) place(arg, scope string) (*Channel, *refusal) {
	if r := c.needs(arg); r != nil {
		return nil, r
	}
	p := c.w.channels[c.text(arg)]
	if p == nil || p.space != c.app.space && !p.shared[c.app.space] || (p.Private || p.IM) && !p.has(c.app.bot) {
		return nil, refuse("channel_not_found")
	}
	if need := p.family() + ":" + scope; scope != "" && !c.app.scopes[need] {
		return nil, missing(c.app, need)
	}
	return p, nil
}

func conversationsInfo(c *call) (object, *refusal) {
	p, r := c.place("channel", "read")
	if r != nil {
		return nil, r
	}
	o := p.json(c.app)
	if c.flag("include_num_members") {
		o["num_members"] = len(p.members)
	}
	return object{"channel": o}, nil
}

func conversationsList(c *call) (object, *refusal)  { return c.list("channels", c.app.bot, false) }
func usersConversations(c *call) (object, *refusal) { return c.list("channels", c.app.bot, true) }

func (c *call) list(key string, of *Person, onlyMine bool) (object, *refusal) {
	types := c.text("types")
	if types == "" {
		types = "public_channel"
	}
	wanted := set(strings.Split(strings.ReplaceAll(types, " ", ""), ","))
	for t, family := range map[string]string{
		"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim",
	} {
		if wanted[t] && !c.app.scopes[family+":read"] {
			return nil, missing(c.app, family+":read")
		}
	}
	if id := c.text("user"); onlyMine && id != "" {
		if of = c.person(id); of == nil {
			return nil, refuse("user_not_found")
		}
	}
	var all []*Channel
	for _, p := range c.w.places {
		kind := p.typeName()
		if !p.IM && !p.MPIM {
			kind = map[string]string{"channel": "public_channel", "group": "private_channel"}[kind]
		}
		if !wanted[kind] || p.space != c.app.space && !p.shared[c.app.space] || c.flag("exclude_archived") && p.Archived {
			continue
		}
		if p.has(of) && p.has(c.app.bot) || p.has(of) && !p.Private && !p.IM || !onlyMine && !p.Private && !p.IM {
			all = append(all, p)
		}
	}
	from, to, next, r := c.page(len(all), 100, 999)
	if r != nil {
		return nil, r
	}
	list := []any{}
	for _, p := range all[from:to] {
		list = append(list, p.json(c.app))
	}
	return object{key: list, "response_metadata": object{"next_cursor": next}}, nil
}

func conversationsMembers(c *call) (object, *refusal) {
	p, r := c.place("channel", "read")
	if r != nil {
		return nil, r
	}
	from, to, next, r := c.page(len(p.members), 100, 999)
	if r != nil {
		return nil, r
	}
	list := []any{}
	for _, m := range p.members[from:to] {
		list = append(list, m.ID)
	}
	return object{"members": list, "response_metadata": object{"next_cursor": next}}, nil
}

func conversationsOpen(c *call) (object, *refusal) {
	if c.has("channel") {
		p, r := c.place("channel", "")
		if r != nil {
			return nil, r
		}
		if !p.IM && !p.MPIM {
			return nil, refuse("method_not_supported_for_channel_type")
		}
		return object{"no_op": true, "already_open": true, "channel": object{"id": p.ID}}, nil
	}
	if !c.has("users") {
		return nil, refuse("users_list_not_supplied")
	}
	people, r := c.invited()
	if r != nil {
		return nil, r
	}
	need := "im:write"
	if len(people) > 2 {
		need = "mpim:write"
	}
	if !c.app.scopes[need] {
		return nil, missing(c.app, need)
	}
	if c.flag("prevent_creation") && c.w.find(people) == nil {
		return nil, refuse("channel_not_found")
	}
	o := object{}
	if c.w.find(people) != nil {
		o["no_op"], o["already_open"] = true, true
	}
	p := c.w.between(people)
	o["channel"] = object{"id": p.ID}
	if c.flag("return_im") {
		o["channel"] = p.json(c.app)
	}
	return o, nil
}

// invited are the bot and the people whom an argument names, if they may be brought together.
func (c *call) invited() ([]*Person, *refusal) {
	people := []*Person{c.app.bot}
	for _, id := range strings.FieldsFunc(c.text("users"), func(r rune) bool { return r == ',' || r == ' ' }) {
		p := c.w.people[id]
		switch {
		case p == nil:
			return nil, refuse("user_not_found")
		case p == c.app.bot || slices.Contains(people, p):
			continue
		case !p.visible(c.app):
			return nil, refuse("user_not_visible")
		case p.Deleted:
			return nil, refuse("user_disabled")
		case p.bot != nil:
			return nil, refuse("cannot_dm_bot")
		}
		people = append(people, p)
	}
	switch {
	case len(people) == 1:
		return nil, refuse("not_enough_users")
	case len(people)-1 > mostOpened:
		return nil, refuse("too_many_users")
	case !c.w.together(people):
		return nil, refuse("invalid_user_combination")
	}
	return people, nil
}

// together says whether these may share a group chat: people of several workspaces need a common channel, unless one
// organisation has them all.
func (w *World) together(people []*Person) bool {
	elsewhere := func(p *Person) bool {
		here := people[0].space
		return p.space != here && (here.EnterpriseID == "" || p.space.EnterpriseID != here.EnterpriseID)
	}
	if !slices.ContainsFunc(people, elsewhere) {
		return true
	}
	for _, c := range w.places {
		if len(c.shared) > 0 && c.hasAll(people) {
			return true
		}
	}
	return false
}

func conversationsJoin(c *call) (object, *refusal) {
	p, r := c.place("channel", "")
	switch {
	case r != nil:
		return nil, r
	case p.IM || p.MPIM || p.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case p.Archived:
		return nil, refuse("is_archived")
	case p.has(c.app.bot):
		c.warn = append(c.warn, "already_in_channel")
	default:
		c.w.enter(c.app.bot, p, nil)
	}
	return object{"channel": p.json(c.app)}, nil
}

func conversationsLeave(c *call) (object, *refusal) {
	p, r := c.place("channel", "")
	switch {
	case r != nil:
		return nil, r
	case p.IM || p.MPIM:
		return nil, refuse("method_not_supported_for_channel_type")
	case p.Name == "general":
		return nil, refuse("cant_leave_general")
	case !p.has(c.app.bot):
		return object{"not_in_channel": true}, nil
	}
	c.w.leave(c.app.bot, p)
	return nil, nil
}

func conversationsInvite(c *call) (object, *refusal) {
	p, r := c.place("channel", "")
	switch {
	case r != nil:
		return nil, r
	case p.IM || p.MPIM:
		return nil, refuse("method_not_supported_for_channel_type")
	case p.Archived:
		return nil, refuse("is_archived")
	case !p.has(c.app.bot):
		return nil, refuse("not_in_channel")
	case !c.has("users"):
		return nil, refuse("no_user")
	}
	var coming []*Person
	for _, id := range strings.Split(c.text("users"), ",") {
		u := c.w.people[id]
		switch {
		case u == nil || u.Deleted:
			return nil, refuse("user_not_found")
		case u == c.app.bot:
			return nil, refuse("cant_invite_self")
		case p.has(u):
			return nil, refuse("already_in_channel")
		case u.SingleGuest:
			return nil, refuse("ura_max_channels")
		}
		coming = append(coming, u)
	}
	for _, u := range coming {
		c.w.enter(u, p, c.app.bot)
	}
	return object{"channel": p.json(c.app)}, nil
}

func conversationsCreate(c *call) (object, *refusal) {
	if r := c.needs("name"); r != nil {
		return nil, r
	}
	name := c.text("name")
	if name != strings.ToLower(name) || len(name) > 80 || strings.ContainsAny(name, " .#@") {
		return nil, refuse("invalid_name_specials")
	}
	for _, p := range c.w.places {
		if p.Name == name && p.space == c.app.space {
			return nil, refuse("name_taken")
		}
	}
	p := c.w.place(c.app.space, "C", []*Person{c.app.bot})
	p.Name, p.Private = name, c.flag("is_private")
	return object{"channel": p.json(c.app)}, nil
}
