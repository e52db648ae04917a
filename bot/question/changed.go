package question

import (
	"context"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// edited takes back what a message asked that says something else by now, and offers to look again.
func (q *Question) edited(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	reply := bot.Lines(q.words.Line("changed.edited"))
	if text := clean.OneLine(m.Text); text != "" && m.ToUs {
		reply = reply.Choose(bot.Choice{Label: q.words.Plain("changed.again"), Say: clean.Shorten(text, longestHeard)})
	}
	return q.takeBack(ctx, m, reply, false)
}

// deleted takes back what a message asked that is there no more, and forgets what it said.
func (q *Question) deleted(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	return q.takeBack(ctx, m, bot.Lines(q.words.Line("changed.deleted")), true)
}

// takeBack closes the asks of the message that m changed, and has our answer to it say so where the network can change what
// was said; a deleted question is not answered anew.
func (q *Question) takeBack(ctx context.Context, m bot.Message, reply bot.Reply, erase bool) (a bot.Answer, err error) {
	open, err := q.store.AsksSaid(ctx, m.Where.Network, m.On)
	if err != nil || len(open) == 0 {
		return a, err
	}
	for _, ask := range open {
		err := q.store.UpdateAsk(ctx, ask.ID, func(a bot.Ask) (bot.Ask, error) {
			a.Closed, a.Watch = m.At, false
			if erase {
				a.Text = ""
			}
			return a, nil
		})
		if err != nil {
			return a, err
		}
		a.Later = append(a.Later, bot.Later(bot.AskClosed, ask.ID.String(), m.At, ask.ID.String()))
	}
	where := open[0].Where
	if where.InRoom() && where.Thread == "" {
		where.Thread = m.Begins
	}
	a.Posts = []bot.Post{{
		Key: "changed/" + m.Key(), Where: where, Reply: reply, To: m.On, For: open[0].Asker.ID, Urgency: bot.AtOnce, OnlyEdit: erase,
		Instead: "reply/" + bot.Message{Where: m.Where, ID: m.On}.Key(), About: []string{bot.AboutPerson(open[0].Asker)},
	}}
	return a, nil
}
