package introduce

import (
	"context"
	"fmt"
	"slices"

	"ginnel/bot"
	"ginnel/bot/names"
)

// steward tells whether a command is given by somebody who may change what the register says of the group it is given for: nobody
// else vouches in its name.
func steward(args bot.Args) bool {
	return slices.ContainsFunc(args.Standings, func(s bot.Standing) bool { return s.Organisation == args.Organisation && s.Steward })
}

// vouchers counts the groups that vouch for another, as far as different people speak for them: whoever speaks for two is one, and
// who speaks for the group itself is none, whichever account that is done from.
func (v *Introduce) vouchers(ctx context.Context, org bot.OrganisationID) (int, error) {
	own, err := v.store.Contacts(ctx, org)
	if err != nil {
		return 0, fmt.Errorf("contacts: %w", err)
	}
	groups, err := v.store.Vouchers(ctx, org)
	if err != nil {
		return 0, fmt.Errorf("vouchers: %w", err)
	}
	var people [][]bot.Contact
	for _, id := range groups {
		theirs, err := v.store.Contacts(ctx, id)
		if err != nil {
			return 0, fmt.Errorf("contacts: %w", err)
		}
		people = append(people, theirs)
	}
	return independent(own, people), nil
}

// independent counts how many of several groups of people have nobody in common with own or with one counted before.
func independent(own []bot.Contact, groups [][]bot.Contact) (n int) {
	seen := slices.Clone(own)
	for _, people := range groups {
		if len(people) == 0 || slices.ContainsFunc(people, func(c bot.Contact) bool {
			return slices.ContainsFunc(seen, func(o bot.Contact) bool { return samePerson(o.Speaker, c.Speaker) })
		}) {
			continue
		}
		seen = append(seen, people...)
		n++
	}
	return n
}

// samePerson tells whether two accounts are, as far as can be told, one person's.
func samePerson(a, b bot.Speaker) bool {
	return same(a, b) || a.Name != "" && names.Alike(a.Name, b.Name) == names.Same
}
