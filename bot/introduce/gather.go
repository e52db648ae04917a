package introduce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
)

const (
	// So many have to want it, and more than the second are too many for one room.
	minGather, maxGather = 3, 8
	gatherDue            = "introduce.gather"
	rankGather           = 15
)

// alike finds needs that several organisations have in much the same words. It blocks while it thinks.
func (v *Introduce) alike(ctx context.Context, now time.Time) ([]match.Shared, error) {
	recent, err := v.store.Gathered(ctx, now.Add(-roundAgain))
	if err != nil {
		return nil, err
	}
	var members []match.Member
	err = v.store.AllEntries(ctx, func(o bot.Organisation, entries []bot.Entry) error {
		m := match.Member{ID: int64(o.ID)}
		for _, e := range entries {
			if e.Side == bot.Need {
				m.Needs = append(m.Needs, match.Need{ID: int64(e.ID), Text: e.Text})
			}
		}
		if len(m.Needs) > 0 && mayGather(o, v.date(now), recent) {
			members = append(members, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v.chooser.SharedNeeds(members, minGather), nil
}

// mayGather tells whether an organisation may be asked to meet several others.
func mayGather(o bot.Organisation, today bot.Date, recent []bot.OrganisationID) bool {
	return o.Listed && o.Suggest > 0 && !o.Sensitive && o.HasRoom(today) && !slices.Contains(recent, o.ID)
}

// gather asks those who need the same whether they would like to be brought together: they might share one, hire
// together, or ask together. Nobody learns who else was asked before the room is open.
func (v *Introduce) gather(ctx context.Context, shared match.Shared, now time.Time) (bot.Answer, error) {
	recent, err := v.store.Gathered(ctx, now.Add(-roundAgain))
	if err != nil {
		return bot.Answer{}, err
	}
	apart, err := v.apart(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	g := bot.Gathering{What: shared.Word, At: now}
	if g.Lapses, err = v.openAfter(ctx, now, lapsesAfter); err != nil {
		return bot.Answer{}, err
	}
	needs, names := map[bot.OrganisationID]string{}, map[bot.OrganisationID]string{}
	for _, id := range slices.Sorted(maps.Keys(shared.Needs)) {
		if len(g.Parties) == maxGather {
			break
		}
		r, ok, err := v.standing(ctx, bot.OrganisationID(id), now)
		if err != nil {
			return bot.Answer{}, err
		}
		need := r.text(shared.Needs[id])
		if !ok || r.quiet || need == "" || !mayGather(r.o, v.date(now), recent) {
			continue
		}
		not := slices.ContainsFunc(g.Parties, func(p bot.Party) bool {
			return same(p.Person, r.asked) || apart[pairOf(p.Organisation, r.o.ID)]
		})
		if !not {
			g.Parties = append(g.Parties, bot.Party{Organisation: r.o.ID, Person: r.asked, Assent: bot.Asked})
			needs[r.o.ID], names[r.o.ID] = need, r.o.Name
		}
	}
	if len(g.Parties) < minGather {
		return bot.Answer{}, nil
	}
	if g.ID, err = v.store.AddGathering(ctx, g); err != nil {
		return bot.Answer{}, err
	}
	for _, p := range g.Parties {
		reply := bot.Lines(
			v.words.Line("gather.ask", "name", bot.Strong(names[p.Organisation]), "need", needs[p.Organisation], "n", len(g.Parties)-1),
			v.words.Line("gather.shall", "day", v.onDay(g.Lapses, now)),
		).Choose(v.gatherChoices(g.ID)...)
		err := v.store.AddPrompt(ctx, bot.Prompt{
			Key: gatherKey(g.ID, p.Organisation), To: p.Person, Rank: rankGather, Reply: reply,
			About: bot.AboutOrganisation(p.Organisation), Ripe: now, Until: g.Lapses,
		})
		if err != nil {
			return bot.Answer{}, err
		}
	}
	number := strconv.FormatInt(g.ID, 10)
	return bot.Answer{Later: []bot.Message{bot.Later(gatherDue, number, g.Lapses, number)}}, nil
}

// gatherKey names the prompt in which an organisation is asked to a gathering.
func gatherKey(id int64, org bot.OrganisationID) string { return fmt.Sprintf("gather/%d/%s", id, org) }

// gatherChoices are what may be answered to it.
func (v *Introduce) gatherChoices(id int64) []bot.Choice {
	return []bot.Choice{v.words.Choice("gather.yes", "introduce.together", "n", id), v.words.Choice("gather.no", "introduce.nottogether", "n", id)}
}

// together keeps what one of those who were asked says.
func (v *Introduce) together(said bot.Assent, key string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		id := int64(args.Values["n"].Number)
		for _, s := range args.Standings {
			err := v.store.AnswerGathering(ctx, id, bot.Party{Organisation: s.Organisation, Person: m.From, Assent: said})
			if errors.Is(err, bot.ErrNotFound) {
				continue
			}
			if err != nil {
				return bot.Answer{}, err
			}
			g, err := v.store.Gathering(ctx, id)
			if err != nil {
				return bot.Answer{}, err
			}
			return bot.Answer{Reply: bot.Lines(v.words.Line(key, "day", v.onDay(g.Lapses, m.At)))}, nil
		}
		return bot.Answer{Reply: bot.Lines(v.words.Line("yes.over"))}, nil
	}
}

// gathered opens one room for all who would like it, if they are enough, and tells them otherwise.
func (v *Introduce) gathered(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	id, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("which gathering: %w", err)
	}
	g, err := v.store.Gathering(ctx, id)
	if err != nil {
		return bot.Answer{}, ignoreNotFound(err)
	}
	ended, err := v.store.EndGathering(ctx, id, m.At)
	if err != nil || !ended {
		return bot.Answer{}, err
	}
	apart, err := v.apart(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	willing := map[bot.Network][]bot.Party{}
	yes := 0
	for _, p := range g.Parties {
		if p.Assent != bot.Yes || p.Person.ID == "" {
			continue
		}
		o, err := v.store.Organisation(ctx, p.Organisation)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return bot.Answer{}, fmt.Errorf("organisation: %w", err)
		}
		// Much may have changed in two weeks.
		others := willing[p.Person.Network]
		not := slices.ContainsFunc(others, func(q bot.Party) bool { return apart[pairOf(p.Organisation, q.Organisation)] })
		if err == nil && o.Listed && !not {
			willing[p.Person.Network] = append(others, p)
			yes++
		}
	}
	why := "gather.nothing"
	if yes >= minGather {
		why = "gather.apart"
	}
	a := bot.Answer{}
	for network, parties := range willing {
		if len(parties) < minGather {
			for _, p := range parties {
				a.Posts = append(a.Posts, bot.Post{
					Key: fmt.Sprintf("ungathered/%d/%s", id, p.Organisation), Where: bot.Private(p.Person), Urgency: bot.News, Why: bot.Owed, NotAfter: m.At.Add(2 * 7 * day),
					Reply: bot.Lines(v.words.Line(why, "what", g.What)), About: []string{bot.AboutPerson(p.Person)},
				})
			}
			continue
		}
		post := bot.Post{
			Key:   fmt.Sprintf("gathered/%d/%s", id, network),
			Where: bot.Address{Network: network, Gather: fmt.Sprint("gathering/", id), Title: v.words.Plain("gather.title", "what", g.What)}, Urgency: bot.News, NotAfter: m.At.Add(newsLasts),
		}
		var list []bot.Line
		for _, p := range parties {
			o, err := v.store.Organisation(ctx, p.Organisation)
			if err != nil {
				return bot.Answer{}, fmt.Errorf("organisation: %w", err)
			}
			list = append(list, v.words.Line("gather.one", "person", person(p.Person), "name", strong(o)))
			post.Where.People = append(post.Where.People, p.Person.ID)
			post.About = append(post.About, bot.AboutPerson(p.Person), bot.AboutOrganisation(o.ID))
		}
		post.Reply = append(bot.Lines(v.words.Line("gather.room", "what", g.What)).With(list), bot.Lines(v.words.Line("gather.step"))...)
		a.Posts = append(a.Posts, post)
	}
	slices.SortFunc(a.Posts, func(x, y bot.Post) int { return cmp.Compare(x.Key, y.Key) })
	return a, nil
}

// apart are the pairs that are not to meet: one does not want it, or one person speaks for both.
func (v *Introduce) apart(ctx context.Context) (map[[2]bot.OrganisationID]bool, error) {
	apart := map[[2]bot.OrganisationID]bool{}
	for _, read := range []func(context.Context) ([][2]bot.OrganisationID, error){v.store.AllBarred, v.store.SharedContacts} {
		list, err := read(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			apart[pairOf(p[0], p[1])] = true
		}
	}
	return apart, nil
}

func pairOf(a, b bot.OrganisationID) [2]bot.OrganisationID {
	return [2]bot.OrganisationID{min(a, b), max(a, b)}
}
