package storage

import (
	"context"
	"fmt"
	"time"

	"ginnel/bot"
)

const reportColumns = `id, kind, network, person, name, words, given_network, given_person, at, due, closed`

type reportRow struct {
	ID                    int64
	Kind                  string
	Network, Person, Name string
	Words                 string
	GivenNetwork          string `db:"given_network"`
	GivenPerson           string `db:"given_person"`
	At, Due, Closed       int64
}

func (r reportRow) report() bot.Report {
	return bot.Report{
		ID: r.ID, Kind: bot.ReportKind(r.Kind), Words: r.Words, At: fromMS(r.At), Due: fromMS(r.Due), Closed: fromMS(r.Closed),
		From:  bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person), Name: r.Name},
		Given: bot.Speaker{Network: bot.Network(r.GivenNetwork), ID: bot.UserID(r.GivenPerson)},
	}
}

// AddReport stores a new report, and returns its number.
func (db *DB) AddReport(ctx context.Context, r bot.Report) (id int64, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		return s.get(ctx, &id, `insert into report (kind, network, person, name, words, given_network, given_person, at, due) values (`+marks(9)+`) returning id`,
			string(r.Kind), string(r.From.Network), string(r.From.ID), r.From.Name, r.Words, string(r.Given.Network), string(r.Given.ID), ms(r.At), ms(r.Due))
	})
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return id, nil
}

// OpenReports are the reports that nobody closed, those due first before others.
func (db *DB) OpenReports(ctx context.Context) (all []bot.Report, err error) {
	var rows []reportRow
	if err := db.reader(ctx).all(ctx, &rows, `select `+reportColumns+` from report where closed = 0 order by due, id`); err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	for _, r := range rows {
		all = append(all, r.report())
	}
	return all, nil
}

// ReportsForOperator is how many open reports no coordinator was given.
func (db *DB) ReportsForOperator(ctx context.Context) (n int, err error) {
	err = db.reader(ctx).get(ctx, &n, `select count(*) from report where closed = 0 and given_person = ''`)
	return n, err
}

// CloseReport closes a report and erases its words and who made it. It returns the report as it was. bot.ErrNotFound: it is not open.
func (db *DB) CloseReport(ctx context.Context, id int64, now time.Time) (was bot.Report, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		db.traces.Store(true)
		var row reportRow
		if err := s.get(ctx, &row, `select `+reportColumns+` from report where id = ? and closed = 0`+s.engine.lockRow, id); err != nil {
			return fmt.Errorf("report %d: %w", id, err)
		}
		was = row.report()
		// What was shown beside the choice that closes it says it too.
		if _, err := s.exec(ctx, `update offered set shown = '' where shown <> ''`); err != nil {
			return err
		}
		_, err := s.exec(ctx, `update report set closed = ?, words = '', network = '', person = '', name = '', given_network = '', given_person = '' where id = ?`,
			max(ms(now), 1), id)
		return err
	})
	return was, err
}
