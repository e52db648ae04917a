package outbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ginnel/bot"
)

// network is a fake of another name whose every call can be replaced.
type network struct {
	*fake
	name  bot.Network
	send  func(ctx context.Context, p bot.Post) (bot.MessageID, error)
	edit  func() error
	find  func(p bot.Post) (bot.MessageID, bool, error)
	room  func(title string) (bot.RoomID, error)
	ready func() error
	pace  bot.Pace
}

func (n *network) Network() bot.Network {
	if n.name == "" {
		return "net"
	}
	return n.name
}

func (n *network) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	if n.send == nil {
		return n.fake.Send(ctx, p)
	}
	n.mu.Lock()
	n.at = append(n.at, time.Since(n.began))
	n.mu.Unlock()
	return n.send(ctx, p)
}

func (n *network) Room(ctx context.Context, gather string, people []bot.UserID, title string) (bot.RoomID, error) {
	if n.room == nil {
		return n.fake.Room(ctx, gather, people, title)
	}
	return n.room(title)
}

func (n *network) Edit(_ context.Context, id bot.MessageID, p bot.Post) error {
	if err := n.edit(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, fmt.Sprint(p.Key, " in ", id))
	return nil
}

func (n *network) Find(_ context.Context, p bot.Post) (bot.MessageID, bool, error) { return n.find(p) }

func (n *network) Ready() error {
	if n.ready == nil {
		return nil
	}
	return n.ready()
}

func (n *network) Pace() bot.Pace { return n.pace }

// plainly hides the powers to edit and to find.
type plainly struct{ n *network }

func (p plainly) Network() bot.Network                                                { return p.n.Network() }
func (p plainly) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }
func (p plainly) Ready() error                                                        { return p.n.Ready() }

func (p plainly) Pace() bot.Pace { return p.n.pace }

func (p plainly) Send(ctx context.Context, post bot.Post) (bot.MessageID, error) {
	return p.n.Send(ctx, post)
}

func (p plainly) Room(ctx context.Context, gather string, people []bot.UserID, title string) (bot.RoomID, error) {
	return p.n.Room(ctx, gather, people, title)
}

func (f *fake) tries() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.at)
}

func (f *fake) all() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.said)
}

func add(t *testing.T, out *Outbox, all ...bot.Adapter) {
	t.Helper()
	for _, a := range all {
		if err := out.Add(a); err != nil {
			t.Fatal(err)
		}
	}
}

func to(n bot.Network, key, who string) bot.Post {
	p := post(key, who)
	p.Where.Network = n
	return p
}

// TestANetworkThatHangsStarvesNobody has one network whose Send never returns, whatever its context says. The others are
// served as ever, and it waits alone.
func TestANetworkThatHangsStarvesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, released := &memory{}, make(chan struct{})
		hung := &network{fake: newFake(), name: "hung", send: func(context.Context, bot.Post) (bot.MessageID, error) {
			<-released
			return "late", nil
		}}
		well := newFake()
		for i := range 40 {
			s.put(to("hung", fmt.Sprint("h", i), fmt.Sprint("person ", i)))
		}
		out := newOutbox(s, nil)
		add(t, out, plainly{hung}, well)
		stop := running(t, out)
		for i := range 100 {
			s.put(post(fmt.Sprint("w", i), "amina"))
			out.Wake()
			synctest.Wait()
			if n := len(well.all()); n != i+1 {
				t.Fatalf("after %d posts the network that is well has said %d", i+1, n)
			}
			time.Sleep(30 * time.Second)
		}
		if n := hung.tries(); n != 8 {
			t.Errorf("%d calls hang", n)
		}
		h := out.Health()
		if h[0].Network != "hung" || h[0].Left != 8 || h[1].Left != 0 || out.Stats().Left != 8 {
			t.Errorf("it is told as %+v", h)
		}
		close(released)
		time.Sleep(time.Hour)
		synctest.Wait()
		if h := out.Health(); h[0].Left != 0 || strings.Contains(s.states(), "waiting") || strings.Contains(s.states(), "leased") {
			t.Errorf("after it came back: %+v, %s", h, s.states())
		}
		stop()
	})
}

