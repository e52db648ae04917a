package nudge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Asked at these ages, an entry is taken off the list at the last: never without a word, never at once.
var reminderAges = []time.Duration{83 * day, 97 * day, 120 * day, 210 * day, 300 * day}

const (
	unlistedAfter = 365 * day
	// How many entries one prompt asks about.
	maxDoubtful = 3
)

// reminders is how many of the ages of reminders an entry of that age has reached.
func reminders(age time.Duration) int {
	n := 0
	for n < len(reminderAges) && age >= reminderAges[n] {
		n++
	}
	return n
}

// doubtful are the entries of which to ask whether they are still true, the oldest first and a few at a time, and those that
// were confirmed too long ago to stand.
func doubtful(entries []bot.Entry, now time.Time) (asked, gone []bot.Entry) {
	entries = slices.SortedStableFunc(slices.Values(entries), func(a, b bot.Entry) int { return a.Confirmed.Compare(b.Confirmed) })
	for _, e := range entries {
		switch age := now.Sub(e.Confirmed); {
		case age >= unlistedAfter:
			gone = append(gone, e)
		case reminders(age) > 0 && len(asked) < maxDoubtful:
			asked = append(asked, e)
		}
	}
	return asked, gone
}

// stillTrue asks whether what an organisation offers and needs is still true.
func (v *Nudge) stillTrue(ctx context.Context, id bot.OrganisationID, now time.Time) error {
	o, err := v.store.Organisation(ctx, id)
	if err != nil || !o.Listed {
		return ignoreNotFound(err)
	}
	entries, err := v.store.Entries(ctx, id)
	if err != nil {
		return err
	}
	s, ok, err := v.first(ctx, o.ID)
	if err != nil || !ok {
		return err
	}
	// Whoever wants to be asked nothing is not asked, and so loses nothing.
	manners, err := v.store.Manners(ctx, s)
	if err != nil || !manners.Nudges {
		return err
	}
	asked, gone := doubtful(entries, now)
	for _, e := range gone {
		if err := v.store.RemoveEntry(ctx, o.ID, e.ID, now); err != nil {
			return err
		}
	}
	if len(asked) == 0 {
		return nil
	}
	oldest := asked[0]
	p := bot.Prompt{
		Key: fmt.Sprintf("true/%s/%d/%d", oldest.ID, oldest.Confirmed.UnixMilli(), reminders(now.Sub(oldest.Confirmed))),
		To:  s, Rank: rankTrue, About: bot.AboutOrganisation(o.ID), Ripe: now, Until: now.Add(6 * day),
	}
	lines := []bot.Line{v.words.Line("true.first", "name", bot.Strong(o.Name), "n", len(asked))}
	if reminders(now.Sub(oldest.Confirmed)) == len(reminderAges) {
		lines = append(lines, v.words.Line("true.last"))
	}
	var list []bot.Line
	var choices []bot.Choice
	for _, e := range asked {
		const longest = 80
		what := clean.Shorten(e.Text, longest)
		list = append(list, v.words.Line("true."+string(e.Side), "what", what, "age", v.words.Age(e.Confirmed, now.In(v.zone))))
		choices = append(choices,
			v.forOne(o, v.words.Choice("true.yes", "register.true", "what", e.Text), what),
			v.forOne(o, v.words.Choice("true.gone", "register.gone", "what", e.Text), what))
	}
	p.Reply = bot.Lines(lines...).With(list).Choose(choices...)
	return v.store.AddPrompt(ctx, p)
}

// forOne makes a choice speak of what, and for one organisation.
func (v *Nudge) forOne(o bot.Organisation, c bot.Choice, what string) bot.Choice {
	c.Label += ": " + what
	c.Say = v.words.Say("talk.for", "name", o.Name, "rest", c.Say)
	return c
}

func ignoreNotFound(err error) error {
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	return err
}
