package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

const year = 365 * 24 * time.Hour

// A watch is a clock that can be set wrong, and the even course of time beside it.
type watch struct {
	wrong time.Duration
	gone  time.Duration
}

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func (w *watch) wall() time.Time     { return noon.Add(w.gone + w.wrong) }
func (w *watch) even() time.Duration { return w.gone }

// kept is a Keep in memory.
type kept map[string]string

func (k kept) Get(_ context.Context, name string) (string, error) { return k[name], nil }
func (k kept) Put(_ context.Context, name, value string) error    { k[name] = value; return nil }
func (k kept) Delete(_ context.Context, name string) error        { delete(k, name); return nil }

func keeper(t *testing.T, w *watch, k bot.Keep) *timekeeper {
	t.Helper()
	keeper, err := startTimekeeper(t.Context(), w.wall, w.even, k, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

// TestAClockThatJumps shows which jumps are believed: those that a machine makes that is well.
func TestAClockThatJumps(t *testing.T) {
	for _, c := range []struct {
		name       string
		by         time.Duration
		live, anew bool // whether it is believed when it comes while we run; between two runs
	}{
		{name: "a second", by: time.Second, live: true, anew: true},
		{name: "a night's sleep", by: 10 * time.Hour, live: true, anew: true},
		{name: "back an hour", by: -time.Hour, live: true, anew: true},
		{name: "a week away", by: 7 * 24 * time.Hour, anew: true},
		{name: "a year ahead", by: year},
		{name: "a year back", by: -year},
		{name: "back two hours", by: -2 * time.Hour},
		{name: "to the beginning of time", by: -56 * year},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, notes := &watch{}, kept{}
			k := keeper(t, w, notes)
			w.gone = time.Hour
			w.wrong = c.by
			if is := k.now().Equal(w.wall()); is != c.live {
				t.Errorf("while we run it is believed: %t", is)
			}
			w.wrong, w.gone = 0, 2*time.Hour
			k.now()
			if err := k.note(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.wrong = c.by
			other := &watch{wrong: c.by + 2*time.Hour} // its even count begins anew
			if is := keeper(t, other, notes).now().Equal(other.wall()); is != c.anew {
				t.Errorf("between two runs it is believed: %t", is)
			}
		})
	}
}

// TestAClockIsBelievedAgain shows what ends the disbelief: the clock comes back, runs evenly for a day, or is confirmed.
func TestAClockIsBelievedAgain(t *testing.T) {
	w, notes := &watch{}, kept{}
	k := keeper(t, w, notes)
	at := func(gone, wrong time.Duration, believed bool) {
		t.Helper()
		w.gone, w.wrong = gone, wrong
		now := k.now()
		if err := k.note(t.Context()); err != nil {
			t.Fatal(err)
		}
		if by, _ := k.held(); (by == 0) != believed || (k.trouble() == nil) != believed {
			t.Errorf("after %s, %s ahead: believed is %t", gone, wrong, by == 0)
		}
		if !believed && !now.Equal(noon.Add(gone)) {
			t.Errorf("after %s, %s ahead, it is %s", gone, wrong, now)
		}
	}
	const hour = time.Hour
	at(1*hour, 0, true)
	at(2*hour, year, false)
	at(3*hour, 0, true) // for a moment
	at(4*hour, year, false)
	at(27*hour, year, false)
	at(28*hour, 2*year, false) // it jumps about: the day begins anew
	at(51*hour, 2*year, false)
	at(52*hour, 2*year, true)
	w.gone, w.wrong = 53*hour, 0 // and back, which is two years behind by now
	if now := k.now(); !now.Equal(noon.Add(53*hour + 2*year)) {
		t.Errorf("it is %s", now)
	}
	notes[keptWord] = w.wall().Add(-20 * time.Minute).Format(time.RFC3339Nano)
	if err := k.note(t.Context()); err != nil {
		t.Fatal(err)
	}
	if by, _ := k.held(); by == 0 {
		t.Error("an old word that the clock is right is believed")
	}
	notes[keptWord] = w.wall().Add(-time.Minute).Format(time.RFC3339Nano)
	at(53*hour, 0, true)
}

// TestAWrongClockDoesNothing plays a network whose clock is a year ahead for an hour, while an introduction is open and weeks are to come:
// nothing falls due by it, nothing lapses, nothing is erased, and the weeks go on as if nothing had been.
func TestAWrongClockDoesNothing(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		play := func(url string, wrong time.Duration) string {
			k := newConversation(t, url)
			began := k.now
			w := &watch{}
			clock, err := startTimekeeper(t.Context(), func() time.Time { return began.Add(w.gone + w.wrong) }, w.even, k.db.Settings("clock"), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			var heard strings.Builder
			pass := func(d time.Duration) {
				w.gone += d
				k.now = clock.now()
				heard.WriteString(k.settle())
				if err := k.db.Tidy(t.Context(), k.now); err != nil {
					t.Fatal(err)
				}
			}
			k.given("the sample network", nil)
			k.say("Amina", "", true, "send me the digest")
			heard.WriteString(k.settle())
			k.say("Amina", "", true, "ask Count Me In about our accounts")
			heard.WriteString(k.settle())
			w.gone = k.now.Sub(began)
			pass(time.Hour)
			w.wrong = wrong
			for range 6 {
				pass(10 * time.Minute)
			}
			w.wrong = 0
			for range 15 * 24 {
				pass(time.Hour)
			}
			return heard.String()
		}
		if strings.HasPrefix(url, "postgres") {
			t.Skip("what falls due is asked of both engines in the same words")
		}
		right := play(url, 0)
		for _, words := range []string{"Nothing came of", "like to meet"} {
			if !strings.Contains(right, words) {
				t.Errorf("in those weeks nobody hears %q", words)
			}
		}
		if diff := cmp.Diff(strings.Split(right, "\n"), strings.Split(play(url+"2", year), "\n")); diff != "" {
			t.Errorf("a clock that was wrong for an hour changes what they hear (-else +then):\n%s", diff)
		}
	})
}

