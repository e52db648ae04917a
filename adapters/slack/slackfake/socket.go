package slackfake

import (
	"encoding/binary"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// Choice says to which of an app's sockets a payload goes: Slack picks one, unpredictably.
type Choice int

// At random from the seed, in turn, always the newest, or always the oldest, which is the one about to go.
const (
	Random Choice = iota
	InTurn
	Newest
	Oldest
)

// Chooses sets to which socket the next payloads go.
func (a *App) Chooses(c Choice) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.choose = c
}

// AcksOnlyWhereSent makes an acknowledgement count only on the socket that the payload went to. Nobody outside Slack
// knows whether it does.
func (a *App) AcksOnlyWhereSent() {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.answerAll = false
}

const (
	mostSockets    = 10
	socketLife     = 18060 // seconds, as hello announces
	pingEvery      = 5 * time.Second
	warningTime    = 10 * time.Second
	writtenTimeout = 10 * time.Second
)

// frame is one message on its way out. One without data is the end.
type frame struct {
	data   []byte
	binary bool
	half   bool // the connection breaks in the middle of it
}

// socket is one WebSocket of an app.
type socket struct {
	w       *World
	app     *App
	conn    *websocket.Conn
	out     chan frame
	gone    chan struct{}
	dead    bool
	silent  bool // half-open: nothing is sent any more, no pings either
	number  int
	holding map[string]bool // envelopes sent over it
}

func (w *World) link(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	w.mu.Lock()
	var app *App
	for _, a := range w.apps {
		if a.tickets[ticket] {
			app = a
			delete(a.tickets, ticket) // a ticket is good for one connection
		}
	}
	w.mu.Unlock()
	if app == nil {
		http.Error(rw, "invalid ticket", http.StatusForbidden)
		return
	}
	// A small buffer, so that large payloads come in fragments, as they do from Slack.
	up := websocket.Upgrader{WriteBufferSize: 4096, CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	s := &socket{
		w: w, app: app, conn: conn, out: make(chan frame, 10000), gone: make(chan struct{}), holding: map[string]bool{},
	}
	w.mu.Lock()
	app.connections++
	s.number = app.connections
	life := socketLife * time.Second
	if r.URL.Query().Get("debug_reconnects") == "true" {
		life = 360 * time.Second
	}
	if len(app.sockets) >= mostSockets || app.flaps {
		w.mu.Unlock()
		s.write(frame{data: s.disconnect("too_many_websockets")})
		_ = conn.Close()
		return
	}
	app.sockets = append(app.sockets, s)
	app.mostSockets = max(app.mostSockets, len(app.sockets))
	s.queue(object{
		"type": "hello", "num_connections": len(app.sockets), "connection_info": object{"app_id": app.ID},
		"debug_info": object{"host": "applink-fake", "build_number": 1, "approximate_connection_time": int(life / time.Second)},
	})
	w.later(life-warningTime, func() { s.refresh() })
	w.mu.Unlock()
	go s.writing()
	s.reading()
}

func (s *socket) disconnect(reason string) []byte {
	data, _ := json.Marshal(object{
		"type": "disconnect", "reason": reason, "num_connections": len(s.app.sockets),
		"debug_info": object{"host": "applink-fake"}, "connection_info": object{"app_id": s.app.ID},
	})
	return data
}

// write sends one text message. Only one goroutine may be writing.
func (s *socket) write(f frame) bool {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writtenTimeout))
	if f.half {
		// The head of a frame that promises more than will come.
		head := append([]byte{0x80 | websocket.TextMessage, 127}, binary.BigEndian.AppendUint64(nil, uint64(len(f.data)))...)
		_, _ = s.conn.NetConn().Write(append(head, f.data[:len(f.data)/2]...))
		return false
	}
	kind := websocket.TextMessage
	if f.binary {
		kind = websocket.BinaryMessage
	}
	out, err := s.conn.NextWriter(kind)
	if err != nil {
		return false
	}
	for part := range slices.Chunk(f.data, 4000) {
		if _, err := out.Write(part); err != nil {
			return false
		}
	}
	return out.Close() == nil
}

