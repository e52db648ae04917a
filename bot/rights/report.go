package rights

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// reminder is the message to ourselves with which a coordinator is reminded of what is still open. Its text is the number of the report.
const reminder = "rights.remind"

const (
	// How long before it must be answered a coordinator is reminded.
	remindBefore = 10 * 24 * time.Hour
	// How many reports of one person may be open, so that nobody is buried in them.
	mostOpen = 5
)

// tell passes on, in confidence, what somebody says is wrong: to a coordinator who is on neither side, or to whoever runs the bot.
func (r *Rights) tell(kind bot.ReportKind) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		open, err := r.store.OpenReports(ctx)
		if err != nil {
			return bot.Answer{}, err
		}
		if len(slices.DeleteFunc(open, func(o bot.Report) bool { return !same(o.From, m.From) })) >= mostOpen {
			return bot.Answer{}, r.words.Trouble("report.many", "run", r.run)
		}
		report := bot.Report{Kind: kind, From: m.From, Words: args.Text("what"), At: m.At, Due: m.At.Add(bot.ReportDue)}
		if report.Given, err = r.neutral(ctx, report, args.Standings); err != nil {
			return bot.Answer{}, err
		}
		if report.ID, err = r.store.AddReport(ctx, report); err != nil {
			return bot.Answer{}, err
		}
		due := r.words.Day(bot.DateOf(report.Due.In(r.zone)), args.Today)
		a := bot.Answer{Reply: bot.Lines(r.words.Line("report.run", "run", r.run, "day", due))}
		if report.Given.ID != "" {
			number := strconv.FormatInt(report.ID, 10)
			a.Reply = bot.Lines(r.words.Line("report.passed", "day", due))
			a.Posts = []bot.Post{{
				Key: "report/" + number, Where: bot.Private(report.Given), Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutPerson(m.From)},
				Reply: bot.Lines(r.words.Line("report.given", "name", m.From.Name), r.told(report), r.words.Line("report.due", "day", due)).
					Choose(r.words.Choice("report.done", "rights.dealt", "n", report.ID)),
				Open: report.Due,
			}}
			a.Later = []bot.Message{bot.Later(reminder, number, report.Due.Add(-remindBefore), number)}
		}
		if kind == bot.Complaint {
			a.Reply = append(a.Reply, bot.Lines(r.words.Line("report.office"))...)
		}
		return a, nil
	}
}

// told is what a report says, with its number.
func (r *Rights) told(report bot.Report) bot.Line {
	key := "report.words"
	switch {
	case report.Words == "":
		key = "report.erased"
	case report.Kind == bot.Complaint:
		key = "report.complaint"
	}
	return r.words.Line(key, "n", report.ID, "what", report.Words, "day", r.day(report.At))
}

func same(a, b bot.Speaker) bool { return a.Network == b.Network && a.ID == b.ID }

// neutral is a coordinator who is on neither side of a report: not the one who makes it or is named in it, and who speaks neither for a
// group of theirs nor for one that is named. Zero: there is none.
func (r *Rights) neutral(ctx context.Context, report bot.Report, theirs []bot.Standing) (bot.Speaker, error) {
	all, err := r.store.Coordinating(ctx)
	if err != nil {
		return bot.Speaker{}, fmt.Errorf("coordinators: %w", err)
	}
	said := " " + clean.Fold(report.Words) + " "
	named := func(name string) bool {
		name = clean.Fold(name)
		return name != "" && strings.Contains(said, name)
	}
	for _, c := range all {
		if same(c, report.From) || named(c.Name) {
			continue
		}
		// Whoever tells of Ruth need not write her whole name.
		first, _, _ := strings.Cut(c.Name, " ")
		if named(first) {
			continue
		}
		standings, err := r.store.Standings(ctx, c)
		if err != nil {
			return bot.Speaker{}, fmt.Errorf("standings: %w", err)
		}
		if !slices.ContainsFunc(standings, func(st bot.Standing) bool {
			return named(st.Name) || slices.ContainsFunc(theirs, func(t bot.Standing) bool { return t.Organisation == st.Organisation })
		}) {
			return c, nil
		}
	}
	return bot.Speaker{}, nil
}

// how says how to report or to complain.
func (r *Rights) how(key string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
		return bot.Answer{Reply: bot.Lines(r.words.Line(key+".how"), r.words.Line("report.who", "run", r.run))}, nil
	}
}

// reports shows a coordinator the open reports that he or she was given.
func (r *Rights) reports(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	open, err := r.given(ctx, m.From)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(open) == 0 {
		return bot.Answer{Reply: bot.Lines(r.words.Line("reports.none"))}, nil
	}
	var list []bot.Line
	var choices []bot.Choice
	for _, o := range open {
		key := "reports.one"
		if o.From.ID == "" {
			key = "reports.forgotten"
		}
		list = append(list, r.words.Line(key, "report", r.told(o), "name", o.From.Name, "day", r.day(o.Due)))
		choices = append(choices, r.words.Choice("reports.done", "rights.dealt", "n", o.ID))
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("reports.first", "n", len(open))).With(list).Choose(choices...)}, nil
}

func (r *Rights) given(ctx context.Context, s bot.Speaker) ([]bot.Report, error) {
	open, err := r.store.OpenReports(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(open, func(o bot.Report) bool { return !same(o.Given, s) }), nil
}

// dealt closes a report: what it said is erased, and whoever made it is told.
func (r *Rights) dealt(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	open, err := r.given(ctx, m.From)
	if err != nil {
		return bot.Answer{}, err
	}
	number := int64(args.Values["n"].Number)
	if !slices.ContainsFunc(open, func(o bot.Report) bool { return o.ID == number }) {
		return bot.Answer{}, r.words.Trouble("dealt.none")
	}
	was, err := r.store.CloseReport(ctx, number, m.At)
	if err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{Reply: bot.Lines(r.words.Line("dealt.done"))}
	if was.From.ID != "" {
		a.Posts = []bot.Post{{
			Key: fmt.Sprintf("report/%d/closed", number), Where: bot.Private(was.From), Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutPerson(was.From)},
			Reply: bot.Lines(r.words.Line("dealt.told", "day", r.day(was.At), "run", r.run)),
		}}
	}
	return a, nil
}

// remind reminds a coordinator of a report that is still open.
func (r *Rights) remind(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	open, err := r.store.OpenReports(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	i := slices.IndexFunc(open, func(o bot.Report) bool { return strconv.FormatInt(o.ID, 10) == m.Text })
	if i < 0 || open[i].Given.ID == "" {
		return bot.Answer{}, nil
	}
	o := open[i]
	return bot.Answer{Posts: []bot.Post{{
		Key: "report/" + m.Text + "/remind", Where: bot.Private(o.Given), Urgency: bot.News, Why: bot.Owed, Daytime: true, About: []string{bot.AboutPerson(o.From)},
		Reply: bot.Lines(r.words.Line("report.still", "report", r.told(o), "day", r.day(o.Due))).Choose(r.words.Choice("report.done", "rights.dealt", "n", o.ID)),
		Open:  o.Due,
	}}}, nil
}
