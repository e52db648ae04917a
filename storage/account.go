package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// HoldAccount takes or renews the lease of a network's account until until. held is false while somebody else
// has it. Only the holder delivers: whatever others had leased when it changes hands may have been said.
func (db *DB) HoldAccount(ctx context.Context, n bot.Network, owner string, now, until time.Time) (held bool, err error) {
	if db.engine.single {
		return true, nil // the file lock is the lease
	}
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		changed, err := s.exec(ctx, `
			insert into account (network, owner, until) values (?, ?, ?)
			on conflict (network) do update set owner = excluded.owner, until = excluded.until
			where account.owner = excluded.owner or account.until < ?`, string(n), owner, ms(until), ms(now))
		held = changed > 0
		if err != nil || !held {
			return err
		}
		_, err = s.exec(ctx, `update post set state = 'unknown', owner = '', until = 0 where done = 0 and state = 'leased' and network = ? and owner <> ?`, string(n), owner)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("account of %s: %w", n, err)
	}
	return held, nil
}

// ReleaseAccount gives the lease of a network's account back.
func (db *DB) ReleaseAccount(ctx context.Context, n bot.Network, owner string) error {
	if db.engine.single {
		return nil
	}
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from account where network = ? and owner = ?`, string(n), owner)
		return err
	})
}
