package introduce

import (
	"context"
	"fmt"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// suggest proposes two organisations to each other, saying who suggests it.
func (v *Introduce) suggest(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	what := clean.OneLine(args.Text("what"))
	var two [2]bot.Organisation
	for n, slot := range []string{"one", "two"} {
		o, reply, err := v.named(ctx, args.Text(slot), func(id string) string {
			said := map[string]string{"one": args.Text("one"), "two": args.Text("two")}
			said[slot] = id
			return v.words.Say("introduce.suggest", "one", said["one"], "two", said["two"], "what", what)
		})
		if err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
		two[n] = o
	}
	if two[0].ID == two[1].ID {
		return bot.Answer{}, v.words.Trouble("suggest.same")
	}
	for n, o := range two {
		if o.ID == args.Organisation { // that is an ask
			args.Values = map[string]bot.Value{"name": {Text: "#" + two[1-n].ID.String()}, "what": {Text: what}}
			return v.ask(ctx, m, args)
		}
	}
	ours, err := v.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	rest, said, day := v.words.CutDay(what, v.date(m.At))
	if !day.IsZero() {
		what = rest + " " + said
	}
	lapses, err := v.lapses(ctx, m.At, day)
	if err != nil {
		return bot.Answer{}, err
	}
	i := bot.Introduction{
		Origin: bot.FromSuggestion, About: what, Reason: v.words.Plain("suggest.reason", "what", what),
		Suggester: v.words.Plain("suggest.by", "person", m.From.Name, "organisation", ours.Name), Suggested: m.From,
		State: bot.IntroductionOpen, At: m.At, Lapses: lapses,
	}
	for side, o := range two {
		i.Parties[side] = bot.Party{Organisation: o.ID, Assent: bot.Asked}
		why, err := v.refuse(ctx, m, asking{ours: two[1-side], theirs: o, until: day, suggested: true})
		if err != nil {
			return bot.Answer{}, err
		}
		if !o.Joined {
			return bot.Answer{Reply: bot.Lines(v.words.Line("ask.unclaimed", "name", strong(o)))}, nil
		}
		if why != nil || o.Sensitive && !ours.Vouched {
			// Why is between the two, and so is which of them it is.
			return bot.Answer{}, v.words.Trouble("suggest.not")
		}
		s, ok, err := v.hearer(ctx, o.ID, m.From.Network, bot.Unprompted, m.At)
		if err != nil {
			return bot.Answer{}, err
		}
		if !ok || o.Suggest == 0 { // it wants no suggestions, from whomever they come
			return bot.Answer{}, v.words.Trouble("suggest.not")
		}
		i.Parties[side].Person = s
	}
	open, err := v.store.IntroductionsSince(ctx, m.At.Add(-lapsesAfter))
	if err != nil {
		return bot.Answer{}, fmt.Errorf("introductions: %w", err)
	}
	n := 0
	for _, o := range open {
		if o.State == bot.IntroductionOpen && same(o.Suggested, m.From) {
			n++
		}
	}
	if n >= maxOpen {
		return bot.Answer{Reply: bot.Lines(v.words.Line("suggest.many", "n", n))}, nil
	}
	_, _, a, err := v.begin(ctx, m, i)
	if err != nil {
		return bot.Answer{}, err
	}
	a.Reply = bot.Lines(v.words.Line("suggest.done", "one", strong(two[0]), "two", strong(two[1]), "suggester", i.Suggester))
	return a, nil
}
