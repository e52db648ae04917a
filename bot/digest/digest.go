// Package digest says once a week what is worth knowing: to the rooms that read it, and to people in one
// bundle with whatever else they are to be told or asked unasked.
//
// The clock is a chain of messages to ourselves, one for each week of the calendar. A week strikes once, in
// whichever process; one that could not be told within two days of its time is left out.
package digest

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"ginnel/bot/calendar"
	"ginnel/bot/language"

	"ginnel/bot"
)

//go:embed words
var words embed.FS

// Words are what digest says and understands.
var Words = language.WordFiles{Verb: "digest", Files: words}

// clock is the message to ourselves with which a week begins. Its text is the name of the week, a stroke, and the day
// and time that were chosen when it was set.
const clock = "digest.clock"

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
	EndPrompts(ctx context.Context, now time.Time, keys ...string) error
	AllManners(ctx context.Context) ([]bot.Manners, error)
	Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error)
	PutManners(ctx context.Context, m bot.Manners) error
	AddBundle(ctx context.Context, p bot.Speaker, week string, at, told time.Time) (key string, err error)
	Standings(ctx context.Context, s bot.Speaker) ([]bot.Standing, error)

	Coordinators(ctx context.Context) (int, error)
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
		{Name: "digest.stop", Role: bot.Anyone, Private: true, Handle: d.stop, Home: d.home},
		{Name: "digest.quiet", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.quiet},
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
		{Name: "digest.coordinator", Role: bot.Anyone, Private: true, Quiet: true, Handle: d.coordinator},
		{Name: "digest.left", Role: bot.Anyone, Kind: bot.Left, Hears: func(m bot.Message) bool { return m.Us && m.Where.InRoom() }, Handle: d.leftRoom},
		{Name: clock, Role: bot.Anyone, Kind: bot.Due, Handle: d.strike},
		{Name: bot.WeekDigest, Role: bot.Anyone, Kind: bot.Due, Handle: d.week},
		{Name: personLater, Role: bot.Anyone, Kind: bot.Due, Handle: d.person},
	}
}

// What the coordinator chose, by the names under which it is kept.
const (
	keptAt   = "digest at"
	keptSkip = "digest skip"
	keptWord = "coordinator word"
)

// Working is the first moment from t on when something may be said unasked: on a working day, outside the quiet hours, not
// in closed weeks.
func (d *Digest) Working(ctx context.Context, t time.Time) (time.Time, error) {
	closures, err := d.closures(ctx)
	if err != nil {
		return t, err
	}
	return calendar.Working(t.In(d.zone), d.nation, closures), nil
}

func (d *Digest) weekly(ctx context.Context) (calendar.Weekly, error) {
	text, err := d.keep.Get(ctx, keptAt)
	if err != nil {
		return calendar.Weekly{}, fmt.Errorf("settings: %w", err)
	}
	if w, ok := language.ReadWeekly(text); ok {
		return w, nil
	}
	return calendar.UsualWeekly, nil
}

func (d *Digest) closures(ctx context.Context) (all []calendar.Closure, err error) {
	text, err := d.keep.Get(ctx, calendar.KeptClosures)
	if err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return calendar.ReadClosures(text)
}

// Start is the message to ourselves that keeps the clock going. It may be stored again and again.
func (d *Digest) Start(ctx context.Context) (bot.Message, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Message{}, err
	}
	return d.next(w, d.now()), nil
}

func (d *Digest) next(w calendar.Weekly, after time.Time) bot.Message {
	at, week := w.Next(after, d.nation, d.zone)
	return bot.Later(clock, week+"|"+w.String(), at, week+"|"+w.String())
}

// coming is when the first week after now strikes that really does, and its name: not one that has begun, nor one in which
// the network is closed, nor, unless skipped, the one that is to be left out.
func (d *Digest) coming(ctx context.Context, w calendar.Weekly, now time.Time, skipped bool) (at time.Time, week string, err error) {
	closures, err := d.closures(ctx)
	if err != nil {
		return at, "", err
	}
	skip, err := d.keep.Get(ctx, keptSkip)
	if err != nil {
		return at, "", fmt.Errorf("settings: %w", err)
	}
	const most = 520 // closed for ten years
	at = now
	for range most {
		at, week = w.Next(at, d.nation, d.zone)
		begun, err := d.store.Begun(ctx, week)
		if err != nil {
			return at, "", err
		}
		if !begun && (skipped || week != skip) && !calendar.Closed(closures, bot.DateOf(at.In(d.zone))) {
			break
		}
	}
	return at, week, nil
}

