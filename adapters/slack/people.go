package slack

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// person is what Slack says of somebody.
type person struct {
	name  string
	zone  string
	guest bool
	known time.Time
}

const (
	// What is known of a person is asked again after so long; Slack tells of most changes itself.
	personLasts = 12 * time.Hour
	// Who speaks for the first time waits at most so long: three seconds after it was said Slack takes it for not heard.
	personPatience = 700 * time.Millisecond
)

// speaker is who somebody is, and what is known of them. team is their workspace where the event names one.
func (s *Slack) speaker(ctx context.Context, user, team string) (bot.Speaker, bot.Setting) {
	p, known := s.people.get(user)
	if !known || s.o.Now().Sub(p.known) > personLasts {
		if asked, ok := s.ask(ctx, user); ok {
			p = asked
			s.people.put(user, p)
		}
	}
	if p.name == "" {
		p.name = user
	}
	const longest = 60
	guest := p.guest || team != "" && s.network != bot.Network("slack:"+team) && !s.forOrganisation()
	return bot.Speaker{Network: s.network, ID: bot.UserID(user), Name: clean.Shorten(clean.OneLine(p.name), longest)},
		bot.Setting{Home: true, Guest: guest, Zone: p.zone}
}

// forOrganisation tells whether the network is an organisation on Enterprise Grid, whose people are in many workspaces.
func (s *Slack) forOrganisation() bool { return strings.HasPrefix(string(s.network), "slack:E") }

func (s *Slack) ask(ctx context.Context, user string) (p person, ok bool) {
	c, err := s.client()
	if err != nil {
		return p, false
	}
	ctx, cancel := context.WithTimeout(ctx, personPatience)
	defer cancel()
	u, err := c.GetUserInfoContext(ctx, user)
	if err != nil {
		return p, false
	}
	p = person{name: u.Profile.DisplayName, zone: u.TZ, known: s.o.Now()}
	for _, name := range []string{u.RealName, u.Profile.RealName, u.Name} {
		if p.name == "" {
			p.name = name
		}
	}
	away := u.TeamID != "" && bot.Network("slack:"+u.TeamID) != s.network
	if s.forOrganisation() {
		away = bot.Network("slack:"+u.Enterprise.EnterpriseID) != s.network
	}
	p.guest = u.IsRestricted || u.IsUltraRestricted || u.IsStranger || away
	return p, true
}

// place is what Slack says of a channel.
type place struct {
	open  bool // everybody in the workspace can read it, and nobody else
	known time.Time
}

// placeLasts is how long that is believed: a channel may be made private, or shared.
const placeLasts = 10 * time.Minute

// open tells whether everybody in the workspace can read a channel, and nobody else. What Slack does not say is no.
func (s *Slack) open(ctx context.Context, channel string) bool {
	if p, known := s.places.get(channel); known && s.o.Now().Sub(p.known) < placeLasts {
		return p.open
	}
	c, err := s.client()
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, personPatience)
	defer cancel()
	got, err := c.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if err != nil && code(err) == "" {
		return false
	}
	open := err == nil && got.IsChannel && !got.IsPrivate && !got.IsExtShared && !got.IsMpIM
	s.places.put(channel, place{open, s.o.Now()})
	return open
}
