package talk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ginnel/bot"
	"ginnel/bot/language"

	"pgregory.net/rapid"
)

// A desk is a store that remembers what the test says it does.
type desk struct {
	offered   []bot.Offered
	standings []bot.Standing
}

func (d *desk) Coordinator(context.Context, bot.Speaker) (bool, error) { return false, nil }

func (d *desk) Coordinating(context.Context) ([]bot.Speaker, error) { return nil, nil }

func (d *desk) Heard(context.Context, bot.Speaker) error { return nil }

func (d *desk) Offered(context.Context, bot.Address, bot.Speaker, time.Time) ([]bot.Offered, error) {
	return d.offered, nil
}

func (d *desk) OfferedOn(_ context.Context, _ bot.Speaker, on bot.MessageID, _ time.Time) (here []bot.Offered, ours bool, err error) {
	for _, o := range d.offered {
		if o.Said == on {
			here = append(here, o)
		}
	}
	return here, len(here) > 0 || on == "ours", nil
}

func (d *desk) Standings(context.Context, bot.Speaker) ([]bot.Standing, error) {
	return d.standings, nil
}

// notes are a Keep in memory.
type notes map[string]string

func (n notes) Get(_ context.Context, name string) (string, error) { return n[name], nil }

func (n notes) Put(_ context.Context, name, value string) error { n[name] = value; return nil }

func (n notes) Delete(_ context.Context, name string) error { delete(n, name); return nil }

const deskWords = `
[tea]
about: make tea
example: make tea
understood: make tea
understood: make tea for {who}
[cake]
understood: bake {what} [by {until:date}]
[safe]
understood: open the safe
`

func newDesk(t *testing.T) (*Bot, *desk, *[]string) {
	t.Helper()
	book, err := language.ReadBook("en", Words, language.WordFiles{Verb: "desk", Files: fstest.MapFS{"words/en.txt": {Data: []byte(deskWords)}}})
	if err != nil {
		t.Fatal(err)
	}
	d, done := &desk{}, &[]string{}
	does := func(name string) func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
		return func(_ context.Context, m bot.Message, a bot.Args) (bot.Answer, error) {
			*done = append(*done, strings.TrimSpace(name+" "+a.Name+" "+a.Text("what")+a.Text("who")+" "+a.Date("until").ISO()))
			return bot.Answer{Reply: bot.Lines(bot.Text(name + " done"))}, nil
		}
	}
	b, err := New(book, d, Settings{Zone: time.UTC, Keep: notes{}},
		bot.Command{Name: "desk.tea", Role: bot.Anyone, Handle: does("tea")},
		bot.Command{Name: "desk.cake", Role: bot.OnBehalf, Handle: does("cake")},
		bot.Command{Name: "desk.safe", Role: bot.Steward, Private: true, Handle: does("safe")},
		bot.Command{Name: "desk.left", Role: bot.Anyone, Kind: bot.Left, Handle: does("left")},
		bot.Command{Name: "desk.ear", Role: bot.Anyone, Hears: func(m bot.Message) bool { return strings.Contains(m.Text, "kettle") }, Handle: does("ear")},
		bot.Command{Name: "desk.bell", Role: bot.Anyone, Kind: bot.Due, Handle: does("bell")},
	)
	if err != nil {
		t.Fatal(err)
	}
	return b, d, done
}

func said(text string) bot.Message {
	return bot.Message{
		ID: "1", Kind: bot.Said, From: bot.Speaker{Network: "net", ID: "amina", Name: "Amina"}, Where: bot.Address{Network: "net", Room: "hall"},
		Text: text, ToUs: true, At: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
	}
}

