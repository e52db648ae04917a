package slackfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Forgery is a way in which a delivery over HTTP is not what it should be.
type Forgery int

// Genuine deliveries, and those that an app must refuse.
const (
	Genuine     Forgery = iota
	WrongSecret         // signed with another secret
	Stale               // properly signed six minutes ago
	FromFuture          // properly signed for in six minutes
	Unsigned            // without any signature
)

// endpoint is where an app takes its deliveries over HTTP.
type endpoint struct {
	url     string
	handler http.Handler
	client  *http.Client
	off     bool // Slack has given up on it
}

// ListensAt makes deliveries go over HTTP to that address, and asks it first for the challenge, as Slack does when an
// address is entered. The error is what Slack would show there.
func (a *App) ListensAt(address string) error {
	return a.listens(&endpoint{url: address, client: &http.Client{
		Timeout: patience, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > 2 {
				return errors.New("too many redirects")
			}
			return nil
		},
	}})
}

// ListensWith is ListensAt for a handler, which is called without any network between.
func (a *App) ListensWith(handler http.Handler) error {
	return a.listens(&endpoint{url: "http://app.test/slack", handler: handler})
}

func (a *App) listens(e *endpoint) error {
	a.w.mu.Lock()
	challenge := a.w.secret(40)
	body := encoded(object{"token": a.Verification, "challenge": challenge, "type": "url_verification"})
	s := a.signer()
	a.w.mu.Unlock()
	got := e.post(s, "application/json", body, Genuine, nil)
	var echoed struct{ Challenge string }
	_ = json.Unmarshal(got.body, &echoed)
	echo := echoed.Challenge == challenge || strings.TrimSpace(string(got.body)) == challenge
	if got.err != nil || got.status != http.StatusOK || !echo {
		return errors.New("your URL didn't respond with the value of the challenge parameter")
	}
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.endpoint, a.overHTTP = e, true
	return nil
}

// Forges sends one payload that is not what it should be to where the app listens, and gives the status it answers.
func (a *App) Forges(how Forgery, payload string) int {
	a.w.mu.Lock()
	e, s := a.endpoint, a.signer()
	a.w.mu.Unlock()
	return e.post(s, "application/json", []byte(payload), how, nil).status
}

// Sign is Slack's signature of a body: HMAC-SHA256 over version, time and body.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// reply is what an app answers over HTTP.
type reply struct {
	status int
	body   []byte
	header http.Header
	err    error
}

// good says whether it counts as an acknowledgement.
func (r reply) good() bool { return r.err == nil && r.status >= 200 && r.status <= 299 }

// signer signs for an app at a time.
type signer struct {
	secret string
	now    time.Time
}

func (a *App) signer() signer { return signer{a.SigningSecret, a.w.now()} }

func (e *endpoint) post(s signer, kind string, body []byte, how Forgery, extra http.Header) reply {
	switch how {
	case Stale:
		s.now = s.now.Add(-6 * time.Minute)
	case FromFuture:
		s.now = s.now.Add(6 * time.Minute)
	case WrongSecret:
		s.secret += "0"
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	at := strconv.FormatInt(s.now.Unix(), 10)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", at)
	if how != Unsigned {
		r.Header.Set("X-Slack-Signature", Sign(s.secret, at, body))
	}
	for k, v := range extra {
		r.Header[k] = v
	}
	if e.handler != nil {
		rec := httptest.NewRecorder()
		e.handler.ServeHTTP(rec, r)
		return reply{rec.Code, rec.Body.Bytes(), rec.Result().Header, nil}
	}
	res, err := e.client.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return reply{res.StatusCode, answer, res.Header, err}
}

// sendHTTP delivers over HTTP. The lock is held; the waiting is done elsewhere.
func (w *World) sendHTTP(d *delivery) {
	e := d.app.endpoint
	if e == nil || e.off && d.kind == "events_api" {
		w.failed(d, "connection_failed")
		return
	}
	kind, body := "application/json", []byte(nil)
	switch d.kind {
	case "events_api":
		body = encoded(d.payload)
	case "slash_commands":
		kind = "application/x-www-form-urlencoded"
		form := url.Values{}
		for k, v := range d.payload {
			form.Set(k, str(v))
		}
		body = []byte(form.Encode())
	default:
		kind = "application/x-www-form-urlencoded"
		body = []byte(url.Values{"payload": {string(encoded(d.payload))}}.Encode())
	}
	extra := http.Header{}
	if d.attempt > 0 {
		extra.Set("X-Slack-Retry-Num", strconv.Itoa(d.attempt))
		extra.Set("X-Slack-Retry-Reason", d.reason)
	}
	attempt, s := d.attempt, d.app.signer()
	d.timer = w.later(patience, func() {
		if d.attempt == attempt {
			w.httpFailed(d, "http_timeout")
		}
	})
	go func() {
		got := e.post(s, kind, body, Genuine, extra)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tookHTTP(d, attempt, got)
	}()
}

func (w *World) tookHTTP(d *delivery, attempt int, got reply) {
	switch {
	case d.done || d.attempt != attempt: // too late
	case got.err != nil && strings.Contains(got.err.Error(), "redirects"):
		w.httpFailed(d, "too_many_redirects")
	case got.err != nil && strings.Contains(got.err.Error(), "Timeout"):
		w.httpFailed(d, "http_timeout")
	case got.err != nil:
		w.httpFailed(d, "connection_failed")
	case !got.good():
		if got.header.Get("X-Slack-No-Retry") == "1" {
			d.attempt = len(ladder)
		}
		w.httpFailed(d, "http_error")
	case w.rand.Float64() < w.trouble.SwallowAck && d.kind == "events_api":
		w.httpFailed(d, "http_timeout")
	default:
		w.count(d.app, false)
		w.acknowledged(d, got.body)
	}
}

func (w *World) httpFailed(d *delivery, reason string) {
	if d.kind == "events_api" {
		w.count(d.app, true)
	}
	w.failed(d, reason)
}

// mostFailing is the share of failed deliveries within an hour above which Slack switches events off, for apps that get
// at least a thousand of them.
const (
	mostFailing = 0.95
	fewEvents   = 1000
)

func (w *World) count(a *App, failed bool) {
	if hour := time.Now().Unix() / 3600; hour != a.hourStarted {
		a.hourStarted, a.hourTotal, a.hourFailed = hour, 0, 0
	}
	a.hourTotal++
	if failed {
		a.hourFailed++
	}
	if a.hourTotal >= fewEvents && float64(a.hourFailed) > mostFailing*float64(a.hourTotal) {
		a.endpoint.off = true
	}
}

// RateLimitsEvents tells the app that events of this minute are kept back, as Slack does above 30,000 an hour.
func (a *App) RateLimitsEvents() {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.dispatch(&delivery{app: a, kind: "events_api", payload: object{
		"token": a.Verification, "type": "app_rate_limited", "team_id": a.space.ID,
		"minute_rate_limited": a.w.now().Unix() / 60 * 60,
		"api_app_id":          a.ID,
	}})
}
