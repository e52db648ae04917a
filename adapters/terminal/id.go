package terminal

import (
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Network is the network of terminals.
const Network bot.Network = "terminal"

// Speaker is the person of that name: whoever is called the same, as clean.Fold sees names, is the same.
func Speaker(name string) bot.Speaker {
	name = clean.Shorten(clean.OneLine(name), 60)
	return bot.Speaker{Network: Network, ID: bot.UserID(clean.Fold(name)), Name: name}
}

func roomID(name string) bot.RoomID { return bot.RoomID(clean.OneLine(name)) }

// splitAs reads “Amina (Tallow Lane Repair Café)”.
func splitAs(s string) (name, organisation string) {
	s = clean.OneLine(s)
	if before, after, ok := strings.Cut(s, "("); ok && strings.HasSuffix(after, ")") {
		return strings.TrimSpace(before), strings.TrimSpace(strings.TrimSuffix(after, ")"))
	}
	return s, ""
}
