package introduce

import (
	"context"
	"fmt"
	"slices"

	"ginnel/bot"
)

// howToReach says how a group is reached: by an introduction, and by what it shows to everybody. How it is reached by those
// with whom it said yes, they alone are told again.
func (v *Introduce) howToReach(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	theirs, reply, err := v.named(ctx, args.Text("name"), func(id string) string { return v.words.Say("introduce.howto", "name", id) })
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	if slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Organisation == theirs.ID }) {
		return bot.Answer{Reply: bot.Lines(v.words.Line("howto.ours"))}, nil
	}
	if met, err := v.reachAgain(ctx, m, args, theirs); err != nil || met != nil {
		return bot.Answer{Reply: met}, err
	}
	return bot.Answer{Reply: v.wayTo(theirs, len(args.Standings) > 0)}, nil
}

// reachAgain says once more how a group is reached that was introduced to one of the asker's; nil when none was.
func (v *Introduce) reachAgain(ctx context.Context, m bot.Message, args bot.Args, theirs bot.Organisation) (bot.Reply, error) {
	for _, st := range args.Standings {
		all, err := v.store.Introductions(ctx, st.Organisation, m.At.AddDate(-1, 0, 0))
		if err != nil {
			return nil, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			if i.Party(theirs.ID) < 0 || i.State != bot.IntroductionMade {
				continue
			}
			reply := bot.Lines(v.words.Line("howto.met", "name", strong(theirs), "day", v.onDay(i.Made, m.At)))
			if theirs.Reach != "" {
				reply = append(reply, bot.Lines(v.words.Line("made.reachof", "name", theirs.Name, "reach", theirs.Reach))...)
			}
			return reply, nil
		}
	}
	return nil, nil
}

// wayTo is how anybody reaches a group; known tells whether the asker speaks for one.
func (v *Introduce) wayTo(theirs bot.Organisation, known bool) bot.Reply {
	web := bot.Line(nil)
	if theirs.Web != "" && !theirs.Sensitive {
		web = v.words.Line("howto.web", "web", bot.Span{Text: theirs.Web, Link: theirs.Web})
	}
	if !theirs.Joined {
		if web == nil {
			return bot.Lines(v.words.Line("howto.unclaimed", "name", strong(theirs)))
		}
		return bot.Lines(v.words.Line("ask.web", "name", strong(theirs), "web", bot.Span{Text: theirs.Web, Link: theirs.Web}))
	}
	lines := []bot.Line{v.words.Line("howto.private", "name", strong(theirs))}
	if web != nil {
		lines = append(lines, web)
	}
	if !known {
		return bot.Lines(append(lines, v.words.Line("howto.join"))...)
	}
	return bot.Lines(lines...).Choose(bot.Choice{
		Label: v.words.Plain("howto.ask", "name", theirs.Name), Say: v.words.Say("introduce.ask", "name", "#"+theirs.ID.String()),
	})
}
