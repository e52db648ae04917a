package storage_test

import (
	"fmt"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// A tie is what both said, or what came of an introduction or of help; nothing is shown of who chose to be left out.
func TestConnections(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		var all []bot.OrganisationID
		for i := range 6 {
			all = append(all, add(t, db, fmt.Sprint("Group ", i), bot.Speaker{Network: "net", ID: bot.UserID(fmt.Sprint("p", i))}))
		}
		know := func(a, b int, kind string) { check(t, db.PutTie(ctx, all[a], all[b], kind, false, start)) }
		met := func(a, b int) {
			t.Helper()
			id, _, err := db.AddIntroduction(ctx, bot.Introduction{
				Parties: [2]bot.Party{{Organisation: all[a], Assent: bot.Yes}, {Organisation: all[b], Assent: bot.Yes}},
				Origin:  bot.FromAsk, About: "w", Reason: "w", State: bot.IntroductionOpen, At: start, Lapses: start.Add(time.Hour),
			})
			check(t, err)
			check(t, db.UpdateIntroduction(ctx, id, func(i bot.Introduction) (bot.Introduction, error) {
				i.State, i.Made = bot.IntroductionMade, start.Add(time.Minute)
				return i, nil
			}))
		}
		helped := func(giver, helper int) {
			t.Helper()
			id := must[int64](t)(db.AddThanks(ctx, bot.Thanks{Giver: all[giver], Helper: all[helper], What: "w", At: start}))
			check(t, db.AllowThanks(ctx, id, all[giver], start))
			check(t, db.AllowThanks(ctx, id, all[helper], start))
		}
		want := func(why string, ties ...string) {
			t.Helper()
			var got []string
			for _, c := range must[[]bot.Tie](t)(db.Connections(ctx)) {
				got = append(got, fmt.Sprintf("%d %s %d", c.Between[0]-all[0], c.Kind, c.Between[1]-all[0]))
			}
			if fmt.Sprint(got) != fmt.Sprint(ties) {
				t.Errorf("%s: %q, not %q", why, got, ties)
			}
		}
		know(0, 1, "work")
		want("one says so")
		know(1, 0, "know")
		want("both say so", "0 declared 1")
		met(1, 2)
		want("introduced, and nobody said that they met", "0 declared 1")
		know(2, 1, "know")
		want("one said that they met", "0 declared 1", "1 introduced 2")
		know(1, 2, "not")
		want("the other says that they do not know them", "0 declared 1")
		helped(3, 0)
		helped(3, 0)
		check(t, db.AllowThanks(ctx, must[int64](t)(db.AddThanks(ctx, bot.Thanks{Giver: all[4], Helper: all[3], What: "w", At: start})), all[4], start))
		want("help that may be told, and help that may not", "0 declared 1", "0 helped 3")

		check(t, db.PutAppearance(ctx, all[1], bot.Unnamed))
		want("a group without its name is there", "0 declared 1", "0 helped 3")
		check(t, db.PutAppearance(ctx, all[1], bot.NotShown))
		want("one that is left out is not", "0 helped 3")
		check(t, storage.Exec(db, fmt.Sprintf(`update organisation set sensitive = 1 where id = %s`, all[3])))
		want("nor is a sensitive one")
		groups, named, err := db.Connected(ctx)
		check(t, err)
		if len(groups) != 4 || len(named) != 4 || !named[0] {
			t.Errorf("%d groups are shown, %v", len(groups), named)
		}
		check(t, db.PutAppearance(ctx, all[3], bot.Named))
		want("unless it chose to be", "0 helped 3")
	})
}
