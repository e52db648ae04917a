package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ginnel/adapters/adaptertest"
	"ginnel/bot"
	"ginnel/bot/inbox"
	"ginnel/bot/names"
	"ginnel/bot/register"
	"ginnel/bot/sample"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// townSize is how many organisations a message meets; bigTown how many a cold start reads.
const (
	townSize = 4_000
	bigTown  = 50_000
)

// madeUpTown is a spreadsheet of n organisations that say what those of the sample say, in another order.
// Their words are fewer than those of real life, so more of them fit every question.
func madeUpTown(n int) string {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	words := strings.FieldsFunc(string(sample.Organisations), func(r rune) bool { return strings.ContainsRune(" ,;\"\n", r) })
	some := func(least, most int) string {
		var b strings.Builder
		for i := range least + random.IntN(most-least+1) {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(words[random.IntN(len(words))])
		}
		return b.String()
	}
	var b strings.Builder
	b.WriteString("id,name,postcode,activities,offers\n")
	for i := range n {
		fmt.Fprintf(&b, "made-up-%d,%s %d,QX%d,%s,%s; %s\n", i, some(2, 3), i, 1+i%8, some(15, 40), some(2, 5), some(2, 5))
	}
	return b.String()
}

// loadTown makes a database with n organisations. It tells how many rows were read in a second.
func loadTown(b *testing.B, url string, n int) (rowsPerSecond float64) {
	b.Helper()
	ctx := context.Background()
	db, err := storage.Open(ctx, url, storage.Write)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := loadPlaces(ctx, db, strings.NewReader(string(sample.Places))); err != nil {
		b.Fatal(err)
	}
	sheet, err := register.OpenSheet(strings.NewReader(madeUpTown(n)), "")
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := db.Import(ctx, "made-up", sheet.Rows(), false, began, nil); err != nil {
		b.Fatal(err)
	}
	return float64(n) / time.Since(began).Seconds()
}

// ear is a network in memory that hears when replies are handed to it.
type ear struct{ heard chan string }

func (e *ear) Network() bot.Network                                                { return "bench" }
func (e *ear) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }

func (e *ear) Room(_ context.Context, gather string, _ []bot.UserID, _ string) (bot.RoomID, error) {
	return bot.RoomID(gather), nil
}

func (e *ear) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	e.heard <- p.Key
	return bot.MessageID(p.Key), nil
}

