package storage_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func open(t *testing.T, url string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), url, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	amina = bot.Speaker{Network: "net", ID: "amina", Name: "Amina"}
	tom   = bot.Speaker{Network: "net", ID: "tom", Name: "Tom"}
)

func message(id, room string) bot.Message {
	return bot.Message{
		ID: bot.MessageID(id), Kind: bot.Said, From: amina, Where: bot.Address{Network: "net", Room: bot.RoomID(room)},
		Text: "secret words of " + id, ToUs: true, At: start,
	}
}

func add(t *testing.T, db *storage.DB, name string, s bot.Speaker) bot.OrganisationID {
	t.Helper()
	return must[bot.OrganisationID](t)(db.AddOrganisation(t.Context(), bot.Organisation{Name: name, Income: -1, Joined: true, Listed: true, Confirmed: start},
		bot.Contact{Speaker: s, Steward: true, Since: start}))
}

func TestMessagesAreStoredOnceAndInOrder(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		for _, m := range []bot.Message{message("1", "hall"), message("2", "hall"), message("3", "shed"), message("1", "hall")} {
			fresh := must[bool](t)(db.PutMessage(ctx, m, start))
			if fresh != (m.ID != "1" || m.Text == "") && m.ID != "1" {
				t.Errorf("%s is fresh: %v", m.ID, fresh)
			}
		}
		later := bot.Later("x", "1", start.Add(time.Hour), "then")
		must[bool](t)(db.PutMessage(ctx, later, start))

		next := func(now time.Time) string {
			w, ok, wake, err := db.NextMessage(ctx, now)
			check(t, err)
			if !ok {
				return "wake " + wake.Format(time.TimeOnly)
			}
			return string(w.Message.ID)
		}
		if got := next(start); got != "1" {
			t.Fatalf("first comes %s", got)
		}
		// While the first of a lane waits for another try, its lane waits, and nobody else.
		check(t, db.PutBackMessage(ctx, "@net/1", 1, start.Add(time.Minute)))
		if got := next(start); got != "3" {
			t.Fatalf("next comes %s", got)
		}
		taken, err := db.HandleMessage(ctx, "@net/3", start, func(ctx context.Context) (bot.Answer, error) {
			return bot.Answer{Posts: []bot.Post{{Key: "reply/@net/3", Where: bot.Private(amina)}}, Later: []bot.Message{bot.Later("x", "1", start, "again"), bot.Later("x", "2", start.Add(2*time.Hour), "more")}}, nil
		})
		if !taken || err != nil {
			t.Fatal(taken, err)
		}
		if got := next(start); got != "wake 10:01:00" {
			t.Fatalf("then %s", got)
		}
		if got := next(start.Add(time.Minute)); got != "1" {
			t.Fatalf("after a minute comes %s", got)
		}
		// What fails leaves nothing behind.
		wrong := errors.New("wrong")
		_, err = db.HandleMessage(ctx, "@net/1", start, func(ctx context.Context) (bot.Answer, error) {
			_, err := db.AddOrganisation(ctx, bot.Organisation{Name: "half"}, bot.Contact{Speaker: amina})
			check(t, err)
			return bot.Answer{}, wrong
		})
		if !errors.Is(err, wrong) {
			t.Fatal(err)
		}
		if found := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "half")); len(found) != 0 {
			t.Error("half of a message was kept")
		}
		check(t, db.CountTry(ctx, "@net/1"))
		if w, _, _, _ := db.NextMessage(ctx, start.Add(time.Minute)); w.Tries != 2 {
			t.Errorf("tries: %d", w.Tries)
		}
		// A step saves its answer, and the message stays open.
		say := func(key string) bot.Step {
			return func(context.Context) (bot.Answer, error) {
				return bot.Answer{Posts: []bot.Post{{Key: key, Where: bot.Private(amina)}}}, nil
			}
		}
		for n, last := range []bool{false, true} {
			if taken, err := db.HandleStep(ctx, later.Key(), start, last, say(fmt.Sprint("step/", n))); !taken || err != nil {
				t.Fatal(taken, err)
			}
		}
		if taken, err := db.HandleStep(ctx, later.Key(), start, false, say("step/2")); taken || err != nil {
			t.Errorf("a step of what is done with is taken: %v, %v", taken, err)
		}
		if counts := must[map[string]int64](t)(db.Counts(ctx)); counts["outbox/waiting"] != 3 { // with that of the answer before
			t.Errorf("%v", counts)
		}
		if w, ok, _, err := db.NextMessage(ctx, start.Add(time.Minute), "@net/1"); err != nil || ok && w.Message.Key() == "@net/1" {
			t.Errorf("%s comes, although it is taken: %v", w.Message.Key(), err)
		}
		check(t, db.FinishMessage(ctx, "@net/1", start, bot.Answer{}, true))
		if got := next(start); got != "2" {
			t.Fatalf("then comes %s", got)
		}
		if taken, _ := db.HandleMessage(ctx, "@net/1", start, nil); taken {
			t.Error("handled twice")
		}
		if must[bool](t)(db.PutMessage(ctx, message("1", "hall"), start)) {
			t.Error("a handled message came again")
		}
		if got := must[map[string]int64](t)(db.Counts(ctx)); got["inbox/aside"] != 1 || got["inbox/handled"] != 2 || got["inbox/open"] != 2 {
			t.Errorf("counts: %v", got)
		}
	})
}

