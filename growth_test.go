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

	"ginnel/storage/storagetest"
)

// TestSoakGrowth plays years of a network whose number of groups stays the same. What is kept of it stays about the same
// too: after all the years at most twice as much as after the first two.
func TestSoakGrowth(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		groups, years, each, tidyEach := 16, 5, 6*24*time.Hour, 30*24*time.Hour
		switch {
		case os.Getenv("GINNEL_SOAK") != "" && !strings.HasPrefix(url, "postgres"):
			groups, years, each, tidyEach = 300, 10, 24*time.Hour, 24*time.Hour
		case raceDetector, strings.HasPrefix(url, "postgres"):
			t.Skip("the years are played on SQLite, without the race detector: the statements are the same")
		}
		k := newConversation(t, url)
		r := rand.New(rand.NewPCG(3, 4))
		skills := []string{"accounts", "a hall with a kitchen", "a minibus", "first aid training", "gazebos", "bid writing", "a projector", "gardening tools", "sewing", "a choir"}
		sheet := []string{"name,postcode,offers,needs,speaks"}
		for n := range max(groups, 14) {
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
		begin, tidied := k.now, k.now
		var early size
		for year := 1; year <= years; year++ {
			for end := begin.AddDate(year, 0, 0); k.now.Before(end); {
				k.until(k.now.Add(each + time.Duration(r.IntN(100))*time.Minute))
				busy(k, r, groups, skills)
				if k.now.Sub(tidied) >= tidyEach {
					tidied = k.now
					if err := k.db.Tidy(context.Background(), k.now); err != nil {
						t.Fatal(err)
					}
				}
			}
			is := measure(t, url)
			t.Logf("after %d years: %d rows, %d kB", year, is.rows, is.bytes/1000)
			if year == 1 {
				early = is
			}
			if year == 2 { // it goes up and down: the larger of the two years
				early.rows, early.bytes = max(early.rows, is.rows), max(early.bytes, is.bytes)
				for table, n := range is.of {
					early.of[table] = max(early.of[table], n)
				}
			}
			if year == years && (is.rows > 2*early.rows || is.bytes > 2*early.bytes) {
				t.Errorf("it has grown from %+v to %+v: %v", early, is, is.of)
			}
			const few = 100
			for table, n := range is.of {
				if year == years && n > 2*early.of[table]+few {
					t.Errorf("%s has grown from %d rows to %d", table, early.of[table], n)
				}
			}
			seconds, err := overdue(context.Background(), k.db, k.now)
			if err != nil {
				t.Fatal(err)
			}
			if late := time.Duration(seconds) * time.Second; late > tidyEach+2*each {
				t.Errorf("after %d years something is kept %s too long", year, late)
			}
		}
	})
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
