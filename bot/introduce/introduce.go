// Package introduce brings organisations together when both have said yes, and never before.
//
// Each side is asked alone. What one side says is told to the other only when it is yes, and the other said
// yes as well: a no leaves the introduction open until the day on which silence would have ended it, so that
// nobody can tell the one from the other.
package introduce

import (
	"context"
	"embed"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"
)

//go:embed words
var words embed.FS

// Words are what introduce says and understands.
var Words = language.WordFiles{Verb: "introduce", Files: words}

const (
	day = 24 * time.Hour
	// An introduction lapses after this time, or at the day for which it was asked.
	lapsesAfter = 14 * day
	// Who was asked first has so long before the stand-in is asked.
	standInAfter = 3 * day
	// Two that were asked about each other are not asked again before this, whatever came of it.
	askAgain = 28 * day
	// How many an organisation may have open that it asked for or said yes to.
	maxOpen = 3
	// The same for one person, who may speak for many.
	maxOfPerson = 6
)

// Store is what introduce needs remembered. Its methods join the handling transaction.
type Store interface {
	Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error)
	OrganisationsNamed(ctx context.Context, name string) ([]bot.Organisation, error)
	UpdateOrganisation(ctx context.Context, id bot.OrganisationID, f func(bot.Organisation) (bot.Organisation, error)) error
	Contacts(ctx context.Context, id bot.OrganisationID) ([]bot.Contact, error)
	Standings(ctx context.Context, s bot.Speaker) ([]bot.Standing, error)
	Asks(ctx context.Context, s bot.Speaker, open bool) ([]bot.Ask, error)

	AddIntroduction(ctx context.Context, i bot.Introduction) (id bot.IntroductionID, fresh bool, err error)
	Introduction(ctx context.Context, id bot.IntroductionID) (bot.Introduction, error)
	Introductions(ctx context.Context, org bot.OrganisationID, since time.Time) ([]bot.Introduction, error)
	IntroductionsSince(ctx context.Context, since time.Time) ([]bot.Introduction, error)
	IntroductionsTogether(ctx context.Context, together string) ([]bot.Introduction, error)
	IntroductionsForAsk(ctx context.Context, ask bot.AskID) ([]bot.Introduction, error)
	UpdateIntroduction(ctx context.Context, id bot.IntroductionID, f func(bot.Introduction) (bot.Introduction, error)) error

	Bar(ctx context.Context, org, other bot.OrganisationID, now time.Time) error
	Unbar(ctx context.Context, org, other bot.OrganisationID) error
	Barred(ctx context.Context, org bot.OrganisationID) ([]bot.OrganisationID, error)
	PutTie(ctx context.Context, org, other bot.OrganisationID, kind string, vouches bool, now time.Time) error
	Vouchers(ctx context.Context, org bot.OrganisationID) ([]bot.OrganisationID, error)

	Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error)
	AllEntries(ctx context.Context, f func(bot.Organisation, []bot.Entry) error) error
	Gathered(ctx context.Context, since time.Time) ([]bot.OrganisationID, error)
	AddGathering(ctx context.Context, g bot.Gathering) (int64, error)
	Gathering(ctx context.Context, id int64) (bot.Gathering, error)
	Gatherings(ctx context.Context, org bot.OrganisationID) ([]bot.Gathering, error)
	AnswerGathering(ctx context.Context, id int64, p bot.Party) error
	EndGathering(ctx context.Context, id int64, now time.Time) (bool, error)
	Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error)
	AllManners(ctx context.Context) ([]bot.Manners, error)
	AllBarred(ctx context.Context) ([][2]bot.OrganisationID, error)
	SharedContacts(ctx context.Context) ([][2]bot.OrganisationID, error)
	Ties(ctx context.Context) ([][2]bot.OrganisationID, error)
	EndPrompt(ctx context.Context, key string, now time.Time) error

	PromptWaits(ctx context.Context, key string) (bool, error)
	AddPrompt(ctx context.Context, p bot.Prompt) error
	EndPrompts(ctx context.Context, now time.Time, keys ...string) error
	EndPromptsAbout(ctx context.Context, about string, now time.Time) error
	EndOffered(ctx context.Context, s bot.Speaker, key string) error
	PostSkipped(ctx context.Context, key string) (bool, error)
	SkipPosts(ctx context.Context, about string, now time.Time) (int, error)
	PostMayBeRead(ctx context.Context, key string) (bool, error)
}

