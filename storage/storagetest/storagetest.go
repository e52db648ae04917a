// Package storagetest runs tests on every engine that storage knows.
package storagetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Each runs f as the subtests sqlite and postgres, each with the address of a new and empty database. Without
// a server in GINNEL_TEST_POSTGRES, the address of a superuser, the second is skipped.
func Each(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "ginnel.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// Postgres makes an empty database on the server for tests, and drops it at the end of t.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("GINNEL_TEST_POSTGRES")
	if server == "" {
		t.Skip("GINNEL_TEST_POSTGRES names no PostgreSQL server; make test starts one")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := "ginnel_" + strings.ToLower(rand.Text())
	run := func(ctx context.Context, query string) error {
		c, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, query)
		return err
	}
	if err := run(ctx, "create database "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := run(ctx, "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
