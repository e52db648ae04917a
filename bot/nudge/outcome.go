package nudge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ginnel/bot"
)

// The messages to ourselves after an introduction. Their text is its number.
const (
	usefulDue = "nudge.useful"
	touchDue  = "nudge.touch"
)

// When they come, counted from when the two were introduced; whether they met is asked after two weeks.
const (
	usefulAfter = 42 * day
	touchAfter  = 182 * day
)

// met asks both sides whether they met.
func (v *Nudge) met(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	i, err := v.each(ctx, m, "met", func(i bot.Introduction, theirs bot.Organisation) bot.Reply {
		return bot.Lines(v.words.Line("met.ask", "name", bot.Strong(theirs.Name))).Choose(
			v.of(i, theirs, "met.yes", "nudge.wemet"), v.of(i, theirs, "met.notyet", "nudge.notyet"), v.of(i, theirs, "met.no", "nudge.didnot"))
	}, func(map[string]string) bool { return true })
	if err != nil || i.State != bot.IntroductionMade {
		return bot.Answer{}, err
	}
	number := i.ID.String()
	return bot.Answer{Later: []bot.Message{
		bot.Later(usefulDue, number, i.Made.Add(usefulAfter), number), bot.Later(touchDue, number, i.Made.Add(touchAfter), number),
	}}, nil
}

// useful asks two private questions of those who did not say that nothing came of it.
func (v *Nudge) useful(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	_, err := v.each(ctx, m, "useful", func(i bot.Introduction, theirs bot.Organisation) bot.Reply {
		return append(bot.Lines(v.words.Line("useful.first", "name", bot.Strong(theirs.Name)), v.words.Line("useful.help", "name", theirs.Name)).Choose(
			v.of(i, theirs, "useful.yes", "nudge.helped"), v.of(i, theirs, "useful.no", "nudge.nohelp")),
			bot.Lines(v.words.Line("useful.again", "name", theirs.Name)).Choose(
				v.of(i, theirs, "useful.againyes", "nudge.again"), v.of(i, theirs, "useful.againno", "nudge.notagain"))...)
	}, func(said map[string]string) bool { return said["met"] != "no" })
	return bot.Answer{}, err
}

// touch asks, half a year later, whether they are still in touch.
func (v *Nudge) touch(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	_, err := v.each(ctx, m, "touch", func(i bot.Introduction, theirs bot.Organisation) bot.Reply {
		return bot.Lines(v.words.Line("touch.ask", "name", bot.Strong(theirs.Name))).Choose(
			v.of(i, theirs, "touch.yes", "nudge.intouch"), v.of(i, theirs, "touch.no", "nudge.notouch"))
	}, func(said map[string]string) bool { return said["met"] != "no" })
	return bot.Answer{}, err
}

// of is a choice that speaks of one introduction.
func (v *Nudge) of(i bot.Introduction, theirs bot.Organisation, key, command string) bot.Choice {
	return v.words.Choice(key, command, "name", theirs.Name, "n", i.ID)
}

// each leaves a prompt for both sides of an introduction that was made, unless what a side said before makes it idle.
func (v *Nudge) each(ctx context.Context, m bot.Message, kind string, ask func(bot.Introduction, bot.Organisation) bot.Reply, idle func(map[string]string) bool) (bot.Introduction, error) {
	id, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Introduction{}, fmt.Errorf("which introduction: %w", err)
	}
	i, err := v.store.Introduction(ctx, bot.IntroductionID(id))
	if errors.Is(err, bot.ErrNotFound) || err == nil && i.State != bot.IntroductionMade {
		return i, nil
	}
	if err != nil {
		return i, err
	}
	for side, p := range i.Parties {
		if p.Person.ID == "" { // was forgotten
			continue
		}
		barred, err := v.store.Barred(ctx, p.Organisation)
		if err != nil {
			return i, err
		}
		if slices.Contains(barred, i.Parties[1-side].Organisation) { // wants to hear no more of them, which they must not notice
			continue
		}
		said, err := v.store.Outcomes(ctx, i.ID, p.Organisation)
		if err != nil {
			return i, err
		}
		theirs, err := v.store.Organisation(ctx, i.Parties[1-side].Organisation)
		if err != nil {
			return i, err
		}
		if !theirs.Listed || !idle(said) {
			continue
		}
		err = v.store.AddPrompt(ctx, bot.Prompt{
			Key: fmt.Sprintf("%s/%s/%d", kind, i.ID, side), To: p.Person, Rank: rankMet, About: bot.AboutIntroduction(i.ID),
			Ripe: m.At, Until: m.At.Add(28 * day), Reply: ask(i, theirs),
		})
		if err != nil {
			return i, err
		}
	}
	return i, nil
}

