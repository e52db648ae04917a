package slackfake

import (
	"slices"
	"strings"
	"time"
)

// Call is one request that an app made.
type Call struct {
	At      time.Time
	App     *App
	Method  string
	Args    object // without tokens
	Refused string // the error code, or "" when it was granted
	Fault   Kind   // what was made to go wrong with it
	answer  object
}

// record is everything noted down for assertions.
type record struct {
	calls      []*Call
	events     int
	kinds      map[string]int
	acks       []time.Duration
	unacked    int
	retries    int
	lateAcks   int
	lost       []string
	violations []string
	wrong      []string
}

func (r *record) told(kind string) {
	if r.kinds == nil {
		r.kinds = map[string]int{}
	}
	r.kinds[kind]++
}

func shown(args object) object {
	o := object{}
	for k, v := range args {
		if !strings.Contains(k, "token") && !strings.Contains(k, "secret") {
			o[k] = v
		}
	}
	return o
}

// violate notes something that Slack lets through and that an app should not do.
func (w *World) violate(what string) {
	if !slices.Contains(w.record.violations, what) {
		w.record.violations = append(w.record.violations, what)
	}
}

// wrong notes something that no Slack understands, which fails the test.
func (w *World) wrong(what string) {
	w.record.wrong = append(w.record.wrong, what)
	w.complain("slackfake: %s", what)
}

// Calls are the requests made of one method, or of all for "", in order.
func (w *World) Calls(method string) (calls []Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.record.calls {
		if method == "" || c.Method == method {
			calls = append(calls, *c)
		}
	}
	return calls
}

// Violations are the things that Slack lets through and a good app does not do: a message that calls everybody,
// blocks without text for screen readers, links that unfurl, a call within the wait that a 429 asked for.
func (w *World) Violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.record.violations)
}

// Told is how many events of a kind were sent, such as "message.im".
func (w *World) Told(kind string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.record.kinds[kind]
}

// Deliveries is how many deliveries were acknowledged, how many tries were not, how many tries were repeats, and which
// events Slack has given up on.
func (w *World) Deliveries() (acked, unacked, retries int, lost []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.record.acks), w.record.unacked, w.record.retries, slices.Clone(w.record.lost)
}

// Quiet says whether no delivery is under way.
func (w *World) Quiet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.apps {
		if len(a.pending) > 0 {
			return false
		}
	}
	return true
}

// AckLatency is how long the acknowledgement took that only this share of all took longer than: 0.99 gives p99.
func (w *World) AckLatency(share float64) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.record.acks) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(w.record.acks))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// Busiest is the most times a method was called within any stretch of that length.
func (w *World) Busiest(method string, within time.Duration) (most int) {
	calls := w.Calls(method)
	for i := range calls {
		n := 0
		for _, c := range calls[i:] {
			if c.At.Sub(calls[i].At) < within {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// BusiestPlace is the most messages that apps have posted in one place within any stretch of that length.
func (w *World) BusiestPlace(within time.Duration) (most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.places {
		var at []int64
		for _, m := range c.messages {
			if m.app != nil {
				at = append(at, micros(m.TS))
			}
		}
		for i := range at {
			n := 0
			for n < len(at)-i && at[i+n]-at[i] < within.Microseconds() {
				n++
			}
			most = max(most, n)
		}
	}
	return most
}

// Twice are the messages that stand more than once in the World, told by the value of a key in their metadata: what
// was posted again though it had gone out.
func (w *World) Twice(key string) (twice []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := map[string]int{}
	for _, c := range w.places {
		for _, m := range c.messages {
			if k := str(obj(m.Metadata["event_payload"])[key]); k != "" && !m.Deleted {
				if count[k]++; count[k] == 2 {
					twice = append(twice, k)
				}
			}
		}
	}
	slices.Sort(twice)
	return twice
}

// InMetadata says whether any message carries these words in its metadata, which any app may read.
func (w *World) InMetadata(words string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.places {
		for _, m := range c.messages {
			if m.Metadata != nil && strings.Contains(string(encoded(m.Metadata)), words) {
				return true
			}
		}
	}
	return false
}
