package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ginnel/bot"
)

// offeredFor is how long the choices of a post may be answered.
const offeredFor = 24 * time.Hour

// offer remembers the choices of a post that is about to be said. Each post keeps its own list, so that an answer under an
// older message finds the older one.
func offer(ctx context.Context, s session, p bot.Post, seq int64, now time.Time) error {
	if p.Instead != "" {
		if _, err := s.exec(ctx, `delete from offered where network = ? and key = ?`, string(p.Where.Network), p.Instead); err != nil {
			return fmt.Errorf("forget choices: %w", err)
		}
	}
	choices := p.Reply.Choices()
	isReply := strings.HasPrefix(p.Key, "reply/")
	if p.OnlyEdit && len(choices) == 0 {
		return nil
	}
	body, err := json.Marshal(choices)
	if err != nil {
		return fmt.Errorf("choices: %w", err)
	}
	shown, err := json.Marshal(p.Reply)
	if err != nil {
		return fmt.Errorf("choices: %w", err)
	}
	rest := ""
	if len(p.Rest) > 0 {
		text, err := json.Marshal(p.Rest)
		if err != nil {
			return fmt.Errorf("the rest: %w", err)
		}
		rest = string(text)
	}
	people, where := p.Where.People, p.Where
	switch {
	case where.Gather != "": // answered in the room that was opened, by whoever is in it
		where = bot.Address{Network: where.Network, Room: where.Room}
	case where.Room != "":
		people = []bot.UserID{p.For}
		if p.Where.Only != "" {
			people = []bot.UserID{p.Where.Only}
		}
	}
	until := p.Open
	if until.IsZero() {
		until = now.Add(offeredFor)
	}
	for _, person := range people {
		if person == "" {
			continue
		}
		if !isReply && p.Instead == "" {
			if err := outdate(ctx, s, where, person); err != nil {
				return err
			}
		}
		if isReply {
			if err := supersede(ctx, s, where, person); err != nil {
				return err
			}
		}
		if len(choices) == 0 {
			continue
		}
		_, err := s.exec(ctx, `
			insert into offered (network, place, person, key, seq, choices, until, rest, shown) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
			on conflict (network, person, place, key) do update set seq = excluded.seq, choices = excluded.choices, until = excluded.until, rest = excluded.rest,
				shown = excluded.shown`,
			string(where.Network), where.Place(), string(person), p.Key, seq, string(body), ms(until), rest, string(shown))
		if err != nil {
			return fmt.Errorf("store choices: %w", err)
		}
	}
	return nil
}

// outdate notes that something else was read since the last reply, so that a number is no longer taken for one of its own.
func outdate(ctx context.Context, s session, where bot.Address, person bot.UserID) error {
	_, err := s.exec(ctx, `update offered set stale = 1 where network = ? and person = ? and place = ? and substr(key, 1, 6) = 'reply/'`, string(where.Network), string(person), where.Place())
	if err != nil {
		return fmt.Errorf("forget choices: %w", err)
	}
	return nil
}

// supersede ends what earlier replies to a person offered at where, but for choices that stay.
func supersede(ctx context.Context, s session, where bot.Address, person bot.UserID) error {
	here := `network = ? and person = ? and place = ? and substr(key, 1, 6) = 'reply/'`
	args := []any{string(where.Network), string(person), where.Place()}
	if _, err := s.exec(ctx, `delete from offered where `+here+` and choices not like '%"Stays":true%'`, args...); err != nil {
		return fmt.Errorf("forget choices: %w", err)
	}
	if _, err := s.exec(ctx, `update offered set stale = 1 where `+here, args...); err != nil {
		return fmt.Errorf("forget choices: %w", err)
	}
	return nil
}

