package slackfake

import (
	"net/url"
	"slices"
	"strings"
)

// methods is everything this Slack can be asked. Scopes and tiers are as documented.
func (w *World) methods() map[string]method {
	read := []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	history := []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	open := []string{"im:write", "mpim:write", "channels:manage", "groups:write"}
	write := []string{"chat:write"}
	users := []string{"users:read"}
	manage := []string{"channels:manage", "groups:write"}
	email := []string{"users:read.email"}
	return map[string]method{
		"api.test":                    {token: "none", do: apiTest},
		"auth.test":                   {token: "bot", tier: many, do: authTest},
		"apps.connections.open":       {token: "app", tier: tier2, do: connectionsOpen},
		"bots.info":                   {token: "bot", scopes: users, tier: tier3, get: true, do: botsInfo},
		"team.info":                   {token: "bot", scopes: []string{"team:read"}, tier: tier3, get: true, do: teamInfo},
		"users.info":                  {token: "bot", scopes: users, tier: tier4, get: true, do: usersInfo},
		"users.list":                  {token: "bot", scopes: users, tier: tier2, get: true, do: usersList},
		"users.lookupByEmail":         {token: "bot", scopes: email, tier: tier3, get: true, do: usersLookup},
		"users.conversations":         {token: "bot", scopes: read, tier: tier3, get: true, do: usersConversations},
		"conversations.open":          {token: "bot", scopes: open, tier: tier3, do: conversationsOpen},
		"conversations.info":          {token: "bot", scopes: read, tier: tier3, get: true, do: conversationsInfo},
		"conversations.list":          {token: "bot", scopes: read, tier: tier2, get: true, do: conversationsList},
		"conversations.members":       {token: "bot", scopes: read, tier: tier4, get: true, do: conversationsMembers},
		"conversations.history":       {token: "bot", scopes: history, tier: tier3, get: true, do: conversationsHistory},
		"conversations.replies":       {token: "bot", scopes: history, tier: tier3, get: true, do: conversationsReplies},
		"conversations.join":          {token: "bot", scopes: []string{"channels:join"}, tier: tier3, do: conversationsJoin},
		"conversations.leave":         {token: "bot", scopes: manage, tier: tier3, do: conversationsLeave},
		"conversations.invite":        {token: "bot", scopes: manage, tier: tier3, do: conversationsInvite},
		"conversations.create":        {token: "bot", scopes: manage, tier: tier2, do: conversationsCreate},
		"chat.postMessage":            {token: "bot", scopes: write, tier: many, do: chatPostMessage},
		"chat.postEphemeral":          {token: "bot", scopes: write, tier: tier4, do: chatPostEphemeral},
		"chat.update":                 {token: "bot", scopes: write, tier: tier3, do: chatUpdate},
		"chat.delete":                 {token: "bot", scopes: write, tier: tier3, do: chatDelete},
		"chat.getPermalink":           {token: "bot", tier: many, get: true, do: chatGetPermalink},
		"chat.scheduleMessage":        {token: "bot", scopes: write, tier: tier3, do: chatScheduleMessage},
		"chat.deleteScheduledMessage": {token: "bot", scopes: write, tier: tier3, do: chatDeleteScheduled},
		"chat.scheduledMessages.list": {token: "bot", tier: tier3, do: chatScheduledList},
		"views.open":                  {token: "bot", tier: tier4, do: viewsOpen},
		"views.push":                  {token: "bot", tier: tier4, do: viewsPush},
		"views.update":                {token: "bot", tier: tier4, do: viewsUpdate},
		"views.publish":               {token: "bot", tier: tier4, do: viewsPublish},
		"reactions.add":               {token: "bot", scopes: []string{"reactions:write"}, tier: tier3, do: reactionsAdd},
		"reactions.remove":            {token: "bot", scopes: []string{"reactions:write"}, tier: tier2, do: reactionsRemove},
		"files.getUploadURLExternal":  {token: "bot", scopes: []string{"files:write"}, tier: tier4, do: filesGetUploadURL},
		"files.completeUploadExternal": {
			token: "bot", scopes: []string{"files:write"}, tier: tier4, do: filesCompleteUpload,
		},
		"oauth.v2.access": {token: "none", do: oauthAccess},
		"blocks.validate": {token: "none", do: blocksValidate},
	}
}

func apiTest(c *call) (object, *refusal) {
	if c.has("error") {
		return nil, &refusal{c.text("error"), object{"args": c.args}}
	}
	if len(c.args) == 0 {
		return nil, nil
	}
	return object{"args": c.args}, nil
}

func authTest(c *call) (object, *refusal) {
	a := c.app
	o := object{
		"url": "https://" + a.space.Domain + ".slack.com/", "team": a.space.Name, "user": a.bot.username(), "team_id": a.space.ID,
		"user_id": a.bot.ID, "bot_id": a.BotID, "is_enterprise_install": a.enterprise,
	}
	if a.space.EnterpriseID != "" {
		o["enterprise_id"] = a.space.EnterpriseID
	}
	if a.enterprise {
		o["team_id"], o["team"] = a.space.EnterpriseID, a.space.EnterpriseName
		o["url"] = "https://" + handle(a.space.EnterpriseName) + ".enterprise.slack.com/"
	}
	return o, nil
}