func post(key, room string) bot.Post {
	return bot.Post{Key: key, Where: bot.Address{Network: "net", Room: bot.RoomID(room)}, For: "amina", Reply: bot.Lines(bot.Text("secret " + key)).Choose(bot.Choice{Label: "yes", Say: "say " + key})}
}

func claim(t *testing.T, db *storage.DB, now time.Time) string {
	t.Helper()
	return claimAs(t, db, "me", now)
}

func claimAs(t *testing.T, db *storage.DB, owner string, now time.Time) string {
	t.Helper()
	c, ok, wake, err := db.ClaimPost(t.Context(), now, owner, now.Add(time.Minute), "net", nil)
	check(t, err)
	switch {
	case !ok && wake.IsZero():
		return "none"
	case !ok:
		return "wake " + wake.Format(time.TimeOnly)
	case c.Unknown:
		return c.Key + " unknown since " + c.Tried.Format(time.TimeOnly)
	}
	return c.Key
}

func TestPostsAreClaimedInOrder(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		digest := post("digest", "hall")
		digest.Urgency = bot.Whenever
		morning := post("morning", "hall")
		morning.NotBefore, morning.Urgency = start.Add(time.Hour), bot.AtOnce
		stale := post("stale", "hall")
		stale.NotAfter, stale.Urgency = start.Add(-time.Second), bot.AtOnce
		one, two, three, other := post("reply/1", "hall"), post("reply/2", "hall"), post("reply/3", "shed"), post("reply/4", "hall")
		for _, p := range []*bot.Post{&one, &two, &three, &other} {
			p.Urgency = bot.AtOnce
		}
		other.Where.Network = "elsewhere"
		check(t, db.PutPosts(ctx, start, digest, morning, stale, one, two, three, other, one))

		expect := func(now time.Time, want string) {
			t.Helper()
			if got := claim(t, db, now); got != want {
				t.Fatalf("claimed %s, want %s", got, want)
			}
		}
		expect(start, "reply/1")
		expect(start, "reply/3") // the hall waits for its first
		expect(start, "digest")  // of another urgency
		expect(start, "wake 10:01:00")
		check(t, db.PutBackPost(ctx, "reply/1", "me", bot.PutBack{Due: start.Add(10 * time.Second)}, start))
		expect(start, "wake 10:00:10")
		expect(start.Add(10*time.Second), "reply/1")
		check(t, db.PutBackPost(ctx, "reply/1", "me", bot.PutBack{Due: start.Add(20 * time.Second), Unknown: true, Tried: start.Add(11 * time.Second)}, start))
		expect(start.Add(20*time.Second), "reply/1 unknown since 10:00:11")
		if err := db.SentPost(ctx, "reply/1", "you", "m1", start); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("somebody else ended it: %v", err)
		}
		check(t, db.SentPost(ctx, "reply/1", "me", "m1", start))
		expect(start.Add(20*time.Second), "reply/2")
		check(t, db.FinishPost(ctx, "reply/2", "me", bot.PostDead, start, bot.Message{ID: "failed/reply/2", Kind: bot.Failed, For: "x", Where: bot.Address{Network: "net"}}))
		// A lease that ran out may have been used, and by its owner it may be still.
		expect(start.Add(2*time.Minute), "wake 11:00:00")
		if got := claimAs(t, db, "you", start.Add(2*time.Minute)); got != "reply/3 unknown since 10:00:00" {
			t.Errorf("claimed %s", got)
		}
		if w, ok, _, _ := db.NextMessage(ctx, start); !ok || w.Message.Kind != bot.Failed {
			t.Errorf("nobody hears of the failure: %+v", w)
		}
		if id, ok, err := db.SentID(ctx, "reply/1"); id != "m1" || !ok || err != nil {
			t.Error(id, ok, err)
		}
		if got := must[map[string]int64](t)(db.Counts(ctx)); got["outbox/sent"] != 1 || got["outbox/dead"] != 1 || got["outbox/expired"] != 1 || got["outbox/leased"] != 2 {
			t.Errorf("counts: %v", got)
		}
		check(t, db.Tidy(ctx, start.AddDate(0, 2, 0)))
		if got := must[map[string]int64](t)(db.Counts(ctx)); got["outbox/sent"] != 0 || got["outbox/expired"] != 1 || got["outbox/leased"] != 2 {
			t.Errorf("after tidying: %v", got)
		}
	})
}

func TestSkippedPostsAreNotSaid(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		about := post("a", "hall")
		about.About = []string{bot.AboutOrganisation(7)}
		check(t, db.PutPosts(ctx, start, about, post("b", "shed")))
		if n := must[int](t)(db.SkipPosts(ctx, bot.AboutOrganisation(7), start)); n != 1 {
			t.Errorf("skipped %d", n)
		}
		if got := claim(t, db, start); got != "b" {
			t.Errorf("claimed %s", got)
		}
	})
}

