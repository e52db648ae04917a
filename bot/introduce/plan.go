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
	chosen  match.Pair
}

// Plan is what a round would be.
type Plan struct {
	Seed    uint64
	Members int
	Enough  bool // there are enough members for a round
	Pairs   []Planned
	Left    []PlannedLeft
	missed  map[bot.OrganisationID]int
	told    map[bot.OrganisationID]bool // who is to hear that there was nobody
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

// Plan chooses the round at now, without proposing it. It blocks while it thinks: seconds for thousands of members.
func (v *Introduce) Plan(ctx context.Context, now time.Time, seed uint64) (Plan, error) {
	plan := Plan{Seed: seed, missed: map[bot.OrganisationID]int{}, told: map[bot.OrganisationID]bool{}}
	all, pairs, err := v.standings(ctx, now)
	if err != nil {
		return plan, err
	}
	before, err := v.missed(ctx)
	if err != nil {
		return plan, err
	}
	barred, communities, err := v.barred(ctx, all, pairs)
	if err != nil {
		return plan, err
	}
	today := v.date(now)
	var members []match.Member
	vouched := 0
	for _, id := range sortedIDs(all) {
		r := all[id]
		if r.o.Vouched && len(r.entries) > 0 {
			vouched++
		}
		if why := r.waits(today, now); why != "" {
			plan.Left = append(plan.Left, PlannedLeft{r.o, v.words.Plain(why)})
			continue
		}
		members = append(members, r.member(before[id], communities[id]))
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
		planned, _ := v.planned(p, all[bot.OrganisationID(p.A)], all[bot.OrganisationID(p.B)])
		plan.Pairs = append(plan.Pairs, planned)
	}
	for _, l := range chosen.Left {
		id := bot.OrganisationID(l.ID)
		why := map[match.WhyLeft]string{match.NoReason: "round.noreason", match.AllBarred: "round.notthistime", match.OddOne: "round.oddone"}[l.Why]
		plan.Left = append(plan.Left, PlannedLeft{all[id].o, v.words.Plain(why)})
		plan.missed[id] = before[id] + 1
		// Once, to those who offer or need something and were introduced to nobody yet.
		plan.told[id] = len(all[id].entries) > 0 && all[id].got == 0
	}
	return plan, nil
}

// missed is in how many rounds in a row each organisation was left out that was ready.
func (v *Introduce) missed(ctx context.Context) (map[bot.OrganisationID]int, error) {
	missed := map[bot.OrganisationID]int{}
	kept, err := v.keep.Get(ctx, bot.KeptMissed)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if kept == "" {
		return missed, nil
	}
	if err := json.Unmarshal([]byte(kept), &missed); err != nil {
		return nil, fmt.Errorf("who was left out: %w", err)
	}
	return missed, nil
}

func sortedIDs[T any](m map[bot.OrganisationID]T) []bot.OrganisationID {
	var ids []bot.OrganisationID
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// barred tells which pairs are not to be, and in which part of the network each organisation is: those that are
// tied, however far around, are in one.
func (v *Introduce) barred(ctx context.Context, all map[bot.OrganisationID]standing, pairs map[[2]int64]bool) (func(a, b int64) bool, map[bot.OrganisationID]int, error) {
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
		return pairs[[2]int64{a, b}] || tooEarly(all[bot.OrganisationID(a)].o, all[bot.OrganisationID(b)].o)
	}, communities, nil
}

// tooEarly tells whether one of two organisations is to be protected from whom nobody vouches for yet.
func tooEarly(a, b bot.Organisation) bool {
	return a.Sensitive && !b.Vouched || b.Sensitive && !a.Vouched
}
