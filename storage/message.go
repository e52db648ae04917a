package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ginnel/bot"
)

// atEase is how many messages one sender may have waiting before others go first. As long as nobody has more, all are handled in the
// order in which they came, which matters in a room after the bot was away. And so many take far less than the second that nobody is to
// wait for somebody else, even at 40 ms each, several times what an answer takes.
const atEase = 20

func putMessage(ctx context.Context, s session, m bot.Message, now time.Time) (bool, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return false, fmt.Errorf("message: %w", err)
	}
	due := int64(0)
	if m.Kind == bot.Due {
		due = ms(m.At)
	}
	sender, turn := "", int64(0)
	if !m.Ours() && m.From.ID != "" {
		sender = string(m.From.Network) + "/" + string(m.From.ID)
		// What everybody says is handled as it came; who has much waiting stands behind those who have not.
		err := s.get(ctx, &turn, `select coalesce(max(turn), 0) + case when count(*) < `+strconv.Itoa(atEase)+` then 0 else 1 end
			from message where state = 'open' and sender <> '' and sender = ?`, sender)
		if err != nil {
			return false, fmt.Errorf("store message: %w", err)
		}
	}
	n, err := s.exec(ctx, `insert into message (key, kind, lane, body, due, stored, sender, turn) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing`,
		m.Key(), string(m.Kind), m.Lane(), string(body), due, ms(now), sender, turn)
	if err != nil {
		return false, fmt.Errorf("store message: %w", err)
	}
	return n > 0, nil
}

// Known tells whether a message of that key was stored, handled or not. It is forgotten some weeks after it was handled.
func (db *DB) Known(ctx context.Context, key string) (bool, error) {
	if db.spool != nil && db.spool.has(key) {
		return true, nil
	}
	var n int
	err := db.reader(ctx).get(ctx, &n, `select count(*) from message where key = ?`, key)
	return n > 0, err
}

// NextMessage is a message that is due, has no earlier one of the same sender open in its lane and is none of except: that of whoever had
// fewest waiting beyond atEase when it came, and of those the one that came first. So nobody waits behind more than atEase messages of
// each other sender. When there is none, wake is when the next falls due, zero when nothing waits.
func (db *DB) NextMessage(ctx context.Context, now time.Time, except ...string) (w bot.Waiting, ok bool, wake time.Time, err error) {
	if err := db.unspool(ctx); err != nil {
		return w, false, wake, err
	}
	s := db.reader(ctx)
	var row struct {
		Key    string
		Body   string
		Tries  int
		Stored int64
	}
	ready := ` and not exists (select 1 from message e where e.state = 'open' and e.lane = m.lane and (e.sender = m.sender or m.kind <> 'said') and e.seq < m.seq)`
	var others []any
	if len(except) > 0 {
		ready += ` and key not in (` + marks(len(except)) + `)`
		for _, key := range except {
			others = append(others, key)
		}
	}
	// Each half has an index in its order, however much waits.
	err = s.get(ctx, &row, `
		select key, body, tries, stored from (
			select * from (select key, body, tries, stored, turn, due, seq from message m where state = 'open' and due = 0`+ready+` order by turn, seq limit 1) as said
			union all
			select * from (select key, body, tries, stored, turn, due, seq from message m where state = 'open' and due > 0 and due <= ?`+ready+` order by due, seq limit 1) as timed
		) as next order by turn, due, seq limit 1`, slices.Concat(others, []any{ms(now)}, others)...)
	switch {
	case err == nil:
		w = bot.Waiting{Tries: row.Tries, Stored: fromMS(row.Stored)}
		if err := json.Unmarshal([]byte(row.Body), &w.Message); err != nil {
			return w, false, wake, fmt.Errorf("message %s: %w", row.Key, err)
		}
		return w, true, wake, nil
	case !errors.Is(err, bot.ErrNotFound):
		return w, false, wake, fmt.Errorf("next message: %w", err)
	}
	var next *int64
	if err := s.get(ctx, &next, `select min(due) from message where state = 'open' and due > ?`, ms(now)); err != nil {
		return w, false, wake, fmt.Errorf("next message: %w", err)
	}
	if next != nil {
		wake = fromMS(*next)
	}
	return w, false, wake, nil
}

// CountTry counts an attempt to handle a message before it is made.
func (db *DB) CountTry(ctx context.Context, key string) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `update message set tries = tries + 1 where key = ? and state = 'open'`, key)
		return err
	})
}

// HandleMessage calls handle inside one transaction and saves its answer and the mark in it. taken is false
// when the message is not open, or another process is at it. An error of handle rolls everything back.
func (db *DB) HandleMessage(ctx context.Context, key string, now time.Time, handle func(context.Context) (bot.Answer, error)) (taken bool, err error) {
	return db.HandleStep(ctx, key, now, true, handle)
}

// HandleStep is HandleMessage for one step of what takes long: only the last marks the message.
func (db *DB) HandleStep(ctx context.Context, key string, now time.Time, last bool, handle bot.Step) (taken bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, s session) error {
		var stored string
		err := s.get(ctx, &stored, `select key from message where key = ? and state = 'open'`+s.engine.skip, key)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("take message: %w", err)
		}
		taken = true
		a, err := handle(ctx)
		if err != nil {
			return err
		}
		if !last {
			return saveAnswer(ctx, s, now, a)
		}
		return finishMessage(ctx, s, stored, now, a, false)
	})
	return taken, err
}

// FinishMessage saves an answer and marks a message as handled, or as set aside.
func (db *DB) FinishMessage(ctx context.Context, key string, now time.Time, a bot.Answer, aside bool) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var stored string
		err := s.get(ctx, &stored, `select key from message where key = ? and state = 'open'`+s.engine.lockRow, key)
		if errors.Is(err, bot.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("finish message: %w", err)
		}
		return finishMessage(ctx, s, stored, now, a, aside)
	})
}

func saveAnswer(ctx context.Context, s session, now time.Time, a bot.Answer) error {
	for _, p := range a.Posts {
		if err := putPost(ctx, s, p, now); err != nil {
			return err
		}
	}
	for _, m := range a.Later {
		if _, err := putMessage(ctx, s, m, now); err != nil {
			return err
		}
	}
	return nil
}

func finishMessage(ctx context.Context, s session, key string, now time.Time, a bot.Answer, aside bool) error {
	if err := saveAnswer(ctx, s, now, a); err != nil {
		return err
	}
	state := "handled"
	if aside {
		state = "aside"
	}
	_, err := s.exec(ctx, `update message set state = ?, lane = null, body = null, sender = '', done = ? where key = ? and state = 'open'`, state, max(ms(now), 1), key)
	if err != nil {
		return fmt.Errorf("mark message: %w", err)
	}
	return nil
}

// PutBackMessage has a message handled again at due. What comes after it in its lane waits.
func (db *DB) PutBackMessage(ctx context.Context, key string, tries int, due time.Time) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `update message set tries = ?, due = ? where key = ? and state = 'open'`, tries, ms(due), key)
		return err
	})
}
