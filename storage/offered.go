package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ginnel/bot"
)

// Offered is what a person may still answer at an address, newest first.
func (db *DB) Offered(ctx context.Context, where bot.Address, who bot.Speaker, now time.Time) ([]bot.Offered, error) {
	return offered(ctx, db.reader(ctx), `network = ? and person = ? and place = ? and until > ?`,
		string(who.Network), string(who.ID), where.Lane(), ms(now))
}

func offered(ctx context.Context, s session, where string, args ...any) ([]bot.Offered, error) {
	var rows []struct {
		Key     string
		Choices string
	}
	if err := s.all(ctx, &rows, `select key, choices from offered where `+where+` order by seq desc`, args...); err != nil {
		return nil, fmt.Errorf("offered: %w", err)
	}
	var all []bot.Offered
	for _, r := range rows {
		o := bot.Offered{Key: r.Key}
		if err := json.Unmarshal([]byte(r.Choices), &o.Choices); err != nil {
			return nil, fmt.Errorf("offered: %w", err)
		}
		all = append(all, o)
	}
	return all, nil
}

// EndOffered takes back the choices of a post, and of those whose keys go on from it with a stroke: they were answered.
func (db *DB) EndOffered(ctx context.Context, p bot.Speaker, key string) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from offered where network = ? and person = ? and (key = ? or key like ?)`, string(p.Network), string(p.ID), key, key+"/%")
		if err != nil {
			return fmt.Errorf("end offered: %w", err)
		}
		return nil
	})
}