// say keeps what one side says of an introduction. It is shown to nobody.
func (v *Nudge) say(question, said string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		i, err := v.store.Introduction(ctx, bot.IntroductionID(args.Values["n"].Number))
		side := -1
		for _, st := range args.Standings {
			side = max(side, i.Party(st.Organisation))
		}
		if errors.Is(err, bot.ErrNotFound) || err == nil && (side < 0 || i.State != bot.IntroductionMade) {
			return bot.Answer{}, v.words.Trouble("wemet.none")
		}
		if err != nil {
			return bot.Answer{}, err
		}
		ours, theirs := i.Parties[side].Organisation, i.Parties[1-side].Organisation
		if err := v.store.PutOutcome(ctx, i.ID, ours, question, said, m.At); err != nil {
			return bot.Answer{}, err
		}
		a := bot.Answer{Reply: bot.Lines(v.words.Line("wemet.done"))}
		switch question + " " + said {
		case "met yes", "touch yes":
			if err := v.store.PutTie(ctx, ours, theirs, "know", false, m.At); err != nil {
				return bot.Answer{}, err
			}
			a.Reply = bot.Lines(v.words.Line("wemet.tie"))
		case "met not yet":
			if err := v.askAgain(ctx, i, side, m.At); err != nil {
				return bot.Answer{}, err
			}
			return bot.Answer{Reply: bot.Lines(v.words.Line("notyet.done"))}, nil
		}
		if asked, err := v.openAsk(ctx, i, side); err != nil {
			return bot.Answer{}, err
		} else if question+" "+said == "met yes" && asked {
			a.Reply = append(a.Reply, bot.Lines(v.words.Line("wemet.ask", "what", i.About))...).Choose(about(v.words.Choice("ask.sorted", "question.sorted", "what", i.About), i.About))
		}
		return a, nil
	}
}

// openAsk tells whether one side asked for an introduction, and its ask is still open.
func (v *Nudge) openAsk(ctx context.Context, i bot.Introduction, side int) (bool, error) {
	if i.Ask == 0 || side != 0 {
		return false, nil
	}
	open, err := v.store.OpenAsks(ctx)
	return slices.ContainsFunc(open, func(a bot.Ask) bool { return a.ID == i.Ask }), err
}

// askAgain asks once more, two weeks on, those who had not met yet.
func (v *Nudge) askAgain(ctx context.Context, i bot.Introduction, side int, now time.Time) error {
	theirs, err := v.store.Organisation(ctx, i.Parties[1-side].Organisation)
	if err != nil {
		return err
	}
	return v.store.AddPrompt(ctx, bot.Prompt{
		Key: fmt.Sprintf("met/%s/%d/again", i.ID, side), To: i.Parties[side].Person, Rank: rankMet, About: bot.AboutIntroduction(i.ID),
		Ripe: now.Add(13 * day), Until: now.Add(42 * day),
		Reply: bot.Lines(v.words.Line("met.ask", "name", bot.Strong(theirs.Name))).Choose(
			v.of(i, theirs, "met.yes", "nudge.wemet"), v.of(i, theirs, "met.no", "nudge.didnot")),
	})
}
