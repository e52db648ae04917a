// Package slackfake is a local Slack for tests and for trying things out: workspaces with people and channels, the
// Web API that an app calls, Socket Mode and signed HTTP deliveries, and people who act. What it does as real Slack is
// documented to do, what it does as measured, and what it does not do stands in its README.
//
//	w := slackfake.New(t)
//	amina := w.Person("Amina")
//	help := w.Channel("help", amina)
//	amina.Invites(help, w.App().Bot())
//	amina.Says(help, "@Ginnel who can help with bookkeeping?")
//	w.Await("an answer", func() bool { return len(w.Shown(help)) == 2 })
//
// It keeps time with package time, so that within testing/synctest everything in it runs in virtual time: retries after
// five minutes, triggers that expire, windows of rate limits. Such a test gives the option InMemory, as goroutines that
// wait for real sockets keep virtual time from passing.
package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// T is the part of testing.TB that a World needs.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// object is a JSON object on its way in or out.
type object = map[string]any

// World is one whole Slack. All its methods may be called from several goroutines.
type World struct {
	mu     sync.Mutex
	t      T
	rand   *rand.Rand
	offset time.Duration // how wrong its clock is
	last   int64         // the microsecond of the last message, so that no two have the same
	used   map[string]bool

	spaces   []*Workspace
	apps     []*App
	people   map[string]*Person
	channels map[string]*Channel
	places   []*Channel // in order of making
	views    map[string]*View
	triggers map[string]*trigger
	hooks    map[string]*hook
	files    map[string]*file
	planned  []*planned
	codes    map[string]*App

	viewed     bool
	limits     bool
	longest    int // characters of text that all blocks of a message may have together
	buckets    map[string]*bucket
	restricted map[*App]bool
	faults     []*Fault
	trouble    Trouble
	record     record

	network *network
	server  *http.Server
	closing chan struct{}
	once    sync.Once
}

// Option changes how a World begins.
type Option func(*World)

// Seed makes ids, chances and the choice of sockets come out otherwise. Without it the seed is 1.
func Seed(seed uint64) Option {
	return func(w *World) { w.rand = rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15)) }
}

// InMemory serves over a network in memory instead of loopback, for use within testing/synctest: clients must use
// HTTPClient and Dial.
func InMemory() Option { return func(w *World) { w.network.memory = true } }

// Address serves on that loopback address, such as "127.0.0.1:8065", instead of any free port.
func Address(address string) Option { return func(w *World) { w.network.address = address } }

// Viewed serves the Viewer at the root of the same address.
func Viewed() Option { return func(w *World) { w.viewed = true } }

// Unlimited switches rate limits off.
func Unlimited() Option { return func(w *World) { w.limits = false } }

// LongestMessage sets how many characters all blocks of one message may have together before the answer is
// msg_blocks_too_long. Real Slack publishes no number; 11,000 is where it was seen.
func LongestMessage(characters int) Option { return func(w *World) { w.longest = characters } }

// New starts a World with one workspace, Testtown, in which one app, Ginnel, is installed with every scope and every
// event. It ends with the test, which fails when something was asked that no Slack understands.
func New(t T, options ...Option) *World {
	t.Helper()
	w, err := Start(options...)
	if err != nil {
		t.Fatalf("slackfake: %v", err)
	}
	w.t = t
	t.Cleanup(w.Close)
	return w
}

// Start is New without a test. The caller closes it. The only error is that the address cannot be listened on.
func Start(options ...Option) (*World, error) {
	w := &World{
		used: map[string]bool{}, people: map[string]*Person{}, channels: map[string]*Channel{}, views: map[string]*View{},
		triggers: map[string]*trigger{}, hooks: map[string]*hook{}, files: map[string]*file{}, codes: map[string]*App{},
		buckets: map[string]*bucket{}, restricted: map[*App]bool{}, limits: true, longest: 11000,
		network: &network{address: "127.0.0.1:0"}, closing: make(chan struct{}),
	}
	Seed(1)(w)
	for _, o := range options {
		o(w)
	}
	listener, err := w.network.listen()
	if err != nil {
		return nil, err
	}
	w.server = &http.Server{Handler: w.routes(), ReadHeaderTimeout: time.Minute}
	go func() { _ = w.server.Serve(listener) }()
	w.Workspace("Testtown").Install("Ginnel")
	return w, nil
}

