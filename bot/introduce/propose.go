package introduce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ginnel/bot/calendar"
	"ginnel/bot/language"

	"ginnel/bot"
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
		if what == "" || bot.Skeleton(a.Text) == bot.Skeleton(what) {
			return asking{what: a.Text, until: a.Until, ask: a.ID}, nil
		}
	}
	rest, said, day := language.CutDay(what, v.date(m.At))
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
	if what, asked := language.CutNameless(args.Text("what")); asked && !nameless {
		args.Values = map[string]bot.Value{"name": args.Values["name"], "what": {Text: what}}
		return v.showNameless(ctx, m, args)
	}
	w, reply, err := v.asking(ctx, m, args, "introduce.ask")
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	w.nameless, w.brings = nameless, bot.OneLine(args.Text("brings"))
	// Whoever asks for somebody says yes to what is open between the two, whether they know of it or not.
	if a, taken, err := v.takeUp(ctx, m, w); err != nil || taken {
		return a, err
	}
	why, err := v.refuse(ctx, m, w)
	if err != nil || why != nil {
		return bot.Answer{Reply: bot.Lines(why)}, err
	}
	if w.brings == "" && !nameless && publicBody(w.ours.Name) {
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
	return a, nil
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
		if i.Parties[1-side].Assent != bot.Yes && openOf(all, w.ours.ID, "") >= mostOpen {
			continue // as if nothing were open
		}
		s := spoken{m: m, i: i, before: i, side: side, ours: w.ours, theirs: w.theirs, name: w.theirs.Name}
		if why, err := v.notYet(ctx, &s); err != nil || why != nil {
			return bot.Answer{Reply: why}, true, err
		}
		err := v.move(ctx, &s, SayYes)
		if errors.Is(err, errOver) {
			return a, false, nil
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
	what := bot.OneLine(args.Text("what"))
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
			Label: bot.Shorten(a.Text, 60),
			Say:   v.words.Say("talk.for", "name", args.Name, "rest", v.words.Say("introduce.ask", "name", "#"+theirs.ID.String(), "what", a.Text)),
		})
	}
	return bot.Lines(v.words.Line("ask.which", "name", strong(theirs))).Choose(choices...), nil
}

// propose stores an introduction that m.From asks for, and asks the other side.
func (v *Introduce) propose(ctx context.Context, m bot.Message, w asking) (bot.Introduction, time.Time, bot.Answer, error) {
	theirs, _, err := v.contact(ctx, w.theirs.ID, m.From.Network)
	if err != nil {
		return bot.Introduction{}, m.At, bot.Answer{}, err
	}
	lapses, err := v.lapses(ctx, m.At, w.until)
	if err != nil {
		return bot.Introduction{}, m.At, bot.Answer{}, err
	}
	i := bot.Introduction{
		Parties: [2]bot.Party{
			{Organisation: w.ours.ID, Person: m.From, Assent: bot.Yes},
			{Organisation: w.theirs.ID, Person: theirs, Assent: bot.Asked},
		},
		Origin: bot.FromAsk, About: w.what, Ask: w.ask, Together: w.together, Nameless: w.nameless,
		Reason: v.words.Plain("ask.looking", "asker", w.ours.Name, "what", w.what),
		State:  bot.IntroductionOpen, At: m.At, Lapses: lapses,
	}
	if w.brings != "" {
		i.Reason = v.words.Plain("ask.brings", "reason", i.Reason, "brings", w.brings)
	}
	return v.begin(ctx, m, i)
}

// openAfter is when so much time has gone by in which the network is not closed.
func (v *Introduce) openAfter(ctx context.Context, now time.Time, d time.Duration) (time.Time, error) {
	text, err := v.keep.Get(ctx, calendar.KeptClosures)
	if err != nil {
		return now, fmt.Errorf("settings: %w", err)
	}
	closures, err := calendar.ReadClosures(text)
	return calendar.OpenAfter(now.In(v.zone), d, closures), err
}

// lapses is when an introduction is over that is asked for now, for a day or for none: on the evening of that day.
func (v *Introduce) lapses(ctx context.Context, now time.Time, until bot.Date) (time.Time, error) {
	end, err := v.openAfter(ctx, now, lapsesAfter)
	if err != nil || until.IsZero() {
		return end, err
	}
	const evening = 21 * time.Hour
	day := until.Time(v.zone).Add(evening)
	if !day.After(now) { // it is wanted tonight
		day = now.Add(2 * time.Hour)
	}
	if day.Before(end) {
		return day, nil
	}
	return end, nil
}

