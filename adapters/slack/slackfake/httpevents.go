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
	secret, now := a.SigningSecret, a.w.now()
	a.w.mu.Unlock()
	status, answer, _, err := e.post(secret, now, "application/json", body, Genuine, nil)
	var echoed struct{ Challenge string }
	_ = json.Unmarshal(answer, &echoed)
	if err != nil || status != http.StatusOK || echoed.Challenge != challenge && strings.TrimSpace(string(answer)) != challenge {
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
	e, secret, now := a.endpoint, a.SigningSecret, a.w.now()
	a.w.mu.Unlock()
	status, _, _, _ := e.post(secret, now, "application/json", []byte(payload), how, nil)
	return status
}

// Sign is Slack's signature of a body: HMAC-SHA256 over version, time and body.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

func (e *endpoint) post(secret string, now time.Time, kind string, body []byte, how Forgery, extra http.Header) (int, []byte, http.Header, error) {
	switch how {
	case Stale:
		now = now.Add(-6 * time.Minute)
	case FromFuture:
		now = now.Add(6 * time.Minute)
	case WrongSecret:
		secret += "0"
	}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	at := strconv.FormatInt(now.Unix(), 10)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", at)
	if how != Unsigned {
		r.Header.Set("X-Slack-Signature", Sign(secret, at, body))
	}
	for k, v := range extra {
		r.Header[k] = v
	}
	if e.handler != nil {
		rec := httptest.NewRecorder()
		e.handler.ServeHTTP(rec, r)
		return rec.Code, rec.Body.Bytes(), rec.Result().Header, nil
	}
	res, err := e.client.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, answer, res.Header, err
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
	attempt, secret, now := d.attempt, d.app.SigningSecret, w.now()
	d.timer = w.later(patience, func() {
		if d.attempt == attempt {
			w.httpFailed(d, "http_timeout")
		}
	})
	go func() {
		status, answer, header, err := e.post(secret, now, kind, body, Genuine, extra)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tookHTTP(d, attempt, status, answer, header, err)
	}()
}

func (w *World) tookHTTP(d *delivery, attempt, status int, answer []byte, header http.Header, err error) {
	switch {
	case d.done || d.attempt != attempt: // too late
	case err != nil && strings.Contains(err.Error(), "redirects"):
		w.httpFailed(d, "too_many_redirects")
	case err != nil && strings.Contains(err.Error(), "Timeout"):
		w.httpFailed(d, "http_timeout")
	case err != nil:
		w.httpFailed(d, "connection_failed")
	case status < 200 || status > 299:
		if header.Get("X-Slack-No-Retry") == "1" {
			d.attempt = len(ladder)
		}
		w.httpFailed(d, "http_error")
	case w.rand.Float64() < w.trouble.SwallowAck && d.kind == "events_api":
		w.httpFailed(d, "http_timeout")
	default:
		w.count(d.app, false)
		w.acknowledged(d, answer)
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
		"token": a.Verification, "type": "app_rate_limited", "team_id": a.space.ID, "minute_rate_limited": a.w.now().Unix() / 60 * 60,
		"api_app_id": a.ID,
	}})
}
