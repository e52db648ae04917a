package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A dialect is all in which the engines differ.
type dialect struct {
	name      string
	single    bool   // one process writes
	skip      string // ends a query that takes a row nobody else is at
	lockRow   string // ends a query that reads a row to change it
	bind      int
	now       string // what the clock of the server says, in milliseconds
	variables int    // how many values one statement may have
}

var (
	sqliteDialect   = dialect{name: "sqlite", single: true, bind: sqlx.QUESTION, variables: 30_000}
	postgresDialect = dialect{name: "postgres", skip: " for update skip locked", lockRow: " for update", now: "(extract(epoch from clock_timestamp()) * 1000)::bigint", bind: sqlx.DOLLAR, variables: 60_000}
)

func (d dialect) rebind(query string) string { return sqlx.Rebind(d.bind, query) }

const readers = 8

func connect(ctx context.Context, address string, mode Mode) (*DB, error) {
	scheme, _, isURL := strings.Cut(address, "://")
	switch {
	case address == "":
		return nil, errors.New("no database is named; say where it is with --database FILE")
	case isURL && (scheme == "postgres" || scheme == "postgresql"):
		return connectPostgres(ctx, address)
	case isURL:
		return nil, fmt.Errorf("%s:// is no kind of database I know; name a file, or a postgres:// address", scheme)
	}
	return connectSQLite(ctx, address, mode)
}

func connectPostgres(ctx context.Context, address string) (*DB, error) {
	if _, err := pgconn.ParseConfig(address); err != nil {
		return nil, errors.New("the postgres:// address cannot be read; it looks like postgres://user:password@host:5432/name")
	}
	pool, err := sqlx.Open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("the postgres:// address cannot be used: %w", err)
	}
	pool.SetMaxOpenConns(2 * readers)
	pool.SetMaxIdleConns(readers)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{engine: postgresDialect, write: pool, read: pool, address: address}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := pool.PingContext(ctx); err != nil {
		db.Close()
		return nil, db.plainly(err)
	}
	return db, nil
}

func connectSQLite(ctx context.Context, path string, mode Mode) (*DB, error) {
	db := &DB{engine: sqliteDialect, path: path}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder; the database is a file", path)
	case errors.Is(err, fs.ErrNotExist) && mode != Write:
		return nil, fmt.Errorf("there is no database at %s yet; ginnel import FILE.csv or ginnel chat makes one", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, db.plainly(err)
	}
	if mode == Write {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("the folder for the database cannot be made: %w", err)
		}
		if db.lock, err = lockFile(path + ".lock"); err != nil {
			return nil, err
		}
		// Only whoever runs the bot may read what people said.
		if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
			db.Close()
			return nil, db.plainly(err)
		} else if err := f.Close(); err != nil {
			db.Close()
			return nil, db.plainly(err)
		}
		db.exposed = Private(path, true)
	}
	if mode != Read {
		if db.write, err = openSQLite(sqliteURL(path, Write)); err != nil {
			db.Close()
			return nil, db.plainly(err)
		}
		db.write.SetMaxOpenConns(1)
		if db.spool, err = openSpool(path + ".spool"); err != nil {
			db.Close()
			return nil, db.plainly(err)
		}
		if err := db.write.PingContext(ctx); err != nil {
			db.Close()
			return nil, db.plainly(err)
		}
	}
	if db.read, err = openSQLite(sqliteURL(path, Read)); err != nil {
		db.Close()
		return nil, db.plainly(err)
	}
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	db.read.SetConnMaxIdleTime(5 * time.Minute)
	if mode == Read {
		db.write = db.read
	}
	if err := db.read.PingContext(ctx); err != nil {
		db.Close()
		return nil, db.plainly(err)
	}
	return db, nil
}

// sqliteURL names a file with the settings of each connection to it.
func sqliteURL(path string, mode Mode) string {
	settings := url.Values{}
	for _, pragma := range []string{"busy_timeout(10000)", "foreign_keys(1)"} {
		settings.Add("_pragma", pragma)
	}
	if mode == Write {
		for _, pragma := range []string{"journal_mode(wal)", "synchronous(full)", "secure_delete(on)"} {
			settings.Add("_pragma", pragma)
		}
		settings.Set("_txlock", "immediate")
	} else if mode == Read {
		settings.Add("_pragma", "query_only(1)")
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if runtime.GOOS == "windows" {
		path = "/" + filepath.ToSlash(path)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}).String()
}

// plain is an error as an operator reads it.
type plain struct {
	sentence string
	err      error
}

func (p *plain) Error() string { return p.sentence }
func (p *plain) Unwrap() error { return p.err }

// plainly makes errors that an operator can do something about into sentences.
func (db *DB) plainly(err error) error {
	if p, already := errors.AsType[*plain](err); already {
		return p
	}
	say := func(format string) error { return &plain{fmt.Sprintf(format, db.path), err} }
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return say("the disk that holds %s is full: make room, and try again")
		case sqlite3.SQLITE_NOTADB:
			return say("%s is no Ginnel database")
		case sqlite3.SQLITE_CORRUPT:
			return say("%s is damaged: go back to a backup")
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return say("%s cannot be opened: may this user read and write it, and its folder?")
		case sqlite3.SQLITE_READONLY:
			return say("%s cannot be written: may this user write it, and its folder?")
		case sqlite3.SQLITE_IOERR:
			return &plain{fmt.Sprintf("the disk that holds %s failed or is full: %v", db.path, err), err}
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		return say("%s cannot be opened: this user may not read or write it")
	}
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		return fmt.Errorf("PostgreSQL cannot be reached at %s, or does not let this user in: %w", connecting.Config.Host, err)
	}
	return err
}
