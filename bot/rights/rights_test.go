package rights

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"
)

var (
	noon  = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	amina = bot.Speaker{Network: "net", ID: "amina", Name: "Amina Khan"}
	ruth  = bot.Speaker{Network: "net", ID: "ruth", Name: "Ruth Allen"}
	tom   = bot.Speaker{Network: "net", ID: "tom", Name: "Tom Hill"}
)

// A cabinet is a store that remembers what the test says it does.
type cabinet struct {
	Store        // nil: what no test here asks for
	data         bot.PersonalData
	unlisted     []string
	forgotten    []bot.Speaker
	reports      []bot.Report
	closed       []int64
	coordinators []bot.Speaker
	standings    map[bot.UserID][]bot.Standing
}

func (c *cabinet) PersonalData(context.Context, bot.Speaker) (bot.PersonalData, error) {
	return c.data, nil
}

func (c *cabinet) Forget(_ context.Context, s bot.Speaker, _ time.Time) ([]string, error) {
	c.forgotten = append(c.forgotten, s)
	return c.unlisted, nil
}

func (c *cabinet) AddReport(_ context.Context, r bot.Report) (int64, error) {
	r.ID = int64(len(c.reports) + 1)
	c.reports = append(c.reports, r)
	return r.ID, nil
}

func (c *cabinet) OpenReports(context.Context) ([]bot.Report, error) {
	return append([]bot.Report{}, c.reports...), nil
}

func (c *cabinet) CloseReport(_ context.Context, id int64, _ time.Time) (bot.Report, error) {
	c.closed = append(c.closed, id)
	return c.reports[id-1], nil
}

func (c *cabinet) Coordinating(context.Context) ([]bot.Speaker, error) { return c.coordinators, nil }

func (c *cabinet) Standings(_ context.Context, s bot.Speaker) ([]bot.Standing, error) {
	return c.standings[s.ID], nil
}

func newRights(t *testing.T) (*Rights, *cabinet) {
	t.Helper()
	book, err := language.ReadBook("en", Words)
	if err != nil {
		t.Fatal(err)
	}
	c := &cabinet{standings: map[bot.UserID][]bot.Standing{}}
	return New(c, book, time.UTC, "Harthwaite Voluntary Action", func() string { return "bramble" }), c
}

func said(from bot.Speaker) bot.Message {
	return bot.Message{ID: "1", Kind: bot.Said, From: from, Where: bot.Private(from), At: noon}
}

func args(what string, n int, standings ...bot.Standing) bot.Args {
	return bot.Args{
		Values: map[string]bot.Value{"what": {Text: what}, "n": {Number: n}}, Standings: standings,
		Today: bot.DateOf(noon),
	}
}

