package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"ginnel/adapters/slack/slackfake"
)

// probe is a call whose refusal shows whether the two Slacks are alike. CHANNEL and USER stand for a channel that the
// bot is in and for somebody in it; TS, for the message that the call before has posted.
type probe struct {
	name, method, body string
}

// probes are tried in order. Most are refused; the few that post are deleted again.
var probes = []probe{
	{"who am I", "auth.test", `{}`},
	{"no such method", "no.such", `{}`},
	{"no JSON", "chat.postMessage", `{`},
	{"a list", "chat.postMessage", `[]`},
	{"no channel", "chat.postMessage", `{"text":"x"}`},
	{"an unknown channel", "chat.postMessage", `{"channel":"C00000000","text":"x"}`},
	{"nothing said", "chat.postMessage", `{"channel":"CHANNEL"}`},
	{"51 blocks", "chat.postMessage", `{"channel":"CHANNEL","text":"x","blocks":[` + times(51, `{"type":"divider"}`) + `]}`},
	{"3001 characters in a section", "chat.postMessage", withBlocks(`{"type":"section","text":` + plain(3001) + `}`)},
	{"151 in a header", "chat.postMessage", withBlocks(`{"type":"header","text":` + plain(151) + `}`)},
	{"76 on a button", "chat.postMessage", withBlocks(`{"type":"actions","elements":[{"type":"button","text":` + plain(76) + `}]}`)},
	{"nothing in a text", "chat.postMessage", withBlocks(`{"type":"section","text":` + plain(0) + `}`)},
	{"an unknown property", "chat.postMessage", withBlocks(`{"type":"divider","colour":"red"}`)},
	{"an unknown block", "chat.postMessage", withBlocks(`{"type":"sentence"}`)},
	{"the same block_id", "chat.postMessage", withBlocks(times(2, `{"type":"divider","block_id":"a"}`))},
	{"the same action_id", "chat.postMessage", withBlocks(`{"type":"actions","elements":[` +
		times(2, `{"type":"button","action_id":"a","text":`+plain(1)+`}`) + `]}`)},
	{"12,500 characters in sections", "chat.postMessage", withBlocks(times(5, `{"type":"section","text":`+plain(2500)+`}`))},
	{"10,000 characters in sections", "chat.postMessage", withBlocks(times(4, `{"type":"section","text":`+plain(2500)+`}`))},
	{"deleted again", "chat.delete", `{"channel":"CHANNEL","ts":"TS"}`},
	{"deleted twice", "chat.delete", `{"channel":"CHANNEL","ts":"TS"}`},
	{"a thread that is not there", "chat.postMessage", `{"channel":"CHANNEL","text":"x","thread_ts":"1.000001"}`},
	{"deleted again, if it was posted", "chat.delete", `{"channel":"CHANNEL","ts":"TS"}`},
	{"metadata without a type", "chat.postMessage", `{"channel":"CHANNEL","text":"x","metadata":{"event_payload":{}}}`},
	{
		"metadata of 20 KB", "chat.postMessage",
		`{"channel":"CHANNEL","text":"x","metadata":{"event_type":"a","event_payload":{"k":"` +
			strings.Repeat("x", 20000) + `"}}}`,
	},
	{"deleted again, if it was posted", "chat.delete", `{"channel":"CHANNEL","ts":"TS"}`},
	{
		"a message with its own id", "chat.postMessage",
		`{"channel":"CHANNEL","text":"x","client_msg_id":"0b37a1c2-54e1-4d0f-9d6a-3c3b1f1d2a10"}`,
	},
	{
		"the same again", "chat.postMessage",
		`{"channel":"CHANNEL","text":"x","client_msg_id":"0b37a1c2-54e1-4d0f-9d6a-3c3b1f1d2a10"}`,
	},
	{"deleted again", "chat.delete", `{"channel":"CHANNEL","ts":"TS"}`},
	{"only for nobody", "chat.postEphemeral", `{"channel":"CHANNEL","user":"U00000000","text":"x"}`},
	{"a group with nobody", "conversations.open", `{"users":"U00000000"}`},
	{"nobody at all", "conversations.open", `{}`},
	{"somebody, in JSON", "users.info", `{"user":"USER"}`},
	{
		"a form without what brought it", "views.open",
		`{"trigger_id":"1.2.3","view":{"type":"modal","title":` + plain(1) + `,"blocks":[]}}`,
	},
	{"an input without submit", "views.open", `{"trigger_id":"1.2.3","view":{"type":"modal","title":` + plain(1) +
		`,"blocks":[{"type":"input","label":` + plain(1) + `,"element":{"type":"plain_text_input"}}]}}`},
	{
		"a header without text in a Home tab", "views.publish",
		`{"user_id":"USER","view":{"type":"home","blocks":[{"type":"header"}]}}`,
	},
	{"yesterday", "chat.scheduleMessage", `{"channel":"CHANNEL","text":"x","post_at":1}`},
}

