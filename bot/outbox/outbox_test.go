package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"ginnel/bot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a Store that keeps everything in memory, and can fail.
type memory struct {
	mu     sync.Mutex
	posts  []*kept
	later  []bot.Message
	rooms  map[string]bot.RoomID
	broken error

	offered []bot.Post
}

type kept struct {
	bot.Post
	state      bot.PostState
	tries      int
	owner      string
	due, until time.Time
	id         bot.MessageID
	stopped    bool
}

func (s *memory) put(posts ...bot.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range posts {
		s.posts = append(s.posts, &kept{Post: p, state: bot.PostWaiting})
	}
}

func (s *memory) ClaimPost(_ context.Context, now time.Time, owner string, until time.Time, n bot.Network, resting []string) (c bot.Claimed, ok bool, wake time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return c, false, wake, s.broken
	}
	var found *kept
	busy := map[string]bool{}
	for _, k := range s.posts {
		lane := fmt.Sprint(k.Where.Lane(), k.Urgency)
		if k.state.Final() || busy[lane] || k.Where.Network != n {
			continue
		}
		busy[lane] = true
		at := k.due
		if k.state == bot.PostLeased {
			at = k.until
		}
		if at.After(now) {
			if wake.IsZero() || at.Before(wake) {
				wake = at
			}
			continue
		}
		replaces := slices.ContainsFunc(s.posts, func(o *kept) bool { return o.Key == k.Instead && !o.state.Final() })
		if k.state == bot.PostLeased && k.owner == owner || replaces || slices.Contains(resting, k.Where.Lane()) {
			continue
		}
		if found == nil || k.Urgency > found.Urgency {
			found = k
		}
	}
	if found == nil {
		return c, false, wake, nil
	}
	c = bot.Claimed{Post: found.Post, Tries: found.tries, Unknown: found.state != bot.PostWaiting, Stopped: found.stopped}
	c.Where.Room += s.rooms[c.Where.Gather]
	if c.Unknown && c.Tried.IsZero() {
		c.Tried = now
	}
	found.state, found.owner, found.until = bot.PostLeased, owner, until
	found.tries++
	return c, true, wake, nil
}

func (s *memory) OfferPost(_ context.Context, p bot.Post, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offered = append(s.offered, p)
	return s.broken
}

// held calls f for a post that owner holds.
func (s *memory) held(key, owner string, f func(*kept)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	for _, k := range s.posts {
		if k.Key == key && k.state == bot.PostLeased && k.owner == owner {
			f(k)
			return nil
		}
	}
	return bot.ErrNotFound
}

func (s *memory) SentPost(_ context.Context, key, owner string, id bot.MessageID, _ time.Time) error {
	return s.held(key, owner, func(k *kept) { k.state, k.id = bot.PostSent, id })
}

func (s *memory) PutBackPost(_ context.Context, key, owner string, back bot.PutBack, _ time.Time) error {
	return s.held(key, owner, func(k *kept) {
		k.state, k.due, k.tries, k.Tried = bot.PostWaiting, back.Due, back.Tries, time.Time{}
		switch {
		case back.Unknown:
			k.state, k.Tried = bot.PostUnknown, back.Tried
		case k.stopped:
			k.state = bot.PostSkipped
		}
	})
}

func (s *memory) FinishPost(_ context.Context, key, owner string, state bot.PostState, _ time.Time, later ...bot.Message) error {
	return s.held(key, owner, func(k *kept) {
		k.state = state
		s.later = append(s.later, later...)
	})
}

func (s *memory) SentID(_ context.Context, key string) (bot.MessageID, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.posts {
		if k.Key == key && k.state == bot.PostSent {
			return k.id, true, nil
		}
	}
	return "", false, s.broken
}

func (s *memory) PutGatherRoom(_ context.Context, _ bot.Network, gather string, room bot.RoomID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms == nil {
		s.rooms = map[string]bot.RoomID{}
	}
	s.rooms[gather] = room
	return s.broken
}

func (s *memory) states() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, k := range s.posts {
		all = append(all, k.Key+" "+string(k.state))
	}
	return strings.Join(all, ", ")
}

