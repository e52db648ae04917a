package talk

import (
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/language"
	"ginnel/bot/language/intent"
)

// redrafted is the sentence that introduces a group again, when somebody who is asked whether to list it says that its name or
// its place is another: “it's QX7, not QX6”. Nothing is kept of it; it is read back like the first.
func (b *Bot) redrafted(m bot.Message, h heard, guesses []intent.Guess) (say string, ok bool) {
	if len(h.kinds) == 0 || h.kinds[0] != "list" {
		return "", false
	}
	i := slices.IndexFunc(h.open, func(c bot.Choice) bool { return b.meaning(c.Say, m) == "register.list" })
	if i < 0 {
		return "", false
	}
	_, values, _ := b.book.Match(h.open[i].Say, b.today(m))
	name, place := values["name"].Text, string(values["place"].Place)
	changed := false
	for _, word := range strings.Fields(m.Text) {
		if code, ok := language.ReadPostcode(strings.Trim(word, ".,!?;")); ok && string(code) != place {
			place, changed = string(code), true
			break
		}
	}
	for _, reading := range []string{"register.correct", "register.rename"} {
		to := b.reader.Slots(reading, m.Text)["to"] + b.reader.Slots(reading, m.Text)["name"]
		if guesses[0].Intent == reading && guesses[0].P >= intent.Likely && to != "" && !changed {
			name, changed = to, true
		}
	}
	if !changed || strings.HasPrefix(name, "#") {
		return "", false
	}
	return b.words.Say("register.we", "name", name, "place", place), true
}
