package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// runGrace is how long an adapter may go on reading after it was told to end, before it is left behind.
const runGrace = 10 * time.Second

// served are the adapters of the networks whose account this process holds. set is called by one goroutine.
type served struct {
	log     *slog.Logger
	chance  failure.Chance
	receive func(bot.Network) func(context.Context, bot.Message) error
	out     interface {
		Add(bot.Adapter) error
		Remove(bot.Network)
	}
	running map[bot.Network]context.CancelFunc
	all     sync.WaitGroup

	mu       sync.Mutex
	adapters map[bot.Network]bot.Adapter
	held     map[bot.Network]bool // those whose account is ours
	lost     map[bot.Network]lostNetwork
	coming   map[int]lostNetwork // configured, by their numbers, and not connected yet
}

// A lostNetwork is not read just now.
type lostNetwork struct {
	network bot.Network
	err     error
	since   time.Time
	gone    bool // for good
}

// add makes an adapter one of those that are served once their account is held.
func (s *served) add(a bot.Adapter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.adapters[a.Network()] != nil {
		return fmt.Errorf("%s is configured twice; one bot is enough for each network", a.Network())
	}
	if s.adapters == nil {
		s.adapters = map[bot.Network]bot.Adapter{}
	}
	s.adapters[a.Network()] = a
	return nil
}

// names are the networks that were added, in order.
func (s *served) names() []bot.Network {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.adapters))
}

// reached tells of each network whose account this process holds whether it is read and can be spoken to.
func (s *served) reached() map[bot.Network]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[bot.Network]bool{}
	for n := range s.held {
		_, lost := s.lost[n]
		r, can := s.adapters[n].(bot.Readier)
		all[n] = !lost && (!can || r.Ready() == nil)
	}
	return all
}

// set starts or stops serving a network.
func (s *served) set(ctx context.Context, n bot.Network, held bool) {
	stop := s.running[n]
	s.mu.Lock()
	a := s.adapters[n]
	if s.held == nil {
		s.held = map[bot.Network]bool{}
	}
	if s.held[n] = held; !held {
		delete(s.held, n)
	}
	s.mu.Unlock()
	switch {
	case held && stop == nil && ctx.Err() == nil:
		if s.running == nil {
			s.running = map[bot.Network]context.CancelFunc{}
		}
		ctx, cancel := context.WithCancel(ctx)
		s.running[n] = cancel
		if err := s.out.Add(a); err != nil {
			s.log.Error("a network cannot be served", "network", n, "error", failure.Redact(err))
			s.lose(n, bot.ErrGone)
			return
		}
		s.all.Go(func() { s.listen(ctx, a) })
	case !held && stop != nil:
		stop()
		delete(s.running, n)
		s.out.Remove(n)
		s.found(n)
	}
}

func (s *served) stopAll() {
	for _, stop := range s.running {
		stop()
	}
	s.all.Wait()
}

// listen keeps an adapter running, with a pause that grows while it fails, until its network is gone for good.
func (s *served) listen(ctx context.Context, a bot.Adapter) {
	n := a.Network()
	pause := failure.Backoff{First: 2 * time.Second, Max: time.Minute, Chance: s.chance}
	for failed := 0; ctx.Err() == nil; failed++ {
		began := time.Now()
		err := s.run(ctx, a)
		if ctx.Err() != nil {
			return
		}
		args := []any{"network", n, "error", failure.Redact(err)}
		if p, ok := errors.AsType[*failure.Panic](err); ok {
			args = append(args, "stack", p.Stack)
		}
		s.lose(n, err)
		if errors.Is(err, bot.ErrGone) {
			s.log.Error("a network is gone for good and is served no more; what waits for it stays", args...)
			s.out.Remove(n)
			return
		}
		s.log.Warn("a network was lost; trying again", args...)
		if time.Since(began) > pause.Max {
			failed = 0
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause.Wait(failed)):
		}
		s.found(n)
	}
}

// run has an adapter read until it ends, or until ctx has ended and the grace is over.
func (s *served) run(ctx context.Context, a bot.Adapter) error {
	ended := make(chan error, 1)
	go func() {
		var err error
		defer func() { ended <- err }()
		defer failure.Recover(&err)
		err = a.Run(ctx, s.receive(a.Network()))
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	t := time.NewTimer(runGrace)
	defer t.Stop()
	select {
	case err := <-ended:
		return err
	case <-t.C:
		s.log.Error("a network goes on reading after it was told to end, and was left behind", "network", a.Network())
		return ctx.Err()
	}
}

func (s *served) lose(n bot.Network, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost == nil {
		s.lost = map[bot.Network]lostNetwork{}
	}
	s.lost[n] = lostNetwork{n, err, time.Now(), errors.Is(err, bot.ErrGone)}
}

func (s *served) found(n bot.Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lost, n)
}

// comes notes that a configured network is not connected yet, and with nil that it is.
func (s *served) comes(number int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.coming, number)
		return
	}
	if s.coming == nil {
		s.coming = map[int]lostNetwork{}
	}
	since := time.Now()
	if before, known := s.coming[number]; known {
		since = before.since
	}
	s.coming[number] = lostNetwork{err: err, since: since}
}

// comingNetworks are those that are not connected yet, as they are configured.
func (s *served) comingNetworks() (all []lostNetwork) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range slices.Sorted(maps.Keys(s.coming)) {
		all = append(all, s.coming[number])
	}
	return all
}

// lostNetworks are those that are not read just now, by name.
func (s *served) lostNetworks() []lostNetwork {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []lostNetwork
	for _, l := range s.lost {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b lostNetwork) int {
		if a.network < b.network {
			return -1
		}
		return 1
	})
	return all
}
