package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// How far the time of a signature may be from ours: an older request may be an eavesdropper's copy.
	signedWithin = 5 * time.Minute
	mostAtOnce   = 64 // requests; Slack says the others again
)

// serve takes what Slack posts until ctx ends.
func (s *Slack) serve(ctx context.Context) error {
	if s.o.Listen == "" {
		<-ctx.Done() // somebody else serves Handler
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.o.Listen)
	if err != nil {
		return err
	}
	const patience = 10 * time.Second
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: patience, ReadTimeout: patience, WriteTimeout: patience}
	stop := context.AfterFunc(ctx, func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience/2)
		defer cancel()
		_ = server.Shutdown(ending)
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler takes events, interactions and commands as Slack posts them, all at one address. What is not signed by the
// signing secret, or was signed long ago, is refused unread.
func (s *Slack) Handler() http.Handler {
	free := make(chan struct{}, mostAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
		default:
			http.Error(w, "too much at once", http.StatusServiceUnavailable)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostFrame))
		switch {
		case r.Method != http.MethodPost:
			http.Error(w, "Slack posts here", http.StatusMethodNotAllowed)
		case err != nil:
			http.Error(w, "unreadable", http.StatusBadRequest)
		case !s.signed(r.Header, body):
			http.Error(w, "not signed", http.StatusUnauthorized)
		default:
			s.posted(w, r, body)
		}
	})
}

// signed tells whether a body is Slack's.
func (s *Slack) signed(h http.Header, body []byte) bool {
	s.mu.Lock()
	secret := s.tokens.Signing
	s.mu.Unlock()
	if secret == "" {
		if _, err := s.read(); err != nil { // Slack asks whether we are there before anything else
			return false
		}
		s.mu.Lock()
		secret = s.tokens.Signing
		s.mu.Unlock()
	}
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	got, hexed := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	sum, err2 := hex.DecodeString(got)
	if secret == "" || err != nil || !hexed || err2 != nil || s.o.Now().Sub(time.Unix(seconds, 0)).Abs() > signedWithin {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, "v0:"+stamp+":")
	_, _ = mac.Write(body)
	return hmac.Equal(sum, mac.Sum(nil))
}

func (s *Slack) posted(w http.ResponseWriter, r *http.Request, body []byte) {
	kind, payload := "events_api", body
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		if kind, payload = "interactive", []byte(form.Get("payload")); len(payload) == 0 {
			kind = "slash_commands"
			fields := map[string]string{}
			for name := range form {
				fields[name] = form.Get(name)
			}
			payload, _ = json.Marshal(fields)
		}
	}
	var outer struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(payload, &outer) != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	if outer.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, outer.Challenge)
		return
	}
	turn := &s.turns[laneOf(kind, payload)]
	turn.Lock()
	t, err := s.bring(r.Context(), kind, payload)
	turn.Unlock()
	if err != nil {
		http.Error(w, "not stored; please say it again", http.StatusServiceUnavailable)
		return
	}
	if t.answer != nil {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(t.answer)
	}
	if t.after != nil {
		go t.after(context.WithoutCancel(r.Context()))
	}
}
