package nudge

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

func verb(t *testing.T, s Store) *Nudge {
	t.Helper()
	// What a nudge offers to say is understood by other verbs.
	others := fstest.MapFS{"words/en.txt": {Data: []byte("[sorted]\nunderstood: sorted {what}\n[nolonger]\nunderstood: no longer {what}\n")}}
	book, err := language.ReadBook("en", Words, language.WordFiles{Verb: "question", Files: others})
	if err != nil {
		t.Fatal(err)
	}
	return New(s, book, time.UTC)
}

// memory is the part of a Store that the tests need. What else is asked for panics.
type memory struct {
	Store
	introduction bot.Introduction
	unlisted     bot.OrganisationID
	barred       map[bot.OrganisationID]bot.OrganisationID
	outcomes     map[bot.OrganisationID]map[string]string
	open         []bot.Ask
	served       map[bot.AskID]bool
	closed       []bot.AskID
	prompts      []bot.Prompt
}

func (s *memory) Introduction(context.Context, bot.IntroductionID) (bot.Introduction, error) {
	return s.introduction, nil
}

func (s *memory) Organisation(_ context.Context, id bot.OrganisationID) (bot.Organisation, error) {
	return bot.Organisation{ID: id, Name: "Ash", Listed: id != s.unlisted}, nil
}

func (s *memory) Barred(_ context.Context, id bot.OrganisationID) ([]bot.OrganisationID, error) {
	return []bot.OrganisationID{s.barred[id]}, nil
}

func (s *memory) Outcomes(_ context.Context, _ bot.IntroductionID, id bot.OrganisationID) (map[string]string, error) {
	return s.outcomes[id], nil
}

func (s *memory) AddPrompt(_ context.Context, p bot.Prompt) error {
	s.prompts = append(s.prompts, p)
	return nil
}

func (s *memory) OpenAsks(context.Context) ([]bot.Ask, error) { return s.open, nil }

func (s *memory) AskServed(_ context.Context, id bot.AskID) (bool, error) { return s.served[id], nil }

func (s *memory) AllEntries(context.Context, func(bot.Organisation, []bot.Entry) error) error {
	return nil
}

func (s *memory) UpdateAsk(_ context.Context, id bot.AskID, f func(bot.Ask) (bot.Ask, error)) error {
	if a, err := f(bot.Ask{ID: id}); err == nil && !a.Closed.IsZero() {
		s.closed = append(s.closed, id)
	}
	return nil
}

// TestEntriesAreDoubtedBeforeTheyGo walks an entry through its year: it is asked about five times, and goes after a year, and
// never without having been asked about.
func TestEntriesAreDoubtedBeforeTheyGo(t *testing.T) {
	for _, c := range []struct {
		age       time.Duration
		reminders int
		gone      bool
	}{
		{0, 0, false},
		{83*day - 1, 0, false},
		{83 * day, 1, false},
		{97 * day, 2, false},
		{119 * day, 2, false},
		{120 * day, 3, false},
		{210 * day, 4, false},
		{300 * day, 5, false},
		{365*day - 1, 5, false},
		{365 * day, 5, true},
		{900 * day, 5, true},
	} {
		if got := reminders(c.age); got != c.reminders {
			t.Errorf("%v: %d reminders, want %d", c.age, got, c.reminders)
		}
		asked, gone := doubtful([]bot.Entry{{Confirmed: ago(c.age)}}, noon)
		if len(gone) > 0 != c.gone || len(asked) > 0 != (c.reminders > 0 && !c.gone) {
			t.Errorf("%v: asked %v, gone %v", c.age, asked, gone)
		}
	}
}

func TestTheOldestAreAskedAboutAndFew(t *testing.T) {
	var entries []bot.Entry
	for n, days := range []int{90, 300, 10, 400, 200, 100} {
		entries = append(entries, bot.Entry{ID: bot.EntryID(n), Confirmed: ago(time.Duration(days) * day)})
	}
	ids := func(all []bot.Entry) (ids []bot.EntryID) {
		for _, e := range all {
			ids = append(ids, e.ID)
		}
		return ids
	}
	asked, gone := doubtful(entries, noon)
	if got := ids(asked); !slices.Equal(got, []bot.EntryID{1, 4, 5}) {
		t.Errorf("asked about %v", got)
	}
	if got := ids(gone); !slices.Equal(got, []bot.EntryID{3}) {
		t.Errorf("gone are %v", got)
	}
}

func TestStagesOfAnAsk(t *testing.T) {
	for _, c := range []struct {
		age   time.Duration
		watch bool
		want  stageOf
	}{
		{0, false, tooNew},
		{7*day - 1, false, tooNew},
		{7 * day, false, aWeekOld},
		{21*day - 1, false, aWeekOld},
		{21 * day, false, aboutToClose},
		{28*day - 1, false, aboutToClose},
		{28 * day, false, tooOld},
		{28 * day, true, aboutToClose},
		{900 * day, true, aboutToClose},
	} {
		if got := stage(bot.Ask{At: ago(c.age), Watch: c.watch}, noon); got != c.want {
			t.Errorf("%v, watched for %v: %d, want %d", c.age, c.watch, got, c.want)
		}
	}
}

