package matrix

import (
	"context"
	"encoding/json"
	"fmt"

	"ginnel/bot"
)

// Checks look whether the bot can be reached and understood, while it runs or not. They change nothing.
func (m *Matrix) Checks() []bot.Check {
	return []bot.Check{
		{Name: "matrix homeserver", Run: m.checkServer},
		{Name: "matrix account", Run: m.checkAccount},
		{Name: "matrix device", Run: m.checkDevice},
		{Name: "matrix recovery key", Run: m.checkRecovery},
	}
}

func wrong(says, cure string) bot.Finding {
	return bot.Finding{State: bot.Wrong, Says: says, Cure: cure}
}

const (
	cureLogin    = "Sign in: ginnel matrix login"
	cureNew      = "Sign in anew, as a new device: ginnel matrix login --new"
	cureRecovery = "Give the account's recovery key to: ginnel matrix login"
)

func (m *Matrix) checkServer(ctx context.Context) bot.Finding {
	if _, err := m.client.Versions(ctx); err != nil {
		return wrong("it does not answer as a homeserver does", m.plainly(err).Error())
	}
	return bot.Finding{Says: "it answers"}
}

// stored makes the client speak with the token that is kept. It is false when there is none.
func (m *Matrix) stored(ctx context.Context) (bool, error) {
	kept, err := m.keep.Get(ctx, sessionName)
	if err != nil {
		return false, err
	}
	var s session
	if kept != "" {
		if err := json.Unmarshal([]byte(kept), &s); err != nil {
			return false, err
		}
	}
	if m.o.AccessToken != "" {
		s.Token = m.o.AccessToken
	}
	m.client.AccessToken, m.client.DeviceID = s.Token, s.Device
	return s.Token != "", nil
}

func (m *Matrix) checkAccount(ctx context.Context) bot.Finding {
	switch ok, err := m.stored(ctx); {
	case err != nil:
		return wrong("what is remembered of signing in cannot be read", cureNew)
	case !ok:
		return wrong("the bot is not signed in", cureLogin)
	}
	who, err := m.client.Whoami(ctx)
	switch {
	case err != nil:
		return wrong("the homeserver does not let the bot in", m.plainly(err).Error())
	case who.UserID != m.user:
		return wrong("the access token belongs to another account", "Set MATRIX_USER to the account that the token was made for.")
	}
	rooms, err := m.client.JoinedRooms(ctx)
	if err != nil {
		return wrong("the bot is signed in, and its rooms cannot be read", m.plainly(err).Error())
	}
	return bot.Finding{Says: fmt.Sprintf("signed in, as device %s; the bot is in %d rooms and private chats", who.DeviceID, len(rooms.JoinedRooms))}
}

func (m *Matrix) checkDevice(ctx context.Context) bot.Finding {
	if ok, err := m.stored(ctx); err != nil || !ok {
		return bot.Finding{State: bot.Unsure, Says: "not looked at, since the bot is not signed in", Cure: cureLogin}
	}
	return m.checkKeys(ctx)
}

func (m *Matrix) checkRecovery(ctx context.Context) bot.Finding {
	if ok, err := m.stored(ctx); err != nil || !ok {
		return bot.Finding{State: bot.Unsure, Says: "not looked at, since the bot is not signed in", Cure: cureLogin}
	}
	kept, err := m.keep.Get(ctx, recoveryName)
	if err != nil || kept == "" {
		return bot.Finding{State: bot.Unsure, Says: "none is kept, so a lost device cannot be replaced by one that people's apps trust", Cure: cureRecovery}
	}
	return m.checkIdentity(ctx, kept)
}

// What Keep holds for the account's identity.
const (
	recoveryName = "recovery"         // opens it to a new device
	pendingName  = "recovery.pending" // the same, not tried yet
)
