package matrix

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/sqlstatestore"

	"ginnel/bot/failure"
)

const (
	sessionName = "session" // of Keep: as which device the bot is signed in
	pickleName  = "pickle"  // of Keep: what encrypts the keys, where no other was given
)

// session is what signing in gave.
type session struct {
	Device id.DeviceID
	Token  string

	// Of a token that ends, and is renewed: as which program, by what, and when.
	Client  string    `json:",omitempty"`
	Refresh string    `json:",omitempty"`
	Ends    time.Time `json:",omitzero"`
}

// sentence is an error with words for whoever runs the bot.
type sentence struct {
	text string
	err  error
}

func (s *sentence) Error() string { return s.text }
func (s *sentence) Unwrap() error { return s.err }

func say(err error, format string, args ...any) error {
	return &sentence{fmt.Sprintf(format, args...), err}
}

// SignIn signs in for the first time, or finds that it is done: it makes the keys, and a recovery key when the account has
// none. Its errors are sentences that a person can act on. It reads and writes the network.
func (m *Matrix) SignIn(ctx context.Context) error {
	m.connecting.Lock()
	defer m.connecting.Unlock()
	return m.connect(ctx)
}

// connect signs in, and learns what must be known before the first word is said.
func (m *Matrix) connect(ctx context.Context) error {
	m.speaking.Lock() // the token, the device and its keys may change
	defer m.speaking.Unlock()
	if m.db == nil {
		raw, dialect, err := m.o.Keys(ctx)
		if err != nil {
			return fmt.Errorf("the database of Matrix keys cannot be opened: %w", err)
		}
		if m.db, err = dbutil.NewWithDB(raw, dialect); err != nil {
			return fmt.Errorf("the database cannot hold the keys of Matrix: %w", err)
		}
		m.state = sqlstatestore.NewSQLStateStore(m.db, dbutil.NoopLogger, false)
		m.state.DisableNameDisambiguation = true
		m.client.StateStore = m.state
	}
	if err := m.state.Upgrade(ctx); err != nil {
		return fmt.Errorf("the tables for Matrix could not be made: %w", err)
	}
	if err := m.openBook(ctx); err != nil {
		return err
	}
	if err := m.signIn(ctx); err != nil {
		return m.plainly(err)
	}
	err := m.openEncryption(ctx)
	if broken := (*brokenDevice)(nil); errors.As(err, &broken) {
		if err = m.newDevice(ctx, broken); err == nil {
			err = m.openEncryption(ctx)
		}
	}
	if err != nil {
		return m.plainly(err)
	}
	if err := m.reconcile(ctx); err != nil {
		return m.plainly(err)
	}
	if err := m.tidy(ctx); err != nil {
		return err
	}
	m.tidied = m.o.Now()
	m.synced.Store(m.o.Now().UnixMilli())
	return nil
}

// signIn uses the token that there is. With a password it gets another when that one is no good any more; never else, since
// a new token makes the homeserver forget which messages it has.
func (m *Matrix) signIn(ctx context.Context) error {
	kept, err := m.keep.Get(ctx, sessionName)
	if err != nil {
		return err
	}
	var s session
	if kept != "" {
		if err := json.Unmarshal([]byte(kept), &s); err != nil {
			return fmt.Errorf("what is remembered of signing in cannot be read: %w", err)
		}
	}
	if m.o.AccessToken != "" {
		s = session{Token: m.o.AccessToken}
	}
	if s.Token == "" {
		return m.login(ctx)
	}
	m.use(&s)
	who, err := m.client.Whoami(ctx)
	switch {
	case err != nil && isGone(err) && (m.o.Password != "" || m.o.Browser != nil) && m.o.AccessToken == "":
		m.o.Log.Warn("Matrix: the homeserver knows this device no more; signing in as a new one")
		return m.login(ctx)
	case err != nil:
		return err
	case who.UserID != m.user:
		return say(nil, "The access token belongs to another account than %s: set MATRIX_USER to the account that the token was made for.", m.user)
	case who.DeviceID == "":
		return say(nil, "The access token belongs to no device, so nothing can be encrypted with it: make one by signing in, with ginnel matrix login.")
	}
	m.client.DeviceID = who.DeviceID
	if s.Device == who.DeviceID {
		return nil // and what was renewed meanwhile is kept already
	}
	s.Device = who.DeviceID
	return m.keepSession(ctx, s)
}

func (m *Matrix) keepSession(ctx context.Context, s session) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return m.keep.Put(ctx, sessionName, string(text))
}

// login signs in as a new device, with the password or on a page.
func (m *Matrix) login(ctx context.Context) error {
	if m.o.Password == "" && m.o.Browser == nil {
		return say(nil, "The bot is not signed in to %s yet: run ginnel matrix login.", m.user.Homeserver())
	}
	m.client.AccessToken, m.client.DeviceID = "", ""
	flows, err := m.client.GetLoginFlows(ctx)
	if m.o.Password == "" {
		return m.loginOnPage(ctx, flows)
	}
	if err != nil {
		return err
	}
	if !offers(flows, mautrix.AuthTypePassword) {
		return say(nil, "This homeserver lets nobody in by password. Sign in on its page: run ginnel matrix login without MATRIX_PASSWORD.")
	}
	got, err := m.client.Login(ctx, &mautrix.ReqLogin{
		Type: mautrix.AuthTypePassword, Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: string(m.user)},
		Password: m.o.Password, InitialDeviceDisplayName: "Ginnel",
	})
	if err != nil {
		return err
	}
	if got.UserID != m.user {
		return say(nil, "The homeserver signed us in as another account than %s: set MATRIX_USER to the account's whole name.", m.user)
	}
	m.client.AccessToken, m.client.DeviceID = got.AccessToken, got.DeviceID
	return m.keepSession(ctx, session{Device: got.DeviceID, Token: got.AccessToken})
}

