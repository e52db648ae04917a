package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

const entryColumns = `id, organisation, side, text, terms, until, imported, confirmed`

type entryRow struct {
	ID           int64
	Organisation int64
	Side         string
	Text         string
	Terms        string
	Until        string
	Imported     int
	Confirmed    int64
}

func (r entryRow) entry() bot.Entry {
	return bot.Entry{
		ID: bot.EntryID(r.ID), Organisation: bot.OrganisationID(r.Organisation), Side: bot.Side(r.Side), Text: r.Text,
		Terms: bot.Terms(r.Terms), Until: fromISO(r.Until), Imported: r.Imported == 1, Confirmed: fromMS(r.Confirmed),
	}
}

// Entries are what an organisation offers and needs, oldest first.
func (db *DB) Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error) {
	var rows []entryRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+entryColumns+` from entry where organisation = ? and gone = 0 order by id`, int64(id)); err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	var entries []bot.Entry
	for _, r := range rows {
		entries = append(entries, r.entry())
	}
	return entries, nil
}

// AddEntry stores e. When it stands already, in the same words as clean.Fold sees them, that one is
// confirmed and takes its terms and its end, and fresh is false.
func (db *DB) AddEntry(ctx context.Context, e bot.Entry, now time.Time) (id bot.EntryID, fresh bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := touch(ctx, s, e.Organisation); err != nil {
			return err
		}
		skeleton := clean.Fold(e.Text)
		err := s.get(ctx, &id, `
			update entry set terms = ?, until = ?, imported = 0, confirmed = ?, text = ?
			where organisation = ? and side = ? and skeleton = ? and gone = 0 returning id`,
			string(e.Terms), e.Until.ISO(), ms(now), e.Text, int64(e.Organisation), string(e.Side), skeleton)
		if err == nil {
			return nil
		}
		if !errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("add entry: %w", err)
		}
		fresh = true
		err = s.get(ctx, &id, `
			insert into entry (organisation, side, text, skeleton, terms, until, imported, confirmed, added) values (`+marks(9)+`) returning id`,
			int64(e.Organisation), string(e.Side), e.Text, skeleton, string(e.Terms), e.Until.ISO(), bit(e.Imported), ms(now), ms(now))
		if err != nil {
			return fmt.Errorf("add entry: %w", err)
		}
		return nil
	})
	return id, fresh, err
}

// touch marks an organisation as changed.
func touch(ctx context.Context, s session, id bot.OrganisationID) error {
	seq, err := change(ctx, s)
	if err != nil {
		return err
	}
	n, err := s.exec(ctx, `update organisation set changed = ? where id = ?`, seq, int64(id))
	if err != nil {
		return fmt.Errorf("change organisation %s: %w", id, err)
	}
	if n == 0 {
		return fmt.Errorf("organisation %s: %w", id, bot.ErrNotFound)
	}
	return nil
}

// RemoveEntry takes back an entry of org. A mark of it stays, so that no import brings it back.
func (db *DB) RemoveEntry(ctx context.Context, org bot.OrganisationID, id bot.EntryID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := touch(ctx, s, org); err != nil {
			return err
		}
		n, err := s.exec(ctx, `update entry set gone = ? where id = ? and organisation = ? and gone = 0`, max(ms(now), 1), int64(id), int64(org))
		if err != nil {
			return fmt.Errorf("remove entry: %w", err)
		}
		if n == 0 {
			return fmt.Errorf("entry %s: %w", id, bot.ErrNotFound)
		}
		return nil
	})
}

// ConfirmEntries marks entries of org as true now; with no ids all of them, and the organisation.
func (db *DB) ConfirmEntries(ctx context.Context, org bot.OrganisationID, now time.Time, ids ...bot.EntryID) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := touch(ctx, s, org); err != nil {
			return err
		}
		if len(ids) == 0 {
			if _, err := s.exec(ctx, `update organisation set confirmed = ? where id = ?`, ms(now), int64(org)); err != nil {
				return fmt.Errorf("confirm: %w", err)
			}
			if _, err := s.exec(ctx, `update entry set confirmed = ?, imported = 0 where organisation = ? and gone = 0`, ms(now), int64(org)); err != nil {
				return fmt.Errorf("confirm: %w", err)
			}
		}
		for _, id := range ids {
			if _, err := s.exec(ctx, `update entry set confirmed = ?, imported = 0 where id = ? and organisation = ? and gone = 0`, ms(now), int64(id), int64(org)); err != nil {
				return fmt.Errorf("confirm: %w", err)
			}
		}
		return nil
	})
}
