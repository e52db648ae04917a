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

// A spoken is what somebody said of an introduction, with all that it touched.
type spoken struct {
	m      bot.Message
	before bot.Introduction
	i      bot.Introduction
	side   int
	ours   bot.Organisation
	theirs bot.Organisation
	name   string // how the other side is called
}

// find is the introduction that somebody speaks of: by its number, by the other side's name or a part of it, or, when
// nothing is named, the one that there is.
func (v *Introduce) find(ctx context.Context, m bot.Message, args bot.Args, say string) (s spoken, reply bot.Reply, err error) {
	s.m = m
	found, err := v.meant(ctx, m, args, say)
	if err != nil {
		return s, nil, err
	}
	switch len(found) {
	case 0:
		return s, nil, v.words.Trouble("yes.none")
	case 1:
		return found[0], nil, nil
	}
	return s, bot.Lines(v.words.Line("yes.which")).Choose(v.eachOf(found, say)...), nil
}

// eachOf are the choices of which introduction is meant.
func (v *Introduce) eachOf(found []spoken, say string) (choices []bot.Choice) {
	for _, o := range found[:min(len(found), 9)] {
		choices = append(choices, bot.Choice{Label: v.words.Plain("yes.one", "name", o.name, "what", o.i.About), Say: v.words.Say(say, "name", o.name, "n", o.i.ID)})
	}
	return choices
}

// meant are the introductions that somebody may speak of; see find.
func (v *Introduce) meant(ctx context.Context, m bot.Message, args bot.Args, say string) (found []spoken, err error) {
	name, number := clean.OneLine(args.Text("name")), bot.IntroductionID(args.Values["n"].Number)
	var meant []bot.Organisation
	if number == 0 && name != "" && !strings.HasPrefix(name, "#") {
		if meant, err = v.store.OrganisationsNamed(ctx, name); err != nil {
			return nil, fmt.Errorf("organisations called so: %w", err)
		}
	}
	// Whoever is not told who asks must not find out by guessing.
	named := func(o spoken) bool {
		switch unnamed := o.i.Nameless && o.side == 1 && o.i.State != bot.IntroductionMade; {
		case name == "":
			return true
		case clean.Fold(name) == clean.Fold(o.name):
			return true
		case unnamed:
			return false
		}
		return name == "#"+o.theirs.ID.String() || slices.ContainsFunc(meant, func(t bot.Organisation) bool { return t.ID == o.theirs.ID })
	}
	withdrawing := say == "introduce.withdraw"
	for _, st := range args.Standings {
		all, err := v.store.Introductions(ctx, st.Organisation, m.At.Add(-2*lapsesAfter))
		if err != nil {
			return nil, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			o := spoken{m: m, i: i, before: i, side: i.Party(st.Organisation)}
			if number != 0 && number != i.ID {
				continue
			}
			if o.ours, err = v.store.Organisation(ctx, st.Organisation); err != nil {
				return nil, fmt.Errorf("organisation: %w", err)
			}
			if o.theirs, err = v.store.Organisation(ctx, i.Parties[1-o.side].Organisation); err != nil {
				return nil, fmt.Errorf("organisation: %w", err)
			}
			o.name = v.called(i, o.side, o.theirs)
			open := i.State == bot.IntroductionOpen || withdrawing && i.State == bot.IntroductionMade
			if withdrawing && name == "" { // of what was said last, and nobody has been told of
				open = i.State == bot.IntroductionOpen && i.Parties[o.side].Assent == bot.Yes
			}
			if number == 0 && (!open || !named(o)) {
				continue
			}
			found = append(found, o)
		}
	}
	return found, nil
}

