package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"ginnel/bot"
)

// The refusals of Slack, by what follows from them.
var (
	letsUsIn = []string{
		"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed", "not_allowed_token_type", "team_access_not_granted",
		"org_login_required", "ekm_access_denied",
	}
	// These may come after the message was said.
	ambiguous = []string{"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
	// Of these an operator can mend the cause.
	mendable = []string{"missing_scope", "not_in_channel", "messages_tab_disabled"}
	limited  = []string{"ratelimited", "rate_limited", "message_limit_exceeded", "accesslimited"}
)

// next is what an operator may do about a refusal.
var next = map[string]string{
	"invalid_auth":           "copy the bot token again from OAuth & Permissions",
	"not_authed":             "set SLACK_BOT_TOKEN",
	"account_inactive":       "install the app again, and give Ginnel the new bot token",
	"token_revoked":          "install the app again, and give Ginnel the new bot token",
	"token_expired":          "switch token rotation off for the app, and install it again",
	"missing_scope":          "install the app again with the manifest that ginnel slack manifest prints",
	"not_in_channel":         "invite it with /invite @Ginnel",
	"channel_not_found":      "invite it with /invite @Ginnel, if the channel still exists",
	"is_archived":            "the channel is archived; choose another for what was said there",
	"restricted_action":      "who may post there is limited; let the app post, or choose another channel",
	"messages_tab_disabled":  "switch the Messages Tab on, under App Home",
	"not_enabled":            "switch the Home Tab on, under App Home",
	"not_allowed_token_type": "SLACK_BOT_TOKEN wants the token that begins with xoxb-, SLACK_APP_TOKEN the one that begins with xapp-",
}

// refusal is a refusal of Slack with the next step.
type refusal struct{ code, detail string }

func (r refusal) Error() string {
	text := "Slack says " + r.code
	if r.detail != "" {
		text += " (" + r.detail + ")"
	}
	if step := next[r.code]; step != "" {
		text += ": " + step
	}
	return text
}

// code is the name of a refusal, "" when err is none.
func code(err error) string {
	var r slack.SlackErrorResponse
	var ours refusal
	switch {
	case errors.As(err, &r):
		return r.Err
	case errors.As(err, &ours):
		return ours.code
	}
	return ""
}

// plainly is an error with the next step.
func (s *Slack) plainly(err error) error {
	var r slack.SlackErrorResponse
	if errors.As(err, &r) {
		detail := r.Needed
		if len(r.ResponseMetadata.Messages) > 0 {
			detail = r.ResponseMetadata.Messages[0]
		}
		return refusal{r.Err, detail}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Errorf("Slack cannot be reached: %w", op.Err)
	}
	return err
}

// outcome sorts an error into what the outbox knows: wait, later, never, or unknown.
func (s *Slack) outcome(err error) error {
	var sorted *bot.SendError
	var slow *slack.RateLimitedError
	var status slack.StatusCodeError
	var op *net.OpError
	name := code(err)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &sorted):
		return sorted
	case errors.Is(err, errConnecting):
		return bot.SendWait(err, 0)
	case errors.As(err, &slow):
		return bot.SendWait(errors.New("Slack asks to slow down"), slow.RetryAfter)
	case slices.Contains(letsUsIn, name):
		s.revoked(s.plainly(err))
		return bot.SendWait(s.plainly(err), 0)
	case slices.Contains(limited, name):
		const pause = 30 * time.Second
		return bot.SendWait(s.plainly(err), pause)
	case slices.Contains(ambiguous, name):
		return s.plainly(err)
	case slices.Contains(mendable, name):
		return bot.SendLater(s.plainly(err), 0)
	case name != "":
		return bot.SendNever(s.plainly(err))
	case errors.As(err, &status) && status.Code >= 400 && status.Code < 500 && status.Code != http.StatusRequestTimeout:
		// Slack refuses in words; this is somebody in between.
		return bot.SendLater(err, 0)
	case errors.As(err, &op) && op.Op == "dial":
		return bot.SendWait(s.plainly(err), 0)
	}
	return err
}

// looking sorts an error of what says nothing: whatever it is, nothing was said by it.
func (s *Slack) looking(err error) error {
	err = s.outcome(err)
	if _, known := bot.Outcome(err); !known && err != nil {
		return bot.SendLater(err, 0)
	}
	return err
}

// patient is a client that keeps the waits that Slack asks for, each for one method, and reads the three shapes in which it
// asks. What is asked before a wait is over is refused here as Slack would.
type patient struct {
	inner http.RoundTripper
	now   func() time.Time

	mu    sync.Mutex
	until map[string]time.Time
}

// longestCall is how long any call may take.
const longestCall = 25 * time.Second

func waiting429(c *http.Client, now func() time.Time) *http.Client {
	inner := http.DefaultTransport
	if c != nil && c.Transport != nil {
		inner = c.Transport
	}
	return &http.Client{Transport: &patient{inner: inner, now: now, until: map[string]time.Time{}}, Timeout: longestCall}
}

// RoundTrip makes the answer 429 carry whole seconds.
func (p *patient) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.URL.Path
	p.mu.Lock()
	left := p.until[key].Sub(p.now())
	p.mu.Unlock()
	if left > 0 {
		return &http.Response{
			Status: "429 Too Many Requests", StatusCode: http.StatusTooManyRequests, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Retry-After": {seconds(left)}}, Body: http.NoBody, Request: r,
		}, closed(r)
	}
	answer, err := p.inner.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusTooManyRequests {
		return answer, err
	}
	const unsaid = 5 * time.Second
	wait := unsaid
	if s, err := strconv.ParseFloat(answer.Header.Get("Retry-After"), 64); err == nil && s > 0 && s < 24*60*60 {
		wait = time.Duration(s * float64(time.Second))
	}
	answer.Header.Set("Retry-After", seconds(wait))
	p.mu.Lock()
	p.until[key] = p.now().Add(wait)
	p.mu.Unlock()
	return answer, nil
}

// closed closes the body of a request that is not made, as a RoundTripper must.
func closed(r *http.Request) error {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil
}

func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// over tells whether what happened to a call is that its time was over.
func over(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return bot.SendLater(err, 0)
	}
	return nil
}
