package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/inbox"
	"ginnel/bot/introduce"
	"ginnel/bot/match"
	"ginnel/bot/talk"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// pausing is a chooser that has something done while it thinks: after it has chosen, before that is known.
type pausing struct {
	introduce.Chooser
	meanwhile func(ctx context.Context, c match.Chosen) error
}

func (p pausing) Round(ctx context.Context, members []match.Member, barred func(a, b int64) bool, seed uint64, now time.Time) (match.Chosen, error) {
	c, err := p.Chooser.Round(ctx, members, barred, seed, now)
	if err != nil {
		return c, err
	}
	return c, p.meanwhile(ctx, c)
}

// roundBot is a bot in the made-up town, whose chooser pauses, with an inbox.
func roundBot(t *testing.T, url string, now time.Time, meanwhile func(context.Context, *storage.DB, match.Chosen) error) (*storage.DB, *talk.Bot, *inbox.Inbox) {
	t.Helper()
	db, b := roundTown(t, url, now, meanwhile)
	in, _ := roundInbox(db, b, now)
	return db, b, in
}

// roundInbox is an inbox for b. handled hears of each message, or step of one, that is done with.
func roundInbox(db *storage.DB, b *talk.Bot, now time.Time) (in *inbox.Inbox, handled chan struct{}) {
	handled = make(chan struct{}, 1<<10)
	return inbox.New(db, b.Handle, inbox.Options{
		Wants: b.Wants, Steps: b.Steps, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Handled: func() { handled <- struct{}{} },
	}), handled
}

func roundTown(t *testing.T, url string, now time.Time, meanwhile func(context.Context, *storage.DB, match.Chosen) error) (*storage.DB, *talk.Bot) {
	t.Helper()
	db, err := storage.Open(t.Context(), url, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := loadSample(t.Context(), db, func(name string) bot.Speaker { return speakerOf(name) }, now); err != nil {
		t.Fatal(err)
	}
	w, err := wireThrough(db, settings{zone: time.UTC, run: "us"}, func() time.Time { return now }, "round", slog.New(slog.DiscardHandler), func(c introduce.Chooser) introduce.Chooser {
		return pausing{c, func(ctx context.Context, c match.Chosen) error { return meanwhile(ctx, db, c) }}
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, w.bot
}

func speakerOf(name string) bot.Speaker {
	return bot.Speaker{Network: "talk", ID: bot.UserID(strings.ToLower(name)), Name: name}
}

var roundDay = time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)

// beginRound has the round begin.
func beginRound(t *testing.T, db *storage.DB) {
	t.Helper()
	if _, err := db.PutMessage(t.Context(), bot.Later(bot.WeekRound, "2026-W48", roundDay, "2026-W48"), roundDay); err != nil {
		t.Fatal(err)
	}
}

// ofRound are the introductions that a round proposed, by pair.
func ofRound(t *testing.T, db *storage.DB) map[[2]bot.OrganisationID]bot.Introduction {
	t.Helper()
	all, err := db.IntroductionsSince(t.Context(), roundDay)
	if err != nil {
		t.Fatal(err)
	}
	pairs := map[[2]bot.OrganisationID]bot.Introduction{}
	for _, i := range all {
		if i.Origin == bot.FromRound {
			a, b := i.Parties[0].Organisation, i.Parties[1].Organisation
			pairs[[2]bot.OrganisationID{min(a, b), max(a, b)}] = i
		}
	}
	return pairs
}

// TestAnswersDoNotWaitForTheRound has somebody ask, and be answered, while the round is thought of. Were a transaction open
// meanwhile, or did the inbox wait, it would never end.
func TestAnswersDoNotWaitForTheRound(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		thinking, goOn := make(chan struct{}), make(chan struct{})
		db, b := roundTown(t, url, roundDay, func(ctx context.Context, _ *storage.DB, _ match.Chosen) error {
			close(thinking)
			select {
			case <-goOn:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		in, handled := roundInbox(db, b, roundDay)
		beginRound(t, db)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		wait := start(ctx, in.Run)
		defer func() {
			cancel()
			if err := wait(); err != nil {
				t.Error(err)
			}
		}()
		until := func(c <-chan struct{}, what string) {
			t.Helper()
			select {
			case <-c:
			case <-ctx.Done():
				t.Fatal("in vain one waits for ", what)
			}
		}
		until(thinking, "the round")
		from := bot.Speaker{Network: "talk", ID: "newcomer", Name: "Nia"}
		for n, text := range []string{"who can help with bookkeeping?", "we are Lowdale Menders, QX3"} { // one reads, one writes
			m := bot.Message{ID: bot.MessageID(fmt.Sprint(n)), Kind: bot.Said, From: from, Where: bot.Private(from), ToUs: true, At: roundDay, Text: text}
			if err := in.Receive(ctx, m); err != nil {
				t.Fatal(err)
			}
			until(handled, "an answer")
		}
		if n := len(ofRound(t, db)); n > 0 {
			t.Errorf("%d are proposed that are still thought of", n)
		}
		close(goOn)
		for len(ofRound(t, db)) == 0 {
			until(handled, "the proposals")
		}
	})
}

// TestTheRoundLooksAgain changes, while the round is thought of, something about each of its pairs but the last: none of
// those is proposed, and what made it wrong shows to nobody.
func TestTheRoundLooksAgain(t *testing.T) {
	changes := map[string]func(ctx context.Context, db *storage.DB, p match.Pair) error{
		"a block": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			return db.Bar(ctx, bot.OrganisationID(p.B), bot.OrganisationID(p.A), roundDay)
		},
		"no room":        change(func(o *bot.Organisation) { o.Full = true }),
		"unlisted":       change(func(o *bot.Organisation) { o.Listed = false }),
		"no suggestions": change(func(o *bot.Organisation) { o.Suggest = 0 }),
		"nobody vouches": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			return anyError(change(func(o *bot.Organisation) { o.Sensitive = true })(ctx, db, p),
				change(func(o *bot.Organisation) { o.Vouched = false })(ctx, db, match.Pair{A: p.B}))
		},
		"quiet": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			s, err := speaks(ctx, db, p.B)
			return anyError(err, db.PutManners(ctx, bot.Manners{Person: s}))
		},
		"forgotten": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			s, err := speaks(ctx, db, p.A)
			if err == nil {
				_, err = db.Forget(ctx, s, roundDay)
			}
			return err
		},
		"the need is met": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			for org, ids := range map[int64][]int64{p.A: {p.Reason.NeedA, p.Reason.OfferA}, p.B: {p.Reason.NeedB, p.Reason.OfferB}} {
				for _, id := range ids {
					if id == 0 {
						continue
					}
					if err := db.RemoveEntry(ctx, bot.OrganisationID(org), bot.EntryID(id), roundDay); err != nil {
						return err
					}
				}
			}
			return nil
		},
		"asked for": func(ctx context.Context, db *storage.DB, p match.Pair) error {
			_, _, err := db.AddIntroduction(ctx, bot.Introduction{
				Parties: [2]bot.Party{{Organisation: bot.OrganisationID(p.B), Assent: bot.Yes}, {Organisation: bot.OrganisationID(p.A), Assent: bot.Asked}},
				Origin:  bot.FromAsk, State: bot.IntroductionOpen, At: roundDay, Lapses: roundDay.AddDate(0, 0, 14),
			})
			return err
		},
	}
	for what, happens := range changes {
		t.Run(what, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				var changed match.Pair
				planned := 0
				db, _, in := roundBot(t, url, roundDay, func(ctx context.Context, db *storage.DB, c match.Chosen) error {
					i := slices.IndexFunc(c.Pairs, func(p match.Pair) bool { return what != "the need is met" || p.Reason.Kind != match.SameField })
					if i < 0 || len(c.Pairs) < 3 {
						return fmt.Errorf("%d pairs are too few for this test", len(c.Pairs))
					}
					changed, planned = c.Pairs[i], len(c.Pairs)
					return happens(ctx, db, changed)
				})
				beginRound(t, db)
				if err := in.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				if in.Stats().Handled != 1 {
					t.Fatalf("%+v", in.Stats())
				}
				proposed := ofRound(t, db)
				if i, ok := proposed[[2]bot.OrganisationID{bot.OrganisationID(changed.A), bot.OrganisationID(changed.B)}]; ok {
					t.Errorf("it is proposed all the same: %s", i.Reason)
				}
				if len(proposed) != planned-1 {
					t.Errorf("%d pairs of %d are proposed, want all but one", len(proposed), planned)
				}
			})
		})
	}
}