// benched is a whole running bot in a town of townSize.
func benched(b *testing.B, url string) (receive func(bot.Message), heard <-chan string) {
	b.Helper()
	loadTown(b, url, townSize)
	ctx, cancel := context.WithCancel(context.Background())
	db, err := storage.Open(ctx, url, storage.Write)
	if err != nil {
		b.Fatal(err)
	}
	w, err := wire(db, settings{zone: time.UTC, run: "Harthwaite Voluntary Action"}, time.Now, ownerName(time.Now()), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.question.Follow(ctx, time.Now()); err != nil {
		b.Fatal(err)
	}
	e := &ear{make(chan string, 1<<16)}
	w.outbox.Add(e)
	wait := start(ctx, w.inbox.Run, w.outbox.Run)
	b.Cleanup(func() {
		cancel()
		if err := wait(); err != nil {
			b.Error(err)
		}
		db.Close()
	})
	return func(m bot.Message) {
		if err := w.inbox.Receive(ctx, m); err != nil {
			b.Fatal(err)
		}
	}, e.heard
}

// benchMessage is the n-th of what many people say in private: half of it questions.
func benchMessage(n int) bot.Message {
	texts := []string{
		"who can help with bookkeeping?", "we can offer a hall with a kitchen, free",
		"does anyone know somebody with a minibus in QX3?", "what do we offer?",
		"we are looking for first aid training near QX5", "help",
		"who can help with mending bikes?", "my data",
	}
	from := bot.Speaker{Network: "bench", ID: bot.UserID(fmt.Sprint("u", n/16)), Name: fmt.Sprint("Person ", n/16)}
	text := texts[n%len(texts)]
	switch n % 16 { // whoever offers speaks for somebody
	case 0:
		text = fmt.Sprintf("we are Group %d, QX1", n/16)
	case 1:
		text = fmt.Sprintf("list us as “Group %d”, “QX1”", n/16)
	}
	return bot.Message{
		ID: bot.MessageID(strconv.Itoa(n)), Kind: bot.Said, From: from, Where: bot.Private(from), ToUs: true, At: time.Now(), Text: text,
	}
}

// BenchmarkMessage times one message at a time, from its arrival until its reply is handed to the adapter.
func BenchmarkMessage(b *testing.B) {
	eachEngine(b, func(b *testing.B, url string) {
		receive, heard := benched(b, url)
		var took []time.Duration
		for n := 0; b.Loop(); n++ {
			m := benchMessage(n)
			began := time.Now()
			receive(m)
			for want := "reply/" + m.Key(); <-heard != want; {
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		at := func(q float64) float64 {
			return took[min(int(q*float64(len(took))), len(took)-1)].Seconds() * 1000
		}
		b.ReportMetric(at(0.5), "p50-ms")
		b.ReportMetric(at(0.99), "p99-ms")
	})
}

// BenchmarkMessages lets all messages come at once.
func BenchmarkMessages(b *testing.B) {
	eachEngine(b, func(b *testing.B, url string) {
		receive, heard := benched(b, url)
		const crowd = 64
		free := make(chan struct{}, crowd)
		go func() {
			for range heard {
				<-free
			}
		}()
		n := 0
		for b.Loop() {
			free <- struct{}{}
			receive(benchMessage(n))
			n++
		}
		for range crowd {
			free <- struct{}{}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
	})
}

// BenchmarkColdStart starts the program over a register of bigTown organisations, and times it until the first
// question is answered; then it looks how much memory it has.
func BenchmarkColdStart(b *testing.B) {
	eachEngine(b, func(b *testing.B, url string) {
		rate := loadTown(b, url, bigTown)
		dir, err := os.MkdirTemp("", "cold")
		if err != nil {
			b.Fatal(err)
		}
		defer os.RemoveAll(dir)
		var up, first []float64
		var resident float64
		for n := 0; b.Loop(); n++ {
			socket := filepath.Join(dir, strconv.Itoa(n))
			platform, err := adaptertest.Listen(socket, nil)
			if err != nil {
				b.Fatal(err)
			}
			m := benchMessage(4)
			m.ID, m.From.Network = bot.MessageID(fmt.Sprint("cold", n)), "net"
			m.Where = bot.Private(m.From)
			platform.Feed(m)
			began := time.Now()
			child := startChild(b, url, socket, io.Discard)
			for len(platform.Acked()) == 0 && time.Since(began) < time.Minute {
				time.Sleep(time.Millisecond)
			}
			up = append(up, time.Since(began).Seconds())
			for len(platform.Said()) == 0 && time.Since(began) < time.Minute {
				time.Sleep(time.Millisecond)
			}
			first = append(first, time.Since(began).Seconds())
			if said := platform.Said(); len(said) == 0 || !strings.Contains(said[0].Reply.Plain(), "QX") {
				b.Errorf("asked, it said %v", said)
			}
			resident = max(resident, memoryOf(b, child.Process.Pid))
			_ = child.Process.Kill()
			_ = child.Wait()
			platform.Close()
		}
		slices.Sort(up)
		slices.Sort(first)
		b.ReportMetric(up[len(up)/2], "s-to-first-message")
		b.ReportMetric(first[len(first)/2], "s-to-first-answer")
		b.ReportMetric(resident, "peak-MB")
		b.ReportMetric(rate, "imported-rows/s")
	})
}

// memoryOf is the most memory that a process ever had, in MB. It is known on Linux alone.
func memoryOf(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	return 0
}

func eachEngine(b *testing.B, bench func(b *testing.B, url string)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, filepath.Join(b.TempDir(), "ginnel.db")) })
	b.Run("postgres", func(b *testing.B) { bench(b, storagetest.Postgres(b)) })
}

// loadMembers loads so many groups that joined and are vouched for, each with an offer, a need and somebody who reads the
// digest.
func loadMembers(ctx context.Context, b *testing.B, db *storage.DB, groups int, now time.Time) {
	b.Helper()
	skills := []string{"accounts", "a hall with a kitchen", "a minibus", "first aid training", "gazebos", "bid writing", "a projector", "gardening tools", "sewing", "a choir"}
	sheet := []string{"name,postcode,offers,needs,speaks"}
	for n := range groups {
		sheet = append(sheet, fmt.Sprintf("Circle %d,M%d,%s of kind %d,%s of kind %d,Person %d", n, 1+n%40, skills[n%10], n%97, skills[n/10%10], n%89, n))
	}
	speaker := func(name string) bot.Speaker { return bot.Speaker{Network: "bench", ID: bot.UserID(name), Name: name} }
	if err := loadNetwork(ctx, db, "given", []byte(strings.Join(sheet, "\n")), speaker, now); err != nil {
		b.Fatal(err)
	}
	for n := range groups {
		if err := db.PutManners(ctx, bot.Manners{Person: speaker(fmt.Sprint("Person ", n)), Digest: true, Nudges: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// noted is an inbox for the bot of w that notes when the messages for some commands are done with.
func noted(w *wiring, db *storage.DB, now func() time.Time, commands ...string) (in *inbox.Inbox, done func() map[string]time.Time) {
	var mu sync.Mutex
	when := map[string]time.Time{}
	note := func(m bot.Message) {
		if slices.Contains(commands, m.For) {
			mu.Lock()
			defer mu.Unlock()
			when[m.For] = time.Now()
		}
	}
	handle := func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		defer note(m)
		return w.bot.Handle(ctx, m)
	}
	steps := func(m bot.Message) inbox.Think {
		think := w.bot.Steps(m)
		if think == nil {
			return nil
		}
		return func(ctx context.Context) ([]bot.Step, error) {
			all, err := think(ctx)
			return append(all, func(context.Context) (bot.Answer, error) {
				note(m)
				return bot.Answer{}, nil
			}), err
		}
	}
	in = inbox.New(db, handle, inbox.Options{Wants: w.bot.Wants, Steps: steps, Now: now, Handled: w.outbox.Wake, HandleTimeout: longestThought})
	return in, func() map[string]time.Time {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(when)
	}
}

// BenchmarkMonday is a Monday morning in a network of 5,000 groups that all take part in the round and read the digest, while
// somebody asks and offers: for how long that person waits for answers, beside how long before and after, and when round and
// digest are done with.
func BenchmarkMonday(b *testing.B) {
	eachEngine(b, func(b *testing.B, url string) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
		spareProcessors() // as serve does
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		db, err := storage.Open(ctx, url, storage.Write)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		monday, began := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC), time.Now()
		now := func() time.Time { return monday.Add(time.Since(began)) }
		w, err := wire(db, settings{zone: time.UTC, run: "us"}, now, "bench", slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		loadMembers(ctx, b, db, 5_000, monday)
		if err := db.WriteNameKeys(ctx, names.Keys); err != nil {
			b.Fatal(err)
		}
		if _, err := w.question.Follow(ctx, monday); err != nil {
			b.Fatal(err)
		}
		e := &ear{make(chan string, 1<<16)}
		w.outbox.Add(e)
		for n := 0; b.Loop(); n++ { // each week another Monday
			monday, began = monday.AddDate(0, 0, 7*min(n, 1)), time.Now()
			in, done := noted(w, db, now, bot.WeekRound, bot.WeekDigest)
			running, stop := context.WithCancel(ctx)
			var week []bot.Message
			for _, name := range []string{bot.WeekRound, bot.WeekNudges, bot.WeekDigest} {
				m := bot.Later(name, monday.Format(time.DateOnly), monday, monday.Format(time.DateOnly))
				m.Queue = "week"
				week = append(week, m)
			}
			wait := start(running, in.Run, w.outbox.Run)
			var alone, took []time.Duration
			var struck time.Time
			const aside = 300 // messages before, and after
			for i, after := 0, 0; after < aside; i++ {
				if len(done()) == 2 {
					after++
				}
				if i == aside {
					struck = time.Now()
					for _, m := range week {
						if _, err := db.PutMessage(ctx, m, monday); err != nil {
							b.Fatal(err)
						}
					}
				}
				m := benchMessage(n<<20 + i)
				m.At = now()
				asked := time.Now()
				if err := in.Receive(ctx, m); err != nil {
					b.Fatal(err)
				}
				for want := "reply/" + m.Key(); <-e.heard != want; {
				}
				if i < aside || after > 0 {
					alone = append(alone, time.Since(asked))
				} else {
					took = append(took, time.Since(asked))
				}
				time.Sleep(5 * time.Millisecond)
			}
			stop()
			if err := wait(); err != nil {
				b.Fatal(err)
			}
			for name, all := range map[string][]time.Duration{"": took, "alone-": alone} {
				slices.Sort(all)
				at := func(q float64) float64 { return all[min(int(q*float64(len(all))), len(all)-1)].Seconds() * 1000 }
				b.ReportMetric(at(0.5), name+"p50-ms")
				b.ReportMetric(at(0.99), name+"p99-ms")
				b.ReportMetric(at(1), name+"max-ms")
			}
			b.ReportMetric(done()[bot.WeekRound].Sub(struck).Seconds(), "round-s")
			b.ReportMetric(done()[bot.WeekDigest].Sub(struck).Seconds(), "digest-s")
			of, err := db.IntroductionsSince(ctx, monday)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(of)), "pairs")
		}
	})
}
