package inbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
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
	mu       sync.Mutex
	messages []*kept
	posts    []bot.Post
	broken   error // what every call fails with
}

type kept struct {
	bot.Waiting
	due   time.Time
	state string // open, handled, aside
}

func (s *memory) find(key string) *kept {
	for _, k := range s.messages {
		if k.Message.Key() == key {
			return k
		}
	}
	return nil
}

func (s *memory) PutMessage(_ context.Context, m bot.Message, now time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil || s.find(m.Key()) != nil {
		return false, s.broken
	}
	s.put(m, now)
	return true, nil
}

func (s *memory) Known(_ context.Context, key string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(key) != nil, s.broken
}

func (s *memory) put(m bot.Message, now time.Time) {
	k := &kept{Waiting: bot.Waiting{Message: m, Stored: now}, state: "open"}
	if m.Kind == bot.Due {
		k.due = m.At
	}
	s.messages = append(s.messages, k)
}

func (s *memory) NextMessage(_ context.Context, now time.Time, except ...string) (w bot.Waiting, ok bool, wake time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return w, false, wake, s.broken
	}
	busy := map[string]bool{}
	for _, k := range s.messages {
		lane := k.Message.Lane()
		if k.state != "open" || busy[lane] {
			continue
		}
		busy[lane] = true
		if slices.Contains(except, k.Message.Key()) {
			continue
		}
		if !k.due.After(now) {
			return k.Waiting, true, wake, nil
		}
		if wake.IsZero() || k.due.Before(wake) {
			wake = k.due
		}
	}
	return w, false, wake, nil
}

func (s *memory) CountTry(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.find(key).Tries++
	}
	return s.broken
}

func (s *memory) HandleMessage(ctx context.Context, key string, now time.Time, handle func(context.Context) (bot.Answer, error)) (bool, error) {
	return s.HandleStep(ctx, key, now, true, handle)
}

func (s *memory) HandleStep(ctx context.Context, key string, now time.Time, last bool, handle bot.Step) (bool, error) {
	s.mu.Lock()
	k := s.find(key)
	broken := s.broken
	s.mu.Unlock()
	if broken != nil || k.state != "open" {
		return false, broken
	}
	a, err := handle(ctx)
	if err != nil {
		return true, err
	}
	if !last {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.posts = append(s.posts, a.Posts...)
		return true, nil
	}
	return true, s.FinishMessage(ctx, key, now, a, false)
}

func (s *memory) FinishMessage(_ context.Context, key string, now time.Time, a bot.Answer, aside bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	k := s.find(key)
	if k.state != "open" {
		return fmt.Errorf("%s is %s", key, k.state)
	}
	k.state = "handled"
	if aside {
		k.state = "aside"
	}
	s.posts = append(s.posts, a.Posts...)
	for _, m := range a.Later {
		if s.find(m.Key()) == nil {
			s.put(m, now)
		}
	}
	return nil
}

func (s *memory) PutBackMessage(_ context.Context, key string, tries int, due time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		k := s.find(key)
		k.Tries, k.due = tries, due
	}
	return s.broken
}

func (s *memory) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

// said lists what is to be said, as “key: words”.
func (s *memory) said() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.posts {
		all = append(all, p.Key+": "+p.Reply.Plain())
	}
	return all
}

func (s *memory) state(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(key).state
}

func says(id, who, text string) bot.Message {
	from := bot.Speaker{Network: "net", ID: bot.UserID(who), Name: who}
	return bot.Message{ID: bot.MessageID(id), Kind: bot.Said, From: from, Where: bot.Private(from), Text: text, ToUs: true, At: time.Now()}
}

func echo(_ context.Context, m bot.Message) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(bot.Text("you said " + m.Text))}, nil
}

