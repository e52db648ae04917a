package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func (r *Register) offer(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, a, err := r.add(ctx, m, args, bot.Offer)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(entries) > 0 {
		a.Later = append(a.Later, offersChanged(m, args.Organisation))
	}
	return a, nil
}

func (r *Register) need(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, a, err := r.add(ctx, m, args, bot.Need)
	if err != nil {
		return bot.Answer{}, err
	}
	for _, e := range entries {
		what := e.Text
		if !e.Until.IsZero() {
			what = r.words.WithDay(what, e.Until)
		}
		look := bot.Later(bot.NeedAdded, e.ID.String()+"/"+m.Key(), m.At, e.Organisation.String()+" "+what)
		look.From, look.Where, look.On = m.From, m.Where, m.ID
		a.Later = append(a.Later, look)
	}
	return a, nil
}

// add adds what was said, which is several entries when there are semicolons in it, and says so. It returns
// those that are new.
func (r *Register) add(ctx context.Context, m bot.Message, args bot.Args, side bot.Side) (fresh []bot.Entry, a bot.Answer, err error) {
	section := map[bot.Side]string{bot.Offer: "offer", bot.Need: "need"}[side]
	parts := slices.DeleteFunc(strings.Split(args.Text("what"), ";"), func(s string) bool { return clean.Fold(s) == "" })
	if len(parts) == 0 {
		parts = []string{args.Text("what")}
	}
	var list []bot.Line
	for _, text := range parts {
		e, isNew, err := r.addOne(ctx, m, args, side, text)
		if err != nil {
			return nil, a, err
		}
		if isNew {
			fresh = append(fresh, e)
		}
		until := r.tail(section+".until", "until", r.words.Day(e.Until, args.Today))
		if len(parts) > 1 {
			list = append(list, r.words.Line(section+".one", "what", e.Text, "terms", r.terms(e), "until", until))
		} else {
			a.Reply = r.added(args, e, isNew, section, until)
		}
		if !e.Until.IsZero() {
			text := e.Organisation.String() + " " + e.ID.String()
			a.Later = append(a.Later, bot.Later(entryEnded, text+" "+e.Until.ISO(), e.Until.AddDays(1).Time(r.zone), text))
		}
	}
	if len(parts) > 1 {
		a.Reply = bot.Lines(r.words.Line(section+".many", "name", strong(args.Name))).With(list)
	}
	return fresh, a, nil
}

func (r *Register) addOne(ctx context.Context, m bot.Message, args bot.Args, side bot.Side, text string) (bot.Entry, bool, error) {
	e := bot.Entry{
		Organisation: args.Organisation, Side: side, Text: strings.Trim(text, " ,.;"),
		Until: args.Date("until"), Confirmed: m.At,
	}
	if side == bot.Offer {
		e.Terms = ReadTerms(e.Text)
	}
	if utf8.RuneCountInString(e.Text) > longestEntry {
		return e, false, r.words.Trouble("offer.long", "n", longestEntry)
	}
	if !e.Until.IsZero() && e.Until.Before(args.Today) {
		return e, false, r.words.Trouble("offer.past", "until", e.Until)
	}
	standing, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return e, false, fmt.Errorf("entries: %w", err)
	}
	if len(standing) >= mostStanding {
		return e, false, r.words.Trouble("offer.full", "name", strong(args.Name), "n", len(standing), "what", standing[0].Text)
	}
	id, fresh, err := r.store.AddEntry(ctx, e, m.At)
	e.ID = id
	return e, fresh, err
}

func (r *Register) added(args bot.Args, e bot.Entry, fresh bool, section string, until bot.Line) bot.Reply {
	key := section + ".added"
	if !fresh {
		key = section + ".again"
	}
	reply := bot.Lines(r.words.Line(key, "name", strong(args.Name), "what", e.Text, "terms", r.terms(e), "until", until))
	if fresh {
		reply = reply.Choose(r.words.Choice(section+".undo", "register.gone", "what", e.Text))
	}
	return reply
}

// terms is what an offer costs, unless its own words say it.
func (r *Register) terms(e bot.Entry) bot.Line {
	word := map[bot.Terms]string{bot.Free: "free", bot.AtCost: "atcost", bot.Charged: "charged"}[e.Terms]
	if word == "" {
		return nil
	}
	said := r.words.Plain("offer." + word)
	if strings.Contains(strings.ToLower(e.Text), said) || e.Terms == bot.Charged && strings.Contains(e.Text, "£") {
		return nil
	}
	return r.words.Line("offer.terms", "terms", said)
}

