package digest

import (
	"context"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
)

// How many people are told in one step: so few that nobody who says something meanwhile waits for long.
const peopleAStep = 10

// week says the digest of a week: to rooms, and to people with what else they are to hear. News and who may be told are looked
// up before anything is written; what each person is told is looked at again then.
func (d *Digest) week(ctx context.Context, m bot.Message) (steps []bot.Step, err error) {
	now := later(m.At, d.now()).In(d.zone)
	if now.Sub(m.At) > latest {
		return nil, nil
	}
	rooms, err := d.store.DigestRooms(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range rooms {
		reply, err := d.room(ctx, r.Since, now)
		if err != nil {
			return nil, err
		}
		if reply != nil {
			steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return d.tellRoom(ctx, r.Where, reply, m, now) })
		}
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return nil, err
	}
	working := func(t time.Time) time.Time { return calendar.Working(t.In(d.zone), d.nation, closures) }
	manners, err := d.store.AllManners(ctx)
	if err != nil {
		return nil, err
	}
	b, err := d.bundles(ctx, now)
	if err != nil {
		return nil, err
	}
	manners = slices.DeleteFunc(manners, func(p bot.Manners) bool { return p.Silent(now) || !b.anything(p) })
	for people := range slices.Chunk(manners, peopleAStep) {
		steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return d.tellPeople(ctx, people, b, m, now, working) })
	}
	return steps, nil
}

func (d *Digest) tellRoom(ctx context.Context, where bot.Address, reply bot.Reply, m bot.Message, now time.Time) (a bot.Answer, err error) {
	rooms, err := d.store.DigestRooms(ctx)
	if err != nil || !slices.ContainsFunc(rooms, func(r bot.DigestRoom) bool { return r.Where.Lane() == where.Lane() }) {
		return a, err
	}
	fresh, err := d.store.AddDigest(ctx, where, m.Text, now)
	if err != nil || !fresh {
		return a, err
	}
	return bot.Answer{Posts: []bot.Post{{
		Key: "digest/" + string(where.Network) + "/" + string(where.Room) + "/" + m.Text, Where: where, Reply: reply,
		Daytime: true, NotAfter: m.At.Add(latest),
	}}}, nil
}

func (d *Digest) tellPeople(ctx context.Context, people []bot.Manners, b contents, m bot.Message, now time.Time, working func(time.Time) time.Time) (a bot.Answer, err error) {
	for _, p := range people {
		if p, err = d.store.Manners(ctx, p.Person); err != nil { // a word may have been said meanwhile
			return a, err
		}
		if p.Silent(now) {
			continue
		}
		at, turn := turnOf(p, now, working)
		switch turn {
		case withOthers:
			post, err := d.bundle(ctx, b, p, m.Text, at, m.At.Add(latest))
			if err != nil {
				return a, err
			}
			if post != nil {
				a.Posts = append(a.Posts, *post)
			}
		case afterOthers:
			// Keys stay for ever, and so nobody's name may stand in one.
			msg := bot.Later(personLater, m.Text+"/"+hashed(string(p.Person.Network)+" "+string(p.Person.ID)), at, "")
			msg.From = p.Person // whoever is forgotten is not told
			a.Later = append(a.Later, msg)
		}
	}
	return a, nil
}

// A turn is how somebody is told in a week.
type turn int

const (
	notThisWeek turn = iota
	withOthers       // at once, be it that what is said waits for some hours
	afterOthers      // by a message of its own, later in the week
)

// turnOf is when and how somebody may be told who is not silent; working is the first moment from a time on at which anything
// may be said unasked.
func turnOf(p bot.Manners, now time.Time, working func(time.Time) time.Time) (at time.Time, t turn) {
	const soon, week = 6 * time.Hour, 5 * 24 * time.Hour
	at = p.May(now)
	if at.After(now) {
		at = working(at)
	}
	switch wait := at.Sub(now); {
	case wait <= soon:
		return at, withOthers
	case wait < week:
		return at, afterOthers
	}
	return at, notThisWeek
}

// person says a bundle to somebody who could not be told with the others, since seven days had not gone by.
func (d *Digest) person(ctx context.Context, m bot.Message) ([]bot.Step, error) {
	now := later(m.At, d.now()).In(d.zone)
	if now.Sub(m.At) > latest {
		return nil, nil
	}
	manners, err := d.store.AllManners(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(manners, func(p bot.Manners) bool { return p.Person.Network == m.From.Network && p.Person.ID == m.From.ID }) {
		return nil, nil // who was forgotten, or left
	}
	b, err := d.bundles(ctx, now)
	if err != nil {
		return nil, err
	}
	week, _, _ := strings.Cut(strings.TrimPrefix(string(m.ID), personLater+"/"), "/")
	return []bot.Step{func(ctx context.Context) (a bot.Answer, err error) {
		p, err := d.store.Manners(ctx, m.From)
		if err != nil || p.Silent(now) || p.May(now).After(now) {
			return a, err
		}
		post, err := d.bundle(ctx, b, p, week, now, m.At.Add(latest))
		if err != nil || post == nil {
			return a, err
		}
		return bot.Answer{Posts: []bot.Post{*post}}, nil
	}}, nil
}