// TestAnEndLeavesBehindWhatHangs: the program ends though a network does not.
func TestAnEndLeavesBehindWhatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, released := &memory{}, make(chan struct{})
		hung := &network{fake: newFake(), send: func(context.Context, bot.Post) (bot.MessageID, error) { <-released; return "", nil }}
		s.put(post("p", "amina"))
		out := newOutbox(s, nil)
		add(t, out, plainly{hung})
		stop := running(t, out)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 15*time.Second || s.states() != "p unknown" {
			t.Errorf("it ended after %v, with %s", took, s.states())
		}
		close(released)
		synctest.Wait()
	})
}

// TestARevokedTokenLosesNothing has a network let nobody in for two weeks. Every post waits for it, and is said once.
func TestARevokedTokenLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &memory{}
		back := time.Now().Add(14 * 24 * time.Hour)
		f := newFake()
		n := &network{fake: f}
		n.send = func(ctx context.Context, p bot.Post) (bot.MessageID, error) {
			if time.Now().Before(back) {
				return "", bot.SendWait(errors.New("token_revoked"), 0)
			}
			return f.Send(ctx, p)
		}
		for i := range 50 {
			s.put(post(fmt.Sprint(i), fmt.Sprint("person ", i)))
		}
		out := newOutbox(s, nil)
		add(t, out, plainly{n})
		running(t, out)
		time.Sleep(time.Hour)
		synctest.Wait()
		tried := n.tries()
		if tried > 25 {
			t.Errorf("it was tried %d times in an hour", tried)
		}
		if h := out.Health()[0]; h.Held.IsZero() || h.HeldBy == nil {
			t.Errorf("it is told as %+v", h)
		}
		time.Sleep(14 * 24 * time.Hour)
		synctest.Wait()
		if len(f.all()) != 50 || strings.Contains(s.states(), "waiting") || strings.Contains(s.states(), "dead") {
			t.Errorf("said %d, %s", len(f.all()), s.states())
		}
		if h := out.Health()[0]; !h.Held.IsZero() {
			t.Errorf("it is held still: %+v", h)
		}
	})
}

func TestANetworkNamesHowLongEverybodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		n := &network{fake: f}
		n.send = func(ctx context.Context, p bot.Post) (bot.MessageID, error) {
			if time.Since(f.began) < 30*time.Second {
				return "", bot.SendWait(errors.New("ratelimited"), 30*time.Second)
			}
			return f.Send(ctx, p)
		}
		s.put(post("a", "amina"), post("b", "tom"), post("c", "maryam"))
		out := newOutbox(s, nil)
		n.pace.AtOnce = 1
		add(t, out, plainly{n})
		running(t, out)
		time.Sleep(29 * time.Second)
		synctest.Wait()
		if n.tries() != 1 {
			t.Errorf("it was tried %d times though it asked to wait", n.tries())
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if s.states() != "a sent, b sent, c sent" {
			t.Error(s.states())
		}
	})
}

// TestThePaceIsKeptAndWhatIsUrgentComesFirst: 300 digests wait, one every second, and an answer that comes in between is the
// next that is said.
func TestThePaceIsKeptAndWhatIsUrgentComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		n := &network{fake: f, pace: bot.Pace{Network: time.Second, AtOnce: 3}}
		for i := range 300 {
			s.put(post(fmt.Sprint("digest ", i), fmt.Sprint("person ", i)))
		}
		out := newOutbox(s, nil)
		add(t, out, plainly{n})
		running(t, out)
		time.Sleep(100*time.Second + time.Millisecond)
		synctest.Wait()
		answer := post("answer", "amina")
		answer.Urgency = bot.AtOnce
		s.put(answer)
		out.Wake()
		time.Sleep(time.Second)
		synctest.Wait()
		if at := slices.Index(f.all(), "answer"); at != 101 {
			t.Errorf("the answer was said as number %d", at)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(f.all()) != 301 {
			t.Errorf("said %d of 301", len(f.all()))
		}
		for i := 1; i < len(f.at); i++ {
			if gap := f.at[i] - f.at[i-1]; gap < time.Second {
				t.Fatalf("two were said %v after one another", gap)
			}
		}
	})
}

func TestARoomHasAPaceOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		n := &network{fake: f, pace: bot.Pace{Room: 2 * time.Second}}
		s.put(post("a1", "amina"), post("a2", "amina"), post("a3", "amina"), post("t1", "tom"))
		out := newOutbox(s, nil)
		add(t, out, plainly{n})
		running(t, out)
		if at := slices.Sorted(slices.Values(f.all())); !slices.Equal(at, []string{"a1", "t1"}) {
			t.Errorf("at once it said %q", at)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if !slices.Equal(f.all()[2:], []string{"a2", "a3"}) || f.at[3] != 4*time.Second {
			t.Errorf("it said %q at %v", f.all(), f.at)
		}
	})
}

func TestNothingIsSentBeforeANetworkIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		var mu sync.Mutex
		err := errors.New("not connected")
		n := &network{fake: f, ready: func() error { mu.Lock(); defer mu.Unlock(); return err }}
		s.put(post("p", "amina"))
		out := newOutbox(s, nil)
		add(t, out, plainly{n})
		running(t, out)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n.tries() != 0 || s.states() != "p waiting" {
			t.Errorf("tried %d times, %s", n.tries(), s.states())
		}
		if h := out.Health()[0]; h.Unready == nil || time.Since(h.Since) < 59*time.Minute {
			t.Errorf("it is told as %+v", h)
		}
		if err := out.Drain(t.Context()); err != nil || s.states() != "p waiting" {
			t.Errorf("drained: %s %v", s.states(), err)
		}
		mu.Lock()
		err = nil
		mu.Unlock()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if s.states() != "p sent" {
			t.Error(s.states())
		}
	})
}

// TestReplacements has a post replace one that was said, on networks that can change a message and that cannot.
func TestReplacements(t *testing.T) {
	lost := errors.New("a connection was reset")
	for name, c := range map[string]struct {
		edits    []error // what Edit answers, one after another; nil: the network cannot edit
		onlyEdit bool
		unsaid   bool // what is replaced was never said
		want     string
	}{
		"it is changed":                         {edits: []error{nil}, want: "old, new in id of old: sent"},
		"a change is made again without asking": {edits: []error{lost, lost, nil}, want: "old, new in id of old: sent"},
		"it cannot be changed":                  {edits: []error{bot.ErrCannotEdit}, want: "old, new: sent"},
		"it cannot be changed, and need not be": {edits: []error{fmt.Errorf("edit: %w", bot.ErrCannotEdit)}, onlyEdit: true, want: "old: skipped"},
		"nothing can be changed":                {want: "old, new: sent"},
		"nothing can be changed, nor need be":   {onlyEdit: true, want: "old: skipped"},
		"there is nothing to change":            {edits: []error{nil}, unsaid: true, want: "new: sent"},
		"there is nothing that need be changed": {edits: []error{nil}, unsaid: true, onlyEdit: true, want: ": skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, f := &memory{}, newFake()
				n := &network{fake: f, find: func(bot.Post) (bot.MessageID, bool, error) {
					t.Error("it was looked for")
					return "", false, nil
				}}
				n.edit = func() error {
					err := c.edits[0]
					c.edits = c.edits[1:]
					return err
				}
				var a bot.Adapter = n
				if c.edits == nil {
					a = plainly{n}
				}
				old, replacement := post("old", "amina"), post("new", "amina")
				replacement.Instead, replacement.OnlyEdit = "old", c.onlyEdit
				if !c.unsaid {
					s.put(old)
				}
				s.put(replacement)
				out := newOutbox(s, nil)
				add(t, out, a)
				running(t, out)
				time.Sleep(time.Hour)
				synctest.Wait()
				state := s.states()
				if got := strings.Join(f.all(), ", ") + ": " + state[strings.LastIndex(state, " ")+1:]; got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestAReplacementWaitsForWhatItReplaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		f.faults["old"] = []fault{busy, busy}
		n := &network{fake: f, edit: func() error { return nil }}
		old, replacement := post("old", "amina"), post("new", "amina")
		replacement.Instead, replacement.Urgency = "old", bot.AtOnce
		s.put(old, replacement)
		out := newOutbox(s, nil)
		add(t, out, n)
		running(t, out)
		time.Sleep(time.Minute)
		synctest.Wait()
		if want := []string{"old", "new in id of old"}; !slices.Equal(f.all(), want) {
			t.Errorf("said %q, want %q", f.all(), want)
		}
	})
}

