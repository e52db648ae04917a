package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

const claimColumns = `id, kind, organisation, network, person, speaker, name, postcode, second, at`

type claimRow struct {
	ID           int64
	Kind         string
	Organisation int64
	Network      string
	Person       string
	Speaker      string
	Name         string
	Postcode     string
	Second       int64
	At           int64
}

func (r claimRow) claim() bot.Claim {
	return bot.Claim{
		ID: r.ID, Kind: bot.ClaimKind(r.Kind), Organisation: bot.OrganisationID(r.Organisation), Name: r.Name, Postcode: bot.Postcode(r.Postcode),
		From:   bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: r.Speaker},
		Second: bot.OrganisationID(r.Second), At: fromMS(r.At),
	}
}

// AddClaim stores what somebody says of a group, and returns its number. fresh is false when he or she said so before, which then says
// the latest.
func (db *DB) AddClaim(ctx context.Context, c bot.Claim) (id int64, fresh bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		var last int64
		if err := s.get(ctx, &last, `select coalesce(max(id), 0) from claim`); err != nil {
			return err
		}
		err := s.get(ctx, &id, `insert into claim (kind, organisation, network, person, speaker, name, postcode, at) values (`+marks(8)+`)
			on conflict (kind, network, person, organisation, name) do update set postcode = excluded.postcode, speaker = excluded.speaker returning id`,
			string(c.Kind), int64(c.Organisation), string(c.From.Network), string(c.From.ID), c.From.Name, c.Name, string(c.Postcode), ms(c.At))
		fresh = id > last
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("claim: %w", err)
	}
	return id, fresh, nil
}

// Claims are those that nobody has decided yet, oldest first.
func (db *DB) Claims(ctx context.Context) (all []bot.Claim, err error) {
	var rows []claimRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+claimColumns+` from claim order by id`); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	for _, r := range rows {
		all = append(all, r.claim())
	}
	return all, nil
}

// SecondClaim records which group was the first to confirm a claim.
func (db *DB) SecondClaim(ctx context.Context, id int64, by bot.OrganisationID) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `update claim set second = ? where id = ?`, int64(by), id)
		return err
	})
}

// EndClaim takes a claim away that was decided.
func (db *DB) EndClaim(ctx context.Context, id int64) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from claim where id = ?`, id)
		return err
	})
}

// Unclaim takes an organisation from all who speak for it, as if they had been forgotten: it becomes again what a list says of it,
// sensitive if it was, and otherwise leaves the register with what it offered and needed. Whoever else was about to hear of it does not.
func (db *DB) Unclaim(ctx context.Context, id bot.OrganisationID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		o, err := organisation(ctx, s, id, s.engine.lockRow)
		if err != nil {
			return err
		}
		done := max(ms(now), 1)
		for _, query := range []string{
			`delete from contact where organisation = ?`,
			`delete from claim where organisation = ?`,
			`delete from tie where organisation = ?`,
			`delete from prompt where about in (select 'introduction/' || cast(i.id as text) from introduction i where i.state = 'open' and i.asker = ?)`,
			`update ask set closed = ` + fmt.Sprint(done) + `, watch = 0 where closed = 0 and organisation = ?`,
			`update introduction set asker_answer = 'no', asker_network = '', asker_person = '', asker_name = '' where state = 'open' and asker = ?`,
			`update introduction set asked_answer = 'no', asked_network = '', asked_person = '', asked_name = '' where state = 'open' and asked = ?`,
		} {
			if _, err := s.exec(ctx, query, int64(id)); err != nil {
				return fmt.Errorf("unclaim %s: %w", id, err)
			}
		}
		if _, err := skipPosts(ctx, s, done, aboutIt, bot.AboutOrganisation(id)); err != nil {
			return fmt.Errorf("unclaim %s: %w", id, err)
		}
		if _, _, err := orphan(ctx, s, id); err != nil {
			return fmt.Errorf("unclaim %s: %w", id, err)
		}
		return forgetWaiting(ctx, s, []string{o.Name}, done)
	})
}
