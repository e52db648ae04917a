package terminal

import (
	"strconv"
	"strings"
	"unicode"

	"ginnel/bot"
)

// message makes a line what the speaker says where he or she is; ok is false when there is nothing in it.
func (t *Terminal) message(line string) (m bot.Message, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	toUs := true
	if rest, named := cutMention(line); t.where.Room != "" {
		line, toUs = rest, named
	} else if named && rest != "" { // in private it goes without saying
		line = rest
	}
	if strings.TrimSpace(line) == "" {
		return m, false
	}
	t.count++
	return bot.Message{
		ID: bot.MessageID(t.o.Session + "/" + strconv.Itoa(t.count)), Kind: bot.Said,
		From: t.speaker, Where: t.where, Text: line, ToUs: toUs, At: t.o.Now(),
	}, true
}

// cutMention takes the bot's name off the front of what is said to it in a room.
func cutMention(line string) (rest string, toUs bool) {
	rest = strings.TrimLeftFunc(line, unicode.IsSpace)
	const name = "ginnel"
	at := strings.HasPrefix(rest, "@")
	rest = strings.TrimPrefix(rest, "@")
	if len(rest) < len(name) || !strings.EqualFold(rest[:len(name)], name) {
		return line, false
	}
	rest = rest[len(name):]
	after := strings.TrimLeft(rest, ",: ")
	if !at && after != "" && rest[0] != ',' && rest[0] != ':' || rest != "" && after == rest {
		return line, false
	}
	return after, true
}
