package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

const introductionColumns = `id, asker, asked, origin, about, reason, suggester, ask, together, nameless, asker_answer, asker_network, asker_person, asker_name,
	asked_answer, asked_network, asked_person, asked_name, state, at, lapses, made, ended, suggester_network, suggester_person`

type introductionRow struct {
	ID               int64
	Asker            int64
	Asked            int64
	Origin           string
	About            string
	Reason           string
	Suggester        string
	Ask              int64
	Together         string
	Nameless         int
	AskerAnswer      string `db:"asker_answer"`
	AskerNetwork     string `db:"asker_network"`
	AskerPerson      string `db:"asker_person"`
	AskerName        string `db:"asker_name"`
	AskedAnswer      string `db:"asked_answer"`
	AskedNetwork     string `db:"asked_network"`
	AskedPerson      string `db:"asked_person"`
	AskedName        string `db:"asked_name"`
	State            string
	At               int64
	Lapses           int64
	Made             int64
	Ended            int64
	SuggesterNetwork string `db:"suggester_network"`
	SuggesterPerson  string `db:"suggester_person"`
}

func (r introductionRow) introduction() bot.Introduction {
	return bot.Introduction{
		ID: bot.IntroductionID(r.ID),
		Parties: [2]bot.Party{
			{Organisation: bot.OrganisationID(r.Asker), Assent: bot.Assent(r.AskerAnswer), Person: bot.Speaker{Network: bot.Network(r.AskerNetwork), ID: bot.UserID(r.AskerPerson), Name: r.AskerName}},
			{Organisation: bot.OrganisationID(r.Asked), Assent: bot.Assent(r.AskedAnswer), Person: bot.Speaker{Network: bot.Network(r.AskedNetwork), ID: bot.UserID(r.AskedPerson), Name: r.AskedName}},
		},
		Origin: bot.Origin(r.Origin), About: r.About, Reason: r.Reason, Suggester: r.Suggester, Suggested: bot.Speaker{Network: bot.Network(r.SuggesterNetwork), ID: bot.UserID(r.SuggesterPerson)}, Ask: bot.AskID(r.Ask), Together: r.Together,
		Nameless: r.Nameless == 1, State: bot.IntroductionState(r.State), At: fromMS(r.At), Lapses: fromMS(r.Lapses), Made: fromMS(r.Made), Ended: fromMS(r.Ended),
	}
}

// partyValues are the answer and the person of a party.
func partyValues(p bot.Party) []any {
	return []any{string(p.Assent), string(p.Person.Network), string(p.Person.ID), p.Person.Name}
}

// AddIntroduction stores a new introduction. fresh is false, and nothing is stored, when one between the two is open.
func (db *DB) AddIntroduction(ctx context.Context, i bot.Introduction) (id bot.IntroductionID, fresh bool, err error) {
	a, b := i.Parties[0], i.Parties[1]
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		// PostgreSQL uses up a number for what it does not store, so it is asked first.
		var open int
		err := s.get(ctx, &open, `select count(*) from introduction where low = ? and high = ? and state = 'open'`,
			int64(min(a.Organisation, b.Organisation)), int64(max(a.Organisation, b.Organisation)))
		if err != nil || open > 0 {
			return err
		}
		args := []any{
			int64(a.Organisation), int64(b.Organisation), int64(min(a.Organisation, b.Organisation)), int64(max(a.Organisation, b.Organisation)),
			string(i.Origin), i.About, i.Reason, i.Suggester, int64(i.Ask), i.Together, bit(i.Nameless),
		}
		args = append(append(append(args, partyValues(a)...), partyValues(b)...), string(i.State), ms(i.At), ms(i.Lapses), string(i.Suggested.Network), string(i.Suggested.ID))
		err = s.get(ctx, &id, `
			insert into introduction (asker, asked, low, high, origin, about, reason, suggester, ask, together, nameless, asker_answer, asker_network, asker_person, asker_name,
			asked_answer, asked_network, asked_person, asked_name, state, at, lapses, suggester_network, suggester_person) values (`+marks(24)+`) on conflict do nothing returning id`, args...)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		fresh = err == nil
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("add introduction: %w", err)
	}
	return id, fresh, nil
}

