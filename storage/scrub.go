package storage

import (
	"context"
	"fmt"
	"time"
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

// ours is the place among the settings of what storage itself remembers.
const ours = "storage"

// What is kept of erasing: that somebody was forgotten since, and when the database was last written anew.
const (
	keptErased    = "erased"
	keptRewritten = "rewritten"
)

// rewriteEach is how long traces of what was handled may stand in the gaps of pages.
const rewriteEach = 24 * time.Hour

// erase writes a SQLite database anew when it is time, so that nothing is left in the gaps of its pages either: SQLite overwrites what it
// deletes, but not what it moves to another page. Nobody else writes for so long.
func (db *DB) erase(ctx context.Context, now time.Time) error {
	if !db.engine.single {
		return nil // its own vacuum does as much without stopping anybody
	}
	keep := db.Settings(ours)
	erased, err := keep.Get(ctx, keptErased)
	if err != nil {
		return err
	}
	last, err := keep.Get(ctx, keptRewritten)
	if err != nil {
		return err
	}
	if at, err := time.Parse(time.RFC3339, last); erased == "" && err == nil && !at.After(now) && now.Sub(at) < rewriteEach {
		_, err := db.Scrub(ctx)
		return err
	}
	if _, err := db.write.ExecContext(ctx, `vacuum`); err != nil {
		return fmt.Errorf("the database could not be written anew: %w", db.plainly(err))
	}
	if err := keep.Put(ctx, keptErased, ""); err != nil {
		return err
	}
	if err := keep.Put(ctx, keptRewritten, now.UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	_, err = db.Scrub(ctx)
	return err
}
