package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"ginnel/bot"
	"ginnel/bot/danger"
	"ginnel/bot/failure"
	"ginnel/bot/names"
	"ginnel/storage"
)

type serveCommand struct {
	Health string        `help:"Address for /livez, /readyz and /metrics, on this machine only; - for none." env:"GINNEL_HEALTH" default:"127.0.0.1:8477" placeholder:"ADDRESS"`
	Lease  time.Duration `help:"How long a network waits for a process that died before another takes it over, when several share a PostgreSQL database." env:"GINNEL_LEASE" default:"30s"`
}

const (
	tidyEach = time.Hour
	// How long what was erased may stand in the log of changes.
	scrubEach = time.Minute
)

// Run serves every configured network until ctx ends.
func (c serveCommand) Run(ctx context.Context, p *program) error {
	if c.Lease < 100*time.Millisecond {
		return errors.New("--lease wants at least 100ms")
	}
	if c.Lease > time.Hour {
		return errors.New("--lease wants at most an hour: what lasts longer is taken for a wrong clock")
	}
	if len(p.networks) == 0 {
		return errors.New("no chat network is configured, so there is nobody to serve. For Slack set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, after ginnel slack manifest; for Matrix set MATRIX_USER, after ginnel matrix login; or talk in the terminal with ginnel chat")
	}
	// Months of changes to a large register leave much to be swept; sweeping twice as often keeps it small.
	const sweepAt = 50 // per cent more than is in use
	debug.SetGCPercent(sweepAt)
	spareProcessors()
	db, err := p.open(ctx, storage.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, told := range db.Exposed() {
		p.log.Warn(told)
	}
	clock, err := p.keepTime(ctx, db)
	if err != nil {
		return err
	}
	owner := ownerName(p.now())
	w, err := wire(db, p.settings(), p.now, owner, p.log)
	if err != nil {
		return err
	}
	if err := w.startClock(ctx, db, p.now()); err != nil {
		return err
	}
	if err := db.WriteNameKeys(ctx, names.Keys); err != nil {
		return err
	}
	if err := w.question.Listen(ctx); err != nil {
		return err
	}
	if err := w.appoint(ctx, p.err); err != nil {
		return err
	}
	served := &served{log: p.log, chance: failure.NewChance(uint64(p.now().UnixNano())), receive: w.inbox.From, out: w.outbox}
	later, err := p.connectAll(db, served)
	if err != nil {
		return err
	}
	loops := []func(context.Context) error{
		w.inbox.Run, w.outbox.Run, w.listen(p.log), clock.run,
		func(ctx context.Context) error { return p.tidy(ctx, db) },
		func(ctx context.Context) error { return p.scrub(ctx, db) },
		// The first question should not wait for the whole register to be read, nor for what danger sounds like to be learnt.
		func(ctx context.Context) error {
			if _, err := w.question.Follow(ctx, p.now()); err != nil {
				p.log.Warn("the index is not filled yet", "error", err)
			}
			danger.Read(p.cli.RunBy)
			debug.FreeOSMemory() // what both took for a moment
			return nil
		},
	}
	absent := &absence{log: p.log, now: p.now, keep: db.Settings("absence"), reached: served.reached, put: db.PutMessage}
	loops = append(loops, absent.run)
	loops = append(loops, later...)
	if c.Health != "-" {
		health, err := p.health(c.Health, db, w, served, clock)
		if err != nil {
			return err
		}
		loops = append(loops, health.Run)
	}
	loops = append(loops, func(ctx context.Context) error {
		defer served.stopAll()
		return p.holdAccounts(ctx, db, owner, c.Lease, served.names, func(n bot.Network, held bool) { served.set(ctx, n, held) })
	})
	p.log.Info("serving", "networks", served.names())
	return start(ctx, loops...)()
}

// ownerName names this process among all that ever held a lease.
func ownerName(now time.Time) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%d/%s", host, os.Getpid(), now.UnixMilli(), rand.Text()[:8])
}

// start runs loops at once; the first that fails ends all. The function it returns waits for their end.
func start(ctx context.Context, loops ...func(context.Context) error) func() error {
	all, ctx := errgroup.WithContext(ctx)
	for _, loop := range loops {
		all.Go(func() error {
			if err := loop(ctx); ctx.Err() == nil {
				return err
			}
			return nil // it was told to end, so it did not fail
		})
	}
	return all.Wait
}

// holdAccounts keeps the leases of networks, of which there may come to be more, telling set when one is won or lost, until ctx
// ends.
func (p *program) holdAccounts(ctx context.Context, db *storage.DB, owner string, lease time.Duration, networks func() []bot.Network, set func(n bot.Network, held bool)) error {
	until := map[bot.Network]time.Time{}
	for {
		for _, n := range networks() {
			now := p.now()
			held, err := db.HoldAccount(ctx, n, owner, lease)
			switch {
			case err != nil && ctx.Err() == nil:
				p.log.Warn("the lease of a network could not be renewed", "network", n, "error", err)
				// While the lease lasts nobody else has it.
				held = now.Before(until[n].Add(-lease / 3))
			case held:
				until[n] = now.Add(lease)
			}
			set(n, held)
		}
		select {
		case <-ctx.Done():
			for _, n := range networks() {
				if !until[n].IsZero() {
					last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
					if err := db.ReleaseAccount(last, n, owner); err != nil {
						p.log.Warn("the lease of a network could not be given back", "network", n, "error", err)
					}
					cancel()
				}
			}
			return nil
		case <-time.After(lease / 6):
		}
	}
}

// tidy deletes now and then what has been kept for long enough.
func (p *program) tidy(ctx context.Context, db *storage.DB) error {
	for {
		if err := db.Tidy(ctx, p.now()); err != nil && ctx.Err() == nil {
			p.log.Warn("what is old could not be deleted", "error", err)
		}
		if n, err := db.ReportsForOperator(ctx); err == nil && n > 0 {
			p.log.Warn("reports wait for whoever runs this; ginnel reports shows them", "reports", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tidyEach):
		}
	}
}

// scrub has what was erased leave the log of changes.
func (p *program) scrub(ctx context.Context, db *storage.DB) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(scrubEach):
		}
		if _, err := db.Scrub(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("what was erased may still stand in the log of changes", "error", err)
		}
	}
}

// spareProcessors lets Go do twice as much at once as there are processors for. What thinks for long, as the round does, uses half
// of them (match.Index.Round), each for as long as the machine lets it; an answer that finds one free at any moment wants little of
// the machine, which gives such first. Whoever sets GOMAXPROCS knows better.
func spareProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
}
