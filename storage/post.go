package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// PutPosts stores posts whose keys are new.
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

func putPost(ctx context.Context, s session, p bot.Post, _ time.Time) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	page := ""
	if p.Where.Home {
		page = p.Where.Lane()
	}
	var seq int64
	err = s.get(ctx, &seq, `
		insert into post (key, network, urgency, lane, body, not_before, not_after, instead, page) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (key) do nothing returning seq`,
		p.Key, string(p.Where.Network), int(p.Urgency), p.Where.Lane(), string(body), ms(p.NotBefore), ms(p.NotAfter), p.Instead, page)
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store post: %w", err)
	}
	for _, about := range p.About {
		if _, err := s.exec(ctx, `insert into post_about (about, post) values (?, ?) on conflict do nothing`, about, seq); err != nil {
			return fmt.Errorf("store post: %w", err)
		}
	}
	return nil
}

// ClaimPost leases the most urgent post that is due on one of networks and has no earlier one open in its
// lane. Until until nobody else may send it. When there is none, wake is when to look again, zero when nothing
// waits. What is too late to be said is marked so on the way.
func (db *DB) ClaimPost(ctx context.Context, now time.Time, owner string, until time.Time, networks []bot.Network) (c bot.Claimed, ok bool, wake time.Time, err error) {
	if len(networks) == 0 {
		return c, false, wake, nil
	}
	names := make([]any, len(networks))
	for i, n := range networks {
		names[i] = string(n)
	}
	in := `network in (` + marks(len(names)) + `)`
	// Looking is for free; only what is found is worth waiting for the writer.
	found, err := db.postReady(ctx, db.reader(ctx), now, in, names)
	if err != nil {
		return c, false, wake, err
	}
	if found {
		err = db.inTx(ctx, func(ctx context.Context, s session) error {
			c, ok, err = claimPost(ctx, s, now, owner, until, in, names)
			return err
		})
		if err != nil || ok {
			return c, ok, wake, err
		}
	}
	var next *int64
	err = db.reader(ctx).get(ctx, &next, `
		select min(at) from (
			select case when state = 'leased' then until when not_before > due then not_before else due end as at
			from post where done = 0 and `+in+`) as open_posts
		where at > ?`, append(names[:len(names):len(names)], ms(now))...)
	if err != nil {
		return c, false, wake, fmt.Errorf("next post: %w", err)
	}
	if next != nil {
		wake = fromMS(*next)
	}
	return c, false, wake, nil
}

const dueNow = `
	done = 0 and not_before <= ? and due <= ? and (state <> 'leased' or until <= ?)
	and not exists (select 1 from post e where e.done = 0 and e.lane = p.lane and e.urgency = p.urgency and e.seq < p.seq and e.not_before <= ?)`

func (db *DB) postReady(ctx context.Context, s session, now time.Time, in string, names []any) (bool, error) {
	var n int
	args := append([]any{ms(now), ms(now), ms(now), ms(now)}, names...)
	err := s.get(ctx, &n, `select 1 from post p where `+dueNow+` and `+in+` order by urgency desc, seq limit 1`, args...)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a post: %w", err)
	}
	return true, nil
}

func claimPost(ctx context.Context, s session, now time.Time, owner string, until time.Time, in string, names []any) (c bot.Claimed, ok bool, err error) {
	for {
		var row struct {
			Seq      int64
			Key      string
			State    string
			Body     string
			Tries    int
			Tried    int64
			NotAfter int64 `db:"not_after"`
		}
		args := append([]any{ms(now), ms(now), ms(now), ms(now)}, names...)
		err := s.get(ctx, &row, `
			select seq, key, state, body, tries, tried, not_after from post p
			where `+dueNow+` and `+in+` order by urgency desc, seq limit 1`+s.engine.skip, args...)
		if errors.Is(err, bot.ErrNotFound) {
			return c, false, nil
		}
		if err != nil {
			return c, false, fmt.Errorf("claim post: %w", err)
		}
		if row.NotAfter != 0 && row.NotAfter < ms(now) && row.State == string(bot.PostWaiting) {
			if err := finishPost(ctx, s, row.Key, "", bot.PostExpired, "", now); err != nil {
				return c, false, err
			}
			continue
		}
		c.Tries = row.Tries
		// A lease that ran out was somebody's who may have said it.
		c.Unknown = row.State != string(bot.PostWaiting)
		if err := json.Unmarshal([]byte(row.Body), &c.Post); err != nil {
			return c, false, fmt.Errorf("post %s: %w", row.Key, err)
		}
		if row.Tried != 0 {
			c.Tried = fromMS(row.Tried)
		} else if c.Unknown {
			c.Tried = now
		}
		tried := row.Tried
		if tried == 0 {
			tried = ms(now)
		}
		_, err = s.exec(ctx, `update post set state = 'leased', owner = ?, until = ?, tries = tries + 1, tried = ? where seq = ?`,
			owner, ms(until), tried, row.Seq)
		if err != nil {
			return c, false, fmt.Errorf("lease post: %w", err)
		}
		return c, true, offer(ctx, s, c.Post, row.Seq, now)
	}
}

// SentPost records that owner said a post as the message id. bot.ErrNotFound: the lease was lost.
func (db *DB) SentPost(ctx context.Context, key, owner string, id bot.MessageID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		return finishPost(ctx, s, key, owner, bot.PostSent, id, now)
	})
}

