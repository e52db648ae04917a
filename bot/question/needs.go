package question

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
)

// whoNeeds lists the groups that said in the register that they need something.
func (q *Question) whoNeeds(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	except, err := q.except(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	found, err := q.FindNeeds(ctx, q.what(args), m.At, moreAnswers, except...)
	if err != nil {
		return bot.Answer{}, err
	}
	var choices []bot.Choice
	what, place := found.Request.What, q.around(found)
	if len(found.Groups) == 0 {
		reply := bot.Lines(q.words.Line("needs.nobody", "what", what, "place", place))
		if args.Organisation != 0 && q.words.Has("register.need") {
			reply = reply.Choose(q.words.Choice("needs.ours", "register.need", "what", what))
		}
		return bot.Answer{Reply: reply}, nil
	}
	var list []bot.Line
	for _, g := range found.Groups {
		list = append(list, q.words.Line("needs.line", "name", bot.Strong(g.Organisation.Name), "what", g.Offer.Text,
			"place", q.tail("near.at", "place", g.Organisation.Whereabouts()), "age", q.words.Age(g.Offer.Confirmed, m.At.In(q.zone))))
		if args.Organisation != 0 && g.Organisation.Joined && q.words.Has("introduce.ask") {
			choices = append(choices, bot.Choice{
				Stays: true, Label: q.words.Plain("needs.meet", "name", g.Organisation.Name),
				Say: q.words.Say("introduce.ask", "name", "#"+g.Organisation.ID.String(), "what", q.words.Plain("needs.both", "what", g.Offer.Text)),
			})
		}
	}
	reply := bot.Lines(q.words.Line("needs.found", "n", len(list), "what", what, "place", place)).With(list)
	return bot.Answer{Reply: reply.Choose(choices...)}, nil
}

// FindNeeds is Find among what organisations need. The entry of each Group is the need.
func (f *Finder) FindNeeds(ctx context.Context, text string, now time.Time, limit int, except ...bot.OrganisationID) (Found, error) {
	seq, err := f.Follow(ctx, now)
	if err != nil {
		return Found{}, err
	}
	needs := f.needs.Load()
	found := Found{Request: needs.ParseRequest(text), Seen: seq, Now: now}
	if found.Request.What == "" {
		return found, nil
	}
	ids := make([]int64, len(except))
	for i, id := range except {
		ids[i] = int64(id)
	}
	for _, r := range needs.Rank(found.Request, limit, now, ids...).Matches {
		if r.Field != match.InOffer {
			continue
		}
		o, err := f.store.Organisation(ctx, bot.OrganisationID(r.ID))
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return Found{}, fmt.Errorf("organisation: %w", err)
		}
		entries, err := f.store.Entries(ctx, o.ID)
		if err != nil {
			return Found{}, fmt.Errorf("entries: %w", err)
		}
		i := slices.IndexFunc(entries, func(e bot.Entry) bool { return int64(e.ID) == r.Offer })
		// Whose place is private is in no list of a place.
		if i < 0 || !o.Listed || o.Sensitive && found.Request.Place != "" {
			continue
		}
		found.Groups = append(found.Groups, Group{Organisation: o, Offer: entries[i], Match: r})
	}
	return found, nil
}
