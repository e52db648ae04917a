package digest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
	"ginnel/bot/language"
)

const day = 24 * time.Hour

// monday is a Monday at ten.
var monday = time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return monday.Add(-d) }

// kept are settings in memory.
type kept map[string]string

func (k kept) Get(_ context.Context, name string) (string, error) { return k[name], nil }
func (k kept) Put(_ context.Context, name, value string) error    { k[name] = value; return nil }
func (k kept) Delete(_ context.Context, name string) error        { delete(k, name); return nil }

// memory is the part of a Store that the tests need. What else is asked for panics.
type memory struct {
	Store
	begun   map[string]bool
	ended   map[string]bool       // prompts, by key
	bundles map[bot.UserID]string // the week in which somebody was told
	manners map[bot.UserID]bot.Manners
}

func newMemory() *memory {
	return &memory{begun: map[string]bool{}, ended: map[string]bool{}, bundles: map[bot.UserID]string{}, manners: map[bot.UserID]bot.Manners{}}
}

func (s *memory) Begun(_ context.Context, week string) (bool, error) { return s.begun[week], nil }

func (s *memory) BeginWeek(_ context.Context, week string, _ time.Time) (bool, error) {
	fresh := !s.begun[week]
	s.begun[week] = true
	return fresh, nil
}

func (s *memory) PromptWaits(_ context.Context, key string) (bool, error) { return !s.ended[key], nil }

func (s *memory) EndPrompts(_ context.Context, _ time.Time, keys ...string) error {
	for _, k := range keys {
		s.ended[k] = true
	}
	return nil
}

func (s *memory) AddBundle(_ context.Context, p bot.Speaker, week string, _, _ time.Time) (string, error) {
	if s.bundles[p.ID] == week {
		return "", nil
	}
	s.bundles[p.ID] = week
	return "bundle/" + string(p.ID), nil
}

func (s *memory) PutManners(_ context.Context, m bot.Manners) error {
	s.manners[m.Person.ID] = m
	return nil
}

func (s *memory) Standings(context.Context, bot.Speaker) ([]bot.Standing, error) {
	return []bot.Standing{{Organisation: 7, Name: "Ash"}}, nil
}

func verb(t *testing.T, s Store, k kept, now time.Time) *Digest {
	t.Helper()
	book, err := language.ReadBook("en", Words)
	if err != nil {
		t.Fatal(err)
	}
	return New(s, k, book, time.UTC, calendar.EnglandAndWales, func() time.Time { return now })
}

var amina = bot.Speaker{Network: "net", ID: "amina"}

func TestWhenSomebodyIsTold(t *testing.T) {
	// Nothing may be said before Tuesday.
	working := func(at time.Time) time.Time {
		if tuesday := monday.Add(22 * time.Hour); at.Before(tuesday) {
			return tuesday
		}
		return at
	}
	always := func(at time.Time) time.Time { return at }
	for name, c := range map[string]struct {
		m       bot.Manners
		working func(time.Time) time.Time
		at      time.Time
		turn    turn
	}{
		"never told":                   {bot.Manners{}, always, monday, withOthers},
		"told last week":               {bot.Manners{Last: ago(7 * day)}, always, monday.Add(time.Millisecond), withOthers},
		"told last week, in the night": {bot.Manners{Last: ago(7 * day)}, working, monday.Add(22 * time.Hour), afterOthers},
		"told five days ago":           {bot.Manners{Last: ago(5 * day)}, always, monday.Add(2*day + time.Millisecond), afterOthers},
		"told an hour late last week":  {bot.Manners{Last: ago(7*day - time.Hour)}, always, monday.Add(time.Hour + time.Millisecond), withOthers},
		"told yesterday":               {bot.Manners{Last: ago(day)}, always, monday.Add(6*day + time.Millisecond), notThisWeek},
		"answered nothing twice":       {bot.Manners{Last: ago(7 * day), Unanswered: 2}, always, monday.Add(7*day + time.Millisecond), notThisWeek},
	} {
		if at, turn := turnOf(c.m, monday, c.working); !at.Equal(c.at) || turn != c.turn {
			t.Errorf("%s: %v at %v, want %v at %v", name, turn, at, c.turn, c.at)
		}
	}
}

