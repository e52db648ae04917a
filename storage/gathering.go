package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// AddGathering stores a new gathering with whom it asks.
func (db *DB) AddGathering(ctx context.Context, g bot.Gathering) (id int64, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := s.get(ctx, &id, `insert into gathering (what, at, lapses) values (?, ?, ?) returning id`, g.What, ms(g.At), ms(g.Lapses)); err != nil {
			return err
		}
		for _, p := range g.Parties {
			_, err := s.exec(ctx, `insert into gathering_party (gathering, organisation, network, person, name, assent) values (?, ?, ?, ?, ?, ?)`,
				id, int64(p.Organisation), string(p.Person.Network), string(p.Person.ID), p.Person.Name, string(p.Assent))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("add gathering: %w", err)
	}
	return id, nil
}

// Gathering is one gathering.
func (db *DB) Gathering(ctx context.Context, id int64) (g bot.Gathering, err error) {
	var row struct {
		What   string
		At     int64
		Lapses int64
		Ended  int64
	}
	s := db.reader(ctx)
	if err := s.get(ctx, &row, `select what, at, lapses, ended from gathering where id = ?`, id); err != nil {
		return g, fmt.Errorf("gathering %d: %w", id, err)
	}
	g = bot.Gathering{ID: id, What: row.What, At: fromMS(row.At), Lapses: fromMS(row.Lapses), Ended: fromMS(row.Ended)}
	var parties []struct {
		Organisation int64
		Network      string
		Person       string
		Name         string
		Assent       string
	}
	err = s.all(ctx, &parties, `select organisation, network, person, name, assent from gathering_party where gathering = ? order by organisation`, id)
	if err != nil {
		return g, fmt.Errorf("gathering %d: %w", id, err)
	}
	for _, p := range parties {
		g.Parties = append(g.Parties, bot.Party{
			Organisation: bot.OrganisationID(p.Organisation), Assent: bot.Assent(p.Assent),
			Person: bot.Speaker{Network: bot.Network(p.Network), ID: bot.UserID(p.Person), Name: p.Name},
		})
	}
	return g, nil
}

// Gatherings are those that an organisation was asked to and that are still open, the newest first.
func (db *DB) Gatherings(ctx context.Context, org bot.OrganisationID) ([]bot.Gathering, error) {
	var ids []int64
	err := db.reader(ctx).all(ctx, &ids, `select g.id from gathering g join gathering_party p on p.gathering = g.id
		where p.organisation = ? and g.ended = 0 order by g.id desc`, int64(org))
	if err != nil {
		return nil, fmt.Errorf("gatherings: %w", err)
	}
	var all []bot.Gathering
	for _, id := range ids {
		g, err := db.Gathering(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// AnswerGathering records what one party says, while the gathering is open. bot.ErrNotFound: it is not, or asked others.
func (db *DB) AnswerGathering(ctx context.Context, id int64, p bot.Party) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `update gathering_party set assent = ?, network = ?, person = ?, name = ?
			where gathering = ? and organisation = ? and exists (select 1 from gathering where id = ? and ended = 0)`,
			string(p.Assent), string(p.Person.Network), string(p.Person.ID), p.Person.Name, id, int64(p.Organisation), id)
		if err == nil && n == 0 {
			err = bot.ErrNotFound
		}
		return err
	})
}

// EndGathering closes a gathering; ended is false when it was closed before.
func (db *DB) EndGathering(ctx context.Context, id int64, now time.Time) (ended bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		n, err := s.exec(ctx, `update gathering set ended = ? where id = ? and ended = 0`, max(ms(now), 1), id)
		ended = n > 0
		return err
	})
	return ended, err
}

// Gathered are the organisations that were asked to a gathering since a time.
func (db *DB) Gathered(ctx context.Context, since time.Time) (all []bot.OrganisationID, err error) {
	err = db.reader(ctx).all(ctx, &all, `select distinct p.organisation from gathering_party p join gathering g on g.id = p.gathering where g.at >= ?`, ms(since))
	if err != nil {
		return nil, fmt.Errorf("gathered: %w", err)
	}
	return all, nil
}

// gatherRoom is the room that was opened as gather, "" when none was.
func gatherRoom(ctx context.Context, s session, n bot.Network, gather string) (room bot.RoomID, err error) {
	err = s.get(ctx, &room, `select room from gather where network = ? and gather = ?`, string(n), gather)
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	return room, err
}

// PutGatherRoom remembers the room that was opened as gather.
func (db *DB) PutGatherRoom(ctx context.Context, n bot.Network, gather string, room bot.RoomID) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into gather (network, gather, room) values (?, ?, ?)
			on conflict (network, gather) do update set room = excluded.room`, string(n), gather, string(room))
		return err
	})
}
