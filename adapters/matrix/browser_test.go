//go:build goolm

package matrix_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix"
	"ginnel/adapters/matrix/homeserver"
	"ginnel/bot"
)

// An office stands before a homeserver and lets people in as modern ones do: by OAuth's device grant, with access tokens that end and
// are renewed, or by a page that hands out a token. Behind it everybody is signed in by password.
type office struct {
	s     *homeserver.Server
	front *proxy
	who   string // is signed in on the page

	oauth, sso bool
	closed     bool     // registers no program
	polls      []string // what is answered to each question whether it was confirmed; the last again and again
	lasts      int      // seconds, of an access token: the library renews it ten before its end

	mu      sync.Mutex
	device  string
	real    string // the homeserver's own token
	access  string
	refresh string
	renewed int
	revoked int
}

func newOffice(t *testing.T, s *homeserver.Server, who string) *office {
	f := &office{s: s, who: who, lasts: 10, polls: []string{"authorization_pending", ""}}
	f.front = newProxy(t, s, func(_ int64, w http.ResponseWriter, r *http.Request, next http.Handler) bool { return f.serve(w, r) })
	return f
}

func answer(w http.ResponseWriter, status int, what any) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what)
	return true
}

// serve answers what the homeserver behind cannot. It is false for the rest.
func (f *office) serve(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	type list = []map[string]string
	switch path := r.URL.Path; {
	case path == "/_matrix/client/v1/auth_metadata" && f.oauth:
		at := f.front.URL + "/oauth/"
		return answer(w, 200, map[string]any{
			"issuer": f.front.URL, "registration_endpoint": at + "register", "device_authorization_endpoint": at + "device", "token_endpoint": at + "token",
			"revocation_endpoint": at + "revoke", "grant_types_supported": []string{"refresh_token", "urn:ietf:params:oauth:grant-type:device_code"},
		})
	case path == "/_matrix/client/v3/login" && r.Method == http.MethodGet:
		var flows list
		if f.sso {
			flows = list{{"type": "m.login.sso"}, {"type": "m.login.token"}}
		}
		return answer(w, 200, map[string]any{"flows": flows})
	case path == "/_matrix/client/v3/login":
		var body struct{ Type, Token string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		if body.Type != "m.login.token" || body.Token != "good" {
			return answer(w, 403, map[string]string{"errcode": "M_FORBIDDEN", "error": "Invalid login token"})
		}
		got := f.signIn("")
		return answer(w, 200, map[string]string{"user_id": f.who, "device_id": f.device, "access_token": got})
	case path == "/oauth/register":
		if f.closed {
			return answer(w, 403, map[string]string{"error": "access_denied"})
		}
		return answer(w, 200, map[string]string{"client_id": "program"})
	case path == "/oauth/device":
		_, device, _ := strings.Cut(r.FormValue("scope"), "urn:matrix:client:device:")
		f.device = device
		return answer(w, 200, map[string]any{"device_code": "code", "user_code": "WXYZ", "verification_uri": f.front.URL + "/page", "interval": 1, "expires_in": 60})
	case path == "/oauth/token":
		return f.token(w, r)
	case path == "/oauth/revoke":
		f.revoked++
		return answer(w, 200, map[string]string{})
	}
	if token, ours := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer short-"); ours {
		if "short-"+token != f.access {
			return answer(w, 401, map[string]any{"errcode": "M_UNKNOWN_TOKEN", "error": "Token is not active", "soft_logout": true})
		}
		r.Header.Set("Authorization", "Bearer "+f.real)
	}
	return false
}

// signIn signs in behind the office.
func (f *office) signIn(device string) string {
	client, err := mautrix.NewClient(f.s.URL, "", "")
	if err != nil {
		return ""
	}
	got, err := client.Login(context.Background(), &mautrix.ReqLogin{
		Type: mautrix.AuthTypePassword, Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: f.who},
		Password: homeserver.Password, DeviceID: id.DeviceID(device),
	})
	if err != nil {
		return ""
	}
	f.device = string(got.DeviceID)
	return got.AccessToken
}

func (f *office) token(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.FormValue("client_id") != "program":
		return answer(w, 401, map[string]string{"error": "invalid_client"})
	case r.FormValue("grant_type") == "refresh_token":
		if r.FormValue("refresh_token") != f.refresh || f.refresh == "" {
			return answer(w, 400, map[string]string{"error": "invalid_grant"})
		}
		f.renewed++
	default:
		outcome := f.polls[0]
		if len(f.polls) > 1 {
			f.polls = f.polls[1:]
		}
		if outcome != "" {
			return answer(w, 400, map[string]string{"error": outcome})
		}
		f.real = f.signIn(f.device)
	}
	f.access, f.refresh = fmt.Sprint("short-", f.renewed), fmt.Sprint("again-", f.renewed)
	return answer(w, 200, map[string]any{"access_token": f.access, "refresh_token": f.refresh, "token_type": "Bearer", "expires_in": f.lasts})
}

// on has an adapter use an office instead of the homeserver, with somebody before the browser.
func (f *office) on(a *account, b *matrix.Browser) {
	a.with = func(o *matrix.Options) { o.Homeserver, o.Password, o.Browser = f.front.URL, "", b }
}

