package talk

import (
	"context"
	"slices"

	"ginnel/bot"
)

// helpLines is how many things help names; the rest stands behind “more”.
const helpLines = 5

// help says what this person can do here, made from the table of commands.
func (b *Bot) help(_ context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	lines := b.helpful(args)
	more := len(lines) > helpLines
	reply := bot.Lines(b.words.Line("help.first")).With(lines[:min(helpLines, len(lines))])
	if more {
		reply = reply.Choose(b.words.Choice("help.more", "talk.more"))
	}
	return bot.Answer{Reply: reply}, nil
}

func (b *Bot) more(_ context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(b.words.Line("more.first")).With(b.helpful(args))}, nil
}

func (b *Bot) helpful(args bot.Args) []bot.Line {
	var lines []bot.Line
	for _, c := range b.commands {
		about, example := b.book.About(c.Name)
		if c.Kind != bot.Said || c.Quiet || about == "" || !may(c.Role, args) {
			continue
		}
		lines = append(lines, b.words.Line("help.line", "about", about, "example", bot.Strong(example)))
	}
	return lines
}

func may(r bot.Role, args bot.Args) bool {
	switch r {
	case bot.Anyone:
		return true
	case bot.OnBehalf:
		return len(args.Standings) > 0
	case bot.Coordinator:
		return args.Coordinator
	default:
		return slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Steward })
	}
}
