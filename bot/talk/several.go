package talk

import (
	"strings"

	"ginnel/bot"
)

// severalNeeds is from how many things on one entry is asked whether they are one each: a hall with a kitchen is one.
const severalNeeds = 3

// severally asks whether what reads as a list of needs or offers, “a treasurer, a gutter cleaner and two trustees”, is meant as
// one entry each; ok is false where it reads as one thing.
func (b *Bot) severally(name string, values map[string]bot.Value) (reply bot.Reply, ok bool) {
	what := values["what"]
	if name != "register.offer" && name != "register.need" || what.Exact || !values["until"].Date.IsZero() {
		return nil, false
	}
	items := b.book.Items(what.Text)
	if len(items) < severalNeeds {
		return nil, false
	}
	var list []bot.Line
	var says []string
	for _, item := range items {
		list = append(list, bot.Text(item))
		says = append(says, b.words.Say(name, "what", item))
	}
	return bot.Lines(b.words.Line("several.shall")).With(list).Choose(
		bot.Choice{Label: b.words.Plain("several.each"), Say: strings.Join(says, "\n")},
		b.words.Choice("several.one", name, "what", what.Text), b.words.Choice("read.else", "talk.else"),
	), true
}
