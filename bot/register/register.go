// Package register keeps what organisations offer and need, in their own words.
package register

import (
	"context"
	"embed"
	"strings"
	"time"
	"unicode/utf8"

	"ginnel/bot/language"

	"ginnel/bot"
)

//go:embed words
var words embed.FS

// Words are what register says and understands.
var Words = language.WordFiles{Verb: "register", Files: words}

// mostStanding is how many entries one organisation may have, so that nobody fills the register alone.
const mostStanding = 100

// Store is what register needs remembered. Its methods join the handling transaction.
type Store interface {
	AddOrganisation(ctx context.Context, o bot.Organisation, c bot.Contact) (bot.OrganisationID, error)
	AddContact(ctx context.Context, c bot.Contact) error
	RemoveContact(ctx context.Context, org bot.OrganisationID, p bot.Speaker) error
	Claim(ctx context.Context, id bot.OrganisationID, c bot.Contact, now time.Time) error
	Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error)
	OrganisationsNamed(ctx context.Context, name string) ([]bot.Organisation, error)
	UpdateOrganisation(ctx context.Context, id bot.OrganisationID, f func(bot.Organisation) (bot.Organisation, error)) error
	Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error)
	AddEntry(ctx context.Context, e bot.Entry, now time.Time) (id bot.EntryID, fresh bool, err error)
	RemoveEntry(ctx context.Context, org bot.OrganisationID, id bot.EntryID, now time.Time) error
	ConfirmEntries(ctx context.Context, org bot.OrganisationID, now time.Time, ids ...bot.EntryID) error
	Places(ctx context.Context) ([]bot.Place, error)

	OrganisationsAlike(ctx context.Context, lookups []string, keys func(name string) []string) ([]bot.Organisation, error)
	Contacts(ctx context.Context, id bot.OrganisationID) ([]bot.Contact, error)
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	AddClaim(ctx context.Context, c bot.Claim) (id int64, fresh bool, err error)
	Claims(ctx context.Context) ([]bot.Claim, error)
	SecondClaim(ctx context.Context, id int64, by bot.OrganisationID) error
	EndClaim(ctx context.Context, id int64) error
	Unclaim(ctx context.Context, id bot.OrganisationID, now time.Time) error
}

// Register is the verb.
type Register struct {
	store Store
	words language.Words
	zone  *time.Location
	run   string
}

// New makes the verb. zone is where days begin for the people of the network; run names who runs it.
func New(store Store, book *language.Book, zone *time.Location, run string) *Register {
	return &Register{store: store, words: book.Of("register"), zone: zone, run: run}
}

// The messages to ourselves of this verb.
const (
	entryEnded = "register.ended"  // an entry's last day is over; the text is “organisation entry”
	roomAgain  = "register.reopen" // the day until which an organisation was full; the text is its number
)

