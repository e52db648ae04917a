// Package nudge thinks of what people might like to be asked: whether they met, whether what the register says is
// still true, whether they still look for help. It only leaves prompts, of which a person hears one bundle a
// week; each kind of nudge is a file of its own.
package nudge

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"ginnel/bot/language"

	"ginnel/bot"
)

//go:embed words
var words embed.FS

// Words are what nudge says and understands.
var Words = language.WordFiles{Verb: "nudge", Files: words}

const day = 24 * time.Hour

// The ranks of prompts in a bundle, after those of introductions.
const (
	rankLeft = 18
	rankMet  = 20
	rankAsk  = 30
	rankTrue = 40
)

// Store is what nudge needs remembered. Its methods join the handling transaction.
type Store interface {
	Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error)
	AllEntries(ctx context.Context, f func(bot.Organisation, []bot.Entry) error) error
	Contacts(ctx context.Context, id bot.OrganisationID) ([]bot.Contact, error)
	Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error)
	RemoveEntry(ctx context.Context, org bot.OrganisationID, id bot.EntryID, now time.Time) error
	OpenAsks(ctx context.Context) ([]bot.Ask, error)
	AskServed(ctx context.Context, ask bot.AskID) (bool, error)
	UpdateAsk(ctx context.Context, id bot.AskID, f func(bot.Ask) (bot.Ask, error)) error
	Introduction(ctx context.Context, id bot.IntroductionID) (bot.Introduction, error)
	PutOutcome(ctx context.Context, id bot.IntroductionID, org bot.OrganisationID, question, answer string, now time.Time) error
	Outcomes(ctx context.Context, id bot.IntroductionID, org bot.OrganisationID) (map[string]string, error)
	PutTie(ctx context.Context, org, other bot.OrganisationID, kind string, vouches bool, now time.Time) error
	Manners(ctx context.Context, s bot.Speaker) (bot.Manners, error)
	Leave(ctx context.Context, p bot.Speaker, now time.Time) ([]bot.Standing, error)
	RemoveContact(ctx context.Context, org bot.OrganisationID, p bot.Speaker) error
	PassPrompts(ctx context.Context, from, to bot.Speaker) error
	Barred(ctx context.Context, org bot.OrganisationID) ([]bot.OrganisationID, error)
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	AddPrompt(ctx context.Context, p bot.Prompt) error
	EndPromptsAbout(ctx context.Context, about string, now time.Time) error
}

// Nudge is the verb.
type Nudge struct {
	store Store
	words language.Words
	zone  *time.Location
}

// New makes the verb. zone is where days begin for the people of the network.
func New(store Store, book *language.Book, zone *time.Location) *Nudge {
	return &Nudge{store: store, words: book.Of("nudge"), zone: zone}
}

// Commands lists what the verb does.
func (v *Nudge) Commands() []bot.Command {
	return []bot.Command{
		{Name: bot.WeekNudges, Role: bot.Anyone, Kind: bot.Due, Steps: v.week},
		{Name: "nudge.left", Role: bot.Anyone, Kind: bot.Left, Hears: func(m bot.Message) bool { return !m.Where.InRoom() && !m.Us }, Handle: v.left},
		{Name: "nudge.leave", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.leave},
		{Name: "nudge.leaving", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.leaving},
		{Name: "nudge.stay", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.stay},
		{Name: bot.IntroductionMet, Role: bot.Anyone, Kind: bot.Due, Handle: v.met},
		{Name: usefulDue, Role: bot.Anyone, Kind: bot.Due, Handle: v.useful},
		{Name: touchDue, Role: bot.Anyone, Kind: bot.Due, Handle: v.touch},
		{Name: "nudge.wemet", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("met", "yes")},
		{Name: "nudge.notyet", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("met", "not yet")},
		{Name: "nudge.didnot", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("met", "no")},
		{Name: "nudge.helped", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("help", "yes")},
		{Name: "nudge.nohelp", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("help", "no")},
		{Name: "nudge.again", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("again", "yes")},
		{Name: "nudge.notagain", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("again", "no")},
		{Name: "nudge.intouch", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("touch", "yes")},
		{Name: "nudge.notouch", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.say("touch", "no")},
		{Name: "nudge.looking", Role: bot.Anyone, Private: true, Quiet: true, Handle: v.looking},
	}
}

// atOnce is how many asks or organisations one step looks at: so few that nobody who says something meanwhile waits for long.
const atOnce = 10

// week goes through all kinds of nudges that are thought of once a week.
func (v *Nudge) week(ctx context.Context, m bot.Message) (steps []bot.Step, err error) {
	open, err := v.store.OpenAsks(ctx)
	if err != nil {
		return nil, fmt.Errorf("asks: %w", err)
	}
	open = slices.DeleteFunc(open, func(a bot.Ask) bool { return stage(a, m.At) == tooNew })
	for asks := range slices.Chunk(open, atOnce) {
		steps = append(steps, func(ctx context.Context) (bot.Answer, error) { return v.asks(ctx, asks, m.At) })
	}
	var doubted []bot.OrganisationID
	err = v.store.AllEntries(ctx, func(o bot.Organisation, entries []bot.Entry) error {
		if asked, gone := doubtful(entries, m.At); len(asked)+len(gone) > 0 {
			doubted = append(doubted, o.ID)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("still true: %w", err)
	}
	for ids := range slices.Chunk(doubted, atOnce) {
		steps = append(steps, func(ctx context.Context) (a bot.Answer, err error) {
			for _, id := range ids {
				if err := v.stillTrue(ctx, id, m.At); err != nil {
					return a, err
				}
			}
			return a, nil
		})
	}
	return steps, nil
}

// first is who is asked for an organisation; ok is false when nobody speaks for it any more.
func (v *Nudge) first(ctx context.Context, id bot.OrganisationID) (s bot.Speaker, ok bool, err error) {
	all, err := v.store.Contacts(ctx, id)
	if err != nil || len(all) == 0 {
		return s, false, err
	}
	return all[0].Speaker, true, nil
}
