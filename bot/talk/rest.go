package talk

import (
	"context"

	"ginnel/bot"
	"ginnel/bot/layout"
)

// fit cuts all that is said to what one message holds, with a choice that asks for the rest. Where nobody in particular may
// choose, the rest is left out.
func (b *Bot) fit(a bot.Answer) bot.Answer {
	a.Reply, a.Rest = b.cut(a.Reply)
	for i, p := range a.Posts {
		asked := p.Where.Room == "" && len(p.Where.People) == 1 || p.For != "" || p.Where.Only != ""
		if a.Posts[i].Reply, a.Posts[i].Rest = b.cut(p.Reply); a.Posts[i].Rest != nil && !asked {
			a.Posts[i].Reply, _ = layout.Fit(p.Reply)
			a.Posts[i].Rest = nil
		}
	}
	return a
}

func (b *Bot) cut(r bot.Reply) (head, rest bot.Reply) {
	head, rest = layout.Fit(r)
	if rest != nil {
		more := b.words.Choice("rest.more", "talk.rest")
		more.Stays = true
		head = head.Choose(more)
	}
	return head, rest
}

// rest says what did not fit into what was last said here, or into the message that m answers.
func (b *Bot) rest(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	offered, _, err := b.offered(ctx, m)
	if err != nil {
		return bot.Answer{}, err
	}
	for _, o := range offered {
		if o.Rest != nil {
			return bot.Answer{Reply: o.Rest}, nil
		}
	}
	return bot.Answer{}, b.words.Trouble("rest.none")
}
