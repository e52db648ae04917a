package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"

	"ginnel/bot"
)

// messageID names a message by its channel too: what is to be changed or looked for is asked for there.
func messageID(channel, ts string) bot.MessageID { return bot.MessageID(channel + "/" + ts) }

// whisperID names a message that only one person sees; Slack gives nobody a way to it later.
func whisperID(channel, ts, user string) bot.MessageID {
	return bot.MessageID(channel + "/" + ts + "/" + user)
}

// viewID names what stands in a window and not in any chat.
func viewID(view string) bot.MessageID { return bot.MessageID("view/" + view) }

var (
	isChannel = regexp.MustCompile(`^[CDG][A-Z0-9]{2,20}$`).MatchString
	isUser    = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`).MatchString
	isStamp   = regexp.MustCompile(`^[0-9]{1,12}\.[0-9]{1,8}$`).MatchString
)

// splitID takes apart what messageID or whisperID made. user is "" for what everybody sees there.
func splitID(m bot.MessageID) (channel, ts, user string, ok bool) {
	channel, ts, ok = strings.Cut(string(m), "/")
	ts, user, _ = strings.Cut(ts, "/")
	return channel, ts, user, ok && isChannel(channel) && isStamp(ts) && (user == "" || isUser(user))
}

// opaque is a name that tells nobody of what, and is the same each time: any app may read the metadata of a message.
func opaque(of string) string {
	sum := sha256.Sum256([]byte(of))
	const long = 32 // characters, 160 bits
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:long]
}

// oldestFirst sorts timestamps.
func oldestFirst(stamps []string) []string {
	slices.SortFunc(stamps, func(a, b string) int {
		if len(a) != len(b) {
			return cmp.Compare(len(a), len(b))
		}
		return cmp.Compare(a, b)
	})
	return stamps
}