// Introduction is one introduction.
func (db *DB) Introduction(ctx context.Context, id bot.IntroductionID) (bot.Introduction, error) {
	return introduction(ctx, db.reader(ctx), id, "")
}

func introduction(ctx context.Context, s session, id bot.IntroductionID, lock string) (bot.Introduction, error) {
	var row introductionRow
	if err := s.get(ctx, &row, `select `+introductionColumns+` from introduction where id = ?`+lock, int64(id)); err != nil {
		return bot.Introduction{}, fmt.Errorf("introduction %s: %w", id, err)
	}
	return row.introduction(), nil
}

// Introductions are those of an organisation since a time, and the open ones whatever their age, oldest first.
func (db *DB) Introductions(ctx context.Context, org bot.OrganisationID, since time.Time) ([]bot.Introduction, error) {
	return db.introductions(ctx, `(asker = ? or asked = ?) and (state = 'open' or at >= ?)`, int64(org), int64(org), ms(since))
}

// IntroductionsSince are all that were proposed since a time, and the open ones whatever their age, oldest first.
func (db *DB) IntroductionsSince(ctx context.Context, since time.Time) ([]bot.Introduction, error) {
	return db.introductions(ctx, `state = 'open' or at >= ?`, ms(since))
}

// IntroductionsTogether are those that were asked at once.
func (db *DB) IntroductionsTogether(ctx context.Context, together string) ([]bot.Introduction, error) {
	return db.introductions(ctx, `together = ?`, together)
}

// AskServed tells whether an introduction that answers an ask is open or was made.
func (db *DB) AskServed(ctx context.Context, ask bot.AskID) (bool, error) {
	all, err := db.introductions(ctx, `ask = ? and state <> 'over'`, int64(ask))
	return len(all) > 0, err
}

// IntroductionsForAsk are the open ones that answer an ask.
func (db *DB) IntroductionsForAsk(ctx context.Context, ask bot.AskID) ([]bot.Introduction, error) {
	return db.introductions(ctx, `ask = ? and state = 'open'`, int64(ask))
}

// How long it matters whether an organisation answered.
const keepAnswered = 365 * 24 * time.Hour

// Answered is how organisations answered in the last year, as it is committed. Only to have been introduced is an answer: a no, not
// now, a block, no room and to be forgotten count as silence does, and like it not before the day on which it would have ended, so that
// nothing that others see is moved by what somebody said. Below three askers there is no record.
func (db *DB) Answered(ctx context.Context, now time.Time) (map[bot.OrganisationID]bot.Answered, error) {
	var rows []struct {
		Organisation int64
		Asked        int
		Answered     int
	}
	const over = `at >= ? and (state = 'made' or state = 'over' and ended >= lapses)`
	since := ms(now.Add(-keepAnswered))
	err := db.read.SelectContext(ctx, &rows, db.engine.rebind(`
		select organisation, count(*) as asked, sum(answered) as answered from (
			select asked as organisation, asker as other, case when state = 'made' then 1 else 0 end as answered
				from introduction where `+over+`
			union all
			select asker, asked, case when state = 'made' then 1 else 0 end
				from introduction where origin <> 'asked' and `+over+`
		) as ended group by organisation having count(distinct other) >= 3`), since, since)
	if err != nil {
		return nil, fmt.Errorf("answered: %w", err)
	}
	all := make(map[bot.OrganisationID]bot.Answered, len(rows))
	for _, r := range rows {
		all[bot.OrganisationID(r.Organisation)] = bot.Answered{Asked: r.Asked, Answered: r.Answered}
	}
	return all, nil
}

func (db *DB) introductions(ctx context.Context, where string, args ...any) ([]bot.Introduction, error) {
	var rows []introductionRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+introductionColumns+` from introduction where `+where+` order by id`, args...); err != nil {
		return nil, fmt.Errorf("introductions: %w", err)
	}
	var all []bot.Introduction
	for _, r := range rows {
		all = append(all, r.introduction())
	}
	return all, nil
}

