package slackfake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

const jsonBody = "application/json; charset=utf-8"

// TestResponseURL is a response_url: five answers within half an hour, ephemeral unless said otherwise, in place of what
// was pressed or beside it.
func TestResponseURL(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina, ben := w.Person("Amina"), w.Person("Ben")
		help := w.Channel("help", amina, ben) // the bot is not in it
		c.connect(t)
		if err := amina.Types(help, "/ginnel x"); err != nil {
			t.Fatal(err)
		}
		address := str(c.next(t).Payload["response_url"])
		if got := hooked(t, w, address, `{"text":"only you"}`); got != "ok" {
			t.Fatal(got)
		}
		if len(amina.Sees(help)) != 1 || len(ben.Sees(help)) != 0 {
			t.Errorf("Amina sees %d, Ben %d", len(amina.Sees(help)), len(ben.Sees(help)))
		}
		for i := 2; i <= 5; i++ {
			if got := hooked(t, w, address, `{"response_type":"in_channel","text":"all"}`); got != "ok" {
				t.Fatalf("%d: %s", i, got)
			}
		}
		if got := hooked(t, w, address, `{"text":"x"}`); !strings.Contains(got, "used_url") {
			t.Errorf("the sixth: %s", got)
		}
		if len(ben.Sees(help)) != 4 {
			t.Errorf("Ben sees %d", len(ben.Sees(help)))
		}
		amina.Invites(help, w.App().Bot())
		drained(c)
		button := slack.MsgOptionBlocks(slack.NewActionBlock("b", slack.NewButtonBlockElement("a", "v", plainText("Yes"))))
		if _, err := c.PostEphemeral(help.ID, amina.ID, slack.MsgOptionText("Yes?", false), button); err != nil {
			t.Fatal(err)
		}
		asked := last(amina.Sees(help))
		if _, _, _, err := c.UpdateMessage(help.ID, asked.TS, slack.MsgOptionText("x", false)); fmt.Sprint(err) != "message_not_found" {
			t.Errorf("an ephemeral message was updated: %v", err)
		}
		if err := ben.Presses(asked, "Yes"); err == nil {
			t.Error("Ben pressed what only Amina sees")
		}
		if err := amina.Presses(asked, "Yes"); err != nil {
			t.Fatal(err)
		}
		address = str(c.next(t).Payload["response_url"])
		before := len(amina.Sees(help))
		hooked(t, w, address, `{"replace_original":true,"text":"done"}`)
		if now := last(amina.Sees(help)); now.Text != "done" || len(now.Buttons()) != 0 || len(amina.Sees(help)) != before {
			t.Errorf("replaced: %q %v", now.Text, now.Buttons())
		}
		hooked(t, w, address, `{"delete_original":true}`)
		if len(amina.Sees(help)) != before-1 {
			t.Error("not deleted")
		}
		time.Sleep(31 * time.Minute)
		if got := hooked(t, w, address, `{"text":"x"}`); !strings.Contains(got, "expired_url") {
			t.Errorf("after half an hour: %s", got)
		}
	})
}

func last(list []*Message) *Message { return list[len(list)-1] }

