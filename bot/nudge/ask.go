package nudge

import (
	"context"
	"time"

	"ginnel/bot"
)

// asks asks those whose ask is open for a week, and again before it closes, whether they still look; what nobody
// cared about for long enough closes quietly.
func (v *Nudge) asks(ctx context.Context, now time.Time) (later []bot.Message, err error) {
	open, err := v.store.OpenAsks(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range open {
		age := now.Sub(a.At)
		if age >= bot.AsksCloseAfter && !a.Watch {
			err := v.store.UpdateAsk(ctx, a.ID, func(a bot.Ask) (bot.Ask, error) {
				a.Closed = now
				return a, nil
			})
			if err != nil {
				return nil, err
			}
			later = append(later, bot.Later(bot.AskClosed, a.ID.String(), now, a.ID.String()))
			continue
		}
		step := "1"
		switch {
		case age >= bot.StillOpenAfter:
			step = "2"
		case age < 7*day:
			continue
		}
		if served, err := v.store.AskServed(ctx, a.ID); err != nil || served {
			if err != nil {
				return nil, err
			}
			continue // whether they met is asked instead
		}
		key := "ask.found"
		if a.Found == 0 {
			key = "ask.nobody"
		}
		reply := bot.Lines(v.words.Line(key, "what", a.Text, "age", v.words.Age(a.At, now.In(v.zone))))
		err := v.store.AddPrompt(ctx, bot.Prompt{
			Key: "ask/" + a.ID.String() + "/" + step, To: a.Asker, Rank: rankAsk, About: bot.AboutAsk(a.ID), Ripe: now, Until: now.Add(6 * day),
			Reply: reply.Choose(
				about(v.words.Choice("ask.sorted", "question.sorted", "what", a.Text), a.Text),
				about(v.words.Choice("ask.still", "nudge.looking"), a.Text),
				about(v.words.Choice("ask.no", "question.nolonger", "what", a.Text), a.Text),
			),
		})
		if err != nil {
			return nil, err
		}
	}
	return later, nil
}

// about makes the label of a choice say what it is about, since it stands in a bundle with others.
func about(c bot.Choice, what string) bot.Choice {
	const longest = 40
	c.Label += ": " + bot.Shorten(what, longest)
	return c
}

func (v *Nudge) looking(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(v.words.Line("looking.done"))}, nil
}
