// Package matrix joins a Matrix homeserver to the bot, with end-to-end encryption where the program is built with
// the tag goolm.
package matrix

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/sqlstatestore"

	"ginnel/bot"
	"ginnel/bot/failure"
)

// Options are how a Matrix behaves. User, Keys and Keep are needed, and Password or AccessToken for the first start.
type Options struct {
	Homeserver  string // its address; by default https:// and what is behind the colon in User
	User        string // whose account it is: @ginnel:example.org
	Password    string
	AccessToken string   // instead of the password; of a device that nobody else uses
	RecoveryKey string   // of an account that has an identity already; once
	Browser     *Browser // instead of the password: signs in on a page of the homeserver. nil where nobody is there to see it
	PickleKey   []byte   // encrypts the keys in the database; "" makes one, which is then kept beside them

	// Keys opens the database in which the keys are kept, in tables crypto_…, mx_… and matrix_…, and tells whether it is
	// sqlite or postgres. It is called once, when the account is held. Only one process may use it.
	Keys func(context.Context) (db *sql.DB, dialect string, err error)
	Keep func(bot.Network) bot.Keep

	// MayInvite tells whether the bot comes when somebody invites it, besides people of its own homeserver, who always
	// may. May be nil.
	MayInvite func(ctx context.Context, s bot.Speaker) bool

	// Shown is told a recovery key, once, when one is made. May be nil.
	Shown func(recoveryKey string)

	Log  *slog.Logger     // ids only, never words
	Now  func() time.Time // by default time.Now
	HTTP *http.Client     // by default one of its own
}

// Matrix is the adapter of one account on one homeserver. It is safe for many at once.
type Matrix struct {
	o       Options
	user    id.UserID
	network bot.Network
	keep    bot.Keep
	client  *mautrix.Client
	db      *dbutil.Database // with state, from the first connect on
	state   *sqlstatestore.SQLStateStore

	connecting sync.Mutex   // one Run or Check at a time
	tidied     time.Time    // when what is kept too long was last erased
	speaking   sync.RWMutex // for reading while something is said, for writing while the bot signs in
	crypt      atomic.Pointer[encryption]
	connected  atomic.Bool  // signed in, rooms known, keys in order
	proved     atomic.Bool  // what we said to ourselves came back
	synced     atomic.Int64 // when the homeserver last answered, in milliseconds
	slowUntil  atomic.Int64 // it asked us to slow down; see Pace
	unreadable atomic.Int64 // messages that could not be read since the start

	mu    sync.Mutex // guards the maps; never held while the homeserver is asked
	rooms roomBook
	ours  *recent[id.EventID, bool]   // whether we said that
	names *recent[id.RoomID, bool]    // whether the room has a name
	roots *recent[id.EventID, string] // the thread in which somebody said something

	threads *recent[id.EventID, bool] // whether the bot spoke in that thread

	learning sync.Mutex // held while state is read or changed: what was read before is not written after
	opening  sync.Mutex // one private chat is opened at a time
}

// Encrypts tells whether this program can read and write in encrypted rooms.
const Encrypts = encrypts

