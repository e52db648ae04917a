package digest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
)

// clock is the message to ourselves with which a week begins. Its text is the name of the week, a stroke, and the day
// and time that were chosen when it was set.
const clock = "digest.clock"

// What the coordinator chose, by the names under which it is kept.
const (
	keptAt   = "digest at"
	keptSkip = "digest skip"
	keptWord = "coordinator word"
)

// Working is the first moment from t on when something may be said unasked: on a working day, outside the quiet hours, not
// in closed weeks.
func (d *Digest) Working(ctx context.Context, t time.Time) (time.Time, error) {
	closures, err := d.closures(ctx)
	if err != nil {
		return t, err
	}
	return calendar.Working(t.In(d.zone), d.nation, closures), nil
}

func (d *Digest) weekly(ctx context.Context) (calendar.Weekly, error) {
	text, err := d.keep.Get(ctx, keptAt)
	if err != nil {
		return calendar.Weekly{}, fmt.Errorf("settings: %w", err)
	}
	if w, ok := calendar.ParseWeekly(text); ok {
		return w, nil
	}
	return calendar.UsualWeekly, nil
}

func (d *Digest) closures(ctx context.Context) (all []calendar.Closure, err error) {
	text, err := d.keep.Get(ctx, calendar.KeptClosures)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return calendar.ReadClosures(text)
}

// Start is the message to ourselves that keeps the clock going. It may be stored again and again.
func (d *Digest) Start(ctx context.Context) (bot.Message, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	return d.next(w, d.now()), nil
}

func (d *Digest) next(w calendar.Weekly, after time.Time) bot.Message {
	at, week := w.Next(after, d.nation, d.zone)
	return bot.Later(clock, week+"|"+w.String(), at, week+"|"+w.String())
}

// coming is when the first week after now strikes that really does, and its name: not one that has begun, nor one in which
// the network is closed, nor, unless skipped, the one that is to be left out.
func (d *Digest) coming(ctx context.Context, w calendar.Weekly, now time.Time, skipped bool) (at time.Time, week string, err error) {
	closures, err := d.closures(ctx)
	if err != nil {
		return at, "", err
	}
	skip, err := d.keep.Get(ctx, keptSkip)
	if err != nil {
		return at, "", fmt.Errorf("settings: %w", err)
	}
	const most = 520 // closed for ten years
	at = now
	for range most {
		at, week = w.Next(at, d.nation, d.zone)
		begun, err := d.store.Begun(ctx, week)
		if err != nil {
			return at, "", err
		}
		if !begun && (skipped || week != skip) && !calendar.Closed(closures, bot.DateOf(at.In(d.zone))) {
			break
		}
	}
	return at, week, nil
}

// strike begins a week: whom to introduce, what to ask, and then the digest, each a message of its own.
func (d *Digest) strike(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	now := d.now().In(d.zone)
	// After an outage the chain goes on from now, not from week to week.
	a := bot.Answer{Later: []bot.Message{d.next(w, later(m.At, now))}}
	week, at, _ := strings.Cut(m.Text, "|")
	if at != w.String() || now.Sub(m.At) > latest {
		return a, nil
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	skipped, err := d.keep.Get(ctx, keptSkip)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	if skipped == week || calendar.Closed(closures, bot.DateOf(m.At.In(d.zone))) {
		return a, nil
	}
	when := calendar.Working(now, d.nation, closures)
	if when.Sub(m.At) > latest {
		return a, nil
	}
	fresh, err := d.store.BeginWeek(ctx, week, now)
	if err != nil || !fresh {
		return a, err
	}
	for _, name := range []string{bot.WeekRound, bot.WeekNudges, bot.WeekDigest} {
		next := bot.Later(name, week, when, week)
		next.Queue = "week " + week
		a.Later = append(a.Later, next)
	}
	return a, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (d *Digest) here(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	if !m.Where.InRoom() {
		return bot.Answer{}, d.words.Trouble("here.private")
	}
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	// What it is told first began a week ago, as for people.
	err = d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, true, m.At.AddDate(0, 0, -7))
	return bot.Answer{Reply: bot.Lines(d.words.Line("here.done", "at", d.words.Weekly(w)))}, err
}

func (d *Digest) notHere(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	err := d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, false, m.At)
	return bot.Answer{Reply: bot.Lines(d.words.Line("nothere.done"))}, err
}

func (d *Digest) at(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	w, ok := d.words.ReadWeekly(args.Text("when"))
	if !ok {
		return bot.Answer{}, d.words.Trouble("at.when", "when", args.Text("when"))
	}
	if err := d.keep.Put(ctx, keptAt, w.String()); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	at, _, err := d.coming(ctx, w, m.At, false)
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(d.words.Line("at.done", "at", d.words.Weekly(w), "day", d.words.Day(bot.DateOf(at.In(d.zone)), args.Today))),
		Later: []bot.Message{d.next(w, m.At)},
	}, nil
}

func (d *Digest) skip(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	at, week, err := d.coming(ctx, w, m.At, true)
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.keep.Put(ctx, keptSkip, week); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("skip.done", "day", d.words.Day(bot.DateOf(at.In(d.zone)), args.Today)))}, nil
}

func (d *Digest) closed(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	c := calendar.Closure{From: args.Date("from"), To: args.Date("to")}
	if c.To.Before(c.From) || c.To.Before(args.Today) {
		return bot.Answer{}, d.words.Trouble("closed.order")
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	text, err := calendar.WriteClosures(append(closures, c))
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.keep.Put(ctx, calendar.KeptClosures, text); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("closed.done", "from", d.words.Day(c.From, args.Today), "to", d.words.Day(c.To, args.Today)))}, nil
}
