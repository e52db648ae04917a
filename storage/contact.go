package storage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

type contactRow struct {
	Network      string
	Person       string
	Organisation int64
	Name         string
	Steward      int
	Since        int64
}

func (r contactRow) contact() bot.Contact {
	return bot.Contact{
		Speaker:      bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: r.Name},
		Organisation: bot.OrganisationID(r.Organisation), Steward: r.Steward == 1, Since: fromMS(r.Since),
	}
}

func addContact(ctx context.Context, s session, c bot.Contact) error {
	at, err := here(ctx, s, c.Speaker)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `insert into contact (network, person, organisation, name, steward, since) values (?, ?, ?, ?, ?, ?)
		on conflict (network, person, organisation) do nothing`,
		string(at.Network), string(at.ID), int64(c.Organisation), c.Speaker.Name, bit(c.Steward), ms(c.Since))
	if err != nil {
		return fmt.Errorf("add contact: %w", err)
	}
	return nil
}

// AddContact lets a person speak for an organisation.
func (db *DB) AddContact(ctx context.Context, c bot.Contact) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error { return addContact(ctx, s, c) })
}

// RemoveContact has a person speak for an organisation no more.
func (db *DB) RemoveContact(ctx context.Context, org bot.OrganisationID, p bot.Speaker) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		p, err := here(ctx, s, p)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `delete from contact where organisation = ? and network = ? and person = ?`, int64(org), string(p.Network), string(p.ID)); err != nil {
			return fmt.Errorf("remove contact: %w", err)
		}
		return nil
	})
}

// Contacts are the people who speak for an organisation and did not leave the network, stewards and those who came first
// before others.
func (db *DB) Contacts(ctx context.Context, org bot.OrganisationID) ([]bot.Contact, error) {
	var rows []contactRow
	err := db.reader(ctx).all(ctx, &rows, `select network, person, organisation, name, steward, since from contact where organisation = ? and left_at = 0
		order by steward desc, since, network, person`, int64(org))
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	var all []bot.Contact
	for _, r := range rows {
		all = append(all, r.contact())
	}
	return all, nil
}

// Standings are the organisations that a person speaks for, by name.
func (db *DB) Standings(ctx context.Context, p bot.Speaker) ([]bot.Standing, error) {
	standings, _, err := standings(ctx, db.reader(ctx), p)
	return standings, err
}

func standings(ctx context.Context, s session, p bot.Speaker) (all []bot.Standing, since []int64, err error) {
	var rows []struct {
		ID      int64
		Name    string
		Steward int
		Since   int64
	}
	if p, err = here(ctx, s, p); err != nil {
		return nil, nil, err
	}
	err = s.all(ctx, &rows, `
		select o.id, o.name, c.steward, c.since from contact c join organisation o on o.id = c.organisation
		where c.network = ? and c.person = ? order by o.name, o.id`, string(p.Network), string(p.ID))
	if err != nil {
		return nil, nil, fmt.Errorf("standings: %w", err)
	}
	for _, r := range rows {
		all = append(all, bot.Standing{Organisation: bot.OrganisationID(r.ID), Name: r.Name, Steward: r.Steward == 1})
		since = append(since, r.Since)
	}
	return all, since, nil
}

// Leave records that a person left the network, and returns the organisations that he or she speaks for. Whoever is heard
// of again is back. Whoever has an account on another network goes on there, and has left nothing.
func (db *DB) Leave(ctx context.Context, p bot.Speaker, now time.Time) (all []bot.Standing, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		if all, _, err = standings(ctx, s, p); err != nil {
			return err
		}
		others, err := accounts(ctx, s, p)
		if err != nil {
			return err
		}
		others = slices.DeleteFunc(others, func(o bot.Speaker) bool { return o.Network == p.Network && o.ID == p.ID })
		if len(others) > 0 {
			all = nil
			if err := db.moveTo(ctx, s, others[0]); err != nil {
				return err
			}
			return unlink(ctx, s, p)
		}
		if len(all) == 0 {
			return nil
		}
		_, err = s.exec(ctx, `update contact set left_at = ? where network = ? and person = ?`, max(ms(now), 1), string(p.Network), string(p.ID))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("leave: %w", err)
	}
	return all, nil
}
