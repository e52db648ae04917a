package digest

import (
	"context"
	"slices"
	"time"

	"ginnel/bot"
)

// choose changes what a person chose about being spoken to unasked.
func (d *Digest) choose(ctx context.Context, m bot.Message, change func(*bot.Manners)) error {
	manners, err := d.store.Manners(ctx, m.From)
	if err != nil {
		return err
	}
	manners.Person = m.From
	change(&manners)
	return d.store.PutManners(ctx, manners)
}

// Hears tells whether whoever reads a post wants it said at now. It reads what that person chose, and blocks as storage does.
func (d *Digest) Hears(ctx context.Context, p bot.Post, now time.Time) (bool, error) {
	reader, one := p.Reader()
	if !one || p.Why == bot.Owed {
		return true, nil
	}
	chosen, err := d.store.Manners(ctx, reader)
	return err == nil && chosen.Hears(p.Why, now), err
}

// home shows what a person chose about being spoken to unasked.
func (d *Digest) home(ctx context.Context, m bot.Message, args bot.Args) (bot.Reply, error) {
	p, err := d.store.Manners(ctx, m.From)
	if err != nil {
		return nil, err
	}
	switch {
	case m.At.Before(p.QuietUntil):
		until := d.words.Day(bot.DateOf(p.QuietUntil.In(d.zone)), args.Today)
		return bot.Lines(d.words.Line("home.paused", "until", until)).Choose(d.words.Choice("pause.undo", "digest.unpause")), nil
	case !p.Nudges && !p.Digest:
		return bot.Lines(d.words.Line("home.quiet")).Choose(d.words.Choice("home.speak", "digest.speak")), nil
	case len(args.Standings) == 0:
		return nil, nil
	}
	digest := d.words.Choice("home.me", "digest.me")
	if p.Digest {
		digest = d.words.Choice("me.undo", "digest.stop")
	}
	return bot.Lines(d.words.Line("home.speaks")).Choose(
		digest, d.words.Choice("home.pause", "digest.pause"), d.words.Choice("home.stop", "digest.quiet"),
	), nil
}

func (d *Digest) me(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	err = d.choose(ctx, m, func(p *bot.Manners) { p.Digest, p.Stopped = true, time.Time{} })
	return bot.Answer{Reply: bot.Lines(d.words.Line("me.done", "at", d.words.Weekly(w))).Choose(d.words.Choice("me.undo", "digest.stop"))}, err
}

func (d *Digest) stop(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	err := d.choose(ctx, m, func(p *bot.Manners) { p.Digest = false })
	return bot.Answer{Reply: bot.Lines(d.words.Line("stop.done"))}, err
}

func (d *Digest) quiet(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	err := d.choose(ctx, m, func(p *bot.Manners) { p.Nudges, p.Digest = false, false })
	return bot.Answer{Reply: bot.Lines(d.words.Line("quiet.done")).Choose(d.words.Choice("quiet.undo", "digest.speak"))}, err
}

// all stops whatever is said unasked, what other groups ask too, and offers what goes further: which of these was meant is asked
// afterwards.
func (d *Digest) all(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	err := d.choose(ctx, m, func(p *bot.Manners) { p.Nudges, p.Digest, p.Stopped = false, false, m.At })
	reply := bot.Lines(d.words.Line("all.done"), d.words.Line("all.more"))
	if len(args.Standings) > 0 && d.words.Has("nudge.leave") {
		reply = reply.Choose(d.words.Choice("all.left", "nudge.leave"))
	}
	if slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Steward }) && d.words.Has("introduce.often") {
		reply = reply.Choose(bot.Choice{
			Label: d.words.Plain("all.monthly"), Say: d.words.Say("digest.speak") + "\n" + d.words.Say("introduce.often"),
		})
	}
	return bot.Answer{Reply: reply.Choose(
		d.words.Choice("all.forget", "rights.forget"), d.words.Choice("all.complain", "rights.complainhow"), d.words.Choice("quiet.undo", "digest.speak"),
	)}, err
}

func (d *Digest) speak(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	err := d.choose(ctx, m, func(p *bot.Manners) { *p = bot.Manners{Person: p.Person, Digest: p.Digest, Nudges: true} })
	return bot.Answer{Reply: bot.Lines(d.words.Line("speak.done"))}, err
}

// pause is quiet until a day, and says so with the sentence done. Who is away has that too.
func (d *Digest) pause(done string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		until := args.Date("until")
		var vague []bot.Line
		if long := args.Text("long"); long != "" {
			var ok bool
			if until, ok = d.words.ReadLength(long, args.Today); !ok {
				vague = append(vague, d.words.Line("pause.long", "long", long))
				until = bot.Date{}
			}
		}
		if until.IsZero() {
			const days = 28
			until = args.Today.AddDays(days)
		}
		if !until.After(args.Today) {
			return bot.Answer{}, d.words.Trouble("pause.past", "until", until)
		}
		err := d.choose(ctx, m, func(p *bot.Manners) { p.QuietUntil = until.Time(d.zone) })
		return bot.Answer{Reply: bot.Lines(append(vague, d.words.Line(done, "until", d.words.Day(until, args.Today)))...).Choose(d.words.Choice("pause.undo", "digest.unpause"))}, err
	}
}

// unpause ends a pause, and nothing else that somebody chose.
func (d *Digest) unpause(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	key := "speak.done"
	err := d.choose(ctx, m, func(p *bot.Manners) {
		p.QuietUntil = time.Time{}
		if !p.Nudges {
			key = "unpause.stopped"
		}
	})
	return bot.Answer{Reply: bot.Lines(d.words.Line(key))}, err
}
