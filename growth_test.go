package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"ginnel/bot/names"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// TestSoakGrowth plays years of a network whose number of groups stays the same. What is kept of it stays about the same
// too: after all the years at most twice as much as after the first two.
func TestSoakGrowth(t *testing.T) {
	if os.Getenv("GINNEL_SOAK") == "" {
		t.Skip("ten years of 300 groups take an hour; TestNothingIsKeptForEver plays a few years of a few")
	}
	const years = 10
	town := newLongLived(t, storagetest.SQLite(t), 300)
	var early size
	for year := 1; year <= years; year++ {
		town.live(year, 24*time.Hour, 24*time.Hour)
		is := measure(t, town.url)
		t.Logf("after %d years: %d rows, %d kB: %v", year, is.rows, is.bytes/1000, is.of)
		if year == 2 {
			early = is
		}
		if year == years && (is.rows > 2*early.rows || is.bytes > 2*early.bytes) {
			t.Errorf("it has grown from %+v to %+v", early, is)
		}
	}
}

// TestNothingIsKeptForEver: when all who spoke in some years have left, and the longest time for which anything is kept is over, each
// table holds as many rows as that of a network in which nobody ever said anything, and the file is no larger than after a year.
func TestNothingIsKeptForEver(t *testing.T) {
	if raceDetector {
		t.Skip("the years are played without the race detector: one thing happens at a time")
	}
	const groups, years = 16, 3
	longest := 0
	for _, p := range storage.Periods() {
		longest = max(longest, p.Days)
	}
	end := func(url string, lived bool) (is, early size) {
		town := newLongLived(t, url, groups)
		if lived {
			for year := 1; year <= years; year++ {
				town.live(year, 6*24*time.Hour, 30*24*time.Hour)
				if year == 1 {
					early = measure(t, url)
				}
			}
		}
		town.until(town.begin.AddDate(years, 0, 1))
		town.leave()
		for gone := town.now; town.now.Before(gone.AddDate(0, 0, longest+60)); town.tidy() {
			town.until(town.now.AddDate(0, 0, 30))
		}
		if err := town.db.WriteNameKeys(context.Background(), names.Keys); err != nil { // as serve does; else the first to say a name has it done
			t.Fatal(err)
		}
		return measure(t, url), early
	}
	lived, early := end(storagetest.SQLite(t), true)
	quiet, _ := end(storagetest.Another(t, storagetest.SQLite(t)), false)
	t.Logf("%d rows, %d kB; where nobody said anything %d, %d kB", lived.rows, lived.bytes/1000, quiet.rows, quiet.bytes/1000)
	for table, n := range lived.of {
		if n != quiet.of[table] {
			t.Errorf("of %s %d rows are kept, and %d where nobody said anything", table, n, quiet.of[table])
		}
	}
	if lived.bytes > early.bytes {
		t.Errorf("the file has grown from %d to %d bytes", early.bytes, lived.bytes)
	}
}

// A longLived is a network that is played for years.
type longLived struct {
	*conversation
	r             *rand.Rand
	groups        int
	skills        []string
	begin, tidied time.Time
}

func newLongLived(t *testing.T, url string, groups int) *longLived {
	t.Helper()
	k := newConversation(t, url)
	skills := []string{"accounts", "a hall with a kitchen", "a minibus", "first aid training", "gazebos", "bid writing", "a projector", "gardening tools", "sewing", "a choir"}
	sheet := []string{"name,postcode,offers,needs,speaks"}
	for n := range groups {
		a, b := skills[n%len(skills)], skills[(n+3)%len(skills)]
		sheet = append(sheet, fmt.Sprintf("Group %d,QX%d,%s,%s,Person %s", n, 1+n%9, a, b, letters(n)))
	}
	k.given("organisations:", sheet)
	k.say("Ruth", "", true, "coordinator plum harbour kettle")
	k.settle()
	k.say("Ruth", "news", true, "digest here")
	k.settle()
	for n := range groups {
		if n%3 == 0 || groups < 30 {
			k.say("Person "+letters(n), "", true, "one suggestion a week")
			k.settle()
		}
		if n%9 == 0 {
			k.say("Person "+letters(n), "", true, "send me the digest")
			k.settle()
		}
	}
	return &longLived{k, rand.New(rand.NewPCG(3, 4)), groups, skills, k.now, k.now}
}

