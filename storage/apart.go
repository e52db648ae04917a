package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// SQL opens a pool of its own for an adapter's library that keeps tables itself, such as the keys of encrypted rooms. On
// SQLite it is a file beside ours, with name after a point, so that neither waits for the other's writing; on
// PostgreSQL the same database. dialect is “sqlite” or “postgres”. The pool ends with the DB. Wants a DB open for
// writing.
func (db *DB) SQL(ctx context.Context, name string) (pool *sql.DB, dialect string, err error) {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
		return nil, "", fmt.Errorf("%q is no name for tables kept apart: small letters only", name)
	}
	const atOnce = 4
	var opened *sqlx.DB
	switch {
	case !db.engine.single:
		opened, err = sqlx.Open("pgx", db.address)
	case db.lock == nil:
		return nil, "", errors.New("a database that is only read has no tables kept apart")
	default:
		path := db.path + "." + name
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			return nil, "", db.plainly(err)
		}
		if opened, err = sqlx.Open("sqlite", sqliteURL(path, Write)); err != nil {
			return nil, "", db.plainly(err)
		}
	}
	if err != nil {
		return nil, "", db.plainly(err)
	}
	opened.SetMaxOpenConns(atOnce)
	opened.SetConnMaxIdleTime(5 * time.Minute)
	if err := opened.PingContext(ctx); err != nil {
		opened.Close()
		return nil, "", db.plainly(err)
	}
	db.mu.Lock()
	db.apart = append(db.apart, opened)
	db.mu.Unlock()
	return opened.DB, db.engine.name, nil
}
