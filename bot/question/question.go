// Package question answers “who can help with …?”.
package question

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/match"
)

//go:embed words
var words embed.FS

// Words are what question says and understands.
var Words = language.WordFiles{Verb: "question", Files: words}

const (
	mostAnswers = 3
	moreAnswers = 5
	// The same ask within this time is one ask.
	sameAsk = 14 * 24 * time.Hour
	// One organisation passes thanks on to another once in this time.
	sameThanks = 14 * 24 * time.Hour
	// Where thanks stand in a bundle: after proposals, before whether those who were introduced have met.
	rankThanks = 19
)

// askEnded is the message to ourselves with which an ask ends on its day. Its text is the ask's number.
const askEnded = "question.ended"

// Store is what question needs remembered. Its methods join the handling transaction, but for EachChange,
// Places and Shown, which read what is committed.
type Store interface {
	Register
	ListeningStore
	Contacts(ctx context.Context, id bot.OrganisationID) ([]bot.Contact, error)
	OrganisationsNamed(ctx context.Context, name string) ([]bot.Organisation, error)
	AddThanks(ctx context.Context, t bot.Thanks) (int64, error)
	Thanked(ctx context.Context, giver, helper bot.OrganisationID, since time.Time) (bool, error)
	AddPrompt(ctx context.Context, p bot.Prompt) error
	AllowThanks(ctx context.Context, id int64, org bot.OrganisationID, now time.Time) error
	AddShown(ctx context.Context, ids []bot.OrganisationID, now time.Time) error
	Barred(ctx context.Context, org bot.OrganisationID) ([]bot.OrganisationID, error)
	Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error)
	SaveAsk(ctx context.Context, a bot.Ask) (bot.AskID, error)
	Asks(ctx context.Context, s bot.Speaker, open bool) ([]bot.Ask, error)
	OpenReports(ctx context.Context) ([]bot.Report, error)
	AsksSaid(ctx context.Context, n bot.Network, said bot.MessageID) ([]bot.Ask, error)
	Watches(ctx context.Context) ([]bot.Ask, error)
	PrivatePlaces(ctx context.Context) (map[string]int, error)
	Introductions(ctx context.Context, org bot.OrganisationID, since time.Time) ([]bot.Introduction, error)
	UpdateAsk(ctx context.Context, id bot.AskID, f func(bot.Ask) (bot.Ask, error)) error
}

// Question is the verb.
type Question struct {
	*Finder
	ears
	store Store
	words language.Words
}

// New makes the verb. keep holds what the network says of words that mean the same; zone is where days begin for the people of the network; thesaurus may be nil.
func New(store Store, keep bot.Keep, book *language.Book, zone *time.Location, thesaurus *match.Thesaurus) *Question {
	return &Question{Finder: NewFinder(store, keep, book, zone, thesaurus), store: store, words: book.Of("question")}
}

