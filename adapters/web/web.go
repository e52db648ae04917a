// Package web tells whoever runs the bot how it is.
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are what a Server asks about the bot.
type Options struct {
	// Ready is nil when all is well, and otherwise says what is not, one thing a line.
	Ready func(ctx context.Context) error
	// Collect counts what there is now. It is called whenever somebody looks.
	Collect func() []Gauge
}

// Gauge is how many there are of something.
type Gauge struct {
	Name    string // after “ginnel_”, where a slash stands for an underscore
	Network string // of which network, "" for all
	Value   float64
}

// Server answers /livez, /readyz and /metrics.
type Server struct {
	listener net.Listener
	server   *http.Server
}

// New listens at addr, which must be of this machine: what it tells is nobody else's business.
func New(addr string, o Options) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("%q is no address for health and metrics; it looks like 127.0.0.1:8477", addr)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("health and metrics are for this machine alone, and %s is not of it; take 127.0.0.1", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("health and metrics cannot listen at %s; choose another with --health, or - for none: %w", addr, err)
	}
	s := &Server{listener: listener, server: &http.Server{
		Handler: handler(o), ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}}
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Run serves until ctx ends.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.server.Serve(s.listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("health and metrics: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	err := s.server.Shutdown(last)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

func handler(o Options) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), gauges{o.Collect})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := o.Ready(ctx); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

// gauges are counted when they are asked for.
type gauges struct{ collect func() []Gauge }

// Describe describes nothing: which states there are is known when they are counted.
func (g gauges) Describe(chan<- *prometheus.Desc) {}

func (g gauges) Collect(to chan<- prometheus.Metric) {
	for _, gauge := range g.collect() {
		name := "ginnel_" + strings.ReplaceAll(gauge.Name, "/", "_")
		var labels prometheus.Labels
		if gauge.Network != "" {
			labels = prometheus.Labels{"network": gauge.Network}
		}
		to <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, "How many there are now.", nil, labels), prometheus.GaugeValue, gauge.Value)
	}
}
