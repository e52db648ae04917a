package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"ginnel/bot"
	"ginnel/bot/names"
)

// How long a claim waits to be decided.
const claimsWait = 60 * 24 * time.Hour

// claim asks the coordinators about what somebody says of a group. Until one of them, or two groups that know who it is, say yes,
// nothing is changed: whoever claims it is shown, and can do, what a stranger can.
func (r *Register) claim(ctx context.Context, c bot.Claim, o bot.Organisation, like string) (bot.Answer, error) {
	var fresh bool
	var err error
	if c.ID, fresh, err = r.store.AddClaim(ctx, c); err != nil {
		return bot.Answer{}, err
	}
	all, err := r.store.Coordinating(ctx)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("coordinators: %w", err)
	}
	lines := []bot.Line{r.words.Line("claim.asked", "name", strong(o.Name))}
	if len(all) == 0 {
		lines = []bot.Line{r.words.Line("claim.nobody", "name", strong(o.Name), "run", r.run)}
	}
	// The same is said of a group that must not be found, for which two are not enough: else it would show that it is one.
	if c.Kind == bot.ClaimGroup {
		lines = append(lines, r.words.Line("claim.two", "n", c.ID))
	}
	a := bot.Answer{Reply: bot.Lines(lines...)}
	if !fresh {
		return a, nil
	}
	told, err := r.told(ctx, c, like)
	if err != nil {
		return bot.Answer{}, err
	}
	for i, to := range all {
		a.Posts = append(a.Posts, bot.Post{
			Key: fmt.Sprintf("claim/%d/%d", c.ID, i), Where: bot.Private(to), Urgency: bot.News, About: []string{bot.AboutPerson(c.From)},
			Reply: bot.Lines(told).Choose(r.decide(c)...), Open: c.At.Add(claimsWait),
		})
	}
	return a, nil
}

func (r *Register) decide(c bot.Claim) []bot.Choice {
	about := string(c.Kind)
	if renames(c) {
		about = "called"
	}
	return []bot.Choice{
		r.words.Choice("claim.yes."+about, "register.confirm", "n", c.ID),
		r.words.Choice("claim.no."+about, "register.refuse", "n", c.ID),
	}
}

// renames tells whether a claim is for a group that is listed to be called otherwise.
func renames(c bot.Claim) bool { return c.Kind == bot.ClaimName && c.Organisation != 0 }

// told is what a coordinator reads of a claim.
func (r *Register) told(ctx context.Context, c bot.Claim, like string) (bot.Line, error) {
	name, joined := c.Name, false
	if c.Organisation != 0 {
		o, err := r.store.Organisation(ctx, c.Organisation)
		if err != nil {
			return nil, fmt.Errorf("organisation: %w", err)
		}
		name, joined = o.Name, o.Joined
	}
	if c.Kind == bot.ClaimGroup && joined {
		return r.words.Line("claim.told.beside", "who", c.From.Name, "name", strong(name)), nil
	}
	if renames(c) {
		return r.words.Line("claim.told.called", "who", c.From.Name, "name", strong(name), "to", strong(c.Name), "n", c.ID), nil
	}
	key, place := "claim.told."+string(c.Kind), "we.place"
	if c.Kind == bot.ClaimPlace {
		place = "claim.to"
	}
	if c.Kind == bot.ClaimName && like == "" {
		key = "claim.told." + cmp.Or(oddness(c.Name), string(names.Official)) // of whoever runs the network
	}
	return r.words.Line(key, "who", c.From.Name, "name", strong(name), "other", like, "place", r.tail(place, "place", c.Postcode.Outcode()), "n", c.ID), nil
}

