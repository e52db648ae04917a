package question

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"
	"ginnel/bot/match"
)

var (
	noon  = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	today = bot.DateOf(noon)
)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

const day = 24 * time.Hour

// others understand what an answer offers to say.
var others = language.WordFiles{Verb: "introduce", Files: fstest.MapFS{"words/en.txt": {Data: []byte(`[ask]
understood: ask {name} about {what}
[nameless]
understood: ask {name} about {what} without our name
[all]
understood: ask all of {names} about {what}
`)}}}

func verb(t *testing.T, s *memory) *Question {
	t.Helper()
	book, err := language.ReadBook("en", Words, others)
	if err != nil {
		t.Fatal(err)
	}
	return New(s, s, book, time.UTC, nil)
}

// memory is the part of a Store that the tests need. What else is asked for panics.
type memory struct {
	Store
	listings []bot.Listing
	barred   map[bot.OrganisationID][]bot.OrganisationID

	asks          []bot.Ask
	contacts      map[bot.OrganisationID][]bot.Contact
	thanks        []bot.Thanks
	prompts       []bot.Prompt
	introductions []bot.Introduction
	kept          map[string]string
	shown         []bot.OrganisationID
	reports       []bot.Report
}

func (s *memory) EachChange(_ context.Context, since int64, f func(bot.Listing) error) (int64, error) {
	for i, l := range s.listings {
		if int64(i) >= since {
			if err := f(l); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(s.listings)), nil
}

func (s *memory) Places(context.Context) ([]bot.Place, error) {
	return []bot.Place{{Outcode: "QX1", Town: "Harthwaite", Lat: 53.5, Lon: -2}, {Outcode: "QX2", Town: "Harthwaite", Lat: 53.6, Lon: -2}}, nil
}

func (s *memory) Shown(context.Context, time.Time) (map[bot.OrganisationID]int, error) {
	return nil, nil
}

func (s *memory) Answered(context.Context, time.Time) (map[bot.OrganisationID]bot.Answered, error) {
	return nil, nil
}

func (s *memory) listing(id bot.OrganisationID) (bot.Listing, error) {
	for _, l := range slices.Backward(s.listings) {
		if l.Organisation.ID == id && !l.Gone {
			return l, nil
		}
	}
	return bot.Listing{}, bot.ErrNotFound
}

func (s *memory) Organisation(_ context.Context, id bot.OrganisationID) (bot.Organisation, error) {
	l, err := s.listing(id)
	return l.Organisation, err
}

func (s *memory) Entries(_ context.Context, id bot.OrganisationID) ([]bot.Entry, error) {
	l, err := s.listing(id)
	return append(slices.Clone(l.Offers), l.Needs...), err
}

func (s *memory) Barred(_ context.Context, id bot.OrganisationID) ([]bot.OrganisationID, error) {
	return s.barred[id], nil
}

func (s *memory) AddShown(_ context.Context, ids []bot.OrganisationID, _ time.Time) error {
	s.shown = append(s.shown, ids...)
	return nil
}

func (s *memory) Get(_ context.Context, name string) (string, error) { return s.kept[name], nil }

func (s *memory) Put(_ context.Context, name, value string) error {
	if s.kept == nil {
		s.kept = map[string]string{}
	}
	s.kept[name] = value
	return nil
}

func (s *memory) Delete(_ context.Context, name string) error {
	delete(s.kept, name)
	return nil
}

// offers is a group that is listed, has joined, is vouched for, and offers something.
func offers(id bot.OrganisationID, name, what string, change ...func(*bot.Listing)) bot.Listing {
	l := bot.Listing{
		Organisation: bot.Organisation{ID: id, Name: name, Postcode: "QX1", Listed: true, Joined: true, Vouched: true, Confirmed: noon},
		Offers:       []bot.Entry{{ID: bot.EntryID(id), Organisation: id, Side: bot.Offer, Text: what, Confirmed: noon}},
	}
	for _, f := range change {
		f(&l)
	}
	return l
}

func sensitive(l *bot.Listing) { l.Organisation.Sensitive = true }
func full(l *bot.Listing)      { l.Organisation.Full = true }
func unlisted(l *bot.Listing)  { l.Organisation.Listed = false }

func until(d bot.Date) func(*bot.Listing) {
	return func(l *bot.Listing) { l.Offers[0].Until = d }
}

func numbers(groups []Group) (ids []bot.OrganisationID) {
	for _, g := range groups {
		ids = append(ids, g.Organisation.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestWhoIsFound: whoever offers it and may be named, and nobody else.
func TestWhoIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		listings []bot.Listing
		limit    int
		except   []bot.OrganisationID
		want     []bot.OrganisationID
		noRoom   int
		more     bool
	}{
		"who offers it": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping"), offers(2, "Elm", "a van")},
			want:     []bot.OrganisationID{1},
		},
		"not who asks": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping"), offers(2, "Elm", "bookkeeping")},
			except:   []bot.OrganisationID{2}, want: []bot.OrganisationID{1},
		},
		"not who is full": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping", full), offers(2, "Elm", "bookkeeping")},
			want:     []bot.OrganisationID{2}, noRoom: 1,
		},
		"not who is not listed": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping", unlisted), offers(2, "Elm", "bookkeeping")},
			want:     []bot.OrganisationID{2},
		},
		"not who left": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping"), {Organisation: bot.Organisation{ID: 1}, Gone: true}},
		},
		"at most so many": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping"), offers(2, "Elm", "bookkeeping")},
			limit:    1, want: []bot.OrganisationID{1}, more: true,
		},
		"on an offer's last day": {
			listings: []bot.Listing{offers(1, "Ash", "bookkeeping", until(today))},
			want:     []bot.OrganisationID{1},
		},
		"not the day after": {listings: []bot.Listing{offers(1, "Ash", "bookkeeping", until(today.AddDays(-1)))}},
		"not what it was":   {listings: []bot.Listing{offers(1, "Ash", "bookkeeping"), offers(1, "Ash", "a van")}},
	} {
		q := verb(t, &memory{listings: c.listings})
		if c.limit == 0 {
			c.limit = mostAnswers
		}
		found, err := q.Find(t.Context(), "who can help with bookkeeping?", noon, c.limit, c.except...)
		if err != nil {
			t.Fatal(err)
		}
		if got := numbers(found.Groups); !slices.Equal(got, c.want) || found.NoRoom != c.noRoom || found.More != c.more {
			t.Errorf("%s: found %v, %d without room, more: %v", name, got, found.NoRoom, found.More)
		}
	}
}

