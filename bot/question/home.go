package question

import (
	"context"

	"ginnel/bot"
)

// home shows what somebody asked and waits for, and how to ask.
func (q *Question) home(ctx context.Context, m bot.Message, args bot.Args) (bot.Reply, error) {
	a, err := q.happening(ctx, m, args)
	if err != nil {
		return nil, err
	}
	return a.Reply.Choose(bot.Choice{Label: q.words.Plain("askform.title"), Say: q.words.Say("question.askform"), Form: true}), nil
}

func (q *Question) askForm(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	what := bot.Field{Name: "what", Label: q.words.Plain("askform.what"), Hint: q.words.Plain("askform.whathint"), Needed: true}
	in := bot.Field{Name: "in", Label: q.words.Plain("askform.in"), Hint: q.words.Plain("askform.inhint")}
	return bot.Answer{Reply: bot.Reply{{Form: &bot.Form{
		Title: q.words.Plain("askform.title"), Fields: []bot.Field{what, in}, Say: []string{q.words.Blank("question.ask", "what", "in")},
	}}}}, nil
}