// answer handles what one side says, and then what comes of it.
func (v *Introduce) answer(event Event, then func(context.Context, *spoken) (bot.Answer, error)) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		s, reply, err := v.find(ctx, m, args, "introduce."+map[Event]string{SayYes: "yes", SayNo: "notnow", SayKnown: "know"}[event])
		if err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
		if s.i.State == bot.IntroductionOpen {
			if why, err := v.forbidden(ctx, &s, event); err != nil || why != nil {
				return bot.Answer{Reply: why}, err
			}
		}
		if event == SayYes && s.i.State == bot.IntroductionOpen {
			if why, err := v.notYet(ctx, &s); err != nil || why != nil {
				return bot.Answer{Reply: why}, err
			}
		}
		if err := v.apply(ctx, &s, event); err != nil {
			if errors.Is(err, errOver) {
				return bot.Answer{Reply: bot.Lines(v.words.Line("yes.over"))}, nil
			}
			return bot.Answer{}, err
		}
		return then(ctx, &s)
	}
}

// forbidden says why somebody cannot say this of what is open: a colleague has answered already, they are never to be
// suggested to each other, or it is not known who asks.
func (v *Introduce) forbidden(ctx context.Context, s *spoken, event Event) (bot.Reply, error) {
	us := s.i.Parties[s.side]
	if event == SayKnown && s.i.Nameless && s.side == 1 {
		return bot.Lines(v.words.Line("know.nameless")), nil
	}
	if event != SayYes || us.Assent == bot.Yes {
		return nil, nil
	}
	barred, err := v.store.Barred(ctx, s.ours.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Contains(barred, s.theirs.ID) && s.i.Nameless && s.side == 1:
		if err := v.apply(ctx, s, SayNo); err != nil && !errors.Is(err, errOver) {
			return nil, err
		}
		return bot.Lines(v.words.Line("yes.wait", "name", bot.Strong(s.name), "day", v.onDay(s.i.Lapses, s.m.At))), nil
	case slices.Contains(barred, s.theirs.ID):
		return bot.Lines(v.words.Line("yes.barred", "name", s.name)), nil
	case us.Assent == bot.No && us.Person.ID != "" && !same(us.Person, s.m.From):
		return bot.Lines(v.words.Line("yes.colleagueno", "who", us.Person.Name, "ours", strong(s.ours), "name", s.name)), nil
	}
	return nil, nil
}

// notYet says what must be before a yes counts: across networks, it is known how this side is reached; and not too many
// are open that it said yes to, unless this one is made by it.
func (v *Introduce) notYet(ctx context.Context, s *spoken) (bot.Reply, error) {
	other := s.i.Parties[1-s.side]
	if s.ours.Reach == "" && other.Person.Network != s.m.From.Network && other.Person.Network != "" {
		return bot.Lines(v.words.Line("yes.reach")).Choose(v.words.Choice("yes.again", "introduce.yes", "name", s.name, "n", s.i.ID)), nil
	}
	if other.Assent == bot.Yes || s.i.Parties[s.side].Assent == bot.Yes {
		return nil, nil
	}
	all, err := v.store.Introductions(ctx, s.ours.ID, s.m.At)
	if err != nil {
		return nil, fmt.Errorf("introductions: %w", err)
	}
	if n := openOf(all, s.ours.ID, ""); n >= maxOpen {
		return bot.Lines(v.words.Line("yes.many", "n", n)), nil
	}
	return nil, nil
}

// openOf counts the open introductions that an organisation asked for or said yes to, but for those that were asked
// together. A no of the other side is no less open until it lapses, nor is what the asker withdrew: who was asked has read
// it, and others are not to be asked in its place without end.
func openOf(all []bot.Introduction, id bot.OrganisationID, together string) (n int) {
	for _, i := range all {
		side := i.Party(id)
		mine := i.Parties[side].Assent == bot.Yes || i.Origin == bot.FromAsk && side == 0
		if i.State == bot.IntroductionOpen && mine && (i.Together == "" || i.Together != together) {
			n++
		}
	}
	return n
}

// present sees to it that somebody is there to be introduced for the other side: whoever left is followed by a colleague,
// and where there is none it is as if they had said nothing.
func (v *Introduce) present(ctx context.Context, i bot.Introduction, side int) (bot.Introduction, error) {
	p := i.Parties[side]
	if p.Assent != bot.Yes {
		return i, nil
	}
	all, err := v.store.Contacts(ctx, p.Organisation)
	if err != nil {
		return i, fmt.Errorf("contacts: %w", err)
	}
	switch {
	case slices.ContainsFunc(all, func(c bot.Contact) bool { return same(c.Speaker, p.Person) }):
	case len(all) > 0:
		i.Parties[side].Person = all[0].Speaker
	default:
		i.Parties[side].Assent, i.Parties[side].Person = bot.No, bot.Speaker{}
	}
	return i, nil
}

