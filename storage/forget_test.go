package storage_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// A column is a line of columns.tsv.
type column struct{ holds, forgotten string }

func columns(t *testing.T) map[string]column {
	t.Helper()
	all := map[string]column{}
	for line := range strings.Lines(string(must[[]byte](t)(os.ReadFile("columns.tsv")))) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			t.Fatalf("not four fields: %q", line)
		}
		if f[0] == "column" {
			continue
		}
		if _, twice := all[f[0]]; twice {
			t.Errorf("%s stands there twice", f[0])
		}
		if !slices.Contains([]string{"person", "words", "group", "-"}, f[1]) || !slices.Contains([]string{"deleted", "emptied", "as listed", "stays", "-"}, f[2]) {
			t.Errorf("%s: %q and %q mean nothing", f[0], f[1], f[2])
		}
		if f[2] == "stays" && (f[1] == "person" || f[1] == "words") {
			t.Errorf("%s holds a person or words, and stays", f[0])
		}
		all[f[0]] = column{f[1], f[2]}
	}
	return all
}

// tables are the columns of each table that a database has.
func tables(t *testing.T, url string) (*sql.DB, map[string][]string) {
	t.Helper()
	driver, query := "sqlite", `select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' and m.name <> 'goose_db_version'`
	if strings.HasPrefix(url, "postgres") {
		driver, query = "pgx", `select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name <> 'goose_db_version'`
	}
	db := must[*sql.DB](t)(sql.Open(driver, url))
	t.Cleanup(func() { db.Close() })
	all := map[string][]string{}
	rows := must[*sql.Rows](t)(db.Query(query))
	defer rows.Close()
	for rows.Next() {
		var table, name string
		check(t, rows.Scan(&table, &name))
		all[table] = append(all[table], name)
	}
	check(t, rows.Err())
	return db, all
}

// A column that nobody thought of when people are forgotten, and a table that nobody thought of when it grows, fail here.
func TestNoColumnIsForgotten(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		open(t, url)
		_, there := tables(t, url)
		var want []string
		for table, names := range there {
			for _, n := range names {
				want = append(want, table+"."+n)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(columns(t)))); diff != "" {
			t.Errorf("columns.tsv (-in the schema +in the file):\n%s", diff)
		}
		kept := map[string]bool{}
		for _, p := range storage.Periods() {
			for _, table := range p.Tables {
				kept[table] = true
			}
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(there)), slices.Sorted(maps.Keys(kept))); diff != "" {
			t.Errorf("retention.tsv (-in the schema +in the file):\n%s", diff)
		}
	})
}

// holding are the columns in which a word stands, whatever its case.
func holding(t *testing.T, url, word string) map[string]bool {
	t.Helper()
	db, there := tables(t, url)
	defer db.Close()
	found := map[string]bool{}
	for table, names := range there {
		for _, name := range names {
			var n int
			check(t, db.QueryRow(fmt.Sprintf(`select count(*) from %s where lower(cast(%s as text)) like '%%%s%%'`, table, name, word)).Scan(&n))
			if n > 0 {
				found[table+"."+name] = true
			}
		}
	}
	return found
}

// inFiles are the files beside a SQLite database, it among them, in which a word stands.
func inFiles(t *testing.T, url, word string) (found []string) {
	t.Helper()
	for _, entry := range must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(url))) {
		data := must[[]byte](t)(os.ReadFile(filepath.Join(filepath.Dir(url), entry.Name())))
		if strings.Contains(strings.ToLower(string(data)), word) {
			found = append(found, entry.Name())
		}
	}
	return found
}

// The word that stands in all that is kept of kestrel, and nowhere else.
const canary = "kestrel"

var kestrel = bot.Speaker{Network: "birds", ID: "kestrel-7", Name: "Kestrel Finch"}

