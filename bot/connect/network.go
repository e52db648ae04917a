package connect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ginnel/bot"
	"ginnel/bot/graph"
)

const (
	// A tie that nobody has said anything of for so long may well be none any more.
	fresh = 730 * day
	// What is “lately” in a report.
	quarter = 91 * day
)

// network is the organisations of which connections are shown, in the order of their numbers, and the ties between them.
type network struct {
	groups []bot.Organisation
	named  []bool
	ties   []bot.Tie // one for each two, of the most telling kind, in order
	now    *graph.Graph
	then   *graph.Graph // the ties that were there three months ago, between the same organisations
}

// telling orders kinds of ties: of several that two have, the first is told.
var telling = []bot.TieKind{bot.Helped, bot.Introduced, bot.Declared}

// draw puts a network together from all that is known at a time.
func draw(groups []bot.Organisation, named []bool, all []bot.Tie, at time.Time) network {
	n := network{groups: groups, named: named}
	var now, then [][2]int
	for _, t := range all {
		a, b := n.of(t.Between[0]), n.of(t.Between[1])
		if a < 0 || b < 0 {
			continue
		}
		if before := at.Add(-quarter); !t.At.After(before) && t.At.After(before.Add(-fresh)) {
			then = append(then, [2]int{a, b})
		}
		if !t.At.After(at.Add(-fresh)) {
			continue
		}
		now = append(now, [2]int{a, b})
		switch last := len(n.ties) - 1; {
		case last < 0 || n.ties[last].Between != t.Between:
			n.ties = append(n.ties, t)
		case slices.Index(telling, t.Kind) < slices.Index(telling, n.ties[last].Kind):
			n.ties[last] = t
		}
	}
	n.now, n.then = graph.New(len(groups), now), graph.New(len(groups), then)
	return n
}

// of is the place of an organisation in the network, -1 when it is not shown.
func (n network) of(id bot.OrganisationID) int {
	i, found := slices.BinarySearchFunc(n.groups, id, func(o bot.Organisation, id bot.OrganisationID) int { return int(o.ID - id) })
	if !found {
		return -1
	}
	return i
}

// tie is what two have with each other; ok is false when they have nothing.
func (n network) tie(a, b int) (t bot.Tie, ok bool) {
	between := [2]bot.OrganisationID{n.groups[min(a, b)].ID, n.groups[max(a, b)].ID}
	i := slices.IndexFunc(n.ties, func(t bot.Tie) bool { return t.Between == between })
	if i < 0 {
		return t, false
	}
	return n.ties[i], true
}

// held counts the organisations that have no link to the rest but through one of them.
func (n network) held(by int) int {
	for _, l := range n.now.Cuts().Losses {
		if l.Organisation == by {
			return l.CutOff
		}
	}
	return 0
}

func (v *Connect) network(ctx context.Context, at time.Time) (network, error) {
	groups, named, err := v.store.Connected(ctx)
	if err != nil {
		return network{}, fmt.Errorf("organisations: %w", err)
	}
	ties, err := v.store.Connections(ctx)
	if err != nil {
		return network{}, fmt.Errorf("ties: %w", err)
	}
	return draw(groups, named, ties, at), nil
}
