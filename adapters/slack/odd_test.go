package slack

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ginnel/bot/clean"
)

// payloads are one of each kind that is read, by the type of their envelopes.
var payloads = map[string][]string{
	"events_api": {
		`{"event_id":"Ev1","team_id":"T1","event":{"type":"message","channel":"C1","channel_type":"channel","user":"U1","text":"<@U9> hi <https://a.example|a> &amp;","ts":"1.000001","event_ts":"1.000001","thread_ts":"1.000001","parent_user_id":"U9","team":"T2"}}`,
		`{"event_id":"Ev2","event":{"type":"message","subtype":"message_changed","channel":"D1","event_ts":"2.000001","message":{"user":"U1","text":"b","ts":"1.000001"},"previous_message":{"user":"U1","text":"a","ts":"1.000001"}}}`,
		`{"event_id":"Ev3","event":{"type":"message","subtype":"message_deleted","channel":"G1","deleted_ts":"1.000001","event_ts":"3.000001","previous_message":{"user":"U1","text":"a","ts":"1.000001"}}}`,
		`{"event_id":"Ev4","event":{"type":"message","channel":"C1","bot_id":"B9","app_id":"A9","text":"x","ts":"4.000001","event_ts":"4.000001","metadata":{"event_type":"ginnel_out","event_payload":{"k":"x"}}}}`,
		`{"event_id":"Ev5","event":{"type":"app_home_opened","user":"U1","tab":"home","channel":"D1","event_ts":"5.000001"}}`,
		`{"event_id":"Ev6","event":{"type":"member_joined_channel","user":"U9","channel":"C1","inviter":"U1","event_ts":"6.000001"}}`,
		`{"event_id":"Ev7","event":{"type":"user_change","user":{"id":"U1","deleted":true,"profile":{"display_name":"A"}},"event_ts":"7.000001"}}`,
		`{"event_id":"Ev8","event":{"type":"channel_archive","channel":"C1","user":"U1","event_ts":"8.000001"}}`,
	},
	"interactive": {
		`{"type":"block_actions","user":{"id":"U1"},"trigger_id":"1.2.x","response_url":"https://h.example/x","container":{"channel_id":"C1","message_ts":"1.000001","thread_ts":"1.000001","is_ephemeral":true},"actions":[{"action_id":"say-1","value":"help"}]}`,
		`{"type":"block_actions","user":{"id":"W1"},"trigger_id":"1.3.x","view":{"id":"V1","type":"home"},"actions":[{"action_id":"form-1","value":"offer form"}]}`,
		`{"type":"view_submission","user":{"id":"U1"},"trigger_id":"1.4.x","view":{"id":"V1","type":"modal","hash":"1.a","callback_id":"ginnel-form","private_metadata":"{\"s\":[\"we offer {what}\"],\"m\":[\"what\"]}","title":{"text":"Offer"},"blocks":[{"type":"input","block_id":"field-what","label":{"text":"What"},"element":{"options":[{"value":"a","text":{"text":"A"}}]}}],"state":{"values":{"field-what":{"value":{"value":"a","selected_option":{"value":"a"},"selected_options":[{"value":"a"}]}}}}}}`,
		`{"type":"shortcut","callback_id":"offer_something","user":{"id":"U1"},"trigger_id":"1.5.x"}`,
		`{"type":"message_action","callback_id":"find_help","user":{"id":"U1"},"channel":{"id":"C1"},"message":{"text":"who?"},"trigger_id":"1.6.x","response_url":"https://h.example/y"}`,
	},
	"slash_commands": {
		`{"command":"/ginnel","text":"who can <@U9|x>?","user_id":"U1","channel_id":"C1","trigger_id":"1.7.x","response_url":"https://h.example/z"}`,
	},
}

// recorded adds what was recorded of Slack to payloads, where it is at hand.
func recorded(t testing.TB) map[string][]string {
	t.Helper()
	all := maps.Clone(payloads)
	for folder, kind := range map[string]string{"events": "events_api", "interactions": "interactive", "socketmode": "events_api"} {
		files, _ := filepath.Glob("../../../shared/data/slack-samples/" + folder + "/*.json")
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all[kind] = append(slices.Clone(all[kind]), string(data))
		}
	}
	return all
}

// offline is an adapter that can ask nobody.
func offline(t testing.TB) *Slack {
	t.Helper()
	s, err := New(Options{Network: "slack:T1"})
	if err != nil {
		t.Fatal(err)
	}
	s.us = ourselves{user: "U9", bot: "B9"}
	return s
}

// takes reads a payload as it comes, and fails for what the core would not take for a message, but for the size of it.
func takes(t interface{ Fatalf(string, ...any) }, s *Slack, kind string, payload []byte) {
	lane(kind, payload)
	for _, m := range s.take(context.Background(), kind, payload).msgs {
		if m.Where.Network != s.network || m.From.Network != s.network || m.ID == "" || m.Kind == "" {
			t.Fatalf("%s\nis %+v", payload, m)
		}
		_, _ = clean.Message(m, s.network, time.Now())
	}
}

// TestOddPayloads is that whatever becomes of a payload, with parts that are missing, of another kind, null, huge, or unknown,
// and cut off anywhere, reading it neither panics nor makes a message of nobody.
func TestOddPayloads(t *testing.T) {
	all, s := recorded(t), offline(t)
	odd := []any{
		nil, true, 0.0, -1e300, "", "x", "C1", "U1", "1.000001", "\x00\u202e", strings.Repeat("“", 5000),
		[]any{},
		[]any{nil, "x", map[string]any{}},
		map[string]any{},
		map[string]any{"id": "U1"},
		map[string]any{"id": 7.0, "value": []any{}},
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(t, "kind")
		data := []byte(rapid.SampledFrom(all[kind]).Draw(t, "payload"))
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			tree = changed(t, tree, rapid.SampledFrom(odd).Draw(t, "odd"))
		}
		data, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		takes(t, s, kind, data)
		takes(t, s, kind, data[:rapid.IntRange(0, len(data)).Draw(t, "cut")])
	})
}

// changed is a tree with one part replaced, taken away, or added.
func changed(t *rapid.T, tree, odd any) any {
	switch node := tree.(type) {
	case map[string]any:
		if len(node) == 0 || rapid.IntRange(0, 9).Draw(t, "here") == 0 {
			break
		}
		key := rapid.SampledFrom(slices.Sorted(maps.Keys(node))).Draw(t, "key")
		node = maps.Clone(node)
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			delete(node, key)
		case 1:
			node["later"] = odd
		default:
			node[key] = changed(t, node[key], odd)
		}
		return node
	case []any:
		if len(node) == 0 {
			break
		}
		i := rapid.IntRange(0, len(node)-1).Draw(t, "index")
		node = slices.Clone(node)
		node[i] = changed(t, node[i], odd)
		return node
	}
	return odd
}

// FuzzIncoming reads whatever comes.
func FuzzIncoming(f *testing.F) {
	all := recorded(f)
	for kind, list := range all {
		for _, p := range list {
			f.Add(kind, []byte(p))
		}
	}
	s := offline(f)
	f.Fuzz(func(t *testing.T, kind string, payload []byte) { takes(t, s, kind, payload) })
}