// Commands lists what the verb does.
func (q *Question) Commands() []bot.Command {
	return []bot.Command{
		{Name: "question.ask", Role: bot.Anyone, Handle: q.ask},
		{Name: "question.more", Role: bot.Anyone, Quiet: true, Handle: q.more},
		{Name: "question.near", Role: bot.Anyone, Quiet: true, Handle: q.near},
		{Name: "question.needs", Role: bot.Anyone, Quiet: true, Handle: q.whoNeeds},
		{Name: "question.openly", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: q.tellOthers},
		{Name: "question.watchnot", Role: bot.Anyone, Quiet: true, Handle: q.watchNot},
		{Name: "question.happening", Role: bot.Anyone, Private: true, Handle: q.happening, Home: q.home},
		{Name: "question.sorted", Role: bot.Anyone, Handle: q.sorted},
		{Name: "question.thank", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: q.thanks},
		{Name: "question.tell", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: q.tell},
		{Name: "question.keep", Role: bot.Anyone, Private: true, Quiet: true, Handle: q.keepQuiet},
		{Name: "question.nolonger", Role: bot.Anyone, Quiet: true, Handle: q.noLonger},
		{Name: "question.means", Role: bot.Coordinator, Handle: q.means},
		{Name: "question.meansnot", Role: bot.Coordinator, Quiet: true, Handle: q.meansNot},
		{Name: "question.listen", Role: bot.Coordinator, Handle: q.listen},
		{Name: "question.listennot", Role: bot.Coordinator, Quiet: true, Handle: q.listenNot},
		{Name: "question.overheard", Role: bot.Anyone, Quiet: true, Hears: q.hears, Handle: q.overheard},
		{Name: "question.edited", Role: bot.Anyone, Kind: bot.Edited, Handle: q.edited},
		{Name: "question.deleted", Role: bot.Anyone, Kind: bot.Deleted, Handle: q.deleted},
		{Name: "question.left", Role: bot.Anyone, Kind: bot.Left, Hears: leftRoom, Handle: q.leftRoom},
		{Name: "question.askform", Role: bot.Anyone, Quiet: true, Handle: q.askForm},
		{Name: listening, Role: bot.Anyone, Kind: bot.Due, Handle: q.remind},
		{Name: askEnded, Role: bot.Anyone, Kind: bot.Due, Handle: q.ended},
		{Name: bot.OffersChanged, Role: bot.Anyone, Kind: bot.Due, Handle: q.offersChanged},
		{Name: bot.NeedAdded, Role: bot.Anyone, Kind: bot.Due, Handle: q.needAdded},
	}
}

