package introduce

import (
	"context"
	"fmt"

	"ginnel/bot"
)

// home shows how each group of a person is reached by those it said yes to.
func (v *Introduce) home(ctx context.Context, _ bot.Message, args bot.Args) (reply bot.Reply, err error) {
	for _, s := range args.Standings {
		if !s.Steward {
			continue
		}
		o, err := v.store.Organisation(ctx, s.Organisation)
		if err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		line := v.words.Line("home.noreach", "name", strong(o))
		if o.Reach != "" {
			line = v.words.Line("home.reach", "name", strong(o), "how", o.Reach)
		}
		reply = append(reply, bot.Lines(line)...).Choose(bot.Choice{
			Label: v.words.Plain("reachform.title"), Form: true,
			Say: v.words.Say("talk.for", "name", o.Name, "rest", v.words.Say("introduce.reachform")),
		})
	}
	return reply, nil
}

// reachForm asks how a group is reached.
func (v *Introduce) reachForm(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := v.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	how := bot.Field{Name: "how", Label: v.words.Plain("reachform.how"), Hint: v.words.Plain("reachform.howhint"), Needed: true}
	if o.Reach != "" {
		how.Value = []string{o.Reach}
	}
	return bot.Answer{Reply: bot.Reply{{Form: &bot.Form{
		Title: v.words.Plain("reachform.title"), Fields: []bot.Field{how}, Say: []string{v.words.Blank("introduce.reach", "how")},
	}}}}, nil
}
