package question

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// thank records help, whether or not it was found here, tells those who gave it, and asks both whether others may hear. The
// giver reads the same whether or not it is passed on.
func (q *Question) thank(ctx context.Context, m bot.Message, ask bot.Ask, who string, a *bot.Answer) error {
	found, err := q.store.OrganisationsNamed(ctx, who)
	if err != nil {
		return fmt.Errorf("organisations called so: %w", err)
	}
	found = slices.DeleteFunc(found, func(o bot.Organisation) bool { return o.ID == ask.Organisation })
	if len(found) != 1 || ask.Organisation == 0 {
		a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.whom", "name", who))...)
		return nil
	}
	ours, err := q.store.Organisation(ctx, ask.Organisation)
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	theirs := found[0]
	passed, err := q.passedOn(ctx, ours.ID, theirs.ID, m.At)
	if err != nil {
		return err
	}
	id, err := q.store.AddThanks(ctx, bot.Thanks{Giver: ours.ID, Helper: theirs.ID, What: ask.Text, At: m.At})
	if err != nil {
		return err
	}
	contacts, err := q.store.Contacts(ctx, theirs.ID)
	if err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	if len(contacts) == 0 {
		a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.nobody", "name", bot.Strong(theirs.Name)))...)
		return nil
	}
	choices := []bot.Choice{q.words.Choice("sorted.tell", "question.tell", "n", id), q.words.Choice("sorted.keep", "question.keep")}
	a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.thanked", "name", bot.Strong(theirs.Name)))...).Choose(choices...)
	if !passed {
		return nil
	}
	to, key := contacts[0].Speaker, fmt.Sprint("thanks/", id)
	reply := bot.Lines(q.words.Line("sorted.thanks", "name", bot.Strong(ours.Name), "what", ask.Text), q.words.Line("sorted.may"))
	const answerable = 28
	until := m.At.AddDate(0, 0, answerable)
	met, err := q.introduced(ctx, ours.ID, theirs.ID, m.At)
	if err != nil {
		return err
	}
	if !met {
		choices = slices.Clone(choices)
		for i := range choices { // there may be more of one kind in a bundle
			choices[i].Label = q.words.Plain("sorted.bundled", "label", choices[i].Label, "name", ours.Name)
		}
		return q.store.AddPrompt(ctx, bot.Prompt{Key: key, To: to, Rank: rankThanks, Reply: reply.Choose(choices...), About: bot.AboutOrganisation(ours.ID), Ripe: m.At, Until: until})
	}
	a.Posts = append(a.Posts, bot.Post{
		Key: key, Where: bot.Private(to), Urgency: bot.News, Why: bot.Unprompted, Open: until, Reply: reply.Choose(choices...),
		About: []string{bot.AboutPerson(to), bot.AboutOrganisation(ours.ID), bot.AboutOrganisation(theirs.ID)},
	})
	return nil
}

// passedOn tells whether thanks reach who helped: not past a block, and not again so soon.
func (q *Question) passedOn(ctx context.Context, giver, helper bot.OrganisationID, now time.Time) (bool, error) {
	barred, err := q.store.Barred(ctx, helper)
	if err != nil || slices.Contains(barred, giver) {
		return false, err
	}
	lately, err := q.store.Thanked(ctx, giver, helper, now.Add(-sameThanks))
	return !lately, err
}

// introduced tells whether two were introduced within a year, so that thanks are no surprise.
func (q *Question) introduced(ctx context.Context, one, other bot.OrganisationID, now time.Time) (bool, error) {
	all, err := q.store.Introductions(ctx, one, now.AddDate(-1, 0, 0))
	if err != nil {
		return false, fmt.Errorf("introductions: %w", err)
	}
	return slices.ContainsFunc(all, func(i bot.Introduction) bool {
		return !i.Made.IsZero() && i.Party(other) >= 0
	}), nil
}

// tell lets others hear of help that was given, once both sides let them.
func (q *Question) tell(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	for _, s := range args.Standings {
		err := q.store.AllowThanks(ctx, int64(args.Values["n"].Number), s.Organisation, m.At)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		return bot.Answer{Reply: bot.Lines(q.words.Line("tell.done"))}, err
	}
	return bot.Answer{Reply: bot.Lines(q.words.Line("keep.done"))}, nil
}

func (q *Question) keepQuiet(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(q.words.Line("keep.done"))}, nil
}