func TestRegister(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		id := add(t, db, "The Tally Trust", amina)
		o := must[bot.Organisation](t)(db.Organisation(ctx, id))
		want := bot.Organisation{ID: id, Name: "The Tally Trust", Income: -1, Joined: true, Listed: true, Confirmed: start, Changed: o.Changed}
		if diff := cmp.Diff(want, o); diff != "" {
			t.Error(diff)
		}
		full := want
		full.Full, full.FullUntil, full.AsksMonth, full.AsksSeen, full.AsksSince = true, bot.Date{Year: 2027, Month: 3, Day: 1}, 2, 1, bot.Date{Year: 2026, Month: 11, Day: 1}
		full.Postcode, full.About, full.Web, full.Role, full.Sensitive, full.Vouched, full.Income = "QX1 1AA", "about", "https://x.example", "Chair", true, true, 12
		check(t, db.UpdateOrganisation(ctx, id, func(o bot.Organisation) (bot.Organisation, error) { return full, nil }))
		o = must[bot.Organisation](t)(db.Organisation(ctx, id))
		full.Changed = o.Changed
		if diff := cmp.Diff(full, o); diff != "" || o.Changed <= want.Changed {
			t.Error(diff, o.Changed)
		}
		if _, err := db.Organisation(ctx, 99); !errors.Is(err, bot.ErrNotFound) {
			t.Error(err)
		}
		for name, n := range map[string]int{"tally trust": 1, "TALLY": 1, "trust 100%": 0, "": 0} {
			if found := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, name)); len(found) != n {
				t.Errorf("%q names %d", name, len(found))
			}
		}

		e := bot.Entry{Organisation: id, Side: bot.Offer, Text: "A hall", Terms: bot.Free}
		first, fresh, err := db.AddEntry(ctx, e, start)
		if !fresh || err != nil {
			t.Fatal(fresh, err)
		}
		e.Text, e.Until = "a hall!", bot.Date{Year: 2027, Month: 1, Day: 2}
		again, fresh, err := db.AddEntry(ctx, e, start.Add(time.Hour))
		if fresh || err != nil || again != first {
			t.Fatal(again, fresh, err)
		}
		e.Side = bot.Need
		if _, fresh, _ := db.AddEntry(ctx, e, start); !fresh {
			t.Error("a need is not an offer")
		}
		entries := must[[]bot.Entry](t)(db.Entries(ctx, id))
		if len(entries) != 2 || !entries[0].Confirmed.Equal(start.Add(time.Hour)) || entries[0].Until != e.Until || entries[0].Terms != bot.Free {
			t.Errorf("entries: %+v", entries)
		}
		check(t, db.RemoveEntry(ctx, id, first, start))
		if err := db.RemoveEntry(ctx, id, first, start); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		check(t, db.ConfirmEntries(ctx, id, start.Add(2*time.Hour)))
		if entries = must[[]bot.Entry](t)(db.Entries(ctx, id)); len(entries) != 1 || !entries[0].Confirmed.Equal(start.Add(2*time.Hour)) {
			t.Errorf("entries: %+v", entries)
		}

		if err := db.Claim(ctx, id, bot.Contact{Speaker: tom}, start); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("somebody else's was claimed: %v", err)
		}
		if got := must[[]bot.Standing](t)(db.Standings(ctx, amina)); len(got) != 1 || got[0] != (bot.Standing{Organisation: id, Name: "The Tally Trust", Steward: true}) {
			t.Errorf("standings: %+v", got)
		}
		if got := must[[]bot.Standing](t)(db.Standings(ctx, tom)); got != nil {
			t.Errorf("standings: %+v", got)
		}
	})
}

func follow(t *testing.T, db *storage.DB, since int64) (names []string, seq int64) {
	t.Helper()
	seq, err := db.EachChange(t.Context(), since, func(l bot.Listing) error {
		name := l.Organisation.Name
		if l.Gone {
			name += " gone"
		}
		for _, e := range l.Offers {
			name += "/" + e.Text
		}
		names = append(names, name)
		return nil
	})
	check(t, err)
	return names, seq
}

func TestChangesAreFollowed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		a, b := add(t, db, "A", amina), add(t, db, "B", tom)
		for _, text := range []string{"one", "two"} {
			_, _, err := db.AddEntry(ctx, bot.Entry{Organisation: a, Side: bot.Offer, Text: text}, start)
			check(t, err)
		}
		names, seq := follow(t, db, 0)
		if diff := cmp.Diff([]string{"B", "A/one/two"}, names); diff != "" {
			t.Error(diff)
		}
		if names, same := follow(t, db, seq); names != nil || same != seq {
			t.Error(names, same)
		}
		check(t, db.UpdateOrganisation(ctx, b, func(o bot.Organisation) (bot.Organisation, error) {
			o.Listed = false
			return o, nil
		}))
		names, _ = follow(t, db, seq)
		if diff := cmp.Diff([]string{"B gone"}, names); diff != "" {
			t.Error(diff)
		}
		if names, _ := follow(t, db, 0); !slices.Equal(names, []string{"A/one/two"}) {
			t.Error(names)
		}
	})
}