func TestHandle(t *testing.T) {
	choir, shed := bot.Standing{Organisation: 1, Name: "Choir", Steward: true}, bot.Standing{Organisation: 2, Name: "Men's Shed"}
	for _, c := range []struct {
		name      string
		text      string
		standings []bot.Standing
		offered   []bot.Offered
		done      string // what was done, or
		problem   string // what was said instead
	}{
		{name: "a phrase", text: "Make tea!", done: "tea"},
		{name: "after a greeting", text: "Hello! please make tea", done: "tea"},
		{name: "line by line", text: "make tea\n\nmake tea for Tom", done: "tea/tea  Tom"},
		{name: "not line by line", text: "make tea\nfor Tom", done: "tea  Tom"},
		{name: "for a stranger", text: "bake bread", problem: "which group you speak for"},
		{name: "for one group", text: "bake bread", standings: []bot.Standing{choir}, done: "cake Choir bread"},
		{name: "for one of two", text: "bake bread", standings: []bot.Standing{choir, shed}, problem: "Which is this for?"},
		{name: "for the named one", text: "for the Mens shed: bake bread", standings: []bot.Standing{choir, shed}, done: "cake Men's Shed bread"},
		{name: "for one not theirs", text: "for the Bank: bake bread", standings: []bot.Standing{choir}, problem: "I do not have you down"},
		{name: "by no steward", text: "open the safe", standings: []bot.Standing{shed}, problem: "Only a steward"},
		{name: "by the steward of one", text: "open the safe", standings: []bot.Standing{choir, shed}, done: "safe Choir"},
		{name: "for the one without stewardship", text: "for Men's Shed: open the safe", standings: []bot.Standing{choir, shed}, problem: "Only a steward"},
		{name: "a day", text: "bake bread by 1 March", standings: []bot.Standing{choir}, done: "cake Choir bread 2027-03-01"},
		{name: "a day that may be two", text: "bake bread by next Friday", standings: []bot.Standing{choir}, problem: "not sure which day"},
		{name: "a misspelling", text: "maek tea", problem: "Did you mean: make tea"},
		{name: "nothing known", text: "the moon is up", problem: "I am not sure what you would like me to do"},
		{name: "a number", text: "2", offered: []bot.Offered{{Key: "reply", Choices: []bot.Choice{{Label: "A", Say: "x"}, {Label: "B", Say: "make tea"}}}}, done: "tea"},
		{name: "a label", text: "b.", offered: []bot.Offered{{Key: "reply", Choices: []bot.Choice{{Label: "A", Say: "x"}, {Label: "B", Say: "make tea"}}}}, done: "tea"},
		{name: "the first word of a label", text: "yes", offered: []bot.Offered{{Key: "reply", Choices: []bot.Choice{{Label: "Yes, please", Say: "make tea"}}}}, done: "tea"},
		{name: "a yes to two things", text: "yes", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}, {Key: "b", Choices: []bot.Choice{{Label: "yes", Say: "open the safe"}}}}, problem: "more than one thing"},
		{name: "a yes to the same thing twice", text: "yes", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}, {Key: "b", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}}, done: "tea"},
		{name: "a number with a courtesy", text: "2, please", offered: []bot.Offered{{Key: "reply", Choices: []bot.Choice{{Label: "A", Say: "x"}, {Label: "B", Say: "make tea"}}}}, done: "tea"},
		{name: "a no in other words", text: "Sorry, we can't.", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "x"}, {Label: "no", Say: "make tea"}}}}, done: "tea"},
		{name: "a condition is no yes", text: "yes, but only on Mondays", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}}, problem: "which of these"},
		{name: "a question with a condition", text: "yes, but would it be cake?", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}}, problem: "which of these"},
		{name: "what may mean nothing", text: "ok", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea"}}}}, problem: "which of these"},
		{name: "a yes to nothing of the kind", text: "sure", offered: []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "list us", Say: "make tea"}}}}, problem: "which of these"},
		{name: "a number too high", text: "3", offered: []bot.Offered{{Key: "reply", Choices: []bot.Choice{{Label: "A", Say: "x"}}}}, problem: "no such number"},
		{name: "too long", text: strings.Repeat("tea ", 2000), problem: "more than I can read"},
		{name: "64 KiB of one letter", text: strings.Repeat("x", 64<<10), problem: "more than I can read"},
		{name: "disguised", text: "make\u202e \u200btea\x00", done: "tea"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, d, done := newDesk(t)
			d.standings, d.offered = c.standings, c.offered
			a, err := b.Handle(t.Context(), said(c.text))
			var p *bot.Problem
			if errors.As(err, &p) {
				a.Reply = p.Reply
			} else if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(*done, "/"); got != c.done {
				t.Errorf("did %q, want %q; said %q", got, c.done, a.Reply.Plain())
			}
			if c.problem != "" && !strings.Contains(a.Reply.Plain(), c.problem) {
				t.Errorf("said %q, want %q", a.Reply.Plain(), c.problem)
			}
		})
	}
}