// ended takes an entry away when its last day is over.
func (r *Register) ended(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	org, entry, _ := strings.Cut(m.Text, " ")
	o, err := readID(org)
	if err != nil {
		return bot.Answer{}, err
	}
	id, err := readID(entry)
	if err != nil {
		return bot.Answer{}, err
	}
	entries, err := r.store.Entries(ctx, bot.OrganisationID(o))
	if err != nil {
		return bot.Answer{}, notFoundIsNothing(err)
	}
	for _, e := range entries {
		// It may have been said again since, with a later day or none.
		if e.ID == bot.EntryID(id) && !e.Until.IsZero() && e.Until.Before(args.Today) {
			return bot.Answer{}, r.store.RemoveEntry(ctx, e.Organisation, e.ID, m.At)
		}
	}
	return bot.Answer{}, nil
}

func (r *Register) stillTrue(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	if what := args.Text("what"); what != "" {
		found := meant(entries, what)
		if len(found) != 1 {
			return bot.Answer{Reply: r.which(found, args, what, "register.true")}, nil
		}
		if err := r.store.ConfirmEntries(ctx, args.Organisation, m.At, found[0].ID); err != nil {
			return bot.Answer{}, err
		}
		return bot.Answer{Reply: bot.Lines(r.words.Line("true.one", "what", found[0].Text))}, nil
	}
	if len(entries) == 0 {
		return bot.Answer{Reply: bot.Lines(r.words.Line("true.none", "name", strong(args.Name)))}, nil
	}
	if err := r.store.ConfirmEntries(ctx, args.Organisation, m.At); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("true.all", "n", len(entries), "name", strong(args.Name)))}, nil
}

func (r *Register) gone(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	entries, err := r.store.Entries(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("entries: %w", err)
	}
	what := args.Text("what")
	found := entries
	if what != "" {
		found = meant(entries, what)
	}
	if what == "" || len(found) != 1 {
		return bot.Answer{Reply: r.which(found, args, what, "register.gone")}, nil
	}
	if err := r.store.RemoveEntry(ctx, args.Organisation, found[0].ID, m.At); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("gone.done", "name", strong(args.Name), "what", found[0].Text))}, nil
}

// back is said when what it could be the undo of is no longer offered, so it asks what is meant.
func (r *Register) back(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if !r.words.Has("introduce.withdraw") {
		return r.gone(ctx, m, args)
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("back.which")).Choose(
		r.words.Choice("back.met", "introduce.withdraw"), r.words.Choice("back.entry", "register.gone"),
	)}, nil
}

// which asks which of entries is meant, or says that there is none.
func (r *Register) which(entries []bot.Entry, args bot.Args, what, command string) bot.Reply {
	if len(entries) == 0 && what == "" {
		return bot.Lines(r.words.Line("true.none", "name", strong(args.Name)))
	}
	if len(entries) == 0 {
		return bot.Lines(r.words.Line("gone.none", "name", strong(args.Name), "what", what))
	}
	const most = 9
	var choices []bot.Choice
	for _, e := range entries[:min(most, len(entries))] {
		say := r.words.Say("talk.for", "name", args.Name, "rest", r.words.Say(command, "what", "#"+e.ID.String()))
		choices = append(choices, bot.Choice{Label: clean.Shorten(e.Text, 60), Say: say})
	}
	return bot.Lines(r.words.Line("gone.which")).Choose(choices...)
}

// meant finds the entries that somebody means by what: the one of that number or in those words, or else those that have
// all the words of it.
func meant(entries []bot.Entry, what string) []bot.Entry {
	if id, err := readID(strings.TrimPrefix(what, "#")); err == nil && strings.HasPrefix(what, "#") {
		return slices.DeleteFunc(slices.Clone(entries), func(e bot.Entry) bool { return int64(e.ID) != id })
	}
	folded := clean.Fold(what)
	exact := slices.DeleteFunc(slices.Clone(entries), func(e bot.Entry) bool { return clean.Fold(e.Text) != folded })
	if len(exact) > 0 {
		return exact
	}
	words := strings.Fields(folded)
	return slices.DeleteFunc(slices.Clone(entries), func(e bot.Entry) bool {
		has := " " + clean.Fold(e.Text) + " "
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(has, " "+w+" ") })
	})
}

