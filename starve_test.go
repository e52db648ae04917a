package main

import (
	"fmt"
	"strings"
	"testing"

	"ginnel/storage/storagetest"
)

// TestNobodyStarvesAGroup: newcomers, however many groups one account brings and however many accounts suggest, cannot keep those that
// are known here from asking a group. Each of them has one place at most.
func TestNobodyStarvesAGroup(t *testing.T) {
	const groups = `name,postcode,offers,needs,speaks
Tally Trust,QX2,annual accounts,,Tom
Hall One,QX1,a hall,,Amina
Hall Two,QX1,a stage,,Maryam
Hall Three,QX1,a bar,,Priya
`
	beasts := []string{"Herons", "Badgers", "Otters", "Skylarks", "Hedgehogs", "Stoats"}
	join := func(k *conversation, who, name string) {
		k.say(who, "", true, fmt.Sprintf("list us as “%s”, “QX3”", name))
		if heard := k.settle(); !strings.Contains(heard, "is listed") {
			k.t.Fatalf("%s: %s", name, heard)
		}
	}
	for name, starve := range map[string]func(*conversation, func(who, text string) string){
		"six groups of one account": func(k *conversation, ask func(who, text string) string) {
			for n := range 6 {
				join(k, "Eve", beasts[n])
			}
			sent, waits := 0, 0
			for n := range 6 {
				heard := ask("Eve", fmt.Sprintf("for %s: ask Tally Trust about matter %d", beasts[n], n))
				sent += strings.Count(heard, "to Tom>")
				waits += strings.Count(heard, "not asked too often")
			}
			if sent != 1 || waits != 1 {
				k.t.Errorf("one account has %d sent, and %d that wait", sent, waits)
			}
		},
		"three accounts that suggest": func(k *conversation, ask func(who, text string) string) {
			sent := 0
			for n, who := range []string{"Eve", "Mallory", "Trudy"} {
				join(k, who, beasts[n])
				for _, other := range []string{"One", "Two", "Three"} {
					sent += strings.Count(ask(who, fmt.Sprintf("introduce Tally Trust and Hall %s about matter %d", other, n)), "to Tom>")
				}
			}
			if sent != 1 {
				k.t.Errorf("newcomers have %d sent in a week", sent)
			}
		},
		"as many as it takes in a month": func(k *conversation, ask func(who, text string) string) {
			ask("Tom", "four asks a month")
			kept := 0
			for n := range 6 {
				who := "Eve " + letters(n)
				join(k, who, beasts[n])
				kept += strings.Count(ask(who, fmt.Sprintf("ask Tally Trust about matter %d", n)), "keeps them for groups")
			}
			if kept != 4 {
				k.t.Errorf("of six newcomers %d are told that asks are kept for others", kept)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				k := newConversation(t, url)
				k.given("organisations:", strings.Split(groups, "\n"))
				ask := func(who, text string) string {
					k.say(who, "", true, text)
					return k.settle()
				}
				starve(k, ask)
				for _, who := range []string{"Maryam", "Priya"} {
					if heard := ask(who, "ask Tally Trust about our accounts"); !strings.Contains(heard, "to Tom>") {
						t.Errorf("%s, who is known, is kept waiting: %s", who, heard)
					}
				}
			})
		})
	}
}
