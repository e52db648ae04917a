package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/rogpeppe/go-internal/testscript"

	"ginnel/adapters/adaptertest"
	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// With this in the environment the test binary is the program, serving the network behind that socket.
const childSocket = "GINNEL_KILL_SOCKET"

// With this in the environment it is the program as it is.
const childProgram = "GINNEL_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if path := os.Getenv(childSocket); path != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, func(*storage.DB) (bot.Adapter, error) {
			return adaptertest.Dial(path, "net"), nil
		}))
	}
	if os.Getenv(childProgram) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){"ginnel": main})
}

// TestKill kills the program with kill -9 at random moments under load, and starts it again. No message that
// was acknowledged may be lost, no post said twice, and every post must end in one final state.
func TestKill(t *testing.T) {
	kills := howLong(200, 10)
	if raceDetector {
		kills = 50
	}
	storagetest.Each(t, func(t *testing.T, url string) { killAll(t, url, kills) })
}

var killSeed = flag.Uint64("kill.seed", 0, "what TestKill draws its messages and moments from; 0 for something new each time")

func killAll(t *testing.T, url string, kills int) {
	seed := cmp.Or(*killSeed, uint64(time.Now().UnixNano()))
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	// Short: a unix socket has room for about a hundred characters.
	dir, err := os.MkdirTemp("", "kill")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	faults := rand.New(rand.NewPCG(seed, 2))
	platform, err := adaptertest.Listen(filepath.Join(dir, "s"), func(bot.Post) adaptertest.Fault {
		switch faults.IntN(20) {
		case 0:
			return adaptertest.Dropped
		case 1:
			return adaptertest.Late
		}
		return adaptertest.None
	})
	if err != nil {
		t.Fatal(err)
	}
	defer platform.Close()

	fed := 0
	speakers := map[string]bot.UserID{} // by the key of the answer
	feed := func(n int) {
		for range n {
			fed++
			m := killMessage(fed, random)
			speakers["reply/"+m.Key()] = m.From.ID
			platform.Feed(m)
		}
	}
	var log strings.Builder
	for range kills {
		child := startChild(t, url, filepath.Join(dir, "s"), &log)
		feed(1 + random.IntN(4))
		before := len(platform.Acked())
		// Most are killed at work; some before they are up.
		patience := time.Now().Add(time.Duration(random.IntN(400)) * time.Millisecond)
		for time.Now().Before(patience) && len(platform.Acked()) == before {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(30_000)) * time.Microsecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
	}
	child := startChild(t, url, filepath.Join(dir, "s"), &log)
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	var counts map[string]int64
	for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if counts = stateOf(t, url); platform.Waiting() == 0 && counts["open"] == 0 {
			break
		}
	}
	if platform.Waiting() != 0 || counts["open"] != 0 || counts["dead"] != 0 {
		t.Errorf("at the end %d messages wait outside, and inside %v", platform.Waiting(), counts)
	}
	// Whoever was forgotten was told so. There are more ways to ask for it than to type it: “my data”, “1” and “1” do too, and
	// while much waits, what a number means depends on which answer came last.
	said, forgotten := map[string]int{}, map[bot.UserID]bool{}
	for _, p := range platform.Said() {
		said[p.Key]++
		if said[p.Key] > 1 {
			t.Errorf("%s was said %d times", p.Key, said[p.Key])
		}
		if strings.HasPrefix(p.Reply.Plain(), toldForgotten) {
			forgotten[speakers[strings.TrimSuffix(p.Key, "/private")]] = true
		}
	}
	// What waits for somebody who wants to be forgotten is skipped, and a change of a message of which it is not known whether it was
	// said; nothing else.
	skipped := map[string]bool{}
	for _, key := range skippedOf(t, url) {
		skipped[key] = true
		who, reply := speakers[strings.TrimSuffix(key, "/private")]
		if strings.Contains(key, "/answered/") {
			continue
		}
		if reply && !forgotten[who] || len(forgotten) == 0 {
			t.Errorf("%s was skipped, and nobody asked for it", key)
		}
	}
	acked := platform.Acked()
	for _, id := range acked {
		key := "reply/" + bot.Message{ID: id, Where: bot.Address{Network: "net"}}.Key()
		if said[key] == 0 && !skipped[key] {
			t.Errorf("%s was acknowledged, and never answered", id)
		}
	}
	// Whatever is begun again and again, and never ended, is suspect. That may meet an innocent one.
	if limit := int64(fed / 50); counts["aside"] > limit {
		t.Errorf("%d of %d messages were set aside", counts["aside"], fed)
	}
	if len(acked) != fed {
		t.Errorf("of %d messages %d were acknowledged", fed, len(acked))
	}
	if err := platform.Wrong(); err != nil {
		t.Error(err)
	}
	if t.Failed() {
		t.Log(log.String())
	}
	t.Logf("%d kills, %d messages, %d posts; at the end %v", kills, fed, len(platform.Said()), counts)
}

