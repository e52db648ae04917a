package nudge

import (
	"context"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// The stages of an open ask.
type stageOf int

const (
	tooNew stageOf = iota
	aWeekOld
	aboutToClose
	tooOld
)

// stage is how far an open ask has got at now. One that is watched for never gets too old.
func stage(a bot.Ask, now time.Time) stageOf {
	switch age := now.Sub(a.At); {
	case age >= bot.AsksCloseAfter && !a.Watch:
		return tooOld
	case age >= bot.StillOpenAfter:
		return aboutToClose
	case age >= 7*day:
		return aWeekOld
	}
	return tooNew
}

// asks asks those whose ask is open for a week, and again before it closes, whether they still look; what nobody
// cared about for long enough closes quietly. Only those of all are looked at, if they are still open.
func (v *Nudge) asks(ctx context.Context, all []bot.Ask, now time.Time) (answer bot.Answer, err error) {
	open, err := v.store.OpenAsks(ctx)
	if err != nil {
		return answer, err
	}
	for _, a := range open {
		if !slices.ContainsFunc(all, func(b bot.Ask) bool { return b.ID == a.ID }) {
			continue
		}
		step := "1"
		switch stage(a, now) {
		case tooNew:
			continue
		case aboutToClose:
			step = "2"
		case tooOld:
			err := v.store.UpdateAsk(ctx, a.ID, func(a bot.Ask) (bot.Ask, error) {
				a.Closed = now
				return a, nil
			})
			if err != nil {
				return answer, err
			}
			answer.Later = append(answer.Later, bot.Later(bot.AskClosed, a.ID.String(), now, a.ID.String()))
			continue
		}
		if served, err := v.store.AskServed(ctx, a.ID); err != nil || served {
			if err != nil {
				return answer, err
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
			return answer, err
		}
	}
	return answer, nil
}

// about makes the label of a choice say what it is about, since it stands in a bundle with others.
func about(c bot.Choice, what string) bot.Choice {
	const longest = 40
	c.Label += ": " + clean.Shorten(what, longest)
	return c
}

func (v *Nudge) looking(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(v.words.Line("looking.done"))}, nil
}
