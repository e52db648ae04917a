package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ginnel/storage/storagetest"
)

// confided are the commands whose words only one person reads who was not asked for, or nobody.
var confided = []string{"introduce.reach", "digest.coordinator", "talk.line", "rights.report", "rights.complain", "talk.for"}

// TestNobodyIsToldOfWhoWasNotAsked: whichever command is given with a third person's name, number and address in it, nobody
// else reads them, and they stand in no table.
func TestNobodyIsToldOfWhoWasNotAsked(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		k.given("the sample network", nil)
		k.say("Amina", "", true, "coordinator plum harbour kettle")
		k.settle()
		free := regexp.MustCompile(`\{\w+\}`)
		tried := 0
		for name, phrase := range phrases(t) {
			if slices.Contains(confided, name[:strings.LastIndex(name, "/")]) {
				continue
			}
			said := strings.NewReplacer("[", "", "]", "", "{until:date}", "1 March 2027", "{place:place}", "QX1", "{in:place}", "QX1",
				"{name:organisation}", "Tally Trust", "{one:organisation}", "Tally Trust", "{other:organisation}", "Count Me In", "{n:number}", "2").Replace(phrase)
			if !free.MatchString(said) {
				continue
			}
			tried++
			k.say("Amina", "", true, free.ReplaceAllString(said, "help for Mrs Patel of 14 Moss Lane, 07700 900123"))
			heard := k.settle()
			for line := range strings.Lines(heard) {
				if strings.HasPrefix(line, "ginnel ") && strings.Contains(line, "Patel") {
					t.Errorf("%s: %s", name, line)
				}
			}
			if heard := k.until(k.now); strings.Contains(heard, "Patel") {
				t.Errorf("%s: later: %s", name, heard)
			}
		}
		if tried < 100 {
			t.Fatalf("tried %d sentences", tried)
		}
		if strings.Contains(url, "://") {
			return // the tables are the same
		}
		db, err := sql.Open("sqlite", url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, table := range []string{"entry", "ask", "organisation", "introduction", "gathering", "thanks", "prompt", "keep", "post", "offered"} {
			rows, err := db.Query("select * from " + table)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				row := make([]any, len(columns))
				for i := range row {
					row[i] = new(any)
				}
				if err := rows.Scan(row...); err != nil {
					t.Fatal(err)
				}
				for i, v := range row {
					if text := fmt.Sprint(*v.(*any)); strings.Contains(text, "Patel") {
						t.Errorf("%s.%s: %s", table, columns[i], text)
					}
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			rows.Close()
		}
	})
}

// phrases are the phrases of all word files, by command and number.
func phrases(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("bot/*/words/en.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d word files, %v", len(files), err)
	}
	all := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		section := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = strings.Trim(line, "[]")
			}
			if phrase, ok := strings.CutPrefix(line, "understood: "); ok {
				all[fmt.Sprintf("%s.%s/%d", filepath.Base(filepath.Dir(filepath.Dir(f))), section, len(all))] = phrase
			}
		}
	}
	return all
}
