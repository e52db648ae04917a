package matrix

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	tidyEach = 6 * time.Hour
	// How long the key of a message is kept, by which it could be read again: a message may wait for us for so long while we are away.
	keysLast = 30 * 24 * time.Hour
)

// With us are the people who are in a room with the bot, or invited to one: only of them must it be known which devices they have.
const (
	ourRooms = `SELECT room_id FROM mx_user_profile WHERE user_id=$1 AND membership IN ('join', 'invite')`
	withUs   = `SELECT user_id FROM mx_user_profile WHERE membership IN ('join', 'invite')`
	departed = `SELECT identity_key FROM crypto_device WHERE user_id<>$1 AND user_id NOT IN (` + withUs + `)`
)

// tidying are the statements that leave nothing of who is not with us any more, nor what nothing here asks for. In each $1 is our own
// account, where it stands.
var tidying = []string{
	`DELETE FROM mx_room_state WHERE room_id NOT IN (` + ourRooms + `)`,
	`DELETE FROM mx_user_profile WHERE room_id NOT IN (` + ourRooms + `)`,
	`UPDATE mx_user_profile SET avatar_url='', name_skeleton=NULL WHERE avatar_url<>'' OR name_skeleton IS NOT NULL`,
	`UPDATE mx_user_profile SET displayname='' WHERE displayname<>'' AND membership NOT IN ('join', 'invite')`,
}

// tidyingKeys are those for the tables of keys.
var tidyingKeys = []string{
	`DELETE FROM crypto_olm_session WHERE sender_key IN (` + departed + `)`,
	`DELETE FROM crypto_megolm_inbound_session WHERE sender_key IN (` + departed + `)`,
	`DELETE FROM crypto_megolm_outbound_session_shared WHERE user_id<>$1 AND user_id NOT IN (` + withUs + `)`,
	`DELETE FROM crypto_cross_signing_signatures WHERE signed_user_id<>$1 AND signed_user_id NOT IN (` + withUs + `) OR signer_user_id<>$1 AND signer_user_id NOT IN (` + withUs + `)`,
	`DELETE FROM crypto_cross_signing_keys WHERE user_id<>$1 AND user_id NOT IN (` + withUs + `)`,
	`DELETE FROM crypto_tracked_user WHERE user_id<>$1 AND user_id NOT IN (` + withUs + `)`,
	`DELETE FROM crypto_device WHERE user_id<>$1 AND user_id NOT IN (` + withUs + `)`,
	`DELETE FROM crypto_message_index WHERE session_id NOT IN (SELECT session_id FROM crypto_megolm_inbound_session)`,
}

// tidy erases from the tables of the library what it would keep for ever: people with whom the bot shares no room any more, and keys by
// which messages of long ago could be read again. It waits while somebody invites the bot, whose keys come before the room does.
func (m *Matrix) tidy(ctx context.Context) error {
	if m.expecting() {
		return nil
	}
	m.learning.Lock()
	defer m.learning.Unlock()
	return m.db.DoTxn(ctx, nil, func(ctx context.Context) error {
		run := func(query string, args ...any) error {
			if _, err := m.db.Exec(ctx, query, args...); err != nil {
				return fmt.Errorf("erase what the library keeps too long: %w", err)
			}
			return nil
		}
		all := tidying
		if m.crypt.Load() != nil {
			all = append(all[:len(all):len(all)], tidyingKeys...)
			err := run(`DELETE FROM crypto_megolm_inbound_session WHERE received_at<$1`, m.o.Now().Add(-keysLast).UTC())
			if err != nil {
				return err
			}
		}
		for _, query := range all {
			args := []any{string(m.user)}
			if !strings.Contains(query, "$1") {
				args = nil
			}
			if err := run(query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}
