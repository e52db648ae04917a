package storage

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

var errNewer = errors.New("this database was made by a newer Ginnel; use that one, or a newer")

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+db.engine.name)
	if err != nil {
		return nil, err
	}
	if db.engine.single {
		// The file lock is held already.
		return goose.NewProvider(goose.DialectSQLite3, db.write.DB, files)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db.write.DB, files, goose.WithSessionLocker(locker))
}

func newest(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// migrate brings the schema up to date, or refuses one from the future.
func (db *DB) migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("the version of the database cannot be read: %w", err)
	}
	if version > newest(p) {
		return errNewer
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("the database could not be brought up to date, and stays as it was: %w", err)
	}
	return nil
}

// checkSchema refuses what this program cannot read. It changes nothing.
func (db *DB) checkSchema(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	version, err := db.Version(ctx)
	switch {
	case err != nil:
		return err
	case version > newest(p):
		return errNewer
	case version < newest(p):
		return errors.New("this database is not set up for this version; run ginnel migrate first")
	}
	return nil
}

// Version is the number of the newest migration that was applied; 0 when there was none.
func (db *DB) Version(ctx context.Context) (int64, error) {
	var n int
	known := `select count(*) from information_schema.tables where table_name = 'goose_db_version' and table_schema = current_schema()`
	if db.engine.single {
		known = `select count(*) from sqlite_master where name = 'goose_db_version'`
	}
	if err := db.read.GetContext(ctx, &n, known); err != nil {
		return 0, db.plainly(err)
	}
	if n == 0 {
		return 0, nil
	}
	var version int64
	err := db.read.GetContext(ctx, &version, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`)
	if err != nil {
		return 0, db.plainly(err)
	}
	return version, nil
}
