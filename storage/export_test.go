package storage

import (
	"context"
	"time"

	"ginnel/bot"
)

// Exec says SQL that no method says.
func Exec(db *DB, query string) error {
	_, err := db.write.Exec(query)
	return err
}

// PutPosts stores posts whose keys are new, without the message that would leave them.
func (db *DB) PutPosts(ctx context.Context, now time.Time, posts ...bot.Post) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		for _, p := range posts {
			if err := putPost(ctx, s, p, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// GatherRoom is the room that was opened as gather, "" when none was.
func (db *DB) GatherRoom(ctx context.Context, n bot.Network, gather string) (room bot.RoomID, err error) {
	return gatherRoom(ctx, db.reader(ctx), n, gather)
}
