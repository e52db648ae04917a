//go:build goolm

package matrix_test

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix/homeserver"
)

// columns are those of every table in the database of keys.
func (a *account) columns() (db *sql.DB, all []string) {
	a.t.Helper()
	db, err := sql.Open("sqlite", "file:"+a.path)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { db.Close() })
	rows, err := db.Query(`select m.name || '.' || c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by 1`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			a.t.Fatal(err)
		}
		all = append(all, name)
	}
	return db, all
}

// TestNobodyIsKeptWhoIsNotWithUs: of who shares no room with the bot any more nothing is left among its keys, and who does is read and
// written to as before. What every column holds stands in columns.tsv.
func TestNobodyIsKeptWhoIsNotWithUs(t *testing.T) {
	s := homeserver.For(t)
	a := newAccount(t, s)
	r := a.run()
	amina, tom := s.Person(t, "amina"), s.Person(t, "tom")
	hall := amina.Open(t, true, false, id.UserID(a.user), tom.ID)
	amina.WaitJoined(t, hall, id.UserID(a.user))
	amina.WaitJoined(t, hall, tom.ID)
	for i, p := range []*homeserver.Person{amina, tom} {
		p.Say(t, hall, fmt.Sprint("!ginnel hello ", i))
		r.hears(fmt.Sprint("hello ", i))
	}
	where := r.all()[len(r.all())-1].Where
	r.say("first", where, "hello to you")
	tom.WaitFor(t, "hello to you")

	keys := tom.Mach.OwnIdentity().IdentityKey.String()
	holding := func() (in []string) {
		db, all := a.columns()
		for _, name := range all {
			table, column, _ := strings.Cut(name, ".")
			var n int
			if err := db.QueryRow(fmt.Sprintf(`select count(*) from "%s" where cast("%s" as text) in (?, ?)`, table, column), string(tom.ID), keys).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				in = append(in, name)
			}
		}
		return in
	}
	if n := len(holding()); n < 5 {
		t.Errorf("while he is there, %d columns hold him: this test tells nothing", n)
	}
	if _, err := tom.Client.LeaveRoom(t.Context(), hall); err != nil {
		t.Fatal(err)
	}
	amina.Say(t, hall, "!ginnel he is gone")
	r.hears("he is gone")
	r.stop()
	r = a.run()
	if in := holding(); !slices.Equal(in, []string{"mx_user_profile.user_id"}) {
		t.Errorf("he is still in %v", in) // that he left the room, so that he is not fetched back
	}
	amina.Say(t, hall, "!ginnel are you well?")
	r.hears("are you well?")
	r.say("last", where, "I am well")
	if h := amina.WaitFor(t, "I am well"); !h.Encrypted {
		t.Error("it is not encrypted")
	}

	told := map[string]bool{}
	text, err := os.ReadFile("columns.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || fields[0] == "column" {
			continue
		}
		if len(fields) != 3 {
			t.Errorf("not three fields: %q", line)
		}
		told[fields[0]] = true
	}
	_, there := a.columns()
	if diff := cmp.Diff(there, slices.Sorted(maps.Keys(told))); diff != "" {
		t.Errorf("columns.tsv (-in the database +in the file):\n%s", diff)
	}
}
