package main

import (
	"cmp"
	"fmt"
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

// sampleTown is a database with the made-up town in it.
func sampleTown(t *testing.T, now time.Time) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), t.TempDir()+"/ginnel.db", storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	speaker := func(name string) bot.Speaker {
		return bot.Speaker{Network: "test", ID: bot.UserID(name), Name: name}
	}
	if err := loadSample(t.Context(), db, speaker, now); err != nil {
		t.Fatal(err)
	}
	if len(sample.Organisations) == 0 {
		t.Fatal("no sample")
	}
	return db
}

// How well questions about skills are answered: nDCG@10 is of binary gains with a log2 discount; success@3 is the share of
// questions with somebody who can help among the first three.
type skilled struct {
	answerable, empty   float64 // questions
	ndcg, success       float64
	alarms, wrong, lies []string // answerable and nobody is known; not among the first three; nobody can, and somebody is named
}

func (s skilled) honest() float64 { return 1 - float64(len(s.lies))/s.empty }

func measureSkills(t *testing.T, db *storage.DB, asked []askedSkill, now time.Time) (s skilled) {
	t.Helper()
	book, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	finder := question.NewFinder(db, nil, book, time.UTC, match.Sector())
	for _, a := range asked {
		found, err := finder.Find(t.Context(), a.question, now, 10)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range found.Groups {
			names = append(names, g.Organisation.Name)
		}
		told := fmt.Sprintf("%q: %s can, and it names %s", a.question, cmp.Or(strings.Join(a.can, ", "), "nobody"), strings.Join(names[:min(3, len(names))], ", "))
		if len(a.can) == 0 {
			s.empty++
			if len(names) > 0 {
				s.lies = append(s.lies, told)
			}
			continue
		}
		s.answerable++
		if len(names) == 0 {
			s.alarms = append(s.alarms, told)
		}
		var got, ideal, in3 float64
		for i, name := range names {
			if slices.Contains(a.can, name) {
				got += 1 / math.Log2(float64(i)+2)
				if i < 3 {
					in3 = 1
				}
			}
		}
		for i := range min(10, len(a.can)) {
			ideal += 1 / math.Log2(float64(i)+2)
		}
		if in3 == 0 {
			s.wrong = append(s.wrong, told)
		}
		s.ndcg += got / ideal
		s.success += in3
	}
	s.ndcg /= s.answerable
	s.success /= s.answerable
	return s
}

// TestSkills asks the made-up town for skills, space, kit and know-how.
func TestSkills(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := measureSkills(t, sampleTown(t, now), readSkills(t), now)
	for _, line := range slices.Concat(s.wrong, s.lies) {
		t.Log(line)
	}
	falsely := float64(len(s.alarms)) / s.answerable
	t.Logf("%.0f questions: nDCG@10 %.3f, success@3 %.2f, false alarms %.2f; of %.0f that nobody can answer it says so to %.2f",
		s.answerable, s.ndcg, s.success, falsely, s.empty, s.honest())
	if s.answerable < 60 || s.empty < 10 {
		t.Errorf("%.0f and %.0f questions are too few", s.answerable, s.empty)
	}
	if s.ndcg < 0.85 || s.success < 0.9 || falsely > 0.05 || s.honest() < 0.8 {
		t.Errorf("that is less than it was; it knew nobody for %q", s.alarms)
	}
}

// TestSkillsAndThanks thanks those who can answer every other question for it, in its words: they are found for those, and
// the other questions are answered no worse. Without any offers, thanks are nearly all there is to be found by.
func TestSkillsAndThanks(t *testing.T) {
	ctx, now := t.Context(), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	all := readSkills(t)
	var thanked, others, nobody []askedSkill
	for i, a := range all {
		switch {
		case len(a.can) == 0:
			nobody = append(nobody, a)
		case i%2 == 0:
			thanked = append(thanked, a)
		default:
			others = append(others, a)
		}
	}
	for _, offers := range []bool{true, false} {
		db := sampleTown(t, now)
		ids := map[string]bot.OrganisationID{}
		err := db.EachOrganisation(ctx, func(o bot.Organisation, _ []bot.Entry, _ []bot.Contact) error {
			ids[o.Name] = o.ID
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			entries, err := db.Entries(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Side == bot.Offer && !offers {
					if err := db.RemoveEntry(ctx, id, e.ID, now); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		measured := func() (same, other skilled) {
			return measureSkills(t, db, slices.Concat(thanked, nobody), now), measureSkills(t, db, slices.Concat(others, nobody), now)
		}
		sameBefore, otherBefore := measured()
		for _, a := range thanked {
			for _, name := range a.can {
				giver := ids["Harthwaite Community Choir"]
				if ids[name] == giver {
					giver = ids["Tuesday Corner"]
				}
				id, err := db.AddThanks(ctx, bot.Thanks{Giver: giver, Helper: ids[name], What: a.question, At: now.AddDate(0, -3, 0)})
				if err != nil {
					t.Fatal(err)
				}
				for _, side := range []bot.OrganisationID{giver, ids[name]} {
					if err := db.AllowThanks(ctx, id, side, now); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		same, other := measured()
		t.Logf("offers %v: nDCG@10 of what somebody was thanked for %.3f (%.3f without thanks), of other questions %.3f (%.3f); honest %.2f (%.2f)",
			offers, same.ndcg, sameBefore.ndcg, other.ndcg, otherBefore.ndcg, other.honest(), otherBefore.honest())
		if same.ndcg < sameBefore.ndcg || same.ndcg < 0.9 || other.ndcg < otherBefore.ndcg-0.01 || len(other.lies) > len(otherBefore.lies)+1 {
			t.Errorf("thanks do harm: %+v", other)
		}
	}
}
