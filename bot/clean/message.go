package clean

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ginnel/bot"
)

// How much of an id, a name and a text is taken, in bytes. Two ids of the longest kind that Matrix knows fit into one of
// ours.
const (
	maxNetwork = 100
	maxID      = 600
	maxName    = 200
	maxText    = 64 << 10
)

var errID = errors.New("no id: it wants to be short, without control characters")

// CheckNetwork refuses a name that cannot stand in keys: empty, long, with a stroke, a space or what cannot be seen.
func CheckNetwork(n bot.Network) error {
	if err := checkID(string(n), maxNetwork); err != nil {
		return fmt.Errorf("the name of the network is %w", err)
	}
	if strings.ContainsFunc(string(n), func(r rune) bool { return r == '/' || unicode.IsSpace(r) }) {
		return errors.New("the name of the network has a stroke or a space in it")
	}
	return nil
}

// CheckID refuses what is no id of a room, a person or a message: empty, too long, or with control characters.
func CheckID[ID bot.RoomID | bot.UserID | bot.MessageID](id ID) error {
	return checkID(string(id), maxID)
}

func checkID(id string, most int) error {
	if id == "" || len(id) > most || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl) {
		return errID
	}
	return nil
}

// Message is m as it may be stored, from an adapter of network n. It refuses what no adapter may send: another network's
// words, ids that would be taken for other ids, and messages to ourselves. Text and names lose what no database takes,
// and what is too long of them; a time that has not come yet becomes now.
func Message(m bot.Message, n bot.Network, now time.Time) (bot.Message, error) {
	switch {
	case m.Ours() || m.Kind == "":
		return m, errors.New("a message of that kind is nobody's to send")
	case m.Where.Network != n || m.From.Network != n && m.From != (bot.Speaker{}):
		return m, errors.New("a message speaks of another network")
	}
	ids := []string{string(m.ID), string(m.Kind)}
	for _, id := range append(m.Where.People[:len(m.Where.People):len(m.Where.People)], m.From.ID, m.Where.Only) {
		ids = append(ids, string(id))
	}
	ids = append(ids, string(m.Where.Room), string(m.Where.Thread), string(m.Where.Gather), string(m.On), string(m.Begins), m.For)
	for i, id := range ids {
		if id == "" && i >= 2 {
			continue
		}
		if err := checkID(id, maxID); err != nil {
			return m, fmt.Errorf("an id of a message is %w", err)
		}
	}
	m.Text = sound(m.Text, maxText)
	m.From.Name = sound(m.From.Name, maxName)
	m.In.Zone, m.In.Language = sound(m.In.Zone, maxName), sound(m.In.Language, maxName)
	m.Where.Title = sound(m.Where.Title, maxName)
	if m.At.IsZero() || m.At.After(now) {
		m.At = now
	}
	return m, nil
}

// sound is s without what is no text at all, and cut between characters after most bytes.
func sound(s string, most int) string {
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
}
