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
	return names.Independent(own, people...), nil
}
