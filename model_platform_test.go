package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// The network that the model is on.

// expected is a post that must come of what was said.
type expected struct {
	order     int
	created   time.Time
	lane      string
	person    bot.UserID // whom it is to, or who is spoken of in it
	forgets   bool       // is skipped when that person is forgotten
	notAfter  time.Time
	skipped   bool
	done      bool // we know that it was said, or that it cannot be
	committed int  // how often it stands on the platform
	tries     int  // how often a process claimed it
	searched  bool
	nevers    int
	leased    bool // by a process that died with it
	stopped   bool // while it was leased: it is not to be said any more, if it was not
}

type place struct {
	lane string
	who  bot.UserID
	key  string
}

type offer struct {
	choices []bot.Choice
	until   time.Time
	stale   bool // something else was read there since: only what stays can be answered, and by its number
}

type fault int

const (
	none    fault = iota
	dropped       // said, but the answer is lost
	lost          // not said, and the answer is lost
	putOff        // later
	refused       // never
)

func (k *model) Network() bot.Network { return modelNetwork }

func (k *model) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }

func (k *model) Room(context.Context, string, []bot.UserID, string) (bot.RoomID, error) {
	return "", bot.SendNever(errors.New("nobody gathers here"))
}

// Send says p, or not.
func (k *model) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	e := k.post(p)
	k.offers(p)
	if !e.searched {
		e.tries++
	}
	e.searched = false
	var f fault
	if len(k.faults) > 0 {
		f, k.faults = k.faults[0], k.faults[1:]
	}
	switch f {
	case lost:
		return "", errors.New("connection lost")
	case putOff:
		return "", bot.SendLater(errors.New("too busy"), time.Second)
	case refused:
		e.nevers++
		e.done = true
		return "", bot.SendNever(errors.New("no such place"))
	}
	k.commit(p, e)
	if f == dropped {
		return "", errors.New("connection lost")
	}
	e.done = true
	return bot.MessageID("said " + p.Key), nil
}

// Find tells whether p was said.
func (k *model) Find(_ context.Context, p bot.Post) (bot.MessageID, bool, error) {
	e := k.post(p)
	k.offers(p)
	e.tries++
	if k.blind > 0 {
		k.blind--
		return "", false, errors.New("connection lost")
	}
	e.done, e.searched = e.committed > 0, e.committed == 0
	return bot.MessageID("said " + p.Key), e.done, nil
}

var needKey = regexp.MustCompile(`^need\.added/\d+/`)

// modelKey is how the model names a post.
func modelKey(key string) string { return needKey.ReplaceAllString(key, "need.added/*/") }

// post is what is expected of p, which must be expected.
func (k *model) post(p bot.Post) *expected {
	e := k.posts[modelKey(p.Key)]
	switch {
	case e == nil && k.may(p):
		e = &expected{order: -1, created: k.now, lane: p.Where.Lane(), person: p.Where.People[0]}
		k.posts[p.Key] = e
	case e == nil:
		k.t.Fatalf("nobody expects the post %s: %s", p.Key, p.Reply.Plain())
	case e.done:
		k.t.Fatalf("%s is done with, and comes again", p.Key)
	case e.skipped:
		k.t.Fatalf("%s is said to somebody who was forgotten", p.Key)
	case e.lane != p.Where.Lane():
		k.t.Fatalf("%s is said at %q instead of %q", p.Key, p.Where.Lane(), e.lane)
	}
	e.leased = false
	return e
}

// may tells whether p can be what only the index, or a list that was shown before, could foresee. All of it is to one person, in
// private, who was not forgotten:
//   - news of an offer, to somebody who asked;
//   - what was said in a room, answered in private to whoever said it, besides a reply in the room;
//   - a proposal, to the one of its parties that has not answered, while the other has said yes to it; each comes of a number that
//     somebody said to a list.
func (k *model) may(p bot.Post) bool {
	if !p.Where.IsPrivate() || len(p.Where.People) != 1 || k.gone[p.Where.People[0]] {
		return false
	}
	to := p.Where.People[0]
	said := func(m bot.Message) bool { return m.From.ID == to }
	if strings.HasPrefix(p.Key, "watch/") {
		return slices.ContainsFunc(k.heard, said)
	}
	if reply, private := strings.CutSuffix(p.Key, "/private"); private {
		return k.posts[reply] != nil && slices.ContainsFunc(k.heard, func(m bot.Message) bool {
			return said(m) && m.Where.InRoom() && "reply/"+m.Key() == reply
		})
	}
	var n, turn int64
	if of, err := fmt.Sscanf(p.Key, "proposal/%d/%d", &n, &turn); of != 2 || err != nil {
		return false
	}
	i, err := k.db.Introduction(context.Background(), bot.IntroductionID(n))
	k.do(err)
	numbers, proposals := 0, 0
	for _, m := range k.heard {
		if _, err := strconv.Atoi(m.Text); err == nil {
			numbers++
		}
	}
	for key := range k.posts {
		if strings.HasPrefix(key, "proposal/") {
			proposals++
		}
	}
	open := i.State == bot.IntroductionOpen && i.Origin == bot.FromAsk
	return open && i.Parties[0].Assent == bot.Yes && i.Parties[1].Assent == bot.Asked && i.Parties[1].Person.ID == to && proposals < numbers
}

// offers notes the choices of a post that is about to be said, and of a reply what others said since make of it.
func (k *model) offers(p bot.Post) {
	choices := p.Reply.Choices()
	who := p.For
	if p.Where.Room == "" {
		who = p.Where.People[0]
	}
	at := place{p.Where.Lane(), who, "reply"}
	until := p.Open
	if until.IsZero() {
		until = k.now.Add(24 * time.Hour)
	}
	if strings.HasPrefix(p.Key, "reply/") {
		delete(k.offered, at) // what the last reply does not offer is offered no longer
	} else {
		if last, ok := k.offered[at]; ok && p.Instead == "" {
			last.stale = true
			k.offered[at] = last
		}
		at.key = p.Key
	}
	if len(choices) > 0 && who != "" {
		k.offered[at] = offer{choices: choices, until: until}
	}
}

func (k *model) commit(p bot.Post, e *expected) {
	e.committed++
	if e.committed > 1 {
		k.t.Fatalf("%s is said twice", p.Key)
	}
	if e.order >= 0 {
		k.told[e.lane] = append(k.told[e.lane], e.order)
	}
}