// strike begins a week: whom to introduce, what to ask, and then the digest, each a message of its own.
func (d *Digest) strike(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	now := d.now().In(d.zone)
	// After an outage the chain goes on from now, not from week to week.
	a := bot.Answer{Later: []bot.Message{d.next(w, later(m.At, now))}}
	week, at, _ := strings.Cut(m.Text, "|")
	if at != w.String() || now.Sub(m.At) > latest {
		return a, nil
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	skipped, err := d.keep.Get(ctx, keptSkip)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	if skipped == week || calendar.Closed(closures, bot.DateOf(m.At.In(d.zone))) {
		return a, nil
	}
	when := calendar.Working(now, d.nation, closures)
	if when.Sub(m.At) > latest {
		return a, nil
	}
	fresh, err := d.store.BeginWeek(ctx, week, now)
	if err != nil || !fresh {
		return a, err
	}
	for _, name := range []string{bot.WeekRound, bot.WeekNudges, bot.WeekDigest} {
		next := bot.Later(name, week, when, week)
		next.Queue = "week " + week
		a.Later = append(a.Later, next)
	}
	return a, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (d *Digest) here(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	if !m.Where.InRoom() {
		return bot.Answer{}, d.words.Trouble("here.private")
	}
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	// What it is told first began a week ago, as for people.
	err = d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, true, m.At.AddDate(0, 0, -7))
	return bot.Answer{Reply: bot.Lines(d.words.Line("here.done", "at", w.String()))}, err
}

func (d *Digest) notHere(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	err := d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, false, m.At)
	return bot.Answer{Reply: bot.Lines(d.words.Line("nothere.done"))}, err
}

// leftRoom ends the digest of a room that the bot was taken out of.
func (d *Digest) leftRoom(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	return bot.Answer{}, d.store.PutDigestRoom(ctx, bot.Address{Network: m.Where.Network, Room: m.Where.Room}, false, m.At)
}

func (d *Digest) at(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	w, ok := language.ReadWeekly(args.Text("when"))
	if !ok {
		return bot.Answer{}, d.words.Trouble("at.when", "when", args.Text("when"))
	}
	if err := d.keep.Put(ctx, keptAt, w.String()); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	at, _, err := d.coming(ctx, w, m.At, false)
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(d.words.Line("at.done", "at", w.String(), "day", bot.DateOf(at.In(d.zone)).In(args.Today))),
		Later: []bot.Message{d.next(w, m.At)},
	}, nil
}

func (d *Digest) skip(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	w, err := d.weekly(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	at, week, err := d.coming(ctx, w, m.At, true)
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.keep.Put(ctx, keptSkip, week); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("skip.done", "day", bot.DateOf(at.In(d.zone)).In(args.Today)))}, nil
}

func (d *Digest) closed(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	c := calendar.Closure{From: args.Date("from"), To: args.Date("to")}
	if c.To.Before(c.From) || c.To.Before(args.Today) {
		return bot.Answer{}, d.words.Trouble("closed.order")
	}
	closures, err := d.closures(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	text, err := calendar.WriteClosures(append(closures, c))
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.keep.Put(ctx, calendar.KeptClosures, text); err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("closed.done", "from", c.From.In(args.Today), "to", c.To.In(args.Today)))}, nil
}

func hashed(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}

// Appoint keeps the word with which the first coordinator is known. told is false when there is a coordinator
// already, and the word is good for nothing.
func (d *Digest) Appoint(ctx context.Context, word string) (told bool, err error) {
	n, err := d.store.Coordinators(ctx)
	if err != nil || n > 0 {
		return false, err
	}
	return true, d.keep.Put(ctx, keptWord, hashed(bot.Skeleton(word)))
}

// coordinator makes whoever knows the word the first coordinator. The word is good once.
func (d *Digest) coordinator(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if args.Coordinator {
		return bot.Answer{Reply: bot.Lines(d.words.Line("coordinator.already"))}, nil
	}
	kept, err := d.keep.Get(ctx, keptWord)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	if kept == "" || kept != hashed(bot.Skeleton(args.Text("word"))) {
		return bot.Answer{}, d.words.Trouble("coordinator.wrong")
	}
	if err := errors.Join(d.keep.Put(ctx, keptWord, ""), d.store.AddCoordinator(ctx, m.From, m.At)); err != nil {
		return bot.Answer{}, fmt.Errorf("coordinator: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("coordinator.done")).With([]bot.Line{
		d.words.Line("coordinator.here"), d.words.Line("coordinator.at"), d.words.Line("coordinator.preview"),
		d.words.Line("coordinator.skip"), d.words.Line("coordinator.closed"),
	})}, nil
}
