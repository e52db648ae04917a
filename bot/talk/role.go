package talk

import (
	"context"
	"slices"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// role fills in for whom the command is given, or returns what to say to somebody who may not give it.
func (b *Bot) role(c *bot.Command, m bot.Message, args *bot.Args) (bot.Reply, bool) {
	if c.Role == bot.Coordinator && !args.Coordinator {
		return bot.Lines(b.words.Line("problem.coordinator")), false
	}
	fitting := args.Standings
	if c.Role == bot.Steward {
		fitting = slices.DeleteFunc(slices.Clone(fitting), func(s bot.Standing) bool { return !s.Steward })
	}
	if args.Organisation != 0 {
		if i := slices.IndexFunc(fitting, func(s bot.Standing) bool { return s.Organisation == args.Organisation }); i < 0 && c.Role != bot.Anyone && c.Role != bot.Coordinator {
			return bot.Lines(b.words.Line("problem.steward")), false
		}
		return nil, true
	}
	switch {
	case len(fitting) == 1:
		args.Organisation, args.Name = fitting[0].Organisation, fitting[0].Name
	case c.Role == bot.Anyone || c.Role == bot.Coordinator || len(fitting) == 0 && c.OrCoordinator && args.Coordinator:
	case len(fitting) == 0 && len(args.Standings) > 0:
		return bot.Lines(b.words.Line("problem.steward")), false
	case len(fitting) == 0:
		return bot.Lines(b.words.Line("problem.stranger")), false
	default:
		var choices []bot.Choice
		for _, s := range fitting {
			choices = append(choices, bot.Choice{Label: s.Name, Say: b.words.Say("talk.for", "name", s.Name, "rest", m.Text)})
		}
		return bot.Lines(b.words.Line("problem.which")).Choose(choices...), false
	}
	return nil, true
}

// forOne is “for the Choir: we need …”.
func (b *Bot) forOne(ctx context.Context, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	name := args.Text("name")
	i := slices.IndexFunc(args.Standings, func(s bot.Standing) bool { return clean.Fold(s.Name) == clean.Fold(name) })
	if i < 0 {
		return bot.Answer{}, b.words.Trouble("problem.notyours", "name", bot.Strong(name))
	}
	if h.nested {
		return bot.Answer{}, b.guess(m, args, h)
	}
	m.Text = args.Text("rest")
	return b.one(ctx, m, bot.Args{Standings: args.Standings, Coordinator: args.Coordinator, Organisation: args.Standings[i].Organisation, Name: args.Standings[i].Name, Today: args.Today}, heard{nested: true, vouched: h.vouched})
}