// Introduce is the verb.
type Introduce struct {
	store   Store
	chooser Chooser
	keep    bot.Keep
	words   language.Words
	zone    *time.Location
}

// New makes the verb. chooser chooses the weekly rounds; keep remembers who was left out of them; zone is where days
// begin for the people of the network.
func New(store Store, chooser Chooser, keep bot.Keep, book *language.Book, zone *time.Location) *Introduce {
	return &Introduce{store: store, chooser: chooser, keep: keep, words: book.Of("introduce"), zone: zone}
}

// The messages to ourselves of this verb. Their text is the introduction's number.
const (
	lapseDue   = "introduce.lapse"
	standInDue = "introduce.standin"
)

// Commands lists what the verb does.
func (v *Introduce) Commands() []bot.Command {
	return []bot.Command{
		{Name: "introduce.ask", Role: bot.OnBehalf, Private: true, Handle: v.ask},
		{Name: "introduce.all", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.askAll},
		{Name: "introduce.nameless", Role: bot.OnBehalf, Handle: v.showNameless},
		{Name: "introduce.namelessly", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.askNameless},
		{Name: "introduce.leave", Role: bot.Anyone, Quiet: true, Handle: v.leave},
		{Name: "introduce.suggest", Role: bot.OnBehalf, Private: true, Handle: v.suggest},
		{Name: "introduce.yes", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.answer(SayYes, v.saidYes)},
		{Name: "introduce.notnow", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.answer(SayNo, v.saidNo)},
		{Name: "introduce.no", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.answer(SayNo, v.saidNo)},
		{Name: "introduce.know", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.answer(SayKnown, v.saidKnown)},
		{Name: "introduce.who", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.inquire("who", v.whoTheyAre)},
		{Name: "introduce.why", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.inquire("why", v.whyThem)},
		{Name: "introduce.what", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.inquire("what", v.whatTheyNeed)},
		{Name: "introduce.then", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.inquire("then", v.whatThen)},
		{Name: "introduce.until", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.inquire("until", v.untilWhen)},
		{Name: "introduce.withdraw", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.withdraw},
		{Name: "introduce.never", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.never},
		{Name: "introduce.reach", Role: bot.Steward, Private: true, Unread: true, Handle: v.reach, Home: v.home},
		{Name: "introduce.reachform", Role: bot.Steward, Quiet: true, Private: true, Handle: v.reachForm},
		{Name: "introduce.howto", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.howToReach},
		{Name: "introduce.tie", Role: bot.OnBehalf, OrCoordinator: true, Private: true, Handle: v.know},
		{Name: "introduce.work", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.work},
		{Name: "introduce.people", Role: bot.OnBehalf, Private: true, Handle: v.people},
		{Name: "introduce.unknown", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.unknown},
		{Name: "introduce.often", Role: bot.Steward, Handle: v.howOften("often", bot.SuggestMonthly)},
		{Name: "introduce.oftener", Role: bot.Steward, Quiet: true, Handle: v.howOften("oftener", 7)},
		{Name: "introduce.seldom", Role: bot.Steward, Quiet: true, Handle: v.howOften("seldom", 0)},
		{Name: givenUp, Role: bot.Anyone, Kind: bot.Failed, Handle: v.unmet},
		{Name: lapseDue, Role: bot.Anyone, Kind: bot.Due, Handle: v.lapse},
		{Name: standInDue, Role: bot.Anyone, Kind: bot.Due, Handle: v.standIn},
		{Name: "introduce.together", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.together(bot.Yes, "together.done")},
		{Name: "introduce.nottogether", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.together(bot.No, "nottogether.done")},
		{Name: gatherDue, Role: bot.Anyone, Kind: bot.Due, Handle: v.gathered},
		{Name: bot.NoRoomNow, Role: bot.Anyone, Kind: bot.Due, Handle: v.noRoom},
		{Name: bot.WeekRound, Role: bot.Anyone, Kind: bot.Due, Steps: v.round},
		{Name: bot.AskClosed, Role: bot.Anyone, Kind: bot.Due, Handle: v.askClosed},
	}
}
