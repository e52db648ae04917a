package introduce

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// question is what one side is asked.
func (v *Introduce) question(ctx context.Context, i bot.Introduction, side int, to bot.Speaker, now time.Time) (bot.Post, error) {
	lines, name, err := v.proposal(ctx, i, side, now)
	if err != nil {
		return bot.Post{}, err
	}
	return bot.Post{
		Key:   proposalKey(i.ID, side),
		Where: bot.Private(to), Reply: bot.Lines(lines...).Choose(v.choices(i, side, name)...), Urgency: bot.News, Why: occasion(i),
		About: append(v.posted(i, to, i.Parties[0].Person, i.Suggested), bot.AboutSide(i.ID, side)), Open: i.Lapses, NotAfter: i.Lapses,
	}, nil
}

// occasion is why one side is asked: a third who suggests it waits for nobody.
func occasion(i bot.Introduction) bot.Occasion {
	if i.Origin == bot.FromSuggestion {
		return bot.Unprompted
	}
	return bot.OnBehalfOf
}

// proposalKey names the post in which one side is asked.
func proposalKey(id bot.IntroductionID, side int) string {
	return fmt.Sprintf("proposal/%s/%d", id, side)
}

// posted is what a post of an introduction is about.
func (v *Introduce) posted(i bot.Introduction, to ...bot.Speaker) []string {
	about := []string{bot.AboutIntroduction(i.ID), bot.AboutOrganisation(i.Parties[0].Organisation), bot.AboutOrganisation(i.Parties[1].Organisation)}
	for _, s := range to {
		if name := bot.AboutPerson(s); s.ID != "" && !slices.Contains(about, name) {
			about = append(about, name)
		}
	}
	return about
}

// choices are what one side may answer. name is how the other side is called: it stands in every label, since there may be
// more than one proposal.
func (v *Introduce) choices(i bot.Introduction, side int, name string) []bot.Choice {
	choice := func(key, command string) bot.Choice {
		c := v.words.Choice(key, command, "name", name, "n", i.ID)
		c.Label += ", " + name
		return c
	}
	all := []bot.Choice{choice("ask.yes", "introduce.yes"), choice("ask.notnow", "introduce.notnow"), choice("ask.no", "introduce.no")}
	if i.Nameless && side == 1 {
		return all
	}
	return append(all, choice("ask.know", "introduce.know"), choice("ask.never", "introduce.never"))
}

// proposal is what one side reads, and how it may call the other.
func (v *Introduce) proposal(ctx context.Context, i bot.Introduction, side int, now time.Time) (lines []bot.Line, name string, err error) {
	ours, err := v.store.Organisation(ctx, i.Parties[side].Organisation)
	if err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	theirs, err := v.store.Organisation(ctx, i.Parties[1-side].Organisation)
	if err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	return v.readBy(i, side, ours, theirs, now), v.called(i, side, theirs), nil
}

// called is how one side may call the other before both said yes.
func (v *Introduce) called(i bot.Introduction, side int, theirs bot.Organisation) string {
	if i.Nameless && side == 1 {
		return v.words.Plain("yes.nameless")
	}
	return theirs.Name
}

func (v *Introduce) readBy(i bot.Introduction, side int, ours, theirs bot.Organisation, now time.Time) (lines []bot.Line) {
	if i.Nameless && side == 1 {
		where := v.words.Line("ask.nowhere")
		if area := theirs.Postcode.Area(); area != "" {
			where = v.words.Line("ask.somewhere", "area", area)
		}
		lines = append(lines, v.words.Line("ask.someone", "where", where, "asked", strong(ours)), v.words.Line("ask.wants", "what", i.About))
	} else {
		isNew := bot.Line(nil)
		if !theirs.Vouched {
			isNew = v.words.Line("ask.new")
		}
		key := "ask.line"
		if i.Origin != bot.FromAsk {
			key = "ask.meet"
		}
		lines = append(lines, v.words.Line(key, "asker", strong(theirs), "new", isNew, "asked", strong(ours)))
		if i.Suggester != "" {
			lines = append(lines, v.words.Line("ask.suggested", "suggester", i.Suggester))
		}
		lines = append(lines, bot.Text(i.Reason))
		if theirs.About != "" {
			const longest = 140
			place := bot.Line(nil)
			if w := theirs.Whereabouts(); w != "" {
				place = v.words.Line("ask.place", "place", w)
			}
			lines = append(lines, v.words.Line("ask.who", "name", strong(theirs), "place", place, "about", clean.Shorten(theirs.About, longest)))
		}
	}
	return append(lines, v.words.Line("ask.fair", "day", v.onDay(i.Lapses, now)))
}