// Commands lists what the verb does.
func (r *Register) Commands() []bot.Command {
	return []bot.Command{
		{Name: "register.we", Role: bot.Anyone, Handle: r.we},
		{Name: "register.list", Role: bot.Anyone, Quiet: true, Handle: r.list},
		{Name: "register.confirm", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.confirm},
		{Name: "register.refuse", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.refuse},
		{Name: "register.claims", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.claims},
		{Name: "register.theirsnot", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.unlist},
		{Name: "register.takeaway", Role: bot.Coordinator, Private: true, Quiet: true, Handle: r.takeAway},
		{Name: "register.notyet", Role: bot.Anyone, Quiet: true, Handle: r.notYet},
		{Name: "register.offer", Role: bot.Steward, Handle: r.offer},
		{Name: "register.need", Role: bot.Steward, Handle: r.need},
		{Name: "register.amend", Role: bot.Steward, Quiet: true, Handle: r.amend},
		{Name: "register.correct", Role: bot.Steward, Quiet: true, Handle: r.correct},
		{Name: "register.change", Role: bot.Steward, Handle: r.change},
		{Name: "register.rename", Role: bot.Steward, Quiet: true, Handle: r.rename},
		{Name: "register.handover", Role: bot.Steward, Private: true, Quiet: true, Handle: r.handover},
		{Name: "register.takeover", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.takeOver},
		{Name: "register.handed", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.handed(true)},
		{Name: "register.beside", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.handed(false)},
		{Name: "register.nothanded", Role: bot.Anyone, Private: true, Quiet: true, Handle: r.notHanded},
		{Name: "register.ours", Role: bot.OnBehalf, Handle: r.ours, Home: r.home},
		{Name: "register.theirs", Role: bot.Anyone, Handle: r.theirs},
		{Name: "register.true", Role: bot.Steward, Handle: r.stillTrue},
		{Name: "register.gone", Role: bot.Steward, Handle: r.gone},
		{Name: "register.back", Role: bot.OnBehalf, Quiet: true, Handle: r.back},
		{Name: "register.full", Role: bot.Steward, Handle: r.full},
		{Name: "register.month", Role: bot.Steward, Handle: r.month},
		{Name: "register.room", Role: bot.Steward, Handle: r.room},
		{Name: "register.tonight", Role: bot.Steward, Quiet: true, Handle: r.tonight(true)},
		{Name: "register.nottonight", Role: bot.Steward, Quiet: true, Handle: r.tonight(false)},
		{Name: "register.address", Role: bot.Steward, Quiet: true, Handle: r.hide},
		{Name: "register.shown", Role: bot.Steward, Quiet: true, Handle: r.show},
		{Name: "register.postcode", Role: bot.Steward, Handle: r.postcode},
		{Name: "register.covers", Role: bot.Steward, Handle: r.covers},
		{Name: "register.coversnot", Role: bot.Steward, Quiet: true, Handle: r.coversNot},
		{Name: "register.describe", Role: bot.Steward, Handle: r.describe},
		{Name: "register.offerform", Role: bot.Steward, Quiet: true, Private: true, Handle: r.offerForm},
		{Name: "register.needform", Role: bot.Steward, Quiet: true, Private: true, Handle: r.needForm},
		{Name: "register.joinform", Role: bot.Anyone, Quiet: true, Private: true, Handle: r.joinForm, Home: r.joinHome},
		{Name: "register.groupform", Role: bot.Steward, Quiet: true, Private: true, Handle: r.groupForm},
		{Name: entryEnded, Role: bot.Anyone, Kind: bot.Due, Handle: r.ended},
		{Name: roomAgain, Role: bot.Anyone, Kind: bot.Due, Handle: r.reopen},
	}
}

func strong(name string) bot.Span { return bot.Strong(name) }

// tail is the sentence key with value, or nothing when value is empty.
func (r *Register) tail(key, slot, value string) bot.Line {
	if value == "" {
		return nil
	}
	return r.words.Line(key, slot, value)
}

// update changes the organisation that args speaks for, and returns it as it is afterwards.
func (r *Register) update(ctx context.Context, m bot.Message, args bot.Args, change func(*bot.Organisation)) (bot.Organisation, error) {
	var after bot.Organisation
	err := r.store.UpdateOrganisation(ctx, args.Organisation, func(o bot.Organisation) (bot.Organisation, error) {
		change(&o)
		after = o
		return o, nil
	})
	return after, err
}

func (r *Register) full(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if when := args.Text("when"); when != "" {
		return bot.Answer{}, r.words.Trouble("full.when", "when", when)
	}
	until := args.Date("until")
	if !until.IsZero() && !until.After(args.Today) {
		return bot.Answer{}, r.words.Trouble("full.past", "until", until)
	}
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Full, o.FullUntil = true, until })
	if err != nil {
		return bot.Answer{}, err
	}
	said := r.words.Line("full.open")
	if !until.IsZero() {
		said = r.words.Line("full.until", "until", r.words.Day(until, args.Today))
	}
	said = append(bot.Text(" "), said...)
	a := bot.Answer{Reply: bot.Lines(r.words.Line("full.done", "name", strong(o.Name), "until", said)).
		Choose(r.words.Choice("full.undo", "register.room"))}
	a.Later = append(a.Later, bot.Later(bot.NoRoomNow, m.Key(), m.At, args.Organisation.String()))
	if !until.IsZero() {
		a.Later = append(a.Later, bot.Later(roomAgain, args.Organisation.String()+"/"+string(m.ID), until.Time(r.zone), args.Organisation.String()))
	}
	return a, nil
}

