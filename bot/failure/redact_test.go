package failure

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedact(t *testing.T) {
	for said, want := range map[string]string{
		"dial tcp 127.0.0.1:443: connect: connection refused":                     "dial tcp …: connect: connection refused",
		"slack: channel_not_found":                                                "slack: channel_not_found",
		"M_FORBIDDEN (HTTP 403): @amina:example.org not in room !abc:example.org": "M_FORBIDDEN (HTTP 403): … not in room …",
		`Post "https://slack.com/api/x?token=xoxb-1": EOF`:                        "Post … : EOF",
		"cannot send “who can help with debt?” to Amina Begum":                    "cannot send … to …",
		"invalid token syt_YW1pbmE_abc_123abc":                                    "invalid token …",
		"panic of a string":                                                       "panic of a …",
		strings.Repeat("error ", 100):                                             strings.TrimSpace(strings.Repeat("error ", 40)),
	} {
		if got := Redact(errors.New(said)); got != want {
			t.Errorf("%q is logged as %q, want %q", said, got, want)
		}
	}
	if got := Redact(errors.New("the room is full"), "is there room?"); got != "the … … full" && got != "the … full" {
		t.Errorf("of what was said the log tells %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9.@:_-]{9,40}`).Draw(t, "secret")
		if errorCode.MatchString(secret) || errorWords[strings.ToLower(strings.Trim(secret, ".:"))] {
			return
		}
		if got := Redact(fmt.Errorf("request failed: %s", secret)); strings.Contains(got, secret) {
			t.Fatalf("%q", got)
		}
	})
}
