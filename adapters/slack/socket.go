package slack

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"ginnel/bot/failure"
)

const (
	// Slack pings every few seconds, and we do too; a socket that is silent for so long is gone.
	pingEach   = 10 * time.Second
	silentGone = 35 * time.Second
	helloTime  = 10 * time.Second
	// A socket that lived so long was a healthy one.
	healthyLife = 30 * time.Second
	// How long a socket that Slack is about to close is still listened to.
	draining = 20 * time.Second
	// How long before the time that Slack announced the next socket is opened.
	beforeEnd = time.Minute

	lanes     = 8
	laneHolds = 100 // what waits to be stored; what is more is not acknowledged, and comes again
	mostFrame = 1 << 20
)

// A limit of connection requests: a few at once, and then one in so long. That is at most 19 a minute.
const (
	opensAtOnce = 4
	opensEach   = 4 * time.Second
)

// opens paces the requests for connections.
type opens struct {
	now    func() time.Time
	chance failure.Chance

	mu     sync.Mutex
	spent  int       // of those at once
	since  time.Time // when the last came back
	failed int       // unhealthy sockets in a row
}

// wait tells how long the next request has to wait, and counts it.
func (o *opens) wait() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if back := int(now.Sub(o.since) / opensEach); back > 0 {
		o.spent = max(0, o.spent-back)
		o.since = o.since.Add(time.Duration(back) * opensEach)
	}
	if o.spent == 0 {
		o.since = now
	}
	o.spent++
	pause := time.Duration(0)
	if o.spent > opensAtOnce {
		pause = o.since.Add(time.Duration(o.spent-opensAtOnce) * opensEach).Sub(now)
	}
	if o.failed > 0 {
		pause = max(pause, failure.Backoff{First: time.Second, Max: 2 * time.Minute, Chance: o.chance}.Wait(o.failed-1))
	}
	return pause
}

// lived notes how a socket did: only a healthy life makes the pauses short again.
func (o *opens) lived(life time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if life >= healthyLife {
		o.failed = 0
	} else {
		o.failed++
	}
}

// envelope is a frame of Socket Mode.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Reason  string          `json:"reason"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"`
	Count   int             `json:"num_connections"`
	Debug   struct {
		Life int `json:"approximate_connection_time"`
	} `json:"debug_info"`
}

// arrived is an envelope with the socket that it came over.
type arrived struct {
	envelope
	over *socket
}

// socket is one connection. Only write may be called by several at once.
type socket struct {
	conn  *websocket.Conn
	since time.Time

	mu sync.Mutex // guards writing
}

func (c *socket) write(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	const patience = 5 * time.Second
	_ = c.conn.SetWriteDeadline(time.Now().Add(patience))
	return c.conn.WriteJSON(v)
}

// errLinkOff is that Socket Mode was switched off for the app.
var errLinkOff = errors.New("the app has its Socket Mode switched off: switch it on under Socket Mode, or give Ginnel the signing secret instead of the app token")

// listen keeps a socket open until ctx ends. Before Slack closes one, the next is open already.
func (s *Slack) listen(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	queues := make([]chan arrived, lanes)
	for i := range queues {
		queues[i] = make(chan arrived, laneHolds)
		all.Go(func() { s.store(ctx, queues[i]) })
	}
	failed := make(chan error, 1)
	next := make(chan struct{}, 1) // a new socket is wanted
	next <- struct{}{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-next:
		}
		if !sleep(ctx, s.opens.wait()) {
			return nil
		}
		want := sync.OnceFunc(func() {
			select {
			case next <- struct{}{}:
			default: // one is on its way
			}
		})
		began := s.o.Now()
		c, life, err := s.connect(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if code(err) != "" && code(err) != "internal_error" && code(err) != "fatal_error" {
				s.opens.lived(0)
				return s.plainly(err)
			}
			s.o.Log.Warn("a socket to Slack could not be opened", "network", s.network, "error", failure.Redact(s.plainly(err)))
			s.opens.lived(0)
			want()
			continue
		}
		all.Go(func() {
			s.sockets.Add(1)
			reason, err := s.follow(ctx, c, life, queues, want)
			s.sockets.Add(-1)
			if ctx.Err() != nil {
				return
			}
			s.opens.lived(s.o.Now().Sub(began))
			s.o.Log.Info("a socket to Slack ended", "network", s.network, "reason", reason)
			if errors.Is(err, errLinkOff) {
				select {
				case failed <- err:
				default:
				}
				return
			}
			want()
		})
	}
}

