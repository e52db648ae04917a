package storage_test

import (
	"errors"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// TestLinkedAccountsAreOnePerson: what is kept of somebody with two accounts stands with the one that is heard last, once; each speaks for
// the same groups, and who goes from one network goes on with the other.
func TestLinkedAccountsAreOnePerson(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		too := bot.Speaker{Network: "other", ID: "amina-too", Name: "Amina"}
		choir, hall := add(t, db, "Choir", amina), add(t, db, "Hall", too)
		check(t, db.AddContact(ctx, bot.Contact{Speaker: too, Organisation: choir, Steward: true, Since: start}))
		check(t, db.AddCoordinator(ctx, amina, start))
		check(t, db.PutManners(ctx, bot.Manners{Person: amina, Digest: true, Nudges: true}))
		check(t, db.PutManners(ctx, bot.Manners{Person: too}))
		check(t, db.AddPrompt(ctx, bot.Prompt{Key: "ask", To: amina, Reply: bot.Lines(bot.Text("Still true?")), Ripe: start, Until: start.AddDate(0, 1, 0)}))
		must[string](t)(db.AddBundle(ctx, amina, "2026-W47", start, start))
		must[string](t)(db.AddBundle(ctx, too, "2026-W47", start, start))

		check(t, db.PutLinkWord(ctx, "hash", amina, start.Add(time.Minute)))
		if _, err := db.LinkWord(ctx, "hash", start.Add(time.Minute)); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a word that is old: %v", err)
		}
		if got := must[bot.Speaker](t)(db.LinkWord(ctx, "hash", start)); got != amina {
			t.Errorf("the word is %v's", got)
		}
		check(t, db.Link(ctx, amina, too))
		if _, err := db.LinkWord(ctx, "hash", start); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("the word is good twice: %v", err)
		}

		at := func(where bot.Speaker) {
			t.Helper()
			for _, p := range []bot.Speaker{amina, too} {
				if n := len(must[[]bot.Standing](t)(db.Standings(ctx, p))); n != 2 {
					t.Errorf("%s speaks for %d groups", p.Network, n)
				}
				if !must[bool](t)(db.Coordinator(ctx, p)) {
					t.Errorf("%s looks after nothing", p.Network)
				}
				if m := must[bot.Manners](t)(db.Manners(ctx, p)); !m.Digest || m.Nudges || m.Last.IsZero() {
					t.Errorf("%s chose %+v", p.Network, m)
				}
			}
			for _, id := range []bot.OrganisationID{choir, hall} {
				all := must[[]bot.Contact](t)(db.Contacts(ctx, id))
				if len(all) != 1 || all[0].Speaker.ID != where.ID || !all[0].Steward {
					t.Errorf("for %s speak %+v, want %s alone", id, all, where.ID)
				}
			}
			mannered := 0
			for _, m := range must[[]bot.Manners](t)(db.AllManners(ctx)) {
				if m.Person.ID == amina.ID || m.Person.ID == too.ID {
					mannered++
				}
			}
			if mannered != 1 {
				t.Errorf("one person is told %d times", mannered)
			}
			prompts := must[[]bot.Prompt](t)(db.Prompts(ctx, start))
			if len(prompts) != 1 || prompts[0].To.ID != where.ID {
				t.Errorf("asked are %+v", prompts)
			}
		}
		at(too)
		check(t, db.Heard(ctx, amina))
		at(amina)
		check(t, db.Heard(ctx, too))
		at(too)

		// Whoever leaves one network goes on with the other.
		if left := must[[]bot.Standing](t)(db.Leave(ctx, too, start)); len(left) != 0 {
			t.Errorf("%v have nobody any more", left)
		}
		if n := len(must[[]bot.Standing](t)(db.Standings(ctx, amina))); n != 2 {
			t.Errorf("with the account that is left she speaks for %d groups", n)
		}
		if n := len(must[[]bot.Standing](t)(db.Standings(ctx, too))); n != 0 {
			t.Errorf("with the account that left she speaks for %d groups", n)
		}

		check(t, db.Link(ctx, amina, too))
		check(t, db.Unlink(ctx, amina))
		if n := len(must[[]bot.Standing](t)(db.Standings(ctx, too))); n != 0 || len(must[[]bot.Standing](t)(db.Standings(ctx, amina))) != 2 {
			t.Errorf("after they part the other speaks for %d groups", n)
		}
		check(t, db.Link(ctx, amina, too))
		must[[]string](t)(db.Forget(ctx, amina, start))
		for _, p := range []bot.Speaker{amina, too} {
			d := must[bot.PersonalData](t)(db.PersonalData(ctx, p))
			if len(d.Contacts)+d.Linked > 0 || d.Coordinator || d.Manners != nil {
				t.Errorf("of %s is left %+v", p.ID, d)
			}
		}
	})
}
