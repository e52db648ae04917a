package slackfake

import (
	"strconv"
	"time"
)

// planned is a message that Slack was asked to post later.
type planned struct {
	id   string
	app  *App
	in   *Channel
	said *content
	at   int64
	made int64
}

func chatScheduleMessage(c *call) (object, *refusal) {
	if r := c.needs("channel", "post_at"); r != nil {
		return nil, r
	}
	in, r := c.postable()
	if r != nil {
		return nil, r
	}
	at, err := strconv.ParseInt(c.text("post_at"), 10, 64)
	now := c.w.now()
	switch {
	case err != nil:
		return nil, refuse("invalid_time")
	case at <= now.Unix():
		return nil, refuse("time_in_past")
	case at > now.Add(120*24*time.Hour).Unix():
		return nil, refuse("time_too_far")
	}
	near := 0
	for _, p := range c.w.planned {
		if p.in == in && p.at/300 == at/300 {
			near++
		}
	}
	if near >= 30 {
		return nil, refuse("restricted_too_many")
	}
	said, r := c.content()
	if r != nil {
		return nil, r
	}
	p := &planned{id: c.w.id("Q"), app: c.app, in: in, said: said, at: at, made: now.Unix()}
	c.w.planned = append(c.w.planned, p)
	// A scheduled message with metadata is accepted and never posted: so it is documented.
	if said.metadata == nil {
		c.w.later(time.Unix(at, 0).Sub(now), func() { c.w.due(p) })
	}
	return object{
		"channel": in.ID, "scheduled_message_id": p.id, "post_at": at,
		"message": object{"text": said.text, "type": "delayed_message", "user": c.app.bot.ID, "bot_id": c.app.BotID},
	}, nil
}

func (w *World) due(p *planned) {
	if w.unplan(p.id) != nil && p.in.has(p.app.bot) && !p.in.Archived {
		w.say(p.app, p.in, p.said, "")
	}
}

func (w *World) unplan(id string) *planned {
	for i, p := range w.planned {
		if p.id == id {
			w.planned = append(w.planned[:i:i], w.planned[i+1:]...)
			return p
		}
	}
	return nil
}

func chatDeleteScheduled(c *call) (object, *refusal) {
	if r := c.needs("channel", "scheduled_message_id"); r != nil {
		return nil, r
	}
	in, r := c.place("channel", "")
	if r != nil {
		return nil, r
	}
	for _, p := range c.w.planned {
		if p.id == c.text("scheduled_message_id") && p.app == c.app && p.in == in {
			c.w.unplan(p.id)
			return nil, nil
		}
	}
	return nil, refuse("invalid_scheduled_message_id")
}

func chatScheduledList(c *call) (object, *refusal) {
	var all []*planned
	for _, p := range c.w.planned {
		if p.app == c.app && (!c.has("channel") || p.in.ID == c.text("channel")) {
			all = append(all, p)
		}
	}
	from, to, next, r := c.page(len(all), 100, 100)
	if r != nil {
		return nil, r
	}
	list := []any{}
	for _, p := range all[from:to] {
		list = append(list, object{
			"id": p.id, "channel_id": p.in.ID, "post_at": p.at, "date_created": p.made, "text": p.said.text,
		})
	}
	return object{"scheduled_messages": list, "response_metadata": object{"next_cursor": next}}, nil
}
