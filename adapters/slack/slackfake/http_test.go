package slackfake

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

func dialer(w *World) *websocket.Dialer { return &websocket.Dialer{NetDialContext: w.Dial} }

// hooked posts to an address that is no method, and gives what comes back.
func hooked(t *testing.T, w *World, address, body string) string {
	t.Helper()
	res, err := w.HTTPClient().Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	return strings.TrimSpace(string(data))
}

// listen makes the app take deliveries over HTTP: it refuses what slack-go's verifier refuses, answers the challenge,
// and leaves the rest to the handler.
func listen(t *testing.T, w *World, handle http.HandlerFunc) {
	t.Helper()
	err := w.App().ListensWith(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		v, err := slack.NewSecretsVerifier(r.Header, w.App().SigningSecret)
		if err == nil {
			_, _ = v.Write(body)
			err = v.Ensure()
		}
		if err != nil {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		var challenge struct{ Type, Challenge string }
		if json.Unmarshal(body, &challenge) == nil && challenge.Type == "url_verification" {
			_, _ = io.WriteString(rw, challenge.Challenge)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		handle(rw, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
}

// TestSignature is Slack's own published example of a signature.
func TestSignature(t *testing.T) {
	vector := sample(t, "signature/vector.json")
	got := Sign(str(vector["signing_secret"]), str(vector["timestamp"]), []byte(str(vector["body"])))
	if got != vector["valid_signature"] {
		t.Errorf("%s for %v", got, vector)
	}
}

// TestHTTP is delivery over HTTP: signed so that slack-go believes it, tried again with its headers, not when the app
// asks for no more; and forgeries are refused.
func TestHTTP(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		var mu sync.Mutex
		var tries []string
		status, noRetry := http.StatusOK, ""
		set := func(s int, no string) {
			mu.Lock()
			defer mu.Unlock()
			status, noRetry, tries = s, no, nil
		}
		listen(t, w, func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			tries = append(tries, r.Header.Get("X-Slack-Retry-Num")+r.Header.Get("X-Slack-Retry-Reason"))
			if noRetry != "" {
				rw.Header().Set("X-Slack-No-Retry", noRetry)
			}
			rw.WriteHeader(status)
		})
		amina := w.Person("Amina")
		seen := func(want string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if got := strings.Join(tries, " "); got != want {
				t.Errorf("tries %q, not %q", got, want)
			}
		}
		amina.Writes("hello")
		seen("")
		set(http.StatusInternalServerError, "")
		amina.Writes("hello")
		time.Sleep(time.Hour)
		seen(" 1http_error 2http_error 3http_error")
		set(http.StatusInternalServerError, "1")
		amina.Writes("hello")
		time.Sleep(time.Hour)
		seen("")
		for how, want := range map[Forgery]int{Genuine: 500, WrongSecret: 401, Stale: 401, FromFuture: 401, Unsigned: 401} {
			if got := w.App().Forges(how, `{"type":"event_callback"}`); got != want {
				t.Errorf("forgery %d was answered with %d", how, got)
			}
		}
	})
}
