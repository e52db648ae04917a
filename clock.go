package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/storage"
)

// pretend is a clock that stands still until somebody moves it, and goes on where it stood the last time.
type pretend struct {
	db  *storage.DB
	now time.Time
}

const keptClock = "pretend clock"

func (c *pretend) start(ctx context.Context, now time.Time) error {
	kept, err := c.db.Settings("settings").Get(ctx, keptClock)
	if err != nil {
		return err
	}
	c.now = now
	if t, err := time.Parse(time.RFC3339, kept); err == nil && t.After(now) {
		c.now = t
	}
	return nil
}

// read is the time, a moment later each time it is read.
func (c *pretend) read() time.Time {
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// later moves the clock from one thing that falls due to the next, so that each happens at its time.
func (c *pretend) later(ctx context.Context, text string, settle func(context.Context) error, zone *time.Location) (string, error) {
	by, ok := readSpan(text)
	if !ok {
		return "", bot.Trouble(bot.Text("How long? Say it like this: /later 3 days"))
	}
	end := c.now.In(zone).AddDate(0, 0, by.days).Add(by.rest)
	for {
		next, err := c.db.NextDue(ctx, c.now)
		if err != nil {
			return "", err
		}
		if next.IsZero() || next.After(end) {
			break
		}
		c.now = next
		if err := settle(ctx); err != nil {
			return "", err
		}
	}
	c.now = end
	if err := c.db.Settings("settings").Put(ctx, keptClock, c.now.UTC().Format(time.RFC3339)); err != nil {
		return "", err
	}
	if err := settle(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("It is %s now.", c.now.In(zone).Format("Monday 2 January 2006, 15:04")), nil
}

type span struct {
	days int
	rest time.Duration
}

// readSpan reads “3 days” and “a week”.
func readSpan(text string) (s span, ok bool) {
	number, unit, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	n, err := strconv.Atoi(number)
	for i, word := range []string{"", "one", "two", "three", "four", "five", "six", "seven"} {
		if number == word && word != "" || number == "a" && i == 1 || number == "an" && i == 1 {
			n, err = i, nil
		}
	}
	const most = 10_000
	if err != nil || n < 1 || n > most {
		return s, false
	}
	switch strings.TrimSuffix(strings.TrimSpace(unit), "s") {
	case "minute":
		s.rest = time.Duration(n) * time.Minute
	case "hour":
		s.rest = time.Duration(n) * time.Hour
	case "day":
		s.days = n
	case "week":
		s.days = 7 * n
	case "month":
		s.days = 30 * n
	default:
		return s, false
	}
	return s, true
}
