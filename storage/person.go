package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// PersonalData is everything kept about a person, whichever account it stands with.
func (db *DB) PersonalData(ctx context.Context, p bot.Speaker) (d bot.PersonalData, err error) {
	s := db.reader(ctx)
	all, since, err := standings(ctx, s, p)
	if err != nil {
		return d, err
	}
	d.Contacts = all
	for _, at := range since {
		d.Since = append(d.Since, fromMS(at))
	}
	for _, c := range all {
		o, err := db.Organisation(ctx, c.Organisation)
		if err != nil {
			return d, err
		}
		d.Reach = append(d.Reach, o.Reach)
	}
	if d.Asks, err = db.Asks(ctx, p, false); err != nil {
		return d, err
	}
	mine, err := accounts(ctx, s, p)
	if err != nil {
		return d, err
	}
	d.Linked = len(mine) - 1
	p = mine[0]
	for _, p := range mine {
		if err := ofAccount(ctx, s, p, &d); err != nil {
			return d, err
		}
	}
	chosen, err := db.manners(ctx, ofPerson, string(p.Network), string(p.ID))
	if err != nil {
		return d, err
	}
	if len(chosen) > 0 {
		d.Manners = &chosen[0]
	}
	reports, err := db.OpenReports(ctx)
	if err != nil {
		return d, err
	}
	for _, r := range reports {
		if isOf(mine, r.From) {
			r.Given = bot.Speaker{} // somebody else's data
			d.Reports = append(d.Reports, r)
		}
	}
	claims, err := db.Claims(ctx)
	if err != nil {
		return d, err
	}
	for _, c := range claims {
		if isOf(mine, c.From) {
			if c.Organisation != 0 {
				o, err := db.Organisation(ctx, c.Organisation)
				if err != nil && !errors.Is(err, bot.ErrNotFound) {
					return d, err
				}
				c.Name = o.Name
			}
			d.Claims = append(d.Claims, c)
		}
	}
	if d.Coordinator, err = db.Coordinator(ctx, p); err != nil {
		return d, err
	}
	return d, nil
}

func isOf(all []bot.Speaker, p bot.Speaker) bool {
	return slices.ContainsFunc(all, func(o bot.Speaker) bool { return o.Network == p.Network && o.ID == p.ID })
}

// ofAccount adds to d what stands with one account.
func ofAccount(ctx context.Context, s session, p bot.Speaker, d *bot.PersonalData) error {
	var met []introductionRow
	err := s.all(ctx, &met, `select `+introductionColumns+` from introduction where (asker_network = ? and asker_person = ?) or (asked_network = ? and asked_person = ?) or (suggester_network = ? and suggester_person = ?) order by id`,
		string(p.Network), string(p.ID), string(p.Network), string(p.ID), string(p.Network), string(p.ID))
	if err != nil {
		return fmt.Errorf("introductions: %w", err)
	}
	for _, r := range met {
		d.Introductions = append(d.Introductions, r.introduction())
	}
	offers, err := offered(ctx, s, p, time.Time{})
	if err != nil {
		return err
	}
	d.Offered = append(d.Offered, offers...)
	waiting := 0
	err = s.get(ctx, &waiting, `select count(*) from post where done = 0 and state <> 'leased' and lane = ?`, bot.Private(p).Lane())
	if err != nil {
		return fmt.Errorf("personal data: %w", err)
	}
	d.Waiting += waiting
	return nil
}