// claims shows a coordinator what waits for a word of his or hers.
func (r *Register) claims(ctx context.Context, _ bot.Message, _ bot.Args) (bot.Answer, error) {
	all, err := r.store.Claims(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(all) == 0 {
		return bot.Answer{Reply: bot.Lines(r.words.Line("claims.none"))}, nil
	}
	const most = 4
	var list []bot.Line
	var choices []bot.Choice
	for _, c := range all[:min(len(all), most)] {
		like, err := r.liked(ctx, c)
		if err != nil {
			return bot.Answer{}, err
		}
		line, err := r.told(ctx, c, like)
		if errors.Is(err, bot.ErrNotFound) {
			continue
		}
		if err != nil {
			return bot.Answer{}, err
		}
		list = append(list, line)
		for _, choice := range r.decide(c) {
			choice.Label = r.words.Plain("claims.one", "n", c.ID, "what", choice.Label)
			choices = append(choices, choice)
		}
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("claims.first", "n", len(all))).With(list).Choose(choices...)}, nil
}

// liked is the name of the group for which one could be taken that wants to be listed.
func (r *Register) liked(ctx context.Context, c bot.Claim) (string, error) {
	if c.Kind != bot.ClaimName {
		return "", nil
	}
	same, near, err := r.alike(ctx, c.Name)
	if all := slices.Concat(same, near); len(all) > 0 {
		return all[0].Name, err
	}
	return "", err
}

func (r *Register) pending(ctx context.Context, args bot.Args) (bot.Claim, error) {
	all, err := r.store.Claims(ctx)
	if err != nil {
		return bot.Claim{}, err
	}
	i := slices.IndexFunc(all, func(c bot.Claim) bool { return c.ID == int64(args.Values["n"].Number) })
	if i < 0 {
		return bot.Claim{}, r.words.Trouble("confirm.none")
	}
	return all[i], nil
}

// confirm is a coordinator's yes to a claim, or that of a group which others know.
func (r *Register) confirm(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	c, err := r.pending(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	if !args.Coordinator {
		done, reply, err := r.second(ctx, c, args)
		if err != nil || !done {
			return bot.Answer{Reply: reply}, err
		}
	}
	if err := r.store.EndClaim(ctx, c.ID); err != nil {
		return bot.Answer{}, err
	}
	var a bot.Answer
	switch {
	case renames(c):
		if a, err = r.called(ctx, m, c.Organisation, c.Name); err != nil {
			return bot.Answer{}, err
		}
	case c.Kind == bot.ClaimPlace:
		o, err := r.update(ctx, m, bot.Args{Organisation: c.Organisation}, func(o *bot.Organisation) { o.Postcode = c.Postcode })
		if err != nil {
			return bot.Answer{}, err
		}
		a.Reply = bot.Lines(r.words.Line("confirm.moved", "name", strong(o.Name)))
	default:
		if beside, err := r.joined(ctx, c); err != nil || beside {
			if err != nil {
				return bot.Answer{}, err
			}
			return r.letIn(ctx, m, c)
		}
		a, err = r.listed(ctx, m, c, true)
		if errors.Is(err, bot.ErrNotFound) {
			return bot.Answer{}, r.words.Trouble("confirm.late")
		}
		if err != nil {
			return bot.Answer{}, err
		}
	}
	a.Posts = append(a.Posts, r.decided(c, a.Reply))
	a.Reply = bot.Lines(r.words.Line("confirm.done", "who", c.From.Name))
	return a, nil
}

// second takes the word of a group which others know. done is false while one more is needed. Of a group that must not be found a
// coordinator alone may say who speaks for it.
func (r *Register) second(ctx context.Context, c bot.Claim, args bot.Args) (done bool, reply bot.Reply, err error) {
	no := func() (bool, bot.Reply, error) { return false, bot.Lines(r.words.Line("confirm.coordinator")), nil }
	if c.Kind != bot.ClaimGroup {
		return no()
	}
	theirs, err := r.store.Organisation(ctx, c.Organisation)
	if err != nil {
		return false, nil, fmt.Errorf("organisation: %w", err)
	}
	claimant := []bot.Contact{{Speaker: c.From}}
	var first []bot.Contact
	if c.Second != 0 {
		if first, err = r.store.Contacts(ctx, c.Second); err != nil {
			return false, nil, fmt.Errorf("contacts: %w", err)
		}
	}
	for _, s := range args.Standings {
		o, err := r.store.Organisation(ctx, s.Organisation)
		if err != nil {
			return false, nil, fmt.Errorf("organisation: %w", err)
		}
		people, err := r.store.Contacts(ctx, s.Organisation)
		if err != nil {
			return false, nil, fmt.Errorf("contacts: %w", err)
		}
		if !s.Steward || !o.Vouched || names.Independent(claimant, people) == 0 {
			continue
		}
		if c.Second != 0 && names.Independent(claimant, first, people) == 2 {
			if hides(theirs) {
				return no()
			}
			return true, nil, nil
		}
		if c.Second == 0 {
			if err := r.store.SecondClaim(ctx, c.ID, s.Organisation); err != nil {
				return false, nil, err
			}
			c.Second = s.Organisation
		}
		return false, bot.Lines(r.words.Line("confirm.half", "who", c.From.Name)), nil
	}
	return no()
}

// decided tells whoever claimed something what came of it.
func (r *Register) decided(c bot.Claim, reply bot.Reply) bot.Post {
	return bot.Post{
		Key: "claim/" + strconv.FormatInt(c.ID, 10) + "/decided", Where: bot.Private(c.From), Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutPerson(c.From)},
		Reply: reply,
	}
}