// TestARoundBegunTwiceProposesOnce ends the process after each step of a round in turn, and begins anew in another; and
// then has two processes, which have thought of the same round, take their steps in turns. Nobody is proposed two others, or
// the same one twice.
func TestARoundBegunTwiceProposesOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		pairs := 0
		count := func(_ context.Context, _ *storage.DB, c match.Chosen) error {
			pairs = max(pairs, len(c.Pairs))
			return nil
		}
		db, b, in := roundBot(t, url, roundDay, count)
		beginRound(t, db)
		round := bot.Later(bot.WeekRound, "2026-W48", roundDay, "2026-W48")
		var thought [2][]bot.Step
		for n := range thought {
			steps, err := b.Steps(round)(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			thought[n] = steps
		}
		for n := range thought[0][:len(thought[0])-1] { // the last would end it
			for _, steps := range thought {
				if taken, err := db.HandleStep(t.Context(), round.Key(), roundDay, false, steps[n]); err != nil || !taken {
					t.Fatal(taken, err)
				}
			}
			if again, err := b.Steps(round)(t.Context()); err != nil || len(again) > len(thought[0]) {
				t.Fatalf("%d steps are left of %d: %v", len(again), len(thought[0]), err)
			}
		}
		if err := in.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		times := map[bot.OrganisationID]int{}
		proposed := ofRound(t, db)
		for pair := range proposed {
			times[pair[0]]++
			times[pair[1]]++
		}
		for id, n := range times {
			if n > 1 {
				t.Errorf("group %d is proposed %d others", id, n)
			}
		}
		if len(proposed) != pairs || pairs == 0 {
			t.Errorf("%d pairs are proposed of %d", len(proposed), pairs)
		}
		prompts, err := db.Prompts(t.Context(), roundDay)
		if err != nil {
			t.Fatal(err)
		}
		asked := 0
		for _, p := range prompts {
			if strings.HasPrefix(p.Key, "proposal/") {
				asked++
			}
		}
		if asked != 2*len(proposed) {
			t.Errorf("%d are asked of %d pairs", asked, len(proposed))
		}
	})
}

func change(f func(*bot.Organisation)) func(context.Context, *storage.DB, match.Pair) error {
	return func(ctx context.Context, db *storage.DB, p match.Pair) error {
		return db.UpdateOrganisation(ctx, bot.OrganisationID(p.A), func(o bot.Organisation) (bot.Organisation, error) {
			f(&o)
			return o, nil
		})
	}
}

func speaks(ctx context.Context, db *storage.DB, id int64) (bot.Speaker, error) {
	all, err := db.Contacts(ctx, bot.OrganisationID(id))
	if err != nil || len(all) == 0 {
		return bot.Speaker{}, anyError(err, bot.ErrNotFound)
	}
	return all[0].Speaker, nil
}

func anyError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}
