package slackfake

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func post(t *testing.T, client *http.Client, url, kind, token, body string) object {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, data)
}

// TestOrder is that a call wrong in several ways is refused for the first of them, in Slack's order.
func TestOrder(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		const (
			form = "application/x-www-form-urlencoded"
			json = "application/json; charset=utf-8"
		)
		amina, ben := w.Person("Amina"), w.Person("Ben")
		a := w.App()
		old := a.BotToken
		a.RevokeToken()
		a.Reinstall()
		secret := w.PrivateChannel("committee", amina)
		closed := w.Channel("closed", amina, a.Bot())
		closed.Archive()
		ruled := w.Channel("news", amina, a.Bot())
		ruled.PostingRules = true
		outside, inside := w.Channel("outside", amina), w.Channel("inside", amina, a.Bot())
		said := amina.Says(inside, "words")
		ben.Deactivate()
		gone := w.Between(a.Bot(), ben)
		for _, c := range []struct{ method, kind, token, body, want string }{
			{"no.such", form, "", "", "unknown_method"},
			{"chat.postMessage", "text/plain", "", "x", "invalid_post_type"},
			{"chat.postMessage", json, "", "{", "invalid_json"},
			{"chat.postMessage", json, "", "[]", "json_not_object"},
			{"chat.postMessage", json + "x", "", "{}", "invalid_charset"},
			{"chat.postMessage", json, "", "{}", "not_authed"},
			{"chat.postMessage", json, "xoxb-no", "{}", "invalid_auth"},
			{"chat.postMessage", json, old, "{}", "token_revoked"},
			{"apps.connections.open", form, a.BotToken, "", "not_allowed_token_type"},
			{"chat.postMessage", form, a.AppToken, "", "not_allowed_token_type"},
			{"chat.postMessage", form, a.BotToken, "text=x", "invalid_arguments"},
			{"chat.postMessage", form, a.BotToken, "channel=C000&blocks=no", "channel_not_found"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + secret.ID, "channel_not_found"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + closed.ID, "is_archived"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + ruled.ID, "restricted_action"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + outside.ID, "not_in_channel"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + ben.ID, "user_disabled"},
			{"chat.postMessage", form, a.BotToken, "text=x&channel=" + gone.ID, "is_archived"},
			{"chat.postMessage", form, a.BotToken, "channel=" + inside.ID, "no_text"},
			{"chat.postMessage", form, a.BotToken, "blocks={&channel=" + inside.ID, "invalid_blocks_format"},
			{"chat.postMessage", form, a.BotToken, "text=x&metadata={}&channel=" + inside.ID, "invalid_metadata_format"},
			{"chat.postMessage", form, a.BotToken, "text=x&thread_ts=1.000001&channel=" + inside.ID, "thread_not_found"},
			{"chat.postEphemeral", form, a.BotToken, "text=x&user=" + ben.ID + "&channel=" + inside.ID, "user_not_in_channel"},
			{"chat.update", form, a.BotToken, "text=x&ts=" + said.TS + "&channel=" + inside.ID, "cant_update_message"},
			{"chat.delete", form, a.BotToken, "ts=" + said.TS + "&channel=" + inside.ID, "cant_delete_message"},
			{"chat.update", form, a.BotToken, "text=x&ts=1.000001&channel=" + inside.ID, "message_not_found"},
			{"conversations.open", json, a.BotToken, "{}", "users_list_not_supplied"},
			{"conversations.open", form, a.BotToken, "users=" + ben.ID, "user_disabled"},
			{"conversations.open", form, a.BotToken, "users=U000", "user_not_found"},
			{"conversations.open", form, a.BotToken, "users=" + a.Bot().ID, "not_enough_users"},
			{"users.lookupByEmail", form, a.BotToken, "email=ben@example.org", "users_not_found"},
			{"users.info", json, a.BotToken, `{"user":"` + amina.ID + `"}`, "invalid_arguments"}, // it reads no JSON
			{"users.info", form, a.BotToken, "user=" + amina.ID, ""},
			{"reactions.add", form, a.BotToken, "name=eyes&channel=" + inside.ID + "&timestamp=" + said.TS, ""},
			{"reactions.add", form, a.BotToken, "name=eyes&channel=" + inside.ID + "&timestamp=" + said.TS, "already_reacted"},
			{"views.open", json, a.BotToken, `{"trigger_id":"1","view":{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[]}}`, "invalid_trigger_id"},
			{"files.completeUploadExternal", form, a.BotToken, `files=[{"id":"F0"}]`, "file_not_found"},
		} {
			if c.want == "unknown_method" {
				w.t = nil // it would fail this test
			}
			got := raw(t, w, c.method, c.kind, c.token, c.body)
			w.t = t
			if str(got["error"]) != c.want {
				t.Errorf("%s with %q: %v, not %s", c.method, c.body, got, c.want)
			}
		}
		a.Scopes("chat:write")
		got := raw(t, w, "conversations.history", form, a.BotToken, "channel="+inside.ID)
		if got["error"] != "missing_scope" || got["needed"] == "" || got["provided"] != "chat:write" {
			t.Errorf("without a scope: %v", got)
		}
	}, Unlimited())
}
