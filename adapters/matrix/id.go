package matrix

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// messageID names a message by its room too: what is to be changed or looked at is asked for in its room.
func messageID(room id.RoomID, e id.EventID) bot.MessageID {
	return bot.MessageID(string(room) + "/" + string(e))
}

// splitID takes apart what messageID made. Neither a room's id nor, in front of it, an event's has a stroke.
func splitID(m bot.MessageID) (room id.RoomID, e id.EventID) {
	r, rest, _ := strings.Cut(string(m), "/")
	return id.RoomID(r), id.EventID(rest)
}

func (m *Matrix) speaker(u id.UserID, name string) bot.Speaker {
	if name = clean.OneLine(name); name == "" {
		name = u.Localpart()
	}
	const longest = 60
	return bot.Speaker{Network: m.network, ID: bot.UserID(u), Name: clean.Shorten(name, longest)}
}

// opaque is a name that tells nobody of what, and is the same each time.
func opaque(key []byte, of string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(of))
	const long = 24 // characters, 120 bits
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:long]
}

// transaction is the id under which a post is sent: the homeserver takes the same one twice for one message.
func transaction(key string) string {
	sum := sha256.Sum256([]byte(key))
	const long = 32
	return "ginnel-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:long]
}
