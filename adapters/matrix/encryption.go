//go:build goolm

package matrix

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.mau.fi/util/dbutil"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/crypto"
	"maunium.net/go/mautrix/crypto/olm"
	"maunium.net/go/mautrix/crypto/ssss"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/failure"
)

const encrypts = true

const (
	ageData = "org.ginnel.age" // of the account: how old its keys are

	ageEach = 10 * time.Minute
)

// encryption holds the keys of one device. Only one process may use them.
type encryption struct {
	m     *Matrix
	mach  *crypto.OlmMachine
	store *crypto.SQLCryptoStore

	alone sync.Mutex // held while the library reads or writes: what it remembers of our identity it does not guard

	one  sync.Mutex // guards aged
	aged time.Time  // when the age was last raised
}

// openEncryption loads the keys of this device, or makes them, and has the account's identity sign the device.
func (m *Matrix) openEncryption(ctx context.Context) error {
	if old := m.crypt.Swap(nil); old != nil {
		old.mach.Destroy()
	}
	key, err := m.pickleKey(ctx)
	if err != nil {
		return err
	}
	account := string(m.user) + "/" + string(m.client.DeviceID)
	store := crypto.NewSQLCryptoStore(m.db, dbutil.NoopLogger, account, m.client.DeviceID, key)
	if err := store.DB.Upgrade(ctx); err != nil {
		return fmt.Errorf("the tables for keys could not be made: %w", err)
	}
	e := &encryption{m: m, store: store, mach: crypto.NewOlmMachine(m.client, nil, store, m.state)}
	if err := e.mach.Load(ctx); err != nil {
		return say(err, "The keys in the database cannot be opened: MATRIX_PICKLE_KEY is another than when they were made. "+
			"Set it to the old one, or sign in as a new device with ginnel matrix login --new.")
	}
	if err := e.published(ctx); err != nil {
		return err
	}
	if err := e.heal(ctx); err != nil {
		return err
	}
	if err := e.sign(ctx); err != nil {
		return err
	}
	m.crypt.Store(e)
	return nil
}

// published compares our keys with those that the homeserver shows to others, and publishes them the first time.
func (e *encryption) published(ctx context.Context) error {
	m := e.m
	got, err := m.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: map[id.UserID]mautrix.DeviceIDList{m.user: {m.client.DeviceID}}})
	if err != nil {
		return fmt.Errorf("ask for our own keys: %w", err)
	}
	shared := e.mach.GetAccount().Shared
	device, there := got.DeviceKeys[m.user][m.client.DeviceID]
	switch {
	case (!there || len(device.Keys) == 0) && !shared:
		return e.mach.ShareKeys(ctx, -1)
	case !there || len(device.Keys) == 0:
		return &brokenDevice{"The keys of this device are gone from the homeserver, so nobody can write to it."}
	case !shared:
		return &brokenDevice{"The keys of this device were made elsewhere and are not in this database."}
	case device.Keys.GetEd25519(m.client.DeviceID) != e.mach.OwnIdentity().SigningKey:
		return &brokenDevice{"The homeserver shows other keys for this device than are in this database."}
	}
	return nil
}

// age is kept both here and by the homeserver. Keys that are younger there than here were used after this copy of the
// database was made.
type age struct {
	Device id.DeviceID `json:"device"`
	Count  int         `json:"count"`
}

// heal finds out whether the database is an old copy. Keys that were used since must not be used again: they are
// thrown away, and those that others may hold for us are taken back.
func (e *encryption) heal(ctx context.Context) error {
	kept, err := e.age(ctx)
	if err != nil {
		return err
	}
	var there age
	if err := e.m.client.GetAccountData(ctx, ageData, &there); err != nil && !errors.Is(err, mautrix.MNotFound) {
		return fmt.Errorf("ask how old our keys are: %w", err)
	}
	if there.Device != e.m.client.DeviceID {
		there = age{}
	}
	if there.Count > kept {
		e.m.o.Log.Warn("Matrix: the database is an old copy; the keys in it are renewed, and what was sent since may be unreadable")
		for _, query := range []string{
			"DELETE FROM crypto_megolm_outbound_session WHERE account_id=$1", "DELETE FROM crypto_olm_session WHERE account_id=$1",
		} {
			if _, err := e.store.DB.Exec(ctx, query, e.store.AccountID); err != nil {
				return fmt.Errorf("throw old keys away: %w", err)
			}
		}
		if err := e.mach.RepairOneTimeKeys(ctx); err != nil {
			return fmt.Errorf("renew the keys with which others begin: %w", err)
		}
	}
	return e.grow(ctx, max(there.Count, kept)+1)
}