// TestAckAnswers is what may ride on an acknowledgement: an answer to a command, what is wrong with a form, the next
// form; and that Slack drops what is too large or not asked for.
func TestAckAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		var answer any
		c.answer = func(envelope) any { return answer }
		c.connect(t)
		chat := amina.Chat()
		answer = object{"text": "help"}
		if err := amina.Types(chat, "/ginnel help"); err != nil || len(amina.Sees(chat)) != 1 {
			t.Errorf("%v, and Amina sees %v", err, amina.Sees(chat))
		}
		answer = nil
		if err := amina.Shortcut("offer"); err != nil {
			t.Fatal(err)
		}
		c.next(t)
		trigger := str(c.next(t).Payload["trigger_id"])
		modal := func(title string) object {
			return object{"type": "modal", "title": object{"type": "plain_text", "text": title}, "submit": letter(1), "blocks": []any{
				with(with(obj(input(object{"type": "plain_text_input", "action_id": "a", "max_length": 10})[0]), "block_id", "b"),
					"label", object{"type": "plain_text", "text": "What"}),
			}}
		}
		open := func(trigger string) object {
			return raw(t, w, "views.open", jsonBody, w.App().BotToken, string(encoded(object{"trigger_id": trigger, "view": modal("Offer")})))
		}
		if got := open(trigger); got["ok"] != true {
			t.Fatal(got)
		}
		if got := open(trigger); got["error"] != "exchanged_trigger_id" {
			t.Errorf("a trigger was good twice: %v", got)
		}
		if err := amina.Fills("What", "much too long"); err != nil || amina.Submits() == nil {
			t.Errorf("too long was submitted: %v", err)
		}
		if err := amina.Fills("What", "tea"); err != nil {
			t.Fatal(err)
		}
		answer = object{"response_action": "errors", "errors": object{"b": "Say more."}}
		if err := amina.Submits(); err == nil || err.Error() != "What: Say more." || amina.Modal() == nil {
			t.Errorf("what is wrong: %v", err)
		}
		answer = object{"response_action": "errors", "errors": object{"x": "Say more."}}
		if amina.Submits(); len(w.Violations()) != 1 {
			t.Errorf("an error of no field: %v", w.Violations())
		}
		answer = object{"response_action": "push", "view": modal("Second")}
		if err := amina.Submits(); err != nil || amina.Modal().Title() != "Second" {
			t.Errorf("pushed: %v", err)
		}
		answer = object{"response_action": "update", "view": modal("Third")}
		if err := amina.Fills("What", "x"); err != nil || amina.Submits() != nil || amina.Modal().Title() != "Third" {
			t.Errorf("updated: %v, %v", err, amina.Modal())
		}
		answer = object{"response_action": "clear"}
		if err := amina.Submits(); err != nil || amina.Modal() != nil {
			t.Errorf("cleared: %v", err)
		}
		answer = object{"text": strings.Repeat("x", 20480)}
		if amina.Types(chat, "/ginnel x"); len(w.Violations()) != 2 || len(amina.Sees(chat)) != 1 {
			t.Errorf("20 KB: %v", w.Violations())
		}
		answer = object{"text": "x"}
		if amina.Writes("x"); len(w.Violations()) != 2 {
			c.next(t)
		}
		drained(c)
		if len(w.Violations()) != 3 {
			t.Errorf("an answer to an event: %v", w.Violations())
		}
		answer = nil
		_ = amina.Shortcut("offer")
		trigger = str(c.next(t).Payload["trigger_id"])
		time.Sleep(4 * time.Second)
		if got := open(trigger); got["error"] != "expired_trigger_id" {
			t.Errorf("after four seconds: %v", got)
		}
	})
}

// TestHome is the Home tab: published for one person, with a hash against two writers, and pressed.
func TestHome(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		c.connect(t)
		amina.OpensHome()
		if e := c.next(t).event(); e["tab"] != "home" || e["view"] != nil {
			t.Errorf("opened: %v", e)
		}
		publish := func(hash, label string) object {
			return raw(t, w, "views.publish", jsonBody, w.App().BotToken, string(encoded(object{
				"user_id": amina.ID, "hash": hash, "view": object{"type": "home", "blocks": actions(object{
					"type": "button", "text": object{"type": "plain_text", "text": label}, "value": "v",
				})},
			})))
		}
		first := publish("", "One")
		if got := publish("no", "Two"); got["error"] != "hash_conflict" {
			t.Errorf("another hash: %v", got)
		}
		if got := publish(str(obj(first["view"])["hash"]), "Two"); got["ok"] != true {
			t.Errorf("the hash: %v", got)
		}
		if err := amina.PressesHome("One"); err == nil {
			t.Error("pressed what is gone")
		}
		if err := amina.PressesHome("Two"); err != nil {
			t.Fatal(err)
		}
		press := c.next(t).Payload
		if obj(press["container"])["type"] != "view" || press["response_url"] != nil || press["channel"] != nil {
			t.Errorf("pressed: %v", press)
		}
	})
}

// TestWhoHears is who is told what: an app hears places it is in, of kinds it may read, and events it asked for.
func TestWhoHears(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		a := w.App()
		amina, ben := w.Person("Amina"), w.Person("Ben")
		in, out := w.Channel("in", amina, a.Bot()), w.Channel("out", amina)
		c.connect(t)
		amina.Says(out, "@Ginnel hello")
		amina.Says(w.Between(amina, ben), "@Ginnel hello")
		c.none(t)
		a.Scopes("app_mentions:read", "im:history", "chat:write")
		amina.Says(in, "hello")
		c.none(t)
		amina.Says(in, "@Ginnel hello")
		if e := c.next(t).event(); e["type"] != "app_mention" {
			t.Errorf("a mention: %v", e)
		}
		amina.Writes("@Ginnel hello")
		if e := c.next(t).event(); e["type"] != "message" || e["channel_type"] != "im" {
			t.Errorf("in private: %v", e)
		}
		c.none(t)
		a.Hears("app_mention")
		amina.Writes("hello")
		c.none(t)
	})
}