// keepAll has every column that can hold a person, or words, hold kestrel's. It returns an introduction that is still open, a group that is
// hers alone and one that came from a list.
func keepAll(t *testing.T, db *storage.DB) (waiting bot.IntroductionID, own, listed bot.OrganisationID) {
	t.Helper()
	ctx := t.Context()
	own = add(t, db, "Kestrel Choir", kestrel)
	toms, others := add(t, db, "Tom's", tom), add(t, db, "Others", tom)
	importRows(t, db, "list", row("x1", "Public Trust", "tea"))
	listed = must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Public Trust"))[0].ID
	check(t, db.Claim(ctx, listed, bot.Contact{Speaker: kestrel, Steward: true, Since: start}, start))
	for _, id := range []bot.OrganisationID{own, listed} {
		check(t, db.UpdateOrganisation(ctx, id, func(o bot.Organisation) (bot.Organisation, error) {
			o.Name, o.Postcode, o.About, o.Web, o.Role, o.Reach, o.Covers = o.Name+" kestrel", "KESTREL", "kestrels sing", "https://kestrel.example", "Kestrel", "ring kestrel", "all of Kestrelshire"
			o.Full, o.AsksMonth, o.Tonight, o.Suggest, o.Vouched = true, 2, true, 7, true
			return o, nil
		}))
		_, _, err := db.AddEntry(ctx, bot.Entry{Organisation: id, Side: bot.Offer, Text: "a kestrel to borrow"}, start)
		check(t, err)
	}
	check(t, db.AddCoordinator(ctx, kestrel, start))
	check(t, db.Link(ctx, bot.Speaker{Network: "nests", ID: "kestrel-8"}, kestrel))
	check(t, db.PutLinkWord(ctx, "hash", kestrel, start.Add(time.Hour)))
	_, _, err := db.AddClaim(ctx, bot.Claim{Kind: bot.ClaimName, From: kestrel, Name: "Kestrel Band", Postcode: "KESTREL", At: start})
	check(t, err)
	_, err = db.OrganisationsAlike(ctx, []string{"x"}, func(name string) []string { return []string{name} })
	check(t, err)
	must[bot.AskID](t)(db.SaveAsk(ctx, bot.Ask{Organisation: own, Asker: kestrel, Where: bot.Private(kestrel), Text: "kestrel food", At: start, Watch: true}))

	meet := func(asker, asked bot.Party, by bot.Speaker) bot.IntroductionID {
		id, fresh, err := db.AddIntroduction(ctx, bot.Introduction{
			Parties: [2]bot.Party{asker, asked}, Origin: bot.FromAsk, About: "kestrel food", Reason: "you like kestrels", Suggester: by.Name, Suggested: by,
			State: bot.IntroductionOpen, At: start, Lapses: start.AddDate(0, 0, 14),
		})
		check(t, err)
		if !fresh {
			t.Fatal("it is not stored")
		}
		return id
	}
	end := func(id bot.IntroductionID) {
		check(t, db.UpdateIntroduction(ctx, id, func(i bot.Introduction) (bot.Introduction, error) {
			i.State, i.Ended = bot.IntroductionOver, start
			return i, nil
		}))
	}
	hers := func(id bot.OrganisationID) bot.Party {
		return bot.Party{Organisation: id, Person: kestrel, Assent: bot.Yes}
	}
	his := func(id bot.OrganisationID) bot.Party {
		return bot.Party{Organisation: id, Person: tom, Assent: bot.Asked}
	}
	waiting = meet(hers(own), his(toms), bot.Speaker{})
	end(meet(his(others), hers(own), bot.Speaker{}))
	end(meet(hers(listed), his(others), bot.Speaker{}))
	end(meet(his(toms), his(others), kestrel))
	gathering := bot.Gathering{What: "a hall", At: start, Lapses: start.AddDate(0, 0, 14), Parties: []bot.Party{hers(own), his(toms)}}
	must[int64](t)(db.AddGathering(ctx, gathering))

	must[bool](t)(db.PutMessage(ctx, bot.Message{ID: "said", Kind: bot.Said, From: kestrel, Where: bot.Private(kestrel), Text: "kestrel, kestrel", At: start}, start))
	due := bot.Later("x", "1", start.AddDate(0, 1, 0), "kestrel")
	due.From = kestrel
	must[bool](t)(db.PutMessage(ctx, due, start))
	lines := func(all ...string) bot.Reply {
		var list []bot.Line
		for _, l := range all {
			list = append(list, bot.Text(l))
		}
		return bot.Lines(bot.Text("News:")).With(list)
	}
	check(t, db.PutPosts(
		ctx, start,
		bot.Post{Key: "hers", Where: bot.Private(kestrel), Urgency: bot.AtOnce, Reply: bot.Lines(bot.Text("Kestrel?")).Choose(bot.Choice{Label: "kestrel", Say: "kestrel"}), Rest: bot.Lines(bot.Text("kestrels")), Open: start.AddDate(0, 1, 0)},
		bot.Post{Key: "home", Where: bot.Address{Network: kestrel.Network, People: []bot.UserID{kestrel.ID}, Home: true}, Reply: bot.Lines(bot.Text("Kestrel"))},
		bot.Post{Key: "about her", Where: bot.Private(tom), Reply: bot.Lines(bot.Text("Kestrel asks")), About: []string{bot.AboutPerson(kestrel)}},
		bot.Post{Key: "bundle", Where: bot.Private(tom), Reply: lines("Tom's offers a hall", "Kestrel Choir kestrel thanks Tom's for a boiler", "Somebody asks for kestrel food")},
		bot.Post{Key: "digest", Where: bot.Address{Network: "net", Room: "news"}, Reply: lines("Public Trust kestrel offers a kestrel to borrow")},
	))
	c, ok, _, err := db.ClaimPost(ctx, start, "me", start.Add(time.Minute), kestrel.Network, nil)
	check(t, err)
	if !ok {
		t.Fatal("nothing to say")
	}
	check(t, db.PutBackPost(ctx, c.Key, "me", bot.PutBack{Due: start}, start))
	for _, p := range []bot.Prompt{
		{Key: "1", To: kestrel, Reply: bot.Lines(bot.Text("Kestrel?"))},
		{Key: "2", To: tom, Reply: bot.Lines(bot.Text("Kestrel Choir kestrel thanks you"))},
		{Key: "3", To: tom, Reply: bot.Lines(bot.Text("Would you like to meet the kestrels?")), About: bot.AboutIntroduction(waiting)},
	} {
		p.Until = start.AddDate(0, 1, 0)
		check(t, db.AddPrompt(ctx, p))
	}
	check(t, db.PutManners(ctx, bot.Manners{Person: kestrel, Digest: true}))
	must[string](t)(db.AddBundle(ctx, kestrel, "2026-W48", start, start))
	must[int64](t)(db.AddThanks(ctx, bot.Thanks{Giver: own, Helper: toms, What: "a kestrel box", At: start}))
	must[int64](t)(db.AddReport(ctx, bot.Report{Kind: bot.Complaint, From: kestrel, Words: "kestrels are not heard", At: start, Due: start.Add(bot.ReportDue)}))
	must[int64](t)(db.AddReport(ctx, bot.Report{Kind: bot.Conduct, From: tom, Words: "they shouted", Given: kestrel, At: start, Due: start.Add(bot.ReportDue)}))
	return waiting, own, listed
}