// UpdateIntroduction changes an introduction with f, which is given it as it stands.
func (db *DB) UpdateIntroduction(ctx context.Context, id bot.IntroductionID, f func(bot.Introduction) (bot.Introduction, error)) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		i, err := introduction(ctx, s, id, s.engine.lockRow)
		if err != nil {
			return err
		}
		if i, err = f(i); err != nil {
			return err
		}
		args := append(append(partyValues(i.Parties[0]), partyValues(i.Parties[1])...), string(i.State), ms(i.Lapses), ms(i.Made), ms(i.Ended), int64(id))
		_, err = s.exec(ctx, `update introduction set asker_answer = ?, asker_network = ?, asker_person = ?, asker_name = ?,
			asked_answer = ?, asked_network = ?, asked_person = ?, asked_name = ?, state = ?, lapses = ?, made = ?, ended = ? where id = ?`, args...)
		if err != nil {
			return fmt.Errorf("introduction %s: %w", id, err)
		}
		return nil
	})
}

// PutOutcome records what an organisation said of an introduction afterwards.
func (db *DB) PutOutcome(ctx context.Context, id bot.IntroductionID, org bot.OrganisationID, question, answer string, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into outcome (introduction, organisation, question, answer, at) values (?, ?, ?, ?, ?)
			on conflict (introduction, organisation, question) do update set answer = excluded.answer, at = excluded.at`,
			int64(id), int64(org), question, answer, ms(now))
		return err
	})
}

// Outcomes are what was answered to a question about introductions, by introduction and organisation.
func (db *DB) Outcomes(ctx context.Context, id bot.IntroductionID, org bot.OrganisationID) (map[string]string, error) {
	var rows []struct{ Question, Answer string }
	if err := db.reader(ctx).all(ctx, &rows, `select question, answer from outcome where introduction = ? and organisation = ?`, int64(id), int64(org)); err != nil {
		return nil, fmt.Errorf("outcomes: %w", err)
	}
	all := map[string]string{}
	for _, r := range rows {
		all[r.Question] = r.Answer
	}
	return all, nil
}

// Bar keeps two organisations from being suggested to each other.
func (db *DB) Bar(ctx context.Context, org, other bot.OrganisationID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into barred (organisation, other, at) values (?, ?, ?) on conflict do nothing`, int64(org), int64(other), ms(now))
		return err
	})
}

// Unbar takes back what Bar of the same two, in the same order, did.
func (db *DB) Unbar(ctx context.Context, org, other bot.OrganisationID) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `delete from barred where organisation = ? and other = ?`, int64(org), int64(other))
		return err
	})
}

// Barred are the organisations that org does not want to be suggested.
func (db *DB) Barred(ctx context.Context, org bot.OrganisationID) (all []bot.OrganisationID, err error) {
	err = db.reader(ctx).all(ctx, &all, `select other from barred where organisation = ? order by 1`, int64(org))
	if err != nil {
		return nil, fmt.Errorf("barred: %w", err)
	}
	return all, nil
}

// AllBarred are all pairs that are never to be suggested to each other.
func (db *DB) AllBarred(ctx context.Context) (pairs [][2]bot.OrganisationID, err error) {
	return db.pairs(ctx, `select organisation, other from barred`)
}

// SharedContacts are the pairs of organisations for which one person speaks.
func (db *DB) SharedContacts(ctx context.Context) ([][2]bot.OrganisationID, error) {
	return db.pairs(ctx, `select a.organisation, b.organisation as other from contact a join contact b
		on b.network = a.network and b.person = a.person and b.organisation > a.organisation`)
}

// Ties are the pairs of which at least one said that they know each other, and none that they do not.
func (db *DB) Ties(ctx context.Context) ([][2]bot.OrganisationID, error) {
	return db.pairs(ctx, `select organisation, other from tie t where kind <> 'not'
		and not exists (select 1 from tie u where u.organisation = t.other and u.other = t.organisation and u.kind = 'not')`)
}

func (db *DB) pairs(ctx context.Context, query string) (pairs [][2]bot.OrganisationID, err error) {
	var rows []struct{ Organisation, Other int64 }
	if err := db.reader(ctx).all(ctx, &rows, query); err != nil {
		return nil, fmt.Errorf("pairs: %w", err)
	}
	for _, r := range rows {
		pairs = append(pairs, [2]bot.OrganisationID{bot.OrganisationID(r.Organisation), bot.OrganisationID(r.Other)})
	}
	return pairs, nil
}
