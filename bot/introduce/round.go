package introduce

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
)

const (
	// Two that were proposed to each other are not again within this time.
	roundAgain = 26 * 7 * day
	// One is unfinished for so long after it was made: the two should have met first.
	settles = 14 * day
	// There is no round before so many that are vouched for offer or need something.
	enoughMembers = 12
	// Proposals of the round come first in a bundle, and what did not come about last.
	rankProposal = 10
	rankNobody   = 60
)

// Chooser chooses a round among members; see match.Index.Round.
type Chooser interface {
	// SharedNeeds finds what at least least of members need; see match.Index.SharedNeeds.
	SharedNeeds(members []match.Member, least int) []match.Shared
	Round(ctx context.Context, members []match.Member, barred func(a, b int64) bool, seed uint64, now time.Time) (match.Chosen, error)
}

// Planned is a pair of a round with its reason in words.
type Planned struct {
	Parties [2]bot.Organisation
	About   string
	Reason  string
}

// Plan is what a round would be.
type Plan struct {
	Seed    uint64
	Members int
	Enough  bool // there are enough members for a round
	Pairs   []Planned
	Left    []PlannedLeft
	missed  map[bot.OrganisationID]int
	got     map[bot.OrganisationID]int
	told    map[bot.OrganisationID]bool // who offers or needs something, and so waits for somebody
}

// PlannedLeft is an organisation that gets nobody, and why.
type PlannedLeft struct {
	Organisation bot.Organisation
	Why          string
}

// Seed is the seed of the round of a week.
func Seed(week string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(week)) // never fails
	return h.Sum64()
}

// ready is what a round must know of an organisation.
type ready struct {
	o       bot.Organisation
	entries []bot.Entry
	got     int
	last    time.Time // of the last suggestion
	busy    bool      // an introduction is unfinished
	asked   bot.Speaker
}

// Plan chooses the round at now, without proposing it. It blocks while it thinks: seconds for thousands of members.
func (v *Introduce) Plan(ctx context.Context, now time.Time, seed uint64) (Plan, error) {
	plan := Plan{Seed: seed, missed: map[bot.OrganisationID]int{}, got: map[bot.OrganisationID]int{}, told: map[bot.OrganisationID]bool{}}
	all, pairs, err := v.readiness(ctx, now)
	if err != nil {
		return plan, err
	}
	kept, err := v.keep.Get(ctx, bot.KeptMissed)
	if err != nil {
		return plan, fmt.Errorf("settings: %w", err)
	}
	before := map[bot.OrganisationID]int{}
	if kept != "" {
		if err := json.Unmarshal([]byte(kept), &before); err != nil {
			return plan, fmt.Errorf("who was left out: %w", err)
		}
	}
	barred, communities, err := v.barred(ctx, all, pairs)
	if err != nil {
		return plan, err
	}
	quiet, err := v.quiet(ctx, now)
	if err != nil {
		return plan, err
	}
	today := v.date(now)
	var members []match.Member
	vouched := 0
	for _, id := range sortedIDs(all) {
		r := all[id]
		plan.got[id] = r.got
		if r.o.Vouched && len(r.entries) > 0 {
			vouched++
		}
		why := ""
		switch {
		case !r.o.HasRoom(today):
			why = "round.full"
		case r.o.Suggest == 0:
			why = "round.never"
		case r.busy:
			why = "round.busy"
		case quiet(r.asked):
			why = "round.quiet"
		case !r.last.IsZero() && now.Before(r.last.Add(time.Duration(r.o.Suggest)*day-12*time.Hour)):
			why = "round.lately"
		}
		if why != "" {
			plan.Left = append(plan.Left, PlannedLeft{r.o, v.words.Plain(why)})
			continue
		}
		m := match.Member{ID: int64(id), Introduced: r.got, Missed: before[id], Ready: 0.5, Community: communities[id]}
		if r.got == 0 {
			m.Missed = max(m.Missed, 1)
		}
		for _, e := range r.entries {
			entry := match.Need{ID: int64(e.ID), Text: e.Text}
			if e.Side == bot.Need {
				m.Needs = append(m.Needs, entry)
			} else {
				m.Offers = append(m.Offers, entry)
			}
		}
		members = append(members, m)
	}
	plan.Members = len(members)
	if plan.Enough = vouched >= enoughMembers; !plan.Enough {
		return plan, nil
	}
	chosen, err := v.chooser.Round(ctx, members, barred, seed, now)
	if err != nil {
		return plan, fmt.Errorf("round: %w", err)
	}
	for _, p := range chosen.Pairs {
		plan.Pairs = append(plan.Pairs, v.planned(p, all[bot.OrganisationID(p.A)], all[bot.OrganisationID(p.B)]))
	}
	for _, l := range chosen.Left {
		id := bot.OrganisationID(l.ID)
		why := map[match.WhyLeft]string{match.NoReason: "round.noreason", match.AllBarred: "round.notthistime", match.OddOne: "round.oddone"}[l.Why]
		plan.Left = append(plan.Left, PlannedLeft{all[id].o, v.words.Plain(why)})
		plan.missed[id] = before[id] + 1
		plan.told[id] = len(all[id].entries) > 0
	}
	return plan, nil
}

