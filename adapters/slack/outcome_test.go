package slack

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ginnel/bot/failure"
)

// TestTheNextStepIsRead is that whoever reads the log or /readyz reads what to do: none of its words is left out as something
// private.
func TestTheNextStepIsRead(t *testing.T) {
	all := []error{errConnecting, errRemoved, errLinkOff, fmt.Errorf("Slack cannot be reached: %w", errors.New("connection refused"))}
	for code := range next {
		all = append(all, refusal{code: code})
	}
	for _, err := range all {
		if got := failure.Redact(err); strings.Contains(got, "…") {
			t.Errorf("%q is read as %q", err, got)
		}
	}
}