func item(kind bot.NewsKind, id bot.OrganisationID, before time.Duration) bot.NewsItem {
	return bot.NewsItem{Kind: kind, Organisation: bot.Organisation{ID: id, Name: fmt.Sprintf("Group %d", id), About: "walks"}, Text: fmt.Sprintf("%s of %d", kind, id), At: ago(before)}
}

func bulletinOf(since time.Duration, items ...bot.NewsItem) bulletin {
	b := bulletin{since: ago(since), byKind: map[bot.NewsKind][]bot.NewsItem{}, of: map[bot.OrganisationID][]bot.NewsItem{}}
	for _, n := range items {
		b.byKind[n.Kind] = append(b.byKind[n.Kind], n)
		b.of[n.Organisation.ID] = append(b.of[n.Organisation.ID], n)
	}
	return b
}

func TestOnlyWhatIsNewIsTold(t *testing.T) {
	b := bulletinOf(28*day, item(bot.FreshOffer, 1, 20*day), item(bot.FreshOffer, 2, 3*day), item(bot.StillOpen, 4, 29*day), item(bot.StillOpen, 3, 24*day))
	for name, c := range map[string]struct {
		since time.Duration
		want  int
	}{
		"of four weeks": {28 * day, 4},
		"of a week":     {7 * day, 2}, // and the ask that became three weeks old in it
		"of a day":      {day, 0},
		"of longer":     {100 * day, 4}, // no older than what was read
	} {
		if got := b.after(ago(c.since)).total(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// TestNewsAreFewAndOfAllKinds has much happen. The list is short, has something of each kind, and nothing about the reader's own group.
func TestNewsAreFewAndOfAllKinds(t *testing.T) {
	d := verb(t, newMemory(), kept{}, monday)
	items := []bot.NewsItem{item(bot.FreshOffer, 7, 2*day)}
	for n := range bot.OrganisationID(30) {
		items = append(items, item(bot.FreshOffer, 100+n, day))
	}
	items = append(items, item(bot.Newcomer, 1, day), item(bot.FreshNeed, 2, day), item(bot.OpenAsk, 3, day))
	said := d.told(bot.Text("News"), bulletinOf(7*day, items...), 7).Plain()
	if n := strings.Count(said, "\n- "); n != maxLines {
		t.Errorf("%d lines, want %d:\n%s", n, maxLines, said)
	}
	for _, want := range []string{"Group 1", "Group 2", "Group 3", "25"} { // of 33, eight are told
		if !strings.Contains(said, want) {
			t.Errorf("%q is not told:\n%s", want, said)
		}
	}
	if strings.Contains(said, "Group 7 ") || strings.Contains(said, "offer of 7\n") {
		t.Errorf("somebody's own news:\n%s", said)
	}
	if reply := d.told(bot.Text("News"), bulletinOf(7*day, item(bot.FreshOffer, 7, day)), 7); reply != nil {
		t.Errorf("nothing is news, and told: %s", reply.Plain())
	}
}

// TestABundle is what somebody is told and asked, and what is noted of it.
func TestABundle(t *testing.T) {
	prompt := func(n int, choices ...bot.Choice) bot.Prompt {
		return bot.Prompt{Key: fmt.Sprint("p", n), To: amina, Reply: bot.Lines(bot.Text(fmt.Sprint("question ", n))).Choose(choices...)}
	}
	yes := bot.Choice{Label: "Yes", Say: "yes"}
	five := []bot.Prompt{prompt(1, yes), prompt(2), prompt(3), prompt(4), prompt(5)}
	news := bulletinOf(28*day, item(bot.FreshOffer, 1, day))
	for name, c := range map[string]struct {
		m          bot.Manners
		prompts    []bot.Prompt
		ended      []string // meanwhile
		said, not  []string
		unanswered int
		nothing    bool
	}{
		"four questions at most":         {bot.Manners{Nudges: true}, five, nil, []string{"question 1", "question 4"}, []string{"question 5", "Group 1"}, 1, false},
		"one that was answered already":  {bot.Manners{Nudges: true}, five, []string{"p1"}, []string{"question 2", "question 5"}, []string{"question 1"}, 0, false},
		"no questions to who wants none": {bot.Manners{Digest: true}, five, nil, []string{"Group 1"}, []string{"question"}, 0, false},
		"news and questions":             {bot.Manners{Digest: true, Nudges: true}, five[:1], nil, []string{"question 1", "Group 1"}, nil, 1, false},
		"nobody answers news":            {bot.Manners{Digest: true, Nudges: true}, nil, nil, []string{"Group 1"}, nil, 0, false},
		"nothing at all":                 {bot.Manners{Nudges: true}, nil, nil, nil, nil, 0, true},
		"all of it answered meanwhile":   {bot.Manners{Nudges: true}, five[:1], []string{"p1"}, nil, nil, 0, true},
		"the last before silence":        {bot.Manners{Nudges: true, Unanswered: 2}, five[:1], nil, []string{"question 1"}, nil, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newMemory()
			d := verb(t, s, kept{}, monday)
			for _, k := range c.ended {
				s.ended[k] = true
			}
			c.m.Person = amina
			b := contents{at: monday, prompts: map[bot.Speaker][]bot.Prompt{amina: c.prompts}, news: news}
			post, err := d.bundle(t.Context(), b, c.m, "2026-W48", monday, monday.Add(latest))
			if err != nil || (post == nil) != c.nothing {
				t.Fatalf("%v, %v", post, err)
			}
			if post == nil {
				if len(s.bundles) > 0 {
					t.Error("nothing was said, and noted as said")
				}
				return
			}
			said := post.Reply.Plain()
			for _, want := range c.said {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not said:\n%s", want, said)
				}
			}
			for _, not := range c.not {
				if strings.Contains(said, not) {
					t.Errorf("%q is said:\n%s", not, said)
				}
			}
			if got := s.manners[amina.ID].Unanswered; got != c.unanswered {
				t.Errorf("%d unanswered, want %d", got, c.unanswered)
			}
			last := slices.ContainsFunc(post.Reply.Choices(), func(c bot.Choice) bool { return c.Say == d.words.Say("digest.speak") })
			if last != (c.unanswered >= bot.MostUnanswered) {
				t.Errorf("that it is the last is said: %v", last)
			}
			if again, err := d.bundle(t.Context(), b, c.m, "2026-W48", monday, monday.Add(latest)); err != nil || again != nil {
				t.Errorf("said twice in one week: %v, %v", again, err)
			}
		})
	}
}

// TestHowAWeekBegins is what the striking of the clock leaves, in which order, and when it leaves nothing.
func TestHowAWeekBegins(t *testing.T) {
	closed, err := calendar.WriteClosures([]calendar.Closure{{From: bot.DateOf(monday), To: bot.DateOf(monday)}})
	if err != nil {
		t.Fatal(err)
	}
	week := "2026-W48"
	for name, c := range map[string]struct {
		now    time.Time
		kept   kept
		begun  bool
		begins bool
	}{
		"on time":               {monday, kept{}, false, true},
		"a day late":            {monday.Add(day), kept{}, false, true},
		"three days late":       {monday.Add(3 * day), kept{}, false, false},
		"begun already":         {monday, kept{}, true, false},
		"left out":              {monday, kept{keptSkip: week}, false, false},
		"another week left out": {monday, kept{keptSkip: "2026-W49"}, false, true},
		"closed":                {monday, kept{calendar.KeptClosures: closed}, false, false},
		"set for another time":  {monday, kept{keptAt: "Thursday 14:00"}, false, false},
	} {
		s := newMemory()
		s.begun[week] = c.begun
		d := verb(t, s, c.kept, c.now)
		a, err := d.strike(t.Context(), bot.Later(clock, "x", monday, week+"|"+calendar.UsualWeekly.String()), bot.Args{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(a.Later) == 0 || a.Later[0].For != clock || !a.Later[0].At.After(c.now) {
			t.Errorf("%s: the clock stops: %+v", name, a.Later)
			continue
		}
		var left []string
		for _, m := range a.Later[1:] {
			left = append(left, m.For)
			if m.Queue == "" || m.Queue != a.Later[1].Queue {
				t.Errorf("%s: %s may overtake what comes before it", name, m.For)
			}
		}
		want := []string{bot.WeekRound, bot.WeekNudges, bot.WeekDigest}
		if !c.begins {
			want = nil
		}
		if !slices.Equal(left, want) {
			t.Errorf("%s: it leaves %v, want %v", name, left, want)
		}
	}
}
