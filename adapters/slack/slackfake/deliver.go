package slackfake

import (
	"encoding/json"
	"time"
)

// patience is how long Slack waits for an acknowledgement.
const patience = 3 * time.Second

// ladder is how long Slack waits before each further try of an event.
var ladder = []time.Duration{0, time.Minute, 5 * time.Minute}

// delivery is one payload on its way to one app.
type delivery struct {
	app     *App
	kind    string // as a Socket Mode envelope calls it: events_api, slash_commands, interactive
	payload object
	// answered is called once, under the lock, with what the app answered or with why it did not. It is nil for events,
	// which are tried again instead.
	answered func(answer json.RawMessage, problem string)
	accepts  bool // an answer may ride on the acknowledgement

	attempt  int
	reason   string
	envelope string
	sent     time.Time
	done     bool
	timer    *time.Timer
}

// dispatch sends a delivery for the first time, with the trouble that was asked for.
func (w *World) dispatch(d *delivery) {
	t := w.trouble
	if d.kind == "events_api" && d.answered == nil {
		w.record.events++
		if w.rand.Float64() < t.Delay && t.DelayUpTo > 0 {
			w.later(time.Duration(w.rand.Int64N(int64(t.DelayUpTo))), func() { w.send(d) })
			return
		}
		if w.rand.Float64() < t.NewEnvelope {
			twin := *d
			w.later(time.Duration(w.rand.Int64N(int64(2*time.Second))), func() { w.send(&twin) })
		}
	}
	w.send(d)
}

func (w *World) send(d *delivery) {
	d.envelope, d.sent = w.uuid(), time.Now()
	if d.app.overHTTP {
		w.sendHTTP(d)
		return
	}
	s := w.pick(d.app)
	if s == nil {
		w.failed(d, "timeout")
		return
	}
	envelope := object{
		"envelope_id": d.envelope, "payload": d.payload, "type": d.kind, "accepts_response_payload": d.accepts,
	}
	if d.kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = d.attempt, d.reason
	}
	d.app.pending[d.envelope] = d
	d.timer = w.later(patience, func() {
		delete(d.app.pending, d.envelope)
		w.failed(d, "timeout")
	})
	s.sendEnvelope(envelope)
	if d.kind == "events_api" && w.rand.Float64() < w.trouble.Duplicate {
		s.sendEnvelope(envelope)
	}
}

// acknowledged ends a delivery that the app has taken.
func (w *World) acknowledged(d *delivery, answer json.RawMessage) {
	if d.done {
		return
	}
	d.done = true
	d.stop()
	w.record.acks = append(w.record.acks, time.Since(d.sent))
	if d.answered != nil {
		d.answered(answer, "")
	}
}

// failed tries an event again, up to three times; for anything else the person sees that the app did not answer.
func (w *World) failed(d *delivery, reason string) {
	if d.done {
		return
	}
	d.stop()
	w.record.unacked++
	if d.answered != nil {
		d.done = true
		d.answered(nil, reason)
		return
	}
	if d.attempt == len(ladder) {
		d.done = true
		w.record.lost = append(w.record.lost, str(d.payload["event_id"]))
		return
	}
	wait := ladder[d.attempt]
	d.attempt, d.reason = d.attempt+1, reason
	w.record.retries++
	w.later(wait, func() { w.send(d) })
}

func (d *delivery) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

// ask delivers something that a person waits for, and waits itself until the app has answered or Slack has given up.
// The lock is not held. The answer is dealt with under the lock; what it returns is what the person sees go wrong.
func (w *World) ask(d *delivery, take func(answer json.RawMessage, problem string) error) error {
	outcome := make(chan error, 1)
	d.answered = func(answer json.RawMessage, problem string) { outcome <- take(answer, problem) }
	w.mu.Lock()
	w.dispatch(d)
	w.mu.Unlock()
	select {
	case err := <-outcome:
		return err
	case <-w.closing:
		return errGone
	}
}