func startChild(t testing.TB, url, socket string, log io.Writer) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0], "serve", "--database", url, "--health", "-", "--log-level", "error", "--lease", "200ms")
	child.Env = append(os.Environ(), childSocket+"="+socket, "GINNEL_DATABASE=")
	child.Stderr = log
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	return child
}

const (
	forgetForGood = "forget me for good"
	toldForgotten = "Done. I keep nothing about you any more."
)

// killMessage is what one of many people says, in one of many rooms.
func killMessage(n int, random *rand.Rand) bot.Message {
	who := bot.UserID(fmt.Sprint("u", random.IntN(8)))
	m := bot.Message{
		ID: bot.MessageID(fmt.Sprint("m", n)), Kind: bot.Said, From: bot.Speaker{Network: "net", ID: who, Name: string(who)},
		ToUs: true, At: time.Now(),
	}
	m.Where = bot.Private(m.From)
	if random.IntN(3) == 0 {
		m.Where = bot.Address{Network: "net", Room: bot.RoomID(fmt.Sprint("room", random.IntN(3)))}
	}
	thing := []string{"a hall", "a van", "bookkeeping", "chess lessons", "a steam organ"}[random.IntN(5)]
	m.Text = []string{
		"we are Group of " + string(who) + ", QX1", "list us as “Group of " + string(who) + "”, “QX1”",
		"we can offer " + thing, "we need " + thing, "who can help with " + thing + "?", "gone " + thing, "still true",
		"what do we offer?", "sorted", "we are full until 1 March 2030", "we have room again", "my data", "1", "yes",
		"help", "blah <!channel> \u202e blah",
	}[random.IntN(16)]
	if n%97 == 0 {
		m.Text = forgetForGood
	}
	return m
}

// stateOf looks into the database from outside: how many rows stand in which state.
func stateOf(t *testing.T, url string) map[string]int64 {
	t.Helper()
	db := fromOutside(t, url)
	defer db.Close()
	counts := map[string]int64{}
	for _, query := range []string{
		`select 'open' as state, count(*) as n from message where state = 'open' and kind <> 'due'`,
		`select 'aside' as state, count(*) as n from message where state = 'aside'`,
		// What is to be said another week is not open yet.
		fmt.Sprintf(`select case when done > 0 then state when not_before > %d then 'later' else 'open' end as state, count(*) as n from post group by 1`, time.Now().UnixMilli()),
	} {
		var rows []struct {
			State string
			N     int64
		}
		if err := db.Select(&rows, query); err != nil {
			return map[string]int64{"open": -1} // not there yet
		}
		for _, r := range rows {
			counts[r.State] += r.N
		}
	}
	if db.DriverName() == "sqlite" && counts["open"] == 0 {
		var sound string
		if err := db.Get(&sound, `pragma integrity_check`); err != nil || sound != "ok" {
			t.Errorf("the database is damaged: %s %v", sound, err)
		}
	}
	return counts
}

// skippedOf tells the keys of the posts that were skipped.
func skippedOf(t *testing.T, url string) (keys []string) {
	t.Helper()
	db := fromOutside(t, url)
	defer db.Close()
	if err := db.Select(&keys, `select key from post where state = 'skipped'`); err != nil {
		t.Fatal(err)
	}
	return keys
}

func fromOutside(t *testing.T, url string) *sqlx.DB {
	t.Helper()
	driver, name := "pgx", url
	if !strings.HasPrefix(url, "postgres") {
		driver, name = "sqlite", "file:"+url+"?_pragma=busy_timeout(10000)&_pragma=query_only(1)"
	}
	db, err := sqlx.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestToldForgotten keeps the words by which TestKill knows who was forgotten.
func TestToldForgotten(t *testing.T) {
	k := newConversation(t, storagetest.SQLite(t))
	k.say("Amina", "", true, forgetForGood)
	if heard := k.settle(); !strings.Contains(heard, toldForgotten) {
		t.Errorf("whoever was forgotten is told %q", heard)
	}
}
