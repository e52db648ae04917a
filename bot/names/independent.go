package names

import (
	"slices"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Independent counts how many of several groups, each given by those who speak for it, have nobody in common with own or with a group
// that was counted before: whoever speaks for two has one voice, and none about a group of their own. A group that nobody speaks for
// has none.
func Independent(own []bot.Contact, groups ...[]bot.Contact) (n int) {
	seen := slices.Clone(own)
	for _, people := range groups {
		if len(people) == 0 || slices.ContainsFunc(people, func(c bot.Contact) bool {
			return slices.ContainsFunc(seen, func(o bot.Contact) bool { return samePerson(o.Speaker, c.Speaker) })
		}) {
			continue
		}
		seen = append(seen, people...)
		n++
	}
	return n
}

// samePerson tells whether two accounts are one person's, as far as can be told: somebody has the same name on two networks.
func samePerson(a, b bot.Speaker) bool {
	if a.Network == b.Network && a.ID == b.ID {
		return true
	}
	name := clean.Fold(a.Name)
	return name != "" && name == clean.Fold(b.Name)
}
