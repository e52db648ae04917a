package storage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// Each kind of thing is kept for as many days as the table says, and no longer: a day later it is overdue, and once it is tidied up nothing
// is.
func TestEachKindIsKeptForItsTime(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		a, b, c := add(t, db, "A", amina), add(t, db, "B", tom), add(t, db, "C", bot.Speaker{Network: "net", ID: "left"})
		at := start.UnixMilli()
		sql := func(format string, args ...any) {
			t.Helper()
			check(t, storage.Exec(db, fmt.Sprintf(format, args...)))
		}
		meet := func(state string, made, ended int64) string {
			return fmt.Sprintf(`insert into introduction (asker, asked, low, high, origin, about, reason, nameless, asker_answer, asker_network, asker_person, asker_name,
				asked_answer, asked_network, asked_person, asked_name, state, at, lapses, made, ended)
				values (%[1]s, %[2]s, %[1]s, %[2]s, 'asked', 'w', 'w', 0, 'yes', 'net', 'amina', 'A', 'yes', 'net', 'tom', 'T', '%[3]s', %[4]d, %[4]d, %[5]d, %[6]d)`, a, b, state, at, made, ended)
		}
		ask := `insert into ask (network, person, name, place, text, at, found, watch, seen, sorted, closed, organisation) values ('net', 'amina', 'A', '{}', 'w', %d, 0, %d, 0, 0, %d, ` + a.String() + `)`
		sql(`insert into message (key, kind, state, stored, done) values ('said', 'said', 'handled', %[1]d, %[1]d), ('due', 'due', 'handled', %[1]d, %[1]d)`, at)
		sql(`insert into post (key, network, urgency, state, message, done) values ('reply/1', 'net', 0, 'sent', 'm', %[1]d), ('bundle/1', 'net', 0, 'sent', 'n', %[1]d)`, at)
		sql(`insert into offered (network, place, person, key, seq, choices, until) values ('net', 'p', 'amina', 'k', 1, '[]', %d)`, at)
		sql(`insert into prompt (key, network, person, rank, body, about, ripe, until, done) values ('late', 'net', 'amina', 1, '{}', '', %[1]d, %[1]d, 0), ('said', 'net', 'amina', 1, null, '', %[1]d, %[1]d, %[1]d)`, at)
		sql(`insert into bundle (network, person, week, at) values ('net', 'amina', 'w', %d)`, at)
		sql(`insert into week (week, at) values ('w', %d)`, at)
		sql(`insert into digest_sent (network, room, week, at) values ('net', 'r', '1', %d), ('net', 'r', '2', %d)`, at, at+1)
		sql(ask, at, 0, 0)
		sql(ask, at, 1, 0)
		sql(ask, at, 0, at)
		sql("%s", meet("over", 0, at))
		sql("%s", meet("made", at, 0))
		sql(`insert into outcome (introduction, organisation, question, answer, at) select max(id), %s, 'met', 'yes', %d from introduction`, a, at)
		sql(`insert into gathering (what, at, lapses, ended) values ('w', %[1]d, %[1]d, %[1]d)`, at)
		sql(`insert into thanks (giver, helper, what, at, giver_lets, helper_lets, lets_at) values (%[1]s, %[2]s, 'w', %[3]d, 0, 0, 0), (%[1]s, %[2]s, 'w', %[3]d, 1, 1, %[3]d)`, a, b, at)
		sql(`insert into entry (organisation, side, text, skeleton, terms, imported, confirmed, gone) values (%[1]s, 'offer', 'w', 'w', '', 0, %[2]d, %[2]d)`, a, at)
		sql(`update contact set left_at = %d where organisation = %s`, at, c)
		sql(`insert into report (kind, network, person, name, words, at, due, closed) values ('report', '', '', '', '', %[1]d, %[1]d, %[1]d)`, at)
		sql(`insert into link_word (word, network, person, name, until) values ('w', 'net', 'amina', 'A', %d)`, at)
		sql(`insert into claim (kind, network, person, speaker, name, at) values ('name', 'net', 'amina', 'A', 'N', %d)`, at)
		sql(`insert into staged (batch, ref, line, name, skeleton, postcode, about, web, income, role, sensitive, at) values ('b', 'r', 1, 'w', 'w', '', '', '', 0, '', 0, %d)`, at)
		check(t, db.AddShown(ctx, []bot.OrganisationID{a}, start))
		// What goes at once when the reason does.
		sql(`insert into gather (network, gather, room) values ('net', 'introduction/999', 'r')`)
		sql(`insert into organisation (name, skeleton) values ('Left long ago', 'left')`)
		sql(`insert into organisation (name, skeleton) values ('–', '')`)
		sql("%s", strings.Replace(meet("over", 0, at), "'amina'", "''", 1))

		rows := func(kind string, now time.Time) int64 {
			t.Helper()
			for _, o := range must[[]storage.Overdue](t)(db.Overdue(ctx, now)) {
				if o.Kind == kind {
					return o.Rows
				}
			}
			t.Fatalf("no kind %s", kind)
			return 0
		}
		for _, p := range storage.Periods() {
			if p.Days < 0 {
				continue
			}
			last := start.AddDate(0, 0, p.Days)
			if p.Kind == "shown" { // by the month
				last = start.AddDate(0, 0, p.Days-23)
			}
			if n := rows(p.Kind, last); n > 0 && p.Days > 0 {
				t.Errorf("%s: %d rows are not kept for %d days", p.Kind, n, p.Days)
			}
			if rows(p.Kind, last.AddDate(0, 0, 32)) == 0 || p.Kind != "shown" && rows(p.Kind, last.AddDate(0, 0, 1)) == 0 {
				t.Errorf("%s: it is kept for more than %d days", p.Kind, p.Days)
			}
		}
		if d := must[time.Duration](t)(db.OverdueFor(ctx, start.AddDate(0, 0, 10))); d != 10*24*time.Hour {
			t.Errorf("the choices are overdue for %s", d)
		}
		for _, years := range []int{0, 1, 2, 4} {
			now := start.AddDate(years, 0, 1)
			check(t, db.Tidy(ctx, now))
			for _, o := range must[[]storage.Overdue](t)(db.Overdue(ctx, now)) {
				if o.Rows > 0 {
					t.Errorf("after %d years %d rows of %s are left", years, o.Rows, o.Kind)
				}
			}
		}
		if d := must[time.Duration](t)(db.OverdueFor(ctx, start.AddDate(4, 0, 1))); d != 0 {
			t.Errorf("something is overdue for %s", d)
		}
		if o := must[bot.Organisation](t)(db.Organisation(ctx, a)); !o.Listed {
			t.Error("what a group says of itself is not kept")
		}
	})
}