// A fault is what a network does wrong with one attempt.
type fault string

const (
	none   fault = ""
	drops  fault = "says it, and the answer is lost"
	fails  fault = "fails, and nobody knows how"
	busy   fault = "is busy"
	never  fault = "never will"
	hangs  fault = "hangs"
	panics fault = "panics"
	dies   fault = "says it, and the process dies"
)

// fake is a network with faults, in order, and none when they are used up.
type fake struct {
	mu     sync.Mutex
	faults map[string][]fault // by key
	said   []string           // keys
	at     []time.Duration    // of attempts
	began  time.Time
	opened int
}

func (f *fake) Network() bot.Network                                                { return "net" }
func (f *fake) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }

func (f *fake) Room(_ context.Context, gather string, people []bot.UserID, _ string) (bot.RoomID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened++
	return bot.RoomID(fmt.Sprint("room of ", people)), nil
}

func (f *fake) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = append(f.at, time.Since(f.began))
	what := none
	if list := f.faults[p.Key]; len(list) > 0 {
		what, f.faults[p.Key] = list[0], list[1:]
	}
	switch what {
	case fails:
		return "", errors.New("a connection was reset")
	case busy:
		return "", bot.SendLater(errors.New("busy"), 0)
	case never:
		return "", bot.SendNever(errors.New("no such room"))
	case panics:
		panic("at the disco")
	case hangs:
		f.mu.Unlock()
		<-ctx.Done()
		f.mu.Lock()
		return "", ctx.Err()
	}
	f.said = append(f.said, p.Key)
	if what == drops || what == dies {
		return "", fmt.Errorf("it %s", what)
	}
	return bot.MessageID("id of " + p.Key), nil
}

func (f *fake) count(key string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.said {
		if k == key {
			n++
		}
	}
	return n
}

// telling is a fake that can tell what was said.
type telling struct{ *fake }

func (f telling) Find(_ context.Context, p bot.Post) (bot.MessageID, bool, error) {
	return bot.MessageID("id of " + p.Key), f.count(p.Key) > 0, nil
}

// editing is a fake that can change what was said.
type editing struct {
	*fake
	edited []string
}

func (f *editing) Edit(_ context.Context, id bot.MessageID, p bot.Post) error {
	f.edited = append(f.edited, string(id)+" to "+p.Key)
	return nil
}

func post(key, who string) bot.Post {
	return bot.Post{Key: key, GivenUp: "undone", Where: bot.Private(bot.Speaker{Network: "net", ID: bot.UserID(who)}), Reply: bot.Lines(bot.Text("words of " + key))}
}

