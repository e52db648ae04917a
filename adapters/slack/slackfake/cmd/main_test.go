package main

import (
	"bytes"
	"strings"
	"testing"

	"ginnel/adapters/slack/slackfake"
)

// TestObey is that a line makes somebody do what it says.
func TestObey(t *testing.T) {
	w := slackfake.New(t, slackfake.InMemory())
	for _, line := range []string{"", "Amina invites #help", "Ben #help: hello all", "Amina: hello", "Amina home"} {
		if err := obey(w, line); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
	amina := w.PersonNamed("Amina")
	if m := w.Shown(w.ChannelNamed("help")); len(m) != 1 || m[0].Text != "hello all" {
		t.Errorf("in #help: %v", m)
	}
	if m := w.Shown(amina.Chat()); len(m) != 1 || m[0].Text != "hello" {
		t.Errorf("in private: %v", m)
	}
	for _, line := range []string{"Amina", "Amina dances", "Amina presses Yes", "Amina submits", "Amina #help"} {
		if obey(w, line) == nil {
			t.Errorf("%q went well", line)
		}
	}
}

// TestLoopback is that nobody else is served.
func TestLoopback(t *testing.T) {
	for address, good := range map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "0.0.0.0:1": false, ":1": false, "10.0.0.1:1": false, "x": false,
	} {
		if err := loopback(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestProbes is that a comparison of this Slack with itself finds no difference, and with one that has another limit
// finds that one.
func TestProbes(t *testing.T) {
	for _, c := range []struct {
		longest int
		want    string
	}{{11000, "0 of"}, {9000, "10,000 characters in sections"}} {
		var out bytes.Buffer
		other, err := slackfake.Start(slackfake.Unlimited(), slackfake.LongestMessage(c.longest), slackfake.Seed(2))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		ben := other.Person("Ben")
		t.Setenv("SLACK_BOT_TOKEN", other.App().BotToken)
		t.Setenv("GINNEL_SLACK_API_URL", other.URL())
		if err := compare(&out, other.Channel("x", ben, other.App().Bot()).ID, ben.ID); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%s", out.String())
		}
		if left := other.Everything(); len(left) != 0 {
			t.Errorf("%d messages are left behind", len(left))
		}
	}
}
