package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/storage"
)

// How far a clock may be from where it is expected before it is not believed.
const (
	// A machine that slept wakes up later than its count of time says.
	mostAhead = 26 * time.Hour
	// Between two runs nothing counts the time; introductions lapse after so long.
	mostAway = 14 * 24 * time.Hour
	// A clock that was set back for the winter by hand, and the like.
	mostBehind = time.Hour
	// A clock that ran evenly for so long is believed, wherever it jumped to.
	evenFor = 24 * time.Hour
	// How old the operator's word may be that the clock is right.
	wordLasts = 10 * time.Minute

	noteEach = time.Minute
)

// What is remembered of the clock, by the names under which it is kept.
const (
	keptLast = "last believed"
	keptHeld = "held since"
	keptWord = "confirmed"
)

// A timekeeper reads the clock of this machine and, while that cannot be believed, counts on by itself. So a clock that is a year ahead
// for a moment brings no week, lets nothing lapse and ends no lease; and nothing is erased before its time.
type timekeeper struct {
	wall func() time.Time     // what the clock of this machine says
	even func() time.Duration // how much time went by since some moment, whatever is done to the clock
	keep bot.Keep
	log  *slog.Logger

	mu      sync.Mutex
	time    time.Time     // the last that was believed,
	at      time.Duration // and when that was
	seen    bool          // by this process
	odd     time.Time     // what the clock last said while it was not believed, zero while it is
	oddAt   time.Duration
	oddFrom time.Duration // since when it runs evenly there
}

// startTimekeeper makes a timekeeper that goes on from what was believed last. It reads keep.
func startTimekeeper(ctx context.Context, wall func() time.Time, even func() time.Duration, keep bot.Keep, log *slog.Logger) (*timekeeper, error) {
	k := &timekeeper{wall: wall, even: even, keep: keep, log: log, time: wall().Round(0), at: even(), seen: true}
	last, err := keptTime(ctx, keep, keptLast)
	if err != nil {
		return nil, err
	}
	if !last.IsZero() {
		k.time, k.seen = last, false
	}
	k.now()
	return k, k.note(ctx)
}

func keptTime(ctx context.Context, keep bot.Keep, name string) (time.Time, error) {
	text, err := keep.Get(ctx, name)
	if err != nil {
		return time.Time{}, fmt.Errorf("what is known of the clock: %w", err)
	}
	t, _ := time.Parse(time.RFC3339Nano, text) // "" is no time
	return t, nil
}

// now is the time, as far as it can be believed.
func (k *timekeeper) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	says, at := k.wall().Round(0), k.even()
	expected := k.time.Add(at - k.at)
	ahead, most := says.Sub(expected), mostAhead
	if !k.seen {
		most = mostAway
	}
	if ahead >= -mostBehind && ahead <= most {
		k.believe(says, at)
		return says
	}
	if k.odd.IsZero() || (says.Sub(k.odd)-(at-k.oddAt)).Abs() > mostBehind {
		k.oddFrom = at
	}
	k.odd, k.oddAt = says, at
	if at-k.oddFrom >= evenFor {
		k.believe(says, at)
		return says
	}
	return expected
}

func (k *timekeeper) believe(says time.Time, at time.Duration) {
	k.time, k.at, k.seen, k.odd = says, at, true, time.Time{}
}

// held is how far the clock is ahead of what is believed, 0 while it is believed; and when it will be.
func (k *timekeeper) held() (by, rest time.Duration) {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.odd.IsZero() {
		return 0, 0
	}
	return k.odd.Sub(now), evenFor - (k.oddAt - k.oddFrom)
}

// trouble is nil while the clock is believed.
func (k *timekeeper) trouble() error {
	by, rest := k.held()
	if by == 0 {
		return nil
	}
	return fmt.Errorf("the clock of this machine jumped by %s, and nothing falls due by it for another %s, or until somebody says: ginnel clock confirm",
		by.Round(time.Second), rest.Round(time.Minute))
}