// TestWhatTheProgramGoesBy shows that whatever writes goes by the timekeeper, and not by a clock that is a year ahead of what was last believed.
func TestWhatTheProgramGoesBy(t *testing.T) {
	sheet := filepath.Join(t.TempDir(), "groups.csv")
	if err := os.WriteFile(sheet, []byte("name\nTally Trust\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"chat"}, {"retention"}, {"import", sheet}, {"serve", "--health", "-"}} {
		t.Run(args[0], func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ginnel.db")
			db, err := storage.Open(t.Context(), path, storage.Write)
			if err != nil {
				t.Fatal(err)
			}
			believed := time.Now().Add(-year)
			if err := db.Settings("clock").Put(t.Context(), keptLast, believed.Format(time.RFC3339Nano)); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			served := func(*storage.DB) (bot.Adapter, error) { return stopping{cancel}, nil }
			var errs bytes.Buffer
			if code := run(ctx, append([]string{"--database", path}, args...), strings.NewReader("we are Repair Café\n"), io.Discard, &errs, served); code != 0 {
				t.Fatal(errs.String())
			}
			if db, err = storage.Open(t.Context(), path, storage.Write); err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			held, err := keptTime(t.Context(), db.Settings("clock"), keptHeld)
			if err != nil || held.IsZero() {
				t.Errorf("nobody noticed: %v", err)
			}
			found, err := db.OrganisationsNamed(t.Context(), "Tally Trust")
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range found {
				if o.Confirmed.Sub(believed).Abs() > time.Hour {
					t.Errorf("it is confirmed on %s", o.Confirmed)
				}
			}
		})
	}
}

// stopping is a network that ends the program as soon as it is served.
type stopping struct{ stop context.CancelFunc }

func (stopping) Network() bot.Network { return "stopping" }

func (s stopping) Run(ctx context.Context, _ func(context.Context, bot.Message) error) error {
	s.stop()
	<-ctx.Done()
	return nil
}

func (stopping) Send(context.Context, bot.Post) (bot.MessageID, error) { return "", nil }

func (stopping) Room(context.Context, string, []bot.UserID, string) (bot.RoomID, error) {
	return "", nil
}