// age stands in the database of the keys: only so does it grow old with them.
func (e *encryption) age(ctx context.Context) (count int, err error) {
	if _, err := e.m.db.Exec(ctx, `CREATE TABLE IF NOT EXISTS matrix_age (account_id TEXT PRIMARY KEY, count BIGINT NOT NULL)`); err != nil {
		return 0, err
	}
	err = e.m.db.QueryRow(ctx, `SELECT count FROM matrix_age WHERE account_id=$1`, e.store.AccountID).Scan(&count)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return count, err
}

// grow raises the age, here first: a copy that is older must never look as old as what the homeserver saw.
func (e *encryption) grow(ctx context.Context, to int) error {
	_, err := e.m.db.Exec(ctx, `INSERT INTO matrix_age (account_id, count) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET count=excluded.count`, e.store.AccountID, to)
	if err != nil {
		return err
	}
	if err := e.m.client.SetAccountData(ctx, ageData, age{Device: e.m.client.DeviceID, Count: to}); err != nil {
		return fmt.Errorf("say how old our keys are: %w", err)
	}
	e.one.Lock()
	e.aged = e.m.o.Now()
	e.one.Unlock()
	return nil
}

// sign has the account's identity sign this device, so that others trust it. The identity is made when there is none, and
// never made anew: that would frighten everybody who knows the bot.
func (e *encryption) sign(ctx context.Context) error {
	has, done, err := e.mach.GetOwnVerificationStatus(ctx)
	if err != nil {
		return fmt.Errorf("ask who signed this device: %w", err)
	}
	if done {
		return nil
	}
	recovery := e.m.o.RecoveryKey
	if recovery == "" {
		if recovery, err = e.m.keep.Get(ctx, recoveryName); err != nil {
			return err
		}
	}
	if recovery == "" {
		if recovery, err = e.m.keep.Get(ctx, pendingName); err != nil {
			return err
		}
	}
	switch {
	case has && recovery == "":
		e.m.o.Log.Warn("Matrix: the account has an identity that has not signed this device, so some people's apps may hide keys from it; " +
			"give its recovery key to ginnel matrix login")
		return nil
	case !has && recovery != "":
		e.m.o.Log.Warn("Matrix: the account's identity is gone, though a recovery key is remembered; ginnel matrix login --new makes another")
		return nil
	case has:
		if err := e.mach.VerifyWithRecoveryKey(ctx, recovery); err != nil {
			return say(err, "The recovery key does not open the identity of %s: give the right one to ginnel matrix login.", e.m.user)
		}
		return e.keepRecovery(ctx, recovery)
	}
	return e.makeIdentity(ctx)
}

// makeIdentity makes the account's identity. The recovery key is kept before it is relied on.
func (e *encryption) makeIdentity(ctx context.Context) error {
	recovery, _, err := e.mach.GenerateAndUploadCrossSigningKeysWithPassword(ctx, e.m.o.Password, "")
	if recovery != "" {
		err = errors.Join(err, e.m.keep.Put(ctx, pendingName, recovery))
	}
	if err != nil && e.m.o.Password == "" {
		e.m.o.Log.Warn("Matrix: the homeserver wants the password once to make the bot's identity; run ginnel matrix login", "error", failure.Redact(err))
		return e.m.keep.Delete(ctx, pendingName)
	}
	if err != nil {
		return fmt.Errorf("make the bot's identity: %w", err)
	}
	// Opening the identity with the key is the only proof that this will work when it is needed; it signs the device too.
	if err := e.mach.VerifyWithRecoveryKey(ctx, recovery); err != nil {
		return fmt.Errorf("try the recovery key: %w", err)
	}
	if e.m.o.Shown != nil {
		e.m.o.Shown(recovery)
	}
	return e.keepRecovery(ctx, recovery)
}

func (e *encryption) keepRecovery(ctx context.Context, recovery string) error {
	if err := e.m.keep.Put(ctx, recoveryName, recovery); err != nil {
		return err
	}
	return e.m.keep.Delete(ctx, pendingName)
}

// process takes the keys that an answer of the homeserver brings. What makes the library panic is passed over.
func (e *encryption) process(ctx context.Context, resp *mautrix.RespSync, since string) {
	e.alone.Lock()
	defer e.alone.Unlock()
	defer e.caught("keys")
	e.mach.ProcessSyncResponse(ctx, resp, since)
}

func (e *encryption) caught(what string) {
	if p := recover(); p != nil {
		e.m.o.Log.Error("Matrix: the encryption library panicked", "over", what, "kind", fmt.Sprintf("%T", p))
	}
}

// changed has the next message be encrypted anew when people come to a room or leave it.
func (e *encryption) changed(ctx context.Context, evt *event.Event) {
	defer func() {
		if p := recover(); p != nil {
			_ = e.store.RemoveOutboundGroupSession(ctx, evt.RoomID) // to be on the safe side
		}
	}()
	switch evt.Type {
	case event.StateMember:
		e.mach.HandleMemberEvent(ctx, evt)
	case event.StateHistoryVisibility:
		e.mach.HandleHistoryVisibility(ctx, evt)
	}
}

