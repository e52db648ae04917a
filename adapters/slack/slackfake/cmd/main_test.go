package main

import (
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
