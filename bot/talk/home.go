package talk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
)

// HomeDrawer names the drawer of home pages; see bot.Post.Draw.
const HomeDrawer = "talk.home"

// home says what the home page shows, to whoever types it.
func (b *Bot) home(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	reply, err := b.page(ctx, m, args)
	return bot.Answer{Reply: reply}, err
}

// page is what a person's home page shows: of each matter what stands open, and how to begin another.
func (b *Bot) page(ctx context.Context, m bot.Message, args bot.Args) (reply bot.Reply, err error) {
	for i := range b.commands {
		c := &b.commands[i]
		if c.Home == nil || !may(c.Role, args) {
			continue
		}
		section, err := c.Home(ctx, m, args)
		if err != nil {
			return nil, fmt.Errorf("home, %s: %w", c.Name, err)
		}
		reply = append(reply, section...)
	}
	offered, err := b.store.Offered(ctx, bot.Private(m.From), m.From, m.At)
	if err != nil {
		return nil, fmt.Errorf("what was offered: %w", err)
	}
	_, waiting := b.stillOpen(offered)
	waiting = slices.DeleteFunc(waiting, func(c bot.Choice) bool { return c.Say == b.words.Say("talk.help") })
	if len(waiting) > 0 {
		reply = append(bot.Lines(b.words.Line("home.waiting")).Choose(b.titled(b.apart(waiting))...), reply...)
	}
	if len(args.Standings) == 0 {
		reply = append(bot.Lines(b.words.Line("welcome.what"), b.words.Line("welcome.try")), reply...)
	}
	return reply.Choose(b.words.Choice("problem.help", "talk.help")), nil
}

// Draw makes a person's home page at the moment it is shown; see bot.Drawer.
func (b *Bot) Draw(ctx context.Context, p bot.Post, now time.Time) (bot.Reply, bool, error) {
	who := bot.Speaker{Network: p.Where.Network, ID: p.Where.People[0], Name: p.Subject}
	args, err := b.standing(ctx, who)
	if err != nil {
		return nil, false, err
	}
	m := bot.Message{Kind: bot.Opened, From: who, Where: bot.Private(who), At: now}
	args.Today = b.today(m)
	reply, err := b.page(ctx, m, args)
	return reply, err == nil, err
}

// renewed has the home page of who spoke drawn anew, where there is one: at once when something on it was pressed, otherwise
// once a minute.
func renewed(m bot.Message) []bot.Post {
	if !m.In.Home {
		return nil
	}
	when := time.Time{}
	if m.Kind == bot.Said && !m.Pressed {
		when = m.At.Truncate(time.Minute).Add(time.Minute)
	}
	where := bot.Private(m.From)
	where.Home = true
	return []bot.Post{{
		Key: "home/" + m.Key(), Where: where, Draw: HomeDrawer, Subject: m.From.Name, NotBefore: when, NotAfter: m.At.Add(24 * time.Hour),
		Urgency: bot.News,
	}}
}

// titled gives choices whose labels do not say to what they answer the sentences that they say: a yes that was asked for long
// ago is one to something.
func (b *Bot) titled(choices []bot.Choice) []bot.Choice {
	for i, c := range choices {
		if !strings.ContainsAny(c.Label, ",:") {
			choices[i].Label = b.title(c)
		}
	}
	return choices
}

// title says of a choice to what it answers. Names by number are nothing to read, so such a choice keeps its label.
func (b *Bot) title(c bot.Choice) string {
	_, values, _ := b.book.Match(c.Say, bot.Day(2026, time.January, 15))
	switch name := values["name"].Text; {
	case strings.Contains(c.Say, "#"):
		return c.Label
	case name != "":
		return c.Label + ", " + name
	}
	return unmarked(c.Say)
}
