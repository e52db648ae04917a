package register

import (
	"context"
	"fmt"
	"slices"

	"ginnel/bot"
	"ginnel/bot/match"
)

// farMove is how far a group may move, in kilometres, before a coordinator is asked: ten miles.
const farMove = 16.09344

// moves asks the coordinators when a group would move far, or to where another of such a name is. asked is false when it may move.
func (r *Register) moves(ctx context.Context, m bot.Message, args bot.Args) (a bot.Answer, asked bool, err error) {
	to := args.Values["place"].Place
	if args.Coordinator {
		return a, false, nil
	}
	o, err := r.store.Organisation(ctx, args.Organisation)
	if err != nil {
		return a, false, fmt.Errorf("organisation: %w", err)
	}
	far, err := r.far(ctx, o.Postcode, to)
	if err != nil {
		return a, false, err
	}
	same, near, err := r.alike(ctx, o.Name)
	if err != nil {
		return a, false, err
	}
	beside := slices.ContainsFunc(slices.Concat(same, near), func(other bot.Organisation) bool {
		// Where one is that must not be found is nothing to go by.
		return other.ID != o.ID && (hides(other) || other.Postcode == "" || other.Postcode.Area() == to.Area())
	})
	if !far && !beside || to.Outcode() == o.Postcode.Outcode() {
		return a, false, nil
	}
	a, err = r.claim(ctx, bot.Claim{Kind: bot.ClaimPlace, Organisation: o.ID, From: m.From, Postcode: to, At: m.At}, o, "")
	return a, true, err
}

// far tells whether two places lie more than ten miles apart. Of places that are not in the table the letters of their areas tell.
func (r *Register) far(ctx context.Context, from, to bot.Postcode) (bool, error) {
	if from == "" || from.Outcode() == to.Outcode() {
		return false, nil
	}
	places, err := r.store.Places(ctx)
	if err != nil {
		return false, fmt.Errorf("places: %w", err)
	}
	var rows []match.PlaceRow
	for _, p := range places {
		if p.Outcode == from.Outcode() || p.Outcode == to.Outcode() {
			rows = append(rows, match.PlaceRow(p))
		}
	}
	if km, ok := match.NewGazetteer(rows).Distance(from.Outcode(), to.Outcode()); ok {
		return km > farMove, nil
	}
	return from.Area() != to.Area(), nil
}
