package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// ListeningRooms are the rooms in which plain asks are noticed.
func (db *DB) ListeningRooms(ctx context.Context) (all []bot.Address, err error) {
	var rows []struct {
		Network string
		Room    string
	}
	if err := db.reader(ctx).all(ctx, &rows, `select network, room from listening order by network, room`); err != nil {
		return nil, fmt.Errorf("listening rooms: %w", err)
	}
	for _, r := range rows {
		all = append(all, bot.Address{Network: bot.Network(r.Network), Room: bot.RoomID(r.Room)})
	}
	return all, nil
}

// ListensSince is since when plain asks are noticed in a room, zero when they are not.
func (db *DB) ListensSince(ctx context.Context, a bot.Address) (time.Time, error) {
	var since int64
	err := db.reader(ctx).get(ctx, &since, `select since from listening where network = ? and room = ?`, string(a.Network), string(a.Room))
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("listening room: %w", err)
	}
	return fromMS(since), nil
}

// PutListening has plain asks noticed in a room, or no more; changed is false when it was so before.
func (db *DB) PutListening(ctx context.Context, a bot.Address, listens bool, now time.Time) (changed bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		query, args := `delete from listening where network = ? and room = ?`, []any{string(a.Network), string(a.Room)}
		if listens {
			query, args = `insert into listening (network, room, since) values (?, ?, ?) on conflict do nothing`, append(args, ms(now))
		}
		n, err := s.exec(ctx, query, args...)
		changed = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("listening room: %w", err)
	}
	return changed, nil
}
