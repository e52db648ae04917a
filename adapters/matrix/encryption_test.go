//go:build goolm

package matrix_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

// converse has somebody say something to the bot in a private chat of theirs, and read an answer.
func converse(t *testing.T, r *running, p *homeserver.Person, chat id.RoomID, word string) {
	t.Helper()
	p.Say(t, chat, "ask "+word)
	m := r.hears("ask " + word)
	r.say("answer "+word, m.Where, "answer "+word)
	if h := p.WaitFor(t, "answer "+word); !h.Encrypted {
		t.Errorf("the answer %s came in plain text", word)
	}
}

// chatting has the bot run and somebody talk to it.
func chatting(t *testing.T, a *account) (*running, *homeserver.Person, id.RoomID) {
	t.Helper()
	r := a.run()
	amina := a.s.Person(t, "amina")
	chat := amina.Open(t, true, true, id.UserID(a.user))
	amina.WaitJoined(t, chat, id.UserID(a.user))
	converse(t, r, amina, chat, "one")
	return r, amina, chat
}

func findings(t *testing.T, m *matrix.Matrix) (bad []string) {
	t.Helper()
	for _, c := range m.Checks() {
		if f := c.Run(t.Context()); f.State != bot.Well {
			bad = append(bad, c.Name+": "+f.Says+" "+f.Cure)
		}
	}
	return bad
}

// TestTheDeviceIsSigned: others trust the device, and the recovery key that was shown signs the next one.
func TestTheDeviceIsSigned(t *testing.T) {
	t.Parallel()
	s := homeserver.For(t)
	a := newAccount(t, s)
	var shown []string
	a.with = func(o *matrix.Options) { o.Shown = func(key string) { shown = append(shown, key) } }
	r, amina, chat := chatting(t, a)
	if len(shown) != 1 {
		t.Fatalf("a recovery key was shown %d times", len(shown))
	}
	if bad := findings(t, r.Matrix); bad != nil {
		t.Errorf("the doctor finds %q", bad)
	}
	r.stop()
	// The machine is lost, with everything on it but the recovery key on paper.
	a.path, a.keep = a.path+".new", newKeep()
	a.with = func(o *matrix.Options) {
		o.RecoveryKey = shown[0]
		o.Shown = func(string) { t.Error("another recovery key was made") }
	}
	r = a.run()
	if bad := findings(t, r.Matrix); bad != nil {
		t.Errorf("after the loss the doctor finds %q", bad)
	}
	converse(t, r, amina, chat, "after the loss")
}

