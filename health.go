package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/adapters/web"
	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
)

// health answers whoever watches over the program.
func (p *program) health(addr string, db *storage.DB, w *wiring, s *served, clock *timekeeper) (*web.Server, error) {
	return web.New(addr, web.Options{
		Ready:   func(ctx context.Context) error { return errors.Join(ready(ctx, db, w, s), clock.trouble()) },
		Collect: func() []web.Gauge { return p.gauges(db, w, s, clock) },
	})
}

// ready is nil when messages can be stored and every network can be read and spoken to, and otherwise a line for each
// thing that is wrong.
func ready(ctx context.Context, db *storage.DB, w *wiring, s *served) error {
	var wrong []error
	if err := db.Writable(ctx); err != nil {
		wrong = append(wrong, fmt.Errorf("messages cannot be stored now: %w", err))
	}
	const clock = "15:04:05 MST"
	for _, l := range s.comingNetworks() {
		wrong = append(wrong, fmt.Errorf("a network that is configured is not connected since %s: %s", l.since.UTC().Format(clock), failure.Redact(l.err)))
	}
	for _, l := range s.lostNetworks() {
		what := "is lost since " + l.since.UTC().Format(clock)
		if l.gone {
			what = "is gone for good, and is served no more"
		}
		wrong = append(wrong, fmt.Errorf("%s %s: %s", l.network, what, failure.Redact(l.err)))
	}
	for _, h := range w.outbox.Health() {
		switch {
		case h.Unready != nil:
			wrong = append(wrong, fmt.Errorf("%s is not ready since %s: %s", h.Network, h.Since.UTC().Format(clock), failure.Redact(h.Unready)))
		case !h.Held.IsZero():
			wrong = append(wrong, fmt.Errorf("%s takes nothing before %s: %s", h.Network, h.Held.UTC().Format(clock), failure.Redact(h.HeldBy)))
		}
		if h.Left > 0 {
			wrong = append(wrong, fmt.Errorf("%s has %d calls that hang", h.Network, h.Left))
		}
	}
	return errors.Join(wrong...)
}

func (p *program) gauges(db *storage.DB, w *wiring, s *served, clock *timekeeper) []web.Gauge {
	var all []web.Gauge
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	counts, err := db.Counts(ctx)
	if err == nil {
		for name, n := range counts {
			all = append(all, web.Gauge{Name: name, Value: float64(n)})
		}
	}
	if seconds, err := overdue(ctx, db, p.now()); err == nil {
		all = append(all, web.Gauge{Name: "retention/overdue_seconds", Value: seconds})
	}
	if n, err := db.ReportsForOperator(ctx); err == nil {
		all = append(all, web.Gauge{Name: "reports/operator", Value: float64(n)})
	}
	ahead, _ := clock.held()
	all = append(all, web.Gauge{Name: "clock/ahead_seconds", Value: ahead.Seconds()})
	lost := map[bot.Network]bool{}
	for _, l := range s.lostNetworks() {
		lost[l.network] = true
		all = append(all, web.Gauge{Name: "network/ready", Network: string(l.network)})
	}
	for _, h := range w.outbox.Health() {
		n, ready := string(h.Network), 1.0
		if h.Unready != nil || !h.Held.IsZero() {
			ready = 0
		}
		if !lost[h.Network] {
			all = append(all, web.Gauge{Name: "network/ready", Network: n, Value: ready})
		}
		all = append(all, web.Gauge{Name: "network/sending", Network: n, Value: float64(h.Busy)}, web.Gauge{Name: "network/hanging", Network: n, Value: float64(h.Left)})
	}
	return all
}