func newOutbox(s Store, log *bytes.Buffer) *Outbox {
	o := Options{Owner: "me", Now: time.Now, Poll: time.Minute, Chance: func(limit time.Duration) time.Duration { return limit / 2 }}
	if log != nil {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	return New(s, o)
}

func newFake(faults ...fault) *fake {
	return &fake{began: time.Now(), faults: map[string][]fault{"p": faults}}
}

// running runs out until the test ends, or until stop is called.
func running(t *testing.T, out *Outbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- out.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	synctest.Wait()
	return stop
}

// TestOutcomes has one post meet faults, on a network that can tell what was said and on one that cannot.
func TestOutcomes(t *testing.T) {
	repeat := func(f fault, n int) []fault { return slices.Repeat([]fault{f}, n) }
	for _, c := range []struct {
		name   string
		faults []fault
		tells  bool
		state  bot.PostState
		said   int
	}{
		{"nothing wrong", nil, false, bot.PostSent, 1},
		{"busy now and then", repeat(busy, 5), false, bot.PostSent, 1},
		{"busy for ever", repeat(busy, 99), false, bot.PostDead, 0},
		{"never", repeat(never, 1), false, bot.PostDead, 0},
		{"answer lost, can tell", repeat(drops, 1), true, bot.PostSent, 1},
		{"answer lost, cannot tell: once more, as promised", repeat(drops, 1), false, bot.PostSent, 2},
		{"answer lost twice, cannot tell: never a third time", repeat(drops, 9), false, bot.PostDead, 2},
		{"failed, can tell", repeat(fails, 3), true, bot.PostSent, 1},
		{"failed for ever, can tell", repeat(fails, 99), true, bot.PostDead, 0},
		{"failed once, cannot tell", repeat(fails, 1), false, bot.PostSent, 1},
		{"failed twice, cannot tell", repeat(fails, 2), false, bot.PostDead, 0},
		{"hangs", repeat(hangs, 1), true, bot.PostSent, 1},
		{"panics", repeat(panics, 1), true, bot.PostSent, 1},
		{"dies", repeat(dies, 1), true, bot.PostSent, 1},
		{"all of it", []fault{busy, fails, hangs, panics, busy, drops}, true, bot.PostSent, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, log := &memory{}, &bytes.Buffer{}
				s.put(post("p", "amina"), post("q", "amina"), post("r", "tom"))
				f, out := newFake(c.faults...), newOutbox(s, log)
				out.Add(f)
				if c.tells {
					out.Add(telling{f})
				}
				running(t, out)
				if f.count("r") != 1 {
					t.Error("what goes wrong with one address delays another")
				}
				time.Sleep(24 * time.Hour)
				synctest.Wait()
				if want := fmt.Sprintf("p %s, q sent, r sent", c.state); s.states() != want {
					t.Errorf("states %q, want %q", s.states(), want)
				}
				if f.count("p") != c.said {
					t.Errorf("said %d times, want %d", f.count("p"), c.said)
				}
				if c.state == bot.PostDead {
					if len(s.later) != 1 || s.later[0].Kind != bot.Failed || s.later[0].Text != "p" || s.later[0].For != "undone" {
						t.Errorf("who handles failures was told %v", s.later)
					}
				}
				if strings.Contains(log.String(), "words of") {
					t.Errorf("the log tells what was said:\n%s", log)
				}
			})
		})
	}
}

func TestItWaitsLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake(slices.Repeat([]fault{busy}, 99)...)
		s.put(post("p", "amina"))
		out := newOutbox(s, nil)
		out.Add(f)
		running(t, out)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		var waits []time.Duration
		for i := 1; i < len(f.at); i++ {
			waits = append(waits, (f.at[i] - f.at[i-1]).Round(time.Second))
		}
		want := []time.Duration{2, 3, 6, 12, 24, 48, 96, 192, 384, 450, 450} // three quarters of what may be, by this chance
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(waits[:len(want)], want) {
			t.Errorf("waited %v, want %v", waits, want)
		}
	})
}

func TestWhatComesTooLateIsNotSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake(busy, busy, busy, busy)
		p := post("p", "amina")
		p.NotAfter = time.Now().Add(5 * time.Second)
		s.put(p)
		out := newOutbox(s, nil)
		out.Add(f)
		running(t, out)
		time.Sleep(time.Hour)
		synctest.Wait()
		if s.states() != "p expired" || f.count("p") != 0 {
			t.Errorf("%s, said %d times", s.states(), f.count("p"))
		}
	})
}

func TestAnEndLeavesNothingHalfDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake(hangs)
		s.put(post("p", "amina"), post("q", "tom"))
		out := newOutbox(s, nil)
		out.Add(telling{f})
		stop := running(t, out)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("it ended after %v", took)
		}
		if s.states() != "p unknown, q sent" {
			t.Error(s.states())
		}
		next := newOutbox(s, nil)
		next.Add(telling{f})
		running(t, next)
		time.Sleep(time.Minute)
		synctest.Wait()
		if s.states() != "p sent, q sent" || f.count("p") != 1 {
			t.Error(s.states())
		}
	})
}

// What was said must be known even when the store is away for a while.
func TestItIsRecordedWhenTheStoreComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake(hangs)
		s.put(post("q", "tom"))
		out := newOutbox(s, &bytes.Buffer{})
		away := &leaving{fake: f, s: s}
		out.Add(away)
		running(t, out)
		time.Sleep(15 * time.Second)
		s.mu.Lock()
		s.broken = nil
		s.mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if s.states() != "q sent" || f.count("q") != 1 {
			t.Errorf("%s, said %d times", s.states(), f.count("q"))
		}
	})
}