// TestAnswered: only to be introduced is an answer, a no is as silence until the end, what ended early counts for nobody, and below three askers
// there is no record.
func TestAnswered(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		helper := add(t, db, "A", amina)
		var others []bot.OrganisationID
		for i := range 6 {
			others = append(others, add(t, db, fmt.Sprint("B", i), tom))
		}
		ask := func(asker bot.OrganisationID, end func(*bot.Introduction)) {
			i := bot.Introduction{Origin: bot.FromAsk, State: bot.IntroductionOpen, At: start, Lapses: start.AddDate(0, 0, 14)}
			i.Parties = [2]bot.Party{{Organisation: asker, Assent: bot.Yes}, {Organisation: helper, Assent: bot.Asked}}
			id, _, err := db.AddIntroduction(ctx, i)
			check(t, err)
			check(t, db.UpdateIntroduction(ctx, id, func(i bot.Introduction) (bot.Introduction, error) {
				end(&i)
				return i, nil
			}))
		}
		over := func(assent bot.Assent, days int) func(*bot.Introduction) {
			return func(i *bot.Introduction) {
				i.Parties[1].Assent, i.State, i.Ended = assent, bot.IntroductionOver, start.AddDate(0, 0, days)
			}
		}
		want := func(now time.Time, want map[bot.OrganisationID]bot.Answered) {
			t.Helper()
			if diff := cmp.Diff(want, must[map[bot.OrganisationID]bot.Answered](t)(db.Answered(ctx, now))); diff != "" {
				t.Error(diff)
			}
		}
		later := start.AddDate(0, 1, 0)
		ask(others[0], over(bot.No, 14))
		ask(others[1], over(bot.Asked, 14))
		ask(others[1], over(bot.Asked, 15)) // the same asker again
		want(later, map[bot.OrganisationID]bot.Answered{})
		ask(others[2], over(bot.Asked, 3)) // no longer needed
		ask(others[3], func(i *bot.Introduction) { i.Parties[1].Assent = bot.No })
		ask(others[4], func(*bot.Introduction) {})
		want(later, map[bot.OrganisationID]bot.Answered{})
		ask(others[5], func(i *bot.Introduction) {
			i.Parties[1].Assent, i.State, i.Made = bot.Yes, bot.IntroductionMade, start.AddDate(0, 0, 1)
		})
		want(later, map[bot.OrganisationID]bot.Answered{helper: {Asked: 4, Answered: 1}})
		want(start.AddDate(2, 0, 0), map[bot.OrganisationID]bot.Answered{})
	})
}

// TestForgottenReach: how an organisation is reached and how far it goes leave with the last who spoke for it.
func TestForgottenReach(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		id := add(t, db, "A", amina)
		check(t, db.UpdateOrganisation(ctx, id, func(o bot.Organisation) (bot.Organisation, error) {
			o.Reach, o.Covers = "amina@a.example", "Harthwaite"
			return o, nil
		}))
		if o := must[bot.Organisation](t)(db.Organisation(ctx, id)); o.Reach == "" || o.Covers != "Harthwaite" {
			t.Errorf("%+v", o)
		}
		_, err := db.Forget(ctx, amina, start)
		check(t, err)
		if o := must[bot.Organisation](t)(db.Organisation(ctx, id)); o.Reach != "" || o.Covers != "" {
			t.Errorf("%+v", o)
		}
	})
}

// TestThanksAreFollowed: whoever was thanked is seen again when both let it be told, and it goes with the giver.
func TestThanksAreFollowed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		giver, helper := add(t, db, "A", amina), add(t, db, "B", tom)
		var seq int64
		news := func() (all []string) {
			next, err := db.EachChange(ctx, seq, func(l bot.Listing) error {
				for _, h := range l.Helped {
					all = append(all, l.Organisation.Name+" "+h.What)
				}
				if l.Helped == nil {
					all = append(all, l.Organisation.Name)
				}
				return nil
			})
			check(t, err)
			seq = next
			return all
		}
		want := func(want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, news()); diff != "" {
				t.Error(diff)
			}
		}
		want("A", "B")
		id := must[int64](t)(db.AddThanks(ctx, bot.Thanks{Giver: giver, Helper: helper, What: "a boiler", At: start}))
		check(t, db.AllowThanks(ctx, id, helper, start))
		want()
		if _, err := db.ToldThanks(ctx, id); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("told before both let it be: %v", err)
		}
		check(t, db.AllowThanks(ctx, id, giver, start))
		want("B a boiler")
		if got := must[bot.Thanks](t)(db.ToldThanks(ctx, id)); got != (bot.Thanks{ID: id, Giver: giver, Helper: helper, What: "a boiler", At: start}) {
			t.Errorf("%+v", got)
		}
		if err := db.AllowThanks(ctx, id, 99, start); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("somebody else let it be told: %v", err)
		}
		_, err := db.Forget(ctx, amina, start)
		check(t, err)
		want("–", "B")
		if _, err := db.ToldThanks(ctx, id); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("thanks that were forgotten: %v", err)
		}
	})
}

