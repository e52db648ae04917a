package introduce

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
)

// propose stores an introduction that m.From asks for, and asks the other side.
func (v *Introduce) propose(ctx context.Context, m bot.Message, w asking) (bot.Introduction, time.Time, bot.Answer, error) {
	theirs, _, err := v.hearer(ctx, w.theirs.ID, m.From.Network, bot.OnBehalfOf, m.At)
	if err != nil {
		return bot.Introduction{}, m.At, bot.Answer{}, err
	}
	lapses, err := v.lapses(ctx, m.At, w.until)
	if err != nil {
		return bot.Introduction{}, m.At, bot.Answer{}, err
	}
	i := bot.Introduction{
		Parties: [2]bot.Party{
			{Organisation: w.ours.ID, Person: m.From, Assent: bot.Yes},
			{Organisation: w.theirs.ID, Person: theirs, Assent: bot.Asked},
		},
		Origin: bot.FromAsk, About: w.what, Ask: w.ask, Together: w.together, Nameless: w.nameless,
		Reason: v.words.Plain("ask.looking", "asker", w.ours.Name, "what", w.what),
		State:  bot.IntroductionOpen, At: m.At, Lapses: lapses,
	}
	if w.brings != "" {
		i.Reason = v.words.Plain("ask.brings", "reason", i.Reason, "brings", w.brings)
	}
	// Of their own will they ask for whom they did not want to be suggested.
	if err := v.store.Unbar(ctx, w.ours.ID, w.theirs.ID); err != nil {
		return i, m.At, bot.Answer{}, err
	}
	return v.begin(ctx, m, i)
}

// openAfter is when so much time has gone by in which the network is not closed.
func (v *Introduce) openAfter(ctx context.Context, now time.Time, d time.Duration) (time.Time, error) {
	text, err := v.keep.Get(ctx, calendar.KeptClosures)
	if err != nil {
		return now, fmt.Errorf("settings: %w", err)
	}
	closures, err := calendar.ReadClosures(text)
	return calendar.OpenAfter(now.In(v.zone), d, closures), err
}

// lapses is when an introduction is over that is asked for now, for a day or for none: on the evening of that day.
func (v *Introduce) lapses(ctx context.Context, now time.Time, until bot.Date) (time.Time, error) {
	end, err := v.openAfter(ctx, now, lapsesAfter)
	if err != nil || until.IsZero() {
		return end, err
	}
	const evening = 21 * time.Hour
	day := until.Time(v.zone).Add(evening)
	if !day.After(now) { // it is wanted tonight
		day = now.Add(2 * time.Hour)
	}
	if day.Before(end) {
		return day, nil
	}
	return end, nil
}

// begin stores an introduction and asks those of its parties who have not said yes. It also returns when the last of them
// is asked.
func (v *Introduce) begin(ctx context.Context, m bot.Message, i bot.Introduction) (bot.Introduction, time.Time, bot.Answer, error) {
	for side, p := range i.Parties {
		barred, err := v.store.Barred(ctx, p.Organisation)
		if err != nil {
			return i, m.At, bot.Answer{}, err
		}
		// Whoever is blocked must not learn it: all goes on as if they were asked, and said nothing.
		if p.Assent == bot.Asked && slices.Contains(barred, i.Parties[1-side].Organisation) {
			i.Parties[side].Assent, i.Parties[side].Person = bot.No, bot.Speaker{}
		}
	}
	id, fresh, err := v.store.AddIntroduction(ctx, i)
	if err != nil {
		return i, m.At, bot.Answer{}, fmt.Errorf("introduction: %w", err)
	}
	if !fresh {
		return i, m.At, bot.Answer{}, v.words.Trouble("suggest.not")
	}
	i.ID = id
	a := bot.Answer{Later: []bot.Message{bot.Later(lapseDue, id.String(), i.Lapses, id.String())}}
	asked := m.At
	for side, p := range i.Parties {
		if p.Assent == bot.Yes {
			continue
		}
		at, _, err := v.turn(ctx, p.Organisation, i, m.At)
		if err != nil {
			return i, asked, a, err
		}
		if at.After(asked) {
			asked = at
		}
		err = v.store.UpdateOrganisation(ctx, p.Organisation, func(o bot.Organisation) (bot.Organisation, error) {
			return o.Takes(v.date(m.At)), nil
		})
		if err != nil {
			return i, asked, a, err
		}
		if p.Assent != bot.Asked {
			continue
		}
		post, err := v.question(ctx, i, side, p.Person, m.At)
		if err != nil {
			return i, asked, a, err
		}
		post.NotBefore = at
		a.Posts = append(a.Posts, post)
	}
	// With little time left the stand-in is asked half-way.
	wait := min(standInAfter, i.Lapses.Sub(asked)/2)
	at, err := v.openAfter(ctx, asked, wait)
	if err != nil {
		return i, asked, a, err
	}
	a.Later = append(a.Later, bot.Later(standInDue, id.String(), at, id.String()))
	return i, asked, a, nil
}