func (s *socket) writing() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case f := <-s.out:
			if f.data == nil {
				_ = s.conn.WriteControl(websocket.CloseMessage,
					websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
				s.cut()
				return
			}
			if !s.write(f) {
				s.cut()
				return
			}
		case <-ping.C:
			s.w.mu.Lock()
			silent := s.silent
			s.w.mu.Unlock()
			if silent {
				continue
			}
			if s.conn.WriteControl(websocket.PingMessage, []byte("slackfake"), time.Now().Add(time.Second)) != nil {
				s.cut()
				return
			}
		case <-s.gone:
			return
		}
	}
}

func (s *socket) reading() {
	defer func() {
		s.cut()
		s.w.mu.Lock()
		defer s.w.mu.Unlock()
		s.app.sockets = slices.DeleteFunc(s.app.sockets, func(o *socket) bool { return o == s })
		if !s.dead {
			s.dead = true
			close(s.gone)
		}
	}()
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			Envelope string          `json:"envelope_id"`
			Payload  json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(data, &ack) != nil || ack.Envelope == "" {
			s.w.wrong("a frame that is no acknowledgement came over a socket")
			continue
		}
		s.w.mu.Lock()
		s.ack(ack.Envelope, ack.Payload)
		s.w.mu.Unlock()
	}
}

func (s *socket) ack(envelope string, answer json.RawMessage) {
	w := s.w
	d := s.app.pending[envelope]
	if d == nil {
		w.record.lateAcks++ // too late, or a second time
		return
	}
	if s.silent || w.rand.Float64() < w.trouble.SwallowAck || !s.app.answerAll && !s.holding[envelope] {
		return
	}
	delete(s.app.pending, envelope)
	if len(answer) > 0 && string(answer) != "{}" && string(answer) != "null" && !d.accepts {
		w.violate("an answer rode on an acknowledgement that takes none")
		answer = nil
	}
	if len(answer) >= largestAnswer {
		w.violate("an answer of 20 KB or more rode on an acknowledgement: Slack drops it")
		answer = nil
	}
	w.acknowledged(d, answer)
}

// pick chooses the one socket that gets the next payload; nil when there is none.
func (w *World) pick(a *App) *socket {
	n := len(a.sockets)
	if n == 0 {
		return nil
	}
	a.turn++
	switch a.choose {
	case InTurn:
		return a.sockets[a.turn%n]
	case Newest:
		return a.sockets[n-1]
	case Oldest:
		return a.sockets[0]
	}
	return a.sockets[w.rand.IntN(n)]
}

func (s *socket) sendEnvelope(envelope object) {
	s.holding[str(envelope["envelope_id"])] = true
	if s.w.rand.Float64() < s.w.trouble.DropSocket {
		s.cut() // the payload is lost on the way
		return
	}
	s.send(frame{data: encoded(envelope), half: s.w.rand.Float64() < s.w.trouble.HalfFrame})
}

func (s *socket) queue(v object)  { s.raw(encoded(v)) }
func (s *socket) raw(data []byte) { s.send(frame{data: data}) }

func (s *socket) send(f frame) {
	if s.silent {
		return
	}
	select {
	case s.out <- f:
	default: // nobody reads: Slack does not wait either
	}
}

// refresh ends a socket as Slack does every few hours: a warning, ten seconds, the request to reconnect, the end.
func (s *socket) refresh() {
	s.raw(s.disconnect("warning"))
	s.w.later(warningTime, func() {
		s.raw(s.disconnect("refresh_requested"))
		s.w.later(time.Second, func() { s.raw(nil) })
	})
}

// cut ends the connection without a word.
func (s *socket) cut() { _ = s.conn.Close() }