// reopen makes an organisation findable on the day it named, so that whoever follows the register hears of it.
func (r *Register) reopen(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	id, err := readID(m.Text)
	if err != nil {
		return bot.Answer{}, err
	}
	o, err := r.store.Organisation(ctx, bot.OrganisationID(id))
	if err != nil || !o.Full || o.FullUntil.IsZero() || o.FullUntil.After(args.Today) {
		return bot.Answer{}, notFoundIsNothing(err)
	}
	_, err = r.update(ctx, m, bot.Args{Organisation: o.ID}, func(o *bot.Organisation) { o.Full, o.FullUntil = false, bot.Date{} })
	return bot.Answer{Later: []bot.Message{offersChanged(m, o.ID)}}, err
}

func (r *Register) month(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	n := args.Values["n"].Number
	if n == 0 {
		return r.full(ctx, m, args)
	}
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Full, o.FullUntil, o.AsksMonth = false, bot.Date{}, n })
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("month.done", "name", strong(o.Name), "n", n))}, nil
}

func (r *Register) room(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Full, o.FullUntil, o.AsksMonth = false, bot.Date{}, 0 })
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(r.words.Line("room.done", "name", strong(o.Name))),
		Later: []bot.Message{offersChanged(m, o.ID)},
	}, nil
}

// tonight keeps whether an organisation may be asked for today or tomorrow.
func (r *Register) tonight(may bool) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Tonight = may })
		if err != nil {
			return bot.Answer{}, err
		}
		if !may {
			return bot.Answer{Reply: bot.Lines(r.words.Line("nottonight.done", "name", strong(o.Name)))}, nil
		}
		return bot.Answer{Reply: bot.Lines(r.words.Line("tonight.done", "name", strong(o.Name))).Choose(r.words.Choice("tonight.undo", "register.nottonight"))}, nil
	}
}

func (r *Register) hide(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Sensitive, o.Covers = true, placeless(o.Covers) })
	if err != nil {
		return bot.Answer{}, err
	}
	if o.Postcode == "" {
		return bot.Answer{Reply: bot.Lines(r.words.Line("address.nowhere", "name", strong(o.Name)))}, nil
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("address.done", "name", strong(o.Name), "area", o.Postcode.Area()))}, nil
}

func (r *Register) show(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Sensitive = false })
	if err != nil {
		return bot.Answer{}, err
	}
	if o.Postcode == "" {
		return bot.Answer{Reply: bot.Lines(r.words.Line("shown.nowhere", "name", strong(o.Name)))}, nil
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("shown.done", "name", strong(o.Name), "district", o.Postcode.Outcode()))}, nil
}

func (r *Register) postcode(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if a, asked, err := r.moves(ctx, m, args); err != nil || asked {
		return a, err
	}
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) { o.Postcode = args.Values["place"].Place })
	if err != nil {
		return bot.Answer{}, err
	}
	if o.Sensitive {
		return bot.Answer{Reply: bot.Lines(r.words.Line("postcode.private", "area", o.Postcode.Area()))}, nil
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("postcode.done", "name", strong(o.Name), "district", o.Postcode.Outcode()))}, nil
}

func (r *Register) describe(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	about := strings.TrimSpace(args.Text("about"))
	const longest = 600
	if utf8.RuneCountInString(about) > longest {
		return bot.Answer{}, r.words.Trouble("describe.long", "n", longest)
	}
	hidden := false // by what it says of itself
	o, err := r.update(ctx, m, args, func(o *bot.Organisation) {
		o.About = about
		if hidden = !o.Sensitive && hides(*o); hidden {
			o.Sensitive, o.Covers = true, placeless(o.Covers)
		}
	})
	if err != nil {
		return bot.Answer{}, err
	}
	lines := []bot.Line{r.words.Line("describe.done", "name", strong(o.Name), "about", about)}
	if hidden && o.Postcode != "" {
		lines = append(lines, r.words.Line("address.done", "name", strong(o.Name), "area", o.Postcode.Area()))
	}
	return bot.Answer{Reply: bot.Lines(lines...)}, nil
}
