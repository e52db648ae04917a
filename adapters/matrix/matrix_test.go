//go:build goolm

package matrix_test

import (
	"context"
	"database/sql"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
	_ "modernc.org/sqlite" // the driver sqlite

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

const patience = 3 * time.Minute

// keep remembers in memory.
type keep struct {
	mu  sync.Mutex
	all map[string]string
}

func newKeep() *keep { return &keep{all: map[string]string{}} }

func (k *keep) Get(_ context.Context, name string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.all[name], nil
}

func (k *keep) get(name string) string {
	value, _ := k.Get(context.Background(), name)
	return value
}

func (k *keep) Put(_ context.Context, name, value string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all[name] = value
	return nil
}

func (k *keep) Delete(_ context.Context, name string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, name)
	return nil
}

// account is what an adapter is made of: it can be made again over the same memory, as after a restart.
type account struct {
	t    *testing.T
	s    *homeserver.Server
	user string
	path string // of the database
	keep *keep
	with func(*matrix.Options)
}

func newAccount(t *testing.T, s *homeserver.Server) *account {
	t.Helper()
	user, err := s.Register(t.Context(), "ginnel")
	if err != nil {
		t.Fatal(err)
	}
	return &account{t: t, s: s, user: user, path: filepath.Join(t.TempDir(), "keys.db"), keep: newKeep()}
}

func (a *account) open() *matrix.Matrix {
	a.t.Helper()
	o := matrix.Options{
		Homeserver: a.s.URL, User: a.user, Password: homeserver.Password,
		Keep: func(bot.Network) bot.Keep { return a.keep },
		Keys: func(context.Context) (*sql.DB, string, error) {
			db, err := sql.Open("sqlite", "file:"+a.path+
				"?_pragma=foreign_keys(1)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=busy_timeout(10000)&_txlock=immediate")
			if err == nil {
				a.t.Cleanup(func() { db.Close() })
			}
			return db, "sqlite", err
		},
		Log: slog.New(slog.NewTextHandler(a.t.Output(), nil)),
	}
	if a.with != nil {
		a.with(&o)
	}
	m, err := matrix.New(o)
	if err != nil {
		a.t.Fatal(err)
	}
	return m
}

// running is an adapter that runs and answers what it is told.
type running struct {
	*matrix.Matrix
	t     *testing.T
	stop  func()
	mu    sync.Mutex
	heard []bot.Message
}

// run starts the adapter and waits until it is ready.
func (a *account) run() *running {
	a.t.Helper()
	return a.runs(func(r *running, ctx context.Context) error { return r.Run(ctx, r.hear) })
}

// runAlways is run of an adapter that is started again whenever it ends, as the program does.
func (a *account) runAlways() *running {
	a.t.Helper()
	return a.runs(func(r *running, ctx context.Context) (err error) {
		for ctx.Err() == nil {
			if err = r.Run(ctx, r.hear); err != nil {
				a.t.Logf("it begins again after: %v", err)
				time.Sleep(20 * time.Millisecond)
			}
		}
		return err
	})
}

func (a *account) runs(run func(*running, context.Context) error) *running {
	a.t.Helper()
	r := &running{Matrix: a.open(), t: a.t}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(r, ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			a.t.Logf("it ended with: %v", err)
		}
	})
	a.t.Cleanup(r.stop)
	r.until("it is ready", func() bool { return r.Ready() == nil })
	return r
}

func (r *running) hear(_ context.Context, m bot.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, m)
	return nil
}

func (r *running) until(what string, done func() bool) {
	r.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain until %s (%v)", what, r.Ready())
		}
	}
}

func (r *running) all() []bot.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heard[:len(r.heard):len(r.heard)]
}

