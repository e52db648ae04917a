package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

func putPost(ctx context.Context, s session, p bot.Post, now time.Time) error {
	if p.Draw != "" {
		p.Reply = nil // never in a stored post
	}
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
	return replace(ctx, s, p, page, seq, now)
}

// replace sees to it that what p replaces is not said any more, when it was not said yet: an older post, or what was to
// stand on the same page. Of a page only the last post is kept.
func replace(ctx context.Context, s session, p bot.Post, page string, seq int64, now time.Time) error {
	if p.OnlyEdit {
		return nil // it is never said by itself, so what it changes must be
	}
	if p.Instead != "" {
		if _, err := s.exec(ctx, `update post set stopped = 1 where key = ? and done = 0`, p.Instead); err != nil {
			return fmt.Errorf("replace post: %w", err)
		}
		_, err := skipPosts(ctx, s, max(ms(now), 1), `key = ? and state = 'waiting'`, p.Instead)
		return err
	}
	if page != "" {
		if _, err := s.exec(ctx, `delete from post where page = ? and seq <> ? and state <> 'leased'`, page, seq); err != nil {
			return fmt.Errorf("replace page: %w", err)
		}
	}
	return nil
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
	if db.spool != nil {
		if n := db.spool.len(); n > 0 {
			counts["inbox/spooled"] = int64(n)
		}
	}
	return counts, nil
}
