package talk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/language"
)

// pick takes from the lists that stand open what a message points at: “the first one”, “both please”, “nine arches”.
func (b *Bot) pick(ctx context.Context, m bot.Message, args bot.Args, h heard, sure bool) (bot.Answer, bool, error) {
	list := slices.Concat(h.open, h.others)
	words := b.book.WithoutCourtesies(language.Fold(m.Text))
	meant, ok := b.book.Ordinal(words, len(list))
	var c bot.Choice
	if ok {
		c = list[meant]
	} else {
		name := b.reader.Slots("answer.pick", m.Text)["name"]
		if name == "" {
			name = strings.Join(words, " ")
		}
		for _, one := range list {
			if has(language.Fold(one.Label), language.Fold(name)) {
				if c.Say != "" {
					return bot.Answer{}, false, nil // it may be either
				}
				c = one
			}
		}
	}
	if c.Say == "" {
		return bot.Answer{}, false, nil
	}
	if !sure {
		a, err := b.ask(c.Say)
		return a, true, err
	}
	m.Text = c.Say
	a, err := b.one(ctx, m, args, h)
	return a, true, err
}

// has tells whether all of some words stand in others, one behind the other.
func has(words, some []string) bool {
	for i := 0; len(some) > 0 && i+len(some) <= len(words); i++ {
		if slices.Equal(words[i:i+len(some)], some) {
			return true
		}
	}
	return false
}

// pointing are the slots that name a group, which may be one of a list: “tell me more about the second one”.
var pointing = []string{"name", "who", "group", "one", "two"}

// pointed gives values that point at one of the groups of an open list the name of that group.
func (b *Bot) pointed(values map[string]bot.Value, m bot.Message, h heard) map[string]bot.Value {
	out := maps.Clone(values)
	for slot, v := range values {
		if !slices.Contains(pointing, slot) {
			continue
		}
		var names []string
		for _, c := range slices.Concat(h.open, h.others) {
			if command, said, ok := b.book.Match(c.Say, b.today(m)); ok && command == "introduce.ask" {
				names = append(names, said["name"].Text)
			}
		}
		which, ok := b.book.Ordinal(b.book.Taken(language.Fold(v.Text)), len(names))
		if b.book.Pronoun(v.Text) && len(names) == 1 {
			which, ok = 0, true
		}
		if ok {
			out[slot] = bot.Value{Text: names[which], Exact: true}
		}
	}
	return out
}
