package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

const (
	mostShown = 12 // of those whom a group knows
	mostNeeds = 3  // needs for which somebody is found whom they know
	// How long the coordinator's next weekly note is waited for.
	noteLasts = 28 * day
	// The rank of what a group lets the coordinator know, after what waits for an answer.
	rankTold = 60
)

// ours is what one organisation sees of its connections: whom it knows, who among those they know offers what it needs, and
// who hangs on it alone.
func (v *Connect) ours(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	n, err := v.network(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	name := bot.Strong(args.Name)
	appear := v.words.Choice("ours.appear", "connect.appear")
	us := n.of(args.Organisation)
	if us < 0 {
		return bot.Answer{Reply: bot.Lines(v.words.Line("ours.out", "name", name)).Choose(appear)}, nil
	}
	near := n.now.Near(us)
	if len(near) == 0 {
		return bot.Answer{Reply: bot.Lines(v.words.Line("ours.none", "name", name), v.words.Line("ours.say")).
			Choose(v.words.Choice("ours.tell", "connect.tell"), appear)}, nil
	}
	reply := bot.Lines(v.words.Line("ours.first", "name", name, "n", len(near))).With(v.known(n, us))
	if two := n.now.Within(us, 2) - len(near); two > 0 {
		reply = append(reply, bot.Lines(v.words.Line("ours.two", "n", two))...)
	}
	through, err := v.through(ctx, n, us, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	reply = append(reply, through...)
	choices := []bot.Choice{appear}
	if held := n.held(us); held > 0 {
		reply = append(reply, bot.Lines(v.words.Line("ours.only", "n", held))...)
		choices = []bot.Choice{v.words.Choice("ours.tell", "connect.tell"), appear}
	}
	return bot.Answer{Reply: reply.Choose(choices...)}, nil
}

// known lists those whom us has a tie with.
func (v *Connect) known(n network, us int) (list []bot.Line) {
	near := n.now.Near(us)
	for _, a := range near[:min(len(near), mostShown)] {
		who := bot.Strong(n.groups[a].Name)
		if !n.named[a] {
			who = bot.Span{Text: v.words.Plain("ours.nameless")}
		}
		t, _ := n.tie(us, int(a))
		list = append(list, v.words.Line("ours."+string(t.Kind), "name", who))
	}
	if more := len(near) - len(list); more > 0 {
		list = append(list, v.words.Line("ours.more", "n", more))
	}
	return list
}

// through finds, for what us needs, organisations that one whom us knows knows, and us does not.
func (v *Connect) through(ctx context.Context, n network, us int, at time.Time) (reply bot.Reply, err error) {
	entries, err := v.store.Entries(ctx, n.groups[us].ID)
	if err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	told := 0
	for _, e := range entries {
		if e.Side != bot.Need || told == mostNeeds {
			continue
		}
		offering, err := v.find(ctx, e.Text, at)
		if err != nil {
			return nil, err
		}
		for _, o := range offering {
			them := n.of(o.Organisation)
			if them < 0 || !n.named[them] || them == us || n.now.Tied(us, them) {
				continue
			}
			i := slices.IndexFunc(n.now.Near(us), func(a int32) bool { return n.named[a] && n.now.Tied(int(a), them) })
			if i < 0 {
				continue
			}
			reply = append(reply, bot.Lines(v.words.Line("ours.need", "what", e.Text))...).With([]bot.Line{v.words.Line("ours.through",
				"name", bot.Strong(n.groups[them].Name), "what", o.What, "who", n.groups[n.now.Near(us)[i]].Name)})
			told++
			break
		}
	}
	return reply, nil
}

// tell lets those who look after the network know that an organisation has no tie, or that others hang on it alone.
func (v *Connect) tell(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	n, err := v.network(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	us, line := n.of(args.Organisation), bot.Line(nil)
	if us >= 0 {
		if held := n.held(us); held > 0 {
			line = v.words.Line("tell.only", "n", held, "name", bot.Strong(args.Name))
		} else if len(n.now.Near(us)) == 0 {
			line = v.words.Line("tell.alone", "name", bot.Strong(args.Name))
		}
	}
	if line == nil {
		return bot.Answer{Reply: bot.Lines(v.words.Line("tell.nothing"))}, nil
	}
	all, err := v.store.Coordinating(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("coordinators: %w", err)
	}
	if len(all) == 0 {
		return bot.Answer{Reply: bot.Lines(v.words.Line("tell.nobody"))}, nil
	}
	for _, who := range all {
		err = errors.Join(err, v.store.AddPrompt(ctx, bot.Prompt{
			Key: fmt.Sprintf("connections/%s/%s/%s/%s", args.Organisation, who.Network, who.ID, bot.DateOf(m.At).ISO()[:7]), To: who, Rank: rankTold,
			About: bot.AboutOrganisation(args.Organisation), Ripe: m.At, Until: m.At.Add(noteLasts), Reply: bot.Lines(line),
		}))
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("tell.done"))}, err
}
