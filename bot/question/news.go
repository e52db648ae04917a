package question

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// NewsDrawer names what draws the news of groups that were found for somebody who did not wait beside the screen. It is
// looked for once more when it is told: whoever left the register since is not named, and the others are. The subject is
// whether it was watched for or is needed, the number of the ask or of the organisation that needs it, the numbers of
// those that were found, and what is needed.
const NewsDrawer = "question.news"

const (
	watched = "watched"
	needed  = "needed"
)

func newsOf(how, number string, groups []Group, what string) (subject string) {
	var found []string
	for _, g := range groups {
		found = append(found, g.Organisation.ID.String())
	}
	return strings.TrimSpace(strings.Join([]string{how, number, strings.Join(found, ","), what}, " "))
}

// Draw makes the news that a post tells. There is none when nobody who was found is left, or when the ask was closed.
func (q *Question) Draw(ctx context.Context, p bot.Post, now time.Time) (words bot.Reply, say bool, err error) {
	how, rest, _ := strings.Cut(p.Subject, " ")
	number, rest, _ := strings.Cut(rest, " ")
	found, what, _ := strings.Cut(rest, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("which ask or organisation: %w", err)
	}
	groups := strings.Split(found, ",")
	if how == watched {
		return q.watchedNews(ctx, bot.AskID(id), groups, now)
	}
	today := bot.DateOf(now.In(q.zone))
	f, err := q.still(ctx, what, bot.OrganisationID(id), groups, now)
	if err != nil || len(f.Groups) == 0 {
		return nil, false, err
	}
	bare, _, _ := q.words.CutDay(what, today)
	return bot.Lines(q.words.Line("ask.matched", "what", bare, "n", len(f.Groups))).With(q.lines(f)).
		Choose(q.askThem(f, true, bot.IsSoon(f.Until, today), false)...), true, nil
}

func (q *Question) watchedNews(ctx context.Context, id bot.AskID, groups []string, now time.Time) (words bot.Reply, say bool, err error) {
	open, err := q.store.Watches(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("watches: %w", err)
	}
	i := slices.IndexFunc(open, func(a bot.Ask) bool { return a.ID == id })
	if i < 0 {
		return nil, false, nil
	}
	a := open[i]
	f, err := q.still(ctx, a.Text, a.Organisation, groups, now)
	if err != nil || len(f.Groups) == 0 {
		return nil, false, err
	}
	f.Request.What, f.Request.Place, f.When = a.Text, "", "" // as it was asked
	choices := q.askThem(f, true, bot.IsSoon(a.Until, bot.DateOf(now.In(q.zone))), false)
	line := q.words.Line("ask.news", "what", a.Text, "age", q.words.Age(a.At, now.In(q.zone)), "n", len(f.Groups))
	return bot.Lines(line).With(q.lines(f)).
		Choose(append(choices, bot.Choice{Label: q.words.Plain("ask.sorted"), Say: q.sayWith("question.sorted", a.Text)})...), true, nil
}

// still are those of groups that help with what is needed at this moment.
func (q *Question) still(ctx context.Context, what string, of bot.OrganisationID, groups []string, now time.Time) (Found, error) {
	const enough = 50 // others may have come that help better
	f, err := q.Find(ctx, what, now, enough, of)
	f.Groups = slices.DeleteFunc(f.Groups, func(g Group) bool { return !slices.Contains(groups, g.Organisation.ID.String()) })
	return f, err
}
