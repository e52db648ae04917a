// Package rights shows people what is kept about them, and erases it.
package rights

import (
	"context"
	"embed"
	"fmt"
	"time"

	"ginnel/bot/language"

	"ginnel/bot"
)

//go:embed words
var words embed.FS

// Words are what rights says and understands.
var Words = language.WordFiles{Verb: "rights", Files: words}

// Store is what rights needs remembered. Its methods join the handling transaction.
type Store interface {
	PersonalData(ctx context.Context, s bot.Speaker) (bot.PersonalData, error)
	Forget(ctx context.Context, s bot.Speaker, now time.Time) (unlisted []string, err error)

	AddReport(ctx context.Context, r bot.Report) (id int64, err error)
	OpenReports(ctx context.Context) ([]bot.Report, error)
	CloseReport(ctx context.Context, id int64, now time.Time) (was bot.Report, err error)
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	Standings(ctx context.Context, s bot.Speaker) ([]bot.Standing, error)

	PutLinkWord(ctx context.Context, hash string, s bot.Speaker, until time.Time) error
	LinkWord(ctx context.Context, hash string, now time.Time) (bot.Speaker, error)
	Accounts(ctx context.Context, s bot.Speaker) ([]bot.Speaker, error)
	Link(ctx context.Context, first, last bot.Speaker) error
	Unlink(ctx context.Context, s bot.Speaker) error
}

// Rights is the verb.
type Rights struct {
	store Store
	words language.Words
	zone  *time.Location
	run   string
	word  func() string
}

// New makes the verb. zone is where days begin for the people of the network; run names who runs it; word makes a word that nobody can
// guess, of small letters and digits.
func New(store Store, book *language.Book, zone *time.Location, run string, word func() string) *Rights {
	return &Rights{store: store, words: book.Of("rights"), zone: zone, run: run, word: word}
}

// Commands lists what the verb does.
func (r *Rights) Commands() []bot.Command {
	return []bot.Command{
		{Name: "rights.data", Role: bot.Anyone, Private: true, Handle: r.data},
		{Name: "rights.forget", Role: bot.Anyone, Private: true, Handle: r.forget},
		{Name: "rights.good", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.forGood},
		{Name: "rights.keep", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.keep},
		{Name: "rights.privacy", Role: bot.Anyone, Handle: r.privacy, Home: r.home},
		{Name: "rights.link", Role: bot.Anyone, Private: true, Handle: r.link},
		{Name: "rights.linkword", Role: bot.Anyone, Private: true, Confided: true, Quiet: true, Handle: r.linkWord},
		{Name: "rights.linkyes", Role: bot.Anyone, Private: true, Confided: true, Quiet: true, Handle: r.linkYes},
		{Name: "rights.unlink", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.unlink},
		{Name: "rights.report", Role: bot.Anyone, Private: true, Confided: true, Handle: r.tell(bot.Conduct)},
		{Name: "rights.reporthow", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.how("report")},
		{Name: "rights.complain", Role: bot.Anyone, Private: true, Confided: true, Handle: r.tell(bot.Complaint)},
		{Name: "rights.complainhow", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.how("complain")},
		{Name: "rights.reports", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.reports},
		{Name: "rights.dealt", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.dealt},
		{Name: reminder, Role: bot.Anyone, Kind: bot.Due, Handle: r.remind},
	}
}

// home shows the way to what is kept and how to have it erased.
func (r *Rights) home(context.Context, bot.Message, bot.Args) (bot.Reply, error) {
	return bot.Lines(r.words.Line("home.yours")).Choose(
		r.words.Choice("home.privacy", "rights.privacy"), r.words.Choice("home.data", "rights.data"), r.words.Choice("data.forget", "rights.forget"),
	), nil
}

func (r *Rights) day(t time.Time) bot.Date { return bot.DateOf(t.In(r.zone)) }

