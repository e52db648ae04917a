package question

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ginnel/bot"
	"ginnel/bot/match"
)

func (q *Question) watchNot(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(q.words.Line("watchnot.done"))}, nil
}

// offersChanged tells those who watch for something that it is there now. The text names the organisation
// that offers something new, or is empty when there are many.
func (q *Question) offersChanged(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	watches, err := q.store.Watches(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("watches: %w", err)
	}
	var posts []bot.Post
	for _, a := range watches {
		found, err := q.Find(ctx, a.Text, m.At, mostAnswers, a.Organisation)
		if err != nil {
			return bot.Answer{}, err
		}
		found.Groups = slices.DeleteFunc(found.Groups, func(g Group) bool {
			return g.Match.Field != match.InOffer || m.Text != "" && g.Organisation.ID.String() != m.Text
		})
		if len(found.Groups) == 0 {
			continue
		}
		key := "watch/" + a.ID.String()
		for _, g := range found.Groups {
			key += "/" + g.Organisation.ID.String()
		}
		chosen, err := q.store.Manners(ctx, a.Asker)
		if err != nil {
			return bot.Answer{}, err
		}
		why := bot.OnBehalfOf
		if chosen.Stopped.Before(a.At) { // it was asked since
			why = bot.Owed
		}
		posts = append(posts, bot.Post{
			Key: key, Why: why, Where: bot.Private(a.Asker), Draw: NewsDrawer, Subject: newsOf(watched, a.ID.String(), found.Groups, ""),
			About: []string{bot.AboutAsk(a.ID), bot.AboutPerson(a.Asker)}, Urgency: bot.News, Open: m.At.AddDate(0, 0, 14),
		})
		err = q.store.UpdateAsk(ctx, a.ID, func(a bot.Ask) (bot.Ask, error) {
			a.Found += len(found.Groups)
			return a, nil
		})
		if err != nil {
			return bot.Answer{}, err
		}
	}
	return bot.Answer{Posts: posts}, nil
}

// needAdded looks for a match for a new need, and watches for one when there is none.
func (q *Question) needAdded(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	number, what, _ := strings.Cut(m.Text, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("a need of which organisation: %w", err)
	}
	args.Organisation = bot.OrganisationID(id)
	bare, _, _ := q.words.CutDay(what, args.Today)
	found, err := q.Find(ctx, what, m.At, mostAnswers, args.Organisation)
	if err != nil {
		return bot.Answer{}, err
	}
	p := bot.Post{Key: string(m.ID), Where: m.Where, To: m.On, For: m.From.ID, Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutOrganisation(args.Organisation), bot.AboutPerson(m.From)}}
	if len(found.Groups) > 0 {
		if err := q.showing(ctx, found.Groups, m.At); err != nil {
			return bot.Answer{}, err
		}
		p.Draw, p.Subject = NewsDrawer, newsOf(needed, number, found.Groups, what)
		return bot.Answer{Posts: []bot.Post{p}}, nil
	}
	_, later, err := q.keep(ctx, m, args, found, false)
	if err != nil {
		return bot.Answer{}, err
	}
	p.Reply = bot.Lines(q.words.Line("ask.waiting", "what", bare))
	return bot.Answer{Posts: []bot.Post{p}, Later: later}, nil
}
