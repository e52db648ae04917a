package introduce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot"
)

// A spoken is a move that somebody made, with all that it touched.
type spoken struct {
	m      bot.Message
	before bot.Introduction
	i      bot.Introduction
	side   int
	ours   bot.Organisation
	theirs bot.Organisation
	name   string // how the other side is called
}

// find is the introduction that somebody speaks of: by its number, or by the other side's name.
func (v *Introduce) find(ctx context.Context, m bot.Message, args bot.Args, say string) (s spoken, reply bot.Reply, err error) {
	s.m = m
	var found []spoken
	for _, st := range args.Standings {
		all, err := v.store.Introductions(ctx, st.Organisation, m.At.Add(-2*lapsesAfter))
		if err != nil {
			return s, nil, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			o := spoken{m: m, i: i, before: i, side: i.Party(st.Organisation)}
			if n := args.Values["n"].Number; n != 0 && bot.IntroductionID(n) != i.ID {
				continue
			}
			if o.ours, err = v.store.Organisation(ctx, st.Organisation); err != nil {
				return s, nil, fmt.Errorf("organisation: %w", err)
			}
			if o.theirs, err = v.store.Organisation(ctx, i.Parties[1-o.side].Organisation); err != nil {
				return s, nil, fmt.Errorf("organisation: %w", err)
			}
			o.name = v.called(i, o.side, o.theirs)
			if args.Values["n"].Number == 0 && (i.State != bot.IntroductionOpen && (say != "introduce.withdraw" || i.State != bot.IntroductionMade) ||
				bot.Skeleton(args.Text("name")) != bot.Skeleton(o.name) && args.Text("name") != "#"+o.theirs.ID.String()) {
				continue
			}
			found = append(found, o)
		}
	}
	switch len(found) {
	case 0:
		return s, nil, v.words.Trouble("yes.none")
	case 1:
		return found[0], nil, nil
	}
	var choices []bot.Choice
	for _, o := range found[:min(len(found), 9)] {
		choices = append(choices, bot.Choice{Label: v.words.Plain("yes.one", "name", o.name, "what", o.i.About), Say: v.words.Say(say, "name", o.name, "n", o.i.ID)})
	}
	return s, bot.Lines(v.words.Line("yes.which")).Choose(choices...), nil
}

// answer handles a move that somebody says, and then what comes of it.
func (v *Introduce) answer(move Move, then func(context.Context, *spoken) (bot.Answer, error)) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		s, reply, err := v.find(ctx, m, args, "introduce."+map[Move]string{SayYes: "yes", SayNo: "notnow", SayKnown: "know"}[move])
		if err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
		if move == SayYes && s.i.State == bot.IntroductionOpen {
			if why, err := v.notYet(ctx, &s); err != nil || why != nil {
				return bot.Answer{Reply: why}, err
			}
		}
		if err := v.move(ctx, &s, move); err != nil {
			if errors.Is(err, errOver) {
				return bot.Answer{Reply: bot.Lines(v.words.Line("yes.over"))}, nil
			}
			return bot.Answer{}, err
		}
		return then(ctx, &s)
	}
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
	if n := openOf(all, s.ours.ID, ""); n >= mostOpen {
		return bot.Lines(v.words.Line("yes.many", "n", n)), nil
	}
	return nil, nil
}

// openOf counts the open introductions that an organisation asked for or said yes to, but for those that were asked
// together. A no of the other side is no less open until it lapses.
func openOf(all []bot.Introduction, id bot.OrganisationID, together string) (n int) {
	for _, i := range all {
		if i.State == bot.IntroductionOpen && i.Parties[i.Party(id)].Assent == bot.Yes && (i.Together == "" || i.Together != together) {
			n++
		}
	}
	return n
}

// move changes an introduction as one side says.
func (v *Introduce) move(ctx context.Context, s *spoken, move Move) error {
	return v.store.UpdateIntroduction(ctx, s.i.ID, func(i bot.Introduction) (bot.Introduction, error) {
		next, err := Step(i, s.side, move, s.m.At)
		if err != nil {
			return i, err
		}
		s.before = i
		next.Parties[s.side].Person = s.m.From
		s.i = next
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
	if err := v.store.PutTie(ctx, s.ours.ID, s.theirs.ID, "know", s.m.At); err != nil {
		return bot.Answer{}, fmt.Errorf("tie: %w", err)
	}
	if err := v.silence(ctx, s.i, s.m.At); err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{Reply: bot.Lines(v.words.Line("know.done"))}
	if other := s.i.Parties[1-s.side]; other.Assent == bot.Yes && other.Person.ID != "" {
		a.Posts = append(a.Posts, bot.Post{
			Key: "known/" + s.i.ID.String(), Where: bot.Private(other.Person), Urgency: bot.News,
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

// withdraw takes a yes back. It may come when both have said yes and nobody was told yet.
func (v *Introduce) withdraw(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	s, reply, err := v.find(ctx, m, args, "introduce.withdraw")
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	done := bot.Answer{Reply: bot.Lines(v.words.Line("withdraw.done", "name", s.name))}
	if s.i.State == bot.IntroductionMade {
		n, err := v.store.SkipPosts(ctx, bot.AboutIntroduction(s.i.ID), m.At)
		if err != nil {
			return bot.Answer{}, fmt.Errorf("posts: %w", err)
		}
		if n == 0 {
			return bot.Answer{Reply: bot.Lines(v.words.Line("withdraw.late", "name", strong(s.theirs)))}, nil
		}
		err = v.store.UpdateIntroduction(ctx, s.i.ID, func(i bot.Introduction) (bot.Introduction, error) {
			i.State, i.Made, i.Parties[s.side].Assent = bot.IntroductionOpen, time.Time{}, bot.No
			return i, nil
		})
		return done, err
	}
	if err := v.move(ctx, &s, SayNo); err != nil {
		if errors.Is(err, errOver) {
			return bot.Answer{Reply: bot.Lines(v.words.Line("yes.over"))}, nil
		}
		return bot.Answer{}, err
	}
	// Whoever was not asked yet need not be; whoever was can tell this from nothing.
	return done, v.silence(ctx, s.i, m.At)
}

// never keeps two from being suggested to each other, for ever, and is a no to whatever is open.
func (v *Introduce) never(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	var theirs bot.Organisation
	ours := args.Organisation
	s, reply, err := v.find(ctx, m, args, "introduce.never")
	switch {
	case err == nil && reply != nil:
		return bot.Answer{Reply: reply}, nil
	case err == nil:
		theirs, ours = s.theirs, s.ours.ID
		if err := v.move(ctx, &s, SayNo); err != nil && !errors.Is(err, errOver) {
			return bot.Answer{}, err
		}
	default:
		if theirs, reply, err = v.named(ctx, args.Text("name"), func(id string) string { return v.words.Say("introduce.never", "name", id) }); err != nil || reply != nil {
			return bot.Answer{Reply: reply}, err
		}
	}
	if theirs.ID == ours {
		return bot.Answer{}, v.words.Trouble("ask.ourselves")
	}
	if err := v.store.Bar(ctx, ours, theirs.ID, m.At); err != nil {
		return bot.Answer{}, fmt.Errorf("bar: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line("never.done", "name", theirs.Name))}, nil
}
