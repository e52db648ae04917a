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

// MadeDrawer names what draws the news of an introduction that was made. How somebody is reached stands in no stored post:
// it is looked up, and both consents are looked at again, when the news is sent. The subject is the number of the
// introduction, and for the news to one side alone a stroke and the side.
const MadeDrawer = "introduce.made"

// givenUp is the command that is told when two could not be brought together in one room.
const givenUp = "introduce.unmet"

// bring is how two learn that both said yes: in a room for both, or where they are on different networks each alone.
func (v *Introduce) bring(i bot.Introduction, two [2]bot.Organisation, now time.Time) []bot.Post {
	one, other := i.Parties[0].Person, i.Parties[1].Person
	if one.Network != other.Network {
		return v.tellEach(i, now)
	}
	return []bot.Post{{
		Key: madeKey(i.ID),
		Where: bot.Address{
			Network: one.Network, People: []bot.UserID{one.ID, other.ID}, Gather: "introduction/" + i.ID.String(),
			Title: v.words.Plain("made.title", "first", two[0].Name, "second", two[1].Name),
		},
		Draw: MadeDrawer, Subject: i.ID.String(), GivenUp: givenUp,
		Urgency: bot.News, About: v.aboutMade(i), NotAfter: now.Add(newsLasts),
	}}
}

// tellEach tells each side alone how the other is reached.
func (v *Introduce) tellEach(i bot.Introduction, now time.Time) (posts []bot.Post) {
	for side, p := range i.Parties {
		posts = append(posts, bot.Post{
			Key: sideKey(i.ID, side), Where: bot.Private(p.Person), Draw: MadeDrawer, Subject: fmt.Sprintf("%s/%d", i.ID, side),
			Urgency: bot.News, Why: bot.Owed, About: v.aboutMade(i), NotAfter: now.Add(newsLasts),
		})
	}
	return posts
}

func (v *Introduce) aboutMade(i bot.Introduction) []string {
	return append(v.posted(i, i.Parties[0].Person, i.Parties[1].Person), bot.AboutMade(i.ID))
}

func madeKey(id bot.IntroductionID) string { return "made/" + id.String() }

func sideKey(id bot.IntroductionID, side int) string { return fmt.Sprintf("made/%s/%d", id, side) }

// Draw makes the news of an introduction at the moment it is told. There is none when one side withdrew, left, was
// forgotten or erased since, or wants to meet the other no more.
func (v *Introduce) Draw(ctx context.Context, p bot.Post, _ time.Time) (words bot.Reply, say bool, err error) {
	number, sided, alone := strings.Cut(p.Subject, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("which introduction: %w", err)
	}
	i, two, stands, err := v.stillMade(ctx, bot.IntroductionID(id))
	if err != nil || !stands {
		return nil, false, err
	}
	if !alone {
		return v.roomNews(i, two), true, nil
	}
	side, err := strconv.Atoi(sided)
	if err != nil || side < 0 || side > 1 {
		return nil, false, fmt.Errorf("which side of an introduction: %q", sided)
	}
	theirs := two[1-side]
	reach := v.words.Line("made.reach", "reach", theirs.Reach)
	if theirs.Reach == "" {
		reach = v.words.Line("made.noreach", "name", theirs.Name)
	}
	return bot.Lines(v.words.Line("made.across", "name", strong(theirs), "reason", i.Reason), reach, v.words.Line("made.ask")), true, nil
}

func (v *Introduce) roomNews(i bot.Introduction, two [2]bot.Organisation) bot.Reply {
	one, other := i.Parties[0].Person, i.Parties[1].Person
	var reach []bot.Line
	for _, o := range two {
		if o.Reach != "" {
			reach = append(reach, v.words.Line("made.reachof", "name", o.Name, "reach", o.Reach))
		}
	}
	return bot.Lines(slices.Concat([]bot.Line{
		v.words.Line("made.room", "first", strong(two[0]), "second", strong(two[1]), "reason", i.Reason),
		v.words.Line("made.people", "one", person(one), "first", two[0].Name, "two", person(other), "second", two[1].Name),
	}, reach, []bot.Line{v.words.Line("made.step", "one", person(one)), v.words.Line("made.ask")})...)
}

// stillMade is the second look: an introduction whose both consents stand, between two that may still meet.
func (v *Introduce) stillMade(ctx context.Context, id bot.IntroductionID) (i bot.Introduction, two [2]bot.Organisation, stands bool, err error) {
	i, err = v.store.Introduction(ctx, id)
	if err != nil {
		return i, two, false, ignoreNotFound(err)
	}
	if i.State != bot.IntroductionMade {
		return i, two, false, nil
	}
	for side, p := range i.Parties {
		if p.Assent != bot.Yes || p.Person.ID == "" {
			return i, two, false, nil
		}
		if two[side], err = v.store.Organisation(ctx, p.Organisation); err != nil {
			return i, two, false, ignoreNotFound(err)
		}
		barred, err := v.store.Barred(ctx, p.Organisation)
		if err != nil {
			return i, two, false, fmt.Errorf("barred: %w", err)
		}
		if !two[side].Listed || slices.Contains(barred, i.Parties[1-side].Organisation) {
			return i, two, false, nil
		}
	}
	return i, two, true, nil
}

// unmet tells each side alone what could not be told them in a room.
func (v *Introduce) unmet(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(m.Text, "made/"), 10, 64)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("which introduction was not told: %w", err)
	}
	i, _, stands, err := v.stillMade(ctx, bot.IntroductionID(id))
	if err != nil || !stands {
		return bot.Answer{}, err
	}
	return bot.Answer{Posts: v.tellEach(i, m.At)}, nil
}

// takeBack stops the news of an introduction that was made. It tells whether nobody can have read it yet; otherwise the
// transaction must not stand.
func (v *Introduce) takeBack(ctx context.Context, i bot.Introduction, now time.Time) (bool, error) {
	if _, err := v.store.SkipPosts(ctx, bot.AboutMade(i.ID), now); err != nil {
		return false, fmt.Errorf("posts: %w", err)
	}
	for _, key := range []string{madeKey(i.ID), sideKey(i.ID, 0), sideKey(i.ID, 1)} {
		read, err := v.store.PostMayBeRead(ctx, key)
		if err != nil || read {
			return false, err
		}
	}
	return true, nil
}

func ignoreNotFound(err error) error {
	if errors.Is(err, bot.ErrNotFound) {
		return nil
	}
	return err
}
