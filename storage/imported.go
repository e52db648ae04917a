package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// ownRef begins the id that an export gives to organisations that came from no list.
const ownRef = "ginnel:"

// mostMissing is how many names of missing organisations a report holds.
const mostMissing = 50

var errDry = errors.New("dry run")

// Import loads the rows of one list, all or nothing, and reports what it did; with dry, what it would do.
// Rows are staged first, in short transactions that touch nothing else; then one transaction applies the
// difference. An organisation is known again by its id on this list; by an id and name that it has from another; or by the
// number that an export gave it. Organisations that joined keep all they said themselves. Nothing is deleted
// but what the list itself said before. progress, which may be nil, is told how many rows are staged.
func (db *DB) Import(ctx context.Context, list string, rows iter.Seq2[bot.Imported, error], dry bool, now time.Time, progress func(done int)) (r bot.ImportReport, err error) {
	batch := rand.Text()
	// What an import that was killed left behind is nobody's: only one runs at a time on SQLite, and on
	// PostgreSQL a batch that is still growing has rows younger than this statement.
	defer func() {
		clear, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		for _, table := range []string{"staged_entry", "staged"} {
			if _, cleared := db.write.ExecContext(clear, db.engine.rebind(`delete from `+table+` where batch = ?`), batch); cleared != nil && err == nil {
				err = fmt.Errorf("clear up after the import: %w", db.plainly(cleared))
			}
		}
	}()
	if r.Rows, err = db.stage(ctx, batch, now, rows, progress); err != nil {
		return r, err
	}
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := applyStaged(ctx, s, batch, list, now, &r); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return r, db.plainly(err)
}

// stageRows is how many rows one transaction stages.
const stageRows = 1000

