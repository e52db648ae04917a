// Package storage keeps everything in SQLite or PostgreSQL, from one SQL text.
package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"ginnel/bot"
)

// Mode says what a database is opened for.
type Mode int

// The modes.
const (
	Read    Mode = iota // any number of processes; never migrates
	Write               // on SQLite one process
	Beside              // beside a process that writes, to leave a word among the settings; never migrates
	copying             // reads all of a file that another process may write
)

// DB is an open database. Its methods join the transaction that their context carries, if there is one,
// and are safe for many at once. They block on the disk or the network until ctx ends. What is not there is
// bot.ErrNotFound.
type DB struct {
	engine dialect
	write  *sqlx.DB
	read   *sqlx.DB
	path   string // of the SQLite file
	lock   *os.File
	spool  *spool // of a SQLite database that is written; nil otherwise

	exposed []string // see Exposed

	address string // of the PostgreSQL database

	mu     sync.Mutex
	apart  []*sqlx.DB  // see SQL
	traces atomic.Bool // something was erased whose words may still stand in the log of changes
}

// Open opens the database at url, a file path or a postgres:// address. For writing it makes what is missing,
// brings the schema up to date, and on SQLite refuses to be a second writer. Its errors are sentences that a
// person can act on.
func Open(ctx context.Context, url string, mode Mode) (*DB, error) {
	db, err := connect(ctx, url, mode)
	if err != nil {
		return nil, err
	}
	if mode != Write {
		err = db.checkSchema(ctx)
	} else {
		err = db.migrate(ctx)
	}
	if err == nil && mode == Write && db.engine.single {
		// The file lock proves every other owner dead.
		_, err = db.write.ExecContext(ctx, `update post set state = 'unknown', owner = '', until = 0 where state = 'leased'`)
		if err == nil {
			err = db.forgetAgain(ctx)
		}
	}
	if err != nil {
		db.Close()
		return nil, db.plainly(err)
	}
	return db, nil
}