func (q *Question) ask(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	what := args.Text("what")
	what, nameless := q.words.CutNameless(what)
	except, err := q.except(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	found, err := q.Find(ctx, what, m.At, mostAnswers, except...)
	if err != nil {
		return bot.Answer{}, err
	}
	if found.Request.What == "" {
		return bot.Answer{}, q.words.Trouble("ask.empty")
	}
	// Of people who speak for no group nothing is kept, not even what they asked.
	known := len(args.Standings) > 0
	var again *bot.Ask
	var later []bot.Message
	// What only ends like a question may be none for others, so that nobody offers it is no gap yet.
	unsure := args.Taken && len(found.Groups) == 0
	if known && !args.Taken {
		if again, later, err = q.keep(ctx, m, args, found, nameless); err != nil {
			return bot.Answer{}, err
		}
	}
	if err := q.showing(ctx, found.Groups, m.At); err != nil {
		return bot.Answer{}, err
	}
	reply := q.Say(found)
	if len(found.Groups) == 0 {
		if unsure && args.Organisation != 0 {
			reply = append(reply, bot.Lines(q.words.Line("ask.shall"))...)
			return bot.Answer{Reply: reply.Choose(
				q.words.Choice("ask.yes", "question.ask", "what", found.Text()), q.words.Choice("ask.no", "question.watchnot"),
			)}, nil
		} else if known && !unsure && args.Organisation != 0 {
			reply = append(reply, bot.Lines(q.words.Line("ask.watch"))...)
		} else if !known {
			reply = append(reply, bot.Lines(q.words.Line("ask.stranger"))...)
		}
	}
	if again != nil {
		reply = append(reply, bot.Lines(q.words.Line("ask.again", "age", q.words.Age(again.At, m.At.In(q.zone))))...)
	}
	soon := bot.IsSoon(found.Until, args.Today)
	if soon {
		reply = append(reply, bot.Lines(q.words.Line("ask.soon"))...)
	}
	choices := q.askThem(found, known, soon, nameless)
	if found.More {
		choices = append(choices, q.words.Choice("ask.more", "question.more", "what", found.Text()))
	}
	if known && !args.Taken {
		choices = append(choices, bot.Choice{Label: q.words.Plain("ask.sorted"), Say: q.words.Say("question.sorted")})
		if len(found.Groups) == 0 && args.Organisation != 0 && !nameless && !openly(m) {
			choices = append(choices, q.words.Choice("ask.openly", "question.openly", "what", found.Text()))
		}
	}
	return bot.Answer{Reply: reply.Choose(choices...), Later: later}, nil
}

// askThem offers to have those asked who were found, when somebody is there to be introduced; at short notice only those
// who let that be.
func (q *Question) askThem(found Found, known, soon, nameless bool) []bot.Choice {
	if !known || !q.words.Has("introduce.ask") {
		return nil
	}
	var choices []bot.Choice
	var numbers []string
	for _, g := range found.Groups {
		if !g.Organisation.Joined || soon && !g.Organisation.Tonight {
			continue
		}
		number := "#" + g.Organisation.ID.String()
		numbers = append(numbers, number)
		choices = append(choices, bot.Choice{
			Stays: true,
			Label: q.words.Plain("ask.them", "name", g.Organisation.Name),
			Say:   q.words.Say(map[bool]string{false: "introduce.ask", true: "introduce.nameless"}[nameless], "name", number, "what", found.Text()),
		})
	}
	if n := len(choices); n > 1 && !nameless {
		choices = append(choices, bot.Choice{
			Stays: true,
			Label: q.words.Plain([]string{"ask.both", "ask.all"}[min(n-2, 1)]), Say: q.words.Say("introduce.all", "names", strings.Join(numbers, " "), "what", found.Text()),
		})
	}
	return choices
}

// showing counts those whom an answer names, so that of equal fits others come first the next time.
func (q *Question) showing(ctx context.Context, groups []Group, now time.Time) error {
	var ids []bot.OrganisationID
	for _, g := range groups {
		ids = append(ids, g.Organisation.ID)
		q.index.Load().Show(int64(g.Organisation.ID))
	}
	return q.store.AddShown(ctx, ids, now)
}

// except are the organisations of the asker, who looks for others, and those barred from being suggested to them.
func (q *Question) except(ctx context.Context, args bot.Args) ([]bot.OrganisationID, error) {
	var ids []bot.OrganisationID
	for _, s := range args.Standings {
		ids = append(ids, s.Organisation)
	}
	for _, s := range args.Standings {
		barred, err := q.store.Barred(ctx, s.Organisation)
		if err != nil {
			return nil, err
		}
		ids = append(ids, barred...)
	}
	return ids, nil
}

// keep stores an ask, unless the same one is still open: then it returns that. It also returns the message to ourselves
// that ends it with its day.
func (q *Question) keep(ctx context.Context, m bot.Message, args bot.Args, found Found, nameless bool) (*bot.Ask, []bot.Message, error) {
	ends := func(id bot.AskID) []bot.Message {
		if found.Until.IsZero() {
			return nil
		}
		return []bot.Message{bot.Later(askEnded, id.String()+"/"+found.Until.ISO(), found.Until.AddDays(1).Time(q.zone), id.String())}
	}
	a := bot.Ask{
		Organisation: args.Organisation, Asker: m.From, Where: m.Where, Said: m.ID, Nameless: nameless, Public: openly(m) && !nameless, Text: found.Text(), Until: found.Until, At: m.At,
		Found: len(found.Groups), Watch: len(found.Groups) == 0 && args.Organisation != 0, Seen: found.Seen,
	}
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return nil, nil, fmt.Errorf("asks: %w", err)
	}
	for _, o := range open {
		if m.At.Sub(o.At) < sameAsk && clean.Fold(o.Text) == clean.Fold(a.Text) {
			return &o, ends(o.ID), q.store.UpdateAsk(ctx, o.ID, func(o bot.Ask) (bot.Ask, error) {
				o.Organisation = cmp.Or(o.Organisation, a.Organisation) // it may not have been said before for which
				o.Found, o.Watch, o.Where, o.Said, o.Seen = max(a.Found, o.Found), a.Found == 0 && o.Organisation != 0, a.Where, a.Said, a.Seen
				o.Nameless = a.Nameless || o.Nameless // until it is closed
				o.Public = a.Public && !o.Nameless
				return o, nil
			})
		}
	}
	id, err := q.store.SaveAsk(ctx, a)
	return nil, ends(id), err
}

// ended closes an ask whose day is over.
func (q *Question) ended(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	id, err := strconv.ParseInt(m.Text, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("which ask is over: %w", err)
	}
	err = q.store.UpdateAsk(ctx, bot.AskID(id), func(a bot.Ask) (bot.Ask, error) {
		if a.Closed.IsZero() && a.Until.Before(args.Today) {
			a.Closed, a.Watch = m.At, false
		}
		return a, nil
	})
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Answer{}, nil
	}
	return bot.Answer{}, err
}

