package introduce

import (
	"context"
	"fmt"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// A matter is a question that stands open for somebody: an introduction, or a gathering when its number is not 0.
type matter struct {
	spoken
	g bot.Gathering
}

// inquire answers what somebody asks about a question instead of answering it. The same choices stand under it again, so
// the question stays open. What the other side said is nowhere looked at.
func (v *Introduce) inquire(section string, tell func(context.Context, matter) ([]bot.Line, error)) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		all, err := v.matters(ctx, m, args, "introduce."+section)
		if err != nil {
			return bot.Answer{}, err
		}
		switch len(all) {
		case 0:
			return bot.Answer{}, v.words.Trouble("who.none")
		case 1:
		default:
			return bot.Answer{Reply: bot.Lines(v.words.Line("yes.which")).Choose(v.eachMatter(all, "introduce."+section)...)}, nil
		}
		lines, err := tell(ctx, all[0])
		if err != nil {
			return bot.Answer{}, err
		}
		return bot.Answer{Reply: bot.Lines(lines...).Choose(v.stillAsked(all[0])...)}, nil
	}
}

// matters are the open questions that somebody may ask about: those that wait for an answer, or else those that have one.
func (v *Introduce) matters(ctx context.Context, m bot.Message, args bot.Args, say string) (asked []matter, err error) {
	var answered []matter
	add := func(x matter, own bot.Assent) {
		if own == bot.Asked {
			asked = append(asked, x)
		} else {
			answered = append(answered, x)
		}
	}
	found, err := v.meant(ctx, m, args, say)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		told, err := v.told(ctx, s)
		if err != nil {
			return nil, err
		}
		if told && s.i.State == bot.IntroductionOpen {
			add(matter{spoken: s}, s.i.Parties[s.side].Assent)
		}
	}
	if args.Values["n"].Number == 0 {
		for _, st := range args.Standings {
			gatherings, err := v.gatheringsToldTo(ctx, st.Organisation)
			if err != nil {
				return nil, err
			}
			for _, g := range gatherings {
				x := matter{spoken: spoken{m: m, name: v.words.Plain("who.gathering", "what", g.What)}, g: g}
				if name := args.Text("name"); name == "" || clean.Fold(name) == clean.Fold(x.name) {
					add(x, assentOf(g, st.Organisation))
				}
			}
		}
	}
	if len(asked) == 0 {
		return answered, nil
	}
	return asked, nil
}

// gatheringsToldTo are the open gatherings that an organisation has been asked to by now.
func (v *Introduce) gatheringsToldTo(ctx context.Context, org bot.OrganisationID) (all []bot.Gathering, err error) {
	open, err := v.store.Gatherings(ctx, org)
	if err != nil {
		return nil, err
	}
	for _, g := range open {
		waits, err := v.store.PromptWaits(ctx, gatherKey(g.ID, org))
		if err != nil {
			return nil, err
		}
		if !waits {
			all = append(all, g)
		}
	}
	return all, nil
}

func assentOf(g bot.Gathering, org bot.OrganisationID) bot.Assent {
	for _, p := range g.Parties {
		if p.Organisation == org {
			return p.Assent
		}
	}
	return bot.Asked
}

// told tells whether a side has been asked by now: what waits for its week, or for its turn, is not spoken of before.
func (v *Introduce) told(ctx context.Context, s spoken) (bool, error) {
	if s.i.Parties[s.side].Assent != bot.Asked {
		return true, nil
	}
	for _, key := range []string{proposalKey(s.i.ID, s.side), proposalKey(s.i.ID, s.side) + "/again"} {
		if read, err := v.store.PostMayBeRead(ctx, key); err != nil || read {
			return read, err
		}
	}
	if s.i.Origin != bot.FromRound {
		return false, nil
	}
	waits, err := v.store.PromptWaits(ctx, promptKeys(s.i.ID, s.side)[0])
	return !waits, err
}

func (v *Introduce) eachMatter(all []matter, say string) (choices []bot.Choice) {
	for _, x := range all[:min(len(all), 9)] {
		if x.g.ID == 0 {
			choices = append(choices, v.eachOf([]spoken{x.spoken}, say)...)
			continue
		}
		choices = append(choices, bot.Choice{Label: x.name, Say: v.words.Say(say, "name", x.name)})
	}
	return choices
}

// stillAsked are the choices that the question was put with, or what may follow the answer that was given.
func (v *Introduce) stillAsked(x matter) []bot.Choice {
	if x.g.ID != 0 {
		return v.gatherChoices(x.g.ID)
	}
	switch x.i.Parties[x.side].Assent {
	case bot.Yes:
		return []bot.Choice{v.words.Choice("ask.undo", "introduce.withdraw", "name", x.name, "n", x.i.ID)}
	case bot.No:
		return []bot.Choice{v.words.Choice("notnow.undo", "introduce.yes", "name", x.name, "n", x.i.ID)}
	}
	return v.choices(x.i, x.side, x.name)
}

// unnamed tells whether the asker of this may not be named yet.
func (x matter) unnamed() bool { return x.i.Nameless && x.side == 1 }

// where is the county of a group that is not named.
func (v *Introduce) where(theirs bot.Organisation) bot.Line {
	if area := theirs.Postcode.Area(); area != "" {
		return v.words.Line("ask.somewhere", "area", area)
	}
	return v.words.Line("ask.nowhere")
}

