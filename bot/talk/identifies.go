package talk

import (
	"slices"

	"ginnel/bot"
	"ginnel/bot/identify"
)

// called are the slots in which groups are called by their names. Whoever is called so is one of them or nobody.
var called = []string{"name", "names", "one", "other", "who", "ours"}

// identifies tells whether what a command is told would tell others who somebody is, or how to find them, who was not asked.
// It is the one door through which the words of one side come to be read by another, so it stands before every command.
func (b *Bot) identifies(c *bot.Command, values map[string]bot.Value, args bot.Args) bool {
	if c.Unread || c.Confided || c.Name == forCommand {
		return false
	}
	var known []string
	for _, s := range args.Standings {
		known = append(known, s.Name)
	}
	for slot, v := range values {
		isName := slices.Contains(called, slot)
		for _, f := range identify.Find(v.Text, known...) {
			if !isName || f.Kind != identify.Name {
				return true
			}
		}
	}
	return false
}