// Offered is what a person may still answer at an address, newest first. Of replies it is the last that offered anything.
// In a thread it is what was offered there, and if nothing was, what was in the room outside of threads; outside of threads
// it is what was offered there, and if nothing was, what was in the threads of the room.
func (db *DB) Offered(ctx context.Context, where bot.Address, who bot.Speaker, now time.Time) ([]bot.Offered, error) {
	all, err := offered(ctx, db.reader(ctx), who, now)
	if err != nil {
		return nil, err
	}
	at := func(fits func(o bot.Offered) bool) []bot.Offered {
		here, replied := []bot.Offered(nil), false
		for _, o := range all {
			if !fits(o) || o.Reply && replied && o.Rest == nil {
				continue
			}
			if o.Reply && replied { // another list was shown since; what it did not show can still be
				o.Choices, o.Stale = nil, true
			}
			replied = replied || o.Reply
			here = append(here, o)
		}
		return here
	}
	lane := where.Lane()
	if here := at(func(o bot.Offered) bool { return o.Place == where.Place() }); len(here) > 0 || where.Room == "" {
		return here, nil
	}
	if where.Thread != "" {
		return at(func(o bot.Offered) bool { return o.Place == lane }), nil
	}
	where.Thread = "any"
	threads := strings.TrimSuffix(where.Place(), "any")
	return at(func(o bot.Offered) bool { return strings.HasPrefix(o.Place, threads) }), nil
}

// OfferedOn is what a person may still answer of one message. ours is false when it is no message of ours.
func (db *DB) OfferedOn(ctx context.Context, who bot.Speaker, on bot.MessageID, now time.Time) (here []bot.Offered, ours bool, err error) {
	all, err := offered(ctx, db.reader(ctx), who, now)
	if err != nil {
		return nil, false, err
	}
	here = slices.DeleteFunc(all, func(o bot.Offered) bool { return o.Said != on })
	if len(here) > 0 {
		return here, true, nil
	}
	_, ours, err = db.SaidAs(ctx, who.Network, on)
	return nil, ours, err
}

// offered is all that a person may still answer on a network, newest first.
func offered(ctx context.Context, s session, who bot.Speaker, now time.Time) ([]bot.Offered, error) {
	var rows []struct {
		Key     string
		Place   string
		Choices string
		Said    string
		Stale   int
		Rest    string
		Shown   string
		Until   int64
	}
	err := s.all(ctx, &rows, `
		select o.key, o.place, o.choices, o.stale, o.rest, o.shown, o.until, coalesce(p.message, '') as said from offered o left join post p on p.seq = o.seq
		where o.network = ? and o.person = ? and o.until > ? order by o.seq desc`, string(who.Network), string(who.ID), ms(now))
	if err != nil {
		return nil, fmt.Errorf("offered: %w", err)
	}
	var all []bot.Offered
	for _, r := range rows {
		o := bot.Offered{Key: r.Key, Reply: strings.HasPrefix(r.Key, "reply/"), Place: r.Place, Stale: r.Stale == 1, Until: fromMS(r.Until), Said: bot.MessageID(r.Said)}
		if err := json.Unmarshal([]byte(r.Choices), &o.Choices); err != nil {
			return nil, fmt.Errorf("offered: %w", err)
		}
		if r.Shown != "" {
			if err := json.Unmarshal([]byte(r.Shown), &o.Shown); err != nil {
				return nil, fmt.Errorf("offered: %w", err)
			}
		}
		if r.Rest != "" {
			if err := json.Unmarshal([]byte(r.Rest), &o.Rest); err != nil {
				return nil, fmt.Errorf("offered: %w", err)
			}
		}
		all = append(all, o)
	}
	return all, nil
}

// EndOffered takes back the choices of a post, and of those whose keys go on from it with a stroke: they were answered.
func (db *DB) EndOffered(ctx context.Context, p bot.Speaker, key string) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from offered where network = ? and person = ? and (key = ? or substr(key, 1, ?) = ?)`,
			string(p.Network), string(p.ID), key, utf8.RuneCountInString(key)+1, key+"/")
		if err != nil {
			return fmt.Errorf("end offered: %w", err)
		}
		return nil
	})
}
