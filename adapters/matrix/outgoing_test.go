//go:build goolm

package matrix_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

func inviting(u id.UserID) *mautrix.ReqInviteUser { return &mautrix.ReqInviteUser{UserID: u} }

// TestAPostIsReadByWhomItIsFor: in a private chat that the bot opens, in a room that it opens for two, edited, with a picture.
func TestAPostIsReadByWhomItIsFor(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	r := a.run()
	amina, tom := s.Person(t, "amina"), s.Person(t, "tom")
	private := bot.Address{Network: r.Network(), People: []bot.UserID{bot.UserID(amina.ID)}}

	first := r.say("first", private, "hello Amina")
	h := amina.WaitFor(t, "hello Amina")
	if !h.Encrypted || h.Content.MsgType != event.MsgNotice || h.Content.Mentions == nil {
		t.Errorf("she reads %+v, encrypted %v", h.Content, h.Encrypted)
	}
	if err := r.Edit(t.Context(), first, bot.Post{Key: "second", Where: private, Reply: bot.Lines(bot.Text("hello again"))}); err != nil {
		t.Fatal(err)
	}
	edit := amina.Wait(t, "waits for the edit", func(h homeserver.Heard) bool { return h.Content != nil && h.Content.NewContent != nil })
	if _, e := split(first); edit.Content.NewContent.Body != "hello again" || edit.Content.RelatesTo.GetReplaceID() != e {
		t.Errorf("the edit reads %+v", edit.Content)
	}
	if err := r.Edit(t.Context(), "!nowhere:localtest/$nothing", bot.Post{Key: "third", Where: private, Reply: bot.Lines(bot.Text("x"))}); err != bot.ErrCannotEdit {
		t.Errorf("to edit what is not there: %v", err)
	}

	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	_, err := r.Send(t.Context(), bot.Post{Key: "picture", Where: private, Reply: bot.Reply{{Picture: &bot.Picture{Text: "three by two", Name: "net.png", Data: data.Bytes()}}}})
	if err != nil {
		t.Fatal(err)
	}
	pic := amina.WaitFor(t, "three by two")
	if pic.Content.MsgType != event.MsgImage || pic.Content.File == nil || pic.Content.Info.Width != 3 {
		t.Fatalf("the picture is %+v", pic.Content)
	}
	uri, err := pic.Content.File.URL.Parse()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := amina.Client.DownloadBytes(t.Context(), uri)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(sealed, data.Bytes()) {
		t.Error("the picture lies open on the homeserver")
	}
	if err := pic.Content.File.PrepareForDecryption(); err != nil {
		t.Fatal(err)
	}
	if err := pic.Content.File.DecryptInPlace(sealed); err != nil || !bytes.Equal(sealed, data.Bytes()) {
		t.Errorf("the picture cannot be read: %v", err)
	}

	people := []bot.UserID{bot.UserID(amina.ID), bot.UserID(tom.ID)}
	room, err := r.Room(t.Context(), "introduction/1", people, "Amina and Tom")
	if err != nil {
		t.Fatal(err)
	}
	where := bot.Address{Network: r.Network(), Room: room, People: people, Gather: "introduction/1"}
	r.say("met", where, "Amina, this is Tom")
	for _, p := range []*homeserver.Person{amina, tom} {
		h := p.WaitFor(t, "Amina, this is Tom")
		if !h.Encrypted || h.Room != id.RoomID(room) || len(h.Content.Mentions.UserIDs) != 2 {
			t.Errorf("%s reads %+v in %s, encrypted %v", p.ID, h.Content, h.Room, h.Encrypted)
		}
	}
}

