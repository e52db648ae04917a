package nudge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// left sees to the organisations for which somebody spoke who left the network: another contact is told who is asked from
// now on, and where there is none, whoever looks after the network.
func (v *Nudge) left(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	standings, err := v.store.Leave(ctx, m.From, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	for _, st := range standings {
		if err := v.departed(ctx, m, st, len(standings) == 1, "left.next", "left.nobody"); err != nil {
			return bot.Answer{}, err
		}
	}
	return bot.Answer{}, nil
}

// departed sees to one organisation of somebody who does not speak for it any more. With only, he or she spoke for no other.
func (v *Nudge) departed(ctx context.Context, m bot.Message, st bot.Standing, only bool, told, nobody string) error {
	o, err := v.store.Organisation(ctx, st.Organisation)
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	next, ok, err := v.first(ctx, o.ID)
	if err != nil {
		return err
	}
	if ok && only {
		if err := v.store.PassPrompts(ctx, m.From, next); err != nil {
			return err
		}
	}
	tell, key := []bot.Speaker{next}, told
	if !ok {
		if tell, err = v.store.Coordinating(ctx); err != nil {
			return err
		}
		key = nobody
	}
	for n, s := range tell {
		err := v.store.AddPrompt(ctx, bot.Prompt{
			Key: fmt.Sprintf("left/%s/%s/%d", o.ID, m.ID, n), To: s, Rank: rankLeft, About: bot.AboutOrganisation(o.ID),
			Ripe: m.At, Until: m.At.Add(28 * day), Reply: bot.Lines(v.words.Line(key, "name", bot.Strong(o.Name))),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// called tells whether a group may be meant by a name, which may leave words of it out.
func called(group, name string) bool {
	words := strings.Fields(clean.Fold(group))
	all := strings.Fields(clean.Fold(name))
	return len(all) > 0 && !slices.ContainsFunc(all, func(w string) bool { return !slices.Contains(words, w) })
}

// leave asks whether somebody is to speak for a group no more.
func (v *Nudge) leave(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	if name := args.Text("name"); name != "" && !called(args.Name, name) {
		i := slices.IndexFunc(args.Standings, func(s bot.Standing) bool { return called(s.Name, name) })
		if i < 0 {
			return bot.Answer{}, v.words.Trouble("leave.none", "name", name)
		}
		args.Organisation, args.Name = args.Standings[i].Organisation, args.Standings[i].Name
	}
	others, err := v.store.Contacts(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("contacts: %w", err)
	}
	lines := []bot.Line{v.words.Line("leave.sure", "name", bot.Strong(args.Name))}
	if len(others) < 2 {
		lines = append(lines, v.words.Line("leave.last", "name", bot.Strong(args.Name)))
	}
	return bot.Answer{Reply: bot.Lines(lines...).Choose(
		bot.Choice{Label: v.words.Plain("leave.yes", "name", args.Name), Say: v.words.Say("talk.for", "name", args.Name, "rest", v.words.Say("nudge.leaving"))},
		v.words.Choice("leave.no", "nudge.stay"),
	)}, nil
}

func (v *Nudge) stay(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(v.words.Line("stay.done"))}, nil
}

// leaving has somebody speak for a group no more: whoever else does is told, or the coordinators.
func (v *Nudge) leaving(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if err := v.store.RemoveContact(ctx, args.Organisation, m.From); err != nil {
		return bot.Answer{}, err
	}
	st := bot.Standing{Organisation: args.Organisation, Name: args.Name}
	if err := v.departed(ctx, m, st, len(args.Standings) == 1, "leaving.next", "leaving.nobody"); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("leaving.done", "name", bot.Strong(args.Name)))}, nil
}
