package storage

import (
	"context"
	"errors"

	"ginnel/bot"
)

type keep struct {
	db    *DB
	space string
}

// Keep is the little that the adapter of a network remembers.
func (db *DB) Keep(n bot.Network) bot.Keep { return keep{db, "network/" + string(n)} }

// Settings is what we remember ourselves under a name, apart from every network.
func (db *DB) Settings(name string) bot.Keep { return keep{db, name} }

func (k keep) Get(ctx context.Context, name string) (value string, err error) {
	err = k.db.reader(ctx).get(ctx, &value, `select value from keep where network = ? and name = ?`, k.space, name)
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	return value, err
}

func (k keep) Put(ctx context.Context, name, value string) error {
	return k.db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into keep (network, name, value) values (?, ?, ?)
			on conflict (network, name) do update set value = excluded.value`, k.space, name, value)
		return err
	})
}

func (k keep) Delete(ctx context.Context, name string) error {
	return k.db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from keep where network = ? and name = ?`, k.space, name)
		return err
	})
}