// apply changes an introduction as one side says.
func (v *Introduce) apply(ctx context.Context, s *spoken, event Event) error {
	return v.store.UpdateIntroduction(ctx, s.i.ID, func(i bot.Introduction) (bot.Introduction, error) {
		i, err := v.present(ctx, i, 1-s.side)
		if err != nil {
			return i, err
		}
		next, err := Apply(i, s.side, event, s.m.At)
		if err != nil {
			return i, err
		}
		s.before = i
		next.Parties[s.side].Person = s.m.From
		s.i = next
		// What this side was still to be asked is answered.
		if _, err := v.store.SkipPosts(ctx, bot.AboutSide(i.ID, s.side), s.m.At); err != nil {
			return next, fmt.Errorf("posts: %w", err)
		}
		if err := v.store.EndPrompts(ctx, s.m.At, promptKeys(i.ID, s.side)...); err != nil {
			return next, err
		}
		return next, v.store.EndOffered(ctx, s.m.From, proposalKey(i.ID, s.side))
	})
}

func (v *Introduce) saidYes(ctx context.Context, s *spoken) (bot.Answer, error) {
	if s.i.State == bot.IntroductionMade {
		a, err := v.made(ctx, s.i, s.m.At)
		if err != nil {
			return bot.Answer{}, err
		}
		a.Reply = bot.Lines(v.words.Line("yes.made"))
		return a, nil
	}
	if p := s.before.Parties[s.side]; p.Assent == bot.Yes && !same(p.Person, s.m.From) {
		return bot.Answer{Reply: bot.Lines(v.words.Line("yes.colleague", "who", p.Person.Name, "name", strong(s.ours)))}, nil
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("yes.wait", "name", bot.Strong(s.name), "day", v.onDay(s.i.Lapses, s.m.At))).
		Choose(v.words.Choice("ask.undo", "introduce.withdraw", "name", s.name, "n", s.i.ID))}, nil
}

func (v *Introduce) saidNo(_ context.Context, s *spoken) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(v.words.Line("notnow.done")).
		Choose(v.words.Choice("notnow.undo", "introduce.yes", "name", s.name, "n", s.i.ID))}, nil
}

// saidKnown ends it: that two know each other is news to nobody, and no refusal.
func (v *Introduce) saidKnown(ctx context.Context, s *spoken) (bot.Answer, error) {
	if err := v.store.PutTie(ctx, s.ours.ID, s.theirs.ID, "know", false, s.m.At); err != nil {
		return bot.Answer{}, fmt.Errorf("tie: %w", err)
	}
	if err := v.silence(ctx, s.i, s.m.At); err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{Reply: bot.Lines(v.words.Line("know.done"))}
	if other := s.i.Parties[1-s.side]; other.Assent == bot.Yes && other.Person.ID != "" {
		a.Posts = append(a.Posts, bot.Post{
			Key: "known/" + s.i.ID.String(), Where: bot.Private(other.Person), Urgency: bot.News, Why: bot.Owed,
			Reply: bot.Lines(v.words.Line("know.told", "name", strong(s.ours))), About: v.posted(s.i, other.Person),
		})
	}
	return a, nil
}

// silence takes back whatever of an introduction is not said yet.
func (v *Introduce) silence(ctx context.Context, i bot.Introduction, now time.Time) error {
	if _, err := v.store.SkipPosts(ctx, bot.AboutIntroduction(i.ID), now); err != nil {
		return fmt.Errorf("posts: %w", err)
	}
	if err := v.store.EndPromptsAbout(ctx, bot.AboutIntroduction(i.ID), now); err != nil {
		return fmt.Errorf("prompts: %w", err)
	}
	return nil
}