func TestNothingOfTheForgottenIsLeft(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		before := len(must[[]bot.Report](t)(db.OpenReports(ctx)))
		waiting, own, listed := keepAll(t, db)
		kept := holding(t, url, canary)
		for name, c := range columns(t) {
			erased := c.forgotten == "deleted" || c.forgotten == "emptied" || c.forgotten == "as listed"
			if c.holds != "-" && erased && !kept[name] && !strings.HasSuffix(name, "network") {
				t.Errorf("%s holds nothing to forget, so this test tells nothing of it", name)
			}
			if kept[name] && (c.holds == "-" || !erased) {
				t.Errorf("%s holds a person or words, and columns.tsv says that it does not", name)
			}
		}

		must[[]string](t)(db.Forget(ctx, kestrel, start))
		if !strings.HasPrefix(url, "postgres") {
			if log := must[[]byte](t)(os.ReadFile(url + "-wal")); len(log) > 0 {
				t.Errorf("the log of changes still holds %d bytes", len(log))
			}
		}
		// What she just said is handled, and what somebody waits for lapses.
		check(t, db.FinishMessage(ctx, "@birds/said", start, bot.Answer{}, false))
		if !strings.HasPrefix(url, "postgres") {
			must[bool](t)(db.Scrub(ctx))
			for _, word := range []string{"kestrel to borrow", "kestrel box", "ring kestrel", "not heard", "kestrel, kestrel", "kestrel-7"} {
				if found := inFiles(t, url, word); len(found) > 0 {
					t.Errorf("%q still stands in %v", word, found)
				}
			}
		}
		for name := range holding(t, url, canary) {
			if !slices.Contains([]string{"introduction.about", "introduction.reason", "organisation.name", "organisation.skeleton"}, name) {
				t.Errorf("%s still holds it", name)
			}
		}
		check(t, db.UpdateIntroduction(ctx, waiting, func(i bot.Introduction) (bot.Introduction, error) {
			i.State, i.Ended = bot.IntroductionOver, i.Lapses
			return i, nil
		}))
		check(t, db.Tidy(ctx, start.AddDate(0, 0, 14)))
		if left := holding(t, url, canary); len(left) > 0 {
			t.Errorf("after the lapse they still hold it: %v", slices.Sorted(maps.Keys(left)))
		}
		if !strings.HasPrefix(url, "postgres") {
			check(t, db.Backup(ctx, filepath.Join(filepath.Dir(url), "backup.db")))
			if found := inFiles(t, url, canary); len(found) > 0 {
				t.Errorf("it still stands in %v", found)
			}
		}

		// Others keep what is theirs, and the list says again what it said.
		if o := must[bot.Organisation](t)(db.Organisation(ctx, own)); o.Listed || o.Joined {
			t.Errorf("it is still listed: %+v", o)
		}
		want := row("x1", "Public Trust", "tea").Organisation
		want.ID, want.Confirmed, want.Suggest, want.Listed = listed, start, 28, true
		got := must[bot.Organisation](t)(db.Organisation(ctx, listed))
		got.Changed = 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what the list says (-said +says):\n%s", diff)
		}
		if e := must[[]bot.Entry](t)(db.Entries(ctx, listed)); len(e) != 1 || e[0].Text != "tea" || !e[0].Imported {
			t.Errorf("its entries: %+v", e)
		}
		c, ok, _, err := db.ClaimPost(ctx, start, "me", start.Add(time.Minute), "net", nil)
		check(t, err)
		if !ok || c.Reply.Plain() != "News:\n- Tom's offers a hall" {
			t.Errorf("the others' bundle: %t %q", ok, c.Reply.Plain())
		}
		if n := len(must[[]bot.Report](t)(db.OpenReports(ctx))); n != before+2 {
			t.Errorf("%d reports are open", n)
		}
	})
}

