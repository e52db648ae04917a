package introduce

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
)

// How many pairs are proposed in one step, and how many are told in one that there was nobody: so few that nobody who says
// something meanwhile waits for long.
const (
	pairsAStep  = 4
	nobodyAStep = 25
)

// round proposes the round of a week: both sides read it in their next bundle, and once more in the one after. What it
// proposes may have become wrong while it was thought of, so each pair is looked at again.
func (v *Introduce) round(ctx context.Context, m bot.Message) (steps []bot.Step, err error) {
	needs, err := v.alike(ctx, m.At)
	if err != nil {
		return nil, err
	}
	for _, shared := range needs {
		steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return v.gather(ctx, shared, m.At) })
	}
	plan, err := v.Plan(ctx, m.At, Seed(m.Text))
	if err != nil || !plan.Enough {
		return steps, err
	}
	for pairs := range slices.Chunk(plan.Pairs, pairsAStep) {
		steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return v.proposeAll(ctx, pairs, m.At) })
	}
	var told []bot.OrganisationID
	for _, id := range sortedIDs(plan.missed) {
		if plan.told[id] {
			told = append(told, id)
		}
	}
	for ids := range slices.Chunk(told, nobodyAStep) {
		steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return bot.Answer{}, v.tellNobody(ctx, ids, m.At) })
	}
	return append(steps, func(ctx context.Context) (bot.Answer, error) {
		missed, err := json.Marshal(plan.missed)
		if err != nil {
			return bot.Answer{}, err
		}
		return bot.Answer{}, v.keep.Put(ctx, bot.KeptMissed, string(missed))
	}), nil
}

// proposeAll proposes the pairs of a round that may still be.
func (v *Introduce) proposeAll(ctx context.Context, pairs []Planned, now time.Time) (a bot.Answer, err error) {
	lapses, err := v.lapses(ctx, now, bot.Date{})
	if err != nil {
		return a, err
	}
	var ripe [3]time.Time // when each of the two bundles may come in which it is proposed, and when no more
	for n := range ripe {
		if ripe[n], err = v.openAfter(ctx, now, time.Duration(n)*6*day); err != nil {
			return a, err
		}
	}
	for _, p := range pairs {
		p, sides, ok, err := v.again(ctx, p.chosen, now)
		if err != nil {
			return a, err
		}
		if !ok {
			continue
		}
		i := bot.Introduction{
			Origin: bot.FromRound, About: p.About, Reason: p.Reason, State: bot.IntroductionOpen, At: now, Lapses: lapses,
		}
		for side, r := range sides {
			i.Parties[side] = bot.Party{Organisation: r.o.ID, Person: r.asked, Assent: bot.Asked}
		}
		id, fresh, err := v.store.AddIntroduction(ctx, i)
		if err != nil {
			return a, fmt.Errorf("introduction: %w", err)
		}
		if !fresh {
			continue
		}
		i.ID = id
		a.Later = append(a.Later, bot.Later(lapseDue, id.String(), i.Lapses, id.String()))
		for side, o := range p.Parties {
			theirs := p.Parties[1-side]
			reply := bot.Lines(v.readBy(i, side, o, theirs, now)...).Choose(v.choices(i, side, theirs.Name)...)
			for n, key := range promptKeys(id, side) {
				err := v.store.AddPrompt(ctx, bot.Prompt{
					Key: key, To: i.Parties[side].Person, Rank: rankProposal, Reply: reply,
					About: bot.AboutIntroduction(id), Ripe: ripe[n], Until: ripe[n+1],
				})
				if err != nil {
					return a, err
				}
			}
		}
	}
	return a, nil
}

// again is a pair as it stands now; ok is false when it is not to be any more.
func (v *Introduce) again(ctx context.Context, pair match.Pair, now time.Time) (p Planned, sides [2]standing, ok bool, err error) {
	for side, id := range [2]int64{pair.A, pair.B} {
		if sides[side], ok, err = v.standing(ctx, bot.OrganisationID(id), now); err != nil || !ok {
			return p, sides, false, err
		}
		if sides[side].waits(v.date(now), now) != "" {
			return p, sides, false, nil
		}
	}
	a, b := sides[0], sides[1]
	if tooEarly(a.o, b.o) || same(a.asked, b.asked) {
		return p, sides, false, nil
	}
	for side, r := range sides {
		barred, err := v.store.Barred(ctx, r.o.ID)
		if err != nil || slices.Contains(barred, sides[1-side].o.ID) {
			return p, sides, false, err
		}
	}
	p, ok = v.planned(pair, a, b)
	return p, sides, ok, nil
}

// tellNobody tells those who wait for somebody that there was nobody yet.
func (v *Introduce) tellNobody(ctx context.Context, all []bot.OrganisationID, now time.Time) error {
	for _, id := range all {
		s, ok, err := v.contact(ctx, id, "")
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = v.store.AddPrompt(ctx, bot.Prompt{
			Key: "nobody/" + id.String(), To: s, Rank: rankNobody, About: bot.AboutOrganisation(id),
			Reply: bot.Lines(v.words.Line("round.nobody")), Ripe: now, Until: now.Add(6 * day),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// promptKeys name the two prompts in which a round's proposal is told to one side.
func promptKeys(id bot.IntroductionID, side int) []string {
	return []string{proposalKey(id, side) + "/1", proposalKey(id, side) + "/2"}
}
