package introduce

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

const (
	// How many asks of others an organisation is sent in a week by those somebody vouched for.
	maxAWeek = 2
	// The same by newcomers, who wait for those others and never make them wait: whoever opens accounts fills no week.
	maxNew = 1
	// How many one person has sent to the same organisation in a week, for whichever group; one more may wait.
	maxByOne = 1
	// No place of a week is taken up before an ask was sent so long ago.
	placesMatter = 4 * 7 * day
)

// A place in somebody's weeks is when an ask came, or comes, to its turn.
type place struct {
	at    time.Time
	by    bot.Speaker // who brought it about
	known bool        // and speaks for a group that somebody vouched for
}

// turn is when an organisation is sent the ask of i: at now, unless it was sent enough others that week. i that is not stored
// yet comes after all others. waits is how many of the same person wait for their turn already.
func (v *Introduce) turn(ctx context.Context, id bot.OrganisationID, i bot.Introduction, now time.Time) (at time.Time, waits int, err error) {
	all, err := v.store.Introductions(ctx, id, now.Add(-placesMatter))
	if err != nil {
		return now, 0, fmt.Errorf("introductions: %w", err)
	}
	var taken []place
	for _, o := range all {
		if o.Origin == bot.FromRound || o.Origin == bot.FromAsk && o.Party(id) == 0 || i.ID != 0 && o.ID >= i.ID {
			continue
		}
		skipped, err := v.store.PostSkipped(ctx, proposalKey(o.ID, o.Party(id)))
		if err != nil {
			return now, 0, err
		}
		if skipped {
			continue // withdrawn before it was read
		}
		p, err := v.place(ctx, o)
		if err != nil {
			return now, 0, err
		}
		p.at = p.next(o.At, taken)
		taken = append(taken, p)
	}
	p, err := v.place(ctx, i)
	if err != nil {
		return now, 0, err
	}
	for _, o := range taken {
		if same(o.by, p.by) && o.at.After(now) {
			waits++
		}
	}
	return p.next(now, taken), waits, nil
}

// goesFirst tells whether what a group asks for, which somebody vouched for, comes before what a third suggested of the same two:
// where that still waits for its turn it is dropped, so that nobody waits with it. Whether the other side would be asked at all
// makes no difference.
func (v *Introduce) goesFirst(ctx context.Context, i bot.Introduction, w asking, now time.Time) (bool, error) {
	if i.Origin != bot.FromSuggestion || !w.ours.Vouched {
		return false, nil
	}
	at, _, err := v.turn(ctx, w.theirs.ID, i, i.At)
	if err != nil || !at.After(now) {
		return false, err
	}
	err = v.store.UpdateIntroduction(ctx, i.ID, func(i bot.Introduction) (bot.Introduction, error) { return Apply(i, 0, Stop, now) })
	if err != nil {
		return false, err
	}
	if _, err := v.store.SkipPosts(ctx, bot.AboutIntroduction(i.ID), now); err != nil {
		return false, fmt.Errorf("posts: %w", err)
	}
	return true, v.store.EndPromptsAbout(ctx, bot.AboutIntroduction(i.ID), now)
}

// place is whose an ask is.
func (v *Introduce) place(ctx context.Context, i bot.Introduction) (p place, err error) {
	if i.Origin == bot.FromAsk {
		p.by = i.Parties[0].Person
		o, err := v.store.Organisation(ctx, i.Parties[0].Organisation)
		p.known = o.Vouched
		return p, ignoreNotFound(err)
	}
	p.by = i.Suggested
	if p.by.ID == "" {
		return p, nil // forgotten
	}
	standings, err := v.store.Standings(ctx, p.by)
	if err != nil {
		return p, fmt.Errorf("standings: %w", err)
	}
	for _, s := range standings {
		o, err := v.store.Organisation(ctx, s.Organisation)
		if err != nil {
			return p, fmt.Errorf("organisation: %w", err)
		}
		p.known = p.known || o.Vouched
	}
	return p, nil
}

// next is the first time from at on at which p finds a place beside those that are taken.
func (p place) next(at time.Time, taken []place) time.Time {
	own := timesOf(taken, func(o place) bool { return same(o.by, p.by) })
	known := timesOf(taken, func(o place) bool { return o.known })
	fresh := timesOf(taken, func(o place) bool { return !o.known })
	whole := timesOf(taken, func(place) bool { return true })
	times := []time.Time{at}
	for _, t := range whole {
		if free := t.Add(7 * day); free.After(at) {
			times = append(times, free)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for _, t := range times {
		switch {
		case !fits(t, own, maxByOne):
		case p.known && !fits(t, known, maxAWeek):
		case !p.known && (!fits(t, fresh, maxNew) || !fits(t, whole, maxAWeek)):
		default:
			return t
		}
	}
	return times[len(times)-1] // a week after the last, when nobody else is near
}

func timesOf(all []place, of func(place) bool) (times []time.Time) {
	for _, p := range all {
		if of(p) {
			times = append(times, p.at)
		}
	}
	return times
}

// fits tells whether, with one more at t, no seven days have more than most of them.
func fits(t time.Time, times []time.Time, most int) bool {
	times = append(slices.Clone(times), t)
	for _, last := range times {
		n := 0
		for _, o := range times {
			if age := last.Sub(o); age >= 0 && age < 7*day {
				n++
			}
		}
		if since := last.Sub(t); since >= 0 && since < 7*day && n > most {
			return false
		}
	}
	return true
}