// refuse is a coordinator's no to a claim.
func (r *Register) refuse(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	c, err := r.pending(ctx, args)
	if err != nil {
		return bot.Answer{}, err
	}
	if err := r.store.EndClaim(ctx, c.ID); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{
		Reply: bot.Lines(r.words.Line("refuse.done", "who", c.From.Name)),
		Posts: []bot.Post{r.decided(c, bot.Lines(r.words.Line("refuse.told", "run", r.run)))},
	}, nil
}

// unlist shows a coordinator what becomes of a group that is taken from those who speak for it.
func (r *Register) unlist(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	name := args.Text("name")
	if name == "" {
		return r.claims(ctx, m, args)
	}
	found, err := r.named(ctx, name)
	if err != nil {
		return bot.Answer{}, err
	}
	found = slices.DeleteFunc(found, func(o bot.Organisation) bool { return !o.Joined })
	if len(found) == 0 {
		return bot.Answer{}, r.words.Trouble("theirsnot.none", "name", name)
	}
	var choices []bot.Choice
	var lines []bot.Line
	for _, o := range found[:min(len(found), 5)] {
		lines = append(lines, r.words.Line("theirsnot.sure", "name", strong(o.Name)))
		choices = append(choices, bot.Choice{
			Label: r.words.Plain("theirsnot.yes", "name", o.Name, "place", r.tail("we.place", "place", o.Whereabouts())),
			Say:   r.words.Say("register.takeaway", "n", o.ID.String()),
		})
	}
	return bot.Answer{Reply: bot.Lines(lines...).Choose(choices...)}, nil
}

// takeAway takes a group from all who speak for it, and puts everything back as it was before they did.
func (r *Register) takeAway(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	id := bot.OrganisationID(args.Values["n"].Number)
	o, err := r.store.Organisation(ctx, id)
	if err != nil || !o.Joined || !o.Listed {
		return bot.Answer{}, errors.Join(notFoundIsNothing(err), r.words.Trouble("theirsnot.none", "name", "#"+id.String()))
	}
	people, err := r.store.Contacts(ctx, id)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("contacts: %w", err)
	}
	if err := r.store.Unclaim(ctx, id, m.At); err != nil {
		return bot.Answer{}, err
	}
	after, err := r.store.Organisation(ctx, id)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("organisation: %w", err)
	}
	key := "takeaway.gone"
	if after.Listed {
		key = "takeaway.back"
	}
	a := bot.Answer{Reply: bot.Lines(r.words.Line(key, "name", strong(o.Name))), Later: []bot.Message{offersChanged(m, id)}}
	for i, c := range people {
		a.Posts = append(a.Posts, bot.Post{
			Key: fmt.Sprintf("takeaway/%s/%d", m.Key(), i), Where: bot.Private(c.Speaker), Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutPerson(c.Speaker)},
			Reply: bot.Lines(r.words.Line("takeaway.told", "name", strong(o.Name), "run", r.run)),
		})
	}
	return a, nil
}
