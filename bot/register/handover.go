package register

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
)

// handoverOpen is how long those who speak for a group may answer whether somebody else does.
const handoverOpen = 7 * 24 * time.Hour

// handover says how somebody else comes to speak for a group: by saying so, and by the yes of whoever does already.
func (r *Register) handover(_ context.Context, _ bot.Message, args bot.Args) (bot.Answer, error) {
	who := args.Text("who")
	if who == "" {
		who = r.words.Plain("handover.they")
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("handover.how", "who", who, "name", args.Name), r.words.Line("handover.then"))}, nil
}

// takeOver asks those who speak for a group whether somebody else does too, or in their place.
func (r *Register) takeOver(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	found, err := r.named(ctx, args.Text("name"))
	if err != nil {
		return bot.Answer{}, err
	}
	if len(found) != 1 {
		return bot.Answer{}, r.words.Trouble("theirs.none", "name", args.Text("name"))
	}
	o := found[0]
	if !o.Joined {
		return r.we(ctx, m, args)
	}
	people, err := r.store.Contacts(ctx, o.ID)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("contacts: %w", err)
	}
	if slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Organisation == o.ID }) {
		return bot.Answer{Reply: bot.Lines(r.words.Line("we.already", "name", strong(o.Name)))}, nil
	}
	id, fresh, err := r.store.AddClaim(ctx, bot.Claim{Kind: bot.ClaimGroup, Organisation: o.ID, From: m.From, At: m.At})
	if err != nil {
		return bot.Answer{}, err
	}
	a := bot.Answer{Reply: bot.Lines(r.words.Line("takeover.asked", "name", strong(o.Name)))}
	for n, c := range people {
		if !c.Steward || !fresh {
			continue
		}
		a.Posts = append(a.Posts, bot.Post{
			Key: fmt.Sprintf("takeover/%d/%d", id, n), Where: bot.Private(c.Speaker), Urgency: bot.News, Why: bot.Owed, Open: m.At.Add(handoverOpen),
			About: []string{bot.AboutPerson(m.From), bot.AboutPerson(c.Speaker), bot.AboutOrganisation(o.ID)},
			Reply: bot.Lines(r.words.Line("takeover.ask", "who", m.From.Name, "name", strong(o.Name))).Choose(
				r.words.Choice("takeover.instead", "register.handed", "n", id), r.words.Choice("takeover.beside", "register.beside", "n", id),
				r.words.Choice("takeover.no", "register.nothanded", "n", id),
			),
		})
	}
	return a, nil
}

// joined tells whether a claim is to speak for a group for which somebody does.
func (r *Register) joined(ctx context.Context, c bot.Claim) (bool, error) {
	if c.Kind != bot.ClaimGroup {
		return false, nil
	}
	o, err := r.store.Organisation(ctx, c.Organisation)
	if err != nil {
		return false, fmt.Errorf("organisation: %w", err)
	}
	return o.Joined, nil
}

// handed is the yes of somebody who speaks for a group; with instead he or she does so no more.
func (r *Register) handed(instead bool) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return func(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
		c, err := r.pending(ctx, args)
		if err != nil {
			return bot.Answer{}, err
		}
		if !speaksFor(args, c) {
			return bot.Answer{}, r.words.Trouble("confirm.none")
		}
		a, err := r.letIn(ctx, m, c)
		if err == nil && instead {
			err = r.store.RemoveContact(ctx, c.Organisation, m.From)
		}
		return a, err
	}
}

// notHanded is the no.
func (r *Register) notHanded(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	c, err := r.pending(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	if !speaksFor(args, c) {
		return bot.Answer{}, r.words.Trouble("confirm.none")
	}
	if err := r.store.EndClaim(ctx, c.ID); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(r.words.Line("refuse.done", "who", c.From.Name)),
		Posts: []bot.Post{r.decided(c, bot.Lines(r.words.Line("nothanded.told", "run", r.run)))},
	}, nil
}

// speaksFor tells whether somebody may decide who else speaks for a group.
func speaksFor(args bot.Args, c bot.Claim) bool {
	return c.Kind == bot.ClaimGroup && slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Steward && s.Organisation == c.Organisation })
}

// letIn has somebody speak for a group for which others do.
func (r *Register) letIn(ctx context.Context, m bot.Message, c bot.Claim) (bot.Answer, error) {
	o, err := r.store.Organisation(ctx, c.Organisation)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	if err := r.store.AddContact(ctx, bot.Contact{Speaker: c.From, Organisation: o.ID, Steward: true, Since: m.At}); err != nil {
		return bot.Answer{}, err
	}
	if err := r.store.EndClaim(ctx, c.ID); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(r.words.Line("confirm.done", "who", c.From.Name)),
		Posts: []bot.Post{r.decided(c, bot.Lines(r.words.Line("handed.told", "name", strong(o.Name))))},
	}, nil
}