// Several replicas at once: nothing is claimed twice, nothing handled twice, and whoever follows the changes
// misses none.
func TestManyAtOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		const messages, workers = 60, 6
		id := add(t, db, "A", amina)
		for i := range messages {
			must[bool](t)(db.PutMessage(ctx, message(fmt.Sprint(i), fmt.Sprint("room", i%7)), start))
		}
		var mu sync.Mutex
		handled, said, last := map[string]int{}, map[string]int{}, map[string]string{}
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() {
				for range 10_000 {
					m, ok, _, err := db.NextMessage(ctx, start)
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						return
					}
					key := m.Message.Key()
					_, err = db.HandleMessage(ctx, key, start, func(ctx context.Context) (bot.Answer, error) {
						mu.Lock()
						handled[key]++
						mu.Unlock()
						_, _, err := db.AddEntry(ctx, bot.Entry{Organisation: id, Side: bot.Offer, Text: key}, start)
						return bot.Answer{Posts: []bot.Post{{Key: "reply/" + key, Where: m.Message.Where}}}, err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				owner := fmt.Sprint("w", w)
				for quiet := 0; quiet < 50; {
					c, ok, _, err := db.ClaimPost(ctx, start, owner, start.Add(time.Minute), "net", nil)
					if err != nil {
						t.Error(err)
						return
					}
					if !ok {
						quiet++
						time.Sleep(time.Millisecond)
						continue
					}
					mu.Lock()
					said[c.Key]++
					last[string(c.Where.Room)] += " " + c.Key
					mu.Unlock()
					if err := db.SentPost(ctx, c.Key, owner, "m", start); err != nil {
						t.Error(err)
					}
				}
			})
		}
		seen := map[string]bool{}
		var since int64
		all.Go(func() {
			for range 200 {
				seq, err := db.EachChange(ctx, since, func(l bot.Listing) error {
					for _, e := range l.Offers {
						seen[e.Text] = true
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				since = seq
			}
		})
		all.Wait()
		for range 3 {
			for { // what the last of the workers were too impatient for
				c, ok, _, err := db.ClaimPost(ctx, start, "end", start.Add(time.Minute), "net", nil)
				check(t, err)
				if !ok {
					break
				}
				said[c.Key]++
				check(t, db.SentPost(ctx, c.Key, "end", "m", start))
			}
		}
		_, err := db.EachChange(ctx, since, func(l bot.Listing) error {
			for _, e := range l.Offers {
				seen[e.Text] = true
			}
			return nil
		})
		check(t, err)
		for i := range messages {
			key := fmt.Sprint("@net/", i)
			if handled[key] != 1 || said["reply/"+key] != 1 || !seen[key] {
				t.Errorf("%s: handled %d times, said %d times, seen %v", key, handled[key], said["reply/"+key], seen[key])
			}
		}
	})
}

func TestForget(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		own := add(t, db, "Own", amina)
		_, _, err := db.AddEntry(ctx, bot.Entry{Organisation: own, Side: bot.Offer, Text: "chess"}, start)
		check(t, err)
		importRows(t, db, "list", row("x1", "Imported", "tea"))
		imported := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Imported"))[0].ID
		check(t, db.Claim(ctx, imported, bot.Contact{Speaker: amina, Steward: true, Since: start}, start))
		_, err = db.SaveAsk(ctx, bot.Ask{Organisation: own, Asker: amina, Where: bot.Private(amina), Text: "secret ask", At: start, Watch: true})
		check(t, err)
		for _, p := range []bot.Post{{Key: "to", Where: bot.Private(amina)}, {Key: "about", Where: bot.Private(tom), About: []string{bot.AboutPerson(amina)}}, {Key: "tom", Where: bot.Private(tom)}} {
			check(t, db.PutPosts(ctx, start, p))
		}
		due := bot.Later("x", "1", start, "secret")
		due.From = amina
		must[bool](t)(db.PutMessage(ctx, due, start))
		before := must[bot.PersonalData](t)(db.PersonalData(ctx, amina))
		if len(before.Contacts) != 2 || len(before.Asks) != 1 || before.Waiting != 1 || len(before.Since) != 2 {
			t.Errorf("kept: %+v", before)
		}
		unlisted := must[[]string](t)(db.Forget(ctx, amina, start))
		if !slices.Equal(unlisted, []string{"Own"}) {
			t.Errorf("unlisted: %v", unlisted)
		}
		if diff := cmp.Diff(bot.PersonalData{}, must[bot.PersonalData](t)(db.PersonalData(ctx, amina))); diff != "" {
			t.Error(diff)
		}
		if o := must[bot.Organisation](t)(db.Organisation(ctx, own)); o.Listed || o.Joined {
			t.Error("it is still listed")
		}
		if o := must[bot.Organisation](t)(db.Organisation(ctx, imported)); !o.Listed || o.Joined {
			t.Error("the imported one is not as it was")
		}
		if got := must[map[string]int64](t)(db.Counts(ctx)); got["outbox/skipped"] != 2 || got["inbox/open"] != 0 {
			t.Errorf("counts: %v", got)
		}
		if got := claim(t, db, start); got != "tom" {
			t.Errorf("claimed %s", got)
		}
	})
}

// After forgetting, the words are nowhere in the file.
func TestForgottenWordsLeaveTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, ctx := open(t, path), t.Context()
	own := add(t, db, "Zanzibarian Chess", amina)
	_, err := db.SaveAsk(ctx, bot.Ask{Organisation: own, Asker: bot.Speaker{Network: "net", ID: "amina", Name: "Quixotica"}, Text: "Quixotica", At: start})
	check(t, err)
	must[bool](t)(db.PutMessage(ctx, message("Quixotica", "hall"), start))
	check(t, db.FinishMessage(ctx, "@net/Quixotica", start, bot.Answer{}, false))
	must[[]string](t)(db.Forget(ctx, amina, start))
	check(t, db.Close())
	for _, name := range must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(path))) {
		data := must[[]byte](t)(os.ReadFile(filepath.Join(filepath.Dir(path), name.Name())))
		for _, word := range []string{"secret words of", "Quixotica\x00"} {
			if strings.Contains(string(data), word) {
				t.Errorf("%s still holds %q", name.Name(), word)
			}
		}
	}
}

