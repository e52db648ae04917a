package introduce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func (v *Introduce) leave(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(v.words.Line("leave.done"))}, nil
}

// An asking is a wish to be introduced.
type asking struct {
	ours, theirs bot.Organisation
	what         string
	until        bot.Date // when it is wanted, zero when that was not said
	ask          bot.AskID
	together     string
	nameless     bool
	brings       string // what a public body can bring
	suggested    bool   // by a third, so that ours has said nothing yet
}

// about is what somebody asks for: what was said, or else the last ask that is open.
func (v *Introduce) about(ctx context.Context, m bot.Message, what string) (w asking, err error) {
	asks, err := v.store.Asks(ctx, m.From, true)
	if err != nil {
		return w, fmt.Errorf("asks: %w", err)
	}
	for _, a := range asks {
		if what == "" || clean.Fold(a.Text) == clean.Fold(what) {
			return asking{what: a.Text, until: a.Until, ask: a.ID, nameless: a.Nameless}, nil
		}
	}
	rest, said, day := v.words.CutDay(what, v.date(m.At))
	if !day.IsZero() {
		what = rest + " " + said
	}
	return asking{what: what, until: day}, nil
}

func (v *Introduce) ask(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return v.askOne(ctx, m, args, false)
}

func (v *Introduce) askNameless(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return v.askOne(ctx, m, args, true)
}

