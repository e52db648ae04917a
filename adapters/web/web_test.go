package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"ginnel/adapters/web"
)

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.org:80", "nonsense", "[::]:0"} {
		if _, err := web.New(addr, web.Options{}); err == nil {
			t.Errorf("it listens at %s", addr)
		}
	}
}

func TestHealth(t *testing.T) {
	var ready error
	s, err := web.New("127.0.0.1:0", web.Options{
		Ready: func(context.Context) error { return ready },
		Collect: func() []web.Gauge {
			return []web.Gauge{{Name: "inbox/open", Value: 3}, {Name: "network/ready", Network: "slack:T1", Value: 1}, {Name: "network/ready", Network: "slack:T2"}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := web.New(s.Addr(), web.Options{}); err == nil || !strings.Contains(err.Error(), "--health") {
		t.Errorf("a port in use: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(path string) (int, string) {
		r, err := client.Get("http://" + s.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body)
	}
	for _, c := range []struct {
		path  string
		ready error
		code  int
		body  string
	}{
		{"/livez", nil, 200, "ok"},
		{"/readyz", nil, 200, "ok"},
		{"/readyz", errors.New("the disk is full"), 503, "the disk is full"},
		{"/livez", errors.New("the disk is full"), 200, "ok"},
		{"/metrics", nil, 200, "\nginnel_inbox_open 3\n"},
		{"/metrics", nil, 200, "\nginnel_network_ready{network=\"slack:T2\"} 0\n"},
		{"/", nil, 404, ""},
	} {
		ready = c.ready
		if code, body := get(c.path); code != c.code || !strings.Contains(body, c.body) {
			t.Errorf("%s: %d %s", c.path, code, body)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