// TestWhatIsStoppedIsOnlyLookedFor: a post that must not be said any more, and may have been, is looked for and never said
// again.
func TestWhatIsStoppedIsOnlyLookedFor(t *testing.T) {
	for state, said := range map[bot.PostState]bool{bot.PostSent: true, bot.PostSkipped: false} {
		synctest.Test(t, func(t *testing.T) {
			s, f := &memory{}, newFake()
			n := &network{fake: f, find: func(bot.Post) (bot.MessageID, bool, error) { return "m", said, nil }}
			s.put(post("p", "amina"))
			s.posts[0].state, s.posts[0].stopped = bot.PostUnknown, true
			out := newOutbox(s, nil)
			add(t, out, n)
			running(t, out)
			if s.states() != "p "+string(state) || len(f.all()) != 0 {
				t.Errorf("%s, said %q", s.states(), f.all())
			}
		})
	}
}

// TestWhereNobodyCanTell: a network that can look in some rooms and not in others is asked, and where it cannot tell two tries
// are all.
func TestWhereNobodyCanTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake(slices.Repeat([]fault{drops}, 99)...)
		n := &network{fake: f, find: func(bot.Post) (bot.MessageID, bool, error) { return "", false, bot.ErrCannotTell }}
		s.put(post("p", "amina"))
		out := newOutbox(s, nil)
		add(t, out, n)
		running(t, out)
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if f.count("p") != 2 || s.states() != "p dead" {
			t.Errorf("said %d times, %s", f.count("p"), s.states())
		}
	})
}

// TestTheRoomIsKnownWhenAPostIsLookedFor, and where none was opened nothing was said.
func TestTheRoomIsKnownWhenAPostIsLookedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := &memory{}, newFake()
		f.faults["p"] = []fault{drops}
		n := &network{fake: f, find: func(p bot.Post) (bot.MessageID, bool, error) { return "m", p.Where.Room == "room", nil }}
		var titles []string
		n.room = func(title string) (bot.RoomID, error) {
			titles = append(titles, title)
			if len(titles) == 1 {
				return "", errors.New("nobody knows how it failed")
			}
			return "room", nil
		}
		p := post("p", "amina")
		p.Where.People, p.Where.Gather, p.Where.Title = []bot.UserID{"amina", "tom"}, "meet/1", "Repair Café and Tally Trust"
		s.put(p)
		out := newOutbox(s, nil)
		add(t, out, n)
		running(t, out)
		time.Sleep(time.Minute)
		synctest.Wait()
		if f.count("p") != 1 || s.states() != "p sent" || !slices.Equal(titles, []string{"Repair Café and Tally Trust", "Repair Café and Tally Trust"}) {
			t.Errorf("said %d times, %s, titles %q", f.count("p"), s.states(), titles)
		}
		// The choices are offered in the room, once there is one.
		if len(s.offered) != 1 || s.offered[0].Where.Room != "room" {
			t.Errorf("offered %+v", s.offered)
		}
	})
}

