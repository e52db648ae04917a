package slackfake

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// network is where the server listens: a loopback socket, or a listener in memory that lets virtual time pass.
type network struct {
	memory  bool
	address string
	calls   chan net.Conn
	done    chan struct{}
	once    sync.Once
}

func (n *network) listen() (net.Listener, error) {
	if n.memory {
		n.calls, n.done = make(chan net.Conn), make(chan struct{})
		return n, nil
	}
	l, err := net.Listen("tcp", n.address)
	if err == nil {
		n.address = l.Addr().String()
	}
	return l, err
}

func (n *network) name() string {
	if n.memory {
		return "slack.test"
	}
	return n.address
}

func (n *network) dial(ctx context.Context) (net.Conn, error) {
	if !n.memory {
		return new(net.Dialer).DialContext(ctx, "tcp", n.address)
	}
	ours, theirs := pipe()
	select {
	case n.calls <- theirs:
		return ours, nil
	case <-n.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept, Close and Addr make the memory network a net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.calls:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.done) })
	return nil
}

func (n *network) Addr() net.Addr  { return n }
func (n *network) Network() string { return "memory" }
func (n *network) String() string  { return "slack.test:80" }

// pipe is net.Pipe with room for bytes under way, as TCP has: a writer does not wait for the reader.
func pipe() (net.Conn, net.Conn) {
	a, b := newStream(), newStream()
	return &end{in: a, out: b}, &end{in: b, out: a}
}

// stream is one direction of a pipe.
type stream struct {
	mu       sync.Mutex
	changed  *sync.Cond
	data     []byte
	closed   bool
	deadline time.Time
	timer    *time.Timer
}

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

func (s *stream) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.changed.Broadcast()
}

type end struct{ in, out *stream }

func (e *end) Read(p []byte) (int, error) {
	s := e.in
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.data) == 0 {
		if s.closed {
			return 0, io.EOF
		}
		if !s.deadline.IsZero() && !time.Now().Before(s.deadline) {
			return 0, os.ErrDeadlineExceeded
		}
		s.changed.Wait()
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

func (e *end) Write(p []byte) (int, error) {
	s := e.out
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	s.data = append(s.data, p...)
	s.changed.Broadcast()
	return len(p), nil
}

func (e *end) Close() error {
	e.in.close()
	e.out.close()
	_ = e.SetReadDeadline(time.Time{})
	return nil
}

func (e *end) SetReadDeadline(t time.Time) error {
	s := e.in
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
	s.deadline = t
	if !t.IsZero() {
		s.timer = time.AfterFunc(time.Until(t), s.changed.Broadcast)
	}
	s.changed.Broadcast()
	return nil
}

// Writing never waits, so its deadline has nothing to do.
func (e *end) SetWriteDeadline(time.Time) error { return nil }
func (e *end) SetDeadline(t time.Time) error    { return e.SetReadDeadline(t) }
func (e *end) LocalAddr() net.Addr              { return (*network)(nil) }
func (e *end) RemoteAddr() net.Addr             { return (*network)(nil) }