func (q *Question) more(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	except, err := q.except(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	found, err := q.Find(ctx, args.Text("what"), m.At, mostAnswers+moreAnswers, except...)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(found.Groups) <= mostAnswers {
		return bot.Answer{Reply: bot.Lines(q.words.Line("more.none", "what", found.Request.What, "place", q.around(found)))}, nil
	}
	found.Groups = found.Groups[mostAnswers:]
	found.NoRoom = 0
	if err := q.showing(ctx, found.Groups, m.At); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: q.Say(found)}, nil
}

func (q *Question) sorted(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return q.closeAsk(ctx, m, args, "sorted", true)
}

func (q *Question) noLonger(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	return q.closeAsk(ctx, m, args, "nolonger", false)
}

// closeAsk closes an ask. Said in a room it is about one that was asked there; without such a one the answer is given in private, since
// nobody else there knows of the others.
func (q *Question) closeAsk(ctx context.Context, m bot.Message, args bot.Args, section string, sorted bool) (bot.Answer, error) {
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("asks: %w", err)
	}
	if m.Where.IsPrivate() {
		return q.closeOf(ctx, m, args, open, section, sorted)
	}
	here := slices.DeleteFunc(slices.Clone(open), func(a bot.Ask) bool { return a.Where.Network != m.Where.Network || a.Where.Room != m.Where.Room })
	if named := args.Text("what"); len(here) > 0 && (named == "" || slices.ContainsFunc(here, func(a bot.Ask) bool { return clean.Fold(a.Text) == clean.Fold(named) })) {
		return q.closeOf(ctx, m, args, here, section, sorted)
	}
	room := m.Where
	m.Where = bot.Private(m.From)
	a, err := q.closeOf(ctx, m, args, open, section, sorted)
	if err != nil || len(a.Reply) == 0 {
		return a, err
	}
	a.Posts = append(a.Posts, bot.Post{Key: "reply/" + (bot.Message{Where: room, ID: m.ID}).Key() + "/private", Where: m.Where, Reply: a.Reply, Urgency: bot.AtOnce})
	a.Reply = bot.Lines(q.words.Line("sorted.private"))
	return a, nil
}

func (q *Question) closeOf(ctx context.Context, m bot.Message, args bot.Args, open []bot.Ask, section string, sorted bool) (bot.Answer, error) {
	if what := args.Text("what"); what != "" {
		open = slices.DeleteFunc(open, func(a bot.Ask) bool { return clean.Fold(a.Text) != clean.Fold(what) })
	}
	switch len(open) {
	case 0:
		return bot.Answer{Reply: bot.Lines(q.words.Line("sorted.none"))}, nil
	case 1:
	default:
		var choices []bot.Choice
		for _, a := range open[:min(len(open), 9)] {
			label := clean.Shorten(a.Text, 60)
			say := "question." + section
			choices = append(choices, bot.Choice{Label: label, Say: q.sayWith(say, a.Text)})
		}
		return bot.Answer{Reply: bot.Lines(q.words.Line("sorted.which")).Choose(choices...)}, nil
	}
	err := q.store.UpdateAsk(ctx, open[0].ID, func(a bot.Ask) (bot.Ask, error) {
		a.Closed, a.Sorted, a.Watch = m.At, sorted, false
		return a, nil
	})
	if err != nil {
		return bot.Answer{}, err
	}
	closed := bot.Later(bot.AskClosed, open[0].ID.String(), m.At, open[0].ID.String())
	a := bot.Answer{Reply: bot.Lines(q.words.Line(section+".done", "what", open[0].Text)), Later: []bot.Message{closed}}
	if who := args.Text("who"); who != "" {
		err = q.thank(ctx, m, open[0], who, &a)
	}
	return a, err
}

// sayWith says command with the ask it is about.
func (q *Question) sayWith(command, what string) string {
	return q.words.Say(command, "what", what)
}
