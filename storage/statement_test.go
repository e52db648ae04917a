package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
)

// keeping is an empty SQLite file with a table of numbers, on a pool of one connection.
func keeping(t *testing.T) (db *sqlx.DB, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kept.db")
	db, err := openSQLite(sqliteURL(path, Write))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	db.MustExec(`create table number (n integer primary key, name text not null)`)
	for n, name := range []string{"none", "one", "two"} {
		db.MustExec(`insert into number (n, name) values (?, ?)`, n, name)
	}
	return db, path
}

// statements is how many the one connection of db keeps.
func statements(t *testing.T, db *sqlx.DB) (n int) {
	t.Helper()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Raw(func(c any) error {
		n = c.(*keepingConn).order.Len()
		if kept := len(c.(*keepingConn).kept); kept != n {
			return fmt.Errorf("%d in order and %d by name", n, kept)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// name asks for the name of n, always in the same words.
func name(t *testing.T, ext sqlx.QueryerContext, n int) string {
	t.Helper()
	var s string
	if err := sqlx.GetContext(t.Context(), ext, &s, `select name from number where n = ?`, n); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStatementsAreKeptAndBounded(t *testing.T) {
	db, _ := keeping(t)
	name(t, db, 1)
	before := statements(t, db)
	for range 10 {
		name(t, db, 2)
	}
	if n := statements(t, db); n != before {
		t.Errorf("the same words made %d statements of %d", n, before)
	}
	for n := range 3 * maxStatements {
		var got int
		if err := db.Get(&got, fmt.Sprint(`select ? + `, n), 1); err != nil || got != n+1 {
			t.Fatalf("1 + %d is %d, %v", n, got, err)
		}
	}
	if n := statements(t, db); n != maxStatements {
		t.Errorf("%d statements are kept", n)
	}
	if got := name(t, db, 2); got != "two" {
		t.Errorf("asked again after it was let go: %q", got)
	}
}

// TestStatementWhoseRowsAreRead asks the same again before all rows of the first time were read, and so much else that
// its statement would be let go.
func TestStatementWhoseRowsAreRead(t *testing.T) {
	db, _ := keeping(t)
	tx := db.MustBegin()
	defer tx.Rollback()
	const query = `select n from number order by n`
	rows, err := tx.Queryx(query)
	if err != nil {
		t.Fatal(err)
	}
	var outer []int
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		outer = append(outer, n)
		var inner []int
		if err := tx.Select(&inner, query); err != nil || fmt.Sprint(inner) != "[0 1 2]" {
			t.Errorf("within the other: %v, %v", inner, err)
		}
		for m := range maxStatements {
			tx.MustExec(fmt.Sprintf(`update number set name = name where n = %d`, 1000*n+m))
		}
	}
	if err := rows.Err(); err != nil || fmt.Sprint(outer) != "[0 1 2]" {
		t.Errorf("the outer reads %v, %v", outer, err)
	}
}

func TestStatementAfterAnError(t *testing.T) {
	db, _ := keeping(t)
	const insert = `insert into number (n, name) values (?, ?)`
	if _, err := db.Exec(insert, 1, "again"); err == nil {
		t.Fatal("a number is there twice")
	}
	if _, err := db.Exec(insert, 3, "three"); err != nil {
		t.Errorf("after an error: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.ExecContext(ctx, insert, 4, "four"); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	if _, err := db.Exec(insert, 4, "four"); err != nil {
		t.Errorf("after an ended context: %v", err)
	}
	if got := name(t, db, 4); got != "four" {
		t.Errorf("it keeps %q", got)
	}
}

// TestStatementAndTransactions says the same inside and outside of transactions that end one way and the other.
func TestStatementAndTransactions(t *testing.T) {
	db, _ := keeping(t)
	const rename = `update number set name = ? where n = 1`
	for round := range 3 {
		tx := db.MustBegin()
		tx.MustExec(rename, "lost")
		if got := name(t, tx, 1); got != "lost" {
			t.Errorf("within, it is %q", got)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if got := name(t, db, 1); got == "lost" {
			t.Error("what was rolled back stays")
		}
		want := fmt.Sprint("round ", round)
		tx = db.MustBegin()
		tx.MustExec(rename, want)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := name(t, db, 1); got != want {
			t.Errorf("after commit it is %q, not %q", got, want)
		}
	}
}

// TestStatementAfterTheSchemaChanged has another connection change the table that kept statements read.
func TestStatementAfterTheSchemaChanged(t *testing.T) {
	db, path := keeping(t)
	all := func() string {
		t.Helper()
		rows, err := db.Queryx(`select * from number where n = 1`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		rows.Next()
		values, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(values)
	}
	if got := all(); got != "[1 one]" {
		t.Fatalf("at first %s", got)
	}
	other, err := openSQLite(sqliteURL(path, Write))
	if err != nil {
		t.Fatal(err)
	}
	other.MustExec(`alter table number add column colour text not null default 'red'`)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if got := all(); got != "[1 one red]" {
		t.Errorf("after the change %s", got)
	}
}

// TestKeptStatementsEndWithTheDatabase: a connection that was not closed for its statements would leave its log behind.
func TestKeptStatementsEndWithTheDatabase(t *testing.T) {
	db, path := keeping(t)
	name(t, db, 1)
	if _, err := os.Stat(path + "-wal"); err != nil {
		t.Fatalf("there is no log to begin with: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
}
