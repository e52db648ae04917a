package slackfake

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
)

const formBody = "application/x-www-form-urlencoded"

// TestSchedule is that a scheduled message comes at its time, that one with metadata never does, and the bounds.
func TestSchedule(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		in := w.Channel("help", w.App().Bot())
		plan := func(after time.Duration, more string) object {
			at := strconv.FormatInt(time.Now().Add(after).Unix(), 10)
			return raw(t, w, "chat.scheduleMessage", formBody, w.App().BotToken, "channel="+in.ID+"&text=x&post_at="+at+more)
		}
		for after, want := range map[time.Duration]string{-time.Minute: "time_in_past", 121 * 24 * time.Hour: "time_too_far"} {
			if got := plan(after, ""); got["error"] != want {
				t.Errorf("in %v: %v", after, got)
			}
		}
		plan(time.Hour, "")
		plan(time.Hour, "&metadata="+url.QueryEscape(`{"event_type":"a","event_payload":{"k":"v"}}`))
		gone := plan(time.Hour, "")
		raw(t, w, "chat.deleteScheduledMessage", formBody, w.App().BotToken, "channel="+in.ID+"&scheduled_message_id="+str(gone["scheduled_message_id"]))
		if n := len(arr(raw(t, w, "chat.scheduledMessages.list", formBody, w.App().BotToken, "")["scheduled_messages"])); n != 2 {
			t.Errorf("%d are planned", n)
		}
		time.Sleep(59 * time.Minute)
		if n := len(w.Shown(in)); n != 0 {
			t.Errorf("%d came early", n)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := len(w.Shown(in)); n != 1 {
			t.Errorf("%d came", n)
		}
		for range 30 {
			plan(2*time.Hour, "")
		}
		if got := plan(2*time.Hour, ""); got["error"] != "restricted_too_many" {
			t.Errorf("the thirty-first in five minutes: %v", got)
		}
	}, Unlimited())
}

// TestHistory is pages and bounds, threads apart, ephemeral messages nowhere, metadata on request.
func TestHistory(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		in := w.Channel("help", amina, w.App().Bot())
		var said []*Message
		for i := range 20 {
			said = append(said, amina.Says(in, fmt.Sprint(i)))
		}
		amina.Answers(said[3], "a reply")
		amina.AnswersAloud(said[3], "aloud")
		if _, err := c.PostEphemeral(in.ID, amina.ID, slack.MsgOptionText("x", false)); err != nil {
			t.Fatal(err)
		}
		meta := slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "out", EventPayload: map[string]any{"k": "key"}})
		if _, _, err := c.PostMessage(in.ID, slack.MsgOptionText("x", false), meta); err != nil {
			t.Fatal(err)
		}
		ask := slack.GetConversationHistoryParameters{ChannelID: in.ID, Limit: 10, IncludeAllMetadata: true}
		total, first := 0, slack.Message{}
		for {
			page, err := c.GetConversationHistory(&ask)
			if err != nil {
				t.Fatal(err)
			}
			if total == 0 {
				first = page.Messages[0]
			}
			total += len(page.Messages)
			if ask.Cursor = page.ResponseMetaData.NextCursor; ask.Cursor == "" {
				break
			}
		}
		if total != 22 || first.Metadata.EventPayload["k"] != "key" {
			t.Errorf("%d messages, the newest with %v", total, first.Metadata)
		}
		if !w.InMetadata("key") || w.Twice("k") != nil {
			t.Error("the metadata is not found, or found twice")
		}
		bounds := slack.GetConversationHistoryParameters{ChannelID: in.ID, Oldest: said[5].TS, Latest: said[8].TS}
		for inclusive, want := range map[bool]int{false: 2, true: 4} {
			bounds.Inclusive = inclusive
			if page, err := c.GetConversationHistory(&bounds); err != nil || len(page.Messages) != want {
				t.Errorf("inclusive %v: %d, %v", inclusive, len(page.Messages), err)
			}
		}
		replies, _, _, err := c.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: in.ID, Timestamp: said[3].TS})
		if err != nil || len(replies) != 3 || replies[0].ReplyCount != 2 {
			t.Errorf("the thread: %v, %v", replies, err)
		}
		w.Team().Distributed = true
		if page, err := c.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: in.ID, Limit: 100}); err != nil || len(page.Messages) != 15 {
			t.Errorf("restricted: %v", err)
		}
	})
}