// TestDeaf is every way in which bots are known to go deaf in silence.
func TestDeaf(t *testing.T) {
	t.Parallel()
	t.Run("the device vanishes", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r, amina, chat := chatting(t, a)
		admin := a.s.SignIn(t, a.user)
		devices, err := admin.Client.GetDevicesInfo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range devices.Devices {
			if d.DeviceID == admin.Client.DeviceID {
				continue
			}
			err := admin.Client.DeleteDevice(t.Context(), d.DeviceID, &mautrix.ReqDeleteDevice[any]{Auth: map[string]any{
				"type": "m.login.password", "password": homeserver.Password, "session": session(t, admin, d.DeviceID),
				"identifier": map[string]string{"type": "m.id.user", "user": a.user},
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		r.until("it knows that it is deaf", func() bool { return r.Ready() != nil })
		r.stop()
		r = a.run()
		converse(t, r, amina, chat, "as a new device")
		if bad := findings(t, r.Matrix); bad != nil {
			t.Errorf("the doctor finds %q", bad)
		}
	})
	t.Run("the keys with which others begin are used up", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r, amina, chat := chatting(t, a)
		device := deviceOf(t, a, amina)
		const most = 200
		for range most {
			got, err := amina.Client.ClaimKeys(t.Context(), &mautrix.ReqClaimKeys{OneTimeKeys: mautrix.OneTimeKeysRequest{
				id.UserID(a.user): {device: id.KeyAlgorithmSignedCurve25519},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.OneTimeKeys[id.UserID(a.user)][device]) == 0 {
				break
			}
		}
		converse(t, r, amina, chat, "by the old way")
		tom := a.s.Person(t, "tom")
		new := tom.Open(t, true, true, id.UserID(a.user))
		tom.WaitJoined(t, new, id.UserID(a.user))
		converse(t, r, tom, new, "by a new way")
	})
	t.Run("a key is never shared", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r := a.run()
		amina := a.s.Person(t, "amina")
		chat := amina.Open(t, true, true, id.UserID(a.user))
		amina.WaitJoined(t, chat, id.UserID(a.user))
		amina.KeepKeys(true)
		amina.Say(t, chat, "nobody reads this")
		began := time.Now()
		var told bot.Message
		for told.Kind == "" && time.Since(began) < time.Minute {
			for _, m := range r.all() {
				if m.Kind == bot.Unread {
					told = m
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		if told.For != bot.Undecryptable || !told.Where.IsPrivate() || told.From.ID != bot.UserID(amina.ID) {
			t.Fatalf("after %v the core was told %+v", time.Since(began), told)
		}
		if r.Counts()["matrix_unreadable"] != 1 {
			t.Errorf("it counts %v", r.Counts())
		}
		amina.KeepKeys(false)
		if err := amina.Mach.CryptoStore.RemoveOutboundGroupSession(t.Context(), chat); err != nil {
			t.Fatal(err)
		}
		converse(t, r, amina, chat, "once more")
	})
	t.Run("the database is an old copy", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r, amina, chat := chatting(t, a)
		r.stop()
		copied, kept := a.copy()
		r = a.run()
		for i := range 3 {
			converse(t, r, amina, chat, fmt.Sprint("later ", i))
		}
		tom := a.s.Person(t, "tom")
		his := tom.Open(t, true, true, id.UserID(a.user))
		tom.WaitJoined(t, his, id.UserID(a.user))
		converse(t, r, tom, his, "unknown to the copy")
		r.stop()
		a.path, a.keep = copied, kept
		r = a.run()
		// What was said to the newer one comes again, and cannot all be read; who speaks now is understood.
		for i, p := range []struct {
			*homeserver.Person
			room id.RoomID
		}{{amina, chat}, {tom, his}} {
			said := fmt.Sprint("to the copy ", i)
			for try := 0; !heard(r, said); try++ {
				if try == 5 {
					t.Fatalf("it stays deaf to %s", p.ID)
				}
				if err := p.Mach.CryptoStore.RemoveOutboundGroupSession(t.Context(), p.room); err != nil {
					t.Fatal(err)
				}
				p.Say(t, p.room, said)
				for end := time.Now().Add(3 * time.Second); !heard(r, said) && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
				}
			}
			r.say(said, bot.Address{Network: r.Network(), People: []bot.UserID{bot.UserID(p.ID)}}, "answer "+said)
			p.WaitFor(t, "answer "+said)
		}
	})
	t.Run("the loop ends", func(t *testing.T) {
		t.Parallel()
		s := homeserver.For(t)
		a := newAccount(t, s)
		var down atomic.Bool
		p := newProxy(t, s, func(_ int64, w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
			if down.Load() {
				w.WriteHeader(http.StatusBadGateway)
			}
			return down.Load()
		})
		now := atomic.Int64{}
		a.with = func(o *matrix.Options) {
			o.Homeserver = p.URL
			o.Now = func() time.Time { return time.Now().Add(time.Duration(now.Load())) }
		}
		r, amina, chat := chatting(t, a)
		down.Store(true)
		amina.Say(t, chat, "this has the bot ask again, in vain")
		now.Store(int64(time.Minute + time.Second))
		r.until("it knows that it is deaf", func() bool { return r.Ready() != nil })
		down.Store(false)
		r.until("it hears again", func() bool { return r.Ready() == nil })
		converse(t, r, amina, chat, "again")
	})
	t.Run("somebody leaves", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r, amina, tom, hall := together(t, a, true)
		where := bot.Address{Network: r.Network(), Room: bot.RoomID(hall)}
		amina.Say(t, hall, "are we all here?")
		r.hears("are we all here?")
		r.say("all", where, "all together")
		amina.WaitFor(t, "all together")
		tom.WaitFor(t, "all together")
		if _, err := tom.Client.LeaveRoom(t.Context(), hall); err != nil {
			t.Fatal(err)
		}
		amina.Say(t, hall, "he left")
		r.hears("he left")
		r.say("two", where, "we two")
		if h := amina.WaitFor(t, "we two"); !h.Encrypted {
			t.Error("it came in plain text")
		}
	})
	t.Run("a second device comes late", func(t *testing.T) {
		t.Parallel()
		a := newAccount(t, homeserver.For(t))
		r, amina, chat := chatting(t, a)
		phone := a.s.SignIn(t, string(amina.ID))
		if err := phone.Know(t.Context(), chat); err != nil {
			t.Fatal(err)
		}
		amina.Say(t, chat, "from the first device")
		r.hears("from the first device")
		r.say("both", bot.Address{Network: r.Network(), People: []bot.UserID{bot.UserID(amina.ID)}}, "to both devices")
		amina.WaitFor(t, "to both devices")
		phone.WaitFor(t, "to both devices")
		converse(t, r, phone, chat, "from the phone")
	})
}

func heard(r *running, text string) bool {
	for _, m := range r.all() {
		if m.Text == text {
			return true
		}
	}
	return false
}

// copy is a backup of all that the adapter remembers.
func (a *account) copy() (path string, k *keep) {
	a.t.Helper()
	path = a.path + ".copy"
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(a.path + end)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			a.t.Fatal(err)
		}
		if err := os.WriteFile(path+end, data, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	k = newKeep()
	a.keep.mu.Lock()
	defer a.keep.mu.Unlock()
	k.all = maps.Clone(a.keep.all)
	return path, k
}

func deviceOf(t *testing.T, a *account, p *homeserver.Person) id.DeviceID {
	t.Helper()
	got, err := p.Client.QueryKeys(t.Context(), &mautrix.ReqQueryKeys{DeviceKeys: map[id.UserID]mautrix.DeviceIDList{id.UserID(a.user): {}}})
	if err != nil {
		t.Fatal(err)
	}
	for d := range got.DeviceKeys[id.UserID(a.user)] {
		return d
	}
	t.Fatal("it has no device")
	return ""
}

// session is what the homeserver wants named when it asks for the password.
func session(t *testing.T, p *homeserver.Person, d id.DeviceID) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, p.Client.BuildClientURL("v3", "devices", d), strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.Client.AccessToken)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var asks struct{ Session string }
	if err := json.NewDecoder(answer.Body).Decode(&asks); err != nil || asks.Session == "" {
		t.Fatalf("it does not ask for the password: %s, %v", answer.Status, err)
	}
	return asks.Session
}