// leaving takes the store away once something was said.
type leaving struct {
	*fake
	s *memory
}

func (l *leaving) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	id, err := l.fake.Send(ctx, p)
	l.s.mu.Lock()
	l.s.broken = errors.New("gone")
	l.s.mu.Unlock()
	return id, err
}

func TestRoomsAreOpenedOnceAndMessagesChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, &editing{fake: newFake()}
		meet := post("a", "amina")
		meet.Where.People, meet.Where.Gather = []bot.UserID{"amina", "tom"}, "meet/1"
		again := meet
		again.Key = "b"
		instead := post("c", "amina")
		instead.Instead = "a"
		unsent := post("d", "tom")
		unsent.Instead = "nothing"
		s.put(meet, again)
		out := newOutbox(s, nil)
		out.Add(f)
		running(t, out)
		s.put(instead, unsent)
		out.Wake()
		synctest.Wait()
		if f.opened != 1 || !slices.Equal(f.edited, []string{"id of a to c"}) || !slices.Equal(f.said, []string{"a", "b", "d"}) {
			t.Errorf("opened %d rooms, edited %q, said %q", f.opened, f.edited, f.said)
		}
	})
}

func TestNetworksThatAreNotHereAreLeftToOthers(t *testing.T) {
	s := &memory{}
	other := post("o", "amina")
	other.Where.Network = "elsewhere"
	s.put(other, post("p", "amina"))
	out, f := newOutbox(s, nil), newFake()
	if err := out.Drain(t.Context()); err != nil || s.states() != "o waiting, p waiting" {
		t.Errorf("%s %v", s.states(), err)
	}
	out.Add(f)
	if err := out.Drain(t.Context()); err != nil || s.states() != "o waiting, p sent" {
		t.Errorf("%s %v", s.states(), err)
	}
	out.Remove("net")
	s.put(post("q", "amina"))
	if err := out.Drain(t.Context()); err != nil || s.states() != "o waiting, p sent, q waiting" {
		t.Errorf("%s %v", s.states(), err)
	}
}

// TestOutboxModel has posts to several people meet random faults. Each ends in one final state; where the
// network can tell nothing is said twice, elsewhere nothing more than twice; nobody's posts overtake each other.
func TestOutboxModel(t *testing.T) {
	type plan struct {
		who    string
		faults []fault
	}
	rapid.Check(t, func(r *rapid.T) {
		tells := rapid.Bool().Draw(r, "tells")
		plans := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) plan {
			return plan{
				rapid.SampledFrom([]string{"amina", "tom", "maryam"}).Draw(r, "who"),
				rapid.SliceOfN(rapid.SampledFrom([]fault{none, drops, fails, busy, never, hangs, panics}), 0, 8).Draw(r, "faults"),
			}
		}), 1, 20).Draw(r, "posts")
		synctest.Test(t, func(t *testing.T) {
			s, f := &memory{}, newFake()
			out := newOutbox(s, nil)
			for i, p := range plans {
				key := fmt.Sprint(i)
				f.faults[key] = p.faults
				s.put(post(key, p.who))
			}
			out.Add(f)
			most := 2
			if tells {
				out.Add(telling{f})
				most = 1
			}
			running(t, out)
			time.Sleep(48 * time.Hour)
			synctest.Wait()
			last := map[string]int{}
			for i, p := range plans {
				k := s.posts[i]
				n := f.count(k.Key)
				if !k.state.Final() || n > most || k.state == bot.PostSent && n == 0 {
					r.Errorf("%s is %s, said %d times", k.Key, k.state, n)
				}
				if at := slices.Index(f.said, k.Key); at >= 0 {
					if at < last[p.who] {
						r.Errorf("%s overtook another", k.Key)
					}
					last[p.who] = at
				}
			}
		})
	})
}
