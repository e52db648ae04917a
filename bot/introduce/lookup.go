package introduce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// named finds the one organisation that somebody means. A reply asks which, or says that there is none; say makes the
// sentence that means one of several.
func (v *Introduce) named(ctx context.Context, name string, say func(id string) string) (o bot.Organisation, reply bot.Reply, err error) {
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		if id, err := strconv.ParseInt(digits, 10, 64); err == nil {
			o, err := v.store.Organisation(ctx, bot.OrganisationID(id))
			if err == nil && o.Listed {
				return o, nil, nil
			}
			if err != nil && !errors.Is(err, bot.ErrNotFound) {
				return o, nil, fmt.Errorf("organisation: %w", err)
			}
		}
		return o, nil, v.words.Trouble("find.none", "name", name)
	}
	found, err := v.store.OrganisationsNamed(ctx, name)
	switch {
	case err != nil:
		return o, nil, fmt.Errorf("organisations called so: %w", err)
	case len(found) == 0:
		if reply, err := v.shortened(ctx, name, say); reply != nil || err != nil {
			return o, reply, err
		}
		return o, nil, v.words.Trouble("find.none", "name", name)
	case len(found) == 1:
		return found[0], nil, nil
	}
	var choices []bot.Choice
	for _, o := range found[:min(len(found), 5)] {
		place := bot.Line(nil)
		if w := o.Whereabouts(); w != "" {
			place = v.words.Line("find.place", "place", w)
		}
		choices = append(choices, bot.Choice{Label: o.Name + place.String(), Say: say("#" + o.ID.String())})
	}
	return o, bot.Lines(v.words.Line("find.which")).Choose(choices...), nil
}

// shortened asks whether the group was meant whose name stands at the start of more words: “Count Me In really well, they are
// lovely”. reply is nil when there is none, or several.
func (v *Introduce) shortened(ctx context.Context, name string, say func(id string) string) (bot.Reply, error) {
	const fewest, most = 2, 12 // words
	words := strings.Fields(name)
	for n := min(len(words)-1, most); n >= fewest; n-- {
		found, err := v.store.OrganisationsNamed(ctx, strings.Trim(strings.Join(words[:n], " "), ",;: "))
		if err != nil {
			return nil, fmt.Errorf("organisations called so: %w", err)
		}
		if len(found) == 1 {
			return bot.Lines(v.words.Line("find.which")).Choose(bot.Choice{Label: found[0].Name, Say: say("#" + found[0].ID.String())}), nil
		}
	}
	return nil, nil
}

// contact chooses who is asked for an organisation: the steward who came first, if there is one on the network
// near. Those in except are not asked. ok is false when there is nobody.
func (v *Introduce) contact(ctx context.Context, id bot.OrganisationID, near bot.Network, except ...bot.Speaker) (s bot.Speaker, ok bool, err error) {
	all, err := v.store.Contacts(ctx, id)
	if err != nil {
		return s, false, fmt.Errorf("contacts: %w", err)
	}
	all = slices.DeleteFunc(all, func(c bot.Contact) bool {
		return slices.ContainsFunc(except, func(e bot.Speaker) bool { return e.Network == c.Speaker.Network && e.ID == c.Speaker.ID })
	})
	if len(all) == 0 {
		return s, false, nil
	}
	if i := slices.IndexFunc(all, func(c bot.Contact) bool { return c.Speaker.Network == near }); i >= 0 {
		return all[i].Speaker, true, nil
	}
	return all[0].Speaker, true, nil
}

// hearer is who speaks for an organisation and is told what has such an occasion at now; see contact.
func (v *Introduce) hearer(ctx context.Context, id bot.OrganisationID, near bot.Network, why bot.Occasion, now time.Time, except ...bot.Speaker) (s bot.Speaker, ok bool, err error) {
	for {
		s, ok, err = v.contact(ctx, id, near, except...)
		if err != nil || !ok {
			return bot.Speaker{}, false, err
		}
		chosen, err := v.store.Manners(ctx, s)
		if err != nil || chosen.Hears(why, now) {
			return s, err == nil, err
		}
		except = append(except, s)
	}
}

func same(a, b bot.Speaker) bool { return a.Network == b.Network && a.ID == b.ID }

func (v *Introduce) date(t time.Time) bot.Date { return bot.DateOf(t.In(v.zone)) }

// onDay is the day of t as it is said at now.
func (v *Introduce) onDay(t, now time.Time) string { return v.words.Day(v.date(t), v.date(now)) }

func strong(o bot.Organisation) bot.Span { return bot.Strong(o.Name) }