// New makes the adapter. It asks nothing of the network.
func New(o Options) (*Matrix, error) {
	user := id.UserID(strings.TrimSpace(o.User))
	local, server, err := user.Parse()
	if err != nil || local == "" || server == "" {
		return nil, fmt.Errorf("%q is no Matrix account; it is written like @ginnel:example.org", o.User)
	}
	if o.Homeserver == "" {
		o.Homeserver = "https://" + server
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client, err := mautrix.NewClient(o.Homeserver, user, "")
	if err != nil || client.HomeserverURL.Host == "" {
		return nil, fmt.Errorf("%q is no address of a homeserver; it is written like https://matrix.example.org", o.Homeserver)
	}
	if o.HTTP != nil {
		client.Client = o.HTTP
	}
	// The outbox alone tries again: it knows what was said, and what is more urgent by then.
	client.DefaultHTTPRetries = 0
	client.IgnoreRateLimit = true
	const remembered = 4096
	m := &Matrix{
		o: o, user: user, network: bot.Network("matrix:" + server), client: client,
		ours: newRecent[id.EventID, bool](remembered), names: newRecent[id.RoomID, bool](remembered),
		roots: newRecent[id.EventID, string](remembered), threads: newRecent[id.EventID, bool](remembered),
	}
	m.keep = o.Keep(m.network)
	return m, nil
}

// Network is the homeserver: matrix:example.org.
func (m *Matrix) Network() bot.Network { return m.network }

const (
	// A homeserver answers within longPoll even when nothing happened. Twice that and a little more, and it is gone.
	longPoll = 25 * time.Second
	longGone = 2*longPoll + 10*time.Second
)

// Ready is nil once the bot is signed in, has read back what it said to itself, and hears from the homeserver.
func (m *Matrix) Ready() error {
	switch {
	case !m.connected.Load():
		return errors.New("Matrix is not connected yet")
	case !m.proved.Load():
		return errors.New("Matrix: what the bot says to itself has not come back yet")
	case m.o.Now().Sub(time.UnixMilli(m.synced.Load())) > longGone:
		return errors.New("Matrix: nothing has been heard from the homeserver for a minute")
	}
	return nil
}

// The usual limit of a homeserver is one message in five seconds once ten were sent at once. So the pace is quick
// until the homeserver complains, and what it allows for a while after that.
const (
	quickPace = 50 * time.Millisecond
	slowPace  = 5 * time.Second
	slowFor   = 2 * time.Minute
)

// Pace is one message at a time: only so does the homeserver know a message that it is given twice.
func (m *Matrix) Pace() bot.Pace {
	p := bot.Pace{AtOnce: 1, Network: quickPace}
	if m.slow() {
		p.Network = slowPace
	}
	return p
}

func (m *Matrix) slow() bool { return m.o.Now().UnixMilli() < m.slowUntil.Load() }

// Counts are for those who watch over the bot.
func (m *Matrix) Counts() map[string]float64 {
	return map[string]float64{"matrix_unreadable": float64(m.unreadable.Load())}
}

// Run signs in, and brings what is said until ctx ends.
func (m *Matrix) Run(ctx context.Context, receive func(context.Context, bot.Message) error) error {
	m.connecting.Lock()
	defer m.connecting.Unlock()
	m.connected.Store(false)
	m.proved.Store(false)
	if err := m.connect(ctx); err != nil {
		return endedBy(ctx, err)
	}
	defer m.connected.Store(false)
	m.connected.Store(true)
	proving, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() { m.prove(proving) })
	return endedBy(ctx, m.follow(ctx, receive))
}

// endedBy is err, unless it came of the end of ctx.
func endedBy(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// prove says something to ourselves in a room of our own; when it comes back, bring marks that. It is said again while it
// does not.
func (m *Matrix) prove(ctx context.Context) {
	for next := time.Second; ctx.Err() == nil && !m.proved.Load(); next = min(2*next, time.Minute) {
		const look = 50 * time.Millisecond
		patience := next + 5*time.Second
		if err := m.sayToOurselves(ctx); err != nil && ctx.Err() == nil {
			m.o.Log.Warn("Matrix: the bot could not speak to itself", "error", failure.Redact(err))
			patience = next
		}
		for ; patience > 0 && !m.proved.Load(); patience -= look {
			if !pause(ctx, look) {
				return
			}
		}
	}
}

// proofType is the type of what the bot says to itself: no client shows it.
var proofType = event.Type{Type: "org.ginnel.proof", Class: event.MessageEventType}

func (m *Matrix) sayToOurselves(ctx context.Context) error {
	room, err := m.ownRoom(ctx)
	if err != nil {
		return err
	}
	_, err = m.put(ctx, room, proofType, map[string]any{"body": m.proofWord()}, "proof-"+rand.Text())
	return err
}

// proofWord tells our proof from one that an earlier process said.
func (m *Matrix) proofWord() string { return fmt.Sprintf("%s/%p", m.client.DeviceID, m) }

// recent remembers the last so many keys.
type recent[K comparable, V any] struct {
	most int
	all  map[K]V
	keys []K
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, all: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) { v, ok := r.all[k]; return v, ok }

func (r *recent[K, V]) put(k K, v V) {
	if _, known := r.all[k]; !known {
		r.keys = append(r.keys, k)
	}
	r.all[k] = v
	if len(r.keys) > r.most {
		delete(r.all, r.keys[0])
		r.keys = slices.Delete(r.keys, 0, 1)
	}
}

func (r *recent[K, V]) drop(k K) {
	if _, known := r.all[k]; known {
		delete(r.all, k)
		r.keys = slices.DeleteFunc(r.keys, func(x K) bool { return x == k })
	}
}
