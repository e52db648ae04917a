package slackfake

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// TestFaults is what each fault looks like to a client, and whether the message was posted all the same.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		kind   Kind
		status int
		body   string // the answer begins so
		after  string // the header Retry-After
		posted bool
	}{
		{Limited, 429, `{"ok":false,"error":"ratelimited"}`, "1", false},
		{LimitedUnsaid, 429, `{"ok":false,"error":"ratelimited"}`, "", false},
		{LimitedFraction, 429, `{"ok":false,"error":"ratelimited"}`, "0.5", false},
		{Broken, 500, "<!DOCTYPE", "", false},
		{BrokenAfter, 500, "<!DOCTYPE", "", true},
		{Unavailable, 503, "<!DOCTYPE", "", false},
		{Fatal, 200, `{"ok":false,"error":"fatal_error"}`, "", false},
		{FatalAfter, 200, `{"ok":false,"error":"fatal_error"}`, "", true},
		{Internal, 200, `{"ok":false,"error":"internal_error"}`, "", false},
		{InternalAfter, 200, `{"ok":false,"error":"internal_error"}`, "", true},
		{Cut, 0, "", "", false},
		{CutAfter, 0, "", "", true},
		{Hang, 0, "", "", false},
		{HangAfter, 0, "", "", true},
		{Slow, 200, `{"channel":`, "", true},
		{Truncated, 200, `{"channel":`, "", true},
		{WithoutTS, 200, `{"channel":`, "", true},
		{Refused, 200, `{"error":"msg_too_odd"`, "", false},
		{Revoked, 200, `{"error":"token_revoked"`, "", false},
	} {
		bubble(t, func(t *testing.T, w *World, _ *client) {
			help := w.Channel("help", w.App().Bot())
			w.Goes(Fault{Method: "chat.postMessage", Kind: c.kind, Times: 1, For: time.Second, Code: "msg_too_odd"})
			client := w.HTTPClient()
			client.Timeout = 10 * time.Second
			begin := time.Now()
			say := func() (int, string, string) {
				res, err := client.PostForm(w.URL()+"chat.postMessage", url.Values{
					"token": {w.App().BotToken}, "channel": {help.ID}, "text": {"x"},
				})
				if err != nil {
					return 0, "", ""
				}
				defer res.Body.Close()
				body, _ := io.ReadAll(res.Body)
				return res.StatusCode, string(body), res.Header.Get("Retry-After")
			}
			status, body, after := say()
			if status != c.status || !strings.HasPrefix(body, c.body) || after != c.after {
				t.Errorf("%s: %d %q after %q", c.kind, status, body, after)
			}
			if posted := len(w.Shown(help)) == 1; posted != c.posted {
				t.Errorf("%s: posted is %v", c.kind, posted)
			}
			if c.kind == Slow && time.Since(begin) != time.Second {
				t.Errorf("the slow answer took %v", time.Since(begin))
			}
			if c.kind == WithoutTS && strings.Contains(body, `"ts"`) || c.kind == Truncated && strings.HasSuffix(body, "}\n") {
				t.Errorf("%s: %s", c.kind, body)
			}
			before := len(w.Shown(help))
			if status, _, _ := say(); status != http.StatusOK || c.kind != Revoked && len(w.Shown(help)) != before+1 {
				t.Errorf("%s came twice", c.kind)
			}
		})
	}
}

// TestRate is a message a second in a channel, with a short burst, and that who does not wait is noted.
func TestRate(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		help, other := w.Channel("help", w.App().Bot()), w.Channel("other", w.App().Bot())
		say := func(in *Channel) error {
			_, _, err := c.PostMessage(in.ID, slack.MsgOptionText("x", false))
			return err
		}
		for range 3 {
			if err := say(help); err != nil {
				t.Fatal(err)
			}
		}
		var limited *slack.RateLimitedError
		if err := say(help); !errors.As(err, &limited) || limited.RetryAfter != time.Second {
			t.Errorf("the fourth at once: %v", err)
		}
		if err := say(other); err != nil {
			t.Errorf("another channel: %v", err)
		}
		if w.Violations() != nil {
			t.Error(w.Violations())
		}
		if err := say(help); err == nil || len(w.Violations()) != 1 {
			t.Errorf("too soon: %v, %v", err, w.Violations())
		}
		time.Sleep(time.Second)
		if err := say(help); err != nil {
			t.Errorf("after the wait: %v", err)
		}
		if n := w.Busiest("chat.postMessage", time.Second); n != 6 {
			t.Errorf("%d calls within a second", n)
		}
		if n := w.BusiestPlace(time.Second); n != 3 {
			t.Errorf("%d messages in a place within a second", n)
		}
		w.Team().Distributed = true
		history := &slack.GetConversationHistoryParameters{ChannelID: help.ID, Limit: 100}
		if _, err := c.GetConversationHistory(history); err != nil {
			t.Error(err)
		}
		if _, err := c.GetConversationHistory(history); !errors.As(err, &limited) || limited.RetryAfter != time.Minute {
			t.Errorf("restricted history twice at once: %v", err)
		}
	})
}