// live plays until the end of a year: each so often somebody is busy, and what is over is erased each tidyEach, or a little later.
func (k *longLived) live(year int, each, tidyEach time.Duration) {
	k.t.Helper()
	for end := k.begin.AddDate(year, 0, 0); k.now.Before(end); {
		k.until(k.now.Add(each + time.Duration(k.r.IntN(100))*time.Minute))
		busy(k.conversation, k.r, k.groups, k.skills)
		if k.now.Sub(k.tidied) >= tidyEach {
			k.tidy()
		}
	}
	seconds, err := overdue(context.Background(), k.db, k.now)
	if err != nil {
		k.t.Fatal(err)
	}
	if late := time.Duration(seconds) * time.Second; late > tidyEach+2*each {
		k.t.Errorf("after %d years something is kept %s too long", year, late)
	}
}

func (k *longLived) tidy() {
	k.t.Helper()
	k.tidied = k.now
	if err := k.db.Tidy(context.Background(), k.now); err != nil {
		k.t.Fatal(err)
	}
}

// leave has everybody go who speaks for a group.
func (k *longLived) leave() {
	k.t.Helper()
	for n := range k.groups {
		k.say("Person "+letters(n), "", true, "forget me for good")
		k.settle()
	}
	k.said = nil
}

// busy has one person answer something and another say something.
func busy(k *conversation, r *rand.Rand, groups int, skills []string) {
	k.t.Helper()
	for _, s := range k.said {
		choices := s.post.Reply.Choices()
		if len(choices) == 0 || len(s.post.Where.People) != 1 || strings.HasPrefix(s.post.Key, "reply/") || r.IntN(8) == 0 {
			continue
		}
		choice := choices[r.IntN(len(choices))]
		if r.IntN(2) == 0 {
			choice = choices[0] // a yes, where there is one
		}
		k.say(string(s.post.Where.People[0]), "", true, choice.Say)
		k.settle()
	}
	k.said = nil
	skill := skills[r.IntN(len(skills))]
	text := []string{
		"we can offer " + skill, "gone " + skill, "we need " + skill, "who can help with " + skill + "?", "who can help with a steam organ " + letters(r.IntN(1000)) + "?",
		"sorted", "what's happening?", "still true", "we are full until 1 June", "we have room again",
		"one suggestion a week", "send me the digest", // of those who want less some want more again
	}
	n := r.IntN(groups)
	who := "Person " + letters(n)
	k.say(who, []string{"", "hall"}[r.IntN(2)], true, text[r.IntN(len(text))])
	k.settle()
	if r.IntN(6) == 0 { // one group goes, and another comes that nobody knows yet
		band := "Band " + letters(r.IntN(26*26*26))
		for _, text := range []string{"forget me for good", fmt.Sprintf("we are %s, QX%d", band, 1+n%9), "list us", "we can offer " + skill, "we need " + skills[n%len(skills)], "one suggestion a week"} {
			k.say(who, "", true, text)
			k.settle()
		}
		k.settle()
		k.say("Ruth", "", true, "we know "+band)
		k.settle()
	}
	k.said = nil
}

type size struct {
	rows, bytes int64
	of          map[string]int64
}

func measure(t *testing.T, url string) size {
	t.Helper()
	db, err := sql.Open("sqlite", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	is := size{of: map[string]int64{}}
	if err := db.QueryRow(`select (select * from pragma_page_count) * (select * from pragma_page_size)`).Scan(&is.bytes); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`select name from sqlite_master where type = 'table' and name not like 'sqlite%'`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	rows.Close()
	for _, name := range names {
		var n int64
		if err := db.QueryRow("select count(*) from " + name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		is.of[name], is.rows = n, is.rows+n
	}
	return is
}