// quiet tells whether somebody is not to be spoken to unasked just now, and so could not be asked.
func (v *Introduce) quiet(ctx context.Context, now time.Time) (func(bot.Speaker) bool, error) {
	all, err := v.store.AllManners(ctx)
	if err != nil {
		return nil, err
	}
	silent := map[bot.Speaker]bool{}
	for _, m := range all {
		silent[bot.Speaker{Network: m.Person.Network, ID: m.Person.ID}] = m.Silent(now) || !m.Nudges
	}
	return func(s bot.Speaker) bool { return silent[bot.Speaker{Network: s.Network, ID: s.ID}] }, nil
}

func sortedIDs[T any](m map[bot.OrganisationID]T) []bot.OrganisationID {
	var ids []bot.OrganisationID
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// readiness is what stands about all organisations with somebody to ask, and the pairs that were proposed of late.
func (v *Introduce) readiness(ctx context.Context, now time.Time) (map[bot.OrganisationID]ready, map[[2]int64]bool, error) {
	all := map[bot.OrganisationID]ready{}
	err := v.store.AllEntries(ctx, func(o bot.Organisation, entries []bot.Entry) error {
		s, ok, err := v.contact(ctx, o.ID, "")
		if ok {
			all[o.ID] = ready{o: o, entries: entries, asked: s}
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	pairs := map[[2]int64]bool{}
	of, err := v.store.IntroductionsSince(ctx, now.Add(-roundAgain))
	if err != nil {
		return nil, nil, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range of {
		a, b := i.Parties[0].Organisation, i.Parties[1].Organisation
		pairs[[2]int64{int64(min(a, b)), int64(max(a, b))}] = true
		for _, p := range i.Parties {
			r, ok := all[p.Organisation]
			if !ok {
				continue
			}
			if i.State == bot.IntroductionMade {
				r.got++
			}
			if i.Origin == bot.FromRound && i.At.After(r.last) {
				r.last = i.At
			}
			// Whatever was said: whoever said no is busy for as long as whoever said nothing.
			r.busy = r.busy || i.State == bot.IntroductionOpen ||
				i.State == bot.IntroductionMade && now.Before(i.Made.Add(settles))
			all[p.Organisation] = r
		}
	}
	return all, pairs, nil
}

// barred tells which pairs are not to be, and in which part of the network each organisation is: those that are
// tied, however far around, are in one.
func (v *Introduce) barred(ctx context.Context, all map[bot.OrganisationID]ready, pairs map[[2]int64]bool) (func(a, b int64) bool, map[bot.OrganisationID]int, error) {
	part := map[bot.OrganisationID]bot.OrganisationID{}
	var root func(id bot.OrganisationID) bot.OrganisationID
	root = func(id bot.OrganisationID) bot.OrganisationID {
		up, ok := part[id]
		if !ok || up == id {
			return id
		}
		part[id] = root(up)
		return part[id]
	}
	for n, read := range []func(context.Context) ([][2]bot.OrganisationID, error){v.store.Ties, v.store.AllBarred, v.store.SharedContacts} {
		list, err := read(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range list {
			pairs[[2]int64{int64(min(p[0], p[1])), int64(max(p[0], p[1]))}] = true
			if n == 0 {
				a, b := root(p[0]), root(p[1])
				part[a], part[b] = min(a, b), min(a, b)
			}
		}
	}
	communities := map[bot.OrganisationID]int{}
	for id := range all {
		if _, tied := part[id]; tied {
			communities[id] = int(root(id))
		}
	}
	return func(a, b int64) bool {
		x, y := all[bot.OrganisationID(a)].o, all[bot.OrganisationID(b)].o
		return pairs[[2]int64{a, b}] || x.Sensitive && !y.Vouched || y.Sensitive && !x.Vouched
	}, communities, nil
}

// planned puts the reason of a pair into words.
func (v *Introduce) planned(p match.Pair, a, b ready) Planned {
	out := Planned{Parties: [2]bot.Organisation{a.o, b.o}}
	text := func(r ready, id int64) string {
		i := slices.IndexFunc(r.entries, func(e bot.Entry) bool { return int64(e.ID) == id })
		if i < 0 {
			return ""
		}
		return r.entries[i].Text
	}
	helps := func(needer, helper ready, need, offer int64) string {
		return v.words.Plain("round.helps", "needer", needer.o.Name, "need", text(needer, need), "helper", helper.o.Name, "offer", text(helper, offer))
	}
	r := p.Reason
	switch r.Kind {
	case match.HelpsBoth:
		out.About = text(a, r.NeedA)
		out.Reason = v.words.Plain("round.both", "one", helps(a, b, r.NeedA, r.OfferB), "other", helps(b, a, r.NeedB, r.OfferA))
	case match.HelpsOne:
		if r.NeedA != 0 {
			out.About, out.Reason = text(a, r.NeedA), helps(a, b, r.NeedA, r.OfferB)
		} else {
			out.About, out.Reason = text(b, r.NeedB), helps(b, a, r.NeedB, r.OfferA)
		}
	case match.SameNeed:
		out.About = text(a, r.NeedA)
		out.Reason = v.words.Plain("round.need", "one", a.o.Name, "need", text(a, r.NeedA), "other", b.o.Name, "same", text(b, r.NeedB))
	default:
		out.About = r.Words[0]
		words := bot.Text(r.Words[0])
		if len(r.Words) > 1 {
			words = v.words.Line("all.and", "first", r.Words[0], "last", r.Words[1])
		}
		out.Reason = v.words.Plain("round.field", "words", words)
	}
	return out
}

// round proposes the round of a week: both sides read it in their next bundle, and once more in the one after.
func (v *Introduce) round(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	gathering, err := v.gather(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{Later: gathering}
	plan, err := v.Plan(ctx, m.At, Seed(m.Text))
	if err != nil || !plan.Enough {
		return a, err
	}
	lapses, err := v.lapses(ctx, m.At, bot.Date{})
	if err != nil {
		return bot.Answer{}, err
	}
	var ripe [3]time.Time // when each of the two bundles may come in which it is proposed, and when no more
	for n := range ripe {
		if ripe[n], err = v.openAfter(ctx, m.At, time.Duration(n)*6*day); err != nil {
			return bot.Answer{}, err
		}
	}
	for _, p := range plan.Pairs {
		i := bot.Introduction{
			Origin: bot.FromRound, About: p.About, Reason: p.Reason, State: bot.IntroductionOpen, At: m.At, Lapses: lapses,
		}
		reachable := true
		for side, o := range p.Parties {
			s, ok, err := v.contact(ctx, o.ID, "")
			if err != nil {
				return bot.Answer{}, err
			}
			reachable = reachable && ok
			i.Parties[side] = bot.Party{Organisation: o.ID, Person: s, Assent: bot.Asked}
		}
		if !reachable {
			continue
		}
		id, fresh, err := v.store.AddIntroduction(ctx, i)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("introduction: %w", err)
		}
		if !fresh {
			continue
		}
		i.ID = id
		a.Later = append(a.Later, bot.Later(lapseDue, id.String(), i.Lapses, id.String()))
		for side, o := range p.Parties {
			theirs := p.Parties[1-side]
			reply := bot.Lines(v.readBy(i, side, o, theirs, m.At)...).Choose(v.choices(i, side, theirs.Name)...)
			for n, key := range promptKeys(id, side) {
				err := v.store.AddPrompt(ctx, bot.Prompt{
					Key: key, To: i.Parties[side].Person, Rank: rankProposal, Reply: reply,
					About: bot.AboutIntroduction(id), Ripe: ripe[n], Until: ripe[n+1],
				})
				if err != nil {
					return bot.Answer{}, err
				}
			}
		}
	}
	for _, id := range sortedIDs(plan.missed) {
		s, ok, err := v.contact(ctx, id, "")
		if err != nil {
			return bot.Answer{}, err
		}
		if !ok || !plan.told[id] || plan.got[id] > 0 {
			continue
		}
		// Once, to those who were introduced to nobody yet.
		err = v.store.AddPrompt(ctx, bot.Prompt{
			Key: "nobody/" + id.String(), To: s, Rank: rankNobody, About: bot.AboutOrganisation(id),
			Reply: bot.Lines(v.words.Line("round.nobody")), Ripe: m.At, Until: m.At.Add(6 * day),
		})
		if err != nil {
			return bot.Answer{}, err
		}
	}
	missed, err := json.Marshal(plan.missed)
	if err != nil {
		return bot.Answer{}, err
	}
	return a, v.keep.Put(ctx, bot.KeptMissed, string(missed))
}

// promptKeys name the two prompts in which a round's proposal is told to one side.
func promptKeys(id bot.IntroductionID, side int) []string {
	return []string{proposalKey(id, side) + "/1", proposalKey(id, side) + "/2"}
}