func row(ref, name string, offers ...string) bot.Imported {
	r := bot.Imported{Organisation: bot.Organisation{Ref: ref, Name: name, Postcode: "QX1", Income: -1, Listed: true}}
	for _, o := range offers {
		r.Entries = append(r.Entries, bot.Entry{Side: bot.Offer, Text: o, Imported: true})
	}
	return r
}

func rows(all ...bot.Imported) iter.Seq2[bot.Imported, error] {
	return func(yield func(bot.Imported, error) bool) {
		for i, r := range all {
			r.Line = i + 2
			if !yield(r, nil) {
				return
			}
		}
	}
}

func importRows(t *testing.T, db *storage.DB, list string, all ...bot.Imported) bot.ImportReport {
	t.Helper()
	return must[bot.ImportReport](t)(db.Import(t.Context(), list, rows(all...), false, start, nil))
}

func TestImport(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		file := []bot.Imported{row("1", "Alpha", "tea", "cake"), row("2", "Beta", "bread"), row("3", "Gamma")}
		report := func(name string, want bot.ImportReport, list string, all ...bot.Imported) {
			t.Helper()
			want.Rows = len(all)
			if diff := cmp.Diff(want, importRows(t, db, list, all...)); diff != "" {
				t.Errorf("%s:\n%s", name, diff)
			}
		}
		dry := must[bot.ImportReport](t)(db.Import(ctx, "list", rows(file...), true, start, nil))
		if dry.Added != 3 {
			t.Errorf("dry: %+v", dry)
		}
		if names, _ := follow(t, db, 0); names != nil {
			t.Errorf("a dry run added %v", names)
		}
		report("first", bot.ImportReport{Added: 3}, "list", file...)
		names, seq := follow(t, db, 0)
		if diff := cmp.Diff([]string{"Alpha/tea/cake", "Beta/bread", "Gamma"}, names); diff != "" {
			t.Error(diff)
		}
		report("again", bot.ImportReport{Same: 3}, "list", file...)
		if names, same := follow(t, db, seq); names != nil || same != seq {
			t.Errorf("the same file changed %v", names)
		}
		// The same numbers on another list are other organisations, unless they have the same names.
		report("elsewhere", bot.ImportReport{Added: 1, Same: 1}, "other", row("1", "Omega"), row("2", "Beta", "bread"))

		file[0] = row("1", "Alpha", "tea", "scones")
		file[2] = row("3", "Gamma Delta")
		report("changed", bot.ImportReport{Changed: 2, Same: 1}, "list", file...)
		report("missing", bot.ImportReport{Same: 2, Missing: []string{"Gamma Delta"}}, "list", file[:2]...)
		names, _ = follow(t, db, seq)
		slices.Sort(names)
		if diff := cmp.Diff([]string{"Alpha/tea/scones", "Gamma Delta", "Omega"}, names); diff != "" {
			t.Error(diff)
		}

		// What a steward says stays, and what a steward took back stays away.
		beta := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Beta"))[0].ID
		check(t, db.Claim(ctx, beta, bot.Contact{Speaker: amina, Steward: true}, start))
		entries := must[[]bot.Entry](t)(db.Entries(ctx, beta))
		check(t, db.RemoveEntry(ctx, beta, entries[0].ID, start))
		_, _, err := db.AddEntry(ctx, bot.Entry{Organisation: beta, Side: bot.Offer, Text: "our own bread"}, start)
		check(t, err)
		report("claimed", bot.ImportReport{Kept: 1, Same: 2, Missing: []string{"Gamma Delta"}}, "list", file[0], row("2", "Beta Renamed", "bread", "buns"))
		if got := must[[]bot.Entry](t)(db.Entries(ctx, beta)); len(got) != 1 || got[0].Text != "our own bread" {
			t.Errorf("its entries: %+v", got)
		}
		// Once nobody speaks for it, it is what the list last said.
		must[[]string](t)(db.Forget(ctx, amina, start))
		report("unclaimed again", bot.ImportReport{Same: 2, Missing: []string{"Gamma Delta"}}, "list", file[0], row("2", "Beta Renamed", "bread", "buns"))
		got := []string{}
		for _, e := range must[[]bot.Entry](t)(db.Entries(ctx, beta)) {
			got = append(got, e.Text)
		}
		if !slices.Equal(got, []string{"bread", "buns"}) {
			t.Errorf("its entries: %v", got)
		}

		// All or nothing.
		wrong := errors.New("row 2 is bad")
		_, err = db.Import(ctx, "bad", func(yield func(bot.Imported, error) bool) {
			_ = yield(row("9", "Never"), nil) && yield(bot.Imported{}, wrong)
		}, false, start, nil)
		if !errors.Is(err, wrong) {
			t.Error(err)
		}
		if found := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Never")); len(found) != 0 {
			t.Error("half a list was loaded")
		}
	})
}

func TestAccountsAreHeldByOne(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		hold := func(owner string, lease time.Duration) bool {
			return must[bool](t)(db.HoldAccount(ctx, "net", owner, lease))
		}
		if strings.HasPrefix(url, "/") {
			if !hold("a", time.Minute) {
				t.Error("the only process does not hold it")
			}
			return
		}
		if !hold("a", time.Minute) || !hold("a", 2*time.Minute) || hold("b", time.Minute) {
			t.Error("two hold it")
		}
		// By the clock of the database alone.
		check(t, storage.Exec(db, `update account set until = until - 121000`))
		if !hold("b", time.Minute) || hold("a", time.Minute) {
			t.Error("a lease does not end")
		}
		check(t, db.ReleaseAccount(ctx, "net", "b"))
		if !hold("a", time.Minute) {
			t.Error("it was not given back")
		}
		// Whoever had a clock that was a year ahead has it no longer than others.
		check(t, storage.Exec(db, `update account set until = until + 31536000000`))
		if !hold("b", time.Minute) {
			t.Error("a lease never ends")
		}
	})
}

