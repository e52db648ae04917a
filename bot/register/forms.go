package register

import (
	"context"
	"fmt"

	"ginnel/bot"
)

// field is a blank of the form in section, with its words: “said NAME” labels it, “said NAMEhint” shows what may stand there.
func (r *Register) field(section, name string) bot.Field {
	return bot.Field{Name: name, Label: r.words.Plain(section + "." + name), Hint: r.words.Plain(section + "." + name + "hint")}
}

// form is a form with the sentences of commands; the first field cannot be left empty.
func (r *Register) form(section string, fields []bot.Field, commands ...string) bot.Answer {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	f := &bot.Form{Title: r.words.Plain(section + ".title"), Fields: fields}
	for _, c := range commands {
		f.Say = append(f.Say, r.words.Blank(c, names...))
	}
	return bot.Answer{Reply: bot.Reply{{Form: f}}}
}

func (r *Register) offerForm(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	what := r.field("offerform", "what")
	what.Many, what.Needed = true, true
	return r.form("offerform", []bot.Field{what, r.field("offerform", "until")}, "register.offer"), nil
}

func (r *Register) needForm(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	what := r.field("needform", "what")
	what.Many, what.Needed = true, true
	return r.form("needform", []bot.Field{what, r.field("needform", "until")}, "register.need"), nil
}

func (r *Register) joinForm(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	name := r.field("joinform", "name")
	name.Needed = true
	return r.form("joinform", []bot.Field{name, r.field("joinform", "place")}, "register.we"), nil
}

// joinHome shows whoever speaks for no group how to join with one.
func (r *Register) joinHome(_ context.Context, _ bot.Message, args bot.Args) (reply bot.Reply, err error) {
	if len(args.Standings) > 0 {
		return nil, nil
	}
	return reply.Choose(bot.Choice{Label: r.words.Plain("joinform.home"), Say: r.words.Say("register.joinform"), Form: true}), nil
}

// groupForm is what is known about one's own group, filled in.
func (r *Register) groupForm(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	about, place, where := r.field("groupform", "about"), r.field("groupform", "place"), r.field("groupform", "where")
	for _, f := range []struct {
		field *bot.Field
		value string
	}{{&about, o.About}, {&place, o.Postcode.String()}, {&where, o.Covers}} {
		if f.value != "" {
			f.field.Value = []string{f.value}
		}
	}
	return r.form("groupform", []bot.Field{about, place, where}, "register.describe", "register.postcode", "register.covers"), nil
}

// maxAtHome is how many entries a home page shows with choices of their own; the rest is a list.
const maxAtHome = 3

// home shows what each group of a person offers and needs, with what can be done about it, and whether it has room.
func (r *Register) home(ctx context.Context, m bot.Message, args bot.Args) (reply bot.Reply, err error) {
	for _, s := range args.Standings {
		o, err := r.store.Organisation(ctx, s.Organisation)
		if err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		entries, err := r.store.Entries(ctx, o.ID)
		if err != nil {
			return nil, fmt.Errorf("entries: %w", err)
		}
		forThem := func(say string) string { return r.words.Say("talk.for", "name", o.Name, "rest", say) }
		reply = append(reply, bot.Lines(r.words.Line("home.group", "name", strong(o.Name)))...)
		if len(entries) == 0 {
			reply = append(reply, bot.Lines(r.words.Line("ours.nothing"))...)
		}
		for i, e := range entries {
			side := r.words.Plain("home." + string(e.Side))
			line := append(bot.Text(side+" "), r.entryLine(m, e, args.Today)...)
			if i >= maxAtHome || !s.Steward {
				reply = reply.With([]bot.Line{line})
				continue
			}
			number := "#" + e.ID.String()
			reply = append(reply, bot.Lines(line)...).Choose(
				bot.Choice{Label: r.words.Plain("home.true"), Say: forThem(r.words.Say("register.true", "what", number))},
				bot.Choice{Label: r.words.Plain("home.gone"), Say: forThem(r.words.Say("register.gone", "what", number))},
			)
		}
		if !s.Steward {
			continue
		}
		room, choice := "home.room", bot.Choice{Label: r.words.Plain("home.full"), Say: forThem(r.words.Say("register.full"))}
		if !o.HasRoom(args.Today) {
			room, choice = "home.noroom", bot.Choice{Label: r.words.Plain("home.again"), Say: forThem(r.words.Say("register.room"))}
		}
		limit := bot.Line(nil)
		if o.AsksMonth > 0 {
			limit = r.words.Line("home.month", "n", o.AsksMonth)
		}
		form := func(key, command string) bot.Choice {
			return bot.Choice{Label: r.words.Plain(key), Say: forThem(r.words.Say(command)), Form: true}
		}
		reply = append(reply, bot.Lines(append(r.words.Line(room), limit...))...).Choose(
			choice, form("home.offerform", "register.offerform"), form("home.needform", "register.needform"), form("home.groupform", "register.groupform"),
		)
	}
	return reply, nil
}