func times(n int, what string) string { return strings.Join(slices.Repeat([]string{what}, n), ",") }

func plain(n int) string { return `{"type":"plain_text","text":"` + strings.Repeat("x", n) + `"}` }

func withBlocks(blocks string) string {
	return `{"channel":"CHANNEL","text":"x","blocks":[` + blocks + `]}`
}

// side is one of the two Slacks that are compared.
type side struct {
	url, token, channel, user string
	ts                        string
	posted                    []string
}

// compare tries every probe on a real Slack and on this one, and prints where they differ.
func compare(out io.Writer, channel, user string) error {
	token, url := os.Getenv("SLACK_BOT_TOKEN"), os.Getenv("GINNEL_SLACK_API_URL")
	if url == "" {
		url = "https://slack.com/api/"
	}
	if token == "" || channel == "" || user == "" {
		return errors.New("set SLACK_BOT_TOKEN, and give --probe the ids of a channel with the bot and of a person: C…,U…")
	}
	w, err := slackfake.Start(slackfake.Unlimited())
	if err != nil {
		return err
	}
	defer w.Close()
	p := w.Person("Amina")
	here := &side{url: w.URL(), token: w.App().BotToken, channel: w.Channel("probes", p, w.App().Bot()).ID, user: p.ID}
	there := &side{url: url, token: token, channel: channel, user: user}
	differences := 0
	for _, probe := range probes {
		a, err := there.try(probe)
		if err != nil {
			return fmt.Errorf("%s: %w", probe.name, err)
		}
		b, err := here.try(probe)
		if err != nil {
			return fmt.Errorf("%s: %w", probe.name, err)
		}
		if a == b {
			continue
		}
		differences++
		fmt.Fprintf(out, "%s (%s)\n  Slack: %s\n  here:  %s\n", probe.name, probe.method, a, b)
	}
	for _, there.ts = range there.posted {
		if _, err := there.try(probe{method: "chat.delete", body: `{"channel":"CHANNEL","ts":"TS"}`}); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%d of %d differ.\n", differences, len(probes))
	return nil
}

// try makes the call and gives what can be compared of its answer: whether it went well, the error and its details.
func (s *side) try(p probe) (string, error) {
	body := strings.NewReplacer("CHANNEL", s.channel, "USER", s.user, "TS", s.ts).Replace(p.body)
	r, err := http.NewRequest(http.MethodPost, s.url+p.method, bytes.NewReader([]byte(body)))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+s.token)
	client := http.Client{Timeout: 30 * time.Second}
	res, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		OK       bool   `json:"ok"`
		Error    string `json:"error"`
		TS       string `json:"ts"`
		Metadata struct {
			Messages []string `json:"messages"`
		} `json:"response_metadata"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return "", err
	}
	if p.method == "chat.postMessage" {
		s.ts = answer.TS
		if answer.OK {
			s.posted = append(s.posted, answer.TS)
		}
	}
	if answer.OK {
		return "ok", nil
	}
	return strings.TrimSpace(answer.Error + " " + strings.Join(answer.Metadata.Messages, "; ")), nil
}
