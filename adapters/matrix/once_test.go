//go:build goolm

package matrix_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

// TestEachPostIsSeenOnce: eight say posts at once, in the open and in secret, while the homeserver complains of haste, fails
// or falls silent after it has done what it was asked, and twice wants the bot to sign in anew, which makes it forget which
// messages it was given.
func TestEachPostIsSeenOnce(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	var (
		armed                                atomic.Bool
		complained, failed, silent, signedIn atomic.Int64
		expired                              sync.Map // tokens
	)
	const expires = 60 // after so many messages, counted as they are sent
	p := newProxy(t, s, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		token := r.Header.Get("Authorization")
		if n > 0 && n%expires == 0 && armed.Load() && signedIn.Load() < 2 {
			signedIn.Add(1)
			expired.Store(token, true)
		}
		if _, out := expired.Load(token); out && !strings.HasSuffix(r.URL.Path, "/login") {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN_TOKEN","error":"expired","soft_logout":true}`)
			return true
		}
		if n == 0 || !armed.Load() {
			return false
		}
		switch n % 7 {
		case 0, 3:
			complained.Add(1)
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"errcode":"M_LIMIT_EXCEEDED","error":"slowly","retry_after_ms":20}`)
		case 1:
			failed.Add(1)
			next.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN","error":"oh"}`)
		case 5:
			silent.Add(1)
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			return false
		}
		return true
	})
	a.with = func(o *matrix.Options) { o.Homeserver = p.URL }
	r := a.runAlways()
	amina, tom := s.Person(t, "amina"), s.Person(t, "tom")
	where := []bot.Address{
		{Network: r.Network(), People: []bot.UserID{bot.UserID(amina.ID)}},
		{Network: r.Network(), People: []bot.UserID{bot.UserID(tom.ID)}},
	}
	for _, encrypted := range []bool{false, true} {
		hall := amina.Open(t, encrypted, false, id.UserID(a.user))
		amina.WaitJoined(t, hall, id.UserID(a.user))
		where = append(where, bot.Address{Network: r.Network(), Room: bot.RoomID(hall)})
	}
	for i, w := range where {
		insist(t, r, bot.Post{Key: fmt.Sprint("first/", i), Where: w, Reply: bot.Lines(bot.Text("hello"))})
	}
	armed.Store(true)
	const senders, each = 8, 20
	var all sync.WaitGroup
	for sender := range senders {
		all.Go(func() {
			for i := range each {
				insist(t, r, bot.Post{
					Key: fmt.Sprint("post/", sender, "/", i), Where: where[(sender+i)%len(where)],
					Reply: bot.Lines(bot.Text(word(sender, i))),
				})
			}
		})
	}
	all.Wait()
	armed.Store(false)
	t.Logf("%d complaints, %d failures and %d silences after it was done, %d times signed out", complained.Load(), failed.Load(), silent.Load(), signedIn.Load())
	if complained.Load() == 0 || failed.Load() == 0 || silent.Load() == 0 || signedIn.Load() != 2 {
		t.Error("not everything went wrong that should have")
	}
	for i, w := range where {
		insist(t, r, bot.Post{Key: fmt.Sprint("last/", i), Where: w, Reply: bot.Lines(bot.Text(fmt.Sprint("the end of ", i)))})
	}
	for i := range where {
		p := amina
		if i == 1 {
			p = tom
		}
		p.WaitFor(t, fmt.Sprint("the end of ", i))
	}
	times := map[string]int{}
	for _, p := range []*homeserver.Person{amina, tom} {
		if n := p.Unreadable(); n > 0 {
			t.Errorf("%s cannot read %d messages", p.ID, n)
		}
		for _, h := range p.Heard() {
			times[h.Text()]++
		}
	}
	for sender := range senders {
		for i := range each {
			if got := times[word(sender, i)]; got != 1 {
				t.Errorf("%q was seen %d times", word(sender, i), got)
			}
		}
	}
}

func word(sender, i int) string { return fmt.Sprintf("number %d of %d.", i, sender) }

// insist says a post as the outbox does: it waits when it is told to, and looks before it says anything again.
func insist(t *testing.T, r *running, p bot.Post) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		_, err := r.Send(context.Background(), p)
		if err == nil {
			return
		}
		send, known := bot.Outcome(err)
		if known && send.Final {
			t.Errorf("%s: %v", p.Key, err)
			return
		}
		if known {
			time.Sleep(min(send.After, 50*time.Millisecond) + 5*time.Millisecond)
			continue
		}
		for p.Tried = time.Now().Add(-time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			_, found, err := r.Find(context.Background(), p)
			if found {
				return
			}
			if err == nil {
				break
			}
		}
	}
	t.Errorf("%s was not said in time", p.Key)
}
