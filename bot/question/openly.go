package question

import (
	"context"
	"fmt"
	"slices"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// openly tells whether a message was said where everybody reads it.
func openly(m bot.Message) bool { return m.In.Open && m.Where.InRoom() && m.Where.Only == "" }

// tellOthers lets an ask be told elsewhere that was put in private, or in a room that not everybody reads.
func (q *Question) tellOthers(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("asks: %w", err)
	}
	what := args.Text("what")
	i := slices.IndexFunc(open, func(a bot.Ask) bool { return clean.Fold(a.Text) == clean.Fold(what) && !a.Nameless })
	if i < 0 {
		return bot.Answer{Reply: bot.Lines(q.words.Line("sorted.none"))}, nil
	}
	err = q.store.UpdateAsk(ctx, open[i].ID, func(a bot.Ask) (bot.Ask, error) {
		a.Public = true
		return a, nil
	})
	return bot.Answer{Reply: bot.Lines(q.words.Line("openly.done", "what", open[i].Text))}, err
}
