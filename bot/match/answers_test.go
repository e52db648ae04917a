package match

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// answersIndex knows how common words are in a few hundred offers and needs, so that some are common and most are not.
func answersIndex() *Index {
	ix := NewIndex(nil, Sector())
	var docs []Document
	for i, text := range strings.Split(`a hall with a kitchen|a room for twenty people|a van at weekends|a minibus and a driver|first aid training for volunteers
help with accounts|tools to borrow|posters designed|vegetables in summer|tea and cake for an event|a choir for your fair|laptops for people who have none`, "|") {
		for n := range 10 {
			docs = append(docs, Document{ID: int64(100*i + n), Name: "Group", Offers: offers(text)})
		}
	}
	ix.Update(docs, nil)
	return ix
}

func TestAnswers(t *testing.T) {
	ix := answersIndex()
	score := func(need, offer string) float64 {
		s := ix.now.Load()
		return answers(ix.things(s, need, false), ix.things(s, offer, true))
	}
	for _, c := range []struct {
		need, offer string
		good        bool
	}{
		{"someone to examine our accounts", "help with annual accounts", true},
		{"a set of tools to borrow", "a tool library", true},
		{"a bigger chest freezer", "a chest freezer that stands idle, to lend", true},
		{"as much woodchip as you can spare", "woodchip and compost by the barrow, if you fetch it", true},
		{"captions on our videos", "subtitles for your videos", true},
		{"a first aid refresher for six leaders", "first aid training for volunteers, £12 a head", true},
		{"laptops for children's homework", "refurbished laptops for people who have none, free", true},
		{"a minibus about once a month, for bouts in other towns", "two minibuses at weekends, if you bring a driver, at cost", true},
		{"a quiet room for ten, Thursday evenings", "two small private rooms on Saturdays", true},
		{"tents for a weekend", "tents for forty people to borrow", true},
		{"an electrician for the hut kitchen", "a church hall with a kitchen, weekday mornings, at no charge", false},
		{"a day at the seaside for thirty of us", "parking for thirty cars", false},
		{"someone who can take dents out of a euphonium", "an electric piano to lend, if you can lift it", false},
		{"a sign language interpreter for council meetings", "somebody to read your lease before you sign it", false},
		{"somebody to explain how schools here choose their pupils", "towpath history walks for schools", false},
		{"new bedding and towels, twelve sets", "sewing repairs, zips and turned-up curtains", false},
		{"warm coats and men's shoes", "bunting, banners and costumes sewn, for the cost of the cloth", false},
		{"more drivers", "two minibuses at weekends, if you bring a driver, at cost", false},
		{"a plumber for a boiler that sulks", "an hour with somebody who has set up a food store", false},
		{"", "", false},
		{"a", "the", false},
	} {
		if got := score(c.need, c.offer); got > 0 != c.good {
			t.Errorf("%q and %q: %.2f", c.need, c.offer, got)
		}
	}
}

// TestAnswersBlind measures reasons on needs and offers that somebody wrote and judged who had not seen how they are
// told apart. GINNEL_REASONS names the folder.
func TestAnswersBlind(t *testing.T) {
	folder := os.Getenv("GINNEL_REASONS")
	if folder == "" {
		t.Skip("GINNEL_REASONS names no folder with reasons-needs.tsv, reasons-offers.tsv and reasons-good.tsv")
	}
	rows := func(name string) (all [][]string) {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			all = append(all, strings.Split(strings.TrimSpace(line), "\t"))
		}
		return all
	}
	needs, offered, grades := rows("reasons-needs.tsv"), rows("reasons-offers.tsv"), map[string]string{}
	good := 0
	for _, g := range rows("reasons-good.tsv") {
		grades[g[0]+" "+g[1]] = g[2]
		if g[2] == "2" {
			good++
		}
	}
	ix := NewIndex(nil, Sector())
	var docs []Document
	for i, o := range offered {
		docs = append(docs, Document{ID: int64(i + 1), Name: "Group", Offers: offers(o[1])})
	}
	ix.Update(docs, nil)
	s := ix.now.Load()
	said, right, stretched, found := 0, 0, 0, 0
	for _, n := range needs {
		for _, o := range offered {
			score := answers(ix.things(s, n[1], false), ix.things(s, o[1], true))
			grade := grades[n[0]+" "+o[0]]
			switch {
			case score == 0 && grade == "2":
				t.Logf("missed: %s – %s", n[1], o[1])
			case score == 0:
			case grade == "2":
				said, right, found = said+1, right+1, found+1
			case grade == "1":
				said, stretched = said+1, stretched+1
			default:
				said++
				t.Logf("silly (%.2f): %s – %s", score, n[1], o[1])
			}
		}
	}
	t.Logf("%d reasons: %.2f good, %.2f a stretch; %d of %d good ones found", said, float64(right)/float64(max(said, 1)), float64(stretched)/float64(max(said, 1)), found, good)
}

// TestAnswersToItself: whatever is needed is answered by an offer in the same words, if they say anything at all.
func TestAnswersToItself(t *testing.T) {
	ix := answersIndex()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(a|some|two)? ?[a-z]{3,9}( (for|and|with|to|who|of) [a-z]{3,9}){0,3}`).Draw(t, "text")
		s := ix.now.Load()
		needed, offered := ix.things(s, text, false), ix.things(s, text, true)
		if got := answers(needed, offered); len(needed) > 0 && got < 0.8 {
			t.Errorf("%q answers itself with %.2f", text, got)
		}
	})
}
