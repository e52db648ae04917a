package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

// client is an app of its own: slack-go for calls, and a socket that acknowledges what it is told to.
type client struct {
	*slack.Client
	w      *World
	got    chan envelope
	answer func(envelope) any // what rides on the acknowledgement
	mute   func(envelope) bool
	conn   *websocket.Conn
}

type envelope struct {
	ID      string `json:"envelope_id"`
	Type    string `json:"type"`
	Reason  string `json:"reason"`
	Payload object `json:"payload"`
	Attempt int    `json:"retry_attempt"`
	Retry   string `json:"retry_reason"`
	Count   int    `json:"num_connections"`
}

func (e envelope) event() object { return obj(e.Payload["event"]) }

func calls(w *World) *client {
	a := w.App()
	return &client{
		w: w, got: make(chan envelope, 1000),
		Client: slack.New(a.BotToken, slack.OptionAPIURL(w.URL()), slack.OptionAppLevelToken(a.AppToken), slack.OptionHTTPClient(w.HTTPClient())),
	}
}

// connect opens a socket that ends with the World.
func (c *client) connect(t *testing.T) {
	t.Helper()
	c.again(t)
	if hello := <-c.got; hello.Type != "hello" {
		t.Fatalf("first came %+v", hello)
	}
}

// again opens another socket, whatever is still to be read from those before.
func (c *client) again(t *testing.T) {
	t.Helper()
	_, url, err := c.StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.dial(t, url)
}

func (c *client) dial(t *testing.T, url string) {
	t.Helper()
	d := websocket.Dialer{NetDialContext: c.w.Dial}
	conn, _, err := d.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.conn = conn
	go func() {
		for {
			kind, data, err := conn.ReadMessage()
			if err != nil {
				_ = conn.Close()
				return
			}
			var e envelope
			if kind != websocket.TextMessage || json.Unmarshal(data, &e) != nil {
				continue
			}
			if e.ID != "" && (c.mute == nil || !c.mute(e)) {
				ack := object{"envelope_id": e.ID}
				if c.answer != nil {
					if a := c.answer(e); a != nil {
						ack["payload"] = a
					}
				}
				_ = conn.WriteJSON(ack)
			}
			c.got <- e
		}
	}()
}

// bubble runs a test in virtual time, in a World in memory.
func bubble(t *testing.T, body func(*testing.T, *World, *client), options ...Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := New(t, append([]Option{InMemory()}, options...)...)
		c := calls(w)
		body(t, w, c)
	})
}

// next is the next event or envelope, which must come without waiting.
func (c *client) next(t *testing.T) envelope {
	t.Helper()
	synctest.Wait()
	select {
	case e := <-c.got:
		return e
	default:
		t.Fatal("nothing came")
		return envelope{}
	}
}

func (c *client) none(t *testing.T) {
	t.Helper()
	synctest.Wait()
	select {
	case e := <-c.got:
		t.Fatalf("unexpected: %+v", e)
	default:
	}
}

func drained(c *client) {
	for {
		synctest.Wait()
		select {
		case <-c.got:
		default:
			return
		}
	}
}

// TestConversation is a whole talk: a mention, an answer in its thread with a button, the press, a modal, a group chat.
func TestConversation(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina, ben := w.Person("Amina"), w.Person("Ben")
		help := w.Channel("help", amina, ben)
		c.connect(t)
		amina.Invites(help, w.App().Bot())
		if e := c.next(t).event(); e["type"] != "member_joined_channel" || e["user"] != w.App().Bot().ID || e["inviter"] != amina.ID {
			t.Errorf("joined: %v", e)
		}
		drained(c)

		said := amina.Says(help, "@Ginnel who can help with R&D? ask @Ben")
		message, mention := c.next(t), c.next(t)
		if message.event()["type"] != "message" || mention.event()["type"] != "app_mention" ||
			message.event()["ts"] != mention.event()["ts"] || message.Payload["event_id"] == mention.Payload["event_id"] {
			t.Errorf("a mention came as\n%v\n%v", message.Payload, mention.Payload)
		}
		if want := w.App().Bot().Mention() + " who can help with R&amp;D? ask " + ben.Mention(); message.event()["text"] != want {
			t.Errorf("text %q, not %q", message.event()["text"], want)
		}

		_, _, err := c.PostMessage(help.ID, slack.MsgOptionText("Ben can: Yes, introduce us", false), slack.MsgOptionTS(said.TS),
			slack.MsgOptionBlocks(slack.NewActionBlock("yes", slack.NewButtonBlockElement("a", "introduce 1",
				slack.NewTextBlockObject(slack.PlainTextType, "Yes, introduce us", false, false)))),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "ginnel_out", EventPayload: map[string]any{"k": "k1"}}))
		if err != nil {
			t.Fatal(err)
		}
		echo := c.next(t).event()
		if echo["bot_id"] != w.App().BotID || obj(obj(echo["metadata"])["event_payload"])["k"] != "k1" {
			t.Errorf("the echo is %v", echo)
		}
		answers := said.Replies()
		if len(answers) != 1 || answers[0].Buttons()[0] != "Yes, introduce us" {
			t.Fatalf("in the thread: %v", answers)
		}

		if err := amina.Presses(answers[0], "Yes, introduce us"); err != nil {
			t.Fatal(err)
		}
		press := c.next(t)
		if action := obj(arr(press.Payload["actions"])[0]); action["value"] != "introduce 1" || press.Type != "interactive" {
			t.Errorf("pressed: %v", press.Payload)
		}
		view := slack.ModalViewRequest{
			Type: slack.VTModal, Title: plainText("An introduction"), Submit: plainText("Send"), Blocks: slack.Blocks{BlockSet: []slack.Block{
				slack.NewInputBlock("words", plainText("A word to Ben"), nil, slack.NewPlainTextInputBlockElement(nil, "words")),
			}},
		}
		if _, err := c.OpenView(str(press.Payload["trigger_id"]), view); err != nil {
			t.Fatal(err)
		}
		if err := amina.Submits(); err == nil {
			t.Error("an empty required field was submitted")
		}
		if err := errors.Join(amina.Fills("A word to Ben", "Hello"), amina.Submits()); err != nil {
			t.Fatal(err)
		}
		submitted := obj(obj(obj(obj(obj(c.next(t).Payload["view"])["state"])["values"])["words"])["words"])
		if submitted["value"] != "Hello" || amina.Modal() != nil {
			t.Errorf("submitted %v, and open is %v", submitted, amina.Modal())
		}

		group, _, _, err := c.OpenConversation(&slack.OpenConversationParameters{Users: []string{amina.ID, ben.ID}})
		again, _, _, err2 := c.OpenConversation(&slack.OpenConversationParameters{Users: []string{ben.ID, amina.ID}})
		if err != nil || err2 != nil || group.ID != again.ID || len(w.Groups()) != 1 {
			t.Errorf("groups %v and %v: %v, %v", group, again, err, err2)
		}
		ben.Says(w.Groups()[0], "Hello Amina")
		if e := c.next(t).event(); e["channel_type"] != "mpim" {
			t.Errorf("in the group: %v", e)
		}
		if v := w.Violations(); len(v) != 0 {
			t.Error(v)
		}
	})
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

