package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

// A lease that is to last longer was given by a wrong clock, and has ended.
const longestLease = time.Hour

// HoldAccount takes or renews the lease of a network's account, for so long from now on. held is false while somebody else has it.
// What time it is the database says: its clock is the one that all who share it have in common. Only the holder delivers: whatever others
// had leased when it changes hands may have been said.
func (db *DB) HoldAccount(ctx context.Context, n bot.Network, owner string, lease time.Duration) (held bool, err error) {
	if db.engine.single {
		return true, nil // the file lock is the lease
	}
	lease = min(lease, longestLease)
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		changed, err := s.exec(ctx, `
			insert into account (network, owner, until) values (?, ?, `+s.engine.now+` + ?)
			on conflict (network) do update set owner = excluded.owner, until = excluded.until
			where account.owner = excluded.owner or account.until < `+s.engine.now+` or account.until > `+s.engine.now+` + ?`,
			string(n), owner, lease.Milliseconds(), longestLease.Milliseconds())
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
