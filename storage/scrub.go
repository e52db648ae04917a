package storage

import (
	"context"
	"fmt"
)

// Scrub has the words that were erased leave the files of a SQLite database: secure deletion overwrites them in the database itself, and
// the log of changes beside it is written back and cut off. clean is false when somebody who reads held that up; it is then for another
// time. On PostgreSQL the server does it in its own time, and clean is true.
func (db *DB) Scrub(ctx context.Context) (clean bool, err error) {
	if !db.engine.single {
		return true, nil
	}
	var row struct{ Busy, Log, Checkpointed int }
	if err := db.write.GetContext(ctx, &row, `pragma wal_checkpoint(truncate)`); err != nil {
		return false, fmt.Errorf("the log of changes could not be cut off: %w", db.plainly(err))
	}
	return row.Busy == 0, nil
}

// keptErased is under which name it is kept that words were erased of which traces may be left.
const keptErased = "erased"

// Rewrite writes a SQLite database anew, so that nothing is left in the gaps of its pages either. Nobody else writes for so long: some
// seconds for a large register. On PostgreSQL it does nothing.
func (db *DB) Rewrite(ctx context.Context) error {
	if !db.engine.single {
		return nil // its own vacuum does as much without stopping anybody
	}
	if _, err := db.write.ExecContext(ctx, `vacuum`); err != nil {
		return fmt.Errorf("the database could not be written anew: %w", db.plainly(err))
	}
	_, err := db.Scrub(ctx)
	return err
}