// Close ends everything: sockets, timers, the server.
func (w *World) Close() {
	w.once.Do(func() {
		close(w.closing)
		w.mu.Lock()
		for _, a := range w.apps {
			for _, s := range a.sockets {
				s.cut()
			}
			for _, d := range a.pending {
				d.stop()
			}
		}
		w.mu.Unlock()
		_ = w.server.Close()
	})
}

// URL is where the Web API answers, with the slash at its end that clients expect.
func (w *World) URL() string { return "http://" + w.network.name() + "/api/" }

// HTTPClient is a client whose every connection leads here. Over loopback any other client serves as well.
func (w *World) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: w.Dial, DisableKeepAlives: w.network.memory}}
}

// Dial opens a connection to this World, for a WebSocket dialer.
func (w *World) Dial(ctx context.Context, _, _ string) (net.Conn, error) { return w.network.dial(ctx) }

// App is the app of the first workspace.
func (w *World) App() *App { return w.apps[0] }

// ClockIs makes this Slack's clock wrong by so much, forwards or backwards.
func (w *World) ClockIs(off time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offset = off
}

// Await waits until something has come true, at most half a minute, and fails the test otherwise. Within
// testing/synctest the wait takes no time. Without a test it says whether it came true.
func (w *World) Await(what string, true_ func() bool) bool {
	if w.t != nil {
		w.t.Helper()
	}
	for range 30000 / 5 {
		if true_() {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.complain("slackfake: half a minute has passed without %s", what)
	return false
}

// complain fails the test, unless it is over: what comes late has nobody to hear of it.
func (w *World) complain(format string, args ...any) {
	select {
	case <-w.closing:
		return
	default:
	}
	if w.t != nil {
		w.t.Helper()
		w.t.Errorf(format, args...)
	}
}

func (w *World) now() time.Time { return time.Now().Add(w.offset) }

// later does something under the lock after a while, unless the World has ended by then.
func (w *World) later(after time.Duration, do func()) *time.Timer {
	return time.AfterFunc(after, func() {
		select {
		case <-w.closing:
			return
		default:
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		do()
	})
}

const letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// id makes an id of the kind Slack gives: a letter for what it is of, and ten more.
func (w *World) id(kind string) string {
	for {
		id := kind + "0" + w.noise(letters, 9)
		if !w.used[id] {
			w.used[id] = true
			return id
		}
	}
}

func (w *World) noise(alphabet string, length int) string {
	var b strings.Builder
	for range length {
		b.WriteByte(alphabet[w.rand.IntN(len(alphabet))])
	}
	return b.String()
}

// secret is an unguessable part of a token or address.
func (w *World) secret(length int) string {
	return w.noise("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
}

func (w *World) uuid() string {
	x := w.noise("0123456789abcdef", 32)
	return x[:8] + "-" + x[8:12] + "-4" + x[13:16] + "-a" + x[17:20] + "-" + x[20:]
}

// stamp is the timestamp that names a message: seconds and six decimals, and later than every one before.
func (w *World) stamp() string {
	at := w.now().UnixMicro()
	if at <= w.last {
		at = w.last + 1
	}
	w.last = at
	return fmt.Sprintf("%d.%06d", at/1e6, at%1e6)
}

// copied is a deep copy by way of JSON, so that what was handed out never changes afterwards.
func copied[V any](v V) V {
	var c V
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		panic("slackfake: " + err.Error())
	}
	return c
}
