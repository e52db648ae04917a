package digest

import (
	"context"
	"time"

	"ginnel/bot"
)

const (
	maxLines   = 8
	maxPrompts = 4
	// How long the choices of a bundle may be answered.
	bundleOpen = 28 * 24 * time.Hour
	// Somebody's own digest tells what is new since the last that did, but nothing older than so many days; the first one
	// tells of a week.
	oldNews, firstNews = 28, 7
)

// contents are what bundles may be made of.
type contents struct {
	at      time.Time
	prompts map[bot.Speaker][]bot.Prompt // by network and id
	news    bulletin                     // of oldNews days
}

func (d *Digest) bundles(ctx context.Context, now time.Time) (c contents, err error) {
	prompts, err := d.store.Prompts(ctx, now)
	if err != nil {
		return c, err
	}
	c = contents{at: now, prompts: map[bot.Speaker][]bot.Prompt{}}
	for _, p := range prompts {
		key := bot.Speaker{Network: p.To.Network, ID: p.To.ID}
		c.prompts[key] = append(c.prompts[key], p)
	}
	c.news, err = d.news(ctx, now.AddDate(0, 0, -oldNews), now)
	return c, err
}

// newTo is what is new to somebody.
func (c contents) newTo(p bot.Manners) bulletin {
	if p.Told.IsZero() {
		return c.news.after(c.at.AddDate(0, 0, -firstNews))
	}
	return c.news.after(p.Told)
}

func (c contents) anything(p bot.Manners) bool {
	if p.Nudges && len(c.prompts[bot.Speaker{Network: p.Person.Network, ID: p.Person.ID}]) > 0 {
		return true
	}
	return p.Digest && c.newTo(p).total() > 0
}

// bundle is all that a person is told and asked unasked in a week, nil when that is nothing.
func (d *Digest) bundle(ctx context.Context, c contents, p bot.Manners, week string, now, notAfter time.Time) (*bot.Post, error) {
	person := bot.Speaker{Network: p.Person.Network, ID: p.Person.ID}
	var reply bot.Reply
	about := []string{bot.AboutPerson(person)}
	var said []string
	asks := false
	if p.Nudges {
		for _, prompt := range c.prompts[person] {
			if len(said) == maxPrompts {
				break
			}
			if waits, err := d.store.PromptWaits(ctx, prompt.Key); err != nil || !waits {
				if err != nil {
					return nil, err
				}
				continue
			}
			reply = append(reply, prompt.Reply...)
			asks = asks || len(prompt.Reply.Choices()) > 0
			said = append(said, prompt.Key)
			if prompt.About != "" {
				about = append(about, prompt.About)
			}
		}
	}
	told := time.Time{}
	if p.Digest {
		standings, err := d.store.Standings(ctx, person)
		if err != nil {
			return nil, err
		}
		var own []bot.OrganisationID
		for _, s := range standings {
			own = append(own, s.Organisation)
		}
		news := c.newTo(p)
		first := d.words.Line("news.first")
		if c.at.Sub(news.since) > (firstNews+1)*24*time.Hour {
			first = d.words.Line("news.since", "day", d.words.Day(bot.DateOf(news.since.In(d.zone)), bot.DateOf(c.at.In(d.zone))))
		}
		if fresh := d.told(first, news, own...); fresh != nil {
			reply, told = append(reply, fresh...), c.at
		}
	}
	if len(reply) == 0 {
		return nil, nil
	}
	key, err := d.store.AddBundle(ctx, person, week, now, told)
	if err != nil || key == "" {
		return nil, err
	}
	if err := d.store.EndPrompts(ctx, now, said...); err != nil {
		return nil, err
	}
	if asks { // nobody answers news
		p.Unanswered++
		if err := d.store.PutManners(ctx, p); err != nil {
			return nil, err
		}
	}
	last := bot.Lines(d.words.Line("bundle.stop"))
	if p.Unanswered >= bot.MostUnanswered {
		last = bot.Lines(d.words.Line("bundle.last")).Choose(d.words.Choice("bundle.back", "digest.speak"))
	}
	return &bot.Post{
		Key: key, Where: bot.Private(person), Reply: append(reply, last...), About: about,
		Open: now.Add(bundleOpen), Daytime: true, Why: bot.Weekly, NotBefore: now, NotAfter: notAfter,
	}, nil
}
