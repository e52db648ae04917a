// Package connect shows how connected the network already is: in sentences first, in figures, and for one organisation in
// private whom it knows and whom they know. No organisation is ranked, and who stands alone is told to nobody else.
package connect

import (
	"context"
	"embed"
	"fmt"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"
)

//go:embed words
var words embed.FS

// Words are what connect says and understands.
var Words = language.WordFiles{Verb: "connect", Files: words}

const day = 24 * time.Hour

// Store is what connect needs remembered. Its methods join the handling transaction.
type Store interface {
	// Connected are the organisations of which connections are shown, by number, and for each whether its name is.
	Connected(ctx context.Context) (all []bot.Organisation, named []bool, err error)
	// Connections are the ties between them, in the order of their numbers, one for each kind that two have.
	Connections(ctx context.Context) ([]bot.Tie, error)
	Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error)
	Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error)
	Appearance(ctx context.Context, org bot.OrganisationID) (bot.Appearance, error)
	PutAppearance(ctx context.Context, org bot.OrganisationID, how bot.Appearance) error
	Coordinating(ctx context.Context) ([]bot.Speaker, error)
	AddPrompt(ctx context.Context, p bot.Prompt) error
}

// Offering is an organisation that offers what was asked for, with the words of its offer.
type Offering struct {
	Organisation bot.OrganisationID
	What         string
}

// Finder finds who offers something, best first, at a time. It may block while the register is read.
type Finder func(ctx context.Context, what string, at time.Time) ([]Offering, error)

// Connect is the verb.
type Connect struct {
	store Store
	find  Finder
	keep  bot.Keep
	words language.Words
}

// New makes the verb. keep holds where organisations stood in the last picture.
func New(store Store, find Finder, keep bot.Keep, book *language.Book) *Connect {
	return &Connect{store: store, find: find, keep: keep, words: book.Of("connect")}
}

// Commands lists what the verb does.
func (v *Connect) Commands() []bot.Command {
	return []bot.Command{
		{Name: "connect.report", Role: bot.Anyone, Handle: v.report},
		{Name: "connect.figures", Role: bot.Anyone, Quiet: true, Handle: v.figures},
		{Name: "connect.picture", Role: bot.Anyone, Quiet: true, Handle: v.picture},
		{Name: "connect.ours", Role: bot.OnBehalf, Private: true, Handle: v.ours},
		{Name: "connect.tell", Role: bot.Steward, Private: true, Quiet: true, Handle: v.tell},
		{Name: "connect.appear", Role: bot.OnBehalf, Private: true, Quiet: true, Handle: v.appear},
		{Name: "connect.named", Role: bot.Steward, Private: true, Quiet: true, Handle: v.choose("named", bot.Named)},
		{Name: "connect.unnamed", Role: bot.Steward, Private: true, Quiet: true, Handle: v.choose("unnamed", bot.Unnamed)},
		{Name: "connect.out", Role: bot.Steward, Private: true, Quiet: true, Handle: v.choose("out", bot.NotShown)},
	}
}

// appear tells how an organisation is shown, and lets it choose.
func (v *Connect) appear(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	o, how, err := v.appearance(ctx, args.Organisation)
	if err != nil {
		return bot.Answer{}, err
	}
	key := map[bot.Appearance]string{bot.Named: "appear.named", bot.Unnamed: "appear.unnamed", bot.NotShown: "appear.out"}[how]
	var choices []bot.Choice
	for _, c := range []struct {
		how          bot.Appearance
		key, command string
	}{{bot.Named, "appear.name", "connect.named"}, {bot.Unnamed, "appear.hide", "connect.unnamed"}, {bot.NotShown, "appear.leave", "connect.out"}} {
		if c.how != how {
			choices = append(choices, v.words.Choice(c.key, c.command))
		}
	}
	return bot.Answer{Reply: bot.Lines(v.words.Line(key, "name", bot.Strong(o.Name))).Choose(choices...)}, nil
}

func (v *Connect) appearance(ctx context.Context, id bot.OrganisationID) (o bot.Organisation, how bot.Appearance, err error) {
	if o, err = v.store.Organisation(ctx, id); err != nil {
		return o, "", fmt.Errorf("organisation: %w", err)
	}
	how, err = v.store.Appearance(ctx, id)
	if how == "" {
		if how = bot.Named; o.Sensitive {
			how = bot.NotShown
		}
	}
	return o, how, err
}

func (v *Connect) choose(section string, how bot.Appearance) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
		if err := v.store.PutAppearance(ctx, args.Organisation, how); err != nil {
			return bot.Answer{}, fmt.Errorf("how it appears: %w", err)
		}
		return bot.Answer{Reply: bot.Lines(v.words.Line(section+".done", "name", bot.Strong(args.Name)))}, nil
	}
}