func TestKeepIsApart(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		check(t, db.Keep("a").Put(ctx, "x", "1"))
		check(t, db.Keep("a").Put(ctx, "x", "2"))
		if a, b := must[string](t)(db.Keep("a").Get(ctx, "x")), must[string](t)(db.Keep("b").Get(ctx, "x")); a != "2" || b != "" {
			t.Error(a, b)
		}
		check(t, db.PutPlaces(ctx, []bot.Place{{Outcode: "QX1", Town: "Harthwaite", Lat: 53, Lon: -2}}))
		check(t, db.PutPlaces(ctx, []bot.Place{{Outcode: "QX1", Town: "Harthwaite", Lat: 54, Lon: -2}}))
		if p := must[[]bot.Place](t)(db.Places(ctx)); len(p) != 1 || p[0].Lat != 54 {
			t.Error(p)
		}
		check(t, db.PutGatherRoom(ctx, "a", "g", "r"))
		if r := must[bot.RoomID](t)(db.GatherRoom(ctx, "a", "g")); r != "r" {
			t.Error(r)
		}
		check(t, db.Writable(ctx))
	})
}

func TestDatabasesThatAreRefused(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	text := filepath.Join(dir, "notes.txt")
	check(t, os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o600))
	file := filepath.Join(dir, "ginnel.db")
	db := open(t, file)
	for name, c := range map[string]struct {
		url  string
		mode storage.Mode
		says string
	}{
		"a second writer":  {file, storage.Write, "another Ginnel is writing"},
		"a text":           {text, storage.Write, "no Ginnel database"},
		"a text to read":   {text, storage.Read, "no Ginnel database"},
		"nothing to read":  {filepath.Join(dir, "none.db"), storage.Read, "no database at"},
		"a folder":         {dir, storage.Write, "is a folder"},
		"an odd address":   {"mysql://x", storage.Write, "no kind of database"},
		"no address":       {"", storage.Write, "no database is named"},
		"a bad address":    {"postgres://[", storage.Write, "cannot be read"},
		"nobody listening": {"postgres://x@127.0.0.1:1/x", storage.Write, "cannot be reached"},
	} {
		other, err := storage.Open(ctx, c.url, c.mode)
		if err == nil {
			other.Close()
			t.Errorf("%s is opened", name)
		} else if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Reading goes on beside a writer, also from odd folders.
	id := add(t, db, "Beside", amina)
	reader, err := storage.Open(ctx, file, storage.Read)
	check(t, err)
	defer reader.Close()
	must[bot.Organisation](t)(reader.Organisation(ctx, id))
	if _, err := reader.AddOrganisation(ctx, bot.Organisation{Name: "no"}, bot.Contact{}); err == nil {
		t.Error("a reader wrote")
	}
	odd := filepath.Join(dir, "50% of? #tea & \u00fcber", "ginnel.db")
	add(t, open(t, odd), "Odd", amina)
	if _, err := os.Stat(odd); err != nil {
		t.Error(err)
	}
}

func TestADatabaseFromANewerReleaseIsRefused(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		version := must[int64](t)(db.Version(ctx))
		check(t, storage.Exec(db, fmt.Sprintf(`insert into goose_db_version (version_id, is_applied) values (%d, true)`, version+1)))
		check(t, db.Close())
		for _, mode := range []storage.Mode{storage.Read, storage.Write} {
			if other, err := storage.Open(ctx, url, mode); err == nil {
				other.Close()
				t.Error("it is opened")
			} else if !strings.Contains(err.Error(), "newer Ginnel") {
				t.Error(err)
			}
		}
	})
}

func TestBackup(t *testing.T) {
	db, ctx := open(t, filepath.Join(t.TempDir(), "ginnel.db")), t.Context()
	id := add(t, db, "Kept", amina)
	to := filepath.Join(t.TempDir(), "copy.db")
	check(t, db.Backup(ctx, to))
	copied, err := storage.Open(ctx, to, storage.Read)
	check(t, err)
	defer copied.Close()
	if o := must[bot.Organisation](t)(copied.Organisation(ctx, id)); o.Name != "Kept" {
		t.Error(o)
	}
	if err := db.Backup(ctx, to); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a file is overwritten: %v", err)
	}
	if err := db.Backup(ctx, filepath.Join(t.TempDir(), "none", "copy.db")); err == nil {
		t.Error("a copy into nowhere")
	}
}

// TestBackupWhileTheRegisterChanges copies again and again while somebody lists groups, and each copy is whole.
func TestBackupWhileTheRegisterChanges(t *testing.T) {
	db, ctx := open(t, filepath.Join(t.TempDir(), "ginnel.db")), t.Context()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				add(t, db, fmt.Sprint("Group ", n), bot.Speaker{Network: "net", ID: bot.UserID(fmt.Sprint(n)), Name: "N"})
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	good := 0
	for n := range 5 {
		to := filepath.Join(t.TempDir(), fmt.Sprint(n))
		// With changes in each moment it may refuse, and then there is no copy.
		if err := db.Backup(ctx, to); err != nil {
			if _, left := os.Stat(to); left == nil || !strings.Contains(err.Error(), "changes too fast") {
				t.Error(err, left)
			}
			continue
		}
		good++
		copied, err := storage.Open(ctx, to, storage.Read)
		check(t, err)
		check(t, copied.Close())
	}
	t.Logf("%d of 5 were good", good)
}

