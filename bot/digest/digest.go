// Package digest says once a week what is worth knowing: to the rooms that read it, and to people in one
// bundle with whatever else they are to be told or asked unasked.
//
// The clock is a chain of messages to ourselves, one for each week of the calendar. A week strikes once, in
// whichever process; one that could not be told within two days of its time is left out.
package digest

import (
	"context"
	"embed"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
	"ginnel/bot/language"
)

//go:embed words
var words embed.FS

// Words are what digest says and understands.
var Words = language.WordFiles{Verb: "digest", Files: words}

// personLater is the message to ourselves with which somebody is told later in the week than others. It comes from
// that person.
const personLater = "digest.person"

// latest is how late a digest may come.
const latest = 48 * time.Hour

// Store is what digest needs remembered. Its methods join the handling transaction.
type Store interface {
	BeginWeek(ctx context.Context, week string, now time.Time) (fresh bool, err error)
	Begun(ctx context.Context, week string) (bool, error)
	DigestRooms(ctx context.Context) ([]bot.DigestRoom, error)
	PutDigestRoom(ctx context.Context, a bot.Address, reads bool, now time.Time) error
	AddDigest(ctx context.Context, a bot.Address, week string, now time.Time) (fresh bool, err error)
	News(ctx context.Context, since, now time.Time) ([]bot.NewsItem, error)
	Watches(ctx context.Context) ([]bot.Ask, error)

	Prompts(ctx context.Context, now time.Time) ([]bot.Prompt, error)
	PromptWaits(ctx context.Context, key string) (bool, error)
	EndPrompts(ctx context.Context, now time.Time, keys ...string) error
	AllManners(ctx context.Context) ([]bot.Manners, error)
	Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error)
	PutManners(ctx context.Context, m bot.Manners) error
	AddBundle(ctx context.Context, p bot.Speaker, week string, at, told time.Time) (key string, err error)
	Standings(ctx context.Context, s bot.Speaker) ([]bot.Standing, error)

	Coordinators(ctx context.Context) (int, error)
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	AddCoordinator(ctx context.Context, p bot.Speaker, now time.Time) error
}

// Digest is the verb.
type Digest struct {
	store  Store
	keep   bot.Keep
	words  language.Words
	zone   *time.Location
	nation calendar.Nation
	now    func() time.Time
}

// New makes the verb. keep holds what the coordinator chose; zone and nation say when it is a working day; now tells
// how late it is.
func New(store Store, keep bot.Keep, book *language.Book, zone *time.Location, nation calendar.Nation, now func() time.Time) *Digest {
	return &Digest{store: store, keep: keep, words: book.Of("digest"), zone: zone, nation: nation, now: now}
}

// Commands lists what the verb does.
func (d *Digest) Commands() []bot.Command {
	return []bot.Command{
		{Name: "digest.me", Role: bot.OnBehalf, Private: true, Handle: d.me},
		{Name: "digest.new", Role: bot.Anyone, Quiet: true, Handle: d.whatsNew},
		{Name: "digest.stop", Role: bot.Anyone, Private: true, Handle: d.stop, Home: d.home},
		{Name: "digest.quiet", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.quiet},
		{Name: "digest.all", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.all},
		{Name: "digest.speak", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.speak},
		{Name: "digest.pause", Role: bot.Anyone, Private: true, Handle: d.pause("pause.done")},
		{Name: "digest.away", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.pause("away.done")},
		{Name: "digest.unpause", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.unpause},
		{Name: "digest.here", Role: bot.Coordinator, Handle: d.here},
		{Name: "digest.nothere", Role: bot.Coordinator, Quiet: true, Handle: d.notHere},
		{Name: "digest.at", Role: bot.Coordinator, Handle: d.at},
		{Name: "digest.preview", Role: bot.Coordinator, Private: true, Handle: d.preview},
		{Name: "digest.skip", Role: bot.Coordinator, Handle: d.skip},
		{Name: "digest.closed", Role: bot.Coordinator, Handle: d.closed},
		{Name: "digest.coordinator", Role: bot.Anyone, Private: true, Quiet: true, Unread: true, Handle: d.coordinator},
		{Name: "digest.left", Role: bot.Anyone, Kind: bot.Left, Hears: func(m bot.Message) bool { return m.Us && m.Where.InRoom() }, Handle: d.leftRoom},
		{Name: absentDue, Role: bot.Anyone, Kind: bot.Due, Handle: d.absent},
		{Name: backDue, Role: bot.Anyone, Kind: bot.Due, Handle: d.back},
		{Name: clock, Role: bot.Anyone, Kind: bot.Due, Handle: d.strike},
		{Name: bot.WeekDigest, Role: bot.Anyone, Kind: bot.Due, Steps: d.week},
		{Name: personLater, Role: bot.Anyone, Kind: bot.Due, Steps: d.person},
	}
}
