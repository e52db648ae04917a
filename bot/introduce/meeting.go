package introduce

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// How long the news of an introduction may take to be said, before it would only puzzle.
const newsLasts = 3 * day

// made brings the two together, and stops those who were asked at the same time.
func (v *Introduce) made(ctx context.Context, i bot.Introduction, now time.Time) (bot.Answer, error) {
	var two [2]bot.Organisation
	for side, p := range i.Parties {
		o, err := v.store.Organisation(ctx, p.Organisation)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("organisation: %w", err)
		}
		two[side] = o
	}
	a := bot.Answer{Posts: v.bring(i, two, now)}
	met, err := v.openAfter(ctx, now, 14*day)
	if err != nil {
		return a, err
	}
	a.Later = append(a.Later, bot.Later(bot.IntroductionMet, i.ID.String(), met, i.ID.String()))
	if i.Together == "" {
		return a, nil
	}
	others, err := v.store.IntroductionsTogether(ctx, i.Together)
	if err != nil {
		return a, fmt.Errorf("introductions: %w", err)
	}
	for _, o := range others {
		posts, err := v.stop(ctx, o, now)
		if err != nil {
			return a, err
		}
		a.Posts = append(a.Posts, posts...)
	}
	return a, nil
}

func person(s bot.Speaker) bot.Span { return bot.Span{Text: s.Name, Person: s.ID} }
