// Package adaptertest holds chat networks that live in memory, for tests of everything that stands on adapters.
package adaptertest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"

	"ginnel/bot"
)

// Platform is a chat network behind a unix socket. It outlives the process that runs the bot: a message stays
// until it is acknowledged, and whatever was said stays said.
type Platform struct {
	listener net.Listener
	all      sync.WaitGroup

	mu     sync.Mutex
	conn   net.Conn
	out    chan []byte   // lines for conn
	queue  []bot.Message // fed and not acknowledged
	acked  map[bot.MessageID]bool
	said   []bot.Post
	ids    map[string]bot.MessageID // of posts by key
	faults func(p bot.Post) Fault
	wrong  []error
}

// Fault is what a network does wrong with one post.
type Fault int

// The faults.
const (
	None    Fault = iota
	Dropped       // said, and the answer is an error that tells nothing
	Late          // not said; try again later
)

// frame is one line on the socket. Exactly one group of fields is set.
type frame struct {
	Message *bot.Message `json:",omitempty"` // to the bot
	Ack     bot.MessageID

	Send *bot.Post `json:",omitempty"`
	Find string    `json:",omitempty"`

	Call   int    `json:",omitempty"` // which Send or Find this is, or answers
	ID     string `json:",omitempty"`
	Found  bool   `json:",omitempty"`
	Answer string `json:",omitempty"` // ok, later, or unknown
}

// Listen makes a Platform on a unix socket at path. faults may be nil.
func Listen(path string, faults func(bot.Post) Fault) (*Platform, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if faults == nil {
		faults = func(bot.Post) Fault { return None }
	}
	p := &Platform{listener: l, acked: map[bot.MessageID]bool{}, ids: map[string]bot.MessageID{}, faults: faults}
	p.all.Go(p.accept)
	return p, nil
}

// Close ends the network.
func (p *Platform) Close() error {
	err := p.listener.Close()
	p.mu.Lock()
	p.hangUp()
	p.mu.Unlock()
	p.all.Wait()
	return err
}

// Feed has somebody say m.
func (p *Platform) Feed(m bot.Message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, m)
	p.write(frame{Message: &m})
}

// Acked tells which messages the bot said it has.
func (p *Platform) Acked() (all []bot.MessageID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.acked {
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

// Waiting is how many messages are not acknowledged.
func (p *Platform) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue)
}

// Said is everything that was said, in order.
func (p *Platform) Said() []bot.Post {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.said)
}

// Wrong is what went wrong on the socket itself.
func (p *Platform) Wrong() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.wrong...)
}

// write sends f to the bot, if it is there: what gets lost is sent again when it comes back.
func (p *Platform) write(f frame) {
	if p.conn != nil {
		line, _ := json.Marshal(f)
		select {
		case p.out <- append(line, '\n'):
		default: // sent again to the next that comes
		}
	}
}

// hangUp lets the bot go that was there. The lock is held.
func (p *Platform) hangUp() {
	if p.conn != nil {
		p.conn.Close()
		close(p.out)
		p.conn = nil
	}
}

func (p *Platform) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.hangUp()
		// Written by somebody else: who waits for the bot to read must not keep it from being heard.
		const most = 1 << 16
		out := make(chan []byte, most)
		p.conn, p.out = conn, out
		p.all.Go(func() {
			for line := range out {
				_, _ = conn.Write(line)
			}
		})
		for i := range p.queue {
			p.write(frame{Message: &p.queue[i]})
		}
		p.mu.Unlock()
		p.all.Go(func() { p.serve(conn) })
	}
}

func (p *Platform) serve(conn net.Conn) {
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return // half a line of a process that died is nothing
		}
		var f frame
		if err := json.Unmarshal(line, &f); err != nil {
			p.mu.Lock()
			p.wrong = append(p.wrong, fmt.Errorf("%s: %w", line, err))
			p.mu.Unlock()
			continue
		}
		p.take(f)
	}
}

func (p *Platform) take(f frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case f.Ack != "":
		p.acked[f.Ack] = true
		p.queue = slices.DeleteFunc(p.queue, func(m bot.Message) bool { return m.ID == f.Ack })
	case f.Find != "":
		id, found := p.ids[f.Find]
		p.write(frame{Call: f.Call, ID: string(id), Found: found, Answer: "ok"})
	case f.Send != nil:
		fault := p.faults(*f.Send)
		if fault == Late {
			p.write(frame{Call: f.Call, Answer: "later"})
			return
		}
		p.said = append(p.said, *f.Send)
		id := bot.MessageID(fmt.Sprint("s", len(p.said)))
		p.ids[f.Send.Key] = id
		if fault == Dropped {
			p.write(frame{Call: f.Call, Answer: "unknown"})
			return
		}
		p.write(frame{Call: f.Call, ID: string(id), Answer: "ok"})
	}
}

// Dial makes the adapter of a Platform at path. It can tell whether a post was said.
func Dial(path string, network bot.Network) bot.Adapter {
	return &socket{path: path, network: network, calls: map[int]chan frame{}}
}

type socket struct {
	path    string
	network bot.Network

	mu    sync.Mutex
	conn  net.Conn
	calls map[int]chan frame
	count int
}

func (s *socket) Network() bot.Network { return s.network }

// Ready tells whether the platform is connected.
func (s *socket) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return errors.New("not connected")
	}
	return nil
}

func (s *socket) Room(_ context.Context, gather string, _ []bot.UserID, _ string) (bot.RoomID, error) {
	return bot.RoomID("gather/" + gather), nil
}

func (s *socket) Run(ctx context.Context, receive func(context.Context, bot.Message) error) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", s.path)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.conn = nil
		s.mu.Unlock()
		conn.Close()
	}()
	lines := bufio.NewReader(conn)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return err
		}
		var f frame
		if err := json.Unmarshal(line, &f); err != nil {
			return err
		}
		if f.Message == nil {
			s.mu.Lock()
			answer := s.calls[f.Call]
			delete(s.calls, f.Call)
			s.mu.Unlock()
			if answer != nil {
				answer <- f
			}
			continue
		}
		if receive(ctx, *f.Message) == nil {
			if err := s.write(frame{Ack: f.Message.ID}); err != nil {
				return err
			}
		}
	}
}

func (s *socket) write(f frame) error {
	line, err := json.Marshal(f)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return errors.New("not connected")
	}
	_, err = s.conn.Write(append(line, '\n'))
	return err
}

func (s *socket) call(ctx context.Context, f frame) (frame, error) {
	answer := make(chan frame, 1)
	s.mu.Lock()
	s.count++
	f.Call = s.count
	s.calls[f.Call] = answer
	connected := s.conn != nil
	s.mu.Unlock()
	if !connected {
		return f, bot.SendLater(errors.New("not connected"), 0)
	}
	if err := s.write(f); err != nil {
		return f, err
	}
	select {
	case f = <-answer:
		return f, nil
	case <-ctx.Done():
		return f, ctx.Err()
	}
}

func (s *socket) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	f, err := s.call(ctx, frame{Send: &p})
	switch {
	case err != nil:
		return "", err
	case f.Answer == "later":
		return "", bot.SendLater(errors.New("the network is busy"), 0)
	case f.Answer != "ok":
		return "", errors.New("the network did not say what came of it")
	}
	return bot.MessageID(f.ID), nil
}

func (s *socket) Find(ctx context.Context, p bot.Post) (bot.MessageID, bool, error) {
	f, err := s.call(ctx, frame{Find: p.Key})
	return bot.MessageID(f.ID), f.Found, err
}