// TestSignedInOnAPage: confirmed on a page the bot runs with tokens that end, renews them, and needs nobody when it is started again.
func TestSignedInOnAPage(t *testing.T) {
	s := homeserver.For(t)
	a := newAccount(t, s)
	f := newOffice(t, s, a.user)
	f.oauth = true
	shown := ""
	f.on(a, &matrix.Browser{Confirm: func(address, code string) { shown = address + " " + code }})
	m := a.open()
	if password, page, err := m.Ways(t.Context()); password || !page || err != nil {
		t.Errorf("ways in: by password %v, on a page %v, %v", password, page, err)
	}
	if err := m.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := f.front.URL + "/page WXYZ"; shown != want {
		t.Errorf("shown was %q, want %q", shown, want)
	}
	f.on(a, nil) // nobody is there any more
	amina := s.Person(t, "amina")
	private := bot.Address{People: []bot.UserID{bot.UserID(amina.ID)}}
	for n := range 2 {
		r := a.run()
		private.Network = r.Network()
		text := fmt.Sprint("hello ", n)
		r.say(text, private, text)
		if h := amina.WaitFor(t, text); !h.Encrypted {
			t.Error("it was not encrypted")
		}
		amina.Say(t, amina.WaitFor(t, text).Room, fmt.Sprint("thanks ", n))
		r.hears(fmt.Sprint("thanks ", n))
		r.stop()
	}
	f.mu.Lock()
	renewed := f.renewed
	f.refresh = "" // as when an administrator signs it out
	f.mu.Unlock()
	if renewed < 2 {
		t.Errorf("the token was renewed %d times", renewed)
	}
	if err := a.open().SignIn(t.Context()); err == nil || !strings.Contains(err.Error(), "sign in again with ginnel matrix login") {
		t.Errorf("signed out elsewhere it says %v", err)
	}
	f.on(a, &matrix.Browser{Confirm: func(string, string) { shown = "again" }})
	if err := a.open().SignIn(t.Context()); err != nil || shown != "again" {
		t.Errorf("signing in on the page again: %v, shown %s", err, shown)
	}
	if err := a.open().Forget(t.Context()); err != nil || f.revoked == 0 {
		t.Errorf("the session was ended %d times, %v", f.revoked, err)
	}
}

// TestSignedInByAPastedAddress: where there is no device grant, the page that everybody signs in on will do.
func TestSignedInByAPastedAddress(t *testing.T) {
	s := homeserver.For(t)
	a := newAccount(t, s)
	f := newOffice(t, s, a.user)
	f.sso = true
	page := ""
	f.on(a, &matrix.Browser{Paste: func(_ context.Context, address string) (string, error) {
		page = address
		return " https://ginnel.invalid/?loginToken=good\n", nil
	}})
	if err := a.open().SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(page, f.front.URL+"/_matrix/client/v3/login/sso/redirect?redirectUrl=") {
		t.Errorf("the page is %s", page)
	}
	f.on(a, nil)
	a.run()
}

// Whatever goes wrong on a page, one sentence says what, and what to do.
func TestWhatGoesWrongOnAPage(t *testing.T) {
	s := homeserver.For(t)
	other, err := s.Register(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	pasted := func(address string) *matrix.Browser {
		return &matrix.Browser{
			Confirm: func(string, string) {}, Paste: func(context.Context, string) (string, error) { return address, nil },
		}
	}
	for _, c := range []struct {
		name, says string
		set        func(*office)
		b          *matrix.Browser
	}{
		{"no way in", "lets nobody in by password, nor on a page", func(f *office) {}, pasted("")},
		{"no programs", "lets no program register itself", func(f *office) { f.oauth, f.closed = true, true }, pasted("")},
		{"refused", "somebody said no", func(f *office) { f.oauth, f.polls = true, []string{"access_denied"} }, pasted("")},
		{"too late", "in time", func(f *office) { f.oauth, f.polls = true, []string{"authorization_pending", "expired_token"} }, pasted("")},
		{"another account", "another account was signed in than", func(f *office) { f.oauth, f.who = true, other }, pasted("")},
		{"not the address", "That is not the address", func(f *office) { f.sso = true }, pasted("https://ginnel.invalid/")},
		{"an old token", "it is good once", func(f *office) { f.sso = true }, pasted("https://ginnel.invalid/?loginToken=old")},
		{"nobody there", "run ginnel matrix login", func(f *office) { f.oauth = true }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAccount(t, s)
			f := newOffice(t, s, a.user)
			c.set(f)
			f.on(a, c.b)
			if err := a.open().SignIn(t.Context()); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v, want %q", err, c.says)
			}
			if got := a.keep.get("session"); got != "" {
				t.Error("it remembers to be signed in")
			}
		})
	}
}

// The address of a homeserver is where its server says, which is often another than the name behind the colon.
func TestTheHomeserverIsLookedUp(t *testing.T) {
	said := `{"m.homeserver": {"base_url": "https://matrix.example.org/"}}`
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/matrix/client" || said == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(said))
	}))
	defer s.Close()
	user := "@ginnel:" + s.Listener.Addr().String()
	if got := matrix.Discover(t.Context(), s.Client(), user); got != "https://matrix.example.org" {
		t.Errorf("it is at %q", got)
	}
	for _, said = range []string{"", "{", `{"m.homeserver": {}}`} {
		if got := matrix.Discover(t.Context(), s.Client(), user); got != "" {
			t.Errorf("of %q it is at %q", said, got)
		}
	}
	if got := matrix.Discover(t.Context(), s.Client(), "nobody"); got != "" {
		t.Errorf("nobody is at %q", got)
	}
}