// note writes down what is believed, or that the clock is not, and hears the operator's word that it is right.
func (k *timekeeper) note(ctx context.Context) error {
	if by, rest := k.held(); by != 0 {
		word, err := keptTime(ctx, k.keep, keptWord)
		if err != nil {
			return err
		}
		says := k.wall().Round(0)
		if age := says.Sub(word); word.IsZero() || age < -wordLasts || age > wordLasts {
			k.log.Warn("the clock of this machine jumped, and is not believed: nothing falls due by it until it ran evenly for a day, or until somebody who looked at it says: ginnel clock confirm",
				"by", by.Round(time.Second), "says", says.Format(time.RFC3339), "believed", k.now().Format(time.RFC3339), "for", rest.Round(time.Minute))
			return k.keep.Put(ctx, keptHeld, says.Format(time.RFC3339Nano))
		}
		k.mu.Lock()
		k.believe(says, k.even())
		k.mu.Unlock()
		k.log.Info("the clock was confirmed", "says", says.Format(time.RFC3339))
	}
	if err := k.keep.Put(ctx, keptHeld, ""); err != nil {
		return err
	}
	return k.keep.Put(ctx, keptLast, k.now().Format(time.RFC3339Nano))
}

// run notes the time until ctx ends.
func (k *timekeeper) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(noteEach):
		}
		if err := k.note(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("the time could not be noted", "error", err)
		}
	}
}

// keepTime has the program go by a timekeeper from now on.
func (p *program) keepTime(ctx context.Context, db *storage.DB) (*timekeeper, error) {
	k, err := startTimekeeper(ctx, p.now, evenTime, db.Settings("clock"), p.log)
	if err != nil {
		return nil, err
	}
	p.now = k.now
	return k, nil
}

// clockHeld says, as far as it is written down, how the clock is believed: "" when it is.
func clockHeld(ctx context.Context, db *storage.DB, now time.Time) (string, error) {
	keep := db.Settings("clock")
	held, err := keptTime(ctx, keep, keptHeld)
	if err != nil {
		return "", err
	}
	last, err := keptTime(ctx, keep, keptLast)
	if err != nil || last.IsZero() {
		return "", err
	}
	if away := now.Sub(last); !held.IsZero() || away < -mostBehind || away > mostAway {
		return fmt.Sprintf("the clock says %s, and was last believed at %s", now.Format("2 January 2006, 15:04"), last.In(now.Location()).Format("2 January 2006, 15:04")), nil
	}
	return "", nil
}

type clockCommand struct {
	Show    clockShowCommand    `cmd:"" default:"1" help:"Tell whether the clock is believed."`
	Confirm clockConfirmCommand `cmd:"" help:"Say that the clock of this machine is right, after it jumped."`
}

type clockShowCommand struct{}

// Run tells whether the clock is believed.
func (clockShowCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	odd, err := clockHeld(ctx, db, p.now().In(p.zone))
	if err != nil {
		return err
	}
	if odd != "" {
		fmt.Fprintf(p.out, "%s. Nothing falls due by it until it ran evenly for a day. If it is right, say: ginnel clock confirm\n", odd)
		return nil
	}
	fmt.Fprintf(p.out, "It is %s, and that is believed.\n", p.now().In(p.zone).Format("Monday 2 January 2006, 15:04"))
	return nil
}

type clockConfirmCommand struct{}

// Run leaves the word that the clock is right, for the process that serves or for the next one.
func (clockConfirmCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Beside)
	if err != nil {
		return err
	}
	defer db.Close()
	now := p.now()
	keep := db.Settings("clock")
	for _, name := range []string{keptWord, keptLast} {
		if err := keep.Put(ctx, name, now.Format(time.RFC3339Nano)); err != nil {
			return err
		}
	}
	if err := keep.Put(ctx, keptHeld, ""); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "From now on it is %s. A Ginnel that is running hears of it within a minute.\n", now.In(p.zone).Format("Monday 2 January 2006, 15:04"))
	return nil
}
