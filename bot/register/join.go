package register

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/language"
	"ginnel/bot/names"
)

// we says back what was understood. Nothing is stored: the draft lives in the choices that are offered,
// which are gone within a day.
func (r *Register) we(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	// “We are Count Me In, QX6” is in QX6, and called Count Me In.
	for _, end := range r.words.List("we.nameend") {
		if name := args.Values["name"]; strings.Contains(m.Text, name.Text+" "+end+",") {
			name.Text += " " + end
			args.Values = map[string]bot.Value{"name": name, "place": args.Values["place"]}
		}
	}
	d, reply, err := r.draft(ctx, args)
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	key := "we.new"
	if d.known {
		key = "we.known"
	}
	lines := []bot.Line{r.words.Line(key, "name", strong(d.o.Name), "place", r.tail("we.place", "place", d.o.Whereabouts()))}
	switch {
	case args.Coordinator:
	case d.known:
		lines = append(lines, r.words.Line("we.toclaim"))
	case d.like != "":
		lines = append(lines, r.words.Line("we.like", "other", d.like))
	case d.odd != "":
		lines = append(lines, r.words.Line("we."+d.odd))
	}
	switch {
	case d.o.Sensitive && d.o.Postcode != "":
		lines = append(lines, r.words.Line("we.sensitive", "area", d.o.Postcode.Area()), r.words.Line("we.keptnowhere"))
	case d.o.Postcode == "":
		lines = append(lines, r.words.Line("we.keptnowhere"))
	default:
		lines = append(lines, r.words.Line("we.kept", "district", d.o.Postcode.Outcode()))
	}
	lines = append(lines, r.words.Line("we.run", "run", r.run))
	return bot.Answer{Reply: bot.Lines(lines...).Choose(
		r.words.Choice("we.yes", "register.list", "name", d.say, "place", string(d.place)),
		r.words.Choice("we.no", "register.notyet"),
	)}, nil
}

// A draft is an organisation as somebody introduces it.
type draft struct {
	o     bot.Organisation
	known bool         // imported, and nobody speaks for it
	say   string       // how the list command names it
	place bot.Postcode // as it was said
	like  string       // the name of a listed group for which it could be taken
	odd   string       // what is odd about its name: see oddness
}

// draft reads a name and a place, and finds out whether they may be listed. A reply says why not.
func (r *Register) draft(ctx context.Context, args bot.Args) (draft, bot.Reply, error) {
	const longest = 100
	name := clean.OneLine(args.Text("name"))
	for _, w := range r.words.List("we.before") {
		if len(name) > len(w) && strings.EqualFold(name[:len(w)+1], w+" ") {
			name = name[len(w)+1:]
		}
	}
	name = strings.Trim(language.Until(name, r.words.List("we.after")), " ,.;:")
	d := draft{o: bot.Organisation{Name: name, Postcode: args.Values["place"].Place, Income: -1, Suggest: bot.SuggestMonthly}, say: name, place: args.Values["place"].Place}
	if clean.Fold(name) == "" || utf8.RuneCountInString(name) > longest {
		return d, nil, r.words.Trouble("we.unnamed", "n", longest)
	}
	if slices.ContainsFunc(r.words.List("we.reserved"), func(word string) bool { return clean.Fold(word) == clean.Fold(name) }) {
		return d, nil, r.words.Trouble("we.noname", "name", name)
	}
	if first, _, more := strings.Cut(name, " "); more && slices.Contains(r.words.List("we.noname"), first) {
		return d, nil, r.words.Trouble("we.noname", "name", name)
	}
	if names.Poses(name, r.words.List("we.reserved")[0]) {
		return d, nil, r.words.Trouble("we.noname", "name", name)
	}
	same, near, err := r.alike(ctx, name)
	if err != nil {
		return d, nil, err
	}
	for _, o := range same {
		if slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Organisation == o.ID }) {
			return d, bot.Lines(r.words.Line("we.already", "name", strong(o.Name))), nil
		}
	}
	here := same
	if p := d.place; p != "" {
		// A group in another place may share the name. Of one that must not be found that would tell where it is.
		here = slices.DeleteFunc(slices.Clone(same), func(o bot.Organisation) bool {
			return !hides(o) && !LikelySensitive(name) && o.Postcode != "" && o.Postcode.Outcode() != p.Outcode()
		})
	}
	unclaimed := slices.DeleteFunc(slices.Clone(here), func(o bot.Organisation) bool { return o.Joined })
	switch {
	case len(unclaimed) == 1:
		d.o, d.known = unclaimed[0], true
		d.say = "#" + d.o.ID.String()
		if hides(d.o) || d.o.Postcode == "" {
			d.o.Postcode = d.place // what the list says of it is not shown
		}
	case len(unclaimed) > 1:
		var choices []bot.Choice
		for _, o := range unclaimed[:min(len(unclaimed), 8)] {
			choices = append(choices, bot.Choice{
				Label: r.words.Plain("we.one", "name", o.Name, "place", r.tail("we.place", "place", o.Whereabouts())),
				Say:   r.words.Say("register.we", "name", "#"+o.ID.String()),
			})
		}
		return d, bot.Lines(r.words.Line("we.several")).Choose(choices...), nil
	case len(here) > 0:
		return d, bot.Lines(r.words.Line("we.taken", "name", strong(here[0].Name), "plain", here[0].Name)), nil
	case len(same) > 0:
		d.like = same[0].Name
	default:
		// Beside a group that somebody speaks for already, a name like its is a branch of it.
		near = slices.DeleteFunc(near, func(o bot.Organisation) bool {
			return slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Organisation == o.ID })
		})
		if len(near) > 0 {
			d.like = near[0].Name
		}
	}
	d.odd = oddness(name)
	if names.Alike(name, r.run) != names.Different || names.Contains(name, r.run) {
		d.odd = string(names.Official)
	}
	d.o.Sensitive = hides(d.o)
	return d, nil, nil
}

