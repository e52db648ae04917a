package digest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

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
	for n, step := 0, each; n < min(total, maxLines); step++ {
		for _, kind := range bot.NewsKinds {
			for chosen[kind] < min(step, there[kind]) && n < maxLines {
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
		return d.words.Line("news.small", "name", name, "other", bot.Strong(n.Other.Name), "what", clean.Shorten(n.Text, longest))
	}
	text := n.Text
	if n.Kind == bot.Newcomer {
		text = n.Organisation.About
		return d.words.Line("news.does", "name", name, "place", place, "what", clean.Shorten(text, longest))
	}
	return d.words.Line("news."+string(n.Kind), "name", name, "what", clean.Shorten(text, longest))
}

// whatsNew tells whoever asks what everybody may read, of two weeks: a digest may have been told in between.
func (d *Digest) whatsNew(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	news, err := d.news(ctx, m.At.AddDate(0, 0, -14), m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	var own []bot.OrganisationID
	for _, s := range args.Standings {
		own = append(own, s.Organisation)
	}
	if reply := d.told(d.words.Line("new.first"), news, own...); reply != nil {
		return bot.Answer{Reply: reply}, nil
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("new.nothing"))}, nil
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
	day := d.words.Day(bot.DateOf(at.In(d.zone)), args.Today)
	if reply == nil {
		return bot.Answer{Reply: bot.Lines(d.words.Line("preview.nothing", "day", day))}, nil
	}
	first := bot.Lines(d.words.Line("preview.first", "at", d.words.Weekly(w), "day", day, "n", len(rooms)))
	return bot.Answer{Reply: append(first, reply...).Choose(d.words.Choice("preview.skip", "digest.skip"))}, nil
}