// TestLoopback is that all this works over real sockets too, with any client.
func TestLoopback(t *testing.T) {
	w := New(t)
	c := calls(w)
	ctx, end := context.WithTimeout(t.Context(), 5*time.Minute)
	defer end()
	if _, err := c.AuthTestContext(ctx); err != nil {
		t.Fatal(err)
	}
	c.connect(t)
	amina := w.Newcomer("Amina")
	if e := <-c.got; e.event()["type"] != "team_join" {
		t.Errorf("came %+v", e)
	}
	amina.Writes("hello")
	if e := (<-c.got).event(); e["channel_type"] != "im" || e["text"] != "hello" {
		t.Errorf("came %v", e)
	}
	if !w.Await("the acknowledgement", w.Quiet) {
		t.Error("not acknowledged")
	}
}

// TestNoAnswer is what happens when an app does not acknowledge: events come again at once, after one and after five
// minutes, in other envelopes, and then no more; a person sees that nothing answered.
func TestNoAnswer(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		amina := w.Person("Amina")
		c.mute = func(envelope) bool { return true }
		c.connect(t)
		drained(c)
		begin := time.Now()
		amina.Writes("hello")
		var came []time.Duration
		seen := map[string]bool{}
		event := ""
		for range 4 {
			e := <-c.got
			if event != "" && e.Payload["event_id"] != event || seen[e.ID] || e.Attempt != len(came) || e.Attempt > 0 && e.Retry != "timeout" {
				t.Errorf("try %d: %+v", len(came), e)
			}
			event, seen[e.ID] = str(e.Payload["event_id"]), true
			came = append(came, time.Since(begin))
		}
		want := []time.Duration{0, 3 * time.Second, 66 * time.Second, 369 * time.Second}
		for i := range want {
			if came[i] != want[i] {
				t.Errorf("try %d came after %v, not %v", i, came[i], want[i])
			}
		}
		time.Sleep(time.Hour)
		c.none(t)
		if _, _, _, lost := w.Deliveries(); len(lost) != 1 || lost[0] != event {
			t.Errorf("lost: %v", lost)
		}
		if err := amina.Types(amina.Chat(), "/ginnel help"); err == nil {
			t.Error("a command that nobody answered went well")
		}
	})
}

// TestRefresh is a socket's end: the warning, ten seconds, the request, and only then the close; a ticket is good once.
func TestRefresh(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, c *client) {
		_, url, err := c.StartSocketModeContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.dial(t, url)
		if _, _, err := (&websocket.Dialer{NetDialContext: w.Dial}).Dial(url, nil); err == nil {
			t.Error("a ticket was good twice")
		}
		if e := c.next(t); e.Count != 1 {
			t.Errorf("hello: %+v", e)
		}
		w.App().RefreshesSockets()
		if e := c.next(t); e.Reason != "warning" {
			t.Errorf("first %+v", e)
		}
		time.Sleep(9 * time.Second)
		c.none(t)
		c.connect(t) // the spare
		time.Sleep(2 * time.Second)
		if e := c.next(t); e.Reason != "refresh_requested" {
			t.Errorf("then %+v", e)
		}
		time.Sleep(3 * time.Second)
		if n := w.App().Sockets(); n != 1 || w.App().MostSockets() != 2 {
			t.Errorf("%d sockets, at most %d", n, w.App().MostSockets())
		}
		for range 9 {
			c.connect(t)
		}
		_, url, _ = c.StartSocketModeContext(t.Context())
		c.dial(t, url)
		if e := c.next(t); e.Reason != "too_many_websockets" {
			t.Errorf("the eleventh: %+v", e)
		}
	})
}

// raw is a call with a body of any kind.
func raw(t *testing.T, w *World, method, kind, token, body string) object {
	t.Helper()
	return post(t, w.HTTPClient(), w.URL()+method, kind, token, body)
}

func decoded(t *testing.T, data []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return o
}