func (db *DB) stage(ctx context.Context, batch string, now time.Time, rows iter.Seq2[bot.Imported, error], progress func(int)) (n int, err error) {
	var some []bot.Imported
	flush := func() error {
		if len(some) == 0 {
			return nil
		}
		err := db.inTx(ctx, func(ctx context.Context, s session) error { return stageSome(ctx, s, batch, now, some) })
		n += len(some)
		some = some[:0]
		if progress != nil {
			progress(n)
		}
		return db.plainly(err)
	}
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		some = append(some, row)
		if len(some) == stageRows {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

func stageSome(ctx context.Context, s session, batch string, now time.Time, some []bot.Imported) error {
	var organisations, entries [][]any
	for _, row := range some {
		o := row.Organisation
		organisations = append(organisations, []any{
			batch, o.Ref, row.Line, o.Name, clean.Fold(o.Name), string(o.Postcode), o.About, o.Web, o.Income, o.Role, bit(o.Sensitive), ms(now),
		})
		for i, e := range row.Entries {
			entries = append(entries, []any{batch, o.Ref, string(e.Side), clean.Fold(e.Text), e.Text, string(e.Terms), e.Until.ISO(), i})
		}
	}
	err := insertMany(ctx, s, `insert into staged (batch, ref, line, name, skeleton, postcode, about, web, income, role, sensitive, at) values `, organisations)
	if err == nil {
		err = insertMany(ctx, s, `insert into staged_entry (batch, ref, side, skeleton, text, terms, until, rank) values `, entries)
	}
	if err != nil {
		return fmt.Errorf("stage rows: %w", err)
	}
	return nil
}

// insertMany inserts rows of one shape, as many in a statement as are quick. The same row twice is once.
func insertMany(ctx context.Context, s session, query string, rows [][]any) error {
	const most = 200
	for len(rows) > 0 {
		n := min(most, len(rows))
		one := "(" + marks(len(rows[0])) + ")"
		args := make([]any, 0, n*len(rows[0]))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := s.exec(ctx, query+strings.TrimSuffix(strings.Repeat(one+",", n), ",")+` on conflict do nothing`, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// differs is true of a staged row t whose organisation o says something else.
const differs = `(o.name <> t.name or o.postcode <> t.postcode or o.about <> t.about or o.web <> t.web or o.income <> t.income or o.role <> t.role
	or (t.sensitive = 1 and o.sensitive = 0))`

// The entries of list and register that are not in the other, for organisations that did not join. A mark of
// what a steward took back counts as being there.
const (
	newEntries = `from staged_entry e join staged t on t.batch = e.batch and t.ref = e.ref join organisation o on o.id = t.org
		where e.batch = ? and o.joined = 0
		and not exists (select 1 from entry x where x.organisation = o.id and x.side = e.side and x.skeleton = e.skeleton)`
	oldEntries = `from entry where gone = 0 and imported = 1
		and organisation in (select t.org from staged t join organisation o on o.id = t.org where t.batch = ? and o.joined = 0)
		and not exists (select 1 from staged_entry e where e.batch = ? and e.ref in (select t.ref from staged t where t.batch = ? and t.org = entry.organisation)
			and e.side = entry.side and e.skeleton = entry.skeleton)`
	otherEntries = `from staged_entry e join staged t on t.batch = e.batch and t.ref = e.ref join organisation o on o.id = t.org
		join entry x on x.organisation = o.id and x.side = e.side and x.skeleton = e.skeleton
		where e.batch = ? and o.joined = 0 and x.gone = 0 and x.imported = 1 and (x.text <> e.text or x.terms <> e.terms or x.until <> e.until)`
)

func applyStaged(ctx context.Context, s session, batch, list string, now time.Time, r *bot.ImportReport) (err error) {
	run := func(query string, args ...any) {
		if err == nil {
			_, err = s.exec(ctx, query, args...)
		}
	}
	count := func(n *int, query string, args ...any) {
		if err == nil {
			err = s.get(ctx, n, query, args...)
		}
	}
	// Which organisation is meant. The index of references has no empty ones, and must be told so to be used.
	run(`update staged set org = coalesce((select o.id from organisation o where o.list = ? and o.ref = staged.ref and o.ref <> ''), 0) where batch = ?`, list, batch)
	run(`update staged set org = coalesce((select min(o.id) from organisation o where o.ref = staged.ref and o.ref <> '' and o.skeleton = staged.skeleton), 0) where batch = ? and org = 0`, batch)
	if err == nil {
		err = knowOwn(ctx, s, batch)
	}
	// Two rows for one organisation: the first counts.
	run(`update staged set what = 'same' where batch = ? and org <> 0 and exists (select 1 from staged d where d.batch = staged.batch and d.org = staged.org and d.line < staged.line)`, batch)
	run(`update staged set what = 'kept' where batch = ? and what = '' and org in (select id from organisation where joined = 1)`, batch)
	run(`update staged set what = 'changed' where batch = ? and what = '' and exists (select 1 from staged t join organisation o on o.id = t.org
		where t.batch = staged.batch and t.ref = staged.ref and `+differs+`)`, batch)
	run(`update staged set what = 'changed' where batch = ? and what = '' and org <> 0 and (
		org in (select o.id `+newEntries+`) or org in (select organisation `+oldEntries+`) or org in (select o.id `+otherEntries+`))`,
		batch, batch, batch, batch, batch, batch)
	run(`update staged set what = 'new' where batch = ? and org = 0`, batch)
	run(`update staged set what = 'same' where batch = ? and what = ''`, batch)
	count(&r.Added, `select count(*) from staged where batch = ? and what = 'new'`, batch)
	count(&r.Changed, `select count(*) from staged where batch = ? and what = 'changed'`, batch)
	count(&r.Kept, `select count(*) from staged where batch = ? and what = 'kept'`, batch)
	count(&r.Same, `select count(*) from staged where batch = ? and what in ('same', 'kept')`, batch)
	const missing = ` from organisation where list = ? and ref <> '' and listed = 1 and id not in (select org from staged where batch = ?)`
	var all int
	count(&all, `select count(*)`+missing, list, batch)
	if err == nil {
		err = s.all(ctx, &r.Missing, `select name`+missing+` order by name limit `+strconv.Itoa(mostMissing), list, batch)
	}
	r.MissingMore = all - len(r.Missing)
	if err != nil || r.Added+r.Changed == 0 && r.Kept == 0 {
		return err
	}
	// What a joined organisation may be told by a list: nothing that it says itself.
	run(`update organisation set income = t.income, role = case when organisation.role = '' then t.role else organisation.role end
		from staged t where t.batch = ? and t.what = 'kept' and t.org = organisation.id`, batch)
	if err == nil {
		err = rememberStaged(ctx, s, batch)
	}
	if r.Added+r.Changed == 0 {
		return err
	}
	run(`insert into organisation (list, ref, name, skeleton, postcode, about, web, income, role, listed, sensitive, confirmed)
		select ?, ref, name, skeleton, postcode, about, web, income, role, 1, sensitive, `+strconv.FormatInt(ms(now), 10)+` from staged where batch = ? and what = 'new' order by line`, list, batch)
	run(`update staged set org = (select o.id from organisation o where o.list = ? and o.ref = staged.ref and o.ref <> '') where batch = ? and what = 'new'`, list, batch)
	run(`update organisation set name = t.name, skeleton = t.skeleton, postcode = t.postcode, about = t.about, web = t.web, income = t.income, role = t.role,
		sensitive = case when t.sensitive = 1 then 1 else organisation.sensitive end, confirmed = `+strconv.FormatInt(ms(now), 10)+`
		from staged t where t.batch = ? and t.what = 'changed' and t.org = organisation.id`, batch)
	run(`delete `+oldEntries, batch, batch, batch)
	run(`update entry set text = e.text, terms = e.terms, until = e.until, confirmed = `+strconv.FormatInt(ms(now), 10)+`
		from staged_entry e, staged t where e.batch = ? and t.batch = e.batch and t.ref = e.ref and t.what = 'changed' and entry.organisation = t.org
		and entry.side = e.side and entry.skeleton = e.skeleton and entry.gone = 0 and entry.imported = 1
		and (entry.text <> e.text or entry.terms <> e.terms or entry.until <> e.until)`, batch)
	run(`insert into entry (organisation, side, text, skeleton, terms, until, imported, confirmed)
		select o.id, e.side, e.text, e.skeleton, e.terms, e.until, 1, `+strconv.FormatInt(ms(now), 10)+` `+newEntries+` order by t.line, e.rank`, batch)
	if err != nil {
		return fmt.Errorf("apply the list: %w", err)
	}
	// As late as can be: from here on changes elsewhere wait.
	seq, err := change(ctx, s)
	if err != nil {
		return err
	}
	run(`update organisation set changed = ? where id in (select org from staged where batch = ? and what in ('new', 'changed'))`, seq, batch)
	return err
}

// knowOwn finds the organisations that an export named by our own numbers, if they are still called the same.
func knowOwn(ctx context.Context, s session, batch string) error {
	var rows []struct {
		Ref      string
		Skeleton string
	}
	if err := s.all(ctx, &rows, `select ref, skeleton from staged where batch = ? and org = 0 and ref like ?`, batch, ownRef+"%"); err != nil {
		return err
	}
	for _, r := range rows {
		id, err := strconv.ParseInt(strings.TrimPrefix(r.Ref, ownRef), 10, 64)
		if err != nil {
			continue
		}
		_, err = s.exec(ctx, `update staged set org = ? where batch = ? and ref = ? and exists (select 1 from organisation where id = ? and skeleton = ? and ref = '')`,
			id, batch, r.Ref, id, r.Skeleton)
		if err != nil {
			return err
		}
	}
	return nil
}
