package introduce

import (
	"context"
	"fmt"
	"slices"

	"ginnel/bot"
)

// How long the two have to say whether it is so, and where that stands in a bundle.
const (
	peopleLasts = 28 * day
	rankPeople  = 50
)

// people records an introduction that people made without us, once the two say that it is so.
func (v *Introduce) people(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	var two [2]bot.Organisation
	for n, slot := range []string{"one", "two"} {
		o, reply, err := v.named(ctx, args.Text(slot), func(id string) string {
			said := map[string]string{"one": args.Text("one"), "two": args.Text("two")}
			said[slot] = id
			return v.words.Say("introduce.people", "one", said["one"], "two", said["two"])
		})
		if err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
		two[n] = o
	}
	if two[0].ID == two[1].ID {
		return bot.Answer{}, v.words.Trouble("suggest.same")
	}
	ours, err := v.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	apart, err := v.apart(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	for n, o := range two {
		if apart[pairOf(two[0].ID, two[1].ID)] {
			break // nobody is asked about somebody they want to hear nothing of
		}
		s, ok, err := v.contact(ctx, o.ID, m.From.Network)
		if err != nil {
			return bot.Answer{}, err
		}
		if !ok {
			continue
		}
		theirs := two[1-n]
		number := "#" + theirs.ID.String()
		err = v.store.AddPrompt(ctx, bot.Prompt{
			Key: fmt.Sprintf("people/%s/%s/%s", ours.ID, o.ID, theirs.ID), To: s, Rank: rankPeople, About: bot.AboutOrganisation(o.ID),
			Ripe: m.At, Until: m.At.Add(peopleLasts),
			Reply: bot.Lines(v.words.Line("people.ask", "who", strong(ours), "name", strong(theirs))).Choose(
				v.words.Choice("people.yes", "introduce.tie", "name", number), v.words.Choice("people.no", "introduce.unknown", "name", number)),
		})
		if err != nil {
			return bot.Answer{}, err
		}
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("people.done", "one", strong(two[0]), "two", strong(two[1])))}, nil
}

// askWhetherTied asks the other side, in its next bundle, whether it knows the group that says so, since only what both say is a
// tie. A group for which nobody has vouched asks nobody: else it could have itself heard of by all.
func (v *Introduce) askWhetherTied(ctx context.Context, m bot.Message, args bot.Args, o bot.Organisation, kind string) error {
	// What they were to be asked in turn is answered by that.
	if err := v.store.EndPrompt(ctx, tiedKey(o.ID, args.Organisation), m.At); err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	ours, err := v.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	if kind == "not" || !ours.Vouched || !o.Joined || !steward(args) {
		return nil
	}
	pairs, err := v.store.Ties(ctx)
	if err != nil {
		return fmt.Errorf("ties: %w", err)
	}
	apart, err := v.apart(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(pairs, [2]bot.OrganisationID{o.ID, ours.ID}) || apart[pairOf(o.ID, ours.ID)] {
		return nil
	}
	s, ok, err := v.contact(ctx, o.ID, m.From.Network)
	if err != nil || !ok {
		return err
	}
	number := "#" + ours.ID.String()
	return v.store.AddPrompt(ctx, bot.Prompt{
		Key: tiedKey(ours.ID, o.ID), To: s, Rank: rankPeople, About: bot.AboutOrganisation(ours.ID),
		Ripe: m.At, Until: m.At.Add(peopleLasts),
		Reply: bot.Lines(v.words.Line("tie.ask", "name", strong(ours))).Choose(
			v.words.Choice("people.yes", "introduce.tie", "name", number), v.words.Choice("people.no", "introduce.unknown", "name", number)),
	})
}

// tiedKey is the key of the question whether asked knows teller too.
func tiedKey(teller, asked bot.OrganisationID) string {
	return fmt.Sprintf("tied/%s/%s", teller, asked)
}
