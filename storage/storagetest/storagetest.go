// Package storagetest runs tests on every engine that storage knows.
package storagetest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ginnel/storage"
)

// patience is how long one statement to the server may take, however busy the machine is.
const patience = 5 * time.Minute

// Each runs f as the subtests sqlite and postgres, at once, each with the address of a new database that is up to date
// and has nothing in it. Without a server in GINNEL_TEST_POSTGRES, the address of a superuser, the second is skipped.
// What f shares it must guard.
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
}

// Migrations take longer than most tests, so they run once in a process, and what they made is copied.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "ginnel-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "ginnel.db")
	if err := migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // a clean stop has folded the log into the file
})

func migrate(url string) error {
	db, err := storage.Open(context.Background(), url, storage.Write)
	if err != nil {
		return err
	}
	return db.Close()
}

// SQLite makes a file with an up-to-date schema and nothing in it, which is gone at the end of t.
func SQLite(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ginnel.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres makes a database with an up-to-date schema and nothing in it on the server for tests, and drops it at the end
// of t.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("GINNEL_TEST_POSTGRES")
	if server == "" {
		t.Skip("GINNEL_TEST_POSTGRES names no PostgreSQL server; make test starts one")
	}
	from, err := postgresTemplate()
	if err != nil {
		t.Fatal(err)
	}
	name := "ginnel_" + strings.ToLower(rand.Text())
	if err := run(server, "create database "+name+" template "+from.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run(server, "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	address, err := onServer(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Another makes one more database like Each's, of the engine of url.
func Another(t testing.TB, url string) string {
	t.Helper()
	if strings.HasPrefix(url, "postgres") {
		return Postgres(t)
	}
	return SQLite(t)
}

const templates = "ginnel_template_"

// A template is a migrated database that tests copy.
type template struct {
	name string
	// Over this the lock is held by which other processes see that it is in use. Were it let go, the garbage collector
	// would close it.
	lock *pgx.Conn
}

// postgresTemplate is a template that belongs to this process for as long as it lives. Nothing
// tells a test that it is the last, so what processes left behind is dropped by the next.
var postgresTemplate = sync.OnceValues(func() (template, error) {
	server := os.Getenv("GINNEL_TEST_POSTGRES")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return template{}, err
	}
	name := templates + strings.ToLower(rand.Text())
	if _, err := c.Exec(ctx, `select pg_advisory_lock(hashtext($1))`, name); err != nil {
		return template{}, err
	}
	rows, err := c.Query(ctx, `select datname from pg_database where datname like $1`, templates+"%")
	if err != nil {
		return template{}, err
	}
	others, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return template{}, err
	}
	for _, other := range others {
		var left bool
		if err := c.QueryRow(ctx, `select pg_try_advisory_lock(hashtext($1))`, other).Scan(&left); err != nil {
			return template{}, err
		}
		if left {
			_, err := c.Exec(ctx, "drop database if exists "+other+" with (force)")
			_, unlocked := c.Exec(ctx, `select pg_advisory_unlock(hashtext($1))`, other)
			if err := errors.Join(err, unlocked); err != nil {
				return template{}, err
			}
		}
	}
	if _, err := c.Exec(ctx, "create database "+name); err != nil {
		return template{}, err
	}
	address, err := onServer(server, name)
	if err != nil {
		return template{}, err
	}
	return template{name, c}, migrate(address)
})

func run(server, query string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, query)
	return err
}

// onServer is the address of the database of that name on a server.
func onServer(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
