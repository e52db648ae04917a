package main

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/match"
	"ginnel/bot/question"
	"ginnel/bot/sample"
	"ginnel/storage"
)

// askedSkill is a question with the names of those who can help.
type askedSkill struct {
	question string
	can      []string
}

func readSkills(t *testing.T) (all []askedSkill) {
	t.Helper()
	text, err := os.ReadFile("testdata/skills.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		q, names, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if !ok {
			t.Fatalf("no tab in %q", line)
		}
		a := askedSkill{question: q}
		if names != "" {
			a.can = strings.Split(names, ";")
		}
		all = append(all, a)
	}
	return all
}

// TestSkills asks the made-up town for skills, space, kit and know-how. nDCG@10 is of binary gains with a log2
// discount; success@3 is the share of questions with somebody who can help among the first three.
func TestSkills(t *testing.T) {
	ctx := t.Context()
	db, err := storage.Open(ctx, t.TempDir()+"/ginnel.db", storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	speaker := func(name string) bot.Speaker {
		return bot.Speaker{Network: "test", ID: bot.UserID(name), Name: name}
	}
	if err := loadSample(ctx, db, speaker, now); err != nil {
		t.Fatal(err)
	}
	if len(sample.Organisations) == 0 {
		t.Fatal("no sample")
	}
	book, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	finder := question.NewFinder(db, nil, book, time.UTC, match.Sector())
	var ndcg, success, answerable, empty, honest float64
	var alarms []string
	for _, a := range readSkills(t) {
		found, err := finder.Find(ctx, a.question, now, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.can) == 0 {
			empty++
			if len(found.Groups) == 0 {
				honest++
			} else if testing.Verbose() {
				t.Logf("%q: nobody can, and it names %s", a.question, found.Groups[0].Organisation.Name)
			}
			continue
		}
		answerable++
		if len(found.Groups) == 0 {
			alarms = append(alarms, a.question)
		}
		var got, ideal, in3 float64
		for i, g := range found.Groups {
			if slices.Contains(a.can, g.Organisation.Name) {
				got += 1 / math.Log2(float64(i)+2)
				if i < 3 {
					in3 = 1
				}
			}
		}
		for i := range min(10, len(a.can)) {
			ideal += 1 / math.Log2(float64(i)+2)
		}
		if in3 == 0 && testing.Verbose() {
			var names []string
			for _, g := range found.Groups[:min(3, len(found.Groups))] {
				names = append(names, g.Organisation.Name)
			}
			t.Logf("%q: %s can, and it names %s", a.question, strings.Join(a.can, ", "), strings.Join(names, ", "))
		}
		ndcg += got / ideal
		success += in3
	}
	t.Logf("%.0f questions: nDCG@10 %.3f, success@3 %.2f, false alarms %.2f; of %.0f that nobody can answer it says so to %.2f",
		answerable, ndcg/answerable, success/answerable, float64(len(alarms))/answerable, empty, honest/empty)
	if answerable < 60 || empty < 10 {
		t.Errorf("%.0f and %.0f questions are too few", answerable, empty)
	}
	if ndcg/answerable < 0.85 || success/answerable < 0.9 || float64(len(alarms))/answerable > 0.05 || honest/empty < 0.8 {
		t.Errorf("that is less than it was; it knew nobody for %q", alarms)
	}
}
