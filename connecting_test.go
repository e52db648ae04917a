package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/failure"
	"ginnel/storage"
)

// door stands before a local Slack, and can be shut.
func door(t *testing.T, w *slackfake.World) (address string, open *atomic.Bool) {
	to, err := url.Parse(w.URL())
	if err != nil {
		t.Fatal(err)
	}
	open = &atomic.Bool{}
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host}) }}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !open.Load() {
			http.Error(rw, "<html>down</html>", http.StatusServiceUnavailable)
			return
		}
		through.ServeHTTP(rw, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/api/", open
}

// TestSlackIsDownAtStart is that a Slack which does not answer when the bot is started for the first time ends nothing: /readyz says
// so, and the bot is there once Slack is.
func TestSlackIsDownAtStart(t *testing.T) {
	w := slackfake.New(t)
	address, open := door(t, w)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	health := free.Addr().String()
	free.Close()
	log := &lockedBuffer{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{
			"serve", "--database", filepath.Join(t.TempDir(), "ginnel.db"), "--health", health, "--slack-api-url", address,
			"--slack-bot-token", w.App().BotToken, "--slack-app-token", w.App().AppToken,
		}, strings.NewReader(""), io.Discard, log)
	}()
	ready := func() (int, string) {
		answer, err := http.Get("http://" + health + "/readyz")
		if err != nil {
			return 0, ""
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(body)
	}
	awaitThat(t, func() bool {
		code, said := ready()
		return code == http.StatusServiceUnavailable && strings.Contains(said, "not connected since")
	})
	open.Store(true)
	awaitThat(t, func() bool { code, _ := ready(); return code == http.StatusOK })
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("it ended with %d: %s", code, log)
	}
}

// TestWrongToken is that a token which Slack does not know ends the start with one plain sentence.
func TestWrongToken(t *testing.T) {
	w := slackfake.New(t)
	var errs strings.Builder
	code := run(t.Context(), []string{
		"serve", "--database", filepath.Join(t.TempDir(), "ginnel.db"), "--health", "-", "--log-level", "error", "--slack-api-url", w.URL(),
		"--slack-bot-token", "xoxb-nobody", "--slack-app-token", w.App().AppToken,
	}, strings.NewReader(""), io.Discard, &errs)
	last := errs.String()[strings.LastIndex(strings.TrimSpace(errs.String()), "\n")+1:]
	if want := "ginnel: Slack says invalid_auth: copy the bot token again from OAuth & Permissions\n"; code != 1 || last != want {
		t.Errorf("%d, and it says %q", code, errs.String())
	}
}

// TestConnectAll is which networks are served, tried again, or end the start.
func TestConnectAll(t *testing.T) {
	down, wrong := bot.SendWait(errors.New("no route to host"), 0), errors.New("the token is no token")
	const well = "well"
	for _, c := range []struct {
		first          []any // of each network: well, down or wrong
		served, coming int
		err            error
	}{
		{[]any{well, well}, 2, 0, nil},
		{[]any{well, down}, 1, 1, nil},
		{[]any{down}, 0, 1, nil},
		{[]any{wrong, well}, 1, 1, nil},
		{[]any{wrong, down}, 0, 2, nil},
		{[]any{wrong, wrong}, 0, 0, wrong},
	} {
		t.Run(fmt.Sprint(c.first), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &served{chance: failure.NewChance(1)}
				p := &program{log: slog.New(slog.DiscardHandler)}
				var mended atomic.Bool
				for i, how := range c.first {
					p.networks = append(p.networks, func(*storage.DB) (bot.Adapter, error) {
						if err, bad := how.(error); bad && !mended.Load() {
							return nil, err
						}
						return adaptertest.NewUnruly(bot.Network(fmt.Sprint("n", i))), nil
					})
				}
				loops, err := p.connectAll(nil, s)
				if !errors.Is(err, c.err) {
					t.Fatalf("the start ends with %v", err)
				}
				if err != nil {
					return
				}
				end := start(t.Context(), loops...)
				time.Sleep(time.Hour)
				if len(s.names()) != c.served || len(s.comingNetworks()) != c.coming {
					t.Errorf("it serves %v, and waits for %v", s.names(), s.comingNetworks())
				}
				mended.Store(true)
				if err := end(); err != nil || len(s.names()) != len(c.first) || len(s.comingNetworks()) != 0 {
					t.Errorf("in the end it serves %v, %v", s.names(), err)
				}
			})
		})
	}
}
