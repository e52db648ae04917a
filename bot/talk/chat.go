package talk

import (
	"context"

	"ginnel/bot"
)

// small is the handler of a sentence that chat answers.
func (b *Bot) small(name string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(_ context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		reply, _ := b.chat(name, m, args)
		return bot.Answer{Reply: reply}, nil
	}
}

// chat is what is said to what wants nothing of the register: a short word, or in a room none.
func (b *Bot) chat(name string, m bot.Message, args bot.Args) (bot.Reply, bool) {
	aloud := m.Where.InRoom() && !m.Where.IsPrivate()
	stranger := len(args.Standings) == 0
	switch name {
	case "hello":
		if stranger {
			return bot.Lines(b.words.Line("welcome.what"), b.words.Line("welcome.try")), true
		}
		return bot.Lines(b.words.Line("chat.hello")).Choose(b.words.Choice("chat.home", "talk.home"), b.words.Choice("problem.help", "talk.help")), true
	case "thanks", "nothing", "answer.think":
		if aloud {
			return nil, true
		}
		return bot.Lines(b.words.Line("chat." + map[string]string{"thanks": "thanks", "nothing": "nothing", "answer.think": "think"}[name])), true
	case "offtopic", "personal":
		return bot.Lines(b.words.Line("chat." + name)), true
	case "human":
		return bot.Lines(b.words.Line("chat.human", "run", b.settings.Run)).Choose(b.words.Choice("chat.complain", "rights.complainhow")), true
	case "safeguarding":
		return bot.Lines(b.words.Line("chat.safeguarding"), b.words.Line("chat.report")), true
	}
	return nil, false
}
