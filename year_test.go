package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot/calendar"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// TestYear plays a year of many organisations, with people who answer, people who do not, a bot that is down one hour in
// twenty, and both days on which the clocks change. No digest comes twice, nothing is said unasked in the quiet hours or on a
// bank holiday, and to nobody more than once in any seven days.
func TestYear(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		groups, days := 60, 120
		switch {
		case os.Getenv("GINNEL_SOAK") != "":
			groups, days = 500, 365
		case testing.Short(), strings.HasPrefix(url, "postgres"):
			groups, days = 20, 45
		}
		playYear(t, url, groups, days)
	})
}

func playYear(t *testing.T, url string, groups, days int) {
	ctx := context.Background()
	k := newConversation(t, url)
	r := rand.New(rand.NewPCG(7, 8))
	k.given("the sample network", nil)
	skills := []string{"accounts", "a hall with a kitchen", "a minibus", "first aid training", "gazebos", "bid writing", "a projector", "gardening tools", "sewing", "a choir"}
	sheet := []string{"name,postcode,offers,needs,speaks"}
	for n := range groups {
		a, b := skills[r.IntN(len(skills))], skills[r.IntN(len(skills))]
		sheet = append(sheet, fmt.Sprintf("Group %d,QX%d,%s,%s,Person %s", n, 1+n%9, a, b, letters(n)))
	}
	k.given("organisations:", sheet)
	k.say("Ruth", "", true, "coordinator plum harbour kettle")
	k.settle()
	k.say("Ruth", "news", true, "digest here")
	k.say("Ruth", "", true, "closed from 21 December to 28 December")
	k.settle()
	for n := range groups {
		if n%3 == 0 {
			k.say("Person "+letters(n), "", true, "send me the digest")
			k.settle()
		}
	}
	end := k.now.AddDate(0, 0, days)
	downUntil := k.now
	seen := len(k.said)
	for k.now.Before(end) {
		// Three times a day somebody does something, unless the bot is down.
		step := k.now.Add(time.Duration(1+r.IntN(8)) * time.Hour)
		if r.IntN(100) < 5 {
			downUntil = step.Add(time.Duration(r.IntN(30)) * time.Hour)
		}
		if step.Before(downUntil) {
			k.now = step
			continue
		}
		k.until(step)
		// Some of what people were asked they answer.
		for ; seen < len(k.said); seen++ {
			p := k.said[seen].post
			choices := p.Reply.Choices()
			if len(choices) == 0 || len(p.Where.People) != 1 || strings.HasPrefix(p.Key, "reply/") || r.IntN(3) == 0 {
				continue
			}
			choice := choices[r.IntN(len(choices))]
			if r.IntN(2) == 0 {
				choice = choices[0] // a yes, where there is one
			}
			k.say(string(p.Where.People[0]), "", true, choice.Say)
			k.settle()
		}
		n := r.IntN(groups)
		text := []string{"we can offer " + skills[r.IntN(len(skills))] + fmt.Sprint(" number ", r.IntN(99)), "who can help with " + skills[r.IntN(len(skills))] + "?", "what's happening?", "we are full until 1 June", "we have room again"}[r.IntN(5)]
		k.say("Person "+letters(n), []string{"", "hall"}[r.IntN(2)], true, text)
		k.settle()
	}
	checkYear(t, k, end)
	counts, err := k.db.Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", counts)
	if counts["inbox/aside"] > 0 {
		t.Errorf("%d messages were set aside", counts["inbox/aside"])
	}
}

func letters(n int) string {
	return string([]rune{rune('A' + n/26/26%26), rune('a' + n/26%26), rune('a' + n%26)})
}

func checkYear(t *testing.T, k *conversation, end time.Time) {
	t.Helper()
	unasked := map[bot.UserID][]time.Time{}
	digests := map[string]bool{}
	bundles, rooms, made := 0, 0, 0
	for _, s := range k.said {
		at := s.at.In(k.zone)
		switch kind, _, _ := strings.Cut(s.post.Key, "/"); kind {
		case "bundle":
			bundles++
			unasked[s.post.Where.People[0]] = append(unasked[s.post.Where.People[0]], s.at)
		case "digest":
			rooms++
			year, week := at.ISOWeek()
			name := string(s.post.Where.Room) + calendar.WeekName(year, week)
			if digests[name] {
				t.Errorf("the digest of %s comes twice", name)
			}
			digests[name] = true
		case "made":
			made++
			continue
		default:
			continue
		}
		if calendar.QuietHours.Has(at) || calendar.EnglandAndWales.BankHoliday(bot.DateOf(at)) {
			t.Errorf("%s at %s, when nobody is spoken to", s.post.Key, at)
		}
		if calendar.Closed([]calendar.Closure{{From: bot.Date{Year: 2026, Month: 12, Day: 21}, To: bot.Date{Year: 2026, Month: 12, Day: 28}}}, bot.DateOf(at)) {
			t.Errorf("%s at %s, when all is closed", s.post.Key, at)
		}
	}
	for person, times := range unasked {
		slices.SortFunc(times, time.Time.Compare)
		for n := 1; n < len(times); n++ {
			if d := times[n].Sub(times[n-1]); d < 7*24*time.Hour {
				t.Errorf("%s is spoken to unasked twice within %s: %s and %s", person, d, times[n-1], times[n])
			}
		}
	}
	t.Logf("%d bundles to %d people, %d digests, %d introductions made until %s", bundles, len(unasked), rooms, made, end.Format(time.DateOnly))
	if bundles == 0 || rooms == 0 || made == 0 {
		t.Error("nothing happens in that network")
	}
}
