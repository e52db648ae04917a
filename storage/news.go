package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// News are what became known since a time, and not after now: only what was said where everybody reads it, or stands in the
// register. Oldest first in each kind.
func (db *DB) News(ctx context.Context, since, now time.Time) ([]bot.NewsItem, error) {
	s := db.reader(ctx)
	var rows []struct {
		Kind  string
		Org   int64
		Text  string
		At    int64
		Other int64
	}
	still := now.Sub(since)
	gone := []any{ms(since), ms(now)}
	err := s.all(ctx, &rows, `
		select 'newcomer' as kind, o.id as org, '' as text, min(c.since) as at, cast(0 as bigint) as other from organisation o join contact c on c.organisation = o.id
			where o.listed = 1 and o.joined = 1 group by o.id having min(c.since) > ? and min(c.since) <= ?
		union all select side, organisation, text, added, 0 from entry where gone = 0 and imported = 0 and added > ? and added <= ?
		union all select case watch when 1 then 'gap' else 'ask' end, organisation, text, at, 0 from ask where closed = 0 and organisation <> 0 and public = 1 and at > ? and at <= ? and at > ?
		union all select 'small', giver, what, lets_at, helper from thanks where giver_lets = 1 and helper_lets = 1 and lets_at > ? and lets_at <= ?
		union all select 'still', organisation, text, at, 0 from ask where closed = 0 and organisation <> 0 and public = 1 and at > ? and at <= ?
		order by 1, 4, 2, 3`,
		slices.Concat(gone, gone, gone, []any{ms(now.Add(-bot.StillOpenAfter))}, gone, []any{ms(now.Add(-bot.StillOpenAfter - still)), ms(now.Add(-bot.StillOpenAfter))})...)
	if err != nil {
		return nil, fmt.Errorf("news: %w", err)
	}
	organisations := map[int64]bot.Organisation{}
	named := func(id int64) (bot.Organisation, error) {
		o, known := organisations[id]
		if !known {
			if o, err = db.Organisation(ctx, bot.OrganisationID(id)); err != nil {
				return o, err
			}
			organisations[id] = o
		}
		return o, nil
	}
	var all []bot.NewsItem
	for _, r := range rows {
		o, err := named(r.Org)
		if err != nil {
			return nil, err
		}
		n := bot.NewsItem{Kind: bot.NewsKind(r.Kind), Organisation: o, Text: r.Text, At: fromMS(r.At)}
		if r.Other != 0 {
			if n.Other, err = named(r.Other); err != nil {
				return nil, err
			}
		}
		if o.Listed && (r.Other == 0 || n.Other.Listed) {
			all = append(all, n)
		}
	}
	return all, nil
}

// OpenAsks are all asks with an organisation behind them that nobody closed, oldest first.
func (db *DB) OpenAsks(ctx context.Context) ([]bot.Ask, error) {
	var rows []askRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+askColumns+` from ask where closed = 0 and organisation <> 0 order by id`); err != nil {
		return nil, fmt.Errorf("open asks: %w", err)
	}
	return asks(rows)
}

// AllEntries calls f for each organisation that somebody speaks for, with what it offers and needs, by number.
func (db *DB) AllEntries(ctx context.Context, f func(bot.Organisation, []bot.Entry) error) error {
	var ids []int64
	if err := db.reader(ctx).all(ctx, &ids, `select id from organisation where joined = 1 and listed = 1 order by id`); err != nil {
		return fmt.Errorf("members: %w", err)
	}
	for _, id := range ids {
		o, err := db.Organisation(ctx, bot.OrganisationID(id))
		if err != nil {
			return err
		}
		entries, err := db.Entries(ctx, o.ID)
		if err != nil {
			return err
		}
		if err := f(o, entries); err != nil {
			return err
		}
	}
	return nil
}