// connect opens a socket and waits for Slack's hello. life is how long Slack lets it live, 0 when it did not say.
func (s *Slack) connect(ctx context.Context) (c *socket, life time.Duration, err error) {
	api, err := s.client()
	if err != nil {
		return nil, 0, err
	}
	_, address, err := api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, 0, err
	}
	conn, answer, err := s.o.Dialer.DialContext(ctx, address, nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close()
	}
	if err != nil {
		// The address lets in whoever has it, and stands in the error.
		return nil, 0, errors.New("the socket could not be dialled")
	}
	conn.SetReadLimit(mostFrame)
	_ = conn.SetReadDeadline(time.Now().Add(helloTime))
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var e envelope
	if err := conn.ReadJSON(&e); err != nil || e.Type != "hello" {
		_ = conn.Close()
		if e.Type == "disconnect" {
			return nil, 0, errors.New("the socket was closed at once: " + e.Reason)
		}
		return nil, 0, errors.New("the socket said no hello")
	}
	if want := int(s.sockets.Load()) + 1; e.Count > want+1 {
		s.o.Log.Warn("others are connected to the same app too, and Slack tells each of us a part only", "network", s.network, "sockets", e.Count)
	}
	return &socket{conn: conn, since: s.o.Now()}, time.Duration(e.Debug.Life) * time.Second, nil
}

// follow reads a socket until it ends. want is called once another is wanted.
func (s *Slack) follow(ctx context.Context, c *socket, life time.Duration, queues []chan arrived, want func()) (reason string, err error) {
	defer c.conn.Close()
	stop := context.AfterFunc(ctx, func() {
		_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
		_ = c.conn.Close()
	})
	defer stop()
	alive := func() { _ = c.conn.SetReadDeadline(time.Now().Add(silentGone)) }
	alive()
	answer := c.conn.PingHandler()
	c.conn.SetPingHandler(func(data string) error { alive(); return answer(data) })
	c.conn.SetPongHandler(func(string) error { alive(); return nil })
	ended := make(chan struct{})
	defer close(ended)
	go s.mind(c, life, want, ended)
	reason = "it was silent, or broke off"
	for {
		kind, data, err := c.conn.ReadMessage()
		if err != nil {
			return reason, err
		}
		alive()
		var e envelope
		if kind != websocket.TextMessage || json.Unmarshal(data, &e) != nil {
			continue
		}
		switch {
		case e.Type == "disconnect":
			reason = e.Reason
			if reason == "link_disabled" {
				return reason, errLinkOff
			}
			if reason == "too_many_websockets" {
				return reason, errors.New(reason)
			}
			want()
			time.AfterFunc(draining, func() { _ = c.conn.Close() })
		case e.ID != "":
			select {
			case queues[laneOf(e.Type, e.Payload)] <- arrived{e, c}:
			default:
				s.o.Log.Warn("too much waits to be stored, so Slack has to say it again", "network", s.network)
			}
		}
	}
}

// laneOf is the number of the lane of a payload.
func laneOf(kind string, payload []byte) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(lane(kind, payload)))
	return h.Sum32() % lanes
}

// mind pings a socket, and wants another in good time.
func (s *Slack) mind(c *socket, life time.Duration, want func(), ended chan struct{}) {
	ping := time.NewTicker(pingEach)
	defer ping.Stop()
	var last <-chan time.Time
	if life > 2*beforeEnd {
		t := time.NewTimer(life - beforeEnd)
		defer t.Stop()
		last = t.C
	}
	for {
		select {
		case <-ended:
			return
		case <-last:
			want()
		case <-ping.C:
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)) != nil {
				_ = c.conn.Close()
				return
			}
		}
	}
}

// store takes what arrives in one lane, one after another, and acknowledges what is stored.
func (s *Slack) store(ctx context.Context, queue chan arrived) {
	for {
		var a arrived
		select {
		case <-ctx.Done():
			return
		case a = <-queue:
		}
		t, err := s.bring(ctx, a.Type, a.Payload)
		if err != nil {
			continue // not acknowledged, so it comes again
		}
		ack := map[string]any{"envelope_id": a.ID}
		if a.Accepts && t.answer != nil {
			ack["payload"] = t.answer
		}
		if err := a.over.write(ack); err != nil {
			s.o.Log.Debug("an acknowledgement could not be sent, so it comes again", "network", s.network)
		}
		if t.after != nil {
			go t.after(ctx)
		}
	}
}

// bring stores what a payload comes to. After an error it is not stored.
func (s *Slack) bring(ctx context.Context, kind string, payload []byte) (t taken, err error) {
	receive := s.receive.Load()
	if receive == nil {
		return t, errConnecting
	}
	// Whatever is odd about one payload is not to keep us from the next.
	func() {
		var odd error
		defer func() {
			if odd != nil {
				s.o.Log.Error("a payload could not be read", "network", s.network, "kind", kind, "error", failure.Redact(odd))
				t = taken{}
			}
		}()
		defer failure.Recover(&odd)
		t = s.take(ctx, kind, payload)
	}()
	for _, m := range t.msgs {
		if err := (*receive)(ctx, m); err != nil {
			return t, err
		}
	}
	return t, nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