// TestWhoReadsAReport shows that nobody reads one who is on either side of it.
func TestWhoReadsAReport(t *testing.T) {
	choir, trust, hub := bot.Standing{Organisation: 1, Name: "The Choir"}, bot.Standing{Organisation: 2, Name: "Tally Trust"}, bot.Standing{Organisation: 3, Name: "Harthwaite Hub"}
	for _, c := range []struct {
		name         string
		coordinators []bot.Speaker
		ruths, toms  []bot.Standing
		from         bot.Speaker
		theirs       []bot.Standing
		words        string
		want         bot.UserID
	}{
		{"there is no coordinator", nil, nil, nil, amina, nil, "they shouted", ""},
		{"the first coordinator", []bot.Speaker{ruth, tom}, nil, nil, amina, nil, "they shouted", "ruth"},
		{"a coordinator of a third group", []bot.Speaker{ruth}, []bot.Standing{hub}, nil, amina, []bot.Standing{choir}, "Tally Trust shouted", "ruth"},
		{"not who makes it", []bot.Speaker{ruth, tom}, nil, nil, ruth, nil, "they shouted", "tom"},
		{"nobody but who makes it", []bot.Speaker{ruth}, nil, nil, ruth, nil, "they shouted", ""},
		{"not a colleague of who makes it", []bot.Speaker{ruth, tom}, []bot.Standing{choir}, nil, amina, []bot.Standing{choir}, "they shouted", "tom"},
		{"not one of the group that is named", []bot.Speaker{ruth, tom}, []bot.Standing{hub, trust}, nil, amina, nil, "the people of tally trust shouted", "tom"},
		{"not who is named", []bot.Speaker{ruth, tom}, nil, nil, amina, nil, "Ruth Allen shouted", "tom"},
		{"not who is named by the first name", []bot.Speaker{ruth, tom}, nil, nil, amina, nil, "ruth shouted", "tom"},
		{"nobody, when all are on a side", []bot.Speaker{ruth, tom}, []bot.Standing{trust}, []bot.Standing{choir}, amina, []bot.Standing{choir}, "Tally Trust shouted", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, store := newRights(t)
			store.coordinators = c.coordinators
			store.standings["ruth"], store.standings["tom"] = c.ruths, c.toms
			a, err := r.tell(bot.Conduct)(t.Context(), said(c.from), args(c.words, 0, c.theirs...))
			if err != nil {
				t.Fatal(err)
			}
			if got := store.reports[0]; got.Given.ID != c.want || got.Words != c.words || !got.Due.Equal(noon.Add(bot.ReportDue)) {
				t.Errorf("it is stored as %+v", got)
			}
			if (len(a.Posts) == 1) != (c.want != "") || len(a.Reply) == 0 {
				t.Errorf("%d are told, and the answer is %q", len(a.Posts), a.Reply.Plain())
			}
			for _, p := range a.Posts {
				if !p.Where.IsPrivate() || p.Where.People[0] != c.want || !strings.Contains(p.Reply.Plain(), c.words) || p.Urgency < bot.News {
					t.Errorf("%+v is told %q", p.Where, p.Reply.Plain())
				}
			}
			if strings.Contains(a.Reply.Plain(), c.words) {
				t.Errorf("the words are said again: %q", a.Reply.Plain())
			}
		})
	}
}

// TestOnlyWhoWasGivenAReportClosesIt shows who may read it and close it.
func TestOnlyWhoWasGivenAReportClosesIt(t *testing.T) {
	r, store := newRights(t)
	store.reports = []bot.Report{{ID: 1, Kind: bot.Conduct, From: amina, Words: "they shouted", Given: ruth, At: noon, Due: noon}}
	for _, c := range []struct {
		who  bot.Speaker
		n    int
		done bool
	}{{tom, 1, false}, {ruth, 2, false}, {ruth, 1, true}} {
		list, err := r.reports(t.Context(), said(c.who), args("", 0))
		if err != nil {
			t.Fatal(err)
		}
		if sees := strings.Contains(list.Reply.Plain(), "they shouted"); sees != (c.who == ruth) {
			t.Errorf("%s sees it: %t", c.who.ID, sees)
		}
		a, err := r.dealt(t.Context(), said(c.who), args("", c.n))
		problem, refused := errors.AsType[*bot.Problem](err)
		if err != nil && !refused {
			t.Fatal(err)
		}
		if done := len(store.closed) > 0; done != c.done || refused == done || refused && strings.Contains(problem.Reply.Plain(), "shouted") {
			t.Errorf("%s closes %d: %t", c.who.ID, c.n, done)
		}
		if c.done && (len(a.Posts) != 1 || a.Posts[0].Where.People[0] != amina.ID || strings.Contains(a.Posts[0].Reply.Plain(), "shouted")) {
			t.Errorf("who made it is told: %+v", a.Posts)
		}
	}
}

// TestNobodyIsBuriedInReports shows that one person can have so many open, and others still theirs.
func TestNobodyIsBuriedInReports(t *testing.T) {
	r, store := newRights(t)
	for n := range mostOpen + 1 {
		_, err := r.tell(bot.Complaint)(t.Context(), said(amina), args("they shouted", 0))
		if _, refused := errors.AsType[*bot.Problem](err); refused != (n == mostOpen) {
			t.Errorf("number %d: %v", n+1, err)
		}
	}
	if _, err := r.tell(bot.Complaint)(t.Context(), said(tom), args("they shouted", 0)); err != nil || len(store.reports) != mostOpen+1 {
		t.Errorf("somebody else: %v", err)
	}
}

