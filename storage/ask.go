package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"ginnel/bot"
)

const askColumns = `id, organisation, network, person, name, place, text, at, found, watch, seen, sorted, closed, until, said, public, nameless`

type askRow struct {
	ID           int64
	Organisation int64
	Network      string
	Person       string
	Name         string
	Place        string
	Text         string
	At           int64
	Found        int
	Watch        int
	Seen         int64
	Sorted       int
	Closed       int64
	Until        string
	Said         string
	Public       int
	Nameless     int
}

func (r askRow) ask() (bot.Ask, error) {
	a := bot.Ask{
		ID: bot.AskID(r.ID), Organisation: bot.OrganisationID(r.Organisation),
		Asker: bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: r.Name},
		Text:  r.Text, At: fromMS(r.At), Found: r.Found, Watch: r.Watch == 1, Seen: r.Seen, Sorted: r.Sorted == 1, Closed: fromMS(r.Closed), Until: fromISO(r.Until),
		Said: bot.MessageID(r.Said), Public: r.Public == 1, Nameless: r.Nameless == 1,
	}
	if err := json.Unmarshal([]byte(r.Place), &a.Where); err != nil {
		return a, fmt.Errorf("ask %d: %w", r.ID, err)
	}
	return a, nil
}

func asks(rows []askRow) ([]bot.Ask, error) {
	var all []bot.Ask
	for _, r := range rows {
		a, err := r.ask()
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// SaveAsk stores a new ask.
func (db *DB) SaveAsk(ctx context.Context, a bot.Ask) (id bot.AskID, err error) {
	where, err := json.Marshal(a.Where)
	if err != nil {
		return 0, fmt.Errorf("ask: %w", err)
	}
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		return s.get(ctx, &id, `
			insert into ask (organisation, network, person, name, place, text, at, found, watch, seen, sorted, closed, until, said, public, nameless) values (`+marks(16)+`) returning id`,
			int64(a.Organisation), string(a.Asker.Network), string(a.Asker.ID), a.Asker.Name, string(where), a.Text, ms(a.At),
			a.Found, bit(a.Watch), a.Seen, bit(a.Sorted), ms(a.Closed), a.Until.ISO(), string(a.Said), bit(a.Public), bit(a.Nameless))
	})
	if err != nil {
		return 0, fmt.Errorf("save ask: %w", err)
	}
	return id, nil
}

// Asks are those of a person, newest first; with open only those not closed.
func (db *DB) Asks(ctx context.Context, p bot.Speaker, open bool) ([]bot.Ask, error) {
	query := `select ` + askColumns + ` from ask where network = ? and person = ?`
	if open {
		query += ` and closed = 0`
	}
	all, err := accounts(ctx, db.reader(ctx), p)
	if err != nil {
		return nil, err
	}
	var rows []askRow
	for _, p := range all {
		var some []askRow
		if err := db.reader(ctx).all(ctx, &some, query+` order by id desc`, string(p.Network), string(p.ID)); err != nil {
			return nil, fmt.Errorf("asks: %w", err)
		}
		rows = append(rows, some...)
	}
	slices.SortStableFunc(rows, func(a, b askRow) int { return cmp.Compare(b.ID, a.ID) })
	return asks(rows)
}

// AsksSaid are the open asks that came from one message of a network.
func (db *DB) AsksSaid(ctx context.Context, n bot.Network, said bot.MessageID) ([]bot.Ask, error) {
	var rows []askRow
	err := db.reader(ctx).all(ctx, &rows, `select `+askColumns+` from ask where closed = 0 and network = ? and said = ? order by id`, string(n), string(said))
	if err != nil {
		return nil, fmt.Errorf("asks: %w", err)
	}
	return asks(rows)
}

// Watches are the open asks whose askers wait for an offer, oldest first.
func (db *DB) Watches(ctx context.Context) ([]bot.Ask, error) {
	var rows []askRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+askColumns+` from ask where watch = 1 order by id`); err != nil {
		return nil, fmt.Errorf("watches: %w", err)
	}
	return asks(rows)
}

// UpdateAsk changes an ask with f, which is given it as it stands.
func (db *DB) UpdateAsk(ctx context.Context, id bot.AskID, f func(bot.Ask) (bot.Ask, error)) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var row askRow
		if err := s.get(ctx, &row, `select `+askColumns+` from ask where id = ?`+s.engine.lockRow, int64(id)); err != nil {
			return fmt.Errorf("ask %s: %w", id, err)
		}
		a, err := row.ask()
		if err != nil {
			return err
		}
		if a, err = f(a); err != nil {
			return err
		}
		where, err := json.Marshal(a.Where)
		if err != nil {
			return fmt.Errorf("ask %s: %w", id, err)
		}
		_, err = s.exec(ctx, `update ask set organisation = ?, place = ?, text = ?, found = ?, watch = ?, seen = ?, sorted = ?, closed = ?, until = ?, said = ?, public = ?, nameless = ? where id = ?`,
			int64(a.Organisation), string(where), a.Text, a.Found, bit(a.Watch), a.Seen, bit(a.Sorted), ms(a.Closed), a.Until.ISO(), string(a.Said), bit(a.Public), bit(a.Nameless), int64(id))
		if err != nil {
			return fmt.Errorf("ask %s: %w", id, err)
		}
		return nil
	})
}