func (v *Introduce) whoTheyAre(ctx context.Context, x matter) ([]bot.Line, error) {
	switch {
	case x.g.ID != 0:
		return []bot.Line{v.words.Line("who.several", "n", len(x.g.Parties)-1, "what", x.g.What)}, nil
	case x.unnamed():
		return []bot.Line{v.words.Line("who.someone", "where", v.where(x.theirs))}, nil
	}
	const longest = 300
	place, about := bot.Line(nil), bot.Line(nil)
	if w := x.theirs.Whereabouts(); w != "" {
		place = v.words.Line("ask.place", "place", w)
	}
	if x.theirs.About != "" {
		about = v.words.Line("who.about", "about", clean.Shorten(x.theirs.About, longest))
	}
	lines := []bot.Line{v.words.Line("who.line", "name", strong(x.theirs), "place", place, "about", about)}
	offers, err := v.some(ctx, x.theirs, bot.Offer, "who.offers")
	if err != nil {
		return nil, err
	}
	lines = append(lines, offers...)
	if !x.theirs.Vouched {
		lines = append(lines, v.words.Line("who.new"))
	}
	return lines, nil
}

// some says a few of what an organisation offers or needs; nothing when it has none.
func (v *Introduce) some(ctx context.Context, o bot.Organisation, side bot.Side, key string) ([]bot.Line, error) {
	entries, err := v.store.Entries(ctx, o.ID)
	if err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	const most = 3
	var list bot.Line
	n := 0
	for _, e := range entries {
		if e.Side != side || n == most {
			continue
		}
		if n > 0 {
			list = append(list, bot.Text("; ")...)
		}
		list = append(list, bot.Text(e.Text)...)
		n++
	}
	if n == 0 {
		return nil, nil
	}
	return []bot.Line{v.words.Line(key, "list", list)}, nil
}

func (v *Introduce) whyThem(_ context.Context, x matter) ([]bot.Line, error) {
	switch {
	case x.g.ID != 0:
		return []bot.Line{v.words.Line("why.several", "n", len(x.g.Parties)-1, "what", x.g.What)}, nil
	case x.unnamed():
		return []bot.Line{v.words.Line("why.someone"), v.words.Line("ask.wants", "what", x.i.About)}, nil
	case x.i.Origin == bot.FromAsk && x.side == 0:
		return []bot.Line{v.words.Line("why.ours", "name", strong(x.theirs), "what", x.i.About)}, nil
	case x.i.Origin == bot.FromAsk:
		return []bot.Line{v.words.Line("why.asked", "name", strong(x.theirs)), bot.Text(x.i.Reason)}, nil
	case x.i.Suggester != "":
		return []bot.Line{v.words.Line("ask.suggested", "suggester", x.i.Suggester), bot.Text(x.i.Reason)}, nil
	}
	return []bot.Line{v.words.Line("why.round"), bot.Text(x.i.Reason)}, nil
}

func (v *Introduce) whatTheyNeed(ctx context.Context, x matter) ([]bot.Line, error) {
	switch {
	case x.g.ID != 0:
		return v.whyThem(ctx, x)
	case x.unnamed():
		return []bot.Line{v.words.Line("ask.wants", "what", x.i.About), v.words.Line("what.more")}, nil
	case x.i.Origin == bot.FromAsk && x.side == 0:
		return []bot.Line{v.words.Line("what.ours", "name", strong(x.theirs), "what", x.i.About)}, nil
	case x.i.Origin == bot.FromAsk:
		return []bot.Line{v.words.Line("ask.looking", "asker", x.theirs.Name, "what", x.i.About), v.words.Line("what.more")}, nil
	}
	needs, err := v.some(ctx, x.theirs, bot.Need, "what.needs")
	if err != nil {
		return nil, err
	}
	return append(append([]bot.Line{bot.Text(x.i.Reason)}, needs...), v.words.Line("what.more")), nil
}

func (v *Introduce) whatThen(_ context.Context, x matter) ([]bot.Line, error) {
	if x.g.ID != 0 {
		day := v.onDay(x.g.Lapses, x.m.At)
		return []bot.Line{v.words.Line("then.several", "day", day, "n", minGather), v.words.Line("then.severalno")}, nil
	}
	day := v.onDay(x.i.Lapses, x.m.At)
	switch x.i.Parties[x.side].Assent {
	case bot.Yes:
		return []bot.Line{v.words.Line("then.waiting", "name", bot.Strong(x.name), "day", day)}, nil
	case bot.No:
		return []bot.Line{v.words.Line("notnow.done")}, nil
	}
	yes := "then.yes"
	if x.unnamed() {
		yes = "then.someone"
	}
	return []bot.Line{v.words.Line(yes), v.words.Line("then.no", "day", day)}, nil
}

func (v *Introduce) untilWhen(_ context.Context, x matter) ([]bot.Line, error) {
	key, lapses := "until.day", x.i.Lapses
	switch {
	case x.g.ID != 0:
		lapses = x.g.Lapses
	case x.i.Parties[x.side].Assent == bot.Yes:
		key = "until.waiting"
	}
	return []bot.Line{v.words.Line(key, "day", v.onDay(lapses, x.m.At))}, nil
}