// TestTheWeekOfAsks takes all steps of a week. What was closed between the thinking and the step is left alone.
func TestTheWeekOfAsks(t *testing.T) {
	for name, c := range map[string]struct {
		ask       bot.Ask
		served    bool
		meanwhile bool
		asked     string // the key of the prompt
		closed    bool
	}{
		"new":                     {ask: bot.Ask{At: ago(day)}},
		"a week old":              {ask: bot.Ask{At: ago(8 * day)}, asked: "ask/1/1"},
		"about to close":          {ask: bot.Ask{At: ago(22 * day)}, asked: "ask/1/2"},
		"too old":                 {ask: bot.Ask{At: ago(29 * day)}, closed: true},
		"an introduction is open": {ask: bot.Ask{At: ago(8 * day)}, served: true},
		"closed meanwhile":        {ask: bot.Ask{At: ago(29 * day)}, meanwhile: true},
	} {
		c.ask.ID, c.ask.Text = 1, "a van"
		s := &memory{open: []bot.Ask{c.ask}, served: map[bot.AskID]bool{1: c.served}}
		steps, err := verb(t, s).week(t.Context(), bot.Message{At: noon})
		if err != nil {
			t.Fatal(err)
		}
		if c.meanwhile {
			s.open = nil
		}
		for _, step := range steps {
			if _, err := step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		key := ""
		if len(s.prompts) > 0 {
			key = s.prompts[0].Key
		}
		if key != c.asked || len(s.closed) > 0 != c.closed {
			t.Errorf("%s: asked %q, closed %v", name, key, s.closed)
		}
	}
}

// TestEachAskIsAskedAboutOnce has more asks open than one step looks at.
func TestEachAskIsAskedAboutOnce(t *testing.T) {
	s := &memory{}
	for n := range 2*atOnce + 1 {
		s.open = append(s.open, bot.Ask{ID: bot.AskID(n + 1), Text: "a van", At: ago(8 * day)})
	}
	steps, err := verb(t, s).week(t.Context(), bot.Message{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		before := len(s.prompts)
		if _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(s.prompts) - before; n > atOnce {
			t.Errorf("one step asks about %d", n)
		}
	}
	if len(s.prompts) != len(s.open) {
		t.Errorf("asked %d times about %d asks", len(s.prompts), len(s.open))
	}
}

// TestWhoIsAskedWhatCameOfIt asks about an introduction of organisations 1 and 2.
func TestWhoIsAskedWhatCameOfIt(t *testing.T) {
	made := func(change func(*memory)) *memory {
		s := &memory{introduction: bot.Introduction{ID: 9, State: bot.IntroductionMade, Made: ago(42 * day)}}
		for side := range 2 {
			s.introduction.Parties[side] = bot.Party{Organisation: bot.OrganisationID(side + 1), Person: bot.Speaker{Network: "net", ID: bot.UserID([]string{"amina", "tom"}[side])}}
		}
		change(s)
		return s
	}
	said := func(id bot.OrganisationID, what string) func(*memory) {
		return func(s *memory) { s.outcomes = map[bot.OrganisationID]map[string]string{id: {"met": what}} }
	}
	amina, tom := bot.UserID("amina"), bot.UserID("tom")
	for name, c := range map[string]struct {
		change func(*memory)
		want   []bot.UserID
	}{
		"both":                      {func(*memory) {}, []bot.UserID{amina, tom}},
		"one of them did not meet":  {said(1, "no"), []bot.UserID{tom}},
		"both met":                  {said(1, "yes"), []bot.UserID{amina, tom}},
		"not yet":                   {said(1, "not yet"), []bot.UserID{amina, tom}},
		"one wants to hear no more": {func(s *memory) { s.barred = map[bot.OrganisationID]bot.OrganisationID{2: 1} }, []bot.UserID{amina}},
		"one was forgotten":         {func(s *memory) { s.introduction.Parties[0].Person = bot.Speaker{} }, []bot.UserID{tom}},
		"one left the register":     {func(s *memory) { s.unlisted = 1 }, []bot.UserID{amina}},
		"it was taken back":         {func(s *memory) { s.introduction.State = bot.IntroductionOpen }, nil},
	} {
		s := made(c.change)
		if _, err := verb(t, s).useful(t.Context(), bot.Message{Text: "9", At: noon}, bot.Args{}); err != nil {
			t.Fatal(err)
		}
		var asked []bot.UserID
		for _, p := range s.prompts {
			asked = append(asked, p.To.ID)
		}
		if !slices.Equal(asked, c.want) {
			t.Errorf("%s: asked %v, want %v", name, asked, c.want)
		}
	}
}

// TestWhetherTheyMetIsAskedFirst also sets the times of the two later questions.
func TestWhetherTheyMetIsAskedFirst(t *testing.T) {
	s := &memory{introduction: bot.Introduction{ID: 9, State: bot.IntroductionMade, Made: ago(14 * day)}}
	a, err := verb(t, s).met(t.Context(), bot.Message{Text: "9", At: noon}, bot.Args{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]time.Time{usefulDue: ago(14 * day).Add(42 * day), touchDue: ago(14 * day).Add(182 * day)}
	for _, m := range a.Later {
		if !m.At.Equal(want[m.For]) {
			t.Errorf("%s at %v, want %v", m.For, m.At, want[m.For])
		}
	}
	if len(a.Later) != len(want) {
		t.Errorf("%d questions follow, want %d", len(a.Later), len(want))
	}
}
