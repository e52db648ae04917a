package slack_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
)

// network is what the adapter of an app is called.
func network(a *slackfake.App) bot.Network { return bot.Network("slack:" + a.Workspace().ID) }

// connected makes the adapter of the first app.
func connected(t *testing.T, w *slackfake.World, change ...func(*slack.Options)) *slack.Slack {
	t.Helper()
	a := w.App()
	o := slack.Options{
		Network: network(a), APIURL: w.URL(), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Tokens: func() (slack.Tokens, error) { return slack.Tokens{Bot: a.Token(), App: a.AppToken}, nil },
	}
	for _, c := range change {
		c(&o)
	}
	s, err := slack.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	adaptertest.Contract(t, func(t *testing.T) adaptertest.Bench {
		w := slackfake.New(t, slackfake.Unlimited())
		amina, tom := w.Person("Amina"), w.Person("Tom")
		hall := w.Channel("hall", amina, tom, w.App().Bot())
		other := w.Channel("other", amina)
		var last *slackfake.Message
		return adaptertest.Bench{
			Adapter: connected(t, w), People: []bot.UserID{bot.UserID(amina.ID), bot.UserID(tom.ID)}, Again: true,
			Say:    func(text string) { last = amina.Writes(text) },
			Aside:  func(text string) { last = amina.Says(hall, text) },
			Change: func(text string) { last = amina.Edits(last, text) },
			Delete: func() { amina.Deletes(last) },
			Press: func(n int) {
				shown := w.Shown(amina.Chat())
				m := shown[len(shown)-1]
				if err := amina.Presses(m, m.Buttons()[n-1]); err != nil {
					t.Error(err)
				}
			},
			Invited: func() { amina.Invites(other, w.App().Bot()) },
			Joins:   func() { tom.Joins(other) },
			Down: func(down bool) {
				if down {
					w.App().RevokeToken()
				} else {
					w.App().Reinstall()
				}
			},
			Shown:    func() string { return shown(w) },
			Messages: func() int { return len(ours(w)) },
			Pings:    func() []string { return pings(w) },
			Links:    func() []string { return links(w) },
		}
	})
}

// ours are the messages of the bot.
func ours(w *slackfake.World) (list []*slackfake.Message) {
	for _, m := range w.Everything() {
		if m.FromApp() {
			list = append(list, m)
		}
	}
	return list
}

func shown(w *slackfake.World) string {
	var b strings.Builder
	for _, m := range w.Everything() {
		b.WriteString(m.Plain() + "\n" + strings.Join(m.Buttons(), "\n") + "\n")
	}
	return b.String()
}

// find gives the values of a key in all objects of a type.
func find(v any, kind, key string, out *[]string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			find(e, kind, key, out)
		}
	case map[string]any:
		if v["type"] == kind {
			if s, ok := v[key].(string); ok {
				*out = append(*out, s)
			}
		}
		for _, e := range v {
			find(e, kind, key, out)
		}
	}
}

func everywhere(w *slackfake.World, kind, key string) (out []string) {
	for _, m := range ours(w) {
		data, _ := json.Marshal(m.Blocks)
		var v any
		_ = json.Unmarshal(data, &v)
		find(v, kind, key, &out)
	}
	return out
}

func pings(w *slackfake.World) []string {
	who := everywhere(w, "user", "user_id")
	for range everywhere(w, "broadcast", "range") {
		who = append(who, "*")
	}
	for _, m := range ours(w) {
		for _, mark := range []string{"<!", "<@"} {
			if strings.Contains(m.Text, mark) {
				who = append(who, "* in the text")
			}
		}
	}
	for _, mrkdwn := range everywhere(w, "mrkdwn", "text") {
		who = append(who, "* perhaps, in "+mrkdwn)
	}
	return who
}

func links(w *slackfake.World) []string {
	where := everywhere(w, "link", "url")
	for _, m := range ours(w) {
		if strings.Contains(m.Text, "<") {
			where = append(where, m.Text)
		}
	}
	return where
}

// hearing is an adapter that runs.
type hearing struct {
	mu   sync.Mutex
	got  []bot.Message
	stop func()
	err  chan error
}

// runs has an adapter run until the test ends, and waits until it is ready.
func runs(t *testing.T, s *slack.Slack) *hearing {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h := &hearing{err: make(chan error, 1)}
	go func() {
		h.err <- s.Run(ctx, func(_ context.Context, m bot.Message) error {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.got = append(h.got, m)
			return nil
		})
	}()
	h.stop = sync.OnceFunc(func() {
		cancel()
		<-h.err
	})
	t.Cleanup(h.stop)
	await(t, "to be ready", func() bool { return s.Ready() == nil })
	return h
}

func (h *hearing) all() []bot.Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got[:len(h.got):len(h.got)]
}

func (h *hearing) wait(t *testing.T, n int) []bot.Message {
	t.Helper()
	await(t, "messages", func() bool { return len(h.all()) >= n })
	return h.all()
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}