// TestChangesOfWhatIsNotKnownAreDroppedUnread: only what was for us is for us when it is edited or deleted.
func TestChangesOfWhatIsNotKnownAreDroppedUnread(t *testing.T) {
	s := &memory{}
	in := New(s, nil, Options{Wants: func(bot.Message) bool { return true }, Now: time.Now})
	receive := func(m bot.Message) int {
		m.Where = bot.Address{Network: "net", Room: "hall"}
		if err := in.Receive(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		return len(s.messages)
	}
	if n := receive(bot.Message{ID: "2", Kind: bot.Edited, On: "1", Text: "said to others"}); n != 0 {
		t.Error("an edit of what is not known is stored")
	}
	receive(bot.Message{ID: "1", Kind: bot.Said, ToUs: true})
	if n := receive(bot.Message{ID: "3", Kind: bot.Deleted, On: "1"}); n != 2 {
		t.Error("a deletion of what is known is dropped")
	}
}

func newInbox(s Store, h bot.Handler, log *bytes.Buffer) *Inbox {
	o := Options{
		Wants: func(m bot.Message) bool { return m.ToUs || m.Kind != bot.Said }, Apology: bot.Lines(bot.Text("sorry")), Now: time.Now, Poll: time.Minute,
		Chance: func(limit time.Duration) time.Duration { return limit / 2 },
	}
	if log != nil {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
	}
	return New(s, h, o)
}

func receive(t *testing.T, in *Inbox, all ...bot.Message) {
	t.Helper()
	for _, m := range all {
		if m.Ours() { // nobody brings it
			if _, err := in.store.PutMessage(t.Context(), m, in.o.Now()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := in.Receive(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

// running runs in until the test ends. It returns once everything sleeps.
func running(t *testing.T, in *Inbox) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- in.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
}

func wantSaid(t *testing.T, s *memory, want ...string) {
	t.Helper()
	if got := s.said(); !slices.Equal(got, want) {
		t.Errorf("said\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestEachIsHandledOnceAndTheUnwantedIsNeverWritten(t *testing.T) {
	s := &memory{}
	in := newInbox(s, echo, nil)
	m := says("1", "amina", "hello")
	chatter := says("2", "amina", "nice weather")
	chatter.ToUs = false
	receive(t, in, m, m, chatter, says("3", "amina", "bye"))
	for range 2 {
		if err := in.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wantSaid(t, s, "reply/@net/1: you said hello", "reply/@net/3: you said bye")
	if len(s.messages) != 2 {
		t.Errorf("%d messages were written", len(s.messages))
	}
	want := Stats{Unwanted: 1, Stored: 2, Repeated: 1, Handled: 2}
	if got := in.Stats(); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestNothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	s := &memory{broken: errors.New("the disk is full")}
	in := newInbox(s, echo, nil)
	if err := in.Receive(t.Context(), says("1", "amina", "hello")); err == nil {
		t.Error("a message that was not stored counts as received")
	}
	s.fail(nil)
	receive(t, in, says("1", "amina", "hello"))
	if err := in.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, s, "reply/@net/1: you said hello")
}

func TestAFailureDelaysOnlyItsOwnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := &memory{}, time.Now()
		var at []time.Duration
		in := newInbox(s, func(ctx context.Context, m bot.Message) (bot.Answer, error) {
			if m.Text == "bad" {
				if at = append(at, time.Since(began)); len(at) < 3 {
					return bot.Answer{}, errors.New("no luck")
				}
			}
			return echo(ctx, m)
		}, nil)
		receive(t, in, says("1", "amina", "bad"), says("2", "amina", "after"), says("3", "tom", "other"))
		running(t, in)
		wantSaid(t, s, "reply/@net/3: you said other")
		time.Sleep(time.Minute)
		synctest.Wait()
		wantSaid(t, s, "reply/@net/3: you said other", "reply/@net/1: you said bad", "reply/@net/2: you said after")
		// Three quarters of a second, and of four more.
		if want := []time.Duration{0, 750 * time.Millisecond, 3750 * time.Millisecond}; !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v", at, want)
		}
	})
}

func TestAPoisonedMessageIsSetAsideWithoutItsWordsInTheLog(t *testing.T) {
	for name, fail := range map[string]func(m bot.Message) error{
		"error": func(m bot.Message) error { return fmt.Errorf("cannot read %q, of %s", m.Text, m.From.Name) },
		"panic": func(m bot.Message) error { panic("cannot read " + m.Text) },
		"nil":   func(bot.Message) error { var p *bot.Organisation; return errors.New(p.Name) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, log := &memory{}, &bytes.Buffer{}
				in := newInbox(s, func(_ context.Context, m bot.Message) (bot.Answer, error) { return bot.Answer{}, fail(m) }, log)
				receive(t, in, says("1", "Amina", "my secret sorrow"), bot.Later("poke", "1", time.Now(), ""))
				running(t, in)
				time.Sleep(time.Minute)
				synctest.Wait()
				wantSaid(t, s, "reply/@net/1: sorry")
				if s.state("@net/1") != "aside" || s.state("poke/1") != "aside" || in.Stats().Aside != 2 || in.Stats().Again != 4 {
					t.Errorf("states %s, %s; %+v", s.state("@net/1"), s.state("poke/1"), in.Stats())
				}
				for _, secret := range []string{"secret", "sorrow", "Amina"} {
					if strings.Contains(log.String(), secret) {
						t.Errorf("the log tells %q:\n%s", secret, log)
					}
				}
				if !strings.Contains(log.String(), "message=@net/1") {
					t.Errorf("the log does not tell which message it was:\n%s", log)
				}
			})
		})
	}
}