// everything is one of each that is kept about a person, by the fields of PersonalData, and what must be shown of it.
var everything = map[string]struct {
	data  bot.PersonalData
	shows string
}{
	"Contacts":      {bot.PersonalData{Contacts: []bot.Standing{{Name: "Tally Trust", Steward: true}}, Since: []time.Time{noon}}, "speaks for Tally Trust, as its steward, since 23 November 2026"},
	"Since":         {bot.PersonalData{Contacts: []bot.Standing{{Name: "Tally Trust"}}, Since: []time.Time{noon}}, "as its contact, since 23 November 2026"},
	"Reach":         {bot.PersonalData{Contacts: []bot.Standing{{Name: "Tally Trust"}}, Since: []time.Time{noon}, Reach: []string{"ring the bell"}}, "ring the bell"},
	"Asks":          {bot.PersonalData{Asks: []bot.Ask{{Text: "a van", At: noon, Closed: noon}}}, "a van (closed on 23 November 2026)"},
	"Offered":       {bot.PersonalData{Offered: []bot.Offered{{Key: "k"}}}, "the answers I offered you"},
	"Introductions": {bot.PersonalData{Introductions: []bot.Introduction{{About: "our accounts", At: noon, State: bot.IntroductionMade}}}, "about: our accounts (introduced)"},
	"Reports":       {bot.PersonalData{Reports: []bot.Report{{Words: "they shouted", At: noon}}}, "told in confidence: they shouted"},
	"Claims":        {bot.PersonalData{Claims: []bot.Claim{{Name: "Tally Trust", At: noon}}}, "you told me about Tally Trust, and that nobody"},
	"Manners":       {bot.PersonalData{Manners: &bot.Manners{}}, "how often you want to hear"},
	"Linked":        {bot.PersonalData{Linked: 1}, "an account on another chat is yours too"},
	"Coordinator":   {bot.PersonalData{Coordinator: true}, "you are a coordinator"},
	"Waiting":       {bot.PersonalData{Waiting: 2}, "2 messages to you"},
}

// TestAllThatIsKeptIsShown fails when something is kept about people that “my data” does not show, or that “forget me” takes for nothing.
func TestAllThatIsKeptIsShown(t *testing.T) {
	kind := reflect.TypeFor[bot.PersonalData]()
	for i := range kind.NumField() {
		if _, ok := everything[kind.Field(i).Name]; !ok {
			t.Errorf("nothing says how %s is shown", kind.Field(i).Name)
		}
	}
	for name, c := range everything {
		r, store := newRights(t)
		store.data = c.data
		shown, err := r.data(t.Context(), said(amina), args("", 0))
		if err != nil || !strings.Contains(shown.Reply.Plain(), c.shows) {
			t.Errorf("%s is shown as %q, %v", name, shown.Reply.Plain(), err)
		}
		sure, err := r.forget(t.Context(), said(amina), args("", 0))
		if err != nil || len(sure.Reply.Choices()) != 2 || len(store.forgotten) > 0 {
			t.Errorf("%s: to forget it is answered with %q, %v", name, sure.Reply.Plain(), err)
		}
	}
	r, store := newRights(t)
	for _, handle := range []func(context.Context, bot.Message, bot.Args) (bot.Answer, error){r.data, r.forget} {
		a, err := handle(t.Context(), said(amina), args("", 0))
		if err != nil || !strings.Contains(a.Reply.Plain(), "I keep nothing about you") || len(a.Reply.Choices()) > 0 {
			t.Errorf("of nobody it shows %q, %v", a.Reply.Plain(), err)
		}
	}
	// Only “forget me for good” forgets.
	store.unlisted = []string{"A", "B", "C"}
	if _, err := r.keep(t.Context(), said(amina), args("", 0)); err != nil || len(store.forgotten) > 0 {
		t.Errorf("whoever is kept is forgotten: %v", err)
	}
	a, err := r.forGood(t.Context(), said(amina), args("", 0))
	if err != nil || len(store.forgotten) != 1 || store.forgotten[0] != amina || !strings.Contains(a.Reply.Plain(), "No longer listed: A, B and C") {
		t.Errorf("%v are forgotten, and told %q, %v", store.forgotten, a.Reply.Plain(), err)
	}
}
