package main

import (
	"strings"
	"testing"
	"time"

	"ginnel/storage/storagetest"
)

// TestNewsIsTrueWhenItIsTold: of the groups that were found, whoever offers it no more when it is told is not named, and the
// asker hears of the others.
func TestNewsIsTrueWhenItIsTold(t *testing.T) {
	for name, first := range map[string]string{
		"a need":       "we need a hall for twenty people",
		"what watches": "",
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				r := &roomless{conversation: newConversation(t, url)}
				if err := r.out.Add(r); err != nil {
					t.Fatal(err)
				}
				say := func(who, text string) string {
					r.say(who, "", true, text)
					return r.settle()
				}
				if first == "" {
					r.given("organisations:", []string{
						"name,postcode,offers,needs,speaks", "Repair Café,QX3,a tool library,,Amina", "Tally Trust,QX2,a hall,,Tom", "Sums Society,QX2,a hall,,Maryam",
					})
					say("Amina", "we need help with annual accounts")
					r.waits = true
					say("Tom", "we can offer help with annual accounts")
					say("Maryam", "we can offer help with annual accounts")
				} else {
					r.given("organisations:", []string{
						"name,postcode,offers,needs,speaks", "Repair Café,QX3,a tool library,,Amina",
						"Tally Trust,QX2,a hall for twenty people,,Tom", "Sums Society,QX2,a hall for twenty people,,Maryam",
					})
					r.waits = true
					say("Amina", first)
					say("Tom", "we no longer offer a hall for twenty people")
				}
				say("Tom", "we no longer offer help with annual accounts")
				r.waits = false
				heard := r.until(r.now.Add(2 * time.Hour))
				if strings.Contains(heard, "1  ask Tally") || strings.Contains(heard, "- Tally Trust") || !strings.Contains(heard, "- Sums Society") {
					t.Errorf("Amina hears %q", heard)
				}
			})
		})
	}
}
