package introduce

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ginnel/bot"
)

// stop ends an introduction that the asker needs no longer, and thanks whoever was asked.
func (v *Introduce) stop(ctx context.Context, i bot.Introduction, now time.Time) ([]bot.Post, error) {
	err := v.store.UpdateIntroduction(ctx, i.ID, func(i bot.Introduction) (bot.Introduction, error) { return Apply(i, 0, Stop, now) })
	if errors.Is(err, errOver) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	skipped, err := v.store.SkipPosts(ctx, bot.AboutIntroduction(i.ID), now)
	if err != nil {
		return nil, fmt.Errorf("posts: %w", err)
	}
	if err := v.store.EndPromptsAbout(ctx, bot.AboutIntroduction(i.ID), now); err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	asked := i.Parties[1]
	if skipped > 0 || asked.Assent != bot.Asked || asked.Person.ID == "" {
		return nil, nil // was never asked, or has said that it is not for them
	}
	ours, err := v.store.Organisation(ctx, i.Parties[0].Organisation)
	if err != nil {
		return nil, fmt.Errorf("organisation: %w", err)
	}
	line := v.words.Line("stop.thanks", "name", strong(ours), "what", i.About)
	if i.Nameless {
		line = v.words.Line("stop.someone", "what", i.About)
	}
	return []bot.Post{{
		Key: "stopped/" + i.ID.String(), Where: bot.Private(asked.Person), Reply: bot.Lines(line), Urgency: bot.News,
		About: []string{bot.AboutOrganisation(asked.Organisation), bot.AboutPerson(asked.Person)},
	}}, nil
}

// askClosed stops what an ask began that is closed now.
func (v *Introduce) askClosed(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	id, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("which ask was closed: %w", err)
	}
	open, err := v.store.IntroductionsForAsk(ctx, bot.AskID(id))
	if err != nil {
		return bot.Answer{}, fmt.Errorf("introductions: %w", err)
	}
	a := bot.Answer{}
	for _, i := range open {
		posts, err := v.stop(ctx, i, m.At)
		if err != nil {
			return bot.Answer{}, err
		}
		a.Posts = append(a.Posts, posts...)
	}
	return a, nil
}

// of reads the introduction that a message to ourselves is about.
func (v *Introduce) of(ctx context.Context, m bot.Message) (bot.Introduction, error) {
	id, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Introduction{}, fmt.Errorf("which introduction: %w", err)
	}
	return v.store.Introduction(ctx, bot.IntroductionID(id))
}
