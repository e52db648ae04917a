package matrix

import (
	"context"
	"encoding/json"
	"fmt"
)

// Finding is one thing that Check looked at, as a sentence; a bad one says what to do.
type Finding struct {
	Good bool
	Text string
}

// Check looks whether the bot can be reached and understood, while it runs or not. It changes nothing.
func (m *Matrix) Check(ctx context.Context) []Finding {
	var all []Finding
	find := func(good bool, format string, args ...any) {
		all = append(all, Finding{good, fmt.Sprintf(format, args...)})
	}
	if _, err := m.client.Versions(ctx); err != nil {
		find(false, "%v", m.plainly(err))
		return all
	}
	find(true, "The homeserver %s answers.", m.client.HomeserverURL.Host)
	kept, err := m.o.Keep.Get(ctx, sessionName)
	var s session
	if err == nil && kept != "" {
		err = json.Unmarshal([]byte(kept), &s)
	}
	if m.o.AccessToken != "" {
		s.Token = m.o.AccessToken
	}
	switch {
	case err != nil:
		find(false, "What is remembered of signing in cannot be read: sign in again with ginnel matrix login.")
		return all
	case s.Token == "":
		find(false, "The bot is not signed in yet: run ginnel matrix login.")
		return all
	}
	m.client.AccessToken = s.Token
	who, err := m.client.Whoami(ctx)
	if err != nil {
		find(false, "%v", m.plainly(err))
		return all
	}
	if who.UserID != m.user {
		find(false, "The access token belongs to another account than %s: set MATRIX_USER to the account that the token was made for.", m.user)
		return all
	}
	m.client.DeviceID = who.DeviceID
	find(true, "The bot is signed in as %s, device %s.", who.UserID, who.DeviceID)
	rooms, err := m.client.JoinedRooms(ctx)
	if err != nil {
		find(false, "Its rooms cannot be read: %v", m.plainly(err))
	} else {
		find(true, "It is in %d rooms and private chats.", len(rooms.JoinedRooms))
	}
	return append(all, m.checkEncryption(ctx)...)
}