// TestNothingLeavesInPlainText: whatever the bot says into a room that is encrypted, from the first word after it came, or
// from when the room was made so, is encrypted on the homeserver.
func TestNothingLeavesInPlainText(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	r := a.run()
	amina := s.Person(t, "amina")
	for i := range 5 {
		room := amina.Open(t, true, false, id.UserID(a.user))
		where := bot.Address{Network: r.Network(), Room: bot.RoomID(room)}
		// At the first moment at which it can.
		r.until("it says something", func() bool {
			_, err := r.Send(t.Context(), bot.Post{Key: fmt.Sprint("first", i), Where: where, Reply: bot.Lines(bot.Text(fmt.Sprint("welcome ", i)))})
			return err == nil
		})
		if h := amina.WaitFor(t, fmt.Sprint("welcome ", i)); !h.Encrypted {
			t.Error("it welcomed in plain text")
		}
	}
	late := amina.Open(t, false, false, id.UserID(a.user))
	amina.WaitJoined(t, late, id.UserID(a.user))
	where := bot.Address{Network: r.Network(), Room: bot.RoomID(late)}
	r.until("it says something", func() bool {
		_, err := r.Send(t.Context(), bot.Post{Key: "open", Where: where, Reply: bot.Lines(bot.Text("in the open"))})
		return err == nil
	})
	if h := amina.WaitFor(t, "in the open"); h.Encrypted {
		t.Error("an open room is encrypted")
	}
	if _, err := amina.Client.SendStateEvent(t.Context(), late, event.StateEncryption, "", &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}); err != nil {
		t.Fatal(err)
	}
	r.say("closed", where, "behind the door")
	if h := amina.WaitFor(t, "behind the door"); !h.Encrypted {
		t.Error("it went on in plain text after the room was encrypted")
	}
}

// A proxy stands between the bot and the homeserver. wrong is asked about each message that is sent.
type proxy struct {
	*httptest.Server
	sends atomic.Int64
}

func newProxy(t *testing.T, s *homeserver.Server, wrong func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) bool) *proxy {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	through := httputil.NewSingleHostReverseProxy(to)
	p := &proxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := int64(0)
		if strings.Contains(r.URL.Path, "/send/") {
			n = p.sends.Add(1)
		}
		if !wrong(n, w, r, through) {
			through.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// TestEachPostIsSaidOnce though the homeserver complains before, and fails after it has done what it was asked.
func TestEachPostIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	var armed atomic.Bool
	p := newProxy(t, s, func(n int64, w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if n == 0 || !armed.Load() {
			return false
		}
		switch n % 3 {
		case 0:
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"errcode":"M_LIMIT_EXCEEDED","error":"slowly","retry_after_ms":1234}`)
			return true
		case 1:
			next.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"errcode":"M_UNKNOWN","error":"oh"}`)
			return true
		}
		return false
	})
	a.with = func(o *matrix.Options) { o.Homeserver = p.URL }
	r := a.run()
	amina := s.Person(t, "amina")
	where := bot.Address{Network: r.Network(), People: []bot.UserID{bot.UserID(amina.ID)}}
	r.say("hello", where, "hello")
	amina.WaitFor(t, "hello")
	armed.Store(true)
	const n = 12
	unknown, waited := 0, 0
	for i := range n {
		post := bot.Post{Key: fmt.Sprint("post", i), Where: where, Reply: bot.Lines(bot.Text(fmt.Sprintf("number %d.", i)))}
		for said := false; !said; {
			_, err := r.Send(t.Context(), post)
			if err == nil {
				break
			}
			if e, known := bot.Outcome(err); known {
				if waited++; !e.Wait || e.After != 1234*time.Millisecond {
					t.Fatalf("it says %v, to wait for %v", e, e.After)
				}
				continue
			}
			unknown++
			post.Tried = time.Now().Add(-time.Minute)
			if _, said, err = r.Find(t.Context(), post); err != nil {
				t.Fatal(err)
			}
		}
	}
	if unknown == 0 || waited == 0 {
		t.Fatalf("%d outcomes were unknown, and %d times it was to wait", unknown, waited)
	}
	if pace := r.Pace(); pace.Network < time.Second || pace.AtOnce != 1 {
		t.Errorf("after complaints its pace is %+v", pace)
	}
	amina.WaitFor(t, fmt.Sprintf("number %d.", n-1))
	times := map[string]int{}
	for _, h := range amina.Heard() {
		times[h.Text()]++
	}
	for i := range n {
		if got := times[fmt.Sprintf("number %d.", i)]; got != 1 {
			t.Errorf("number %d was said %d times", i, got)
		}
	}
}