// The rules that must never break stand in the schema too.
func TestTheSchemaGuards(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		id := add(t, db, "A", amina)
		must[bool](t)(db.PutMessage(ctx, message("1", "hall"), start))
		check(t, db.PutPosts(ctx, start, post("p", "hall")))
		for _, wrong := range []string{
			`update message set state = 'handled'`, // with its words
			`update message set state = 'lost'`,
			`update post set state = 'sent', body = null, lane = null, done = 1`, // without a message
			`update post set state = 'leased'`,                                   // by nobody
			`update post set done = 1`,
			`insert into change (one, seq) values (2, 1)`,
			fmt.Sprintf(`insert into entry (organisation, side, text, skeleton, terms, imported, confirmed) values (%d, 'wish', 'x', 'x', '', 0, 0)`, id),
			`insert into entry (organisation, side, text, skeleton, terms, imported, confirmed) values (999, 'offer', 'x', 'x', '', 0, 0)`,
			`insert into ask (network, person, name, place, text, at, found, watch, seen, sorted) values ('', '', '', '{}', '', 0, 0, 1, 0, 0)`, // a watch for nobody
			`update organisation set name = ''`,
		} {
			if err := storage.Exec(db, wrong); err == nil {
				t.Errorf("%s is taken", wrong)
			}
		}
	})
}

// TestAFullDisk: one sentence, and nothing half done.
func TestAFullDisk(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, err := storage.Open(ctx, path, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	check(t, storage.Exec(db, `pragma max_page_count = 60`))
	stored := 0
	for ; stored < 10_000; stored++ {
		m := bot.Message{ID: bot.MessageID(fmt.Sprint(stored)), Where: bot.Address{Network: "n"}, Kind: bot.Said, Text: strings.Repeat("a", 1000)}
		if _, err = db.PutMessage(ctx, m, start); err != nil {
			break
		}
	}
	if want := "the disk that holds " + path + " is full: make room, and try again"; err == nil || !strings.HasSuffix(err.Error(), want) || strings.Count(err.Error(), "disk") != 1 {
		t.Errorf("after %d messages: %v", stored, err)
	}
	var counts map[string]int64
	if counts, err = db.Counts(ctx); err != nil || counts["inbox/open"] != int64(stored) {
		t.Errorf("of %d messages there are %v, %v", stored, counts, err)
	}
	check(t, storage.Exec(db, `pragma max_page_count = 6000`))
	if fresh, err := db.PutMessage(ctx, bot.Message{ID: "after", Where: bot.Address{Network: "n"}, Kind: bot.Said}, start); err != nil || !fresh {
		t.Errorf("once there is room: %v, %v", fresh, err)
	}
}

func TestShown(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		ctx := t.Context()
		db := must[*storage.DB](t)(storage.Open(ctx, url, storage.Write))
		defer db.Close()
		id := must[bot.OrganisationID](t)(db.AddOrganisation(ctx, bot.Organisation{Name: "Tea", Listed: true}, bot.Contact{Speaker: bot.Speaker{Network: "n", ID: "a"}}))
		for range 3 {
			check(t, db.AddShown(ctx, []bot.OrganisationID{id}, start))
		}
		check(t, db.AddShown(ctx, nil, start))
		if got := must[map[bot.OrganisationID]int](t)(db.Shown(ctx, start)); len(got) != 1 || got[id] != 3 {
			t.Errorf("%v", got)
		}
		later := start.AddDate(0, 5, 0)
		if got := must[map[bot.OrganisationID]int](t)(db.Shown(ctx, later)); len(got) != 0 {
			t.Errorf("months later %v", got)
		}
		check(t, db.Tidy(ctx, later))
		if got := must[map[bot.OrganisationID]int](t)(db.Shown(ctx, start)); len(got) != 0 {
			t.Errorf("it stays for ever: %v", got)
		}
	})
}

func TestListening(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		hall, shed := message("1", "hall").Where, message("1", "shed").Where
		for _, c := range []struct {
			room             bot.Address
			listens, changed bool
		}{
			{hall, false, false}, {hall, true, true}, {shed, true, true}, {hall, true, false}, {shed, false, true},
		} {
			if changed := must[bool](t)(db.PutListening(ctx, c.room, c.listens, start)); changed != c.changed {
				t.Errorf("%+v changed: %v", c, changed)
			}
		}
		if rooms := must[[]bot.Address](t)(db.ListeningRooms(ctx)); len(rooms) != 1 || rooms[0].Lane() != hall.Lane() {
			t.Errorf("it listens in %v", rooms)
		}
		if since := must[time.Time](t)(db.ListensSince(ctx, hall)); !since.Equal(start.Truncate(time.Millisecond)) {
			t.Errorf("in the hall since %v", since)
		}
		if since := must[time.Time](t)(db.ListensSince(ctx, shed)); !since.IsZero() {
			t.Errorf("in the shed since %v", since)
		}
	})
}
