package slack

import (
	"context"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// How long Slack's short-lived handles may be used, with something to spare.
const (
	hookLives = 28 * time.Minute
	hookUses  = 5
)

// handle is what an interaction lets us do for a while: answer by its address, and fill the window that it opened. It is
// kept in memory only; the address is as good as a password.
type handle struct {
	trigger string
	hook    string
	made    time.Time
	form    *bot.Form // that a window came back with, filled in; nil when none did

	mu     sync.Mutex
	uses   int
	view   string        // the window; "" when there is none
	opened chan struct{} // closed once it is known whether there is one; nil when nothing is opened
}

func (h *handle) opening() { h.opened = make(chan struct{}) }

// openWindow opens a window that waits for its content.
func (s *Slack) openWindow(ctx context.Context, h *handle) {
	defer close(h.opened)
	c, err := s.client()
	if err != nil {
		return
	}
	const patience = 3 * time.Second // no longer lives a trigger
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	view := waiting()
	answer, err := c.OpenViewContext(ctx, h.trigger, view)
	if err != nil {
		s.o.Log.Debug("a window could not be opened", "error", failure.Redact(s.outcome(err)))
		return
	}
	h.mu.Lock()
	h.view = answer.ID
	h.mu.Unlock()
}

// window is the id of the open window of an interaction, "" without one.
func (h *handle) window(ctx context.Context) string {
	if h == nil {
		return ""
	}
	if h.opened != nil {
		select {
		case <-h.opened:
		case <-ctx.Done():
			return ""
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.view
}

// answerable is the address by which the interaction may be answered, "" when there is none any more. It counts as used.
func (h *handle) answerable(now time.Time) string {
	if h == nil {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hook == "" || h.uses >= hookUses || now.Sub(h.made) > hookLives {
		return ""
	}
	h.uses++
	return h.hook
}

// asked remembers what somebody said, so that a form in answer to it can be asked for again.
func (s *Slack) asked(m bot.Message) { s.texts.put(m.ID, m.Text) }

// recent remembers the last so many. It is safe for many at once.
type recent[K comparable, V any] struct {
	mu   sync.Mutex
	most int
	all  map[K]V
	keys []K
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, all: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.all[k]
	return v, ok
}

func (r *recent[K, V]) put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.all[k]; !known {
		r.keys = append(r.keys, k)
	}
	r.all[k] = v
	for len(r.keys) > r.most {
		delete(r.all, r.keys[0])
		r.keys = r.keys[1:]
	}
}

// drop forgets; the key keeps its turn.
func (r *recent[K, V]) drop(k K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.all[k]; known {
		delete(r.all, k)
		for i, x := range r.keys {
			if x == k {
				r.keys = append(r.keys[:i:i], r.keys[i+1:]...)
				break
			}
		}
	}
}