// TestManifest is an app with what its manifest says and no more, and that recorded manifests are read.
func TestManifest(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		a, amina := w.App(), w.Person("Amina")
		err := a.Manifest([]byte(`{
			"display_information": {"name": "Helper"},
			"features": {
				"app_home": {"messages_tab_enabled": true, "messages_tab_read_only_enabled": true},
				"slash_commands": [{"command": "/ginnel", "should_escape": true}, {"command": "/plain"}],
				"shortcuts": [{"callback_id": "offer"}]},
			"oauth_config": {"scopes": {"bot": ["chat:write", "im:history", "commands"]}},
			"settings": {"event_subscriptions": {"bot_events": ["message.im"]}, "socket_mode_enabled": true}}`))
		if err != nil {
			t.Fatal(err)
		}
		c.connect(t)
		amina.Writes("@Helper hello")
		if e := c.next(t).event(); e["channel_type"] != "im" {
			t.Errorf("heard %v", e)
		}
		for line, want := range map[string]string{"/ginnel ask @Amina": "ask " + amina.Mention(), "/plain ask @Amina": "ask @Amina"} {
			if err := amina.Types(amina.Chat(), line); err != nil {
				t.Fatal(err)
			}
			if got := c.next(t).Payload["text"]; got != want {
				t.Errorf("%s came as %v", line, got)
			}
		}
		if amina.Types(amina.Chat(), "/other") == nil || amina.Shortcut("other") == nil {
			t.Error("what is not in the manifest was run")
		}
		if _, _, err := c.PostMessage(amina.ID, slack.MsgOptionText("x", false)); fmt.Sprint(err) != "messages_tab_disabled" {
			t.Errorf("with a read-only tab: %v", err)
		}
		a.MessagesTab(true)
		if _, _, err := c.PostMessage(amina.ID, slack.MsgOptionText("x", false)); err != nil {
			t.Errorf("with the tab: %v", err)
		}
		guest := w.GuestIn("Gus", w.Channel("lobby", amina))
		w.Team().GuestsMayNot = true
		if guest.Types(guest.Chat(), "/ginnel x") == nil {
			t.Error("a guest used a command")
		}
	})
	for _, name := range []string{"socket-mode-app.manifest.json", "v1.valid.json"} {
		data, err := os.ReadFile(filepath.Join(samples, "manifest", name))
		if err != nil {
			t.Skipf("no recorded samples in %s, so recorded manifests are not read", samples)
		}
		bubble(t, func(t *testing.T, w *World, _ *client) {
			if err := w.App().Manifest(data); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// TestGroups is who can be brought together, and that more than eight cannot.
func TestGroups(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		var ids []string
		for i := range 9 {
			ids = append(ids, w.Person(fmt.Sprint("P", i)).ID)
		}
		open := func(ids ...string) object {
			return raw(t, w, "conversations.open", formBody, w.App().BotToken, "return_im=true&users="+strings.Join(ids, ","))
		}
		if got := open(ids...); got["error"] != "too_many_users" {
			t.Errorf("nine: %v", got)
		}
		if got := obj(open(ids[:8]...)["channel"]); got["is_mpim"] != true || len(w.Groups()[0].Members()) != 9 {
			t.Errorf("eight: %v", got)
		}
		if got := obj(open(ids[0])["channel"]); got["is_im"] != true || got["user"] != ids[0] {
			t.Errorf("one: %v", got)
		}
		w.App().Scopes("im:write")
		if got := open(ids[:3]...); got["error"] != "missing_scope" || got["needed"] != "mpim:write" {
			t.Errorf("without the scope: %v", got)
		}
	})
}

// TestInstall is the way by OAuth, and several workspaces that know nothing of each other.
func TestInstall(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		a := w.App()
		client := w.HTTPClient()
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		q := url.Values{"client_id": {a.ClientID}, "redirect_uri": {"http://app.test/back"}, "state": {"s"}}
		res, err := client.Get(strings.TrimSuffix(w.URL(), "api/") + "oauth/v2/authorize?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		back, _ := url.Parse(res.Header.Get("Location"))
		if back.Query().Get("state") != "s" {
			t.Fatalf("back to %s", back)
		}
		form := url.Values{"code": {back.Query().Get("code")}, "client_id": {a.ClientID}, "client_secret": {a.ClientSecret}}.Encode()
		if got := raw(t, w, "oauth.v2.access", formBody, "", form); got["access_token"] != a.BotToken {
			t.Errorf("access: %v", got)
		}
		if got := raw(t, w, "oauth.v2.access", formBody, "", form); got["error"] != "invalid_code" {
			t.Errorf("a code was good twice: %v", got)
		}
		other := w.Workspace("Elsewhere").Install("Ginnel")
		amina := w.Person("Amina")
		if got := raw(t, w, "chat.postMessage", formBody, other.BotToken, "text=x&channel="+amina.ID); got["error"] != "channel_not_found" {
			t.Errorf("from elsewhere: %v", got)
		}
		if got := raw(t, w, "auth.test", formBody, other.BotToken, ""); got["team_id"] == w.Team().ID {
			t.Errorf("elsewhere: %v", got)
		}
	})
}

// TestSwitchedOff is that Slack gives up on an address where nearly every event fails, if there are many.
func TestSwitchedOff(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		if w.App().ListensWith(http.NotFoundHandler()) == nil {
			t.Error("an address that does not know the challenge was taken")
		}
		came := 0
		listen(t, w, func(rw http.ResponseWriter, _ *http.Request) {
			came++
			rw.Header().Set("X-Slack-No-Retry", "1")
			rw.WriteHeader(http.StatusInternalServerError)
		})
		amina := w.Person("Amina")
		chat := amina.Chat()
		for range 1010 {
			amina.Says(chat, "x")
			synctest.Wait()
		}
		if came != fewEvents {
			t.Errorf("%d came before it was switched off", came)
		}
	})
}
