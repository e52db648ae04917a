package question

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// mostMeanings is how many lines a network may add to the thesaurus in the chat; more go into a file.
const mostMeanings = 500

// A meaning is one line of the thesaurus, as it is said in the chat.
func (q *Question) meaning(args bot.Args) (line string, err error) {
	var two [2]string
	for i, slot := range []string{"one", "other"} {
		// What is a mark in the thesaurus is none here.
		two[i] = strings.ToLower(clean.OneLine(strings.NewReplacer(":", " ", ",", " ", "#", " ", "~", " ", "->", " ").Replace(args.Text(slot))))
		if two[i] == "" || len(two[i]) > 60 {
			return "", q.words.Trouble("means.long")
		}
	}
	return two[0] + ": " + two[1], nil
}

// means has who asks for one thing find the other too.
func (q *Question) means(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	line, err := q.meaning(args)
	if err != nil {
		return bot.Answer{}, err
	}
	kept, err := q.kept.Get(ctx, keptMeanings)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("meanings: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(kept), "\n")
	if len(lines) >= mostMeanings {
		return bot.Answer{}, q.words.Trouble("means.many", "n", len(lines))
	}
	if !slices.Contains(lines, line) {
		lines = append(lines, line)
	}
	one, other, _ := strings.Cut(line, ": ")
	return bot.Answer{Reply: bot.Lines(q.words.Line("means.done", "one", one, "other", other)).
		Choose(q.words.Choice("means.undo", "question.meansnot", "one", one, "other", other))}, q.kept.Put(ctx, keptMeanings, strings.Join(lines, "\n"))
}

// meansNot takes that back.
func (q *Question) meansNot(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	line, err := q.meaning(args)
	if err != nil {
		return bot.Answer{}, err
	}
	kept, err := q.kept.Get(ctx, keptMeanings)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("meanings: %w", err)
	}
	lines := slices.DeleteFunc(strings.Split(kept, "\n"), func(l string) bool { return l == line })
	return bot.Answer{Reply: bot.Lines(q.words.Line("meansnot.done"))}, q.kept.Put(ctx, keptMeanings, strings.Join(lines, "\n"))
}
