package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// AddThanks records that one organisation helped another, and returns its number.
func (db *DB) AddThanks(ctx context.Context, t bot.Thanks) (id int64, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		return s.get(ctx, &id, `insert into thanks (giver, helper, what, at) values (?, ?, ?, ?) returning id`, int64(t.Giver), int64(t.Helper), t.What, ms(t.At))
	})
	if err != nil {
		return 0, fmt.Errorf("thanks: %w", err)
	}
	return id, nil
}

// AllowThanks records that one of the two lets it be told. bot.ErrNotFound: org is none of them.
func (db *DB) AllowThanks(ctx context.Context, id int64, org bot.OrganisationID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `update thanks set giver_lets = case when giver = ? then 1 else giver_lets end, helper_lets = case when helper = ? then 1 else helper_lets end,
			lets_at = ? where id = ? and (giver = ? or helper = ?)`, int64(org), int64(org), ms(now), id, int64(org), int64(org))
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}
