package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/question"
	"ginnel/storage"
)

type askCommand struct {
	Question []string `arg:"" optional:"" help:"A question. Without any, they are read from standard input, one a line."`
	JSON     bool     `help:"Print one JSON object a line, in order."`
	Limit    int      `help:"How many organisations to name." default:"3"`
}

type answerJSON struct {
	Question string      `json:"question"`
	Matches  []matchJSON `json:"matches"`
}

type matchJSON struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Score float64  `json:"score"`
	Why   []string `json:"why"`
}

// longestQuestion is how many characters of a question are read.
const longestQuestion = bot.LongestMessage

// Run answers questions. It only reads, so it may run beside the bot.
func (c askCommand) Run(ctx context.Context, p *program) error {
	if c.Limit < 1 || c.Limit > 1000 {
		return errors.New("--limit wants a number from 1 to 1000")
	}
	db, err := p.open(ctx, storage.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	book, err := readBook()
	if err != nil {
		return err
	}
	finder := question.NewFinder(db, db.Settings("settings"), book, p.zone, p.words)
	if len(c.Question) > 0 {
		return c.answer(ctx, p, finder, strings.Join(c.Question, " "))
	}
	in := bufio.NewReader(p.in)
	for {
		line, err := in.ReadString('\n')
		if q := strings.TrimSpace(line); q != "" {
			if err := c.answer(ctx, p, finder, q); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
	}
}

func (c askCommand) answer(ctx context.Context, p *program, finder *question.Finder, q string) error {
	text := clean.OneLine(q)
	if n := len([]rune(text)); n > longestQuestion {
		return fmt.Errorf("a question of %d characters is more than I can read; please say it in under %d", n, longestQuestion)
	}
	now := p.now()
	found, err := finder.Find(ctx, text, now, c.Limit)
	if err != nil {
		return err
	}
	if !c.JSON {
		_, err := fmt.Fprintln(p.out, finder.Say(found).Plain())
		return err
	}
	a := answerJSON{Question: q, Matches: []matchJSON{}}
	for _, g := range found.Groups {
		id := g.Organisation.Ref
		if id == "" {
			id = g.Organisation.ID.String()
		}
		a.Matches = append(a.Matches, matchJSON{ID: id, Name: g.Organisation.Name, Score: g.Match.Score, Why: finder.Why(g, now)})
	}
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(a)
}
