package storage

import (
	"context"
	"errors"

	"ginnel/bot"
)

type keep struct {
	db      *DB
	network bot.Network
}

// Keep is the little that the adapter of a network remembers.
func (db *DB) Keep(n bot.Network) bot.Keep { return keep{db, n} }

func (k keep) Get(ctx context.Context, name string) (value string, err error) {
	err = k.db.reader(ctx).get(ctx, &value, `select value from keep where network = ? and name = ?`, string(k.network), name)
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	return value, err
}

func (k keep) Put(ctx context.Context, name, value string) error {
	return k.db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into keep (network, name, value) values (?, ?, ?)
			on conflict (network, name) do update set value = excluded.value`, string(k.network), name, value)
		return err
	})
}
