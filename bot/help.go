package bot

import (
	"context"
	"slices"
)

// helpLines is how many things help names; the rest stands behind “more”.
const helpLines = 5

// help says what this person can do here, made from the table of commands.
func (b *Bot) help(_ context.Context, m Message, args Args) (Answer, error) {
	lines := b.helpful(args)
	more := len(lines) > helpLines
	reply := Lines(b.words.Line("help.first")).With(lines[:min(helpLines, len(lines))])
	if more {
		reply = reply.Choose(b.words.Choice("help.more", "bot.more"))
	}
	return Answer{Reply: reply}, nil
}

func (b *Bot) more(_ context.Context, _ Message, args Args) (Answer, error) {
	return Answer{Reply: Lines(b.words.Line("more.first")).With(b.helpful(args))}, nil
}

func (b *Bot) helpful(args Args) []Line {
	var lines []Line
	for _, c := range b.commands {
		s := b.book.sections[c.Name]
		if c.Kind != Said || c.Quiet || s == nil || s.about == "" || len(s.examples) == 0 || !may(c.Role, args) {
			continue
		}
		lines = append(lines, b.words.Line("help.line", "about", s.about, "example", Strong(s.examples[0])))
	}
	return lines
}

func may(r Role, args Args) bool {
	switch r {
	case Anyone:
		return true
	case OnBehalf:
		return len(args.Standings) > 0
	case Coordinator:
		return args.Coordinator
	default:
		return slices.ContainsFunc(args.Standings, func(s Standing) bool { return s.Steward })
	}
}