// TestWhereWeAsk: a question without a place is asked near whoever asks, but for a refuge.
func TestWhereWeAsk(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bot.Listing)
		text   string
		want   string
	}{
		"near us":          {func(*bot.Listing) {}, "bookkeeping", "QX1"},
		"where it is said": {func(*bot.Listing) {}, "bookkeeping in QX2", "QX2"},
		"a refuge":         {sensitive, "bookkeeping", ""},
	} {
		q := verb(t, &memory{listings: []bot.Listing{offers(1, "Ash", "a van", c.change)}})
		if found, err := q.Find(t.Context(), c.text, noon, mostAnswers, 1); err != nil || found.Request.Outcode != c.want {
			t.Errorf("%s: asked near %q (%v), want %q", name, found.Request.Outcode, err, c.want)
		}
	}
}

// TestARefugeIsInNoList of those who need something at a place.
func TestARefugeIsInNoList(t *testing.T) {
	need := func(l *bot.Listing) {
		l.Needs = []bot.Entry{{ID: 9, Organisation: l.Organisation.ID, Side: bot.Need, Text: "a van", Confirmed: noon}}
	}
	q := verb(t, &memory{listings: []bot.Listing{offers(1, "Ash", "cakes", need), offers(2, "Elm", "cakes", need, sensitive)}})
	for text, want := range map[string][]bot.OrganisationID{"a van": {1, 2}, "a van in QX1": {1}} {
		if found, err := q.FindNeeds(t.Context(), text, noon, mostAnswers); err != nil || !slices.Equal(numbers(found.Groups), want) {
			t.Errorf("who needs %s: %v (%v), want %v", text, numbers(found.Groups), err, want)
		}
	}
}

// TestWhatTheIndexLearns: nothing of where a refuge is.
func TestWhatTheIndexLearns(t *testing.T) {
	q := verb(t, &memory{})
	for name, c := range map[string]struct {
		change  func(*bot.Listing)
		outcode string
		private bool
		closed  bool
	}{
		"any group": {func(*bot.Listing) {}, "QX1", false, false},
		"a refuge":  {sensitive, "", true, false},
		"full":      {full, "QX1", false, true},
		"full till yesterday": {func(l *bot.Listing) {
			l.Organisation.Full, l.Organisation.FullUntil = true, today
		}, "QX1", false, false},
	} {
		l := offers(1, "Ash", "bookkeeping", c.change)
		l.Needs = l.Offers
		d, needs := q.document(l, today), q.needing(l, today)
		if d.Outcode != c.outcode || d.Private != c.private || d.Closed != c.closed {
			t.Errorf("%s: %+v", name, d)
		}
		if needs.Outcode != c.outcode || needs.Private != c.private {
			t.Errorf("what %s needs: %+v", name, needs)
		}
	}
}

