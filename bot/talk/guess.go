package talk

import (
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/language"
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
func (b *Bot) guess(m bot.Message, args bot.Args, h heard) error {
	help := b.words.Choice("problem.help", "talk.help")
	if mended := b.mended(m); mended != "" {
		yes := bot.Choice{Label: b.words.Plain("problem.yes"), Say: mended}
		choices := b.apart(slices.Concat([]bot.Choice{yes}, h.open, []bot.Choice{help}))
		choices[0] = yes
		return &bot.Problem{Reply: bot.Lines(b.words.Line("problem.mended", "text", mended)).Choose(choices...)}
	}
	open := slices.Concat(h.open, b.titled(slices.Clone(h.others)))
	if says := b.suggestions(m, args, h); len(says) > 0 {
		var choices []bot.Choice
		for _, say := range says {
			choices = append(choices, bot.Choice{Label: unmarked(say), Say: say})
		}
		open = slices.DeleteFunc(open, func(c bot.Choice) bool { return slices.Contains(says, c.Say) || c.Say == b.words.Say("talk.else") })
		return &bot.Problem{Reply: bot.Lines(b.words.Line("read.which")).Choose(choices...).Choose(append(b.apart(open), b.words.Choice("read.else", "talk.else"))...)}
	}
	if len(open) > 0 {
		return &bot.Problem{Reply: bot.Lines(b.words.Line("problem.guess"), b.words.Line("problem.open")).Choose(b.apart(append(open, help))...)}
	}
	list := []bot.Line{b.words.Line("problem.ask"), b.words.Line("problem.offer")}
	if len(args.Standings) == 0 {
		list[1] = b.words.Line("problem.join")
	}
	return &bot.Problem{Reply: bot.Lines(b.words.Line("problem.guess"), b.words.Line("problem.try")).With(list).Choose(help)}
}

// maxSuggestions is how many sentences somebody is shown who was not understood.
const maxSuggestions = 3

// suggestions are the sentences that the reader thinks of, though it is unsure of all: only what this person may say, and says
// something.
func (b *Bot) suggestions(m bot.Message, args bot.Args, h heard) (says []string) {
	const worth = 0.15
	for _, g := range b.reader.Read(m.Text, b.situation(m, args, h)) {
		if g.P < worth || len(says) == maxSuggestions {
			break
		}
		say, ok := b.sentence(g.Intent, m.Text)
		if !ok || strings.HasPrefix(g.Intent, "about.") || g.Intent == "register.amend" || g.Intent == "register.handover" {
			continue // what was not understood is no more of an offer, and nobody hands over by chance
		}
		if c := b.named[b.meaning(say, m)]; c != nil && c.Kind == bot.Said && may(c.Role, args) && !slices.Contains(says, say) {
			says = append(says, say)
		}
	}
	return says
}

// mended is what a message with slips of the fingers may have been meant to say, "" when that is nothing else.
func (b *Bot) mended(m bot.Message) string {
	mended := b.book.Mend(m.Text, b.today(m))
	if slices.Equal(language.Fold(mended), language.Fold(m.Text)) {
		return ""
	}
	return mended
}
