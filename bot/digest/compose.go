package digest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"ginnel/bot/calendar"

	"ginnel/bot"
)

const (
	mostLines   = 8
	mostPrompts = 4
	// How long the choices of a bundle may be answered.
	bundleOpen = 28 * 24 * time.Hour
	// Somebody's own digest tells what is new since the last that did, but nothing older than so many days; the first one
	// tells of a week.
	oldNews, firstNews = 28, 7
	// What may be said so soon is made with the rest, to be said then.
	soon = 6 * time.Hour
)

// week says the digest of a week: to rooms, and to people with what else they are to hear.
func (d *Digest) week(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	now := later(m.At, d.now()).In(d.zone)
	if now.Sub(m.At) > latest {
		return bot.Answer{}, nil
	}
	rooms, err := d.store.DigestRooms(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{}
	for _, r := range rooms {
		reply, err := d.room(ctx, r.Since, now)
		if err != nil {
			return bot.Answer{}, err
		}
		if reply == nil {
			continue
		}
		fresh, err := d.store.AddDigest(ctx, r.Where, m.Text, now)
		if err != nil {
			return bot.Answer{}, err
		}
		if fresh {
			a.Posts = append(a.Posts, bot.Post{
				Key: "digest/" + string(r.Where.Network) + "/" + string(r.Where.Room) + "/" + m.Text, Where: r.Where, Reply: reply,
				Daytime: true, NotAfter: m.At.Add(latest),
			})
		}
	}
	manners, err := d.store.AllManners(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	b, err := d.bundles(ctx, now)
	if err != nil {
		return bot.Answer{}, err
	}
	for _, p := range manners {
		if p.Silent(now) || !b.anything(p) {
			continue
		}
		at := p.May(now)
		if at.After(now) {
			at = calendar.Working(at.In(d.zone), d.nation, closures)
		}
		if wait := at.Sub(now); wait > soon {
			// Before the week is over, or not this week.
			if wait < 5*24*time.Hour {
				// Keys stay for ever, and so nobody's name may stand in one.
				msg := bot.Later(personLater, m.Text+"/"+hashed(string(p.Person.Network)+" "+string(p.Person.ID)), at, "")
				msg.From = p.Person // whoever is forgotten is not told
				a.Later = append(a.Later, msg)
			}
			continue
		}
		post, err := d.bundle(ctx, b, p, m.Text, at, m.At.Add(latest))
		if err != nil {
			return bot.Answer{}, err
		}
		if post != nil {
			a.Posts = append(a.Posts, *post)
		}
	}
	return a, nil
}

// person says a bundle to somebody who could not be told with the others, since seven days had not gone by.
func (d *Digest) person(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	now := later(m.At, d.now()).In(d.zone)
	if now.Sub(m.At) > latest {
		return bot.Answer{}, nil
	}
	manners, err := d.store.AllManners(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	i := slices.IndexFunc(manners, func(p bot.Manners) bool { return p.Person.Network == m.From.Network && p.Person.ID == m.From.ID })
	if i < 0 || manners[i].Silent(now) || manners[i].May(now).After(now) {
		return bot.Answer{}, nil
	}
	b, err := d.bundles(ctx, now)
	if err != nil {
		return bot.Answer{}, err
	}
	week, _, _ := strings.Cut(strings.TrimPrefix(string(m.ID), personLater+"/"), "/")
	post, err := d.bundle(ctx, b, manners[i], week, now, m.At.Add(latest))
	if err != nil || post == nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Posts: []bot.Post{*post}}, nil
}

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
		for _, prompt := range c.prompts[person][:min(len(c.prompts[person]), mostPrompts)] {
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
			first = d.words.Line("news.since", "day", bot.DateOf(news.since.In(d.zone)).In(bot.DateOf(c.at.In(d.zone))))
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
		Open: now.Add(bundleOpen), Daytime: true, NotBefore: now, NotAfter: notAfter,
	}, nil
}

// room is the digest for a room, nil when there is nothing to tell.
func (d *Digest) room(ctx context.Context, since, now time.Time) (bot.Reply, error) {
	news, err := d.news(ctx, since, now)
	if err != nil {
		return nil, err
	}
	reply := d.told(d.words.Line("news.room"), news)
	if reply == nil {
		return nil, nil
	}
	return append(reply, bot.Lines(d.words.Line("news.invite"))...), nil
}

// A bulletin is what happened, sorted once for all who read it.
type bulletin struct {
	since  time.Time
	byKind map[bot.NewsKind][]bot.NewsItem // oldest first
	of     map[bot.OrganisationID][]bot.NewsItem
}

func (d *Digest) news(ctx context.Context, since, now time.Time) (bulletin, error) {
	b := bulletin{since: since, byKind: map[bot.NewsKind][]bot.NewsItem{}, of: map[bot.OrganisationID][]bot.NewsItem{}}
	news, err := d.store.News(ctx, since, now)
	if err != nil {
		return b, fmt.Errorf("news: %w", err)
	}
	for _, n := range news {
		b.byKind[n.Kind] = append(b.byKind[n.Kind], n)
		b.of[n.Organisation.ID] = append(b.of[n.Organisation.ID], n)
	}
	return b, nil
}

// after is what of b happened after a time.
func (b bulletin) after(since time.Time) bulletin {
	if !since.After(b.since) {
		return b
	}
	newer := bulletin{since: since, byKind: map[bot.NewsKind][]bot.NewsItem{}, of: b.of}
	for kind, all := range b.byKind {
		newer.byKind[kind] = all[sort.Search(len(all), func(i int) bool { return newer.has(all[i]) }):]
	}
	return newer
}

// has tells whether n is new enough.
func (b bulletin) has(n bot.NewsItem) bool {
	if n.Kind == bot.StillOpen { // its time is when it was asked
		return n.At.After(b.since.Add(-bot.StillOpenAfter))
	}
	return n.At.After(b.since)
}

func (b bulletin) total() (n int) {
	for _, all := range b.byKind {
		n += len(all)
	}
	return n
}

// told puts news into words, after first: of each kind a few before more of one kind, in all not many, and none about own. nil when there
// is none.
func (d *Digest) told(first bot.Line, b bulletin, own ...bot.OrganisationID) bot.Reply {
	const each = 2
	there, total := map[bot.NewsKind]int{}, b.total()
	for kind, all := range b.byKind {
		there[kind] = len(all)
	}
	for _, id := range own {
		for _, n := range b.of[id] {
			if b.has(n) {
				there[n.Kind]--
				total--
			}
		}
	}
	if total <= 0 {
		return nil
	}
	chosen := map[bot.NewsKind]int{}
	for n, step := 0, each; n < min(total, mostLines); step++ {
		for _, kind := range bot.NewsKinds {
			for chosen[kind] < min(step, there[kind]) && n < mostLines {
				chosen[kind]++
				n++
			}
		}
	}
	var list []bot.Line
	for _, kind := range bot.NewsKinds {
		left := chosen[kind]
		for _, n := range b.byKind[kind] {
			if left == 0 {
				break
			}
			if !slices.Contains(own, n.Organisation.ID) {
				list = append(list, d.line(n))
				left--
			}
		}
	}
	reply := bot.Lines(first).With(list)
	if more := total - len(list); more > 0 {
		reply = append(reply, bot.Lines(d.words.Line("news.more", "n", more))...)
	}
	return reply
}

func (d *Digest) line(n bot.NewsItem) bot.Line {
	name := bot.Strong(n.Organisation.Name)
	place := bot.Line(nil)
	if w := n.Organisation.Whereabouts(); w != "" {
		place = d.words.Line("news.place", "place", w)
	}
	const longest = 140
	if n.Kind == bot.Newcomer && n.Organisation.About == "" {
		return d.words.Line("news.newcomer", "name", name, "place", place)
	}
	if n.Kind == bot.SmallThing {
		return d.words.Line("news.small", "name", name, "other", bot.Strong(n.Other.Name), "what", bot.Shorten(n.Text, longest))
	}
	text := n.Text
	if n.Kind == bot.Newcomer {
		text = n.Organisation.About
		return d.words.Line("news.does", "name", name, "place", place, "what", bot.Shorten(text, longest))
	}
	return d.words.Line("news."+string(n.Kind), "name", name, "what", bot.Shorten(text, longest))
}

// preview shows the coordinator what the rooms would read now.
func (d *Digest) preview(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	at, _, err := d.coming(ctx, w, m.At, false)
	if err != nil {
		return bot.Answer{}, err
	}
	rooms, err := d.store.DigestRooms(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	since := m.At.AddDate(0, 0, -7)
	if len(rooms) > 0 {
		since = rooms[0].Since
	}
	reply, err := d.room(ctx, since, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	day := bot.DateOf(at.In(d.zone)).In(args.Today)
	if reply == nil {
		return bot.Answer{Reply: bot.Lines(d.words.Line("preview.nothing", "day", day))}, nil
	}
	first := bot.Lines(d.words.Line("preview.first", "at", w.String(), "day", day, "n", len(rooms)))
	return bot.Answer{Reply: append(first, reply...).Choose(d.words.Choice("preview.skip", "digest.skip"))}, nil
}
