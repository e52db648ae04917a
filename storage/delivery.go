package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// ClaimPost leases the most urgent post that is due on network n, has no earlier one open in its lane and replaces none
// that is open. Lanes in resting are passed over. Until until nobody else may send it; owner may for longer, and is
// never given it again before it has ended the lease. When there is none, wake is when to look again, zero when nothing
// waits. What is too late to be said is marked so on the way.
func (db *DB) ClaimPost(ctx context.Context, now time.Time, owner string, until time.Time, n bot.Network, resting []string) (c bot.Claimed, ok bool, wake time.Time, err error) {
	at := ms(now)
	where := dueNow
	args := []any{string(n), at, at, at, owner, at}
	if len(resting) > 0 {
		where += ` and lane not in (` + marks(len(resting)) + `)`
		for _, lane := range resting {
			args = append(args, lane)
		}
	}
	where += ` order by urgency desc, seq limit 1`
	// Looking is for free; only what is found is worth waiting for the writer.
	var found int
	err = db.reader(ctx).get(ctx, &found, `select 1 from post p where `+where, args...)
	if err == nil {
		err = db.inTx(ctx, func(ctx context.Context, s session) error {
			c, ok, err = claimPost(ctx, s, now, owner, until, where, args)
			return err
		})
		if err != nil || ok {
			return c, ok, wake, err
		}
	} else if !errors.Is(err, bot.ErrNotFound) {
		return c, false, wake, fmt.Errorf("look for a post: %w", err)
	}
	var next *int64
	err = db.reader(ctx).get(ctx, &next, `
		select min(at) from (
			select case when state = 'leased' then until when not_before > due then not_before else due end as at
			from post where done = 0 and network = ?) as open_posts
		where at > ?`, string(n), at)
	if err != nil {
		return c, false, wake, fmt.Errorf("next post: %w", err)
	}
	if next != nil {
		wake = fromMS(*next)
	}
	return c, false, wake, nil
}

const dueNow = `
	network = ? and done = 0 and not_before <= ? and due <= ? and (state <> 'leased' or until <= ? and owner <> ?)
	and not exists (select 1 from post e where e.done = 0 and e.lane = p.lane and e.urgency = p.urgency and e.seq < p.seq and e.not_before <= ?)
	and (instead = '' or not exists (select 1 from post o where o.key = p.instead and o.done = 0))`

func claimPost(ctx context.Context, s session, now time.Time, owner string, until time.Time, where string, args []any) (c bot.Claimed, ok bool, err error) {
	for {
		var row struct {
			Seq      int64
			Key      string
			State    string
			Body     string
			Tries    int
			Tried    int64
			NotAfter int64 `db:"not_after"`
			Stopped  bool
		}
		err := s.get(ctx, &row, `select seq, key, state, body, tries, tried, not_after, stopped = 1 as stopped from post p where `+where+s.engine.skip, args...)
		if errors.Is(err, bot.ErrNotFound) {
			return c, false, nil
		}
		if err != nil {
			return c, false, fmt.Errorf("claim post: %w", err)
		}
		if row.NotAfter != 0 && row.NotAfter < ms(now) && row.State == string(bot.PostWaiting) {
			if err := expire(ctx, s, row.Key, row.Body, now); err != nil {
				return c, false, err
			}
			continue
		}
		// A lease that ran out was somebody's who may have said it.
		c = bot.Claimed{Tries: row.Tries, Stopped: row.Stopped, Unknown: row.State != string(bot.PostWaiting)}
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
		if c.Where.Gather != "" && c.Where.Room == "" {
			if c.Where.Room, err = gatherRoom(ctx, s, c.Where.Network, c.Where.Gather); err != nil {
				return c, false, err
			}
		}
		if c.OnlyEdit {
			return c, true, nil // until the change is made, what stood there before can be answered
		}
		if c.Draw != "" || c.Where.Gather != "" && c.Where.Room == "" {
			return c, true, nil // the words, or the place, are not known yet: see OfferPost
		}
		return c, true, offer(ctx, s, c.Post, row.Seq, now)
	}
}

// expire ends a post that is too late, and tells whoever wants to know.
func expire(ctx context.Context, s session, key, body string, now time.Time) error {
	var p bot.Post
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return fmt.Errorf("post %s: %w", key, err)
	}
	if err := finishPost(ctx, s, key, "", bot.PostExpired, "", now); err != nil || p.GivenUp == "" {
		return err
	}
	_, err := putMessage(ctx, s, p.Failure(now), now)
	return err
}

// OfferPost remembers the choices of a post that is about to be said, when they were drawn or its room was opened since
// it was claimed.
func (db *DB) OfferPost(ctx context.Context, p bot.Post, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var seq int64
		if err := s.get(ctx, &seq, `select seq from post where key = ?`, p.Key); err != nil {
			return fmt.Errorf("offer post: %w", err)
		}
		return offer(ctx, s, p, seq, now)
	})
}

