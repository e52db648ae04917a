package slackfake

import "regexp"

// slowPage is how many messages one page holds for apps that are commercially distributed and unlisted.
const slowPage = 15

var stampShape = regexp.MustCompile(`^\d+(\.\d+)?$`)

func conversationsHistory(c *call) (object, *refusal) {
	p, r := c.readable()
	if r != nil {
		return nil, r
	}
	var found []*Message
	for i := len(p.messages) - 1; i >= 0; i-- {
		m := p.messages[i]
		reply := m.Thread != "" && m.Thread != m.TS && !m.Broadcast
		if !m.Deleted && m.Only == nil && !reply && c.between(m.TS) {
			found = append(found, m)
		}
	}
	o, r := c.messages(found, 100)
	if r == nil {
		o["pin_count"] = 0
	}
	return o, r
}

func conversationsReplies(c *call) (object, *refusal) {
	p, r := c.readable()
	if r != nil {
		return nil, r
	}
	if r := c.needs("ts"); r != nil {
		return nil, r
	}
	parent := p.find(c.text("ts"))
	if parent == nil || parent.Only != nil {
		return nil, refuse("thread_not_found")
	}
	found := []*Message{parent}
	if parent.Thread != "" && parent.Thread != parent.TS {
		found = nil // asked for by one of its replies, it gives that one alone
		found = append(found, parent)
	} else {
		for _, m := range p.messages {
			if m.Thread == parent.TS && m != parent && !m.Deleted && m.Only == nil && c.between(m.TS) {
				found = append(found, m)
			}
		}
	}
	return c.messages(found, 1000)
}

// readable is the place whose history is asked for.
func (c *call) readable() (*Channel, *refusal) {
	p, r := c.place("channel", "history")
	if r != nil {
		return nil, r
	}
	if !p.has(c.app.bot) {
		return nil, refuse("not_in_channel")
	}
	for _, bound := range []string{"oldest", "latest"} {
		if c.has(bound) && !stampShape.MatchString(c.text(bound)) {
			return nil, refuse("invalid_ts_" + bound)
		}
	}
	return p, nil
}

// between says whether a timestamp lies within oldest and latest, the bounds themselves only when inclusive.
func (c *call) between(ts string) bool {
	at := micros(ts)
	if c.has("oldest") {
		if low := micros(c.text("oldest")); at < low || at == low && !c.flag("inclusive") {
			return false
		}
	}
	if c.has("latest") {
		if high := micros(c.text("latest")); at > high || at == high && !c.flag("inclusive") {
			return false
		}
	}
	return true
}

// micros are the microseconds of a timestamp.
func micros(ts string) int64 {
	var n int64
	digits := -1
	for _, r := range ts {
		if r == '.' {
			digits = 0
			continue
		}
		if digits >= 6 || r < '0' || r > '9' {
			break
		}
		n = n*10 + int64(r-'0')
		if digits >= 0 {
			digits++
		}
	}
	for digits = max(digits, 0); digits < 6; digits++ {
		n *= 10
	}
	return n
}

func (c *call) messages(found []*Message, otherwise int) (object, *refusal) {
	most := 999
	if c.app.space.Distributed {
		otherwise, most = slowPage, slowPage
	}
	from, to, next, r := c.page(len(found), otherwise, most)
	if r != nil {
		return nil, r
	}
	list := []any{}
	for _, m := range found[from:to] {
		list = append(list, m.json(c.flag("include_all_metadata")))
	}
	o := object{"messages": list, "has_more": next != "", "response_metadata": object{"next_cursor": next}}
	return o, nil
}
