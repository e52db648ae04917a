package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// PersonalData is everything kept about a person.
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
	var met []introductionRow
	err = s.all(ctx, &met, `select `+introductionColumns+` from introduction where (asker_network = ? and asker_person = ?) or (asked_network = ? and asked_person = ?) or (suggester_network = ? and suggester_person = ?) order by id`,
		string(p.Network), string(p.ID), string(p.Network), string(p.ID), string(p.Network), string(p.ID))
	if err != nil {
		return d, fmt.Errorf("introductions: %w", err)
	}
	for _, r := range met {
		d.Introductions = append(d.Introductions, r.introduction())
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
		if r.From.Network == p.Network && r.From.ID == p.ID {
			r.Given = bot.Speaker{} // somebody else's data
			d.Reports = append(d.Reports, r)
		}
	}
	claims, err := db.Claims(ctx)
	if err != nil {
		return d, err
	}
	for _, c := range claims {
		if c.From.Network == p.Network && c.From.ID == p.ID {
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
	if d.Offered, err = offered(ctx, s, p, time.Time{}); err != nil {
		return d, err
	}
	err = s.get(ctx, &d.Waiting, `select count(*) from post where done = 0 and state <> 'leased' and lane = ?`, bot.Private(p).Lane())
	if err != nil {
		return d, fmt.Errorf("personal data: %w", err)
	}
	return d, nil
}