func TestNobodyHearsOfTroubleWhoSaidNothingToUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		in := newInbox(s, func(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, errors.New("no") }, nil)
		in.o.Wants = func(bot.Message) bool { return true }
		aside := says("1", "Amina", "has anybody a kettle?")
		aside.ToUs = false
		receive(t, in, aside)
		running(t, in)
		time.Sleep(time.Minute)
		synctest.Wait()
		wantSaid(t, s)
		if s.state("@net/1") != "aside" {
			t.Errorf("it is %s", s.state("@net/1"))
		}
	})
}

func TestAProblemIsSaidInItsWords(t *testing.T) {
	s := &memory{}
	in := newInbox(s, func(context.Context, bot.Message) (bot.Answer, error) {
		return bot.Answer{}, fmt.Errorf("offer: %w", &bot.Problem{Reply: bot.Lines(bot.Text("that day is over"))})
	}, nil)
	receive(t, in, says("1", "amina", "until yesterday"))
	if err := in.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantSaid(t, s, "reply/@net/1: that day is over")
	if got := in.Stats(); got.Problems != 1 || got.Again != 0 {
		t.Errorf("%+v", got)
	}
}

// What kills the process cannot be caught, only counted: each new process counts a try before it makes it.
func TestWhatKillsTheProcessIsSetAsideInTheEnd(t *testing.T) {
	s := &memory{}
	s.put(says("1", "amina", "deadly"), time.Now().Add(-time.Hour))
	deaths := 0
	for range 20 {
		var process sync.WaitGroup
		process.Go(func() {
			if err := newInbox(dying{s, &deaths}, echo, nil).Drain(t.Context()); err != nil {
				t.Error(err)
			}
		})
		process.Wait()
	}
	if deaths != maxBegun || s.state("@net/1") != "aside" {
		t.Errorf("it is %s after %d deaths", s.state("@net/1"), deaths)
	}
	wantSaid(t, s, "reply/@net/1: sorry")
}

type dying struct {
	*memory
	deaths *int
}

func (d dying) HandleMessage(context.Context, string, time.Time, func(context.Context) (bot.Answer, error)) (bool, error) {
	*d.deaths++
	runtime.Goexit()
	return false, nil
}

func TestAStopIsNotTheFaultOfTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		s.put(says("1", "amina", "slow"), time.Now().Add(-time.Hour))
		for range 20 {
			in := newInbox(s, func(ctx context.Context, _ bot.Message) (bot.Answer, error) {
				<-ctx.Done()
				return bot.Answer{}, ctx.Err()
			}, nil)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := in.Run(ctx); err != nil {
				t.Fatal(err)
			}
			cancel()
		}
		if w := s.find("@net/1"); w.state != "open" || w.Tries != 0 {
			t.Errorf("it is %s, with %d tries", w.state, w.Tries)
		}
	})
}

func TestAHandlerThatHangsIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		in := newInbox(s, func(ctx context.Context, m bot.Message) (bot.Answer, error) {
			if m.Text == "hang" {
				<-ctx.Done()
				return bot.Answer{}, ctx.Err()
			}
			return echo(ctx, m)
		}, nil)
		receive(t, in, says("1", "amina", "hang"), says("2", "tom", "hello"))
		running(t, in)
		time.Sleep(31 * time.Second)
		synctest.Wait()
		wantSaid(t, s, "reply/@net/2: you said hello")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		wantSaid(t, s, "reply/@net/2: you said hello", "reply/@net/1: sorry")
	})
}

func TestWhatIsDueComesAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, began := &memory{}, time.Now()
		var at []string
		in := newInbox(s, func(_ context.Context, m bot.Message) (bot.Answer, error) {
			at = append(at, fmt.Sprint(m.ID, " after ", time.Since(began)))
			switch m.ID {
			case "1":
				return bot.Answer{Later: []bot.Message{
					bot.Later("poke", "b", began.Add(2*time.Hour), ""), bot.Later("poke", "a", began.Add(time.Hour), ""),
					bot.Later("poke", "a", began.Add(time.Minute), ""), // known already
				}}, nil
			case "poke/a": // nobody spoke, so nobody is replied to
				return bot.Answer{Reply: bot.Lines(bot.Text("to whom?"))}, nil
			}
			return bot.Answer{}, nil
		}, nil)
		running(t, in)
		receive(t, in, says("1", "amina", "poke me"))
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if want := []string{"1 after 0s", "poke/a after 1h0m0s", "poke/b after 2h0m0s"}; !slices.Equal(at, want) {
			t.Errorf("handled %q, want %q", at, want)
		}
		wantSaid(t, s)
	})
}

func TestAStoreThatComesBackIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		in := newInbox(s, echo, &bytes.Buffer{})
		receive(t, in, says("1", "amina", "hello"))
		s.fail(errors.New("gone"))
		running(t, in)
		time.Sleep(time.Hour)
		s.fail(nil)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		wantSaid(t, s, "reply/@net/1: you said hello")
		if got := in.Stats(); got.Troubles < 10 || got.Troubles > 1000 || got.Again != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// TestInboxModel has many messages of several people fail at random. Each ends in one state, each that was
// handled was answered once, and nobody's messages overtake each other.
func TestInboxModel(t *testing.T) {
	type step struct {
		who   string
		fails int
		pause time.Duration
	}
	rapid.Check(t, func(r *rapid.T) {
		// Drawn before the bubble begins: the generator may not be left by a panic inside.
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			return step{
				rapid.SampledFrom([]string{"amina", "tom", "maryam"}).Draw(r, "who"),
				rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 9}).Draw(r, "fails"),
				time.Duration(rapid.IntRange(0, 3000).Draw(r, "ms")) * time.Millisecond,
			}
		}), 1, 30).Draw(r, "steps")
		synctest.Test(t, func(t *testing.T) {
			s := &memory{}
			failures := map[bot.MessageID]int{}
			for i, st := range steps {
				failures[bot.MessageID(fmt.Sprint(i))] = st.fails
			}
			var order []bot.Message
			in := newInbox(s, func(ctx context.Context, m bot.Message) (bot.Answer, error) {
				if failures[m.ID] > 0 {
					failures[m.ID]--
					return bot.Answer{}, errors.New("no luck")
				}
				order = append(order, m)
				return echo(ctx, m)
			}, nil)
			running(t, in)
			want := map[string]string{}
			for i, st := range steps {
				m := says(fmt.Sprint(i), st.who, fmt.Sprint(i))
				want[m.Key()] = "handled"
				if st.fails >= maxTries {
					want[m.Key()] = "aside"
				}
				receive(t, in, m)
				time.Sleep(st.pause)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			for key, state := range want {
				if got := s.state(key); got != state {
					r.Errorf("%s is %s, want %s", key, got, state)
				}
			}
			if len(s.said()) != len(steps) {
				r.Errorf("%d replies to %d messages", len(s.said()), len(steps))
			}
			last := map[bot.UserID]time.Time{}
			for _, m := range order {
				if m.At.Before(last[m.From.ID]) {
					r.Errorf("%s was overtaken", m.ID)
				}
				last[m.From.ID] = m.At
			}
		})
	})
}
