package question

import (
	"context"
	"errors"
	"fmt"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/match"
)

const (
	nearAtOnce = 8
	nearKm     = 16 // ten miles
)

// near lists the groups at a place, a few at a time. With “what” it looks for such groups there, and keeps nothing of it.
func (q *Question) near(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	place := clean.OneLine(args.Text("place"))
	if what := args.Text("what"); what != "" {
		args.Taken = true
		args.Values = map[string]bot.Value{"what": {Text: q.what(args)}}
		return q.ask(ctx, m, args)
	}
	if _, err := q.Follow(ctx, m.At); err != nil {
		return bot.Answer{}, err
	}
	except, err := q.except(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	switch anywhere := q.words.Plain("near.anywhere"); place {
	case anywhere:
		place = ""
	case "":
		if place, err = q.ourPlace(ctx, args); err != nil {
			return bot.Answer{}, err
		}
	}
	ids := make([]int64, len(except))
	for i, id := range except {
		ids[i] = int64(id)
	}
	found, known := q.index.Load().Near(place, nearKm, ids...)
	if !known {
		return bot.Answer{}, q.words.Trouble("near.unknown", "place", place)
	}
	from := min(max(args.Values["n"].Number, 0), len(found))
	shown := found[from:min(from+nearAtOnce, len(found))]
	list, err := q.nearLines(ctx, shown)
	if err != nil {
		return bot.Answer{}, err
	}
	reply := q.nearFirst(place, from, len(found)).With(list)
	if from == 0 && place != "" {
		private, err := q.privateIn(ctx, place)
		if err != nil {
			return bot.Answer{}, err
		}
		reply = append(reply, private...)
	}
	if place == "" && from == 0 {
		reply = append(reply, bot.Lines(q.words.Line("near.where"))...)
	}
	if left := len(found) - from - len(shown); left > 0 {
		reply = append(reply, bot.Lines(q.words.Line("near.left", "n", left))...)
		if place == "" {
			place = q.words.Plain("near.anywhere")
		}
		reply = reply.Choose(q.words.Choice("ask.more", "question.near", "place", place, "n", from+len(shown)))
	}
	return bot.Answer{Reply: reply}, nil
}

// what is what is asked for, and where when a place was named.
func (q *Question) what(args bot.Args) string {
	what, place := args.Text("what"), clean.OneLine(args.Text("place"))
	if place == "" {
		return what
	}
	return q.words.Plain("near.what", "what", what, "place", place)
}

// tail is the sentence key with value, or nothing when value is empty.
func (q *Question) tail(key, slot, value string) bot.Line {
	if value == "" {
		return nil
	}
	return q.words.Line(key, slot, value)
}

// ourPlace is where the group is for which somebody asks. Where a refuge is nobody is told by what is near it.
func (q *Question) ourPlace(ctx context.Context, args bot.Args) (string, error) {
	for _, s := range args.Standings {
		if args.Organisation != 0 && args.Organisation != s.Organisation {
			continue
		}
		o, err := q.store.Organisation(ctx, s.Organisation)
		if err != nil {
			return "", fmt.Errorf("organisation: %w", err)
		}
		if !o.Sensitive && o.Postcode != "" {
			return o.Postcode.Outcode(), nil
		}
	}
	return "", nil
}

// nearFirst says how many groups there are.
func (q *Question) nearFirst(place string, from, n int) bot.Reply {
	switch {
	case n == 0 && place == "":
		return bot.Lines(q.words.Line("near.empty"))
	case n == 0:
		return bot.Lines(q.words.Line("near.nobody", "place", place))
	case from > 0 && from >= n:
		return bot.Lines(q.words.Line("near.nomore"))
	case from > 0:
		return bot.Lines(q.words.Line("near.next"))
	case place == "":
		return bot.Lines(q.words.Line("near.all", "n", n))
	}
	return bot.Lines(q.words.Line("near.first", "n", n, "place", place))
}

// privateIn says how many groups of the county of a place keep theirs to themselves.
func (q *Question) privateIn(ctx context.Context, place string) (bot.Reply, error) {
	code, ok := language.ReadPostcode(place)
	if !ok {
		return nil, nil
	}
	count, err := q.store.PrivatePlaces(ctx)
	if err != nil || count[code.Area()] == 0 {
		return nil, err
	}
	return bot.Lines(q.words.Line("near.private", "n", count[code.Area()], "area", code.Area())), nil
}

func (q *Question) nearLines(ctx context.Context, shown []match.Nearby) (list []bot.Line, err error) {
	const longest = 90
	for _, n := range shown {
		o, err := q.store.Organisation(ctx, bot.OrganisationID(n.ID))
		if errors.Is(err, bot.ErrNotFound) || err == nil && !o.Listed {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		miles := bot.Line(nil)
		if d := int(n.Km/kmPerMile + 0.5); n.Km >= 0 && d > 0 {
			miles = q.words.Line("near.far", "far", q.words.Line("ask.miles", "n", d))
		}
		unclaimed := bot.Line(nil)
		if !o.Joined {
			unclaimed = q.words.Line("near.unclaimed")
		}
		list = append(list, q.words.Line("near.line", "name", bot.Strong(o.Name), "place", q.tail("near.at", "place", o.Whereabouts()), "far", miles,
			"about", q.tail("near.about", "about", clean.Shorten(o.About, longest)), "unclaimed", unclaimed))
	}
	return list, nil
}
