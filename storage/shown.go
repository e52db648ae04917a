package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// How long it matters that an organisation was named.
const keepShown = 90 * 24 * time.Hour

func month(t time.Time) string { return t.UTC().Format("2006-01") }

// AddShown counts organisations that an answer names.
func (db *DB) AddShown(ctx context.Context, ids []bot.OrganisationID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		for _, id := range ids {
			_, err := s.exec(ctx, `insert into shown (organisation, month, n) values (?, ?, 1)
				on conflict (organisation, month) do update set n = shown.n + 1`, int64(id), month(now))
			if err != nil {
				return fmt.Errorf("shown: %w", err)
			}
		}
		return nil
	})
}

// Shown is how often organisations were named in the last three months.
func (db *DB) Shown(ctx context.Context, now time.Time) (map[bot.OrganisationID]int, error) {
	var rows []struct {
		Organisation int64
		N            int
	}
	err := db.read.SelectContext(ctx, &rows, db.engine.rebind(`select organisation, sum(n) as n from shown where month >= ? group by organisation`),
		month(now.Add(-keepShown)))
	if err != nil {
		return nil, fmt.Errorf("shown: %w", err)
	}
	all := make(map[bot.OrganisationID]int, len(rows))
	for _, r := range rows {
		all[bot.OrganisationID(r.Organisation)] = r.N
	}
	return all, nil
}