// TestWordsAreDrawnWhenTheyAreSent: a post that names a drawer holds no words; it says what is true at the moment, or nothing.
func TestWordsAreDrawnWhenTheyAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := &memory{}, &bytes.Buffer{}
		var (
			mu   sync.Mutex
			said []string
		)
		n := &network{fake: newFake()}
		n.send = func(_ context.Context, p bot.Post) (bot.MessageID, error) {
			mu.Lock()
			defer mu.Unlock()
			if n.tries() == 1 {
				return "", bot.SendLater(errors.New("busy"), 0)
			}
			said = append(said, p.Reply.Plain())
			return "m", nil
		}
		drawn := post("p", "amina")
		drawn.Reply, drawn.Draw, drawn.Subject = nil, "x.page", "7"
		untrue, unknown := drawn, drawn
		untrue.Key, untrue.Subject, untrue.Where = "q", "no more", post("", "tom").Where
		unknown.Key, unknown.Draw, unknown.Where = "r", "x.nobody", post("", "maryam").Where
		failing := drawn
		failing.Key, failing.Subject, failing.Where = "f", "panic", post("", "lin").Where
		s.put(drawn, untrue, unknown, failing)
		out := newOutbox(s, log)
		draws := 0
		out.o.Drawers = map[string]bot.Drawer{"x.page": func(_ context.Context, p bot.Post, now time.Time) (bot.Reply, bool, error) {
			mu.Lock()
			defer mu.Unlock()
			switch p.Subject {
			case "panic":
				panic("words of a panic")
			case "7":
				draws++
			}
			return bot.Lines(bot.Text(fmt.Sprint("page ", p.Subject, " drawn ", draws))), p.Subject == "7", nil
		}}
		add(t, out, plainly{n})
		running(t, out)
		time.Sleep(time.Hour)
		synctest.Wait()
		if !slices.Equal(said, []string{"page 7 drawn 2"}) || s.states() != "p sent, q skipped, r waiting, f waiting" {
			t.Errorf("said %q, %s", said, s.states())
		}
		if strings.Contains(log.String(), "words of a panic") || !strings.Contains(log.String(), "post=f") {
			t.Errorf("the log tells what was said, or not which post failed:\n%s", log)
		}
	})
}

// TestAnAdapterThatLiesAboutIdsHarmsNobody: what it calls a message or a room may be anything.
func TestAnAdapterThatLiesAboutIdsHarmsNobody(t *testing.T) {
	for _, id := range []string{"", "a\x00b", "\xff", strings.Repeat("x", 10_000), "a\nb"} {
		s, f := &memory{}, newFake()
		n := &network{fake: f, send: func(context.Context, bot.Post) (bot.MessageID, error) { return bot.MessageID(id), nil }}
		n.room = func(string) (bot.RoomID, error) { return bot.RoomID(id), nil }
		meet := post("meet", "amina")
		meet.Where.People, meet.Where.Gather = []bot.UserID{"amina", "tom"}, "meet/1"
		s.put(post("p", "amina"), meet)
		out := newOutbox(s, nil)
		add(t, out, plainly{n})
		if err := out.Drain(t.Context()); err != nil || s.states() != "p sent, meet dead" || s.posts[0].id != "said" {
			t.Errorf("%q: %v, %s, said as %q", id, err, s.states(), s.posts[0].id)
		}
	}
	for _, name := range []bot.Network{"", "a/b", "a b", "a\x00", bot.Network(strings.Repeat("n", 1000))} {
		if err := New(&memory{}, Options{Now: time.Now}).Add(plainly{&network{name: name, fake: newFake()}}); err == nil && name != "" {
			t.Errorf("a network may be called %q", name)
		}
	}
}
