package nudge

import (
	"context"
	"fmt"

	"ginnel/bot"
)

// left sees to the organisations for which somebody spoke who left the network: another contact is told who is asked from
// now on, and where there is none, whoever looks after the network.
func (v *Nudge) left(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	standings, err := v.store.Leave(ctx, m.From, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	for _, st := range standings {
		o, err := v.store.Organisation(ctx, st.Organisation)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("organisation: %w", err)
		}
		next, ok, err := v.first(ctx, o.ID)
		if err != nil {
			return bot.Answer{}, err
		}
		if ok && len(standings) == 1 {
			if err := v.store.PassPrompts(ctx, m.From, next); err != nil {
				return bot.Answer{}, err
			}
		}
		tell, key := []bot.Speaker{next}, "left.next"
		if !ok {
			if tell, err = v.store.Coordinating(ctx); err != nil {
				return bot.Answer{}, err
			}
			key = "left.nobody"
		}
		for n, s := range tell {
			err := v.store.AddPrompt(ctx, bot.Prompt{
				Key: fmt.Sprintf("left/%s/%s/%d", o.ID, m.ID, n), To: s, Rank: rankLeft, About: bot.AboutOrganisation(o.ID),
				Ripe: m.At, Until: m.At.Add(28 * day), Reply: bot.Lines(v.words.Line(key, "name", bot.Strong(o.Name))),
			})
			if err != nil {
				return bot.Answer{}, err
			}
		}
	}
	return bot.Answer{}, nil
}