func (r *Register) ours(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	reply, any, err := r.entry(ctx, m, o, args.Today)
	if err != nil {
		return bot.Answer{}, err
	}
	if !any {
		reply = append(reply, bot.Lines(r.words.Line("ours.nothing"))...)
	}
	if !o.HasRoom(args.Today) {
		until := bot.Line(nil)
		if !o.FullUntil.IsZero() {
			until = append(bot.Text(" "), r.words.Line("full.until", "until", r.words.Day(o.FullUntil, args.Today))...)
		}
		reply = append(reply, bot.Lines(r.words.Line("ours.full", "until", until))...)
	}
	if o.AsksMonth > 0 {
		reply = append(reply, bot.Lines(r.words.Line("ours.month", "n", o.AsksMonth))...)
	}
	if o.Covers != "" {
		reply = append(reply, bot.Lines(r.words.Line("ours.covers", "where", o.Covers))...)
	}
	if o.Sensitive && o.Postcode != "" {
		reply = append(reply, bot.Lines(r.words.Line("ours.private", "area", o.Postcode.Area()))...)
	}
	if any {
		reply = reply.Choose(bot.Choice{
			Label: r.words.Plain("ours.true"),
			Say:   r.words.Say("talk.for", "name", o.Name, "rest", r.words.Say("register.true")),
		})
	}
	return bot.Answer{Reply: reply}, nil
}

// entry is what the register says about o, as anyone may read it.
func (r *Register) entry(ctx context.Context, m bot.Message, o bot.Organisation, today bot.Date) (reply bot.Reply, any bool, err error) {
	entries, err := r.store.Entries(ctx, o.ID)
	if err != nil {
		return nil, false, fmt.Errorf("entries: %w", err)
	}
	reply = bot.Lines(r.words.Line("ours.first", "name", strong(o.Name),
		"place", r.tail("ours.place", "place", o.Whereabouts()),
		"about", r.tail("ours.about", "about", clean.Shorten(o.About, 300))))
	for _, side := range []struct {
		side bot.Side
		key  string
	}{{bot.Offer, "ours.offers"}, {bot.Need, "ours.needs"}} {
		var list []bot.Line
		for _, e := range entries {
			if e.Side != side.side || !e.Until.IsZero() && e.Until.Before(today) {
				continue
			}
			list = append(list, r.entryLine(m, e, today))
		}
		if len(list) > 0 {
			reply = append(reply, bot.Lines(r.words.Line(side.key))...).With(list)
			any = true
		}
	}
	return reply, any, nil
}

func (r *Register) entryLine(m bot.Message, e bot.Entry, today bot.Date) bot.Line {
	age := r.words.Age(e.Confirmed, m.At.In(r.zone))
	if e.Imported {
		return r.words.Line("ours.imported", "what", e.Text, "terms", r.terms(e), "age", age)
	}
	section := "offer"
	if e.Side == bot.Need {
		section = "need"
	}
	until := r.tail(section+".until", "until", r.words.Day(e.Until, today))
	return r.words.Line("ours.entry", "what", e.Text, "terms", r.terms(e), "until", until, "age", r.words.Plain("ours.confirmed", "age", age))
}

func (r *Register) theirs(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	name := args.Text("name")
	found, err := r.named(ctx, name)
	if err != nil {
		return bot.Answer{}, err
	}
	switch len(found) {
	case 0:
		return bot.Answer{Reply: bot.Lines(r.words.Line("theirs.none", "name", name))}, nil
	case 1:
	default:
		var choices []bot.Choice
		for _, o := range found[:min(len(found), 5)] {
			choices = append(choices, bot.Choice{
				Label: r.words.Plain("we.one", "name", o.Name, "place", r.tail("we.place", "place", o.Whereabouts())),
				Say:   r.words.Say("register.theirs", "name", "#"+o.ID.String()),
			})
		}
		return bot.Answer{Reply: bot.Lines(r.words.Line("theirs.which")).Choose(choices...)}, nil
	}
	o := found[0]
	reply, any, err := r.entry(ctx, m, o, args.Today)
	if err != nil {
		return bot.Answer{}, err
	}
	var notes []bot.Line
	if !any {
		notes = append(notes, r.words.Line("theirs.nothing"))
	}
	switch {
	case !o.Joined:
		notes = append(notes, r.words.Line("theirs.unclaimed"))
	case !o.Vouched:
		notes = append(notes, r.words.Line("theirs.new"))
	}
	if !o.HasRoom(args.Today) {
		notes = append(notes, r.words.Line("theirs.full"))
	}
	if o.Web != "" && !o.Sensitive {
		notes = append(notes, r.words.Line("theirs.web", "web", bot.Span{Text: o.Web, Link: o.Web}))
	}
	return bot.Answer{Reply: append(reply, bot.Lines(notes...)...)}, nil
}

// named finds the organisations that somebody may mean by a name or a number.
func (r *Register) named(ctx context.Context, name string) ([]bot.Organisation, error) {
	if found, err := r.sameName(ctx, name); err != nil || len(found) > 0 {
		return found, err
	}
	found, err := r.store.OrganisationsNamed(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("organisations called so: %w", err)
	}
	return found, nil
}
