package question

import (
	"context"
	"fmt"

	"ginnel/bot"
)

// reports are the open reports that a coordinator was given, without their words.
func (q *Question) reports(ctx context.Context, m bot.Message, args bot.Args) (bot.Reply, error) {
	if !args.Coordinator {
		return nil, nil
	}
	open, err := q.store.OpenReports(ctx)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	var list []bot.Line
	for _, r := range open {
		if r.Given.Network == m.From.Network && r.Given.ID == m.From.ID {
			list = append(list, q.words.Line("happening.report", "n", r.ID, "day", q.words.Day(bot.DateOf(r.Due.In(q.zone)), args.Today)))
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return bot.Lines(q.words.Line("happening.reports")).With(list), nil
}
