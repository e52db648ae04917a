package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ginnel/bot/spelling"
)

func thesaurus(t testing.TB, text string) *Thesaurus {
	t.Helper()
	th, err := ReadThesaurus(text)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

const small = `
# money
bookkeeping: keeping accounts, ledgers, ~books -> treasurer
treasurer: look after the money
first aid: first aiders
first aid training: first aid course
piano: electric piano
piano tuning: piano tuner
drop-in: open door
clubs: after-school, running a club
charity shop:
past: local history
coffee: cappuccino
`

func meanings(ix *Index, question string) (named, related []string) {
	for _, c := range ix.ask(ix.now.Load(), question).concepts {
		if c.related {
			related = append(related, c.name)
		} else {
			named = append(named, c.name)
		}
	}
	return named, related
}

func TestThesaurus(t *testing.T) {
	ix := NewIndex(nil, thesaurus(t, small))
	for question, want := range map[string]string{
		"someone to do our books":        "bookkeeping -> treasurer",
		"Keeping of the accounts":        "bookkeeping -> treasurer",
		"a first aid course":             "first aid training",
		"first aid":                      "first aid",
		"first-aid courses, first aider": "first aid training first aid",
		"a piano tuner":                  "piano tuning",
		"the drop-in on Mondays":         "drop-in",
		"to drop a letter in":            "",
		"a school runs":                  "", // “after” and “a” are no words to know anybody by
		"a club after school":            "clubs",
		"after the school":               "",
		"Charity shops":                  "charity shop",
		"the charity. Shops too":         "",
		"a shop for a charity":           "",
		"our local history":              "past",
		"keepin accounts":                "bookkeeping -> treasurer", // as it is said
		"bookeeping":                     "bookkeeping -> treasurer", // with a letter missing
		"":                               "",
	} {
		named, related := meanings(ix, question)
		got := strings.Join(named, " ")
		if len(related) > 0 {
			got += " -> " + strings.Join(related, " ")
		}
		if got != want {
			t.Errorf("%q speaks of %q, want %q", question, got, want)
		}
	}
	ix.Update([]Document{
		{ID: 1, Name: "Picture Library", About: "books for children", Offers: offers("books to borrow")},
		{ID: 2, Name: "Figures", Offers: offers("ledgers kept")},
		{ID: 3, Name: "Coins", Offers: offers("we look after the money")},
		{ID: 4, Name: "Choir", Offers: offers("an electric piano")},
	}, nil)
	if m := ix.Rank(ix.ParseRequest("bookkeeping"), 5, noon); len(m.Matches) != 1 || m.Matches[0].ID != 2 || !slices.Equal(m.Matches[0].Words, []string{"bookkeeping"}) {
		t.Errorf("a loose wording counts in a description: %+v", m)
	}
	if m := ix.Rank(ix.ParseRequest("a piano tuner"), 5, noon); len(m.Matches) != 0 {
		t.Errorf("who lends a piano tunes it: %+v", m.Matches)
	}
	if m := ix.Rank(ix.ParseRequest("a treasurer with bookkeeping"), 5, noon, 2); len(m.Matches) == 0 || m.Matches[0].ID != 3 {
		t.Errorf("%+v", m)
	}
}

func TestNearIsToldAsNear(t *testing.T) {
	ix := NewIndex(nil, thesaurus(t, "bookkeeping: ledgers -> treasurer\ntreasurer: look after the money"))
	ix.Update([]Document{{ID: 1, Name: "Coins", Offers: offers("we look after the money")}, {ID: 2, Name: "Tea", Offers: offers("tea")}}, nil)
	if r := ix.Rank(ix.ParseRequest("somebody for our ledgers"), 5, noon); len(r.Matches) != 0 || len(r.Near) != 1 || r.Near[0].ID != 1 {
		t.Errorf("%+v", r)
	}
}

func TestABadThesaurusIsNamedByLine(t *testing.T) {
	for _, text := range []string{"a: b\nno colon", "a: b\n: c", "x: y\n-> z"} {
		if _, err := ReadThesaurus(text); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", text, err)
		}
	}
	th, err := ReadThesaurus("minibus: small bus", "minibus: community transport")
	if err != nil || len(th.concepts) != 1 {
		t.Errorf("two texts with one concept: %v, %v", th, err)
	}
}

func TestSector(t *testing.T) {
	th := Sector()
	if n := len(th.concepts); n < 400 {
		t.Errorf("%d concepts", n)
	}
	// Whoever says a wording speaks of its concept. Of some nothing is left but stop words, or one word that may be
	// anybody's: they would stand there for nothing.
	for text := range strings.Lines(builtIn) {
		text, _, _ = strings.Cut(text, "#")
		said, _, _ := strings.Cut(text, "->")
		name, others, _ := strings.Cut(said, ":")
		for w := range strings.SplitSeq(name+","+others, ",") {
			line := contentOf(strings.Trim(w, " ~\n"))
			found := strings.TrimSpace(w) == ""
			th.find(line, func(m mention) { found = found || th.concepts[m.concept].name == oneLine(name) })
			if !found {
				t.Errorf("%q does not speak of %q", w, name)
			}
		}
	}
}

// TestOwnStems: what Snowball takes for one word and is two, is two; and what is alike stays so.
func TestOwnStems(t *testing.T) {
	for _, c := range [][2]string{
		{"treasurer", "treasures"},
		{"projector", "projects"},
		{"publicity", "public"},
		{"parking", "parks"},
		{"medics", "medical"},
		{"interns", "international"},
		{"universal", "universities"},
		{"economics", "economic"},
		{"generator", "generations"},
		{"mindfulness", "minds"},
		{"security", "secure"},
		{"marketing", "markets"},
		{"procession", "process"},
		{"physics", "physical"},
	} {
		if stem(c[0]) == stem(c[1]) {
			t.Errorf("%q and %q are both compared as %q", c[0], c[1], stem(c[0]))
		}
	}
	for _, c := range [][2]string{
		{"projectors", "projector"},
		{"organizing", "organising"},
		{"humanism", "humanists"},
		{"residents", "resident"},
		{"treasurers", "treasurer"},
		{"co-operatives", "co-operative"},
		{"Médics", "medic"},
	} {
		if stem(spelling.Fold(c[0])) != stem(spelling.Fold(c[1])) {
			t.Errorf("%q and %q are not compared alike", c[0], c[1])
		}
	}
}

// TestAlike: one letter wrong, missing, too many or swapped is found, and nothing is alike that differs more.
func TestAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.StringMatching(`[a-z]{6,12}`).Draw(t, "word")
		i := rapid.IntRange(0, len(w)-1).Draw(t, "at")
		x := rapid.StringMatching(`[a-z]`).Draw(t, "letter")
		for _, other := range []string{w, w[:i] + x + w[i+1:], w[:i] + w[i+1:], w[:i] + x + w[i:]} {
			if !alike(w, other) || !alike(other, w) {
				t.Errorf("%q and %q are not alike", w, other)
			}
		}
		if i > 0 {
			if swapped := w[:i-1] + w[i:i+1] + w[i-1:i] + w[i+1:]; !alike(w, swapped) {
				t.Errorf("%q and %q are not alike", w, swapped)
			}
		}
	})
	for _, c := range [][2]string{{"bookkeep", "bookshop"}, {"stall", "still life"}, {"market", "rocket"}} {
		if alike(c[0], c[1]) {
			t.Errorf("%q and %q are alike", c[0], c[1])
		}
	}
}
