package main

import (
	"context"
	"log/slog"
	"time"

	"ginnel/bot"
	"ginnel/bot/digest"
)

const (
	absenceLook = 30 * time.Second
	// A network that was out of reach for less is nothing to tell anybody of.
	absenceWorth = 30 * time.Minute
)

// absence notes since when a network cannot be reached, and has the coordinators told once when that lasts, and once when it is
// over. It remembers that over restarts.
type absence struct {
	log     *slog.Logger
	now     func() time.Time
	keep    bot.Keep
	reached func() map[bot.Network]bool
	put     func(context.Context, bot.Message, time.Time) (fresh bool, err error)

	well map[bot.Network]int // how often in a row it was reached
}

// run looks until ctx ends.
func (a *absence) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(absenceLook):
		}
		for n, reached := range a.reached() {
			if err := a.look(ctx, n, reached); err != nil && ctx.Err() == nil {
				a.log.Warn("how long a network is out of reach could not be noted", "network", n, "error", err)
			}
		}
	}
}

// look notes how a network is now.
func (a *absence) look(ctx context.Context, n bot.Network, reached bool) error {
	kept, err := a.keep.Get(ctx, string(n))
	if err != nil {
		return err
	}
	if a.well == nil {
		a.well = map[bot.Network]int{}
	}
	a.well[n]++
	if !reached {
		a.well[n] = 0
	}
	now := a.now()
	since, err := time.Parse(time.RFC3339, kept)
	if err != nil {
		if !reached {
			return a.keep.Put(ctx, string(n), now.UTC().Format(time.RFC3339))
		}
		return nil
	}
	worth := now.Sub(since) >= absenceWorth
	switch {
	case !reached && worth:
		_, err = a.put(ctx, digest.Absent(n, since, now), now)
	case a.well[n] > 1: // once may be between two tries that fail
		if worth {
			if _, err := a.put(ctx, digest.Back(n, since, now), now); err != nil {
				return err
			}
		}
		err = a.keep.Delete(ctx, string(n))
	}
	return err
}
