package question

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"ginnel/bot"
)

// meeting lists the introductions of somebody's organisations: open ones that they asked for, said yes to or can still
// answer, and those that were made in the last two weeks. What others said is not in it.
func (q *Question) meeting(ctx context.Context, m bot.Message, args bot.Args) (list []bot.Line, err error) {
	const lately = 14 * 24 * time.Hour
	for _, s := range args.Standings {
		all, err := q.store.Introductions(ctx, s.Organisation, m.At.Add(-2*lately))
		if err != nil {
			return nil, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			side := i.Party(s.Organisation)
			key := ""
			switch {
			case i.State == bot.IntroductionMade && m.At.Sub(i.Made) < lately:
				key = "happening.made"
			case i.State == bot.IntroductionOpen && i.Parties[side].Assent == bot.Yes:
				key = "happening.waiting"
			case i.State == bot.IntroductionOpen && i.Parties[side].Assent == bot.Asked:
				key = "happening.yours"
			default:
				continue
			}
			name := q.words.Plain("happening.someone")
			if !i.Nameless || side == 0 || i.State == bot.IntroductionMade {
				theirs, err := q.store.Organisation(ctx, i.Parties[1-side].Organisation)
				if err != nil {
					return nil, fmt.Errorf("organisation: %w", err)
				}
				if name = theirs.Name; name == bot.Nameless {
					name = q.words.Plain("happening.left")
				}
			}
			day := q.words.Day(bot.DateOf(i.Lapses.In(q.zone)), args.Today)
			if i.About == "" { // who asked was forgotten
				key = "happening.met"
			}
			list = append(list, q.words.Line(key, "name", bot.Strong(name), "what", i.About, "day", day))
		}
	}
	return list, nil
}

// missed tells for which of somebody's organisations the last round had nobody.
func (q *Question) missed(ctx context.Context, standings []bot.Standing) (reply bot.Reply, err error) {
	kept, err := q.kept.Get(ctx, bot.KeptMissed)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if kept == "" {
		return nil, nil
	}
	missed := map[bot.OrganisationID]int{}
	if err := json.Unmarshal([]byte(kept), &missed); err != nil {
		return nil, fmt.Errorf("who was left out: %w", err)
	}
	for _, s := range standings {
		if missed[s.Organisation] > 0 {
			reply = append(reply, bot.Lines(q.words.Line("happening.nobody", "name", bot.Strong(s.Name)))...)
		}
	}
	return reply, nil
}

func (q *Question) happening(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("asks: %w", err)
	}
	meeting, err := q.meeting(ctx, m, args)
	if err != nil {
		return bot.Answer{}, err
	}
	var meet bot.Reply
	if len(meeting) > 0 {
		meet = bot.Lines(q.words.Line("happening.meeting")).With(meeting)
	}
	missed, err := q.missed(ctx, args.Standings)
	if err != nil {
		return bot.Answer{}, err
	}
	meet = append(meet, missed...)
	reports, err := q.reports(ctx, m, args)
	if err != nil {
		return bot.Answer{}, err
	}
	meet = append(meet, reports...)
	if len(open) == 0 {
		if len(meeting) > 0 {
			return bot.Answer{Reply: meet}, nil
		}
		return bot.Answer{Reply: append(bot.Lines(q.words.Line("happening.none")), meet...)}, nil
	}
	var list []bot.Line
	for _, a := range open {
		age := q.words.Age(a.At, m.At.In(q.zone))
		if a.Found == 0 {
			list = append(list, q.words.Line("happening.watching", "what", a.Text, "age", age))
		} else {
			list = append(list, q.words.Line("happening.found", "what", a.Text, "age", age, "n", a.Found))
		}
	}
	reply := bot.Lines(q.words.Line("happening.first", "n", len(open))).With(list)
	reply = append(reply, meet...)
	return bot.Answer{Reply: reply.Choose(bot.Choice{Label: q.words.Plain("happening.sorted"), Say: q.words.Say("question.sorted")})}, nil
}