// publicBody tells from its name whether an organisation is likely to be part of the state, and so is asked back what it can
// bring.
func publicBody(name string) bool {
	words := strings.Fields(bot.Skeleton(name))
	has := func(list ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	return has("nhs", "council", "borough", "police", "constabulary", "jobcentre", "ministry") && !has("voluntary", "friends", "tenants", "community", "youth", "churches")
}

// begin stores an introduction and asks those of its parties who have not said yes. It also returns when the last of them
// is asked.
func (v *Introduce) begin(ctx context.Context, m bot.Message, i bot.Introduction) (bot.Introduction, time.Time, bot.Answer, error) {
	for side, p := range i.Parties {
		barred, err := v.store.Barred(ctx, p.Organisation)
		if err != nil {
			return i, m.At, bot.Answer{}, err
		}
		// Whoever is blocked must not learn it: all goes on as if they were asked, and said nothing.
		if p.Assent == bot.Asked && slices.Contains(barred, i.Parties[1-side].Organisation) {
			i.Parties[side].Assent, i.Parties[side].Person = bot.No, bot.Speaker{}
		}
	}
	id, fresh, err := v.store.AddIntroduction(ctx, i)
	if err != nil {
		return i, m.At, bot.Answer{}, fmt.Errorf("introduction: %w", err)
	}
	if !fresh {
		return i, m.At, bot.Answer{}, v.words.Trouble("suggest.not")
	}
	i.ID = id
	a := bot.Answer{Later: []bot.Message{bot.Later(lapseDue, id.String(), i.Lapses, id.String())}}
	asked := m.At
	for side, p := range i.Parties {
		if p.Assent == bot.Yes {
			continue
		}
		at, err := v.turn(ctx, p.Organisation, id, m.At)
		if err != nil {
			return i, asked, a, err
		}
		if at.After(asked) {
			asked = at
		}
		err = v.store.UpdateOrganisation(ctx, p.Organisation, m.At, func(o bot.Organisation) (bot.Organisation, error) {
			return o.Takes(v.date(m.At)), nil
		})
		if err != nil {
			return i, asked, a, err
		}
		if p.Assent != bot.Asked {
			continue
		}
		post, err := v.question(ctx, i, side, p.Person, m.At)
		if err != nil {
			return i, asked, a, err
		}
		post.NotBefore = at
		a.Posts = append(a.Posts, post)
	}
	// With little time left the stand-in is asked half-way.
	wait := min(standInAfter, i.Lapses.Sub(asked)/2)
	at, err := v.openAfter(ctx, asked, wait)
	if err != nil {
		return i, asked, a, err
	}
	a.Later = append(a.Later, bot.Later(standInDue, id.String(), at, id.String()))
	return i, asked, a, nil
}

// turn is when an organisation may be sent the ask of an introduction: now, unless it was sent enough others this week.
func (v *Introduce) turn(ctx context.Context, id bot.OrganisationID, of bot.IntroductionID, now time.Time) (time.Time, error) {
	all, err := v.store.Introductions(ctx, id, now.Add(-4*7*day))
	if err != nil {
		return now, fmt.Errorf("introductions: %w", err)
	}
	// Each ask was sent when it came, or when the one mostAWeek before it was a week ago.
	var sent []time.Time
	for _, i := range all {
		if i.Origin == bot.FromRound || i.Origin == bot.FromAsk && i.Party(id) == 0 || i.ID >= of {
			continue
		}
		skipped, err := v.store.PostSkipped(ctx, proposalKey(i.ID, i.Party(id)))
		if err != nil {
			return now, err
		}
		if skipped {
			continue // withdrawn before it was read
		}
		sent = append(sent, later(i.At, sent))
	}
	return later(now, sent), nil
}

func later(at time.Time, sent []time.Time) time.Time {
	if n := len(sent); n >= mostAWeek {
		if free := sent[n-mostAWeek].Add(7 * day); free.After(at) {
			return free
		}
	}
	return at
}

// question is what one side is asked.
func (v *Introduce) question(ctx context.Context, i bot.Introduction, side int, to bot.Speaker, now time.Time) (bot.Post, error) {
	lines, name, err := v.proposal(ctx, i, side, now)
	if err != nil {
		return bot.Post{}, err
	}
	return bot.Post{
		Key:   proposalKey(i.ID, side),
		Where: bot.Private(to), Reply: bot.Lines(lines...).Choose(v.choices(i, side, name)...), Urgency: bot.News,
		About: append(v.posted(i, to, i.Parties[0].Person, i.Suggested), bot.AboutSide(i.ID, side)), Open: i.Lapses, NotAfter: i.Lapses,
	}, nil
}

// proposalKey names the post in which one side is asked.
func proposalKey(id bot.IntroductionID, side int) string {
	return fmt.Sprintf("proposal/%s/%d", id, side)
}

// posted is what a post of an introduction is about.
func (v *Introduce) posted(i bot.Introduction, to ...bot.Speaker) []string {
	about := []string{bot.AboutIntroduction(i.ID), bot.AboutOrganisation(i.Parties[0].Organisation), bot.AboutOrganisation(i.Parties[1].Organisation)}
	for _, s := range to {
		if name := bot.AboutPerson(s); s.ID != "" && !slices.Contains(about, name) {
			about = append(about, name)
		}
	}
	return about
}

// choices are what one side may answer. name is how the other side is called: it stands in every label, since there may be
// more than one proposal.
func (v *Introduce) choices(i bot.Introduction, side int, name string) []bot.Choice {
	choice := func(key, command string) bot.Choice {
		c := v.words.Choice(key, command, "name", name, "n", i.ID)
		c.Label += ", " + name
		return c
	}
	all := []bot.Choice{choice("ask.yes", "introduce.yes"), choice("ask.notnow", "introduce.notnow"), choice("ask.no", "introduce.no")}
	if i.Nameless && side == 1 {
		return all
	}
	return append(all, choice("ask.know", "introduce.know"), choice("ask.never", "introduce.never"))
}

// proposal is what one side reads, and how it may call the other.
func (v *Introduce) proposal(ctx context.Context, i bot.Introduction, side int, now time.Time) (lines []bot.Line, name string, err error) {
	ours, err := v.store.Organisation(ctx, i.Parties[side].Organisation)
	if err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	theirs, err := v.store.Organisation(ctx, i.Parties[1-side].Organisation)
	if err != nil {
		return nil, "", fmt.Errorf("organisation: %w", err)
	}
	return v.readBy(i, side, ours, theirs, now), v.called(i, side, theirs), nil
}

// called is how one side may call the other before both said yes.
func (v *Introduce) called(i bot.Introduction, side int, theirs bot.Organisation) string {
	if i.Nameless && side == 1 {
		return v.words.Plain("yes.nameless")
	}
	return theirs.Name
}

func (v *Introduce) readBy(i bot.Introduction, side int, ours, theirs bot.Organisation, now time.Time) (lines []bot.Line) {
	if i.Nameless && side == 1 {
		where := v.words.Line("ask.nowhere")
		if area := theirs.Postcode.Area(); area != "" {
			where = v.words.Line("ask.somewhere", "area", area)
		}
		lines = append(lines, v.words.Line("ask.someone", "where", where, "asked", strong(ours)), v.words.Line("ask.wants", "what", i.About))
	} else {
		isNew := bot.Line(nil)
		if !theirs.Vouched {
			isNew = v.words.Line("ask.new")
		}
		key := "ask.line"
		if i.Origin != bot.FromAsk {
			key = "ask.meet"
		}
		lines = append(lines, v.words.Line(key, "asker", strong(theirs), "new", isNew, "asked", strong(ours)))
		if i.Suggester != "" {
			lines = append(lines, v.words.Line("ask.suggested", "suggester", i.Suggester))
		}
		lines = append(lines, bot.Text(i.Reason))
		if theirs.About != "" {
			const longest = 140
			place := bot.Line(nil)
			if w := theirs.Whereabouts(); w != "" {
				place = v.words.Line("ask.place", "place", w)
			}
			lines = append(lines, v.words.Line("ask.who", "name", strong(theirs), "place", place, "about", bot.Shorten(theirs.About, longest)))
		}
	}
	return append(lines, v.words.Line("ask.fair", "day", v.onDay(i.Lapses, now)))
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
