package introduce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ginnel/bot"
)

// withdraw takes a yes back. It may come when both have said yes and nobody was told yet.
func (v *Introduce) withdraw(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	s, reply, err := v.find(ctx, m, args, "introduce.withdraw")
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	done := bot.Answer{Reply: bot.Lines(v.words.Line("withdraw.done", "name", s.name))}
	if s.i.State == bot.IntroductionMade {
		back, err := v.takeBack(ctx, s.i, m.At)
		if err != nil {
			return bot.Answer{}, err
		}
		if !back {
			return bot.Answer{}, v.words.Trouble("withdraw.late", "name", strong(s.theirs))
		}
		err = v.store.UpdateIntroduction(ctx, s.i.ID, func(i bot.Introduction) (bot.Introduction, error) {
			i.State, i.Made, i.Parties[s.side].Assent = bot.IntroductionOpen, time.Time{}, bot.No
			return i, nil
		})
		return done, err
	}
	if err := v.apply(ctx, &s, SayNo); err != nil {
		if errors.Is(err, errOver) {
			return bot.Answer{Reply: bot.Lines(v.words.Line("yes.over"))}, nil
		}
		return bot.Answer{}, err
	}
	// Whoever was not asked yet need not be; to whoever was it must look like silence.
	if _, err := v.store.SkipPosts(ctx, bot.AboutIntroduction(s.i.ID), m.At); err != nil {
		return bot.Answer{}, fmt.Errorf("posts: %w", err)
	}
	keys := promptKeys(s.i.ID, 1-s.side)
	waits, err := v.store.PromptWaits(ctx, keys[0])
	if err != nil || !waits {
		return done, err
	}
	return done, v.store.EndPrompts(ctx, m.At, keys...)
}

// never keeps two from being suggested to each other, for ever, and is a no to whatever is open between them.
func (v *Introduce) never(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	var theirs bot.Organisation
	var ours []bot.OrganisationID
	for _, st := range args.Standings {
		ours = append(ours, st.Organisation)
	}
	called := ""
	s, reply, err := v.find(ctx, m, args, "introduce.never")
	switch {
	case err == nil && reply == nil:
		theirs, called, ours = s.theirs, s.name, []bot.OrganisationID{s.ours.ID}
	case err == nil && args.Values["n"].Number != 0:
		return bot.Answer{Reply: reply}, nil
	default: // of whom nothing is open, or more than one thing
		if theirs, reply, err = v.named(ctx, args.Text("name"), func(id string) string { return v.words.Say("introduce.never", "name", id) }); err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
		called = theirs.Name
	}
	if slices.Contains(ours, theirs.ID) {
		return bot.Answer{}, v.words.Trouble("ask.ourselves")
	}
	for _, id := range ours {
		if err := v.store.Bar(ctx, id, theirs.ID, m.At); err != nil {
			return bot.Answer{}, fmt.Errorf("bar: %w", err)
		}
		all, err := v.store.Introductions(ctx, id, m.At)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			side := i.Party(id)
			// What came without a name stays, or its going would tell whose it is; a yes to it counts for nothing.
			if i.State != bot.IntroductionOpen || i.Parties[1-side].Organisation != theirs.ID || i.Nameless && side == 1 && called != v.words.Plain("yes.nameless") {
				continue
			}
			if err := v.apply(ctx, &spoken{m: m, i: i, side: side}, SayNo); err != nil && !errors.Is(err, errOver) {
				return bot.Answer{}, err
			}
		}
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("never.done", "name", called))}, nil
}

// noRoom sees to it that nobody is asked for any more who said that they have no room. To the others that is silence; what
// somebody has read already may still be answered.
func (v *Introduce) noRoom(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	number, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("who has no room: %w", err)
	}
	id := bot.OrganisationID(number)
	o, err := v.store.Organisation(ctx, id)
	if err != nil || o.HasRoom(args.Today) {
		return bot.Answer{}, ignoreNotFound(err)
	}
	all, err := v.store.Introductions(ctx, id, m.At)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range all {
		side := i.Party(id)
		if i.State != bot.IntroductionOpen || i.Parties[side].Assent != bot.Asked {
			continue
		}
		skipped, err := v.store.SkipPosts(ctx, bot.AboutSide(i.ID, side), m.At)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("posts: %w", err)
		}
		keys := promptKeys(i.ID, side)
		waits, err := v.store.PromptWaits(ctx, keys[0])
		if err != nil {
			return bot.Answer{}, err
		}
		if err := v.store.EndPrompts(ctx, m.At, keys...); err != nil {
			return bot.Answer{}, err
		}
		if skipped == 0 && !waits {
			continue
		}
		err = v.store.UpdateIntroduction(ctx, i.ID, func(i bot.Introduction) (bot.Introduction, error) {
			i.Parties[side].Person = bot.Speaker{} // nobody was asked
			return Apply(i, side, SayNo, m.At)
		})
		if err != nil && !errors.Is(err, errOver) {
			return bot.Answer{}, err
		}
	}
	return bot.Answer{}, nil
}