// A group that a list calls sensitive is so again when its claim ends, whatever was said meanwhile.
func TestASensitiveGroupIsSensitiveAgain(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		r := row("x1", "Haven", "a room")
		r.Organisation.Sensitive = true
		importRows(t, db, "list", r)
		id := must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Haven"))[0].ID
		check(t, db.Claim(ctx, id, bot.Contact{Speaker: amina, Since: start}, start))
		check(t, db.UpdateOrganisation(ctx, id, func(o bot.Organisation) (bot.Organisation, error) {
			o.Sensitive = false
			return o, nil
		}))
		must[[]string](t)(db.Forget(ctx, amina, start))
		if o := must[bot.Organisation](t)(db.Organisation(ctx, id)); !o.Sensitive || o.Joined {
			t.Errorf("%+v", o)
		}
	})
}

// Pages that are filled, split and emptied again keep traces in their gaps, which deleting securely does not reach.
func TestNoTraceIsLeftInTheGaps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, ctx := open(t, path), t.Context()
	toms, own := add(t, db, "Tom's", tom), add(t, db, "Own", kestrel)
	check(t, db.Tidy(ctx, start)) // so that it is not the first
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 400 {
		who, word, org := tom, "heron ", toms
		if n%3 == 0 {
			who, word, org = kestrel, canary+" ", own
		}
		must[bot.AskID](t)(db.SaveAsk(ctx, bot.Ask{Organisation: org, Asker: who, Text: strings.Repeat(word, 1+r.IntN(60)), At: start}))
		check(t, db.UpdateOrganisation(ctx, org, func(o bot.Organisation) (bot.Organisation, error) {
			o.About = strings.Repeat(word, r.IntN(700))
			return o, nil
		}))
	}
	must[[]string](t)(db.Forget(ctx, kestrel, start))
	check(t, db.Tidy(ctx, start.Add(time.Hour)))
	if found := inFiles(t, path, canary); len(found) > 0 {
		t.Errorf("it still stands in %v", found)
	}
}
