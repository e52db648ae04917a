package introduce

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// askAll asks several at once. The first yes stops the others.
func (v *Introduce) askAll(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	about, err := v.about(ctx, m, clean.OneLine(args.Text("what")))
	if err != nil {
		return bot.Answer{}, err
	}
	if about.nameless { // each is asked by itself then, and the asker reads first what it would read
		return bot.Answer{}, v.words.Trouble("all.nameless")
	}
	ours, err := v.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	brings := clean.OneLine(args.Text("brings"))
	if brings == "" && v.publicBody(ours.Name) {
		var choices []bot.Choice
		for _, key := range []string{"ask.money", "ask.room", "ask.time", "ask.nothing"} {
			choices = append(choices, v.words.Choice(key, "introduce.all", "names", args.Text("names"), "what", about.what, "brings", v.words.Plain(key)))
		}
		return bot.Answer{Reply: bot.Lines(v.words.Line("all.public", "ours", ours.Name)).Choose(choices...)}, nil
	}
	all, err := v.store.Introductions(ctx, ours.ID, m.At)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("introductions: %w", err)
	}
	room := maxOpen - openOf(all, ours.ID, "")
	var whole bot.Answer
	var names []bot.Line
	var lapses time.Time
	var refused []bot.Line
	const most = 3
	for _, number := range strings.Fields(args.Text("names"))[:min(len(strings.Fields(args.Text("names"))), most)] {
		theirs, reply, err := v.named(ctx, number, func(string) string { return "" })
		if err != nil || reply != nil {
			continue // it left the register meanwhile
		}
		w := about
		w.ours, w.theirs, w.together, w.brings = ours, theirs, m.Key(), brings
		if len(names) >= room {
			refused = append(refused, v.words.Line("all.many", "name", strong(theirs), "n", maxOpen))
			continue
		}
		if a, taken, err := v.takeUp(ctx, m, w); err != nil || taken {
			if err != nil {
				return bot.Answer{}, err
			}
			whole.Posts, whole.Later = append(whole.Posts, a.Posts...), append(whole.Later, a.Later...)
			for _, b := range a.Reply {
				refused = append(refused, b.Line)
			}
			continue
		}
		why, err := v.refuse(ctx, m, w)
		if err != nil {
			return bot.Answer{}, err
		}
		if why != nil {
			refused = append(refused, why)
			continue
		}
		i, _, a, err := v.propose(ctx, m, w)
		if err != nil {
			return bot.Answer{}, err
		}
		whole.Posts, whole.Later = append(whole.Posts, a.Posts...), append(whole.Later, a.Later...)
		names, lapses = append(names, bot.Line{strong(theirs)}), i.Lapses
	}
	if len(names) == 0 {
		return bot.Answer{Reply: bot.Lines(append(refused, v.words.Line("all.none"))...)}, nil
	}
	lines := []bot.Line{v.words.Line("all.done", "names", v.list(names), "what", about.what, "day", v.onDay(lapses, m.At))}
	whole.Reply = bot.Lines(append(lines, refused...)...)
	return whole, nil
}

// list joins names.
func (v *Introduce) list(names []bot.Line) bot.Line {
	var out bot.Line
	for i, n := range names {
		switch {
		case i == 0:
			out = n
		case i == len(names)-1:
			out = v.words.Line("all.and", "first", out, "last", n)
		default:
			out = v.words.Line("all.comma", "first", out, "last", n)
		}
	}
	return out
}
