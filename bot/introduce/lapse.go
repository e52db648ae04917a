package introduce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// lapse ends an introduction whose time is over. Whoever said yes hears that nothing came of it, in the same
// words whatever the other side said or did not say.
func (v *Introduce) lapse(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	i, err := v.of(ctx, m)
	if err != nil {
		return bot.Answer{}, ignoreNotFound(err)
	}
	// The network may have been closed meanwhile, which nobody knew when this time was set.
	_, _, day := v.words.CutDay(i.About, v.date(i.At))
	end, err := v.lapses(ctx, i.At, day)
	if err != nil {
		return bot.Answer{}, err
	}
	if i.State == bot.IntroductionOpen && end.After(m.At) && end.After(i.Lapses) {
		err := v.store.UpdateIntroduction(ctx, i.ID, func(i bot.Introduction) (bot.Introduction, error) {
			i.Lapses = end
			return i, nil
		})
		return bot.Answer{Later: []bot.Message{bot.Later(lapseDue, i.ID.String()+"/"+v.date(end).ISO(), end, i.ID.String())}}, err
	}
	err = v.store.UpdateIntroduction(ctx, i.ID, func(now bot.Introduction) (bot.Introduction, error) { return Apply(now, 0, Lapse, m.At) })
	if errors.Is(err, errOver) {
		return bot.Answer{}, nil
	}
	if err != nil {
		return bot.Answer{}, err
	}
	if err := v.silence(ctx, i, m.At); err != nil {
		return bot.Answer{}, err
	}
	if i.Together != "" {
		return v.lapseTogether(ctx, i, m.At)
	}
	a := bot.Answer{}
	for side, p := range i.Parties {
		if p.Assent != bot.Yes || p.Person.ID == "" {
			continue
		}
		theirs, err := v.store.Organisation(ctx, i.Parties[1-side].Organisation)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("organisation: %w", err)
		}
		line := v.words.Line("lapse.nobody", "name", bot.Strong(v.called(i, side, theirs)), "what", i.About)
		a.Posts = append(a.Posts, v.nothing(i, fmt.Sprintf("lapsed/%s/%d", i.ID, side), p, line, m.At))
	}
	return a, nil
}

func (v *Introduce) nothing(i bot.Introduction, key string, p bot.Party, line bot.Line, now time.Time) bot.Post {
	reply := bot.Lines(line)
	if i.Ask != 0 {
		reply = reply.Choose(v.words.Choice("lapse.again", "question.more", "what", i.About))
	}
	return bot.Post{
		Key: key, Where: bot.Private(p.Person), Reply: reply, Urgency: bot.News, Why: bot.Owed, NotAfter: now.Add(2 * 7 * day),
		About: []string{bot.AboutOrganisation(p.Organisation), bot.AboutPerson(p.Person)},
	}
}

// lapseTogether tells it once of all who were asked at the same time.
func (v *Introduce) lapseTogether(ctx context.Context, i bot.Introduction, now time.Time) (bot.Answer, error) {
	all, err := v.store.IntroductionsTogether(ctx, i.Together)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("introductions: %w", err)
	}
	var names []bot.Line
	for _, o := range all {
		if o.State != bot.IntroductionOver {
			return bot.Answer{}, nil // another is still open, or was made
		}
		theirs, err := v.store.Organisation(ctx, o.Parties[1].Organisation)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("organisation: %w", err)
		}
		names = append(names, bot.Line{strong(theirs)})
	}
	p := i.Parties[0]
	if p.Assent != bot.Yes || p.Person.ID == "" {
		return bot.Answer{}, nil
	}
	line := v.words.Line("lapse.several", "names", v.list(names), "what", i.About)
	return bot.Answer{Posts: []bot.Post{v.nothing(i, "lapsed/"+i.ID.String(), p, line, now)}}, nil
}

// standIn asks another contact of each side that has not answered.
func (v *Introduce) standIn(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	i, err := v.of(ctx, m)
	if err != nil {
		return bot.Answer{}, ignoreNotFound(err)
	}
	a := bot.Answer{}
	if i.State != bot.IntroductionOpen {
		return a, nil
	}
	open, err := v.openAfter(ctx, m.At, 0)
	if err != nil {
		return a, err
	}
	if open.After(m.At) { // the network is closed just now
		a.Later = append(a.Later, bot.Later(standInDue, i.ID.String()+"/"+v.date(open).ISO(), open, i.ID.String()))
		return a, nil
	}
	for side, p := range i.Parties {
		// Nobody else is asked once the asker wants it no more.
		if p.Assent != bot.Asked || i.Origin == bot.FromAsk && i.Parties[1-side].Assent == bot.No {
			continue
		}
		if o, err := v.store.Organisation(ctx, p.Organisation); err != nil || !o.HasRoom(v.date(m.At)) {
			if err != nil {
				return a, fmt.Errorf("organisation: %w", err)
			}
			continue
		}
		s, ok, err := v.hearer(ctx, p.Organisation, p.Person.Network, occasion(i), m.At, p.Person)
		if err != nil {
			return a, err
		}
		if !ok {
			continue
		}
		post, err := v.question(ctx, i, side, s, m.At)
		if err != nil {
			return a, err
		}
		post.Key += "/standin"
		if p.Person.Name != "" {
			post.Reply = append(bot.Lines(v.words.Line("standin.first", "person", p.Person.Name)), post.Reply...)
		}
		a.Posts = append(a.Posts, post)
	}
	return a, nil
}