func TestAPrivateCommandGoesOnInPrivate(t *testing.T) {
	b, d, _ := newDesk(t)
	d.standings = []bot.Standing{{Organisation: 1, Name: "Choir", Steward: true}}
	a, err := b.Handle(t.Context(), said("open the safe"))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Posts) != 1 || !a.Posts[0].Where.IsPrivate() || a.Posts[0].Reply.Plain() != "safe done" || strings.Contains(a.Reply.Plain(), "safe") {
		t.Errorf("said %q in the open, and %+v", a.Reply.Plain(), a.Posts)
	}
}

func TestOnlyWhatIsForUsIsWanted(t *testing.T) {
	b, _, done := newDesk(t)
	for m, want := range map[*bot.Message]bool{
		{Kind: bot.Said, ToUs: true}:        true,
		{Kind: bot.Said}:                    false,
		{Kind: bot.Edited, ToUs: true}:      false,
		{Kind: bot.Left}:                    true,
		{Kind: bot.Due, For: "desk.bell"}:   true,
		{Kind: bot.Due, For: "desk.tea"}:    false,
		{Kind: bot.Due, For: "gone.verb"}:   false,
		{Kind: bot.Failed, For: "some/key"}: false,
	} {
		if got := b.Wants(*m); got != want {
			t.Errorf("Wants(%+v) = %v", m, got)
		}
	}
	// Nobody can type what only a time may say.
	for _, kind := range []bot.Kind{bot.Due, bot.Left} {
		if _, err := b.Handle(t.Context(), bot.Message{Kind: kind, For: "desk.bell"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(*done, "/"); got != "bell/left" {
		t.Errorf("did %q", got)
	}
}

func TestWhatIsSaidToOthersIsHeardInRoomsOnly(t *testing.T) {
	b, _, done := newDesk(t)
	aside := func(text string) bot.Message {
		m := said(text)
		m.ToUs = false
		return m
	}
	private := aside("has anybody a kettle?")
	private.Where = bot.Private(private.From)
	for _, c := range []struct {
		m    bot.Message
		want bool
	}{
		{aside("has anybody a kettle?"), true}, {aside("make tea"), false}, {private, false},
	} {
		*done = nil
		if got := b.Wants(c.m); got != c.want {
			t.Errorf("Wants(%+v) = %v", c.m, got)
		}
		// Wanted or not, nobody who talks to others gives a command.
		if _, err := b.Handle(t.Context(), c.m); err != nil || (strings.Join(*done, "/") == "ear") != c.want {
			t.Errorf("%+v did %q, %v", c.m, *done, err)
		}
	}
	*done = nil
	if a, err := b.Handle(t.Context(), said("kettle")); err != nil || *done != nil {
		t.Errorf("said to us it is %+v, did %q", a, *done)
	}
}

func TestCommandsThatAreRefused(t *testing.T) {
	book, err := language.ReadBook("en", Words, language.WordFiles{Verb: "desk", Files: fstest.MapFS{"words/en.txt": {Data: []byte("[tea]\nunderstood: make tea\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	does := func(context.Context, bot.Message, bot.Args) (bot.Answer, error) { return bot.Answer{}, nil }
	steps := func(context.Context, bot.Message) ([]bot.Step, error) { return nil, nil }
	tea := bot.Command{Name: "desk.tea", Role: bot.Anyone, Handle: does}
	for name, commands := range map[string][]bot.Command{
		"no role":                 {{Name: "desk.tea", Handle: does}},
		"no handler":              {{Name: "desk.tea", Role: bot.Anyone}},
		"twice":                   {tea, tea},
		"no phrase":               {tea, {Name: "desk.cake", Role: bot.Anyone, Handle: does}},
		"a phrase and no command": {},
		"steps of what is said":   {{Name: "desk.tea", Role: bot.Anyone, Steps: steps}},
		"steps and a handler":     {tea, {Name: "desk.stir", Role: bot.Anyone, Kind: bot.Due, Steps: steps, Handle: does}},
	} {
		if _, err := New(book, &desk{}, Settings{Zone: time.UTC, Keep: notes{}}, commands...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := New(book, &desk{}, Settings{Zone: time.UTC, Keep: notes{}}, tea); err != nil {
		t.Error(err)
	}
	b, err := New(book, &desk{}, Settings{Zone: time.UTC, Keep: notes{}}, tea, bot.Command{Name: "desk.stir", Role: bot.Anyone, Kind: bot.Due, Steps: steps})
	if err != nil {
		t.Fatal(err)
	}
	stir := bot.Later("desk.stir", "1", time.Time{}, "")
	typed := bot.Message{Kind: bot.Said, For: "desk.stir", Text: "make tea", ToUs: true}
	if b.Steps(stir) == nil || b.Steps(typed) != nil || b.Steps(bot.Later("desk.tea", "1", time.Time{}, "")) != nil {
		t.Error("what goes in steps is not told from the rest")
	}
}

// TestNothingElseIsAYes: a plain yes with courtesies around it counts as one, and nothing does that sets a condition, says
// another thing too, or may mean nothing.
func TestNothingElseIsAYes(t *testing.T) {
	b, d, done := newDesk(t)
	d.offered = []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea for yes"}, {Label: "not now", Say: "make tea for later"}, {Label: "no", Say: "make tea for no"}}}}
	plain := map[string]bool{"yes": true, "sure": true, "1": true, "yes sure": true, "yes we can": true}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{
			"yes", "sure", "1", "ok", "maybe", "but", "not", "now", "later", "no", "if", "we", "can", "please", "thanks", "please", "thanks",
		}), 1, 5).Draw(t, "words")
		*done = nil
		_, err := b.Handle(t.Context(), said(strings.Join(words, rapid.SampledFrom([]string{" ", ", "}).Draw(t, "between"))))
		var p *bot.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatal(err)
		}
		courtesy := func(w string) bool { return w == "please" || w == "thanks" }
		for len(words) > 0 && courtesy(words[0]) {
			words = words[1:]
		}
		for len(words) > 0 && courtesy(words[len(words)-1]) {
			words = words[:len(words)-1]
		}
		less := func(w string) bool { return slices.Contains([]string{"but", "not", "later", "no", "if", "maybe"}, w) }
		is, want := strings.Join(*done, "/") == "tea  yes", plain[strings.Join(words, " ")]
		if want && !is || is && (slices.ContainsFunc(words, less) || len(words) == 0 || strings.Join(words, " ") == "ok") {
			t.Fatalf("%q taken for a yes: %v, want %v", words, is, want)
		}
	})
}

// TestUnderAnOlderMessage: a number or a yes under a message answers that message alone.
func TestUnderAnOlderMessage(t *testing.T) {
	choose := func(words ...string) (cs []bot.Choice) {
		for _, w := range words {
			cs = append(cs, bot.Choice{Label: w, Say: "make tea for " + w})
		}
		return cs
	}
	for _, c := range []struct {
		name, text string
		on         bot.MessageID
		want       string // who tea is made for; "closed" and "" for no tea
	}{
		{"the last list", "1", "", "new"},
		{"an older list", "1", "older", "old"},
		{"its label", "old", "older", "old"},
		{"a list that is closed", "1", "ours", "closed"},
		{"a yes to what is closed", "yes please", "ours", "closed"},
		{"a sentence under a closed list", "make tea for me", "ours", "me"},
		{"under another's message", "1", "theirs", "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, d, done := newDesk(t)
			d.offered = []bot.Offered{
				{Key: "reply/b", Reply: true, Said: "newer", Choices: choose("new")},
				{Key: "a", Said: "older", Choices: choose("old", "older")},
			}
			m := said(c.text)
			m.On = c.on
			_, err := b.Handle(t.Context(), m)
			problem := &bot.Problem{}
			if closed := errors.As(err, &problem) && strings.Contains(problem.Error(), "closed"); closed != (c.want == "closed") {
				t.Fatalf("closed %v: %v", closed, err)
			}
			got := ""
			if len(*done) > 0 {
				got = (*done)[0]
			}
			if c.want != "closed" && !strings.HasSuffix(got, c.want) || c.want == "closed" && got != "" {
				t.Errorf("did %q", got)
			}
		})
	}
}

// TestAPressIsTakenAtItsWord: what a press says is never taken for an answer to something else.
func TestAPressIsTakenAtItsWord(t *testing.T) {
	b, d, done := newDesk(t)
	d.offered = []bot.Offered{{Key: "reply/b", Reply: true, Choices: []bot.Choice{{Label: "make tea", Say: "open the safe"}}}}
	m := said("make tea")
	m.Pressed = true
	if _, err := b.Handle(t.Context(), m); err != nil || len(*done) != 1 || !strings.Contains((*done)[0], "tea") {
		t.Error(*done, err)
	}
}

// TestWhatHappensIsForSeveral: each command that an event is for hears of it, and nobody of what nobody wants.
func TestWhatHappensIsForSeveral(t *testing.T) {
	book, err := language.ReadBook("en", Words)
	if err != nil {
		t.Fatal(err)
	}
	leaves := func(say string, hears func(bot.Message) bool) bot.Command {
		return bot.Command{Name: "desk." + say, Role: bot.Anyone, Kind: bot.Left, Hears: hears, Handle: func(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
			return bot.Answer{Reply: bot.Lines(bot.Text(say))}, nil
		}}
	}
	b, err := New(book, &desk{}, Settings{Zone: time.UTC, Keep: notes{}}, leaves("any", nil), leaves("us", func(m bot.Message) bool { return m.Us }), leaves("none", func(bot.Message) bool { return false }))
	if err != nil {
		t.Fatal(err)
	}
	for us, want := range map[bool]string{true: "any\nus", false: "any"} {
		a, err := b.Handle(t.Context(), bot.Message{Kind: bot.Left, Us: us})
		if err != nil || a.Reply.Plain() != want {
			t.Errorf("us %v: %q, %v", us, a.Reply.Plain(), err)
		}
	}
	room := bot.Address{Network: "net", Room: "hall"}
	for name, c := range map[string]struct {
		m    bot.Message
		want bool
	}{
		"we join a room":           {bot.Message{Kind: bot.Joined, Us: true, Where: room}, true},
		"somebody joins a room":    {bot.Message{Kind: bot.Joined, Where: room}, false},
		"an edit nobody wants":     {bot.Message{Kind: bot.Edited, Where: room}, false},
		"somebody opens the home":  {bot.Message{Kind: bot.Opened}, true},
		"what could not be read":   {bot.Message{Kind: bot.Unread}, true},
		"a time of no such name":   {bot.Message{Kind: bot.Due, For: "desk.any"}, false},
		"a failure of no such one": {bot.Message{Kind: bot.Failed, For: "desk.any"}, false},
	} {
		if got := b.Wants(c.m); got != c.want {
			t.Errorf("%s: wanted %v", name, got)
		}
	}
}

// TestANumberIsNeverAYes: a number that is on no list that is open does nothing, however it is written.
func TestANumberIsNeverAYes(t *testing.T) {
	b, d, done := newDesk(t)
	d.offered = []bot.Offered{{Key: "a", Choices: []bot.Choice{{Label: "yes", Say: "make tea for yes"}, {Label: "no", Say: "make tea for no"}}}}
	rapid.Check(t, func(t *rapid.T) {
		*done = nil
		text := rapid.StringMatching(`#?[1-9][0-9]{1,11}[.!]?|0[3-9]|[3-9]|[0-9]{2,4}[ -][0-9]{2,6}`).Draw(t, "number")
		var p *bot.Problem
		if _, err := b.Handle(t.Context(), said(text)); err != nil && !errors.As(err, &p) || *done != nil {
			t.Fatalf("%q did %q, %v", text, *done, err)
		}
	})
	for _, text := range []string{"yes?", "yes???", "sure?", "yes lol", "yes oops", "yes ❌", "🙄 yes", "yes /s", "yes (joke)"} {
		*done = nil
		var p *bot.Problem
		if _, err := b.Handle(t.Context(), said(text)); err != nil && !errors.As(err, &p) || *done != nil {
			t.Errorf("%q did %q, %v", text, *done, err)
		}
	}
}
