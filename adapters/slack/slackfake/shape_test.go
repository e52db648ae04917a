package slackfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// samples are payloads recorded from Slack. They are not part of this repository.
const samples = "../../../../shared/data/slack-samples"

// sample is one of them, without what is not there to be compared.
func sample(t *testing.T, name string) object {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if os.IsNotExist(err) {
		t.Skipf("no recorded samples in %s, so shapes are not compared", samples)
	}
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, data)
}

// older are keys of recorded payloads that are not generated, each with the reason.
var older = map[string]string{
	"authed_users": "payloads of 2020; authorizations has taken its place",
	"thumb_":       "pictures are not made smaller here",
	"original_":    "pictures are not measured here",
}

// newer are keys that are generated and that a recorded payload lacks, each with the reason.
var newer = map[string]string{
	"authorizations":        "recorded before it was sent",
	"is_ext_shared_channel": "recorded before it was sent",
	"event_context":         "recorded before it was sent",
	"enterprise":            "interactions recorded before it was sent",
	"is_enterprise_install": "interactions recorded before it was sent",
	"state":                 "message interactions recorded before it was sent",
	"event_ts":              "left out of some recorded samples",
	"blocks":                "mentions recorded before it was sent",
	"enterprise_id":         "recorded outside an organisation",
	"enterprise_name":       "recorded outside an organisation",
	"client_msg_id":         "left out of some recorded samples",
	"ts":                    "left out of the changed message in a recorded sample",
	"emoji":                 "Slack adds it to plain text",
	"metadata":              "sent where a message has some",
	"app_id":                "recorded before it was sent",
	"message":               "ephemeral messages have none; others do",
	"file_access":           "files recorded before it was sent",
	"alt_txt":               "files recorded before it was sent",
	"user_team":             "files recorded before it was sent",
	"comments_count":        "known from the response of an upload",
	"has_more_shares":       "known from the response of an upload",
	"is_starred":            "known from the response of an upload",
	"channels":              "known from the response of an upload",
	"groups":                "known from the response of an upload",
	"ims":                   "known from the response of an upload",
	"shares":                "known from the response of an upload",
	"is_cleared":            "documented, and left out of the recorded sample",
	"style":                 "buttons may have one",
	"response_urls":         "sent with every submission",
	"retry_reason":          "sent with every event",
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "array"
	}
	return "object"
}

func excused(list map[string]string, key string) bool {
	for k := range list {
		if k == key || strings.HasSuffix(k, "_") && strings.HasPrefix(key, k) {
			return true
		}
	}
	return false
}

// differ says where a generated payload has not the shape of the recorded one.
func differ(recorded, made any, at string) (where []string) {
	if a, b := kind(recorded), kind(made); a != b {
		if a == "null" || b == "null" {
			return nil // whatever may be absent is null when it is
		}
		return []string{fmt.Sprintf("%s is %s, recorded as %s", at, b, a)}
	}
	switch r := recorded.(type) {
	case object:
		m := made.(object)
		for _, k := range sorted(r) {
			if v, ok := m[k]; ok {
				where = append(where, differ(r[k], v, at+"."+k)...)
			} else if !excused(older, k) {
				where = append(where, at+"."+k+" is missing")
			}
		}
		for _, k := range sorted(m) {
			if _, ok := r[k]; !ok && !excused(newer, k) {
				where = append(where, at+"."+k+" is not in the recorded sample")
			}
		}
	case []any:
		if m := made.([]any); len(r) > 0 && len(m) > 0 && at != ".payload.view.blocks" && !strings.HasSuffix(at, ".elements") {
			return differ(r[0], m[0], at+"[0]")
		}
	}
	return where
}

// beyond says which keys of a response are in no recorded response, and which have other types.
func beyond(shape, made any, at string) (where []string) {
	switch m := made.(type) {
	case object:
		s, ok := shape.(object)
		if !ok {
			return []string{at + " is an object, recorded as " + kind(shape)}
		}
		for _, k := range sorted(m) {
			if v, ok := s[k]; !ok {
				where = append(where, at+"."+k+" is in no recorded response")
			} else {
				where = append(where, beyond(v, m[k], at+"."+k)...)
			}
		}
	case []any:
		s, ok := shape.([]any)
		if !ok || len(s) == 0 {
			return []string{at + " is an array, recorded as " + kind(shape)}
		}
		for _, e := range m {
			where = append(where, beyond(s[0], e, at+"[]")...)
		}
	case nil:
	default:
		if kind(shape) != kind(made) {
			return []string{at + " is " + kind(made) + ", recorded as " + kind(shape)}
		}
	}
	return where
}

