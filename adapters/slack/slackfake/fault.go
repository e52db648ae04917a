package slackfake

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Kind is a way in which a call goes wrong.
type Kind string

// What can be made to go wrong. Those said to be after the effect have done what was asked before they fail.
const (
	Limited         Kind = "429 with whole seconds in Retry-After"
	LimitedUnsaid   Kind = "429 without Retry-After"
	LimitedFraction Kind = "429 with a fraction in Retry-After"
	Broken          Kind = "500 before the effect"
	BrokenAfter     Kind = "500 after the effect"
	Unavailable     Kind = "503 with a page in HTML before the effect"
	Fatal           Kind = "fatal_error before the effect"
	FatalAfter      Kind = "fatal_error after the effect"
	Internal        Kind = "internal_error before the effect"
	InternalAfter   Kind = "internal_error after the effect"
	Cut             Kind = "the connection is cut before the effect"
	CutAfter        Kind = "the connection is cut after the effect"
	Hang            Kind = "no answer for as long as the client waits, without effect"
	HangAfter       Kind = "no answer for as long as the client waits, after the effect"
	Slow            Kind = "the answer comes after For"
	Truncated       Kind = "half of the JSON, after the effect"
	WithoutTS       Kind = "ok without a timestamp, after the effect"
	Revoked         Kind = "the token has just been revoked"
	Refused         Kind = "refused with Code, whatever was asked"
)

// Fault makes calls go wrong. The first one that applies is taken.
type Fault struct {
	Method string        // "" is every method; "hooks" is response_url
	Kind   Kind          //
	Call   int           // only the call of that number, from 1, counted since the fault was set; 0 is every call
	Times  int           // how often at most; 0 is without end
	Chance float64       // of each call, from 0 to 1; 0 is certain
	Code   string        // the error of Refused, such as edit_window_closed
	For    time.Duration // what a 429 asks to wait (0: one second), or how slow an answer is
	seen   int
	done   int
}

// Goes sets faults, beside those there are.
func (w *World) Goes(wrong ...Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range wrong {
		w.faults = append(w.faults, &f)
	}
}

// GoesWell ends all faults and all trouble with deliveries.
func (w *World) GoesWell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults, w.trouble = nil, Trouble{}
}

// Trouble is what goes wrong with deliveries: the chance of each, from 0 to 1.
type Trouble struct {
	SwallowAck  float64 // the acknowledgement is lost: the event comes again
	Duplicate   float64 // the same envelope comes twice
	NewEnvelope float64 // the same event comes again in another envelope
	DropSocket  float64 // the connection breaks with the payload under way
	HalfFrame   float64 // the connection breaks in the middle of the payload
	Delay       float64 // the event comes late, and so out of order
	DelayUpTo   time.Duration
}

// Troubles sets what goes wrong with deliveries from here on.
func (w *World) Troubles(t Trouble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trouble = t
}

func (w *World) fault(method string) *Fault {
	for _, f := range w.faults {
		if f.Method != "" && f.Method != method {
			continue
		}
		f.seen++
		if f.Call > 0 && f.seen != f.Call || f.Times > 0 && f.done >= f.Times {
			continue
		}
		if f.Chance > 0 && w.rand.Float64() >= f.Chance {
			continue
		}
		f.done++
		return f
	}
	return nil
}

// stop answers for a fault that leaves no effect, and says whether it has.
func (f *Fault) stop(rw http.ResponseWriter, r *http.Request, closing <-chan struct{}) bool {
	switch f.Kind {
	case Limited, LimitedUnsaid, LimitedFraction:
		wait := max(f.For, time.Second)
		switch f.Kind {
		case Limited:
			rw.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		case LimitedFraction:
			rw.Header().Set("Retry-After", strconv.FormatFloat(wait.Seconds()-0.5, 'f', 1, 64))
		}
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(http.StatusTooManyRequests)
		_, _ = rw.Write([]byte(`{"ok":false,"error":"ratelimited"}`))
	case Broken:
		page(rw, http.StatusInternalServerError)
	case Unavailable:
		page(rw, http.StatusServiceUnavailable)
	case Fatal, Internal:
		errorOnly(rw, f.Kind)
	case Refused:
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = rw.Write(encoded(object{"ok": false, "error": f.Code}))
	case Cut:
		panic(http.ErrAbortHandler)
	case Hang:
		hang(r, closing)
	case Slow:
		select {
		case <-time.After(f.For):
		case <-closing:
		case <-r.Context().Done():
		}
		return false
	default:
		return false
	}
	return true
}

// spoil answers for a fault after the effect, and says whether it has.
func (f *Fault) spoil(rw http.ResponseWriter, r *http.Request, closing <-chan struct{}, answer object) bool {
	switch f.Kind {
	case BrokenAfter:
		page(rw, http.StatusInternalServerError)
	case FatalAfter, InternalAfter:
		errorOnly(rw, f.Kind)
	case CutAfter:
		panic(http.ErrAbortHandler)
	case HangAfter:
		hang(r, closing)
	case Truncated:
		data := encoded(answer)
		_, _ = rw.Write(data[:len(data)/2])
	case WithoutTS:
		without := copied(answer)
		delete(without, "ts")
		delete(without, "message_ts")
		delete(without, "message")
		_, _ = rw.Write(encoded(without))
	default:
		return false
	}
	return true
}

func page(rw http.ResponseWriter, status int) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write([]byte("<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"))
}

func errorOnly(rw http.ResponseWriter, k Kind) {
	code := "internal_error"
	if k == Fatal || k == FatalAfter {
		code = "fatal_error"
	}
	_, _ = rw.Write([]byte(`{"ok":false,"error":"` + code + `"}`))
}

// hang leaves the client waiting until it gives up.
func hang(r *http.Request, closing <-chan struct{}) {
	select {
	case <-r.Context().Done():
	case <-closing:
	}
	panic(http.ErrAbortHandler)
}

func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("slackfake: " + err.Error())
	}
	return data
}