func (v *Introduce) askOne(ctx context.Context, m bot.Message, args bot.Args, nameless bool) (bot.Answer, error) {
	if what, asked := v.words.CutNameless(args.Text("what")); asked && !nameless {
		args.Values = map[string]bot.Value{"name": args.Values["name"], "what": {Text: what}}
		return v.showNameless(ctx, m, args)
	}
	w, reply, err := v.asking(ctx, m, args, "introduce.ask")
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	if w.nameless && !nameless { // as was said when it was asked
		return v.showNameless(ctx, m, bot.Args{
			Values: map[string]bot.Value{"name": {Text: "#" + w.theirs.ID.String()}, "what": {Text: w.what}}, Organisation: args.Organisation, Name: args.Name, Standings: args.Standings, Today: args.Today,
		})
	}
	w.nameless, w.brings = nameless, clean.OneLine(args.Text("brings"))
	barred, err := v.store.Barred(ctx, w.ours.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	lifted := func(a bot.Answer) (bot.Answer, error) {
		if !slices.Contains(barred, w.theirs.ID) {
			return a, nil
		}
		still, err := v.store.Barred(ctx, w.ours.ID)
		if err == nil && !slices.Contains(still, w.theirs.ID) {
			a.Reply = append(bot.Lines(v.words.Line("ask.lifted", "name", strong(w.theirs))), a.Reply...)
		}
		return a, err
	}
	// Whoever asks for somebody says yes to what is open between the two, whether they know of it or not.
	if a, taken, err := v.takeUp(ctx, m, w); err != nil || taken {
		if err != nil {
			return a, err
		}
		return lifted(a)
	}
	why, err := v.refuse(ctx, m, w)
	if err != nil || why != nil {
		return bot.Answer{Reply: bot.Lines(why)}, err
	}
	if w.brings == "" && !nameless && v.publicBody(w.ours.Name) {
		var choices []bot.Choice
		for _, key := range []string{"ask.money", "ask.room", "ask.time", "ask.nothing"} {
			choices = append(choices, v.words.Choice(key, "introduce.ask", "name", "#"+w.theirs.ID.String(), "what", w.what, "brings", v.words.Plain(key)))
		}
		return bot.Answer{Reply: bot.Lines(v.words.Line("ask.public", "name", strong(w.theirs), "ours", w.ours.Name)).Choose(choices...)}, nil
	}
	i, at, a, err := v.propose(ctx, m, w)
	if err != nil {
		return bot.Answer{}, err
	}
	key, date := "ask.done", bot.Line(nil)
	if nameless {
		key = "ask.unnamed"
	}
	if v.date(at).After(args.Today) {
		key, date = "ask.later", bot.Text(v.onDay(at, m.At))
	}
	a.Reply = bot.Lines(v.words.Line(key, "name", strong(w.theirs), "ours", w.ours.Name, "what", w.what, "day", v.onDay(i.Lapses, m.At), "date", date)).
		Choose(v.words.Choice("ask.undo", "introduce.withdraw", "name", w.theirs.Name, "n", i.ID))
	return lifted(a)
}

// takeUp takes an ask as a yes to what is open between the two already. taken is false when nothing is.
func (v *Introduce) takeUp(ctx context.Context, m bot.Message, w asking) (a bot.Answer, taken bool, err error) {
	all, err := v.store.Introductions(ctx, w.ours.ID, m.At)
	if err != nil {
		return a, false, fmt.Errorf("introductions: %w", err)
	}
	for _, i := range all {
		side := i.Party(w.ours.ID)
		if i.State != bot.IntroductionOpen || i.Parties[1-side].Organisation != w.theirs.ID || i.Parties[side].Assent == bot.Yes {
			continue
		}
		if side == 0 && i.Origin == bot.FromAsk && i.Parties[0].Assent == bot.No && clean.Fold(i.About) != clean.Fold(w.what) {
			continue // it was taken back, and what is asked now is another thing: a yes to the one is none to the other
		}
		if i.Parties[1-side].Assent != bot.Yes && openOf(all, w.ours.ID, "") >= maxOpen {
			continue // as if nothing were open
		}
		if goes, err := v.goesFirst(ctx, i, w, m.At); err != nil || goes {
			if err != nil {
				return a, false, err
			}
			continue
		}
		s := spoken{m: m, i: i, before: i, side: side, ours: w.ours, theirs: w.theirs, name: w.theirs.Name}
		if why, err := v.notYet(ctx, &s); err != nil || why != nil {
			return bot.Answer{Reply: why}, true, err
		}
		err := v.apply(ctx, &s, SayYes)
		if errors.Is(err, errOver) {
			return a, false, nil
		}
		if err == nil {
			err = v.store.Unbar(ctx, w.ours.ID, w.theirs.ID) // or what is made here would never be told
		}
		if err != nil {
			return a, true, err
		}
		if a, err = v.saidYes(ctx, &s); err != nil {
			return a, true, err
		}
		if s.i.State == bot.IntroductionOpen && i.Origin == bot.FromAsk && side == 1 {
			// That the others asked first they may not know, and it may have been withdrawn.
			a.Reply = bot.Lines(v.words.Line("ask.done", "name", strong(w.theirs), "ours", w.ours.Name, "what", w.what, "day", v.onDay(s.i.Lapses, m.At)))
		}
		// They may never have been asked: it was withdrawn before.
		other := s.i.Parties[1-side]
		skipped, err := v.store.PostSkipped(ctx, proposalKey(i.ID, 1-side))
		if err != nil {
			return a, true, err
		}
		if skipped && s.i.State == bot.IntroductionOpen && other.Assent == bot.Asked {
			post, err := v.question(ctx, s.i, 1-side, other.Person, m.At)
			if err != nil {
				return a, true, err
			}
			post.Key += "/again"
			a.Posts = append(a.Posts, post)
		}
		return a, true, nil
	}
	return a, false, nil
}

// asking reads whom somebody would like to meet, and about what.
func (v *Introduce) asking(ctx context.Context, m bot.Message, args bot.Args, command string) (w asking, reply bot.Reply, err error) {
	what := clean.OneLine(args.Text("what"))
	theirs, reply, err := v.named(ctx, args.Text("name"), func(id string) string {
		if what == "" {
			return v.words.Say("introduce.ask", "name", id)
		}
		return v.words.Say(command, "name", id, "what", what)
	})
	if err != nil || reply != nil {
		return w, reply, err
	}
	if what == "" {
		if reply, err := v.whichAsk(ctx, m, args, theirs); err != nil || reply != nil {
			return w, reply, err
		}
	}
	if w, err = v.about(ctx, m, what); err != nil {
		return w, nil, err
	}
	w.theirs = theirs
	if w.what == "" {
		return w, nil, v.words.Trouble("ask.what", "name", strong(w.theirs), "plain", w.theirs.Name)
	}
	if w.ours, err = v.store.Organisation(ctx, args.Organisation); err != nil {
		return w, nil, fmt.Errorf("organisation: %w", err)
	}
	return w, nil, nil
}

// whichAsk asks what somebody is to be asked about, when several asks are open and none was put just now.
func (v *Introduce) whichAsk(ctx context.Context, m bot.Message, args bot.Args, theirs bot.Organisation) (bot.Reply, error) {
	asks, err := v.store.Asks(ctx, m.From, true)
	if err != nil {
		return nil, fmt.Errorf("asks: %w", err)
	}
	const justNow = time.Hour
	if len(asks) < 2 || m.At.Sub(asks[0].At) < justNow {
		return nil, nil
	}
	const most = 5
	var choices []bot.Choice
	for _, a := range asks[:min(len(asks), most)] {
		choices = append(choices, bot.Choice{
			Label: clean.Shorten(a.Text, 60),
			Say:   v.words.Say("talk.for", "name", args.Name, "rest", v.words.Say("introduce.ask", "name", "#"+theirs.ID.String(), "what", a.Text)),
		})
	}
	return bot.Lines(v.words.Line("ask.which", "name", strong(theirs))).Choose(choices...), nil
}

// publicBody tells from its name whether an organisation is likely to be part of the state, and so is asked back what it can
// bring.
func (v *Introduce) publicBody(name string) bool {
	words := strings.Fields(clean.Fold(name))
	has := func(key string) bool {
		list := strings.Fields(v.words.Plain(key))
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	return has("public.is") && !has("public.not")
}

// showNameless shows what a group would read that is asked without the asker's name.
func (v *Introduce) showNameless(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if !m.Where.IsPrivate() {
		return bot.Answer{}, v.words.Trouble("nameless.private")
	}
	if args.Text("name") == "" {
		return bot.Answer{}, v.words.Trouble("nameless.which")
	}
	w, reply, err := v.asking(ctx, m, args, "introduce.nameless")
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	why, err := v.refuse(ctx, m, w)
	if err != nil || why != nil {
		return bot.Answer{Reply: bot.Lines(why)}, err
	}
	lapses, err := v.lapses(ctx, m.At, w.until)
	if err != nil {
		return bot.Answer{}, err
	}
	i := bot.Introduction{Nameless: true, Origin: bot.FromAsk, About: w.what, Lapses: lapses}
	shown := bot.Lines(v.words.Line("nameless.shown", "name", strong(w.theirs))).With(v.readBy(i, 1, w.theirs, w.ours, m.At))
	return bot.Answer{Reply: shown.Choose(
		v.words.Choice("nameless.send", "introduce.namelessly", "name", "#"+w.theirs.ID.String(), "what", w.what),
		v.words.Choice("nameless.not", "introduce.leave"),
	)}, nil
}
