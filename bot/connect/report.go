package connect

import (
	"context"
	"math"
	"strconv"

	"ginnel/bot"
	"ginnel/bot/graph"
)

// seed of the communities: always the same, so that a report differs from the last only where the network does.
const seed = 1

// Fewer circles than these are no news: they are the parts.
const circles = 2

func (v *Connect) report(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	n, err := v.network(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	choices := []bot.Choice{v.words.Choice("report.ours", "connect.ours")}
	if len(n.ties) > 0 {
		choices = append(choices, v.words.Choice("report.picture", "connect.picture"), v.words.Choice("report.figures", "connect.figures"))
	}
	return bot.Answer{Reply: v.sentences(n).Choose(choices...)}, nil
}

// sentences say what the measures mean, those that matter first.
func (v *Connect) sentences(n network) bot.Reply {
	now, then := n.now.Measure(seed), n.then.Measure(seed)
	if now.Ties == 0 {
		return bot.Lines(v.words.Line("report.none"))
	}
	lines := []bot.Line{v.words.Line("report.first", "groups", now.Organisations, "n", now.Ties)}
	say := func(key string, args ...any) { lines = append(lines, v.words.Line("report."+key, args...)) }
	switch {
	case now.Largest == now.Organisations:
		say("whole")
	case now.Parts == 1:
		say("rest")
	default:
		say("parts", "n", now.Parts, "largest", now.Largest)
	}
	if now.Unconnected > 0 {
		say("unconnected", "n", now.Unconnected)
	}
	if now.WorstLoss > 0 {
		say("loss", "n", now.WorstLoss)
	} else {
		say("noloss")
	}
	if two := int(math.Round(now.WithinTwo)); two > 0 {
		say("two", "n", two)
	}
	if now.Communities > max(circles, now.Parts) {
		say("circles", "n", now.Communities)
	}
	if share, ok := graph.Avoiding(n.then, n.now, 5); ok && then.Ties > 0 {
		fresh := n.now.NewSince(n.then)
		say("new", "n", fresh, "m", int(math.Round(share*float64(fresh))))
	}
	if then.Ties > 0 {
		say("then", "n", then.Ties, "m", then.Unconnected)
	}
	return bot.Lines(lines...)
}

// figures are the measures themselves, with those of three months before.
func (v *Connect) figures(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	n, err := v.network(ctx, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	now, then := n.now.Measure(seed), n.then.Measure(seed)
	if now.Ties == 0 {
		return bot.Answer{Reply: bot.Lines(v.words.Line("report.none"))}, nil
	}
	list := []bot.Line{v.words.Line("figures.groups", "now", now.Organisations)}
	whole := func(key string, of func(graph.Measures) int) {
		list = append(list, v.words.Line("figures."+key, "now", of(now), "then", of(then)))
	}
	part := func(key string, of func(graph.Measures) float64) {
		list = append(list, v.words.Line("figures."+key, "now", decimal(of(now)), "then", decimal(of(then))))
	}
	whole("ties", func(m graph.Measures) int { return m.Ties })
	part("density", func(m graph.Measures) float64 { return m.Density })
	whole("unconnected", func(m graph.Measures) int { return m.Unconnected })
	whole("parts", func(m graph.Measures) int { return m.Parts })
	whole("largest", func(m graph.Measures) int { return m.Largest })
	part("two", func(m graph.Measures) float64 { return m.WithinTwo })
	part("path", func(m graph.Measures) float64 { return m.MeanPath })
	part("clustering", func(m graph.Measures) float64 { return m.Clustering })
	whole("circles", func(m graph.Measures) int { return m.Communities })
	part("modularity", func(m graph.Measures) float64 { return m.Modularity })
	whole("bridges", func(m graph.Measures) int { return m.Bridges })
	whole("cuts", func(m graph.Measures) int { return m.Cuts })
	whole("loss", func(m graph.Measures) int { return m.WorstLoss })
	part("concentration", func(m graph.Measures) float64 { return m.Concentration })
	reply := bot.Lines(v.words.Line("figures.first")).With(list)
	if now.Sampled > 0 {
		reply = append(reply, bot.Lines(v.words.Line("figures.sampled", "n", now.Sampled))...)
	}
	return bot.Answer{Reply: append(reply, bot.Lines(v.words.Line("figures.never"), v.words.Line("report.old"))...)}, nil
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }
