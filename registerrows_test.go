package main

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// registerRows is all that people can change by what they say, by table and then by key.
type registerRows map[string]map[string][]string

// What is read of each table: how a row is called, and then its columns.
var registerTables = map[string]struct {
	key     string
	columns string
}{
	"organisation":    {"id", "name,postcode,about,web,sensitive,closed,closed_to,asks_month,reach,tonight,covers,vouched,suggest,listed"},
	"contact":         {"network || person || organisation", "steward,left_at"},
	"entry":           {"id", "side,gone > 0,text || terms || until,confirmed"},
	"ask":             {"id", "closed > 0 or sorted,text || until"},
	"introduction":    {"id", "asker_answer,asked_answer,state"},
	"gathering_party": {"gathering || '/' || organisation", "assent"},
	"outcome":         {"introduction || '/' || organisation || question", "answer"},
	"person":          {"network || person", "digest,nudges,quiet_until"},
	"barred":          {"organisation || '/' || other", "1"},
	"tie":             {"organisation || '/' || other", "kind"},
	"thanks":          {"id", "giver_lets,helper_lets"},
	"report":          {"id", "closed"},
	"coordinator":     {"network || person", "1"},
	"listening":       {"network || room", "1"},
	"digest_room":     {"network || room", "1"},
}

// readRegister reads the tables of a SQLite file that nobody writes to.
func readRegister(t *testing.T, url string) registerRows {
	t.Helper()
	db, err := sql.Open("sqlite", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := registerRows{}
	for table, of := range registerTables {
		all[table] = map[string][]string{}
		rows, err := db.Query("select " + of.key + "," + of.columns + " from " + table)
		if err != nil {
			t.Fatal(err)
		}
		n := 1 + len(strings.Split(of.columns, ","))
		for rows.Next() {
			row, into := make([]string, n), make([]any, n)
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table][row[0]] = row[1:]
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// since tells in words what happened to the register: “offer+” is a new offer, “need-” one that is gone, “ask~” one with other
// words, and so on; “fresh” is an entry that is still true.
func (r registerRows) since(before registerRows) []string {
	happened := map[string]bool{}
	for table := range registerTables {
		for key, now := range r[table] {
			if was, ok := before[table][key]; !ok {
				happened[appeared(table, now)] = true
			} else if !slices.Equal(was, now) {
				for _, word := range differs(table, was, now) {
					happened[word] = true
				}
			}
		}
		for key, was := range before[table] {
			if _, ok := r[table][key]; !ok {
				happened[vanished(table, was)] = true
			}
		}
	}
	delete(happened, "")
	if happened["left"] { // and with whoever leaves goes what only that person said
		return []string{"left"}
	}
	return slices.Sorted(maps.Keys(happened))
}

func appeared(table string, now []string) string {
	switch table {
	case "entry":
		return now[0] + "+"
	case "person":
		return manners([]string{"0", "1", "0"}, now)
	case "introduction":
		return "meet+"
	case "organisation", "contact":
		return "listed"
	case "tie":
		return now[0]
	}
	return table + "+"
}

func vanished(table string, was []string) string {
	switch table {
	case "entry":
		return was[0] + "-"
	case "person":
		return ""
	case "organisation":
		return "unlisted"
	case "contact":
		return "left"
	}
	return table + "-"
}

// differs tells what a row that was there already says now.
func differs(table string, was, now []string) (words []string) {
	switch table {
	case "entry":
		switch {
		case was[1] != now[1]:
			return []string{now[0] + map[string]string{"0": "+", "1": "-"}[now[1]]}
		case was[2] != now[2]:
			return []string{now[0] + "~"}
		}
		return []string{"fresh"}
	case "ask":
		if was[0] != now[0] {
			return []string{"ask-"}
		}
		return []string{"ask~"}
	case "introduction":
		for i := range 2 {
			switch {
			case was[i] == now[i]:
			case was[i] == "yes":
				words = append(words, "meet-")
			default:
				words = append(words, now[i])
			}
		}
		if words == nil {
			words = []string{map[string]string{"over": "meet-"}[now[2]]}
		}
		return words
	case "gathering_party":
		return []string{now[0]}
	case "person":
		return []string{manners(was, now)}
	case "organisation":
		last := len(now) - 1
		if was[last] != now[last] {
			return []string{map[string]string{"0": "unlisted", "1": "listed"}[now[last]]}
		}
		if was[last-1] != now[last-1] {
			words = append(words, map[bool]string{true: "stopped", false: "suggested"}[now[last-1] == "0"])
		}
		if !slices.Equal(was[:last-1], now[:last-1]) {
			words = append(words, "group~")
		}
		return words
	case "contact":
		return []string{"contact~"}
	}
	return []string{table + "~"}
}

// manners tells whether somebody hears less now: digest, nudges, quiet until.
func manners(was, now []string) string {
	less := func(a []string) int {
		n := 0
		for i, quiet := range []bool{a[0] == "0", a[1] == "0", a[2] != "0"} {
			if quiet {
				n += 1 << i
			}
		}
		return n
	}
	switch before, after := less(was), less(now); {
	case fmt.Sprint(was) == fmt.Sprint(now):
		return ""
	case after >= before:
		return "stopped"
	default:
		return "started"
	}
}
