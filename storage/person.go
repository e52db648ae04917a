package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ginnel/bot"
)

// PersonalData is everything kept about a person.
func (db *DB) PersonalData(ctx context.Context, p bot.Speaker) (d bot.PersonalData, err error) {
	s := db.reader(ctx)
	all, since, err := standings(ctx, s, p)
	if err != nil {
		return d, err
	}
	d.Contacts = all
	for _, at := range since {
		d.Since = append(d.Since, fromMS(at))
	}
	for _, c := range all {
		o, err := db.Organisation(ctx, c.Organisation)
		if err != nil {
			return d, err
		}
		d.Reach = append(d.Reach, o.Reach)
	}
	if d.Asks, err = db.Asks(ctx, p, false); err != nil {
		return d, err
	}
	var met []introductionRow
	err = s.all(ctx, &met, `select `+introductionColumns+` from introduction where (asker_network = ? and asker_person = ?) or (asked_network = ? and asked_person = ?) or (suggester_network = ? and suggester_person = ?) order by id`,
		string(p.Network), string(p.ID), string(p.Network), string(p.ID), string(p.Network), string(p.ID))
	if err != nil {
		return d, fmt.Errorf("introductions: %w", err)
	}
	for _, r := range met {
		d.Introductions = append(d.Introductions, r.introduction())
	}
	chosen, err := db.manners(ctx, ofPerson, string(p.Network), string(p.ID))
	if err != nil {
		return d, err
	}
	if len(chosen) > 0 {
		d.Manners = &chosen[0]
	}
	if d.Coordinator, err = db.Coordinator(ctx, p); err != nil {
		return d, err
	}
	if d.Offered, err = offered(ctx, s, p, time.Time{}); err != nil {
		return d, err
	}
	err = s.get(ctx, &d.Waiting, `select count(*) from post where done = 0 and state <> 'leased' and lane = ?`, bot.Private(p).Lane())
	if err != nil {
		return d, fmt.Errorf("personal data: %w", err)
	}
	return d, nil
}

// Forget erases everything kept about a person. Of the organisations that nobody speaks for any more, those that came from a list become
// unclaimed as they were; the others leave the register with what they offered and needed, and their names are returned.
func (db *DB) Forget(ctx context.Context, p bot.Speaker, now time.Time) (unlisted []string, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		unlisted, err = forget(ctx, s, p, now)
		return err
	})
	return unlisted, err
}

func forget(ctx context.Context, s session, p bot.Speaker, now time.Time) (unlisted []string, err error) {
	person := []any{string(p.Network), string(p.ID)}
	all, _, err := standings(ctx, s, p)
	if err != nil {
		return nil, err
	}
	// Every query of this function begins with the person.
	run := func(query string, more ...any) {
		if err == nil {
			_, err = s.exec(ctx, query, append(person[:2:2], more...)...)
		}
	}
	done := max(ms(now), 1)
	run(`delete from contact where network = ? and person = ?`)
	run(`delete from ask where network = ? and person = ?`)
	run(`delete from offered where network = ? and person = ?`)
	run(`update gathering_party set assent = 'no', network = '', person = '', name = '' where network = ? and person = ?`)
	run(`delete from prompt where network = ? and person = ?`)
	run(`delete from person where network = ? and person = ?`)
	run(`delete from bundle where network = ? and person = ?`)
	run(`delete from coordinator where network = ? and person = ?`)
	// Whoever is forgotten says yes to nothing any more; to the other side that is silence.
	for _, side := range []string{"asker", "asked"} {
		run(`update introduction set ` + side + `_answer = case when state = 'open' then 'no' else ` + side + `_answer end,
			` + side + `_name = '', ` + side + `_network = '', ` + side + `_person = '' where ` + side + `_network = ? and ` + side + `_person = ?`)
	}
	run(`update introduction set suggester = '', suggester_network = '', suggester_person = '' where suggester_network = ? and suggester_person = ?`)
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	_, err = s.exec(ctx, `update post set state = 'skipped', lane = null, body = null, done = ? where done = 0 and state <> 'leased'
		and (lane = ? or seq in (select post from post_about where about = ?))`, done, bot.Private(p).Lane(), bot.AboutPerson(p))
	if err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	if err := endAbout(ctx, s); err != nil {
		return nil, fmt.Errorf("forget: %w", err)
	}
	if err := forgetWaiting(ctx, s, p, done); err != nil {
		return nil, err
	}
	for _, st := range all {
		name, err := orphan(ctx, s, st.Organisation)
		if err != nil {
			return nil, fmt.Errorf("forget: %w", err)
		}
		if name != "" {
			unlisted = append(unlisted, name)
		}
	}
	return unlisted, nil
}

// forgetWaiting erases the messages to ourselves that a person caused. What he or she said and is not handled yet goes on: it was said
// after, or is this very wish.
func forgetWaiting(ctx context.Context, s session, p bot.Speaker, done int64) error {
	var rows []struct {
		Key  string
		Body string
	}
	if err := s.all(ctx, &rows, `select key, body from message where state = 'open' and kind = 'due'`); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	for _, r := range rows {
		var m bot.Message
		if err := json.Unmarshal([]byte(r.Body), &m); err != nil {
			return fmt.Errorf("message %s: %w", r.Key, err)
		}
		if m.From.ID != p.ID || m.From.Network != p.Network {
			continue
		}
		if _, err := s.exec(ctx, `update message set state = 'handled', lane = null, body = null, done = ? where key = ?`, done, r.Key); err != nil {
			return fmt.Errorf("forget: %w", err)
		}
	}
	return nil
}

// orphan deals with an organisation that may have lost its last contact. It returns its name when it left the register.
func orphan(ctx context.Context, s session, id bot.OrganisationID) (string, error) {
	var left int
	if err := s.get(ctx, &left, `select count(*) from contact where organisation = ?`, int64(id)); err != nil || left > 0 {
		return "", err
	}
	if err := touch(ctx, s, id); err != nil {
		return "", err
	}
	if err := forgetThanks(ctx, s, id); err != nil {
		return "", err
	}
	o, err := organisation(ctx, s, id, "")
	if err != nil {
		return "", err
	}
	if o.Ref != "" {
		_, err := s.exec(ctx, `update organisation set joined = 0, vouched = 0, closed = 0, closed_to = '', asks_month = 0, reach = '', covers = '' where id = ?`, int64(id))
		return "", err
	}
	if _, err := s.exec(ctx, `update organisation set joined = 0, listed = 0, vouched = 0, reach = '', covers = '' where id = ?`, int64(id)); err != nil {
		return "", err
	}
	if _, err := s.exec(ctx, `delete from prompt where about = ?`, bot.AboutOrganisation(id)); err != nil {
		return "", err
	}
	_, err = s.exec(ctx, `delete from entry where organisation = ?`, int64(id))
	return o.Name, err
}
