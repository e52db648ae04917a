package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// AddPrompt stores something to be said unasked, once for each key.
func (db *DB) AddPrompt(ctx context.Context, p bot.Prompt) error {
	at, err := here(ctx, db.reader(ctx), p.To)
	if err != nil {
		return err
	}
	p.To.Network, p.To.ID = at.Network, at.ID
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into prompt (key, network, person, rank, body, about, ripe, until) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing`,
			p.Key, string(p.To.Network), string(p.To.ID), p.Rank, string(body), p.About, ms(p.Ripe), ms(p.Until))
		if err != nil {
			return fmt.Errorf("add prompt: %w", err)
		}
		return nil
	})
}

// Prompts are what may be said unasked at now, by person and rank.
func (db *DB) Prompts(ctx context.Context, now time.Time) ([]bot.Prompt, error) {
	var bodies []string
	err := db.reader(ctx).all(ctx, &bodies, `select body from prompt where done = 0 and ripe <= ? and until > ? order by network, person, rank, key`, ms(now), ms(now))
	if err != nil {
		return nil, fmt.Errorf("prompts: %w", err)
	}
	all := make([]bot.Prompt, len(bodies))
	for i, b := range bodies {
		if err := json.Unmarshal([]byte(b), &all[i]); err != nil {
			return nil, fmt.Errorf("prompt: %w", err)
		}
	}
	return all, nil
}

// EndPrompts takes prompts away: they were said, or need no longer be.
func (db *DB) EndPrompts(ctx context.Context, now time.Time, keys ...string) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		for _, k := range keys {
			if _, err := s.exec(ctx, `update prompt set done = ?, body = null where key = ? and done = 0`, max(ms(now), 1), k); err != nil {
				return fmt.Errorf("end prompts: %w", err)
			}
		}
		return nil
	})
}

// EndPrompt takes back what was to be said to somebody, if it waits.
func (db *DB) EndPrompt(ctx context.Context, key string, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `update prompt set done = ?, body = null where key = ? and done = 0`, max(ms(now), 1), key)
		return err
	})
}

// EndPromptsAbout takes away all prompts about something.
func (db *DB) EndPromptsAbout(ctx context.Context, about string, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `update prompt set done = ?, body = null where about = ? and done = 0`, max(ms(now), 1), about)
		return err
	})
}

type mannerRow struct {
	Network    string
	Person     string
	Digest     int
	Nudges     int
	QuietUntil int64 `db:"quiet_until"`
	Unanswered int
	Stopped    int64
	Last       int64
	Told       int64
}

func (r mannerRow) manners() bot.Manners {
	return bot.Manners{
		Person: bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person)},
		Digest: r.Digest == 1, Nudges: r.Nudges == 1, QuietUntil: fromMS(r.QuietUntil), Unanswered: r.Unanswered, Stopped: fromMS(r.Stopped), Last: fromMS(r.Last), Told: fromMS(r.Told),
	}
}

// last is when a person was last sent a bundle, as far as that is known: when it was said, or is to be said; and told, up
// to when bundles have told that person what is new.
const (
	ofBundles = ` from bundle b left join post p on p.key = 'bundle/' || cast(b.id as text)
	where b.network = x.network and b.person = x.person and coalesce(p.state, '') not in ('skipped', 'expired', 'dead')), 0)`
	last = `coalesce((select max(case when p.state = 'sent' then p.done else b.at end)` + ofBundles + ` as last, coalesce((select max(b.told)` + ofBundles + ` as told`
)

const (
	chosen   = `coalesce(m.digest, 0) as digest, coalesce(m.nudges, 1) as nudges, coalesce(m.quiet_until, 0) as quiet_until, coalesce(m.unanswered, 0) as unanswered, coalesce(m.stopped, 0) as stopped`
	ofPerson = `select x.network, x.person, digest, nudges, quiet_until, unanswered, stopped, ` + last + ` from person x where x.network = ? and x.person = ?`
	ofAnyone = `select x.network, x.person, ` + chosen + `, ` + last + ` from (select cast(? as text) as network, cast(? as text) as person) x
		left join person m on m.network = x.network and m.person = x.person`
)

// AllManners are those of everybody who speaks for an organisation, looks after the network or made a choice, and did not leave.
func (db *DB) AllManners(ctx context.Context) ([]bot.Manners, error) {
	return db.manners(ctx, `select distinct x.network, x.person, `+chosen+`, `+last+`
		from (select network, person from contact union select network, person from person union select network, person from coordinator) x
		left join person m on m.network = x.network and m.person = x.person
		where not exists (select 1 from contact c where c.network = x.network and c.person = x.person and c.left_at > 0) order by x.network, x.person`)
}

// Manners are those of one person.
func (db *DB) Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error) {
	s, err := here(ctx, db.reader(ctx), s)
	if err != nil {
		return bot.Manners{Person: s, Nudges: true}, err
	}
	all, err := db.manners(ctx, ofAnyone, string(s.Network), string(s.ID))
	if err != nil || len(all) == 0 {
		return bot.Manners{Person: s, Nudges: true}, err
	}
	return all[0], nil
}

func (db *DB) manners(ctx context.Context, query string, args ...any) ([]bot.Manners, error) {
	var rows []mannerRow
	if err := db.reader(ctx).all(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("manners: %w", err)
	}
	var all []bot.Manners
	for _, r := range rows {
		all = append(all, r.manners())
	}
	return all, nil
}

// PutManners keeps what a person chose.
func (db *DB) PutManners(ctx context.Context, m bot.Manners) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		at, err := here(ctx, s, m.Person)
		if err != nil {
			return err
		}
		_, err = s.exec(ctx, `insert into person (network, person, digest, nudges, quiet_until, unanswered, stopped) values (?, ?, ?, ?, ?, ?, ?)
			on conflict (network, person) do update set digest = excluded.digest, nudges = excluded.nudges, quiet_until = excluded.quiet_until, unanswered = excluded.unanswered, stopped = excluded.stopped`,
			string(at.Network), string(at.ID), bit(m.Digest), bit(m.Nudges), ms(m.QuietUntil), m.Unanswered, ms(m.Stopped))
		if err != nil {
			return fmt.Errorf("manners: %w", err)
		}
		return nil
	})
}

// Heard says that a person spoke to us, so what was said to him or her unasked is answered, and he or she is there: from now on what
// is said unasked is said to that account.
func (db *DB) Heard(ctx context.Context, p bot.Speaker) error {
	var n int
	who := []any{string(p.Network), string(p.ID)}
	err := db.reader(ctx).get(ctx, &n, `select (select count(*) from person where network = ? and person = ? and unanswered > 0)
		+ (select count(*) from contact where network = ? and person = ? and left_at > 0)
		+ (select count(*) from linked where network = ? and person = ? and here = 0)`, slices.Concat(who, who, who)...)
	if err != nil || n == 0 {
		return err
	}
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		err := db.moveTo(ctx, s, p)
		if err == nil {
			_, err = s.exec(ctx, `update person set unanswered = 0 where network = ? and person = ?`, who...)
		}
		if err == nil {
			_, err = s.exec(ctx, `update contact set left_at = 0 where network = ? and person = ?`, who...)
		}
		return err
	})
}

// AddBundle records that a person is sent a bundle in a week, which tells what is new up to told, zero when it does not, and
// returns the key of the post that says it, "" when one was recorded before.
func (db *DB) AddBundle(ctx context.Context, p bot.Speaker, week string, at, told time.Time) (key string, err error) {
	var id int64
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		return s.get(ctx, &id, `insert into bundle (network, person, week, at, told) values (?, ?, ?, ?, ?) on conflict do nothing returning id`,
			string(p.Network), string(p.ID), week, ms(at), ms(told))
	})
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("bundle: %w", err)
	}
	return fmt.Sprint("bundle/", id), nil
}

// PromptWaits tells whether a prompt is still to be said.
func (db *DB) PromptWaits(ctx context.Context, key string) (bool, error) {
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from prompt where key = ? and done = 0`, key)
	return n > 0, err
}

// PassPrompts has somebody else told and asked what a person was to be.
func (db *DB) PassPrompts(ctx context.Context, from, to bot.Speaker) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var rows []struct{ Key, Body string }
		err := s.all(ctx, &rows, `select key, body from prompt where network = ? and person = ? and done = 0`, string(from.Network), string(from.ID))
		if err != nil {
			return fmt.Errorf("pass prompts: %w", err)
		}
		for _, r := range rows {
			var p bot.Prompt
			if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
				return fmt.Errorf("prompt: %w", err)
			}
			p.To = to
			body, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("prompt: %w", err)
			}
			if _, err := s.exec(ctx, `update prompt set network = ?, person = ?, body = ? where key = ?`, string(to.Network), string(to.ID), string(body), r.Key); err != nil {
				return fmt.Errorf("pass prompts: %w", err)
			}
		}
		return nil
	})
}