// loginOnPage signs in on a page, where anybody may have been signed in before.
func (m *Matrix) loginOnPage(ctx context.Context, flows *mautrix.RespLoginFlows) error {
	s, err := m.browse(ctx, flows)
	if err != nil {
		return err
	}
	m.use(&s)
	who, err := m.client.Whoami(ctx)
	if err != nil {
		return err
	}
	if who.UserID != m.user {
		if err := m.leave(ctx, &s); err != nil {
			m.o.Log.Warn("Matrix: the other account could not be signed out again", "error", failure.Redact(err))
		}
		if err := m.keep.Delete(ctx, sessionName); err != nil { // it may have been renewed, and kept
			return err
		}
		return say(nil, "On the page another account was signed in than %s. Sign out there, or open the page in a private window, and start "+
			"ginnel matrix login again.", m.user)
	}
	if who.DeviceID != "" {
		s.Device = who.DeviceID
	}
	m.client.DeviceID = s.Device
	return m.keepSession(ctx, s)
}

// brokenDevice says that the keys of this device cannot be used any more, and why.
type brokenDevice struct{ why string }

func (b *brokenDevice) Error() string { return b.why }

// newDevice gives the broken device up and signs in as another, whose keys are its own.
func (m *Matrix) newDevice(ctx context.Context, broken *brokenDevice) error {
	if m.o.Password == "" || m.o.AccessToken != "" {
		return say(broken, "%s Sign in anew, as a new device: ginnel matrix login --new.", broken.why)
	}
	m.o.Log.Warn("Matrix: this device cannot be used any more; signing in as a new one", "why", broken.why)
	if _, err := m.client.Logout(ctx); err != nil && !isGone(err) {
		m.o.Log.Warn("Matrix: the old device could not be signed out", "error", failure.Redact(err))
	}
	return m.login(ctx)
}

// Forget has the next SignIn make a new device, and signs the present one out where that can be done.
func (m *Matrix) Forget(ctx context.Context) error {
	m.connecting.Lock()
	defer m.connecting.Unlock()
	kept, err := m.keep.Get(ctx, sessionName)
	if err != nil || kept == "" {
		return err
	}
	var s session
	if err := json.Unmarshal([]byte(kept), &s); err == nil && m.o.AccessToken == "" {
		if err := m.leave(ctx, &s); err != nil && !isGone(err) {
			return m.plainly(err)
		}
	}
	return m.keep.Delete(ctx, sessionName)
}

// pickleKey is what encrypts the keys in the database.
func (m *Matrix) pickleKey(ctx context.Context) ([]byte, error) {
	if len(m.o.PickleKey) > 0 {
		return m.o.PickleKey, nil
	}
	kept, err := m.keep.Get(ctx, pickleName)
	if err != nil {
		return nil, err
	}
	if kept == "" {
		var fresh [32]byte
		_, _ = rand.Read(fresh[:]) // never fails
		kept = hex.EncodeToString(fresh[:])
		if err := m.keep.Put(ctx, pickleName, kept); err != nil {
			return nil, err
		}
	}
	return []byte(kept), nil
}

// plainly makes an error of the homeserver a sentence with a way on.
func (m *Matrix) plainly(err error) error {
	if s := (*sentence)(nil); errors.As(err, &s) {
		return err
	}
	host := m.client.HomeserverURL.Host
	var h mautrix.HTTPError
	isHTTP := errors.As(err, &h)
	switch {
	case isGone(err):
		return say(err, "The homeserver %s does not know the access token any more: sign in again with ginnel matrix login.", host)
	case errors.Is(err, mautrix.MForbidden) && isHTTP && h.Request != nil && h.Request.Method == http.MethodPost:
		return say(err, "The homeserver %s does not accept the name and the password of %s: look at both, and try again.", host, m.user)
	case errors.Is(err, mautrix.MUserDeactivated):
		return say(err, "The account %s was closed on the homeserver: make another, and set MATRIX_USER to it.", m.user)
	case errors.Is(err, mautrix.MLimitExceeded):
		return say(err, "The homeserver %s asks us to wait before we sign in again: try in %s.", host, max(retryAfter(h), 1))
	case refused(err):
		return say(err, "Nothing answers at %s: is MATRIX_HOMESERVER right, and is the homeserver running?", host)
	case isHTTP && h.Response != nil && h.Response.StatusCode == http.StatusNotFound:
		return say(err, "What answers at %s is no Matrix homeserver: MATRIX_HOMESERVER wants the address that Matrix apps use, often https://matrix.example.org.", host)
	}
	return err
}
