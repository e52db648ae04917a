package question

import (
	"context"
	"fmt"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// thanks records help that was given, asked for here or not, as “sorted, thank you …” does. No ask is closed by it.
func (q *Question) thanks(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	who, what := args.Text("who"), clean.OneLine(args.Text("what"))
	found, err := q.store.OrganisationsNamed(ctx, who)
	// “Thank the Men's Shed so much” thanks the Men's Shed.
	for words, cut := strings.Fields(who), 1; err == nil && len(found) == 0 && cut < min(len(words), 4); cut++ {
		who = strings.Join(words[:len(words)-cut], " ")
		found, err = q.store.OrganisationsNamed(ctx, who)
	}
	switch {
	case err != nil:
		return bot.Answer{}, fmt.Errorf("organisations called so: %w", err)
	case len(found) != 1:
		return bot.Answer{}, q.words.Trouble("sorted.whom", "name", args.Text("who"))
	}
	if what == "" {
		open, err := q.store.Asks(ctx, m.From, true)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("asks: %w", err)
		}
		if len(open) != 1 {
			return bot.Answer{}, q.words.Trouble("thank.what", "who", found[0].Name)
		}
		what = open[0].Text
	}
	var a bot.Answer
	err = q.thank(ctx, m, bot.Ask{Organisation: args.Organisation, Text: what}, found[0].Name, &a)
	return a, err
}
