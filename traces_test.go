package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/storage/storagetest"
)

// TestWhatIsAnsweredLeavesNoTrace shows that of what was said, of danger above all, no word is left in the files a minute later, nor of a
// report that is dealt with.
func TestWhatIsAnsweredLeavesNoTrace(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			t.Skip("the files are the server's")
		}
		k := newConversation(t, url)
		k.given("the sample network", nil)
		said := func(who, room, text string) {
			k.say(who, room, true, text)
			k.settle()
		}
		said("Ruth", "", "coordinator plum harbour kettle")
		said("Amina", "", "my husband beats me and the zoetrope knows")
		said("Amina", "hall", "who can help with a zoetrope and my daughter who wants to kill herself?")
		said("Amina", "", "zoetrope zoetrope")
		said("Amina", "", "report the zoetrope people shouted at us")
		if got := traces(t, url, "zoetrope"); got == 0 {
			t.Error("a report that is open is not kept, so this test tells nothing")
		}
		said("Ruth", "", "report 1 is dealt with")
		if _, err := k.db.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := traces(t, url, "zoetrope"); got > 0 {
			t.Errorf("it stands in %d files", got)
		}
	})
}

// traces is in how many of the files of a database a word stands.
func traces(t *testing.T, url, word string) (n int) {
	t.Helper()
	files, err := filepath.Glob(url + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(word)) {
			n++
		}
	}
	return n
}

// TestWhoeverIsForgottenIsGoneFromALivelyNetwork plays months of a network, has one of its people forgotten, and looks for that person,
// and for the words and the group that only he or she spoke for, in every column and every file, when all that was open has lapsed.
func TestWhoeverIsForgottenIsGoneFromALivelyNetwork(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			t.Skip("storage looks through every column of both engines")
		}
		k := newConversation(t, url)
		r := rand.New(rand.NewPCG(5, 6))
		skills := []string{"accounts", "a hall with a kitchen", "a minibus", "first aid training", "gazebos", "bid writing"}
		sheet := []string{"name,postcode,offers,needs,speaks"}
		for n := range 14 {
			sheet = append(sheet, fmt.Sprintf("Group %d,QX%d,%s,%s,Person %s", n, 1+n%9, skills[n%6], skills[(n+2)%6], letters(n)))
		}
		k.given("organisations:", sheet)
		say := func(who, text string) {
			k.say(who, "", true, text)
			k.settle()
		}
		say("Ruth", "coordinator plum harbour kettle")
		k.say("Ruth", "news", true, "digest here")
		k.settle()
		for n := range 14 {
			say("Person "+letters(n), "send me the digest")
			say("Person "+letters(n), "one suggestion a week")
		}
		for _, text := range []string{
			"we are Zoetrope Society, QX1", "list us", "about us: zoetropes for all", "we can offer a zoetrope and a hall with a kitchen", "we need accounts for the zoetrope",
			"reach us by zoetrope@example.org", "we cover Zoetropeshire", "one suggestion a week", "send me the digest", "we know Group 1",
		} {
			say("Zoetropa", text)
		}
		for week := range 12 {
			for n := range 20 {
				k.until(k.now.Add(8 * time.Hour))
				busy(k, r, 14, skills)
				if n%4 != 0 {
					continue
				}
				say("Zoetropa", []string{
					"who can help with a zoetrope lamp?", "ask Group 2 about our zoetrope accounts", "ask Group 3 without our name about a zoetrope", "introduce Group 4 and Group 5 about zoetropes",
					"sorted, thank you Group 6", "report Group 7 broke our zoetrope", "who can help with accounts for a zoetrope?", "yes", "gone a zoetrope", "we can offer a zoetrope show",
				}[(week+n)%10])
				// What others say in their own words is theirs.
				say("Person "+letters(r.IntN(14)), []string{
					"ask Zoetrope Society about a hall", "who can help with gazebos?", "yes to Zoetrope Society", "what does Zoetrope Society offer?",
					"sorted, thank you Zoetrope Society", "we know Zoetrope Society",
				}[r.IntN(6)])
			}
		}
		if found := columnsWith(t, url, "zoetrop"); len(found) < 25 {
			t.Errorf("it stands only in %v, so this test tells little", found)
		}
		say("Zoetropa", "forget me for good")
		// What is open looks as before to the other side, and what others were shown they can still answer.
		for _, at := range columnsWith(t, url, "zoetrop") {
			if !slices.Contains([]string{"introduction.about", "introduction.reason", "offered.choices", "offered.shown", "organisation.name", "organisation.skeleton"}, at) {
				t.Errorf("at once it still stands in %s", at)
			}
		}
		for range 29 { // what others were shown can be answered for so long
			k.until(k.now.Add(24 * time.Hour))
			if err := k.db.Tidy(t.Context(), k.now); err != nil {
				t.Fatal(err)
			}
		}
		if left := columnsWith(t, url, "zoetrop"); len(left) > 0 {
			t.Errorf("it still stands in %v", left)
		} else if n := traces(t, url, "oetrop"); n > 0 {
			t.Errorf("it still stands in %d files", n)
		}
	})
}

// columnsWith are the columns of a SQLite database in which a word stands, whatever its case.
func columnsWith(t *testing.T, url, word string) (found []string) {
	t.Helper()
	db, err := sql.Open("sqlite", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' order by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for rows.Next() {
		var c [2]string
		if err := rows.Scan(&c[0], &c[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	rows.Close()
	for _, c := range all {
		var n int
		if err := db.QueryRow(fmt.Sprintf(`select count(*) from %s where %s like '%%%s%%'`, c[0], c[1], word)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found = append(found, c[0]+"."+c[1])
		}
	}
	return found
}
