package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// BeginWeek records that the clock of a week has struck; fresh is false when it had before.
func (db *DB) BeginWeek(ctx context.Context, week string, now time.Time) (fresh bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `insert into week (week, at) values (?, ?) on conflict do nothing`, week, ms(now))
		fresh = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("week: %w", err)
	}
	return fresh, nil
}

// Begun tells whether the clock of a week has struck.
func (db *DB) Begun(ctx context.Context, week string) (bool, error) {
	var n int
	if err := db.reader(ctx).get(ctx, &n, `select count(*) from week where week = ?`, week); err != nil {
		return false, fmt.Errorf("week: %w", err)
	}
	return n > 0, nil
}

// DigestRooms are the rooms that read the digest, and since when each has not.
func (db *DB) DigestRooms(ctx context.Context) ([]bot.DigestRoom, error) {
	var rows []struct {
		Network string
		Room    string
		Since   int64
	}
	err := db.reader(ctx).all(ctx, &rows, `select r.network, r.room, coalesce((select max(at) from digest_sent s where s.network = r.network and s.room = r.room), r.since) as since
		from digest_room r order by r.network, r.room`)
	if err != nil {
		return nil, fmt.Errorf("digest rooms: %w", err)
	}
	var all []bot.DigestRoom
	for _, r := range rows {
		all = append(all, bot.DigestRoom{Where: bot.Address{Network: bot.Network(r.Network), Room: bot.RoomID(r.Room)}, Since: fromMS(r.Since)})
	}
	return all, nil
}

// PutDigestRoom has a room read the digest, or no more.
func (db *DB) PutDigestRoom(ctx context.Context, a bot.Address, reads bool, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		query, args := `delete from digest_room where network = ? and room = ?`, []any{string(a.Network), string(a.Room)}
		if reads {
			query, args = `insert into digest_room (network, room, since) values (?, ?, ?) on conflict do nothing`, append(args, ms(now))
		}
		if _, err := s.exec(ctx, query, args...); err != nil {
			return fmt.Errorf("digest room: %w", err)
		}
		return nil
	})
}

// AddDigest records that a room is sent the digest of a week; fresh is false when it was before.
func (db *DB) AddDigest(ctx context.Context, a bot.Address, week string, now time.Time) (fresh bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `insert into digest_sent (network, room, week, at) values (?, ?, ?, ?) on conflict do nothing`, string(a.Network), string(a.Room), week, ms(now))
		fresh = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("digest: %w", err)
	}
	return fresh, nil
}

// NextDue is when the next message to ourselves or post falls due after now, zero when nothing waits.
func (db *DB) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var next *int64
	err := db.reader(ctx).get(ctx, &next, `select min(at) from (
		select due as at from message where state = 'open' union all
		select case when not_before > due then not_before else due end as at from post where done = 0) as open_things where at > ?`, ms(now))
	if err != nil || next == nil {
		return time.Time{}, err
	}
	return fromMS(*next), nil
}

// Coordinator tells whether a person looks after the network.
func (db *DB) Coordinator(ctx context.Context, p bot.Speaker) (bool, error) {
	p, err := here(ctx, db.reader(ctx), p)
	if err != nil {
		return false, err
	}
	var one int
	err = db.reader(ctx).get(ctx, &one, `select 1 from coordinator where network = ? and person = ?`, string(p.Network), string(p.ID))
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Coordinators is how many people look after the network.
func (db *DB) Coordinators(ctx context.Context) (n int, err error) {
	err = db.reader(ctx).get(ctx, &n, `select count(*) from coordinator`)
	return n, err
}

// Coordinating are the people who look after the network, those who came first before others.
func (db *DB) Coordinating(ctx context.Context) (all []bot.Speaker, err error) {
	var rows []struct{ Network, Person, Name string }
	if err := db.reader(ctx).all(ctx, &rows, `select network, person, name from coordinator order by since, network, person`); err != nil {
		return nil, fmt.Errorf("coordinators: %w", err)
	}
	for _, r := range rows {
		all = append(all, bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: r.Name})
	}
	return all, nil
}

// AddCoordinator lets a person look after the network.
func (db *DB) AddCoordinator(ctx context.Context, p bot.Speaker, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into coordinator (network, person, name, since) values (?, ?, ?, ?) on conflict do nothing`,
			string(p.Network), string(p.ID), p.Name, ms(now))
		return err
	})
}
