package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

type thanksRow struct {
	ID     int64
	Giver  int64
	Helper int64
	What   string
	At     int64
}

func (r thanksRow) thanks() bot.Thanks {
	return bot.Thanks{ID: r.ID, Giver: bot.OrganisationID(r.Giver), Helper: bot.OrganisationID(r.Helper), What: r.What, At: fromMS(r.At)}
}

// told is what both sides let others hear of.
const told = `giver_lets = 1 and helper_lets = 1`

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

// Thanked tells whether giver has thanked helper since a time.
func (db *DB) Thanked(ctx context.Context, giver, helper bot.OrganisationID, since time.Time) (bool, error) {
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from thanks where giver = ? and helper = ? and at > ?`, int64(giver), int64(helper), ms(since))
	if err != nil {
		return false, fmt.Errorf("thanks: %w", err)
	}
	return n > 0, nil
}

// AllowThanks records that one of the two lets it be told; once both do, the helper has changed to whoever follows the
// register. bot.ErrNotFound: org is none of them.
func (db *DB) AllowThanks(ctx context.Context, id int64, org bot.OrganisationID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `update thanks set giver_lets = case when giver = ? then 1 else giver_lets end, helper_lets = case when helper = ? then 1 else helper_lets end,
			lets_at = ? where id = ? and (giver = ? or helper = ?)`, int64(org), int64(org), ms(now), id, int64(org), int64(org))
		if err != nil {
			return fmt.Errorf("allow thanks: %w", err)
		}
		if n == 0 {
			return bot.ErrNotFound
		}
		return touchHelpers(ctx, s, `id = ? and `+told, id)
	})
}

// ToldThanks is what an organisation was thanked for, if both sides let others hear of it.
func (db *DB) ToldThanks(ctx context.Context, id int64) (bot.Thanks, error) {
	var row thanksRow
	if err := db.reader(ctx).get(ctx, &row, `select id, giver, helper, what, at from thanks where id = ? and `+told, id); err != nil {
		return bot.Thanks{}, fmt.Errorf("thanks %d: %w", id, err)
	}
	return row.thanks(), nil
}

// helped is what organisations were thanked for that changed after since up to seq, as it is committed.
func (db *DB) helped(ctx context.Context, since, seq int64) (map[bot.OrganisationID][]bot.Thanks, error) {
	var rows []thanksRow
	err := db.read.SelectContext(ctx, &rows, db.engine.rebind(`
		select t.id, t.giver, t.helper, t.what, t.at from thanks t join organisation o on o.id = t.helper
		where `+told+` and o.changed > ? and o.changed <= ? order by t.id`), since, seq)
	if err != nil {
		return nil, fmt.Errorf("thanks: %w", err)
	}
	all := map[bot.OrganisationID][]bot.Thanks{}
	for _, r := range rows {
		t := r.thanks()
		all[t.Helper] = append(all[t.Helper], t)
	}
	return all, nil
}

// touchHelpers marks as changed whoever was thanked in the thanks where.
func touchHelpers(ctx context.Context, s session, where string, args ...any) error {
	var helpers []int64
	if err := s.all(ctx, &helpers, `select distinct helper from thanks where `+where, args...); err != nil {
		return fmt.Errorf("thanks: %w", err)
	}
	for _, id := range helpers {
		if err := touch(ctx, s, bot.OrganisationID(id)); err != nil {
			return err
		}
	}
	return nil
}

// forgetThanks erases what an organisation thanked others for, and what it was thanked for.
func forgetThanks(ctx context.Context, s session, id bot.OrganisationID) error {
	of := []any{int64(id), int64(id)}
	if err := touchHelpers(ctx, s, `(giver = ? or helper = ?) and `+told, of...); err != nil {
		return err
	}
	if _, err := s.exec(ctx, `delete from thanks where giver = ? or helper = ?`, of...); err != nil {
		return fmt.Errorf("thanks: %w", err)
	}
	return nil
}