func connectionsOpen(c *call) (object, *refusal) {
	if c.app.overHTTP {
		return nil, refuse("forbidden_for_non_socket_mode_apps")
	}
	ticket := c.w.uuid()
	c.app.tickets[ticket] = true
	q := url.Values{"ticket": {ticket}, "app_id": {c.app.ID}}
	return object{"url": "ws://" + c.w.network.name() + "/link?" + q.Encode()}, nil
}

func botsInfo(c *call) (object, *refusal) {
	for _, a := range c.w.apps {
		if a.space == c.app.space && a.BotID == c.text("bot") {
			return object{"bot": a.json()}, nil
		}
	}
	return nil, refuse("bot_not_found")
}

func teamInfo(c *call) (object, *refusal) {
	s := c.app.space
	if id := c.text("team"); id != "" && id != s.ID {
		return nil, refuse("team_not_found")
	}
	t := object{
		"id": s.ID, "name": s.Name, "domain": s.Domain, "email_domain": "", "url": "https://" + s.Domain + ".slack.com/",
		"avatar_base_url": "https://avatars.example.org/", "is_verified": false,
		"icon": object{
			"image_34": avatar(34), "image_44": avatar(44), "image_68": avatar(68), "image_88": avatar(88), "image_102": avatar(102),
			"image_132": avatar(132), "image_230": avatar(230), "image_default": true,
		},
	}
	if s.EnterpriseID != "" {
		t["enterprise_id"], t["enterprise_name"] = s.EnterpriseID, s.EnterpriseName
	}
	return object{"team": t}, nil
}

func (c *call) person(id string) *Person {
	p := c.w.people[id]
	if p == nil || !p.visible(c.app) {
		return nil
	}
	return p
}

func usersInfo(c *call) (object, *refusal) {
	if r := c.needs("user"); r != nil {
		return nil, r
	}
	p := c.w.people[c.text("user")]
	if p == nil {
		return nil, refuse("user_not_found")
	}
	if !p.visible(c.app) {
		return nil, refuse("user_not_visible")
	}
	o := p.json(c.app)
	if c.flag("include_locale") {
		o["locale"] = "en-GB"
	}
	return object{"user": o}, nil
}

func usersList(c *call) (object, *refusal) {
	var all []*Person
	for _, id := range sorted(c.w.people) {
		if p := c.w.people[id]; p.space == c.app.space {
			all = append(all, p)
		}
	}
	from, to, next, r := c.page(len(all), 1000, 1000)
	if r != nil {
		return nil, r
	}
	var list []any
	for _, p := range all[from:to] {
		list = append(list, p.json(c.app))
	}
	return object{"members": list, "cache_ts": c.w.now().Unix(), "response_metadata": object{"next_cursor": next}}, nil
}

func usersLookup(c *call) (object, *refusal) {
	if r := c.needs("email"); r != nil {
		return nil, r
	}
	for _, p := range c.w.people {
		if p.bot == nil && !p.Deleted && p.space == c.app.space && strings.EqualFold(p.Email, c.text("email")) {
			return object{"user": p.json(c.app)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func reactionsAdd(c *call) (object, *refusal)    { return c.react("reaction_added") }
func reactionsRemove(c *call) (object, *refusal) { return c.react("reaction_removed") }

func (c *call) react(kind string) (object, *refusal) {
	if !c.has("channel") || !c.has("timestamp") {
		return nil, refuse("no_item_specified")
	}
	if !c.has("name") {
		return nil, refuse("invalid_name")
	}
	in, r := c.place("channel", "")
	if r != nil {
		return nil, r
	}
	m := in.find(c.text("timestamp"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	name := strings.Trim(c.text("name"), ":")
	has := slices.Contains(m.Reactions[name], c.app.bot.ID)
	switch {
	case has && kind == "reaction_added":
		return nil, refuse("already_reacted")
	case !has && kind == "reaction_removed":
		return nil, refuse("no_reaction")
	}
	c.w.react(c.app.bot, m, name, kind)
	return nil, nil
}

func (w *World) react(by *Person, m *Message, name, kind string) {
	if m.Reactions == nil {
		m.Reactions = map[string][]string{}
	}
	if kind == "reaction_added" {
		m.Reactions[name] = append(m.Reactions[name], by.ID)
	} else {
		m.Reactions[name] = slices.DeleteFunc(m.Reactions[name], func(id string) bool { return id == by.ID })
		if len(m.Reactions[name]) == 0 {
			delete(m.Reactions, name)
		}
	}
	author := ""
	if m.From != nil {
		author = m.From.ID
	}
	w.tell(m.In.space, event{kind: kind, in: m.In, body: object{
		"type": kind, "user": by.ID, "reaction": name, "item_user": author, "event_ts": w.stamp(),
		"item": object{"type": "message", "channel": m.In.ID, "ts": m.TS},
	}})
}
