package talk

import (
	"slices"

	"ginnel/bot"
)

func unsureDate(values map[string]bot.Value) (string, bot.Value, bool) {
	for slot, v := range values {
		if len(v.Options) > 0 {
			return slot, v, true
		}
	}
	return "", bot.Value{}, false
}

// whichDay asks for the day that was meant: every choice is the whole sentence with one day in it.
func (b *Bot) whichDay(command string, values map[string]bot.Value, slot string, v bot.Value) bot.Reply {
	filled := map[string]any{}
	for s, v := range values {
		filled[s] = v.Text
	}
	var choices []bot.Choice
	for _, d := range v.Options {
		filled[slot] = d
		choices = append(choices, bot.Choice{Label: b.book.FullDay(d), Say: b.book.SayLike(command, filled)})
	}
	return bot.Lines(b.words.Line("problem.day", "text", v.Text)).Choose(choices...)
}

// guess answers what nothing matched: the nearest thing it might have meant, never “unknown command”.
// What was offered before it stays open.
func (b *Bot) guess(m bot.Message, h heard) error {
	help := b.words.Choice("problem.help", "talk.help")
	if mended := b.book.Mend(m.Text, b.today(m)); mended != "" && mended != m.Text {
		yes := bot.Choice{Label: b.words.Plain("problem.yes"), Say: mended}
		choices := apart(slices.Concat([]bot.Choice{yes}, h.open, []bot.Choice{help}))
		choices[0] = yes
		return &bot.Problem{Reply: bot.Lines(b.words.Line("problem.mended", "text", mended)).Choose(choices...)}
	}
	reply := bot.Lines(b.words.Line("problem.guess"))
	var list []bot.Line
	for _, e := range b.book.Nearest(m.Text, 2) {
		list = append(list, bot.Text(e))
	}
	if list == nil {
		list = []bot.Line{b.words.Line("problem.ask"), b.words.Line("problem.offer")}
	}
	others := named(slices.Clone(h.others))
	return &bot.Problem{Reply: reply.With(list).Choose(apart(slices.Concat(h.open, others, []bot.Choice{help}))...)}
}
