package introduce

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/bot/calendar"
	"ginnel/bot/language"
	"ginnel/bot/match"
)

var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

// kept are settings in memory.
type kept map[string]string

func (k kept) Get(_ context.Context, name string) (string, error) { return k[name], nil }
func (k kept) Put(_ context.Context, name, value string) error    { k[name] = value; return nil }
func (k kept) Delete(_ context.Context, name string) error        { delete(k, name); return nil }

func verb(t *testing.T, store Store) *Introduce {
	t.Helper()
	book, err := language.ReadBook("en", Words)
	if err != nil {
		t.Fatal(err)
	}
	return New(store, nil, kept{}, book, time.UTC)
}

func TestWhoWaitsInARound(t *testing.T) {
	today := bot.DateOf(noon)
	for name, c := range map[string]struct {
		r    standing
		want string
	}{
		"anybody":                        {standing{}, ""},
		"full":                           {standing{o: bot.Organisation{Full: true}}, "round.full"},
		"full until yesterday":           {standing{o: bot.Organisation{Full: true, FullUntil: today.AddDays(-1)}}, ""},
		"full until tomorrow":            {standing{o: bot.Organisation{Full: true, FullUntil: today.AddDays(1)}}, "round.full"},
		"wants none":                     {standing{o: bot.Organisation{Suggest: -1}}, "round.never"},
		"has one open":                   {standing{busy: true}, "round.busy"},
		"wants quiet":                    {standing{quiet: true}, "round.quiet"},
		"had one last week":              {standing{last: ago(7 * day)}, "round.lately"},
		"had one four weeks ago":         {standing{last: ago(28 * day)}, ""},
		"had one, but for an hour":       {standing{last: ago(28*day - time.Hour)}, ""}, // a digest may come a little early
		"had one, but for a day":         {standing{last: ago(27 * day)}, "round.lately"},
		"full comes before all the rest": {standing{o: bot.Organisation{Full: true, Suggest: -1}, busy: true, quiet: true}, "round.full"},
	} {
		switch c.r.o.Suggest {
		case 0:
			c.r.o.Suggest = 28
		case -1:
			c.r.o.Suggest = 0
		}
		if got := c.r.waits(today, noon); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestWhatAnIntroductionCountsForInARound also shows that a no is told by nothing: whoever said it is busy for as long as
// whoever said nothing.
func TestWhatAnIntroductionCountsForInARound(t *testing.T) {
	no := [2]bot.Party{{Assent: bot.No}, {Assent: bot.Asked}}
	for name, c := range map[string]struct {
		i    bot.Introduction
		got  int
		last time.Time
		busy bool
	}{
		"open":                 {bot.Introduction{State: bot.IntroductionOpen, Origin: bot.FromAsk, At: ago(day)}, 0, time.Time{}, true},
		"open, with a no":      {bot.Introduction{State: bot.IntroductionOpen, Origin: bot.FromAsk, At: ago(day), Parties: no}, 0, time.Time{}, true},
		"open, from the round": {bot.Introduction{State: bot.IntroductionOpen, Origin: bot.FromRound, At: ago(day)}, 0, ago(day), true},
		"over":                 {bot.Introduction{State: bot.IntroductionOver, Origin: bot.FromRound, At: ago(20 * day)}, 0, ago(20 * day), false},
		"made yesterday":       {bot.Introduction{State: bot.IntroductionMade, Origin: bot.FromAsk, Made: ago(day)}, 1, time.Time{}, true},
		"made a while ago":     {bot.Introduction{State: bot.IntroductionMade, Origin: bot.FromAsk, Made: ago(settles)}, 1, time.Time{}, false},
	} {
		r := standing{}.with(c.i, noon)
		if r.got != c.got || !r.last.Equal(c.last) || r.busy != c.busy {
			t.Errorf("%s: got %d, last %v, busy %v", name, r.got, r.last, r.busy)
		}
	}
	if r := (standing{busy: true, got: 2, last: ago(day)}).with(bot.Introduction{State: bot.IntroductionOver, Origin: bot.FromRound, At: ago(9 * day)}, noon); !r.busy || r.got != 2 || !r.last.Equal(ago(day)) {
		t.Errorf("what was before is forgotten: %+v", r)
	}
}

func TestNewcomersAreServedFirst(t *testing.T) {
	for _, c := range []struct{ got, missed, want int }{{0, 0, 1}, {0, 3, 3}, {1, 0, 0}, {2, 4, 4}} {
		if m := (standing{got: c.got}).member(c.missed, 0); m.Missed != c.want {
			t.Errorf("introduced %d times, left out %d times: counts as %d, want %d", c.got, c.missed, m.Missed, c.want)
		}
	}
}

func TestSensitivePlacesMeetNobodyUnvouched(t *testing.T) {
	for _, c := range []struct{ sensitive, vouched, tooEarly bool }{
		{false, false, false}, {false, true, false}, {true, false, true}, {true, true, false},
	} {
		a, b := bot.Organisation{Sensitive: c.sensitive, Vouched: true}, bot.Organisation{Vouched: c.vouched}
		if tooEarly(a, b) != c.tooEarly || tooEarly(b, a) != c.tooEarly {
			t.Errorf("%+v", c)
		}
	}
}

func TestWhoMayBeGathered(t *testing.T) {
	today := bot.DateOf(noon)
	fine := bot.Organisation{ID: 1, Listed: true, Suggest: 28}
	for name, change := range map[string]func(*bot.Organisation){
		"unlisted": func(o *bot.Organisation) { o.Listed = false }, "wants none": func(o *bot.Organisation) { o.Suggest = 0 },
		"sensitive": func(o *bot.Organisation) { o.Sensitive = true }, "full": func(o *bot.Organisation) { o.Full = true },
		"asked of late": func(o *bot.Organisation) { o.ID = 2 },
	} {
		o := fine
		change(&o)
		if !mayGather(fine, today, []bot.OrganisationID{2}) || mayGather(o, today, []bot.OrganisationID{2}) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

// TestWhatCountsAsOpen shows that a no of the other side frees nothing: a place that became free would tell of it.
func TestWhatCountsAsOpen(t *testing.T) {
	parties := func(ours, theirs bot.Assent) [2]bot.Party {
		return [2]bot.Party{{Organisation: 1, Assent: ours}, {Organisation: 2, Assent: theirs}}
	}
	open := func(origin bot.Origin, ours, theirs bot.Assent) bot.Introduction {
		return bot.Introduction{State: bot.IntroductionOpen, Origin: origin, Parties: parties(ours, theirs)}
	}
	for name, c := range map[string]struct {
		i    bot.Introduction
		us   bot.OrganisationID
		want int
	}{
		"we asked":                         {open(bot.FromAsk, bot.Yes, bot.Asked), 1, 1},
		"we asked, they said no":           {open(bot.FromAsk, bot.Yes, bot.No), 1, 1},
		"we asked, and withdrew":           {open(bot.FromAsk, bot.No, bot.Asked), 1, 1},
		"we were asked":                    {open(bot.FromAsk, bot.Yes, bot.Asked), 2, 0},
		"a suggestion not answered":        {open(bot.FromSuggestion, bot.Asked, bot.Asked), 1, 0},
		"a suggestion that we said yes to": {open(bot.FromSuggestion, bot.Yes, bot.Asked), 1, 1},
		"over":                             {bot.Introduction{State: bot.IntroductionOver, Origin: bot.FromAsk, Parties: parties(bot.Yes, bot.Asked)}, 1, 0},
		"asked together with this one":     {bot.Introduction{State: bot.IntroductionOpen, Origin: bot.FromAsk, Parties: parties(bot.Yes, bot.Asked), Together: "x"}, 1, 0},
	} {
		if got := openOf([]bot.Introduction{c.i}, c.us, "x"); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// TestWhoseTurnItIs: groups that somebody vouched for have two places a week which no newcomer takes, newcomers one that is free,
// and a person has one.
func TestWhoseTurnItIs(t *testing.T) {
	someone := func(name string) bot.Speaker { return bot.Speaker{Network: "n", ID: bot.UserID(name)} }
	known := func(at time.Time, by string) place { return place{at, someone(by), true} }
	fresh := func(at time.Time, by string) place { return place{at, someone(by), false} }
	for name, c := range map[string]struct {
		next  place
		taken []place
		want  time.Time
	}{
		"none":                               {known(noon, "a"), nil, noon},
		"one":                                {known(noon, "a"), []place{known(ago(day), "b")}, noon},
		"two this week":                      {known(noon, "a"), []place{known(ago(5*day), "b"), known(ago(day), "c")}, ago(5 * day).Add(7 * day)},
		"two, one of them last week":         {known(noon, "a"), []place{known(ago(8*day), "b"), known(ago(day), "c")}, noon},
		"two that wait":                      {known(noon, "a"), []place{known(noon.Add(day), "b"), known(noon.Add(2*day), "c")}, noon.Add(8 * day)},
		"newcomers alone":                    {known(noon, "a"), []place{fresh(ago(day), "b"), fresh(noon.Add(6*day), "c")}, noon},
		"a newcomer after a newcomer":        {fresh(noon, "a"), []place{fresh(ago(day), "b")}, noon.Add(6 * day)},
		"a newcomer after two others":        {fresh(noon, "a"), []place{known(ago(2*day), "b"), known(ago(day), "c")}, noon.Add(5 * day)},
		"a newcomer after one other":         {fresh(noon, "a"), []place{known(ago(2*day), "b")}, noon},
		"the same person":                    {known(noon, "a"), []place{known(ago(day), "a")}, noon.Add(6 * day)},
		"the same person, vouched for since": {known(noon, "a"), []place{fresh(ago(day), "a")}, noon.Add(6 * day)},
	} {
		if got := c.next.next(noon, c.taken); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestNobodyFillsAWeek gives places to many at random: no week has more than it may, and those somebody vouched for find the
// places they would find if there were no newcomers.
func TestNobodyFillsAWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all, without []place
		for n := range rapid.IntRange(1, 30).Draw(t, "asks") {
			p := place{by: bot.Speaker{ID: bot.UserID(rapid.StringMatching("[a-f]").Draw(t, "person"))}}
			p.known = p.by.ID < "d"
			at := noon.Add(time.Duration(n) * 6 * time.Hour)
			if p.at = p.next(at, all); p.known {
				if q := p.next(at, without); !q.Equal(p.at) {
					t.Fatalf("%v without newcomers, %v with them", q, p.at)
				}
				without = append(without, p)
			}
			all = append(all, p)
		}
		for _, last := range all {
			known, fresh, own := 0, 0, 0
			for _, o := range all {
				if age := last.at.Sub(o.at); age < 0 || age >= 7*day {
					continue
				}
				if o.known {
					known++
				} else {
					fresh++
				}
				if o.by == last.by {
					own++
				}
			}
			if known > maxAWeek || fresh > maxNew || own > maxByOne {
				t.Fatalf("a week has %d by those who are known, %d by newcomers, %d by one", known, fresh, own)
			}
		}
	})
}

func TestWhenAnIntroductionLapses(t *testing.T) {
	v := verb(t, nil)
	today := bot.DateOf(noon)
	evening := func(d bot.Date) time.Time { return d.Time(time.UTC).Add(21 * time.Hour) }
	for name, c := range map[string]struct {
		until bot.Date
		want  time.Time
	}{
		"for no day":      {bot.Date{}, noon.Add(lapsesAfter)},
		"for tomorrow":    {today.AddDays(1), evening(today.AddDays(1))},
		"for tonight":     {today, evening(today)},
		"for yesterday":   {today.AddDays(-1), noon.Add(2 * time.Hour)},
		"for next summer": {today.AddDays(200), noon.Add(lapsesAfter)},
	} {
		if got, err := v.lapses(t.Context(), noon, c.until); err != nil || !got.Equal(c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
	closed, err := calendar.WriteClosures([]calendar.Closure{{From: today.AddDays(1), To: today.AddDays(14)}})
	if err != nil {
		t.Fatal(err)
	}
	v.keep = kept{calendar.KeptClosures: closed}
	if got, err := v.lapses(t.Context(), noon, bot.Date{}); err != nil || !got.Equal(noon.Add(lapsesAfter+14*day)) {
		t.Errorf("while the network is closed no time goes by: %v, %v", got, err)
	}
}

func TestReasonsSpeakOfWhatIsThere(t *testing.T) {
	v := verb(t, nil)
	a := standing{o: bot.Organisation{Name: "Ash"}, entries: []bot.Entry{{ID: 1, Side: bot.Need, Text: "a hall"}, {ID: 2, Side: bot.Offer, Text: "songs"}}}
	b := standing{o: bot.Organisation{Name: "Birch"}, entries: []bot.Entry{{ID: 3, Side: bot.Offer, Text: "rooms"}, {ID: 4, Side: bot.Need, Text: "a choir"}}}
	for _, r := range []match.Reason{
		{Kind: match.HelpsOne, NeedA: 1, OfferB: 3},
		{Kind: match.HelpsOne, NeedB: 4, OfferA: 2},
		{Kind: match.HelpsBoth, NeedA: 1, OfferB: 3, NeedB: 4, OfferA: 2},
		{Kind: match.SameNeed, NeedA: 1, NeedB: 4},
		{Kind: match.SameField, Words: []string{"singing", "walking"}},
		{Kind: match.SameField, Words: []string{"singing"}},
	} {
		p, ok := v.planned(match.Pair{Reason: r}, a, b)
		if !ok || p.About == "" {
			t.Errorf("%+v gives %+v", r, p)
		}
		for id, text := range map[int64]string{1: "a hall", 2: "songs", 3: "rooms", 4: "a choir"} {
			said := strings.Contains(p.Reason, text)
			if meant := slices.Contains([]int64{r.NeedA, r.NeedB, r.OfferA, r.OfferB}, id); said != meant {
				t.Errorf("%s: %q says %q: %v, want %v", r.Kind, p.Reason, text, said, meant)
			}
		}
		for _, w := range r.Words {
			if !strings.Contains(p.Reason, w) {
				t.Errorf("%q does not say %q", p.Reason, w)
			}
		}
		without := standing{o: b.o}
		if _, ok := v.planned(match.Pair{Reason: r}, a, without); ok != (r.NeedB == 0 && r.OfferB == 0) {
			t.Errorf("%+v stands without what it speaks of: %v", r, ok)
		}
	}
}

func TestPublicBodies(t *testing.T) {
	v := verb(t, nil)
	for name, want := range map[string]bool{
		"Harthwaite Borough Council": true, "QX NHS Trust": true, "Lowdale Police": true,
		"Council for Voluntary Service": false, "Friends of the Police Station": false, "Youth Council": false, "Tallow Lane Repair Café": false,
	} {
		if v.publicBody(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
