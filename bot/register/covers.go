package register

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/match"
)

// covers notes how far an organisation goes to help.
func (r *Register) covers(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	where := strings.Trim(args.Text("where"), " ,.;")
	const longest = 60
	if n := utf8.RuneCountInString(where); n > longest {
		return bot.Answer{}, r.words.Trouble("covers.long", "n", longest)
	}
	places, err := r.store.Places(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("places: %w", err)
	}
	rows := make([]match.PlaceRow, len(places))
	for i, p := range places {
		rows[i] = match.PlaceRow(p)
	}
	_, understood := match.NewGazetteer(rows).Covers(where)
	o, err := r.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	if o.Sensitive && placeless(where) == "" {
		return bot.Answer{}, r.words.Trouble("covers.private")
	}
	if o, err = r.update(ctx, m, args, func(o *bot.Organisation) { o.Covers = where }); err != nil {
		return bot.Answer{}, err
	}
	lines := []bot.Line{r.words.Line("covers.done", "name", strong(o.Name), "where", where)}
	if !understood {
		lines = append(lines, r.words.Line("covers.unknown"))
	}
	return bot.Answer{Reply: bot.Lines(lines...).Choose(r.words.Choice("covers.undo", "register.coversnot"))}, nil
}

func (r *Register) coversNot(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Covers = "" })
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("coversnot.done", "name", strong(o.Name)))}, nil
}

// placeless is where when it names no place at all, and otherwise nothing: it is all that may be told of a place that must not
// be found.
func placeless(where string) string {
	if !match.Placeless(where) {
		return ""
	}
	return where
}