func (r *Rights) data(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	d, err := r.store.PersonalData(ctx, m.From)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("personal data: %w", err)
	}
	var list []bot.Line
	for i, c := range d.Contacts {
		role := "data.contactrole"
		if c.Steward {
			role = "data.steward"
		}
		list = append(list, r.words.Line("data.contact", "name", c.Name, "role", r.words.Plain(role), "since", r.day(d.Since[i])))
		if i < len(d.Reach) && d.Reach[i] != "" {
			list = append(list, r.words.Line("data.reach", "name", c.Name, "reach", d.Reach[i]))
		}
	}
	for _, a := range d.Asks {
		state := r.words.Plain("data.open")
		if !a.Closed.IsZero() {
			state = r.words.Plain("data.closed", "day", r.day(a.Closed))
		}
		list = append(list, r.words.Line("data.ask", "day", r.day(a.At), "what", a.Text, "state", state))
	}
	for _, o := range d.Reports {
		list = append(list, r.words.Line("data.report", "day", r.day(o.At), "what", o.Words))
	}
	for _, i := range d.Introductions {
		state := "data.stillopen"
		switch i.State {
		case bot.IntroductionMade:
			state = "data.made"
		case bot.IntroductionOver:
			state = "data.notthistime"
		}
		key := "data.introduction"
		if i.About == "" { // its words are erased before it is
			key = "data.wordless"
		}
		list = append(list, r.words.Line(key, "day", r.day(i.At), "what", i.About, "state", r.words.Plain(state)))
	}
	for _, c := range d.Claims {
		list = append(list, r.words.Line("data.claim", "day", r.day(c.At), "name", c.Name))
	}
	if d.Linked > 0 {
		list = append(list, r.words.Line("data.linked", "n", d.Linked))
	}
	if d.Coordinator {
		list = append(list, r.words.Line("data.coordinator"))
	}
	if m := d.Manners; m != nil {
		list = append(list, r.words.Line("data.manners"))
	}
	if len(d.Offered) > 0 {
		list = append(list, r.words.Line("data.offered"))
	}
	if d.Waiting > 0 {
		list = append(list, r.words.Line("data.waiting", "n", d.Waiting))
	}
	if len(list) == 0 {
		return bot.Answer{Reply: bot.Lines(r.words.Line("data.nothing"))}, nil
	}
	reply := bot.Lines(r.words.Line("data.first")).With(list)
	reply = append(reply, bot.Lines(r.words.Line("data.where", "run", r.run))...)
	return bot.Answer{Reply: reply.Choose(r.words.Choice("data.forget", "rights.forget"))}, nil
}

func (r *Rights) forget(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	d, err := r.store.PersonalData(ctx, m.From)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("personal data: %w", err)
	}
	if len(d.Contacts)+len(d.Asks)+len(d.Offered)+len(d.Introductions)+len(d.Reports)+len(d.Claims)+d.Waiting == 0 && d.Linked == 0 && d.Manners == nil && !d.Coordinator {
		return bot.Answer{Reply: bot.Lines(r.words.Line("forget.nothing"))}, nil
	}
	lines := []bot.Line{r.words.Line("forget.sureasks")}
	if len(d.Contacts) > 0 {
		var names []string
		for _, c := range d.Contacts {
			names = append(names, c.Name)
		}
		lines = []bot.Line{r.words.Line("forget.sure", "names", r.join(names)), r.words.Line("forget.alone")}
	}
	return bot.Answer{Reply: bot.Lines(lines...).Choose(
		r.words.Choice("forget.yes", "rights.good"),
		r.words.Choice("forget.no", "rights.keep"),
	)}, nil
}

func (r *Rights) forGood(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	unlisted, err := r.store.Forget(ctx, m.From, m.At)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("forget: %w", err)
	}
	lines := []bot.Line{r.words.Line("good.done")}
	if len(unlisted) > 0 {
		lines = append(lines, r.words.Line("good.gone", "names", r.join(unlisted)))
	}
	return bot.Answer{Reply: bot.Lines(lines...)}, nil
}

// join makes one line of several names.
func (r *Rights) join(names []string) bot.Line {
	var out bot.Line
	for i, n := range names {
		name := bot.Line{bot.Strong(n)}
		switch {
		case i == 0:
			out = name
		case i == len(names)-1:
			out = r.words.Line("forget.and", "first", out, "last", name)
		default:
			out = r.words.Line("forget.comma", "first", out, "last", name)
		}
	}
	return out
}

func (r *Rights) keep(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(r.words.Line("keep.done"))}, nil
}

func (r *Rights) privacy(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(
		r.words.Line("privacy.first"), r.words.Line("privacy.register"), r.words.Line("privacy.people"),
		r.words.Line("privacy.meet"), r.words.Line("privacy.report", "run", r.run), r.words.Line("privacy.words"), r.words.Line("privacy.run", "run", r.run),
	).Choose(r.words.Choice("privacy.data", "rights.data"), r.words.Choice("privacy.forget", "rights.forget"))}, nil
}
