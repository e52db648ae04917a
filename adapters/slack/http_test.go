package slack_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
)

// overHTTP makes the adapter of an app that Slack posts to.
func overHTTP(t *testing.T, w *slackfake.World) *slack.Slack {
	t.Helper()
	a := w.App()
	s := connected(t, w, func(o *slack.Options) {
		o.Tokens = func() (slack.Tokens, error) { return slack.Tokens{Bot: a.BotToken, Signing: a.SigningSecret}, nil }
	})
	if err := a.ListensWith(s.Handler()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestContractOverHTTP holds the second transport to the contract. What is not stored comes again after a minute, for which
// the contract does not wait.
func TestContractOverHTTP(t *testing.T) {
	adaptertest.Contract(t, func(t *testing.T) adaptertest.Bench {
		w := slackfake.New(t, slackfake.Unlimited())
		amina, tom := w.Person("Amina"), w.Person("Tom")
		hall := w.Channel("hall", amina, tom, w.App().Bot())
		var last *slackfake.Message
		// Slack's requests overtake one another, so each waits until the one before was taken.
		taken := func(say func()) {
			before, _, _, _ := w.Deliveries()
			say()
			await(t, "it to be taken", func() bool { now, _, _, _ := w.Deliveries(); return now > before })
		}
		return adaptertest.Bench{
			Adapter: overHTTP(t, w), People: []bot.UserID{bot.UserID(amina.ID), bot.UserID(tom.ID)},
			Say:    func(text string) { taken(func() { last = amina.Writes(text) }) },
			Aside:  func(text string) { taken(func() { last = amina.Says(hall, text) }) },
			Change: func(text string) { last = amina.Edits(last, text) },
			Delete: func() { amina.Deletes(last) },
			Press: func(n int) {
				shown := w.Shown(amina.Chat())
				m := shown[len(shown)-1]
				if err := amina.Presses(m, m.Buttons()[n-1]); err != nil {
					t.Error(err)
				}
			},
			Shown:    func() string { return shown(w) },
			Messages: func() int { return len(ours(w)) },
			Pings:    func() []string { return pings(w) },
			Links:    func() []string { return links(w) },
		}
	})
}

// post is one request, signed with a secret for a time.
func post(s *slack.Slack, kind, body, secret string, at time.Time) int {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, r)
	return rec.Code
}

// TestForged is that only what Slack signed within five minutes is read.
func TestForged(t *testing.T) {
	w := slackfake.New(t)
	s := overHTTP(t, w)
	h := runs(t, s)
	secret, now := w.App().SigningSecret, time.Now()
	event := `{"event_id":"Ev1","event":{"type":"message","user":"U123","channel":"D123","ts":"1.000001","event_ts":"1.000001","text":"hello"}}`
	for _, c := range []struct {
		secret string
		at     time.Time
		want   int
	}{
		{"", now, 401},
		{"another", now, 401},
		{secret, now.Add(-6 * time.Minute), 401},
		{secret, now.Add(6 * time.Minute), 401},
		{secret, now, 200},
	} {
		if got := post(s, "application/json", event, c.secret, c.at); got != c.want {
			t.Errorf("%v: %d", c, got)
		}
	}
	if len(h.all()) != 1 {
		t.Errorf("it heard %+v", h.all())
	}
}

// TestCutOff has no recorded payload, cut off anywhere, do harm.
func TestCutOff(t *testing.T) {
	var files []string
	for _, folder := range []string{"events", "interactions"} {
		some, _ := filepath.Glob("../../../shared/data/slack-samples/" + folder + "/*.json")
		files = append(files, some...)
	}
	if len(files) == 0 {
		t.Skip("the recorded payloads are not here")
	}
	w := slackfake.New(t)
	s := overHTTP(t, w)
	runs(t, s)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		const step = 50
		for n := 0; n < len(data); n += step {
			for kind, body := range map[string]string{
				"application/json":                  string(data[:n]),
				"application/x-www-form-urlencoded": url.Values{"payload": {string(data[:n])}}.Encode(),
			} {
				if got := post(s, kind, body, w.App().SigningSecret, time.Now()); got != 200 && got != 400 {
					t.Errorf("%s, %d bytes: %d", file, n, got)
				}
			}
		}
	}
}
