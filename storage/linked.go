package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// PutLinkWord keeps that somebody was told a word, by its hash, to be said on another network until a time. Words that were told the
// same person before are good no more.
func (db *DB) PutLinkWord(ctx context.Context, hash string, p bot.Speaker, until time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from link_word where network = ? and person = ?`, string(p.Network), string(p.ID))
		if err == nil {
			_, err = s.exec(ctx, `insert into link_word (word, network, person, name, until) values (?, ?, ?, ?, ?) on conflict (word) do nothing`,
				hash, string(p.Network), string(p.ID), p.Name, ms(until))
		}
		if err != nil {
			return fmt.Errorf("link word: %w", err)
		}
		return nil
	})
}

// LinkWord is who was told the word of that hash, if it is good at now.
func (db *DB) LinkWord(ctx context.Context, hash string, now time.Time) (bot.Speaker, error) {
	var row struct{ Network, Person, Name string }
	err := db.reader(ctx).get(ctx, &row, `select network, person, name from link_word where word = ? and until > ?`, hash, ms(now))
	if err != nil {
		return bot.Speaker{}, err
	}
	return bot.Speaker{Network: bot.Network(row.Network), ID: bot.UserID(row.Person), Name: row.Name}, nil
}

// Accounts are those of the person whose account p is, first the one where he or she was heard last; p alone when none is linked
// with it.
func (db *DB) Accounts(ctx context.Context, p bot.Speaker) ([]bot.Speaker, error) {
	return accounts(ctx, db.reader(ctx), p)
}

func accounts(ctx context.Context, s session, p bot.Speaker) ([]bot.Speaker, error) {
	var rows []struct{ Network, Person string }
	err := s.all(ctx, &rows, `select b.network, b.person from linked a join linked b on b.who = a.who where a.network = ? and a.person = ?
		order by b.here desc, b.network, b.person`, string(p.Network), string(p.ID))
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	if len(rows) == 0 {
		return []bot.Speaker{p}, nil
	}
	var all []bot.Speaker
	for _, r := range rows {
		all = append(all, bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: p.Name})
	}
	return all, nil
}

// here is the account with which what is kept of a person stands.
func here(ctx context.Context, s session, p bot.Speaker) (bot.Speaker, error) {
	all, err := accounts(ctx, s, p)
	if err != nil {
		return p, err
	}
	return all[0], nil
}

// Link makes the accounts of two one person's, who was heard last by the one called last. The words that led to it are good no more.
func (db *DB) Link(ctx context.Context, first, last bot.Speaker) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		err := link(ctx, s, first, last)
		if err == nil {
			err = db.moveTo(ctx, s, last)
		}
		if err != nil {
			return fmt.Errorf("link: %w", err)
		}
		return nil
	})
}

func link(ctx context.Context, s session, first, last bot.Speaker) error {
	var who int64
	err := s.get(ctx, &who, `select who from linked where network = ? and person = ?`, string(first.Network), string(first.ID))
	if errors.Is(err, bot.ErrNotFound) {
		err = s.get(ctx, &who, `select coalesce(max(who), 0) + 1 from linked`)
	}
	if err != nil {
		return err
	}
	// What stands with others of the accounts comes along, in moveTo.
	_, err = s.exec(ctx, `update linked set who = ? where who in (select who from linked where network = ? and person = ?)`, who, string(last.Network), string(last.ID))
	for _, p := range []bot.Speaker{first, last} {
		if err == nil {
			_, err = s.exec(ctx, `insert into linked (network, person, who) values (?, ?, ?) on conflict do nothing`, string(p.Network), string(p.ID), who)
		}
		if err == nil {
			_, err = s.exec(ctx, `delete from link_word where network = ? and person = ?`, string(p.Network), string(p.ID))
		}
	}
	return err
}

// Unlink has an account be nobody else's any more. What is kept of the person stays with the account that is heard last, which says so.
func (db *DB) Unlink(ctx context.Context, p bot.Speaker) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := db.moveTo(ctx, s, p); err != nil {
			return fmt.Errorf("unlink: %w", err)
		}
		return unlink(ctx, s, p)
	})
}

// unlink takes an account out, and with the last but one ends what there was.
func unlink(ctx context.Context, s session, p bot.Speaker) error {
	_, err := s.exec(ctx, `delete from linked where network = ? and person = ?`, string(p.Network), string(p.ID))
	if err == nil {
		_, err = s.exec(ctx, `delete from linked where who in (select who from linked group by who having count(*) = 1)`)
	}
	if err != nil {
		return fmt.Errorf("unlink: %w", err)
	}
	return nil
}

// moveTo has what is kept of a person stand with the account p, where he or she is heard now: for whom they speak, what they look after
// and chose, what they are to be asked. So that everything else knows one account of everybody. What was said in a place stays of that place.
func (db *DB) moveTo(ctx context.Context, s session, p bot.Speaker) error {
	all, err := accounts(ctx, s, p)
	if err != nil || len(all) < 2 {
		return err
	}
	for _, from := range all {
		if from.Network == p.Network && from.ID == p.ID {
			continue
		}
		if err := db.move(ctx, s, from, p); err != nil {
			return fmt.Errorf("move: %w", err)
		}
	}
	_, err = s.exec(ctx, `update linked set here = case when network = ? and person = ? then 1 else 0 end
		where who in (select who from linked where network = ? and person = ?)`, string(p.Network), string(p.ID), string(p.Network), string(p.ID))
	return err
}

// moves are the statements that move what is kept from an account to another. In each the account to which stands first, where it
// stands at all. Of two that were both in use, what allows more of a group and asks less of the person is kept.
var moves = []string{
	`insert into contact (network, person, organisation, name, steward, since, left_at)
		select cast(? as text), cast(? as text), organisation, name, steward, since, 0 from contact where network = ? and person = ?
		on conflict (network, person, organisation) do update set left_at = 0, steward = case when excluded.steward > contact.steward then 1 else contact.steward end`,
	`insert into coordinator (network, person, name, since) select cast(? as text), cast(? as text), name, since from coordinator where network = ? and person = ?
		on conflict (network, person) do nothing`,
	`insert into person (network, person, digest, nudges, quiet_until, unanswered)
		select cast(? as text), cast(? as text), digest, nudges, quiet_until, unanswered from person where network = ? and person = ?
		on conflict (network, person) do update set digest = case when excluded.digest > person.digest then 1 else person.digest end,
		nudges = case when excluded.nudges < person.nudges then 0 else person.nudges end,
		quiet_until = case when excluded.quiet_until > person.quiet_until then excluded.quiet_until else person.quiet_until end, unanswered = 0`,
	`update bundle set network = ?, person = ? where network = ? and person = ?
		and not exists (select 1 from bundle b where b.network = ? and b.person = ? and b.week = bundle.week)`,
	`update introduction set asker_network = ?, asker_person = ? where asker_network = ? and asker_person = ? and state = 'open'`,
	`update introduction set asked_network = ?, asked_person = ? where asked_network = ? and asked_person = ? and state = 'open'`,
	`update introduction set suggester_network = ?, suggester_person = ? where suggester_network = ? and suggester_person = ?`,
	`update gathering_party set network = ?, person = ? where network = ? and person = ?`,
	`update report set network = ?, person = ? where network = ? and person = ?`,
	`update report set given_network = ?, given_person = ? where given_network = ? and given_person = ?`,
}

func (db *DB) move(ctx context.Context, s session, from, to bot.Speaker) error {
	for _, query := range moves {
		args := []any{string(to.Network), string(to.ID), string(from.Network), string(from.ID)}
		for n := len(args); n < countMarks(query); n = len(args) {
			args = append(args, args[0], args[1])
		}
		if _, err := s.exec(ctx, query, args...); err != nil {
			return err
		}
	}
	for _, table := range []string{"contact", "coordinator", "person", "bundle"} {
		if _, err := s.exec(ctx, `delete from `+table+` where network = ? and person = ?`, string(from.Network), string(from.ID)); err != nil {
			return err
		}
	}
	return db.PassPrompts(ctx, from, to)
}

func countMarks(query string) (n int) {
	for _, r := range query {
		if r == '?' {
			n++
		}
	}
	return n
}
