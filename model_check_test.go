package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ginnel/bot"
)

// What must be true of the model at each step, and at the end.

// check compares the register with that of the model, and the order of what was said.
func (k *model) check(t *rapid.T) {
	k.t = t
	type shown struct {
		Place   string
		Contact bot.UserID
		Full    bool
		Until   bot.Date
		Month   int
		Entries []standing
	}
	want, got := map[string]shown{}, map[string]shown{}
	for name, g := range k.groups {
		s := shown{Place: g.place, Contact: g.contact, Full: g.full, Until: g.until, Month: g.month}
		for _, e := range g.entries {
			s.Entries = append(s.Entries, *e)
		}
		want[name] = s
	}
	err := k.db.EachOrganisation(context.Background(), func(o bot.Organisation, entries []bot.Entry, contacts []bot.Contact) error {
		if !o.Listed {
			if len(entries)+len(contacts) > 0 {
				t.Errorf("%s cannot be found any more, and keeps %v and %v", o.Name, entries, contacts)
			}
			return nil
		}
		s := shown{Place: string(o.Postcode), Full: o.Full, Until: o.FullUntil, Month: o.AsksMonth}
		for _, c := range contacts {
			s.Contact += c.Speaker.ID
		}
		for _, e := range entries {
			s.Entries = append(s.Entries, standing{e.Side, e.Text, e.Terms, e.Until, e.Confirmed, e.ID})
		}
		if _, twice := got[o.Name]; twice {
			t.Errorf("%s is listed twice", o.Name)
		}
		if o.Joined != (s.Contact != "") {
			t.Errorf("%s: joined %v, but its contact is %q", o.Name, o.Joined, s.Contact)
		}
		got[o.Name] = s
		return nil
	})
	k.do(err)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(standing{}), cmpopts.IgnoreFields(standing{}, "id"), cmpopts.EquateApproxTime(time.Millisecond)); diff != "" {
		t.Fatalf("the register (-as it must be +as it is):\n%s", diff)
	}
	for name, g := range k.groups {
		for i, e := range g.entries {
			e.id = got[name].Entries[i].id
		}
	}
	for lane, orders := range k.told {
		if !slices.IsSorted(orders) {
			t.Fatalf("at %q the replies were said in the order %v", lane, orders)
		}
	}
}

// end lets everything come to rest, and counts.
func (k *model) end() {
	ctx := context.Background()
	for range 40 {
		k.inbox()
		k.outbox(nil, 0)
		counts, err := k.db.Counts(ctx)
		k.do(err)
		if counts["outbox/waiting"]+counts["outbox/leased"]+counts["outbox/unknown"] == 0 {
			break
		}
		k.now = k.now.Add(11 * time.Minute)
	}
	k.inbox()
	counts, err := k.db.Counts(ctx)
	k.do(err)
	due := int64(0)
	for _, l := range k.laters {
		if l != nil {
			due++
		}
	}
	if counts["inbox/aside"] != 0 || counts["inbox/open"] < due || counts["inbox/open"] > due+k.dated {
		k.t.Errorf("%v in the inbox; want %d that wait for their time, or up to %d more", counts, due, k.dated)
	}
	k.states()
	k.check(k.t)
	// The answers offered to somebody last a day.
	k.now = k.now.Add(25 * time.Hour)
	k.do(k.db.Tidy(ctx, k.now))
	for _, s := range modelPeople {
		if !k.gone[s.ID] {
			continue
		}
		d, err := k.db.PersonalData(ctx, s)
		k.do(err)
		if len(d.Contacts)+len(d.Asks)+len(d.Offered)+d.Waiting > 0 {
			k.t.Errorf("%s was forgotten, but there is still %+v", s.ID, d)
		}
	}
	k.traces()
}

// states looks what became of each post.
func (k *model) states() {
	states := map[string]bot.PostState{}
	k.query(`select key, state from post`, func(rows *sql.Rows) error {
		var key string
		var state bot.PostState
		if err := rows.Scan(&key, &state); err != nil {
			return err
		}
		states[modelKey(key)] = state
		return nil
	})
	for key, state := range states {
		e := k.posts[key]
		// What only changes a message is not said on a network that changes none.
		unsaid := state == bot.PostSkipped || state == bot.PostExpired
		if e == nil && (state == bot.PostSkipped && strings.HasPrefix(key, "watch/") || unsaid && strings.Contains(key, "/answered/")) {
			continue
		}
		if e == nil {
			k.t.Errorf("nobody expects the post %s, which is %s", key, state)
			continue
		}
		ok := false
		switch state {
		case bot.PostSent:
			ok = e.committed == 1 && e.nevers == 0 && !e.skipped
		case bot.PostDead:
			const fewest = 6 // attempts before anything is given up that was not refused
			ok = e.nevers == 1 && e.committed == 0 || e.nevers == 0 && e.tries >= fewest
		case bot.PostExpired:
			ok = e.committed == 0 && !e.notAfter.IsZero() && e.notAfter.Before(k.now)
		case bot.PostSkipped:
			ok = e.skipped || e.stopped && e.committed == 0 || strings.HasPrefix(key, "watch/")
		}
		if !ok {
			k.t.Errorf("%s is %s, and was to be %+v", key, state, *e)
		}
	}
	for key, e := range k.posts {
		// Answers are deleted after a month. Those that were skipped count from when somebody asked to be
		// forgotten, which may be long before that was handled.
		tidied := strings.HasPrefix(key, "reply/") && (e.skipped || e.stopped || k.now.Sub(e.created) > 29*24*time.Hour)
		if _, kept := states[key]; !kept && !tidied {
			k.t.Errorf("there is no post %s", key)
		}
	}
}

// query reads the database past storage.
func (k *model) query(query string, row func(*sql.Rows) error) {
	driver, url := "sqlite", "file:"+filepath.ToSlash(k.url)+"?mode=ro"
	if strings.HasPrefix(k.url, "postgres") {
		driver, url = "pgx", k.url
	}
	db, err := sql.Open(driver, url)
	k.do(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	k.do(err)
	defer rows.Close()
	for rows.Next() {
		k.do(row(rows))
	}
	k.do(rows.Err())
}

// traces looks for the forgotten in all that is stored: on SQLite in the very bytes of the file.
func (k *model) traces() {
	var stored bytes.Buffer
	if strings.HasPrefix(k.url, "postgres") {
		var tables []string
		k.query(`select table_name from information_schema.tables where table_schema = 'public'`, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			tables = append(tables, name)
			return err
		})
		for _, table := range tables {
			k.query(`select coalesce(string_agg(t::text, chr(10)), '') from `+table+` t`, func(rows *sql.Rows) error {
				var text string
				err := rows.Scan(&text)
				stored.WriteString(text)
				return err
			})
		}
	} else {
		k.again() // a clean stop folds the log into the file
		file, err := os.ReadFile(k.url)
		k.do(err)
		stored.Write(file)
	}
	for _, s := range modelPeople {
		if !k.gone[s.ID] {
			continue
		}
		for _, trace := range []string{s.Name, string(s.ID)} {
			if i := bytes.Index(stored.Bytes(), []byte(trace)); i >= 0 {
				k.t.Errorf("%q was forgotten, and still stands in the database: %q", trace, stored.Bytes()[max(i-100, 0):min(i+60, stored.Len())])
			}
		}
	}
}
