package introduce

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// refuse says why an introduction cannot be asked for, nil when it can.
func (v *Introduce) refuse(ctx context.Context, m bot.Message, w asking) (bot.Line, error) {
	name := strong(w.theirs)
	switch {
	case w.theirs.ID == w.ours.ID:
		return v.words.Line("ask.ourselves"), nil
	case !w.theirs.Joined && w.theirs.Web != "" && !w.theirs.Sensitive:
		return v.words.Line("ask.web", "name", name, "web", bot.Span{Text: w.theirs.Web, Link: w.theirs.Web}), nil
	case !w.theirs.Joined:
		return v.words.Line("ask.unclaimed", "name", name), nil
	case w.theirs.Sensitive && !w.ours.Vouched:
		return v.words.Line("ask.sensitive", "name", name), nil
	}
	ours, err := v.store.Introductions(ctx, w.ours.ID, m.At.Add(-365*day))
	if err != nil {
		return nil, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range ours {
		side := i.Party(w.ours.ID)
		if i.Parties[1-side].Organisation != w.theirs.ID {
			continue
		}
		switch {
		case i.State == bot.IntroductionMade:
			return v.words.Line("ask.made", "name", name, "day", v.onDay(i.Made, m.At)), nil
		case i.State == bot.IntroductionOpen && i.Parties[side].Assent == bot.Yes && !w.suggested:
			return v.words.Line("ask.open", "name", name), nil
		case i.State == bot.IntroductionOver && i.Parties[side].Assent == bot.Yes && m.At.Before(i.At.Add(askAgain)):
			return v.words.Line("ask.again", "name", name, "day", v.onDay(i.At.Add(askAgain), m.At)), nil
		}
	}
	if n := openOf(ours, w.ours.ID, w.together); n >= maxOpen && !w.suggested {
		return v.words.Line("ask.many", "n", n), nil
	}
	if n, err := v.askedBy(ctx, m); err != nil || n >= maxOfPerson && !w.suggested {
		return v.words.Line("ask.many", "n", n), err
	}
	contacts, err := v.store.Contacts(ctx, w.theirs.ID)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	own, err := v.store.Contacts(ctx, w.ours.ID)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	both := func(c bot.Contact) bool {
		return slices.ContainsFunc(own, func(o bot.Contact) bool { return same(o.Speaker, c.Speaker) })
	}
	switch {
	case slices.ContainsFunc(contacts, both):
		return v.words.Line("ask.shared", "name", name), nil
	case len(contacts) == 0:
		return v.words.Line("ask.unclaimed", "name", name), nil
	case !w.theirs.HasRoom(v.date(m.At)):
		return v.words.Line("ask.full", "name", name), nil
	case bot.IsSoon(w.until, v.date(m.At)) && !w.theirs.Tonight:
		return v.words.Line("ask.soon", "name", name), nil
	}
	to, ok, err := v.hearer(ctx, w.theirs.ID, m.From.Network, bot.OnBehalfOf, m.At)
	if err != nil {
		return nil, err
	}
	if !ok { // all who could be asked want to hear nothing
		return v.words.Line("ask.full", "name", name), nil
	}
	if !w.suggested && w.ours.Reach == "" && to.Network != m.From.Network {
		return v.words.Line("ask.reach", "name", name), nil
	}
	wanted := bot.Introduction{Origin: bot.FromAsk, Parties: [2]bot.Party{{Organisation: w.ours.ID, Person: m.From}, {Organisation: w.theirs.ID}}}
	if w.suggested {
		wanted.Origin, wanted.Suggested = bot.FromSuggestion, m.From
	}
	at, waits, err := v.turn(ctx, w.theirs.ID, wanted, m.At)
	if err != nil {
		return nil, err
	}
	if waits > 0 {
		return v.words.Line("ask.waits", "name", name), nil
	}
	if kept, err := v.keptForKnown(ctx, w.theirs, wanted, m.At); err != nil || kept {
		return v.words.Line("ask.kept", "name", name), err
	}
	lapses, err := v.lapses(ctx, m.At, w.until)
	if err != nil {
		return nil, err
	}
	if !at.Before(lapses) {
		return v.words.Line("ask.crowded", "name", name, "day", v.onDay(at, m.At)), nil
	}
	return nil, nil
}

// askedBy counts the open introductions that a person asked for, for whichever group.
func (v *Introduce) askedBy(ctx context.Context, m bot.Message) (n int, err error) {
	all, err := v.store.IntroductionsSince(ctx, m.At)
	if err != nil {
		return 0, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range all {
		if i.State == bot.IntroductionOpen && i.Origin == bot.FromAsk && same(i.Parties[0].Person, m.From) {
			n++
		}
	}
	return n, nil
}

// keptForKnown tells whether the asks that a group takes in a month are kept for those somebody vouched for: of a number that it
// set itself, newcomers have half at most.
func (v *Introduce) keptForKnown(ctx context.Context, theirs bot.Organisation, wanted bot.Introduction, now time.Time) (bool, error) {
	if theirs.AsksMonth == 0 {
		return false, nil
	}
	if p, err := v.place(ctx, wanted); err != nil || p.known {
		return false, err
	}
	today := v.date(now)
	since := bot.Date{Year: today.Year, Month: today.Month, Day: 1}.Time(v.zone)
	all, err := v.store.Introductions(ctx, theirs.ID, since)
	if err != nil {
		return false, fmt.Errorf("introductions: %w", err)
	}
	n := 0
	for _, i := range all {
		if i.Origin == bot.FromRound || i.Origin == bot.FromAsk && i.Party(theirs.ID) == 0 || i.At.Before(since) {
			continue
		}
		p, err := v.place(ctx, i)
		if err != nil {
			return false, err
		}
		if !p.known {
			n++
		}
	}
	return n >= theirs.AsksMonth/2, nil
}
