package talk

import "ginnel/bot"

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
