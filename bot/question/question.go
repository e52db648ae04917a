// Package question answers “who can help with …?”.
package question

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot/language"

	"ginnel/bot"
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
	}
	return bot.Answer{Reply: reply.Choose(choices...), Later: later}, nil
}

func (q *Question) watchNot(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(q.words.Line("watchnot.done"))}, nil
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
		Organisation: args.Organisation, Asker: m.From, Where: m.Where, Said: m.ID, Nameless: nameless, Public: m.In.Open && m.Where.InRoom() && m.Where.Only == "" && !nameless, Text: found.Text(), Until: found.Until, At: m.At,
		Found: len(found.Groups), Watch: len(found.Groups) == 0 && args.Organisation != 0, Seen: found.Seen,
	}
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return nil, nil, fmt.Errorf("asks: %w", err)
	}
	for _, o := range open {
		if m.At.Sub(o.At) < sameAsk && bot.Skeleton(o.Text) == bot.Skeleton(a.Text) {
			return &o, ends(o.ID), q.store.UpdateAsk(ctx, o.ID, func(o bot.Ask) (bot.Ask, error) {
				o.Found, o.Watch, o.Where, o.Said, o.Seen = max(a.Found, o.Found), a.Watch, a.Where, a.Said, a.Seen
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
	if named := args.Text("what"); len(here) > 0 && (named == "" || slices.ContainsFunc(here, func(a bot.Ask) bool { return bot.Skeleton(a.Text) == bot.Skeleton(named) })) {
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
		open = slices.DeleteFunc(open, func(a bot.Ask) bool { return bot.Skeleton(a.Text) != bot.Skeleton(what) })
	}
	switch len(open) {
	case 0:
		return bot.Answer{Reply: bot.Lines(q.words.Line("sorted.none"))}, nil
	case 1:
	default:
		var choices []bot.Choice
		for _, a := range open[:min(len(open), 9)] {
			label := bot.Shorten(a.Text, 60)
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

// thank records help, whether or not it was found here, tells those who gave it, and asks both whether others may hear. The
// giver reads the same whether or not it is passed on.
func (q *Question) thank(ctx context.Context, m bot.Message, ask bot.Ask, who string, a *bot.Answer) error {
	found, err := q.store.OrganisationsNamed(ctx, who)
	if err != nil {
		return fmt.Errorf("organisations called so: %w", err)
	}
	found = slices.DeleteFunc(found, func(o bot.Organisation) bool { return o.ID == ask.Organisation })
	if len(found) != 1 || ask.Organisation == 0 {
		a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.whom", "name", who))...)
		return nil
	}
	ours, err := q.store.Organisation(ctx, ask.Organisation)
	if err != nil {
		return fmt.Errorf("organisation: %w", err)
	}
	theirs := found[0]
	passed, err := q.passedOn(ctx, ours.ID, theirs.ID, m.At)
	if err != nil {
		return err
	}
	id, err := q.store.AddThanks(ctx, bot.Thanks{Giver: ours.ID, Helper: theirs.ID, What: ask.Text, At: m.At})
	if err != nil {
		return err
	}
	contacts, err := q.store.Contacts(ctx, theirs.ID)
	if err != nil {
		return fmt.Errorf("contacts: %w", err)
	}
	if len(contacts) == 0 {
		a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.nobody", "name", bot.Strong(theirs.Name)))...)
		return nil
	}
	choices := []bot.Choice{q.words.Choice("sorted.tell", "question.tell", "n", id), q.words.Choice("sorted.keep", "question.keep")}
	a.Reply = append(a.Reply, bot.Lines(q.words.Line("sorted.thanked", "name", bot.Strong(theirs.Name)))...).Choose(choices...)
	if !passed {
		return nil
	}
	to, key := contacts[0].Speaker, fmt.Sprint("thanks/", id)
	reply := bot.Lines(q.words.Line("sorted.thanks", "name", bot.Strong(ours.Name), "what", ask.Text), q.words.Line("sorted.may"))
	const answerable = 28
	until := m.At.AddDate(0, 0, answerable)
	met, err := q.introduced(ctx, ours.ID, theirs.ID, m.At)
	if err != nil {
		return err
	}
	if !met {
		choices = slices.Clone(choices)
		for i := range choices { // there may be more of one kind in a bundle
			choices[i].Label = q.words.Plain("sorted.bundled", "label", choices[i].Label, "name", ours.Name)
		}
		return q.store.AddPrompt(ctx, bot.Prompt{Key: key, To: to, Rank: rankThanks, Reply: reply.Choose(choices...), About: bot.AboutOrganisation(ours.ID), Ripe: m.At, Until: until})
	}
	a.Posts = append(a.Posts, bot.Post{
		Key: key, Where: bot.Private(to), Urgency: bot.News, Open: until, Reply: reply.Choose(choices...),
		About: []string{bot.AboutPerson(to), bot.AboutOrganisation(ours.ID), bot.AboutOrganisation(theirs.ID)},
	})
	return nil
}

// passedOn tells whether thanks reach who helped: not past a block, and not again so soon.
func (q *Question) passedOn(ctx context.Context, giver, helper bot.OrganisationID, now time.Time) (bool, error) {
	barred, err := q.store.Barred(ctx, helper)
	if err != nil || slices.Contains(barred, giver) {
		return false, err
	}
	lately, err := q.store.Thanked(ctx, giver, helper, now.Add(-sameThanks))
	return !lately, err
}

// introduced tells whether two were introduced within a year, so that thanks are no surprise.
func (q *Question) introduced(ctx context.Context, one, other bot.OrganisationID, now time.Time) (bool, error) {
	all, err := q.store.Introductions(ctx, one, now.AddDate(-1, 0, 0))
	if err != nil {
		return false, fmt.Errorf("introductions: %w", err)
	}
	return slices.ContainsFunc(all, func(i bot.Introduction) bool {
		return !i.Made.IsZero() && i.Party(other) >= 0
	}), nil
}

// tell lets others hear of help that was given, once both sides let them.
func (q *Question) tell(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	for _, s := range args.Standings {
		err := q.store.AllowThanks(ctx, int64(args.Values["n"].Number), s.Organisation, m.At)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		return bot.Answer{Reply: bot.Lines(q.words.Line("tell.done"))}, err
	}
	return bot.Answer{Reply: bot.Lines(q.words.Line("keep.done"))}, nil
}

func (q *Question) keepQuiet(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(q.words.Line("keep.done"))}, nil
}

// sayWith says command with the ask it is about.
func (q *Question) sayWith(command, what string) string {
	return q.words.Say(command, "what", what)
}

// meeting lists the introductions of somebody's organisations: open ones that they asked for, said yes to or can still
// answer, and those that were made in the last two weeks. What others said is not in it.
func (q *Question) meeting(ctx context.Context, m bot.Message, args bot.Args) (list []bot.Line, err error) {
	const lately = 14 * 24 * time.Hour
	for _, s := range args.Standings {
		all, err := q.store.Introductions(ctx, s.Organisation, m.At.Add(-2*lately))
		if err != nil {
			return nil, fmt.Errorf("introductions: %w", err)
		}
		for _, i := range all {
			side := i.Party(s.Organisation)
			key := ""
			switch {
			case i.State == bot.IntroductionMade && m.At.Sub(i.Made) < lately:
				key = "happening.made"
			case i.State == bot.IntroductionOpen && i.Parties[side].Assent == bot.Yes:
				key = "happening.waiting"
			case i.State == bot.IntroductionOpen && i.Parties[side].Assent == bot.Asked:
				key = "happening.yours"
			default:
				continue
			}
			name := q.words.Plain("happening.someone")
			if !i.Nameless || side == 0 || i.State == bot.IntroductionMade {
				theirs, err := q.store.Organisation(ctx, i.Parties[1-side].Organisation)
				if err != nil {
					return nil, fmt.Errorf("organisation: %w", err)
				}
				if name = theirs.Name; name == bot.Nameless {
					name = q.words.Plain("happening.left")
				}
			}
			day := q.words.Day(bot.DateOf(i.Lapses.In(q.zone)), args.Today)
			if i.About == "" { // who asked was forgotten
				key = "happening.met"
			}
			list = append(list, q.words.Line(key, "name", bot.Strong(name), "what", i.About, "day", day))
		}
	}
	return list, nil
}

// missed tells for which of somebody's organisations the last round had nobody.
func (q *Question) missed(ctx context.Context, standings []bot.Standing) (reply bot.Reply, err error) {
	kept, err := q.kept.Get(ctx, bot.KeptMissed)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	if kept == "" {
		return nil, nil
	}
	missed := map[bot.OrganisationID]int{}
	if err := json.Unmarshal([]byte(kept), &missed); err != nil {
		return nil, fmt.Errorf("who was left out: %w", err)
	}
	for _, s := range standings {
		if missed[s.Organisation] > 0 {
			reply = append(reply, bot.Lines(q.words.Line("happening.nobody", "name", bot.Strong(s.Name)))...)
		}
	}
	return reply, nil
}

func (q *Question) happening(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	open, err := q.store.Asks(ctx, m.From, true)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("asks: %w", err)
	}
	meeting, err := q.meeting(ctx, m, args)
	if err != nil {
		return bot.Answer{}, err
	}
	var meet bot.Reply
	if len(meeting) > 0 {
		meet = bot.Lines(q.words.Line("happening.meeting")).With(meeting)
	}
	missed, err := q.missed(ctx, args.Standings)
	if err != nil {
		return bot.Answer{}, err
	}
	meet = append(meet, missed...)
	reports, err := q.reports(ctx, m, args)
	if err != nil {
		return bot.Answer{}, err
	}
	meet = append(meet, reports...)
	if len(open) == 0 {
		if len(meeting) > 0 {
			return bot.Answer{Reply: meet}, nil
		}
		return bot.Answer{Reply: append(bot.Lines(q.words.Line("happening.none")), meet...)}, nil
	}
	var list []bot.Line
	for _, a := range open {
		age := q.words.Age(a.At, m.At.In(q.zone))
		if a.Found == 0 {
			list = append(list, q.words.Line("happening.watching", "what", a.Text, "age", age))
		} else {
			list = append(list, q.words.Line("happening.found", "what", a.Text, "age", age, "n", a.Found))
		}
	}
	reply := bot.Lines(q.words.Line("happening.first", "n", len(open))).With(list)
	reply = append(reply, meet...)
	return bot.Answer{Reply: reply.Choose(bot.Choice{Label: q.words.Plain("happening.sorted"), Say: q.words.Say("question.sorted")})}, nil
}

// offersChanged tells those who watch for something that it is there now. The text names the organisation
// that offers something new, or is empty when there are many.
func (q *Question) offersChanged(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	watches, err := q.store.Watches(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("watches: %w", err)
	}
	var posts []bot.Post
	for _, a := range watches {
		found, err := q.Find(ctx, a.Text, m.At, mostAnswers, a.Organisation)
		if err != nil {
			return bot.Answer{}, err
		}
		found.Groups = slices.DeleteFunc(found.Groups, func(g Group) bool {
			return g.Match.Field != match.InOffer || m.Text != "" && g.Organisation.ID.String() != m.Text
		})
		if len(found.Groups) == 0 {
			continue
		}
		key := "watch/" + a.ID.String()
		for _, g := range found.Groups {
			key += "/" + g.Organisation.ID.String()
		}
		posts = append(posts, bot.Post{
			Key: key, Where: bot.Private(a.Asker), Draw: NewsDrawer, Subject: newsOf(watched, a.ID.String(), found.Groups, ""),
			About: []string{bot.AboutAsk(a.ID), bot.AboutPerson(a.Asker)}, Urgency: bot.News, Open: m.At.AddDate(0, 0, 14),
		})
		err = q.store.UpdateAsk(ctx, a.ID, func(a bot.Ask) (bot.Ask, error) {
			a.Found += len(found.Groups)
			return a, nil
		})
		if err != nil {
			return bot.Answer{}, err
		}
	}
	return bot.Answer{Posts: posts}, nil
}

// needAdded looks for a match for a new need, and watches for one when there is none.
func (q *Question) needAdded(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	number, what, _ := strings.Cut(m.Text, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("a need of which organisation: %w", err)
	}
	args.Organisation = bot.OrganisationID(id)
	bare, _, _ := q.words.CutDay(what, args.Today)
	found, err := q.Find(ctx, what, m.At, mostAnswers, args.Organisation)
	if err != nil {
		return bot.Answer{}, err
	}
	p := bot.Post{Key: string(m.ID), Where: m.Where, To: m.On, For: m.From.ID, Urgency: bot.News, About: []string{bot.AboutOrganisation(args.Organisation), bot.AboutPerson(m.From)}}
	if len(found.Groups) > 0 {
		if err := q.showing(ctx, found.Groups, m.At); err != nil {
			return bot.Answer{}, err
		}
		p.Draw, p.Subject = NewsDrawer, newsOf(needed, number, found.Groups, what)
		return bot.Answer{Posts: []bot.Post{p}}, nil
	}
	_, later, err := q.keep(ctx, m, args, found, false)
	if err != nil {
		return bot.Answer{}, err
	}
	p.Reply = bot.Lines(q.words.Line("ask.waiting", "what", bare))
	return bot.Answer{Posts: []bot.Post{p}, Later: later}, nil
}