// TestChanges is that edits, deletions, unfurled links and threads are told as Slack tells them.
func TestChanges(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		in := w.Channel("in", amina, w.App().Bot())
		c.connect(t)
		said := amina.Says(in, "see https://example.org/a & tell")
		c.next(t)
		w.Unfurls(said, "A page")
		e := c.next(t).event()
		if e["subtype"] != "message_changed" || obj(e["message"])["text"] != obj(e["previous_message"])["text"] || obj(e["message"])["edited"] != nil {
			t.Errorf("unfurled: %v", e)
		}
		if want := "see <https://example.org/a> &amp; tell"; obj(e["message"])["text"] != want {
			t.Errorf("%v, not %s", obj(e["message"])["text"], want)
		}
		answer := amina.Answers(said, "more")
		if e := c.next(t).event(); e["thread_ts"] != said.TS || e["parent_user_id"] != amina.ID {
			t.Errorf("in the thread: %v", e)
		}
		amina.Deletes(said)
		if e := c.next(t).event(); obj(e["message"])["subtype"] != "tombstone" {
			t.Errorf("a deleted message with a thread: %v", e)
		}
		amina.Deletes(answer)
		if e := c.next(t).event(); e["subtype"] != "message_deleted" || e["deleted_ts"] != answer.TS {
			t.Errorf("a deleted reply: %v", e)
		}
		amina.Reacts(amina.AnswersAloud(said, "x"), "eyes")
		if e := c.next(t).event(); e["subtype"] != "thread_broadcast" {
			t.Errorf("said aloud: %v", e)
		}
		if e := c.next(t).event(); e["type"] != "reaction_added" || e["reaction"] != "eyes" {
			t.Errorf("reaction: %v", e)
		}
	})
}

// TestConnect is people of other organisations: strangers until a channel is shared, and a group chat needs one that
// all are in.
func TestConnect(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		zed := w.Workspace("Elsewhere").Person("Zed")
		info := func() object {
			return raw(t, w, "users.info", "application/x-www-form-urlencoded", w.App().BotToken, "user="+zed.ID)
		}
		if got := info(); got["error"] != "user_not_visible" {
			t.Errorf("unshared: %v", got)
		}
		in := w.Channel("joint", amina)
		in.ShareWith(zed.space)
		zed.Joins(in)
		if u := obj(info()["user"]); u["is_stranger"] != true || u["team_id"] != zed.space.ID || u["is_restricted"] != false {
			t.Errorf("in a channel that the bot is not in: %v", u)
		}
		open := func() string {
			_, _, _, err := c.OpenConversation(&slack.OpenConversationParameters{Users: []string{amina.ID, zed.ID}})
			return fmt.Sprint(err)
		}
		if err := open(); err != "invalid_user_combination" {
			t.Errorf("a group without a common channel: %s", err)
		}
		c.connect(t)
		amina.Invites(in, w.App().Bot())
		drained(c)
		if u := obj(info()["user"]); u["is_stranger"] != false {
			t.Errorf("in a channel that the bot is in: %v", u)
		}
		if err := open(); err != "<nil>" {
			t.Errorf("a group: %s", err)
		}
		zed.Says(in, "hello")
		e := c.next(t).Payload
		if e["is_ext_shared_channel"] != true || e["team_id"] != w.Team().ID || obj(e["event"])["user_team"] != zed.space.ID {
			t.Errorf("from elsewhere: %v", e)
		}
	})
}

// TestGone is what comes of people, channels and apps that go.
func TestGone(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		a := w.App()
		amina, ben := w.Person("Amina"), w.Person("Ben")
		in := w.Channel("in", amina, ben, a.Bot())
		c.connect(t)
		expect := func(kind string) object {
			t.Helper()
			e := c.next(t).event()
			if e["type"] != kind {
				t.Errorf("%v, not %s", e, kind)
			}
			return e
		}
		ben.Deactivate()
		if u := obj(expect("user_change")["user"]); u["deleted"] != true {
			t.Errorf("deactivated: %v", u)
		}
		in.Rename("inside")
		expect("channel_rename")
		w.Team().Rename("Othertown")
		expect("team_rename")
		in.Archive()
		expect("channel_archive")
		in.Unarchive()
		expect("channel_unarchive")
		amina.Removes(in, a.Bot())
		if e := expect("member_left_channel"); e["user"] != a.Bot().ID {
			t.Errorf("removed: %v", e)
		}
		expect("channel_left")
		old := c.Client
		a.Uninstall()
		expect("tokens_revoked")
		expect("app_uninstalled")
		if _, err := old.AuthTest(); fmt.Sprint(err) != "account_inactive" {
			t.Errorf("uninstalled: %v", err)
		}
		a.Reinstall()
		if _, err := calls(w).AuthTest(); err != nil {
			t.Errorf("installed again: %v", err)
		}
	})
}
