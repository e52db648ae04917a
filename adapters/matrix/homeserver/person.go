//go:build goolm

package homeserver

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
	_ "modernc.org/sqlite" // the driver sqlite
)

// patience is how long a person waits for what is to come.
const patience = 30 * time.Second

// Person is somebody with an app of his or her own that encrypts. It accepts every invitation. Its keys are forgotten at
// the end.
type Person struct {
	ID     id.UserID
	Client *mautrix.Client
	Mach   *crypto.OlmMachine

	db    *sql.DB
	stop  context.CancelFunc
	ended chan struct{}

	knowing sync.Mutex // held while state is read or changed: what was read before is not written after
	alone   sync.Mutex // held while the library encrypts or decrypts: what it remembers of its own keys it does not guard

	mu      sync.Mutex
	heard   []Heard
	pending []*event.Event
	seen    map[id.EventID]bool
	deaf    bool
}

// Heard is a message as a person reads it.
type Heard struct {
	Room      id.RoomID
	Event     *event.Event
	Content   *event.MessageEventContent // nil for a reaction
	Encrypted bool
}

// Text is what it says.
func (h Heard) Text() string {
	if h.Content == nil {
		return ""
	}
	return h.Content.Body
}

// Person makes somebody new, signs in and listens until the test ends.
func (s *Server) Person(t testing.TB, name string) *Person {
	t.Helper()
	user, err := s.Register(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return s.SignIn(t, user)
}

// SignIn has somebody use one more device.
func (s *Server) SignIn(t testing.TB, user string) *Person {
	t.Helper()
	p, err := Connect(t.Context(), s.URL, user, Password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// Connect signs a person in and has the app listen until Close.
func Connect(ctx context.Context, url, user, password string) (*Person, error) {
	client, err := mautrix.NewClient(url, id.UserID(user), "")
	if err != nil {
		return nil, err
	}
	client.StateStore = mautrix.NewMemoryStateStore()
	_, err = client.Login(ctx, &mautrix.ReqLogin{
		Type: mautrix.AuthTypePassword, Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: user},
		Password: password, StoreCredentials: true,
	})
	if err != nil {
		return nil, err
	}
	// Not crypto.NewMemoryStore, which forgets which of several sessions was used last.
	raw, err := sql.Open("sqlite", "file:"+rand.Text()+"?mode=memory&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	raw.SetMaxOpenConns(1)
	db, err := dbutil.NewWithDB(raw, "sqlite")
	if err != nil {
		return nil, err
	}
	keys := crypto.NewSQLCryptoStore(db, dbutil.NoopLogger, user, client.DeviceID, []byte("pickle"))
	if err := keys.DB.Upgrade(ctx); err != nil {
		return nil, err
	}
	mach := crypto.NewOlmMachine(client, nil, keys, client.StateStore.(crypto.StateStore))
	if err := mach.Load(ctx); err != nil {
		return nil, err
	}
	if err := mach.ShareKeys(ctx, -1); err != nil {
		return nil, err
	}
	p := &Person{ID: id.UserID(user), Client: client, Mach: mach, db: raw, ended: make(chan struct{}), seen: map[id.EventID]bool{}}
	listening, stop := context.WithCancel(context.Background())
	p.stop = stop
	first := make(chan struct{})
	go p.listen(listening, first)
	select {
	case <-first:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return p, nil
}

// Close ends the app.
func (p *Person) Close() {
	p.stop()
	<-p.ended
	p.Mach.Destroy()
	p.db.Close()
}

func (p *Person) listen(ctx context.Context, first chan struct{}) {
	defer close(p.ended)
	since := ""
	for ctx.Err() == nil {
		wait := 1000
		if since == "" {
			wait = 0
		}
		resp, err := p.Client.FullSyncRequest(ctx, mautrix.ReqSync{Since: since, Timeout: wait})
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		p.take(ctx, resp, since)
		if since == "" {
			close(first)
		}
		since = resp.NextBatch
	}
}

func (p *Person) take(ctx context.Context, resp *mautrix.RespSync, since string) {
	p.alone.Lock()
	p.Mach.ProcessSyncResponse(ctx, resp, since)
	p.alone.Unlock()
	for room := range resp.Rooms.Invite {
		if _, err := p.Client.JoinRoomByID(ctx, room); err == nil {
			_ = p.Know(ctx, room)
		}
	}
	for room, data := range resp.Rooms.Join {
		for _, evt := range slices.Concat(data.State.Events, data.Timeline.Events) {
			evt.RoomID = room
			if evt.StateKey != nil {
				evt.Type.Class = event.StateEventType
				_ = evt.Content.ParseRaw(evt.Type)
				p.knowing.Lock()
				if evt.Type == event.StateMember {
					p.Mach.HandleMemberEvent(ctx, evt)
				}
				mautrix.UpdateStateStore(ctx, p.Client.StateStore, evt)
				p.knowing.Unlock()
				continue
			}
			evt.Type.Class = event.MessageEventType
			_ = evt.Content.ParseRaw(evt.Type)
			p.hear(ctx, evt)
		}
	}
	p.mu.Lock()
	again := p.pending
	p.pending = nil
	p.mu.Unlock()
	for _, evt := range again {
		p.hear(ctx, evt)
	}
}

func (p *Person) hear(ctx context.Context, evt *event.Event) {
	h := Heard{Room: evt.RoomID, Event: evt}
	if evt.Type == event.EventEncrypted {
		p.alone.Lock()
		plain, err := p.Mach.DecryptMegolmEvent(ctx, evt)
		p.alone.Unlock()
		if err != nil {
			p.mu.Lock()
			p.pending = append(p.pending, evt)
			p.mu.Unlock()
			return
		}
		h.Event, h.Encrypted = plain, true
	}
	if c, ok := h.Event.Content.Parsed.(*event.MessageEventContent); ok {
		h.Content = c
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.seen[evt.ID]
	p.seen[evt.ID] = true
	if evt.Sender == p.ID || known {
		return
	}
	p.heard = append(p.heard, h)
}

// Heard is all that others said where the person is, and that he or she can read, in the order in which it came.
func (p *Person) Heard() []Heard {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heard)
}

// Sees tells whether an event came.
func (p *Person) Sees(e id.EventID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[e]
}

// Unreadable is how many messages the person sees and cannot read.
func (p *Person) Unreadable() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pending)
}

// Wait waits until somebody says what fits.
func (p *Person) Wait(t testing.TB, what string, fits func(Heard) bool) Heard {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, h := range p.Heard() {
			if fits(h) {
				return h
			}
		}
	}
	var all []string
	for _, h := range p.Heard() {
		all = append(all, h.Text())
	}
	t.Fatalf("%s: %s; heard only\n%s\nand %d messages that cannot be read", p.ID, what, strings.Join(all, "\n"), p.Unreadable())
	return Heard{}
}

// WaitFor waits until somebody says words.
func (p *Person) WaitFor(t testing.TB, words string) Heard {
	t.Helper()
	return p.Wait(t, fmt.Sprintf("waited for %q", words), func(h Heard) bool { return strings.Contains(h.Text(), words) })
}

// Open opens a room, encrypted or not, and invites others. With direct it is a private chat.
func (p *Person) Open(t testing.TB, encrypted, direct bool, others ...id.UserID) id.RoomID {
	t.Helper()
	req := &mautrix.ReqCreateRoom{Preset: "private_chat", Invite: others, IsDirect: direct}
	if direct {
		req.Preset = "trusted_private_chat"
	} else {
		req.Name = "A room"
	}
	if encrypted {
		req.InitialState = []*event.Event{{
			Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}},
		}}
	}
	made, err := p.Client.CreateRoom(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Know(t.Context(), made.RoomID); err != nil {
		t.Fatal(err)
	}
	return made.RoomID
}