// SentPost records that owner said a post as the message id. bot.ErrNotFound: the lease was lost.
func (db *DB) SentPost(ctx context.Context, key, owner string, id bot.MessageID, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var change struct {
			Seq  int64
			Body string
		}
		err := s.get(ctx, &change, `select seq, body from post where key = ? and owner = ? and done = 0 and instead <> ''`, key, owner)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("sent post: %w", err)
		}
		if err := finishPost(ctx, s, key, owner, bot.PostSent, id, now); err != nil || change.Body == "" {
			return err
		}
		var p bot.Post
		if err := json.Unmarshal([]byte(change.Body), &p); err != nil {
			return fmt.Errorf("post %s: %w", key, err)
		}
		if !p.OnlyEdit {
			return nil
		}
		return offer(ctx, s, p, change.Seq, now)
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
	n, err := endPosts(ctx, s, `state = ?, message = ?, owner = '', until = 0, done = ? where key = ? and owner = ? and done = 0`,
		string(state), string(id), max(ms(now), 1), key, owner)
	if err == nil && n == 0 {
		err = fmt.Errorf("post %s: %w", key, bot.ErrNotFound)
	}
	return err
}

// skipPosts ends the posts that where names, which nobody is sending, without their being said. It returns how many.
func skipPosts(ctx context.Context, s session, done int64, where string, args ...any) (int, error) {
	return endPosts(ctx, s, `state = 'skipped', done = ? where done = 0 and state <> 'leased' and `+where, append([]any{done}, args...)...)
}

// endPosts sets columns of posts that are over, as the rest of an update says, and forgets their words and what they were
// about: people among it. It returns how many there were.
func endPosts(ctx context.Context, s session, update string, args ...any) (int, error) {
	var over []int64
	if err := s.all(ctx, &over, `update post set lane = null, body = null, `+update+` returning seq`, args...); err != nil {
		return 0, fmt.Errorf("end posts: %w", err)
	}
	// One by one: they are few, and a list of any length would be another statement each time.
	for _, seq := range over {
		if _, err := s.exec(ctx, `delete from post_about where post = ?`, seq); err != nil {
			return 0, fmt.Errorf("end posts: %w", err)
		}
	}
	return len(over), nil
}

// PutBackPost gives the lease of a post back, to be tried again as back says. What was stopped meanwhile, and was
// certainly not said, ends as skipped.
func (db *DB) PutBackPost(ctx context.Context, key, owner string, back bot.PutBack, now time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		state, tried := bot.PostWaiting, int64(0)
		if back.Unknown {
			state, tried = bot.PostUnknown, ms(back.Tried)
		} else {
			var stopped int
			err := s.get(ctx, &stopped, `select stopped from post where key = ? and owner = ? and state = 'leased'`+s.engine.lockRow, key, owner)
			if err != nil {
				return fmt.Errorf("post %s: %w", key, err)
			}
			if stopped == 1 {
				return finishPost(ctx, s, key, owner, bot.PostSkipped, "", now)
			}
		}
		n, err := s.exec(ctx, `update post set state = ?, owner = '', until = 0, due = ?, tries = ?, tried = ? where key = ? and owner = ? and state = 'leased'`,
			string(state), ms(back.Due), back.Tries, tried, key, owner)
		if err != nil {
			return fmt.Errorf("put post back: %w", err)
		}
		if n == 0 {
			return fmt.Errorf("post %s: %w", key, bot.ErrNotFound)
		}
		return nil
	})
}

// aboutIt are the posts that are about something.
const aboutIt = `seq in (select post from post_about where about = ?)`

// SkipPosts sees to it that no waiting post about something is said any more; what is being sent just now is not tried
// again. It returns how many there were that waited.
func (db *DB) SkipPosts(ctx context.Context, about string, now time.Time) (int, error) {
	n := 0
	err := db.inTx(ctx, func(ctx context.Context, s session) (err error) {
		if _, err = s.exec(ctx, `update post set stopped = 1 where state = 'leased' and `+aboutIt, about); err != nil {
			return err
		}
		n, err = skipPosts(ctx, s, max(ms(now), 1), aboutIt, about)
		return err
	})
	return n, err
}

// PostMayBeRead tells whether a post was said, or is being said just now.
func (db *DB) PostMayBeRead(ctx context.Context, key string) (bool, error) {
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from post where key = ? and state in ('sent', 'leased')`, key)
	return n > 0, err
}

// PostSkipped tells whether a post was never said because it was skipped.
func (db *DB) PostSkipped(ctx context.Context, key string) (bool, error) {
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from post where key = ? and state = 'skipped'`, key)
	return n > 0, err
}