// oddness is what is odd about a name, "" for most: “odd” for its letters, or what it says that is more than a name.
func oddness(name string) string {
	if names.DisguiseOf(name) != names.Plain {
		return "odd"
	}
	return string(names.PretenceOf(name))
}

// hides tells whether an organisation is one that must not be found, or may be.
func hides(o bot.Organisation) bool { return o.Sensitive || LikelySensitive(o.Name, o.About) }

// alike finds the listed organisations that nobody could tell from one called name, and those that might be taken for it.
func (r *Register) alike(ctx context.Context, name string) (same, near []bot.Organisation, err error) {
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		if _, err := readID(digits); err == nil {
			same, err := r.sameName(ctx, name)
			return same, nil, err
		}
	}
	found, err := r.store.OrganisationsAlike(ctx, slices.Concat(names.Lookups(name), names.Inner(name)), names.Keys)
	if err != nil {
		return nil, nil, fmt.Errorf("organisations called so: %w", err)
	}
	for _, o := range found {
		switch names.Alike(o.Name, name) {
		case names.Same:
			same = append(same, o)
		case names.Near:
			near = append(near, o)
		default:
			if names.Contains(name, o.Name) || names.Begins(o.Name, name) {
				near = append(near, o)
			}
		}
	}
	return same, near, nil
}

// sameName finds the organisations called name, or the one whose number it is.
func (r *Register) sameName(ctx context.Context, name string) ([]bot.Organisation, error) {
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		if id, err := readID(digits); err == nil {
			o, err := r.store.Organisation(ctx, bot.OrganisationID(id))
			if errors.Is(err, bot.ErrNotFound) || err == nil && !o.Listed {
				return nil, nil
			}
			return []bot.Organisation{o}, err
		}
	}
	found, err := r.store.OrganisationsNamed(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("organisations called so: %w", err)
	}
	return slices.DeleteFunc(found, func(o bot.Organisation) bool { return clean.Fold(o.Name) != clean.Fold(name) }), nil
}

func readID(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

func notFoundIsNothing(err error) error {
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	return err
}

// list is the moment from which an organisation can be found and a person is known.
func (r *Register) list(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	d, reply, err := r.draft(ctx, args)
	if err != nil || reply != nil {
		return bot.Answer{Reply: reply}, err
	}
	if strings.HasPrefix(d.o.Name, "#") && !d.known {
		return bot.Answer{}, r.words.Trouble("we.unnamed", "n", 100)
	}
	c := bot.Claim{From: m.From, At: m.At, Postcode: d.place}
	switch {
	case args.Coordinator:
	case d.known:
		c.Kind, c.Organisation = bot.ClaimGroup, d.o.ID
		return r.claim(ctx, c, d.o, "")
	case d.like != "" || d.odd != "":
		c.Kind, c.Name = bot.ClaimName, d.o.Name
		return r.claim(ctx, c, d.o, d.like)
	}
	if d.known {
		c.Kind, c.Organisation = bot.ClaimGroup, d.o.ID
	} else {
		c.Kind, c.Name = bot.ClaimName, d.o.Name
	}
	return r.listed(ctx, m, c, args.Coordinator)
}

// listed has whoever claims it speak for a group; known tells that a coordinator, or two groups that others know, say so.
func (r *Register) listed(ctx context.Context, m bot.Message, c bot.Claim, known bool) (bot.Answer, error) {
	contact := bot.Contact{Speaker: c.From, Steward: true, Since: m.At}
	var o bot.Organisation
	if c.Kind == bot.ClaimGroup {
		contact.Organisation = c.Organisation
		if err := r.store.Claim(ctx, c.Organisation, contact, m.At); err != nil {
			return bot.Answer{}, fmt.Errorf("claim: %w", err)
		}
		var err error
		o, err = r.update(ctx, m, bot.Args{Organisation: c.Organisation}, func(o *bot.Organisation) {
			if o.Postcode == "" {
				o.Postcode = c.Postcode
			}
			o.Vouched, o.Sensitive = o.Vouched || known, hides(*o)
		})
		if err != nil {
			return bot.Answer{}, err
		}
	} else {
		o = bot.Organisation{Name: c.Name, Postcode: c.Postcode, Income: -1, Suggest: bot.SuggestMonthly, Joined: true, Listed: true, Confirmed: m.At}
		o.Sensitive = hides(o)
		var err error
		if o.ID, err = r.store.AddOrganisation(ctx, o, contact); err != nil {
			return bot.Answer{}, fmt.Errorf("list: %w", err)
		}
	}
	lines := []bot.Line{r.words.Line("list.done", "name", strong(o.Name))}
	if o.Postcode == "" {
		lines = append(lines, r.words.Line("list.where"))
	}
	if !o.Vouched {
		lines = append(lines, r.words.Line("list.new"))
	}
	if r.words.Has("introduce.seldom") {
		lines = append(lines, r.words.Line("list.suggest"))
	}
	lines = append(lines, r.words.Line("list.next"))
	return bot.Answer{
		Reply: bot.Lines(lines...).With([]bot.Line{r.words.Line("list.offer"), r.words.Line("list.need")}),
		Later: []bot.Message{offersChanged(m, o.ID)},
	}, nil
}

func (r *Register) notYet(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(r.words.Line("notyet.done"))}, nil
}

func offersChanged(m bot.Message, id bot.OrganisationID) bot.Message {
	return bot.Later(bot.OffersChanged, id.String()+"/"+m.Key(), m.At, id.String())
}
