package introduce

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
)

// standing is what a round must know of an organisation.
type standing struct {
	o       bot.Organisation
	entries []bot.Entry
	asked   bot.Speaker
	quiet   bool      // whoever would be asked is not to be spoken to unasked just now
	got     int       // introductions that were made
	last    time.Time // of the last suggestion
	busy    bool      // an introduction is unfinished
}

// with is r with one more introduction of the time that counts, as it stands at now.
func (r standing) with(i bot.Introduction, now time.Time) standing {
	if i.State == bot.IntroductionMade {
		r.got++
	}
	if i.Origin == bot.FromRound && i.At.After(r.last) {
		r.last = i.At
	}
	// Whatever was said: whoever said no is busy for as long as whoever said nothing.
	r.busy = r.busy || i.State == bot.IntroductionOpen || i.State == bot.IntroductionMade && now.Before(i.Made.Add(settles))
	return r
}

// waits is the sentence that tells why an organisation is not to be introduced now, "" when it may be.
func (r standing) waits(today bot.Date, now time.Time) string {
	switch {
	case !r.o.HasRoom(today):
		return "round.full"
	case r.o.Suggest == 0:
		return "round.never"
	case r.busy:
		return "round.busy"
	case r.quiet:
		return "round.quiet"
	case !r.last.IsZero() && now.Before(r.last.Add(time.Duration(r.o.Suggest)*day-12*time.Hour)):
		return "round.lately"
	}
	return ""
}

// member is r as the chooser knows it. Newcomers begin as if they had been left out once, to be served first.
func (r standing) member(missed, community int) match.Member {
	m := match.Member{ID: int64(r.o.ID), Introduced: r.got, Missed: missed, Ready: 0.5, Community: community}
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
	return m
}

// text is what an entry says, "" when there is none.
func (r standing) text(entry int64) string {
	i := slices.IndexFunc(r.entries, func(e bot.Entry) bool { return int64(e.ID) == entry })
	if i < 0 {
		return ""
	}
	return r.entries[i].Text
}

// standings are those of all organisations with somebody to ask, and the pairs that were proposed of late.
func (v *Introduce) standings(ctx context.Context, now time.Time) (map[bot.OrganisationID]standing, map[[2]int64]bool, error) {
	quiet, err := v.quiet(ctx, now)
	if err != nil {
		return nil, nil, err
	}
	all := map[bot.OrganisationID]standing{}
	err = v.store.AllEntries(ctx, func(o bot.Organisation, entries []bot.Entry) error {
		s, ok, err := v.contact(ctx, o.ID, "")
		if ok {
			all[o.ID] = standing{o: o, entries: entries, asked: s, quiet: quiet(s)}
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
			if r, ok := all[p.Organisation]; ok {
				all[p.Organisation] = r.with(i, now)
			}
		}
	}
	return all, pairs, nil
}

// standing is that of one organisation; ok is false when it is not listed or nobody can be asked.
func (v *Introduce) standing(ctx context.Context, id bot.OrganisationID, now time.Time) (r standing, ok bool, err error) {
	if r.o, err = v.store.Organisation(ctx, id); err != nil || !r.o.Listed || !r.o.Joined {
		return r, false, ignoreNotFound(err)
	}
	if r.asked, ok, err = v.contact(ctx, id, ""); err != nil || !ok {
		return r, false, err
	}
	manners, err := v.store.Manners(ctx, r.asked)
	if err != nil {
		return r, false, err
	}
	r.quiet = unasked(manners, now)
	if r.entries, err = v.store.Entries(ctx, id); err != nil {
		return r, false, err
	}
	of, err := v.store.Introductions(ctx, id, now.Add(-roundAgain))
	if err != nil {
		return r, false, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range of {
		r = r.with(i, now)
	}
	return r, true, nil
}

// unasked tells whether somebody is not to be spoken to unasked at now, and so cannot be asked.
func unasked(m bot.Manners, now time.Time) bool { return m.Silent(now) || !m.Nudges }

// quiet tells whether somebody is not to be spoken to unasked just now, and so could not be asked.
func (v *Introduce) quiet(ctx context.Context, now time.Time) (func(bot.Speaker) bool, error) {
	all, err := v.store.AllManners(ctx)
	if err != nil {
		return nil, err
	}
	silent := map[bot.Speaker]bool{}
	for _, m := range all {
		silent[bot.Speaker{Network: m.Person.Network, ID: m.Person.ID}] = unasked(m, now)
	}
	return func(s bot.Speaker) bool { return silent[bot.Speaker{Network: s.Network, ID: s.ID}] }, nil
}
