package homeserver

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// newFront hands each request on to the homeserver at the address inner, whole, and lets it come to its end there, whether or
// not whoever asked still waits. A Dendrite on SQLite whose request is given up in the middle may keep its transaction open for
// good, and then answers 500 to everybody who writes ("cannot start a transaction within a transaction").
func newFront(inner string) *http.Server {
	through := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: inner})
	through.Transport = &http.Transport{MaxIdleConnsPerHost: 100}
	through.ErrorLog = log.New(io.Discard, "", 0)
	// The process was killed: nobody answers, not even that.
	through.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	return &http.Server{
		ErrorLog: through.ErrorLog,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			const most = 64 << 20
			body, err := io.ReadAll(io.LimitReader(r.Body, most))
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			// With a context that ends never, the proxy would watch the connection itself.
			ctx, done := context.WithCancel(context.WithoutCancel(r.Context()))
			defer done()
			r = r.WithContext(ctx)
			r.Body = io.NopCloser(bytes.NewReader(body))
			through.ServeHTTP(w, r)
		}),
	}
}
