package main

import (
	"context"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
)

// connectAll makes the adapters of all configured networks. One that cannot be made now, since its network does not answer, is
// tried again by the loops that come back. What is configured wrongly is an error when nothing can be served besides; otherwise
// it is logged, shown by /readyz, and tried again too, as a file with a token may be mended meanwhile.
func (p *program) connectAll(db *storage.DB, s *served) (loops []func(context.Context) error, err error) {
	var wrong error // the first that no waiting mends
	mayCome := false
	for number, connect := range p.networks {
		a, err := connect(db)
		if err == nil {
			if err := s.add(a); err != nil {
				return nil, err
			}
			continue
		}
		if _, waits := bot.Outcome(err); waits {
			mayCome = true
		} else if wrong == nil {
			wrong = err
		}
		s.comes(number, err)
		p.log.Error("a network that is configured is not connected; trying again", "error", failure.Redact(err))
		loops = append(loops, func(ctx context.Context) error { return p.connectLater(ctx, db, s, number, connect) })
	}
	if len(s.names()) == 0 && !mayCome && wrong != nil {
		return nil, wrong
	}
	return loops, nil
}

// connectLater tries until an adapter can be made, with a pause that grows.
func (p *program) connectLater(ctx context.Context, db *storage.DB, s *served, number int, connect connect) error {
	pause := failure.Backoff{First: 2 * time.Second, Max: time.Minute, Chance: s.chance}
	for failed := 0; ; failed++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause.Wait(failed)):
		}
		a, err := connect(db)
		if err == nil {
			err = s.add(a)
		}
		s.comes(number, err)
		if err == nil {
			p.log.Info("a network is connected", "network", a.Network())
			return nil
		}
		p.log.Warn("a network that is configured is not connected; trying again", "error", failure.Redact(err))
	}
}