// Close gives everything back.
func (db *DB) Close() error {
	var errs []error
	db.mu.Lock()
	for _, pool := range db.apart {
		errs = append(errs, pool.Close())
	}
	db.mu.Unlock()
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	if db.spool != nil {
		errs = append(errs, db.spool.close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// Server tells whether the database is a server's, and not a file.
func (db *DB) Server() bool { return !db.engine.single }

// Exposed is what others on this machine could read of the database when it was opened for writing, as sentences that say what to do.
func (db *DB) Exposed() []string { return db.exposed }

// Writable tells whether the database takes a write now.
func (db *DB) Writable(ctx context.Context) error {
	_, err := db.write.ExecContext(ctx, db.engine.rebind(
		`insert into keep (network, name, value) values ('', 'alive', ?) on conflict (network, name) do update set value = excluded.value`),
		time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return db.plainly(err)
	}
	return nil
}

// Backup writes a consistent copy of a SQLite database to path, which must not exist, and checks it. Beside it goes a copy of the file that
// tells whom to forget again. Keys of an adapter's library are not in it, and what was received in this very moment may not be.
func (db *DB) Backup(ctx context.Context, path string) error {
	if !db.engine.single {
		return errors.New("a PostgreSQL database is copied with pg_dump")
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already, and is not overwritten", path)
	}
	half := path + ".half"
	_ = os.Remove(half)
	defer os.Remove(half)
	// Nobody else may read what people said, at no moment.
	empty, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the copy could not be written to %s: %w", path, db.plainly(err))
	}
	if err := empty.Close(); err != nil {
		return fmt.Errorf("the copy could not be written to %s: %w", path, db.plainly(err))
	}
	if err := db.copyTo(ctx, half); err != nil {
		return fmt.Errorf("the copy could not be written to %s: %w", path, db.plainly(err))
	}
	f, err := os.OpenFile(half, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the copy could not be written to %s: %w", path, err)
	}
	// A link fails where a rename would overwrite what came in the meantime.
	if err := os.Link(half, path); err != nil {
		return fmt.Errorf("the copy could not be given its name %s: %w", path, err)
	}
	if err := db.copyForgotten(path); err != nil {
		return fmt.Errorf("what says whom to forget again could not be copied to %s: %w", ForgottenFile(path), db.plainly(err))
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync()
		dir.Close()
	}
	return nil
}

// copyTo writes a copy to path, which is empty, and compares it: it must be whole in itself, and hold as much as the
// database did at the change of the register that it was copied at.
func (db *DB) copyTo(ctx context.Context, path string) error {
	source, err := sqlx.Open("sqlite", sqliteURL(db.path, copying))
	if err != nil {
		return err
	}
	defer source.Close()
	// The bot may go on meanwhile. Then the copy is what was there before or after, unless the register changed twice.
	const attempts = 5
	for range attempts {
		before, err := holdings(ctx, source)
		if err != nil {
			return err
		}
		if err := os.Truncate(path, 0); err != nil {
			return err
		}
		if _, err := source.ExecContext(ctx, `vacuum into ?`, path); err != nil {
			return err
		}
		copied, err := soundHoldings(ctx, path)
		if err != nil {
			return err
		}
		after, err := holdings(ctx, source)
		if err != nil {
			return err
		}
		for _, then := range []held{before, after} {
			switch {
			case copied == then:
				return nil
			case copied.Change == then.Change:
				return fmt.Errorf("it is not good: it holds %+v instead of %+v", copied, then)
			}
		}
	}
	return errors.New("the register changes too fast to compare a copy with it; try again when less is going on")
}

// held is how much a database holds at a change of the register. Contacts come and go without one, so they are not counted.
type held struct{ Change, Organisations, Offers, Needs int64 }

func holdings(ctx context.Context, db *sqlx.DB) (h held, err error) {
	// One statement sees one state.
	err = db.GetContext(ctx, &h, `select seq as change, (select count(*) from organisation) as organisations,
		(select count(*) from entry where side = 'offer' and gone = 0) as offers, (select count(*) from entry where side = 'need' and gone = 0) as needs from change`)
	return h, err
}

// soundHoldings is what a copy holds, which must be whole.
func soundHoldings(ctx context.Context, path string) (h held, err error) {
	db, err := sqlx.Open("sqlite", sqliteURL(path, Read))
	if err != nil {
		return h, err
	}
	defer db.Close()
	var sound string
	if err := db.GetContext(ctx, &sound, `pragma integrity_check`); err != nil {
		return h, err
	}
	if sound != "ok" {
		return h, fmt.Errorf("it is not good: %s", sound)
	}
	return holdings(ctx, db)
}

type txKey struct{}

// A session is what SQL is said to: the transaction of the context, or a pool.
type session struct {
	ext interface {
		sqlx.ExtContext
		SelectContext(ctx context.Context, dest any, query string, args ...any) error
		GetContext(ctx context.Context, dest any, query string, args ...any) error
	}
	engine dialect
}

func (s session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	r, err := s.ext.ExecContext(ctx, s.engine.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// get reads one row into dest; bot.ErrNotFound when there is none.
func (s session) get(ctx context.Context, dest any, query string, args ...any) error {
	err := s.ext.GetContext(ctx, dest, s.engine.rebind(query), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return bot.ErrNotFound
	}
	return err
}

// all reads rows into dest, a slice.
func (s session) all(ctx context.Context, dest any, query string, args ...any) error {
	return s.ext.SelectContext(ctx, dest, s.engine.rebind(query), args...)
}

// reader is the session for reading alone.
func (db *DB) reader(ctx context.Context) session {
	if tx, ok := ctx.Value(txKey{}).(*sqlx.Tx); ok {
		return session{tx, db.engine}
	}
	return session{db.read, db.engine}
}

// inTx calls f in the transaction of ctx, or in one of its own that commits when f returns nil. A panic of f
// goes on after the rollback.
func (db *DB) inTx(ctx context.Context, f func(context.Context, session) error) (err error) {
	if tx, ok := ctx.Value(txKey{}).(*sqlx.Tx); ok {
		return f(ctx, session{tx, db.engine})
	}
	c, err := db.write.Connx(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", db.plainly(err))
	}
	return db.onConn(ctx, c, f)
}

// onConn calls f in a transaction of its own on c, and gives c back.
func (db *DB) onConn(ctx context.Context, c *sqlx.Conn, f func(context.Context, session) error) error {
	if err := db.commit(ctx, c, f); err != nil {
		return err
	}
	if db.traces.Swap(false) {
		// Whoever reads at this moment holds it up; then it is done within the minute.
		_, _ = db.Scrub(ctx)
	}
	return nil
}

func (db *DB) commit(ctx context.Context, c *sqlx.Conn, f func(context.Context, session) error) error {
	defer c.Close()
	tx, err := c.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", db.plainly(err))
	}
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback()
		}
	}()
	if err := f(context.WithValue(ctx, txKey{}, tx), session{tx, db.engine}); err != nil {
		return db.plainly(err)
	}
	done = true
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", db.plainly(err))
	}
	return nil
}

// change takes the row of changes, which makes changes of the register wait for one another until commit,
// and returns the number of this one.
func change(ctx context.Context, s session) (int64, error) {
	var seq int64
	if err := s.get(ctx, &seq, `update change set seq = seq + 1 where one = 1 returning seq`); err != nil {
		return 0, fmt.Errorf("change: %w", err)
	}
	return seq, nil
}

// ms is t as it is stored: milliseconds since 1970, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMS(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func fromISO(s string) bot.Date {
	d, _ := bot.ParseISODate(s) // only ISO was stored
	return d
}

// marks is n question marks with commas.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
