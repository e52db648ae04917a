package talk

import (
	"context"
	"maps"
	"slices"

	"ginnel/bot"
	"ginnel/bot/identify"
)

// called are the slots in which groups are called by their names. Whoever is called so is one of them or nobody.
var called = []string{"name", "names", "one", "other", "who", "ours"}

// asItIsCommand is “of nobody in particular: …”, which hands on what may tell who somebody is, and does not.
const asItIsCommand = "talk.asitis"

// identifies asks back when what a command is told would tell others who somebody is, or how to find them, who was not asked.
// It is the one door through which the words of one side come to be read by another, so it stands before every command.
func (b *Bot) identifies(m bot.Message, name string, values map[string]bot.Value, args bot.Args, h heard) error {
	c := b.named[name]
	if c.Unread || c.Confided || name == forCommand || name == asItIsCommand {
		return nil
	}
	var known []string
	for _, s := range args.Standings {
		known = append(known, s.Name)
	}
	told, unsure := false, true
	whole, without := map[string]string{}, map[string]string{}
	for slot, v := range values {
		whole[slot], without[slot] = v.Text, v.Text
		found := identify.Find(v.Text, known...)
		if slices.Contains(called, slot) {
			found = slices.DeleteFunc(found, func(f identify.Finding) bool { return f.Kind == identify.Name || f.Kind == identify.Handle })
		}
		if len(found) == 0 {
			continue
		}
		told = true
		unsure = unsure && !slices.ContainsFunc(found, func(f identify.Finding) bool { return !f.Unsure })
		without[slot], _ = identify.Without(v.Text, known...)
	}
	if !told || unsure && h.vouched {
		return nil
	}
	line := "identifies.sure"
	var choices []bot.Choice
	if unsure {
		line = "identifies.ask"
	}
	said, _ := identify.Without(m.Text, known...)
	rest, ok := b.sayFor(m, said, name, without, args, h)
	if ok && !slices.Contains(slices.Collect(maps.Values(without)), "") {
		choices = append(choices, bot.Choice{Label: b.words.Plain("identifies.leave"), Say: rest})
	} else if !unsure {
		return b.words.Trouble("problem.identifies")
	}
	if say, ok := b.sayFor(m, m.Text, name, whole, args, h); ok && unsure {
		choices = append(choices, b.words.Choice("identifies.nobody", asItIsCommand, "rest", say))
	}
	if len(choices) == 0 {
		return b.words.Trouble("problem.identifies")
	}
	if len(choices) == 1 && unsure {
		return &bot.Problem{Reply: bot.Lines(b.words.Line("identifies.nothing")).Choose(choices...)}
	}
	return &bot.Problem{Reply: bot.Lines(b.words.Line(line, "say", unmarked(rest))).Choose(choices...)}
}

// sayFor is the sentence that gives a command with these values, for the group that was named in front: said, if that does.
func (b *Bot) sayFor(m bot.Message, said, name string, values map[string]string, args bot.Args, h heard) (say string, ok bool) {
	as, read, ok := b.book.Match(said, b.today(m))
	if ok = ok && as == name && len(read) == len(values); ok {
		for slot, v := range read {
			ok = ok && v.Text == values[slot]
		}
	}
	if say = said; !ok {
		say, ok = b.book.SayWhatFits(name, values)
	}
	if ok && h.nested {
		say = b.words.Say(forCommand, "name", args.Name, "rest", say)
	}
	return say, ok
}

// asItIs takes what may tell who somebody is at its sender's word. What surely does is asked about all the same.
func (b *Bot) asItIs(ctx context.Context, m bot.Message, args bot.Args, h heard) (bot.Answer, error) {
	if h.vouched || h.nested {
		return bot.Answer{}, b.guess(m, args, h)
	}
	m.Text = args.Text("rest")
	return b.one(ctx, m, bot.Args{Standings: args.Standings, Coordinator: args.Coordinator, Today: args.Today}, heard{vouched: true})
}