// Know reads the state of a room.
func (p *Person) Know(ctx context.Context, room id.RoomID) error {
	p.knowing.Lock()
	defer p.knowing.Unlock()
	_, err := p.Client.State(ctx, room)
	return err
}

// WaitJoined waits until u is in the room.
func (p *Person) WaitJoined(t testing.TB, room id.RoomID, u id.UserID) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if p.Client.StateStore.IsInRoom(t.Context(), room, u) {
			return
		}
	}
	var there []id.UserID
	if got, err := p.Client.JoinedMembers(t.Context(), room); err == nil {
		there = slices.Collect(maps.Keys(got.Joined))
	}
	t.Fatalf("%s did not come to the room %s; the homeserver says that there are %v", u, room, there)
}

// Say says words in a room, encrypted where the room is.
func (p *Person) Say(t testing.TB, room id.RoomID, words string) id.EventID {
	t.Helper()
	return p.Put(t, room, &event.MessageEventContent{MsgType: event.MsgText, Body: words})
}

// Put sends a message in a room.
func (p *Person) Put(t testing.TB, room id.RoomID, c *event.MessageEventContent) id.EventID {
	t.Helper()
	e, err := p.Send(t.Context(), room, c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Send is Put for whoever handles the error.
func (p *Person) Send(ctx context.Context, room id.RoomID, c *event.MessageEventContent) (id.EventID, error) {
	var content any = c
	kind := event.EventMessage
	secret, err := p.Client.StateStore.IsEncrypted(ctx, room)
	if err != nil {
		return "", err
	}
	if secret {
		kind = event.EventEncrypted
		if content, err = p.seal(ctx, room, c); err != nil {
			return "", err
		}
	}
	sent, err := p.Client.SendMessageEvent(ctx, room, kind, content, mautrix.ReqSendEvent{DontEncrypt: true})
	if err != nil {
		return "", err
	}
	return sent.EventID, nil
}

// seal encrypts a message, and shares the key first where that is due.
func (p *Person) seal(ctx context.Context, room id.RoomID, c *event.MessageEventContent) (any, error) {
	p.alone.Lock()
	defer p.alone.Unlock()
	sealed, err := p.Mach.EncryptMegolmEvent(ctx, room, event.EventMessage, c)
	if !crypto.IsShareError(err) && !errors.Is(err, crypto.ErrNoGroupSession) {
		return sealed, err
	}
	p.knowing.Lock() // the library reads the members without its lock
	all, err := p.Client.StateStore.GetRoomJoinedOrInvitedMembers(ctx, room)
	p.knowing.Unlock()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	deaf := p.deaf
	p.mu.Unlock()
	if deaf {
		all = []id.UserID{p.ID}
	}
	if err := p.Mach.ShareGroupSession(ctx, room, all); err != nil {
		return nil, err
	}
	return p.Mach.EncryptMegolmEvent(ctx, room, event.EventMessage, c)
}

// KeepKeys has the person share keys with nobody from the next session on, as an app with a fault does.
func (p *Person) KeepKeys(keep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deaf = keep
}

// React puts a reaction under a message.
func (p *Person) React(t testing.TB, room id.RoomID, e id.EventID, key string) {
	t.Helper()
	if _, err := p.Client.SendReaction(t.Context(), room, e, key); err != nil {
		t.Fatal(err)
	}
}