// FinishPost ends a post that owner holds in a final state, and leaves messages to ourselves about it.
func (db *DB) FinishPost(ctx context.Context, key, owner string, state bot.PostState, now time.Time, later ...bot.Message) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		if err := finishPost(ctx, s, key, owner, state, "", now); err != nil {
			return err
		}
		for _, m := range later {
			if _, err := putMessage(ctx, s, m, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// finishPost ends a post and erases its words. The owner "" is for posts that nobody leased.
func finishPost(ctx context.Context, s session, key, owner string, state bot.PostState, id bot.MessageID, now time.Time) error {
	n, err := s.exec(ctx, `
		update post set state = ?, message = ?, lane = null, body = null, owner = '', until = 0, done = ?
		where key = ? and owner = ? and done = 0`, string(state), string(id), max(ms(now), 1), key, owner)
	if err != nil {
		return fmt.Errorf("end post: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("post %s: %w", key, bot.ErrNotFound)
	}
	return endAbout(ctx, s)
}

// endAbout forgets what posts were about that are over: people among it.
func endAbout(ctx context.Context, s session) error {
	if _, err := s.exec(ctx, `delete from post_about where post in (select a.post from post_about a join post p on p.seq = a.post where p.done > 0)`); err != nil {
		return fmt.Errorf("end posts: %w", err)
	}
	return nil
}

// PutBackPost gives the lease of a post back, to be tried again at due. unknown says that the attempt made
// at tried may have said it.
func (db *DB) PutBackPost(ctx context.Context, key, owner string, due time.Time, unknown bool, tried time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		state, at := bot.PostWaiting, int64(0)
		if unknown {
			state, at = bot.PostUnknown, ms(tried)
		}
		n, err := s.exec(ctx, `update post set state = ?, owner = '', until = 0, due = ?, tried = ? where key = ? and owner = ? and state = 'leased'`,
			string(state), ms(due), at, key, owner)
		if err != nil {
			return fmt.Errorf("put post back: %w", err)
		}
		if n == 0 {
			return fmt.Errorf("post %s: %w", key, bot.ErrNotFound)
		}
		return nil
	})
}

// SentID is the message as which a post was said; ok is false when it was not.
func (db *DB) SentID(ctx context.Context, key string) (id bot.MessageID, ok bool, err error) {
	err = db.reader(ctx).get(ctx, &id, `select message from post where key = ? and state = 'sent'`, key)
	if errors.Is(err, bot.ErrNotFound) {
		return "", false, nil
	}
	return id, err == nil, err
}

// SaidAs is the key of the post that the message id on a network shows, the last that changed it; ok is false when it is no
// message of ours, or one that was said long ago.
func (db *DB) SaidAs(ctx context.Context, n bot.Network, id bot.MessageID) (key string, ok bool, err error) {
	err = db.reader(ctx).get(ctx, &key, `select key from post where network = ? and message = ? and state = 'sent' order by seq desc limit 1`,
		string(n), string(id))
	if errors.Is(err, bot.ErrNotFound) {
		return "", false, nil
	}
	return key, err == nil, err
}

// SkipPosts sees to it that no waiting post about something is said any more. It returns how many there were.
func (db *DB) SkipPosts(ctx context.Context, about string, now time.Time) (int, error) {
	var n int64
	err := db.inTx(ctx, func(ctx context.Context, s session) (err error) {
		n, err = s.exec(ctx, `
			update post set state = 'skipped', lane = null, body = null, done = ?
			where state in ('waiting', 'unknown') and seq in (select post from post_about where about = ?)`, max(ms(now), 1), about)
		if err != nil {
			return err
		}
		return endAbout(ctx, s)
	})
	return int(n), err
}

// PostSkipped tells whether a post was never said because it was skipped.
func (db *DB) PostSkipped(ctx context.Context, key string) (bool, error) {
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from post where key = ? and state = 'skipped'`, key)
	return n > 0, err
}

// GatherRoom is the room that was opened as gather, "" when none was.
func (db *DB) GatherRoom(ctx context.Context, n bot.Network, gather string) (room bot.RoomID, err error) {
	err = db.reader(ctx).get(ctx, &room, `select room from gather where network = ? and gather = ?`, string(n), gather)
	if errors.Is(err, bot.ErrNotFound) {
		return "", nil
	}
	return room, err
}

// PutGatherRoom remembers the room that was opened as gather.
func (db *DB) PutGatherRoom(ctx context.Context, n bot.Network, gather string, room bot.RoomID) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `insert into gather (network, gather, room) values (?, ?, ?)
			on conflict (network, gather) do update set room = excluded.room`, string(n), gather, string(room))
		return err
	})
}

// Counts are how many messages and posts are in which state, as “inbox/open” and “outbox/sent”.
func (db *DB) Counts(ctx context.Context) (map[string]int64, error) {
	counts := map[string]int64{}
	for box, table := range map[string]string{"inbox": "message", "outbox": "post"} {
		var rows []struct {
			State string
			N     int64
		}
		if err := db.reader(ctx).all(ctx, &rows, `select state, count(*) as n from `+table+` group by state`); err != nil {
			return nil, fmt.Errorf("counts: %w", err)
		}
		for _, r := range rows {
			counts[box+"/"+r.State] = r.N
		}
	}
	return counts, nil
}