// TestFacts: what is said of a group besides its offer. The words are those of the word file, cut to the first few.
func TestFacts(t *testing.T) {
	q := verb(t, &memory{})
	far := func(km float64) match.Match { return match.Match{Field: match.InOffer, Km: km} }
	fresh := bot.Entry{Confirmed: noon}
	known := func(o bot.Organisation) bot.Organisation {
		o.Joined, o.Vouched = true, true
		return o
	}
	refuge := known(bot.Organisation{Sensitive: true, Postcode: "QX1 4AB", Web: "https://a.example", Covers: "Harthwaite"})
	anywhere := known(bot.Organisation{Sensitive: true, Covers: "nationwide"})
	imported := bot.Organisation{Confirmed: noon, Web: "https://a.example", Covers: "Harthwaite"}
	for name, c := range map[string]struct {
		o     bot.Organisation
		match match.Match
		offer bot.Entry
		want  []string
	}{
		"at home":            {known(bot.Organisation{}), far(0.5), fresh, []string{"under a mile away", "confirmed today"}},
		"a mile":             {known(bot.Organisation{}), far(1.7), fresh, []string{"a mile away", "confirmed today"}},
		"ten miles":          {known(bot.Organisation{}), far(16), fresh, []string{"10 miles away", "confirmed today"}},
		"asked from nowhere": {known(bot.Organisation{Postcode: "QX1 4AB"}), far(-1), fresh, []string{"in QX1", "confirmed today"}},
		"a refuge":           {refuge, far(3), fresh, []string{"confirmed today"}},
		"a refuge anywhere":  {anywhere, far(-1), fresh, []string{"helps this far: nationwide", "confirmed today"}},
		"new": {
			bot.Organisation{Joined: true},
			far(-1), fresh,
			[]string{"confirmed today", "new here, nobody has vouched for them yet"},
		},
		"in somebody's list": {
			known(bot.Organisation{}), far(-1),
			bot.Entry{Confirmed: noon, Imported: true},
			[]string{"from the register, today"},
		},
		"nobody speaks for it": {
			imported, far(-1), fresh,
			[]string{"not on Ginnel; from the register, today", "see https://a.example"},
		},
		"by its words alone": {known(bot.Organisation{}), match.Match{Field: match.InAbout, Km: -1}, bot.Entry{}, nil},
	} {
		var got []string
		for _, l := range q.facts(Group{Organisation: c.o, Match: c.match, Offer: c.offer}, noon) {
			got = append(got, l.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestTermsAreSaidOnce, and not where the offer says them itself.
func TestTermsAreSaidOnce(t *testing.T) {
	q := verb(t, &memory{})
	for _, c := range []struct {
		text  string
		terms bot.Terms
		want  string
	}{
		{"a hall", bot.Unsaid, ""},
		{"a hall", bot.Free, ", free"},
		{"a Free hall", bot.Free, ""},
		{"a hall at £5 an hour", bot.Charged, ""},
		{"a hall", bot.Charged, ", charged"},
		{"a hall at £5 an hour", bot.AtCost, ", at cost"},
	} {
		if got := q.terms(bot.Entry{Text: c.text, Terms: c.terms}).String(); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.text, c.terms, got, c.want)
		}
	}
}

func TestQuestionsInWords(t *testing.T) {
	q := verb(t, &memory{})
	for _, c := range []struct{ what, place, when, text, around string }{
		{"a van", "", "", "a van", ""},
		{"a van", "QX1", "", "a van in QX1", ", near QX1,"},
		{"a van", "", "by Friday", "a van by Friday", ", by Friday,"},
		{"a van", "QX1", "by Friday", "a van in QX1 by Friday", ", near QX1, by Friday,"},
	} {
		f := Found{Request: match.Request{What: c.what, Place: c.place}, When: c.when}
		if got := f.Text(); got != c.text {
			t.Errorf("%q, want %q", got, c.text)
		}
		if got := q.around(f).String(); got != c.around {
			t.Errorf("around: %q, want %q", got, c.around)
		}
	}
	for _, c := range []struct{ words, want string }{{"a", "“a”"}, {"a b", "“a” and “b”"}, {"a b c", "“a”, “b” and “c”"}} {
		if got := q.quoted(strings.Fields(c.words)).String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