func (e *encryption) encrypt(ctx context.Context, room id.RoomID, t event.Type, content any) (any, error) {
	out, err := e.seal(ctx, room, t, content)
	if err != nil {
		return nil, err
	}
	e.one.Lock()
	due := e.m.o.Now().Sub(e.aged) > ageEach
	e.one.Unlock()
	if due {
		if kept, err := e.age(ctx); err != nil {
			return nil, err
		} else if err := e.grow(ctx, kept+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// seal encrypts content, and shares the key first where that is due.
func (e *encryption) seal(ctx context.Context, room id.RoomID, t event.Type, content any) (any, error) {
	e.alone.Lock()
	defer e.alone.Unlock()
	out, err := e.mach.EncryptMegolmEvent(ctx, room, t, content)
	if errors.Is(err, crypto.ErrSessionExpired) || errors.Is(err, crypto.ErrSessionNotShared) || errors.Is(err, crypto.ErrNoGroupSession) {
		var all []id.UserID
		if all, err = e.m.state.GetRoomJoinedOrInvitedMembers(ctx, room); err != nil {
			return nil, err
		}
		if err = e.mach.ShareGroupSession(ctx, room, all); err != nil {
			return nil, fmt.Errorf("share a key: %w", err)
		}
		out, err = e.mach.EncryptMegolmEvent(ctx, room, t, content)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (e *encryption) decrypt(ctx context.Context, evt *event.Event) (plain *event.Event, err error) {
	e.alone.Lock()
	defer e.alone.Unlock()
	defer func() {
		if p := recover(); p != nil {
			plain, err = nil, fmt.Errorf("panic of a %T", p)
		}
	}()
	return e.mach.DecryptMegolmEvent(ctx, evt)
}

// mayCome tells whether a message may be readable later, once its key is here.
func (e *encryption) mayCome(err error) bool {
	return errors.Is(err, crypto.ErrNoSessionFound) || errors.Is(err, olm.ErrUnknownMessageIndex)
}

// repeated tells whether somebody plays a message again that was read before.
func (e *encryption) repeated(err error) bool { return errors.Is(err, crypto.ErrDuplicateMessageIndex) }

// ask asks whoever sent a message for its key.
func (e *encryption) ask(ctx context.Context, evt *event.Event) {
	c, ok := evt.Content.Parsed.(*event.EncryptedEventContent)
	if !ok {
		return
	}
	err := e.mach.SendRoomKeyRequest(ctx, evt.RoomID, "", c.SessionID, "", map[id.UserID][]id.DeviceID{evt.Sender: {"*"}, e.m.user: {"*"}})
	if err != nil {
		e.m.o.Log.Warn("Matrix: a key could not be asked for", "error", failure.Redact(err))
	}
}

func (m *Matrix) checkKeys(ctx context.Context) bot.Finding {
	got, err := m.client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: map[id.UserID]mautrix.DeviceIDList{m.user: {m.client.DeviceID}}})
	if err != nil {
		return bot.Finding{State: bot.Unsure, Says: "its keys cannot be read from the homeserver", Cure: "Try again later."}
	}
	switch known, crossSigned := signed(got, m.user, m.client.DeviceID); {
	case !known:
		return wrong("the homeserver shows no keys of this device, so nobody can write to it where rooms are encrypted", cureNew)
	case !crossSigned:
		return wrong("the account has not signed this device, so people's apps may not trust it", cureRecovery)
	}
	device := got.DeviceKeys[m.user][m.client.DeviceID]
	return bot.Finding{Says: "signed by its account; fingerprint " + device.Keys.GetEd25519(m.client.DeviceID).Fingerprint()}
}

func (m *Matrix) checkIdentity(ctx context.Context, recovery string) bot.Finding {
	keyID, data, err := ssss.NewSSSSMachine(m.client).GetDefaultKeyData(ctx)
	if err == nil {
		_, err = data.VerifyRecoveryKey(keyID, recovery)
	}
	if err != nil {
		return wrong("the one that is kept does not open the account's identity", cureRecovery)
	}
	return bot.Finding{Says: "it opens the account's identity"}
}

// signed tells whether the account signed the device whose keys these are, with a key that is none of the device's own.
func signed(keys *mautrix.RespQueryKeys, user id.UserID, device id.DeviceID) (known, crossSigned bool) {
	d, known := keys.DeviceKeys[user][device]
	if !known || len(d.Keys) == 0 {
		return false, false
	}
	for key := range d.Signatures[user] {
		if _, name, ok := strings.Cut(string(key), ":"); ok && name != string(device) {
			return true, true
		}
	}
	return true, false
}