// TestTrouble is trouble with deliveries: what comes twice has the same event id, and nothing is lost for good.
func TestTrouble(t *testing.T) {
	for name, trouble := range map[string]Trouble{
		"swallowed": {SwallowAck: 0.5}, "duplicate": {Duplicate: 0.5}, "new envelope": {NewEnvelope: 0.5},
		"dropped": {DropSocket: 0.3}, "broken": {HalfFrame: 0.3}, "late": {Delay: 0.5, DelayUpTo: time.Minute},
	} {
		bubble(t, func(t *testing.T, w *World, c *client) {
			amina := w.Person("Amina")
			c.connect(t)
			w.Troubles(trouble)
			for range 40 {
				if w.App().Sockets() == 0 {
					w.Troubles(Trouble{})
					c.again(t)
					w.Troubles(trouble)
				}
				amina.Writes("hello")
				time.Sleep(time.Second)
			}
			w.GoesWell()
			if w.App().Sockets() == 0 {
				c.again(t)
			}
			time.Sleep(10 * time.Minute)
			events, envelopes := map[string]int{}, map[string]int{}
			last, disorder := "", false
			for len(c.got) > 0 {
				e := <-c.got
				if e.ID == "" {
					continue
				}
				events[str(e.Payload["event_id"])]++
				envelopes[e.ID]++
				ts := str(e.event()["ts"])
				disorder = disorder || ts < last
				last = ts
			}
			if len(events) != 40 {
				t.Errorf("%s: %d of 40 events came", name, len(events))
			}
			total, again := 0, 0
			for _, n := range events {
				total += n
			}
			for _, n := range envelopes {
				again += n - 1
			}
			switch name {
			case "swallowed", "new envelope":
				if total <= 40 || again != 0 {
					t.Errorf("%s: %d came, %d in the same envelope", name, total, again)
				}
			case "duplicate":
				if again == 0 {
					t.Errorf("%s: none came in the same envelope", name)
				}
			case "late":
				if !disorder || total != 40 {
					t.Errorf("%s: %d came, in order", name, total)
				}
			}
		})
	}
}

// TestClock is a Slack whose clock is wrong.
func TestClock(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		help := w.Channel("help", w.App().Bot())
		amina := w.Person("Amina")
		amina.Joins(help)
		before := amina.Says(help, "x")
		w.ClockIs(time.Hour)
		ahead := amina.Says(help, "x")
		w.ClockIs(-time.Hour)
		if behind := amina.Says(help, "x"); micros(ahead.TS)-micros(before.TS) < 3599e6 || micros(behind.TS) <= micros(ahead.TS) {
			t.Errorf("%s, %s and then %s", before.TS, ahead.TS, behind.TS)
		}
	})
}

// TestFlapping is a Slack that takes every connection and ends it at once, and recorded payloads delivered as they are.
func TestFlapping(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		w.App().Flaps(true)
		c.again(t)
		if e := c.next(t); e.Reason != "too_many_websockets" || w.App().Sockets() != 0 {
			t.Errorf("flapping: %+v", e)
		}
		w.App().Flaps(false)
		if _, err := w.App().Delivers("events_api", []byte(`{}`)); err == nil {
			t.Error("delivered to nobody")
		}
		c.connect(t)
		w.App().FrameBinary([]byte("x"))
		if _, err := w.App().Delivers("something_new", []byte(`{"a":1}`)); err != nil {
			t.Error(err)
		}
		if _, err := w.App().Delivers("events_api", []byte(`{"event_id":"Ev1"}`)); err != nil {
			t.Error(err)
		}
		w.App().ExpireToken()
		if _, err := c.AuthTest(); err == nil || err.Error() != "token_expired" {
			t.Errorf("expired: %v", err)
		}
	})
}