// hears waits for a message with that text.
func (r *running) hears(text string) (found bot.Message) {
	r.t.Helper()
	r.until(fmt.Sprintf("%q was heard", text), func() bool {
		for _, m := range r.all() {
			if m.Text == text {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (r *running) say(key string, where bot.Address, text string) bot.MessageID {
	r.t.Helper()
	said, err := r.Send(r.t.Context(), bot.Post{Key: key, Where: where, Reply: bot.Lines(bot.Text(text))})
	if err != nil {
		r.t.Fatal(err)
	}
	return said
}

func TestContract(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	for _, encrypted := range []bool{false, true} {
		t.Run(fmt.Sprintf("encrypted=%v", encrypted), func(t *testing.T) {
			t.Parallel()
			adaptertest.Contract(t, func(t *testing.T) adaptertest.Bench { return bench(t, s, encrypted) })
		})
	}
}

// bench is an adapter that has run before, and is in a private chat with Amina and in a room with her and Tom.
func bench(t *testing.T, s *homeserver.Server, encrypted bool) adaptertest.Bench {
	a := newAccount(t, s)
	var down atomic.Bool
	p := newProxy(t, s, func(_ int64, w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		if down.Load() {
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"errcode":"M_LIMIT_EXCEEDED","error":"slowly","retry_after_ms":50}`)
		}
		return down.Load()
	})
	a.with = func(o *matrix.Options) { o.Homeserver = p.URL }
	r := a.run()
	user := id.UserID(a.user)
	amina, tom := s.Person(t, "amina"), s.Person(t, "tom")
	private := amina.Open(t, encrypted, true, user)
	hall := amina.Open(t, encrypted, false, user, tom.ID)
	amina.WaitJoined(t, private, user)
	amina.WaitJoined(t, hall, user)
	r.until("it knows both rooms", func() bool { return len(r.all()) > 0 && !strings.Contains(a.keep.get("rooms"), "Invited") })
	r.stop()
	var last id.EventID
	// What was sent is there, and is seen a moment later: a word of theirs in each room comes after all of it.
	settled := func() (all []homeserver.Heard) {
		for _, p := range []*homeserver.Person{amina, tom} {
			joined, err := p.Client.JoinedRooms(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, room := range joined.JoinedRooms {
				sent, err := tellSelf(p, room)
				for end := time.Now().Add(patience); err == nil && !p.Sees(sent) && time.Now().Before(end); {
					time.Sleep(5 * time.Millisecond)
				}
			}
			for _, h := range p.Heard() {
				if h.Event.Sender == user {
					all = append(all, h)
				}
			}
		}
		return all
	}
	return adaptertest.Bench{
		Adapter: r.Matrix, Again: true, People: []bot.UserID{bot.UserID(amina.ID), bot.UserID(tom.ID)},
		Say:   func(text string) { last = amina.Say(t, private, text) },
		Aside: func(text string) { last = amina.Say(t, hall, text) },
		Change: func(text string) {
			c := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
			c.SetEdit(last)
			amina.Put(t, private, c)
		},
		Delete: func() {
			if _, err := amina.Client.RedactEvent(t.Context(), private, last); err != nil {
				t.Error(err)
			}
		},
		Invited: func() { amina.Open(t, encrypted, false, user) },
		Down:    down.Store,
		Shown: func() string {
			var b strings.Builder
			for _, h := range settled() {
				if h.Content != nil {
					b.WriteString(h.Content.Body + "\n" + h.Content.FormattedBody + "\n")
				}
			}
			return b.String()
		},
		Messages: func() (n int) {
			for _, h := range settled() {
				if h.Content != nil && h.Content.NewContent == nil {
					n++
				}
			}
			return n
		},
		Pings: func() (who []string) {
			for _, h := range settled() {
				if h.Content == nil {
					continue
				}
				if h.Content.Mentions == nil || h.Content.Mentions.Room {
					who = append(who, "*")
					continue
				}
				for _, u := range h.Content.Mentions.UserIDs {
					who = append(who, string(u))
				}
			}
			return who
		},
		Links: func() (where []string) {
			for _, h := range settled() {
				if h.Content == nil {
					continue
				}
				for _, m := range leadsTo.FindAllStringSubmatch(h.Content.FormattedBody, -1) {
					where = append(where, html.UnescapeString(m[1]))
				}
			}
			return where
		},
	}
}

// leadsTo finds what in HTML leads or fetches somewhere.
var leadsTo = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// tellSelf puts something into a room that no app shows.
func tellSelf(p *homeserver.Person, room id.RoomID) (id.EventID, error) {
	sent, err := p.Client.SendMessageEvent(context.Background(), room, event.Type{Type: "org.ginnel.test", Class: event.MessageEventType},
		map[string]string{}, mautrix.ReqSendEvent{DontEncrypt: true})
	if err != nil {
		return "", err
	}
	return sent.EventID, nil
}
