package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ginnel/bot"
)

// served are the adapters of the networks whose account this process holds. It is used by one goroutine.
type served struct {
	log      *slog.Logger
	receive  func(context.Context, bot.Message) error
	adapters map[bot.Network]bot.Adapter
	out      interface {
		Add(bot.Adapter)
		Remove(bot.Network)
	}
	running map[bot.Network]context.CancelFunc
	all     sync.WaitGroup
}

// set starts or stops serving a network.
func (s *served) set(ctx context.Context, n bot.Network, held bool) {
	stop := s.running[n]
	switch {
	case held && stop == nil && ctx.Err() == nil:
		if s.running == nil {
			s.running = map[bot.Network]context.CancelFunc{}
		}
		ctx, cancel := context.WithCancel(ctx)
		s.running[n] = cancel
		a := s.adapters[n]
		s.out.Add(a)
		s.all.Go(func() { s.listen(ctx, a) })
	case !held && stop != nil:
		stop()
		delete(s.running, n)
		s.out.Remove(n)
	}
}

func (s *served) stopAll() {
	for _, stop := range s.running {
		stop()
	}
	s.all.Wait()
}

// listen keeps an adapter running, with a pause that grows while it fails.
func (s *served) listen(ctx context.Context, a bot.Adapter) {
	const longest = time.Minute
	for pause := time.Second; ctx.Err() == nil; pause = min(2*pause, longest) {
		began := time.Now()
		err := a.Run(ctx, s.receive)
		if ctx.Err() != nil {
			return
		}
		s.log.Warn("a network was lost; trying again", "network", a.Network(), "error", err)
		if time.Since(began) > longest {
			pause = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}