// TestShapesOfPayloads is that what people do here comes to an app as it comes from Slack: the same keys and types.
func TestShapesOfPayloads(t *testing.T) {
	sample(t, "events/app_mention.json")
	bubble(t, func(t *testing.T, w *World, c *client) {
		w.Team().OnGrid("Sandbox")
		amina := w.Person("Amina")
		help := w.Channel("help", amina, w.App().Bot())
		other := w.Team().Install("Other")
		help.members = append(help.members, other.bot)
		c.connect(t)
		compare := func(name string, made object) {
			t.Helper()
			for _, d := range differ(sample(t, name), made, "") {
				t.Errorf("%s: %s", name, d)
			}
		}
		said := amina.Says(help, "@Ginnel Hi there!")
		compare("events/message_channel.json", c.next(t).Payload)
		mention := c.next(t)
		compare("events/app_mention.json", mention.Payload)
		compare("events/shared_channel_app_mention.json", mention.Payload)
		amina.Edits(said, "updated message")
		compare("events/message_changed.json", c.next(t).Payload)
		amina.Uploads(help, "file.png", "Hi there!")
		compare("events/message_file_share.json", c.next(t).Payload)
		amina.Invites(help, w.Person("Ben"))
		compare("events/member_joined_channel.json", c.next(t).Payload)
		drained(c)
		raw(t, w, "chat.postMessage", "application/x-www-form-urlencoded", other.BotToken, "text=Hi&channel="+help.ID)
		compare("events/message_from_bot_granular.json", c.next(t).Payload)

		button := slack.NewActionBlock("b", slack.NewButtonBlockElement("a", "click_me_123", plainText("Button")))
		if _, err := c.PostEphemeral(help.ID, amina.ID, slack.MsgOptionText("Button", false), slack.MsgOptionBlocks(button)); err != nil {
			t.Fatal(err)
		}
		seen := amina.Sees(help)
		if err := amina.Presses(seen[len(seen)-1], "Button"); err != nil {
			t.Fatal(err)
		}
		press := c.next(t)
		compare("interactions/block_actions_ephemeral_button.json", press.Payload)
		if err := amina.Shortcut("test-shortcut"); err != nil {
			t.Fatal(err)
		}
		shortcut := c.next(t)
		compare("interactions/shortcut_global.json", shortcut.Payload)
		modal := slack.ModalViewRequest{
			Type: slack.VTModal, Title: plainText("My App"), Submit: plainText("Submit"), Close: plainText("Cancel"), NotifyOnClose: true,
			Blocks: slack.Blocks{BlockSet: []slack.Block{
				slack.NewInputBlock("hspI", plainText("Label"), nil, slack.NewPlainTextInputBlockElement(nil, "maBWU")),
			}},
		}
		if _, err := c.OpenView(str(shortcut.Payload["trigger_id"]), modal); err != nil {
			t.Fatal(err)
		}
		if err := amina.Fills("Label", "test"); err != nil {
			t.Fatal(err)
		}
		if err := amina.Submits(); err != nil {
			t.Fatal(err)
		}
		compare("interactions/view_submission.json", c.next(t).Payload)
		if err := amina.Shortcut("test-shortcut"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.OpenView(str(c.next(t).Payload["trigger_id"]), modal); err != nil {
			t.Fatal(err)
		}
		if err := amina.Closes(); err != nil {
			t.Fatal(err)
		}
		compare("interactions/view_closed.json", c.next(t).Payload)
		if err := amina.Shortcut("test-shortcut"); err != nil {
			t.Fatal(err)
		}
		choice := slack.NewOptionBlockObject("v", plainText("One"), nil)
		modal.Blocks.BlockSet = []slack.Block{slack.NewActionBlock("block", slack.NewOptionsSelectBlockElement(
			slack.OptTypeStatic, nil, "a", choice))}
		if _, err := c.OpenView(str(c.next(t).Payload["trigger_id"]), modal); err != nil {
			t.Fatal(err)
		}
		if err := amina.PressesInModal("One"); err != nil {
			t.Fatal(err)
		}
		chosen := obj(sample(t, "socketmode/interactive_block_actions.json")["payload"])
		for _, d := range differ(chosen, c.next(t).Payload, ".payload") {
			t.Errorf("a choice in a form: %s", d)
		}
		if err := amina.Types(help, "/hello-world Hi"); err != nil {
			t.Fatal(err)
		}
		command := c.next(t)
		compare("socketmode/slash_commands_command.json", object{
			"envelope_id": command.ID, "payload": command.Payload, "type": command.Type, "accepts_response_payload": true,
		})
		text := `{"response_type":"in_channel","text":"Hi there!"}`
		if o := hooked(t, w, str(command.Payload["response_url"]), text); o != "ok" {
			t.Fatal(o)
		}
		compare("events/message_via_response_url.json", c.next(t).Payload)
		w.App().Uninstall()
		c.next(t)
		compare("events/app_uninstalled.json", c.next(t).Payload)
	})
}

// TestShapesOverHTTP is that a command has the fields of the recorded form.
func TestShapesOverHTTP(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(samples, "commands/slash_command.form.txt"))
	if err != nil {
		t.Skipf("no recorded samples in %s, so shapes are not compared", samples)
	}
	recorded, err := url.ParseQuery(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	bubble(t, func(t *testing.T, w *World, _ *client) {
		w.Team().OnGrid("Sandbox")
		var form url.Values
		listen(t, w, func(rw http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			form = r.PostForm
		})
		amina := w.Person("Amina")
		if err := amina.Types(w.Channel("help", amina), "/hello-world Hi"); err != nil {
			t.Fatal(err)
		}
		for k := range recorded {
			if form.Get(k) == "" {
				t.Errorf("a command comes without %s: %v", k, form)
			}
		}
		for k := range form {
			if !recorded.Has(k) && k != "api_app_id" && k != "is_enterprise_install" {
				t.Errorf("a command comes with %s, which was not recorded", k)
			}
		}
	})
}

// TestShapesOfEventsAndResponses is that nothing is generated which no recorded response or event has.
func TestShapesOfEventsAndResponses(t *testing.T) {
	sample(t, "shapes/api_auth.test.json")
	bubble(t, func(t *testing.T, w *World, c *client) {
		a := w.App()
		amina := w.Person("Amina")
		help := w.Channel("help", amina, a.Bot())
		help.ShareWith(w.Workspace("Elsewhere"))
		compare := func(name string, made any) {
			t.Helper()
			shape := sample(t, "shapes/"+name+".json")
			if strings.HasPrefix(name, "event_") {
				obj(shape["event"])["event_ts"] = "" // not merged into these, and sent with all
				if view := obj(obj(shape["event"])["view"]); view != nil {
					view["blocks"], view["state"] = nil, nil
				}
			}
			for _, d := range beyond(shape, made, "") {
				if strings.Contains(d, ".view.blocks") || strings.Contains(d, ".view.state") {
					continue
				}
				t.Errorf("%s: %s", name, d)
			}
		}
		const form = "application/x-www-form-urlencoded"
		call := func(method, token, body string) object {
			t.Helper()
			o := raw(t, w, method, form, token, body)
			if o["ok"] != true {
				t.Fatalf("%s: %v", method, o)
			}
			compare("api_"+method, o)
			return o
		}
		call("auth.test", a.BotToken, "")
		call("apps.connections.open", a.AppToken, "")
		call("chat.postEphemeral", a.BotToken, "text=x&channel="+help.ID+"&user="+amina.ID)
		call("conversations.info", a.BotToken, "include_num_members=true&channel="+help.ID)
		call("conversations.members", a.BotToken, "channel="+help.ID)
		call("users.info", a.BotToken, "include_locale=true&user="+amina.ID)
		call("users.info", a.BotToken, "user="+a.Bot().ID)
		call("team.info", a.BotToken, "")
		up := call("files.getUploadURLExternal", a.BotToken, "filename=a.csv&length=3")
		if got := hooked(t, w, str(up["upload_url"]), "a,b"); got != "OK - 3" {
			t.Fatal(got)
		}
		files, _ := json.Marshal([]any{object{"id": up["file_id"], "title": "A"}})
		call("files.completeUploadExternal", a.BotToken, "channel_id="+help.ID+"&files="+url.QueryEscape(string(files)))
		code := "code"
		w.codes[code] = a
		call("oauth.v2.access", "", "code="+code)

		c.connect(t)
		w.Newcomer("Ben")
		compare("event_team_join", c.next(t).Payload)
		amina.Rename("Amina Bah")
		compare("event_user_change", c.next(t).Payload)
		home := `{"type":"home","blocks":[]}`
		raw(t, w, "views.publish", form, a.BotToken, "user_id="+amina.ID+"&view="+url.QueryEscape(home))
		amina.OpensHome()
		compare("event_app_home_opened", c.next(t).Payload)
	})
}

// TestShapesOfFrames is that hello and disconnect are as recorded.
func TestShapesOfFrames(t *testing.T) {
	hello, disconnect := sample(t, "socketmode/hello.json"), sample(t, "socketmode/disconnect.json")
	event := sample(t, "socketmode/events_api_app_mention.json")
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		help := w.Channel("help", amina, w.App().Bot())
		_, address, err := c.StartSocketModeContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conn, _, err := dialer(w).Dial(address, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		frame := func(recorded object) {
			t.Helper()
			var made object
			if err := conn.ReadJSON(&made); err != nil {
				t.Fatal(err)
			}
			for _, d := range differ(recorded, made, "") {
				t.Error(d)
			}
		}
		frame(hello)
		amina.Says(help, "@Ginnel")
		var message object
		if err := conn.ReadJSON(&message); err != nil {
			t.Fatal(err)
		}
		frame(event)
		w.App().RefreshesAtOnce()
		frame(disconnect)
	})
}
