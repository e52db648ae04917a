package terminal

import (
	"strings"

	"ginnel/bot"
)

// Network is the network of terminals.
const Network bot.Network = "terminal"

// Speaker is the person of that name: whoever is called the same, as bot.Skeleton sees names, is the same.
func Speaker(name string) bot.Speaker {
	name = bot.Shorten(bot.OneLine(name), 60)
	return bot.Speaker{Network: Network, ID: bot.UserID(bot.Skeleton(name)), Name: name}
}

func roomID(name string) bot.RoomID { return bot.RoomID(bot.OneLine(name)) }

// splitAs reads “Amina (Tallow Lane Repair Café)”.
func splitAs(s string) (name, organisation string) {
	s = bot.OneLine(s)
	if before, after, ok := strings.Cut(s, "("); ok && strings.HasSuffix(after, ")") {
		return strings.TrimSpace(before), strings.TrimSpace(strings.TrimSuffix(after, ")"))
	}
	return s, ""
}
