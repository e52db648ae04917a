package question

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
)

func (s *memory) Asks(context.Context, bot.Speaker, bool) ([]bot.Ask, error) { return s.open(), nil }

func (s *memory) AsksSaid(context.Context, bot.Network, bot.MessageID) ([]bot.Ask, error) {
	return s.open(), nil
}

func (s *memory) Watches(context.Context) ([]bot.Ask, error) {
	return slices.DeleteFunc(s.open(), func(a bot.Ask) bool { return !a.Watch }), nil
}

func (s *memory) open() []bot.Ask {
	return slices.DeleteFunc(slices.Clone(s.asks), func(a bot.Ask) bool { return !a.Closed.IsZero() })
}

func (s *memory) SaveAsk(_ context.Context, a bot.Ask) (bot.AskID, error) {
	a.ID = bot.AskID(len(s.asks) + 1)
	s.asks = append(s.asks, a)
	return a.ID, nil
}

func (s *memory) UpdateAsk(_ context.Context, id bot.AskID, f func(bot.Ask) (bot.Ask, error)) (err error) {
	i := slices.IndexFunc(s.asks, func(a bot.Ask) bool { return a.ID == id })
	if i < 0 {
		return bot.ErrNotFound
	}
	s.asks[i], err = f(s.asks[i])
	return err
}

func (s *memory) OrganisationsNamed(_ context.Context, name string) (found []bot.Organisation, err error) {
	for _, l := range s.listings {
		if l.Organisation.Name == name {
			found = append(found, l.Organisation)
		}
	}
	return found, nil
}

func (s *memory) Contacts(_ context.Context, id bot.OrganisationID) ([]bot.Contact, error) {
	return s.contacts[id], nil
}

func (s *memory) AddThanks(_ context.Context, t bot.Thanks) (int64, error) {
	s.thanks = append(s.thanks, t)
	return int64(len(s.thanks)), nil
}

func (s *memory) Thanked(_ context.Context, giver, helper bot.OrganisationID, since time.Time) (bool, error) {
	return slices.ContainsFunc(s.thanks, func(t bot.Thanks) bool {
		return t.Giver == giver && t.Helper == helper && !t.At.Before(since)
	}), nil
}

func (s *memory) AddPrompt(_ context.Context, p bot.Prompt) error {
	s.prompts = append(s.prompts, p)
	return nil
}

func (s *memory) Introductions(context.Context, bot.OrganisationID, time.Time) ([]bot.Introduction, error) {
	return s.introductions, nil
}

var (
	amina   = bot.Speaker{Network: "net", ID: "amina", Name: "Amina"}
	tom     = bot.Speaker{Network: "net", ID: "tom", Name: "Tom"}
	private = bot.Private(amina)
	hall    = bot.Address{Network: "net", Room: "hall"}
)

// said is what Amina says, for group 1.
func said(where bot.Address, values ...string) (bot.Message, bot.Args) {
	args := bot.Args{
		Organisation: 1, Name: "Ash", Standings: []bot.Standing{{Organisation: 1, Name: "Ash"}},
		Values: map[string]bot.Value{}, Today: today,
	}
	for i := 0; i < len(values); i += 2 {
		args.Values[values[i]] = bot.Value{Text: values[i+1]}
	}
	return bot.Message{ID: "m", Kind: bot.Said, From: amina, Where: where, At: noon, ToUs: true}, args
}

// says are the sentences behind the choices of a reply.
func says(r bot.Reply) (all []string) {
	for _, c := range r.Choices() {
		all = append(all, c.Say)
	}
	return all
}

// TestWhatIsKeptOfAnAsk: nothing of people who speak for no group or were perhaps not asking; the same once; told elsewhere
// only when it was put where everybody reads it, with its name.
func TestWhatIsKeptOfAnAsk(t *testing.T) {
	open, whispered := bot.Setting{Open: true}, hall
	whispered.Only = amina.ID
	before := func(age time.Duration, nameless bool) []bot.Ask {
		return []bot.Ask{{ID: 1, Organisation: 1, Asker: amina, Text: "Bookkeeping!", At: ago(age), Nameless: nameless}}
	}
	for name, c := range map[string]struct {
		where     bot.Address
		in        bot.Setting
		what      string
		alone     bool // speaks for nobody
		taken     bool
		asks      []bot.Ask
		listings  []bot.Listing
		kept      int
		watched   bool
		public    bool
		nameless  bool
		named     int
		dueToEnd  bool
		saidAgain bool
	}{
		"a gap":               {where: private, what: "bookkeeping", kept: 1, watched: true},
		"found":               {where: private, what: "bookkeeping", listings: []bot.Listing{offers(2, "Elm", "bookkeeping")}, kept: 1, named: 1},
		"for nobody":          {where: private, what: "bookkeeping", alone: true},
		"perhaps no question": {where: private, what: "bookkeeping", taken: true},
		"in the open":         {where: hall, in: open, what: "bookkeeping", kept: 1, watched: true, public: true},
		"whispered":           {where: whispered, in: open, what: "bookkeeping", kept: 1, watched: true},
		"in a closed room":    {where: hall, what: "bookkeeping", kept: 1, watched: true},
		"without our name":    {where: hall, in: open, what: "bookkeeping without our name", kept: 1, watched: true, nameless: true},
		"for a day":           {where: private, what: "bookkeeping by 27 November", kept: 1, watched: true, dueToEnd: true},
		"again in 13 days":    {where: private, what: "bookkeeping", asks: before(13*day, false), kept: 1, watched: true, saidAgain: true},
		"again in 14 days":    {where: private, what: "bookkeeping", asks: before(14*day, false), kept: 2, watched: true},
		"namelessness stays":  {where: hall, in: open, what: "bookkeeping", asks: before(day, true), kept: 1, watched: true, nameless: true, saidAgain: true},
	} {
		s := &memory{listings: append(c.listings, offers(1, "Ash", "cakes")), asks: c.asks}
		q := verb(t, s)
		m, args := said(c.where, "what", c.what)
		m.In, args.Taken = c.in, c.taken
		if c.alone {
			args.Organisation, args.Standings = 0, nil
		}
		answer, err := q.ask(t.Context(), m, args)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(s.asks) != c.kept || len(answer.Later) > 0 != c.dueToEnd {
			t.Errorf("%s: kept %+v, later %+v", name, s.asks, answer.Later)
			continue
		}
		if again := strings.Contains(answer.Reply.Plain(), "kept it as one ask"); again != c.saidAgain {
			t.Errorf("%s: says\n%s", name, answer.Reply.Plain())
		}
		if len(s.shown) != c.named {
			t.Errorf("%s: counted as shown: %v", name, s.shown)
		}
		if c.kept == 0 {
			continue
		}
		a := s.asks[len(s.asks)-1]
		if a.Watch != c.watched || a.Public != c.public || a.Nameless != c.nameless || a.Found != c.named || a.Organisation != 1 {
			t.Errorf("%s: kept %+v", name, a)
		}
	}
}

// TestWhoMayBeAsked: those who joined; at short notice those alone who let that be; all at once only with a name.
func TestWhoMayBeAsked(t *testing.T) {
	q := verb(t, &memory{})
	group := func(id bot.OrganisationID, joined, tonight bool) Group {
		return Group{Organisation: bot.Organisation{ID: id, Name: "G" + id.String(), Joined: joined, Tonight: tonight}}
	}
	three := Found{Groups: []Group{group(1, true, true), group(2, false, true), group(3, true, false)}}
	three.Request.What = "a van"
	for name, c := range map[string]struct {
		known, soon, nameless bool
		want                  []string
	}{
		"by somebody unknown": {want: nil},
		"any time":            {known: true, want: []string{"ask “#1” about “a van”", "ask “#3” about “a van”", "ask all of “#1 #3” about “a van”"}},
		"tonight":             {known: true, soon: true, want: []string{"ask “#1” about “a van”"}},
		"without a name": {
			known: true, nameless: true,
			want: []string{"ask “#1” about “a van” without our name", "ask “#3” about “a van” without our name"},
		},
	} {
		if got := says(bot.Reply{}.Choose(q.askThem(three, c.known, c.soon, c.nameless)...)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestAnAskEndsWithItsDay and not before, nor again.
func TestAnAskEndsWithItsDay(t *testing.T) {
	for name, c := range map[string]struct {
		ask    bot.Ask
		closed time.Time
	}{
		"its day is over":        {bot.Ask{ID: 1, Until: today.AddDays(-1), Watch: true}, noon},
		"its day is today":       {bot.Ask{ID: 1, Until: today, Watch: true}, time.Time{}},
		"it was put off":         {bot.Ask{ID: 1, Until: today.AddDays(9), Watch: true}, time.Time{}},
		"it is closed for good":  {bot.Ask{ID: 1, Until: today.AddDays(-1), Closed: ago(day)}, ago(day)},
		"nobody knows it anyway": {bot.Ask{ID: 2, Until: today.AddDays(-1)}, time.Time{}},
	} {
		s := &memory{asks: []bot.Ask{c.ask}}
		m, args := said(private)
		m.Text = "1"
		if _, err := verb(t, s).ended(t.Context(), m, args); err != nil {
			t.Fatal(name, err)
		}
		if a := s.asks[0]; !a.Closed.Equal(c.closed) || a.Watch && !a.Closed.IsZero() {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// TestAsksAreClosedWhereTheyWereAsked: a room hears of no ask that was put elsewhere.
func TestAsksAreClosedWhereTheyWereAsked(t *testing.T) {
	ask := func(id bot.AskID, where bot.Address, text string) bot.Ask {
		return bot.Ask{ID: id, Asker: amina, Where: where, Text: text, At: ago(day)}
	}
	for name, c := range map[string]struct {
		asks   []bot.Ask
		where  bot.Address
		what   string
		closed []bot.AskID
		aloud  []string // what is in the answer where it was said
		secret []string // what is in no answer there
	}{
		"the one there is":     {asks: []bot.Ask{ask(1, private, "a van")}, where: private, closed: []bot.AskID{1}, aloud: []string{"a van"}},
		"one of two":           {asks: []bot.Ask{ask(1, private, "a van"), ask(2, private, "a cook")}, where: private, what: "A cook", closed: []bot.AskID{2}},
		"which of two?":        {asks: []bot.Ask{ask(1, private, "a van"), ask(2, private, "a cook")}, where: private, aloud: []string{"Which", "a van", "a cook"}},
		"in its room":          {asks: []bot.Ask{ask(1, hall, "a van"), ask(2, private, "a cook")}, where: hall, closed: []bot.AskID{1}, secret: []string{"a cook"}},
		"in a room, elsewhere": {asks: []bot.Ask{ask(1, private, "a van")}, where: hall, closed: []bot.AskID{1}, aloud: []string{"in private"}, secret: []string{"a van"}},
		"none of that name":    {asks: []bot.Ask{ask(1, private, "a van")}, where: private, what: "a cook", aloud: []string{"no open asks"}},
	} {
		s := &memory{asks: c.asks}
		m, args := said(c.where, "what", c.what)
		answer, err := verb(t, s).sorted(t.Context(), m, args)
		if err != nil {
			t.Fatal(name, err)
		}
		var closed []bot.AskID
		for _, a := range s.asks {
			if a.Sorted && !a.Closed.IsZero() {
				closed = append(closed, a.ID)
			}
		}
		reply := answer.Reply.Plain()
		missing := func(s string) bool { return !strings.Contains(reply, s) }
		if !slices.Equal(closed, c.closed) || slices.ContainsFunc(c.aloud, missing) ||
			slices.ContainsFunc(c.secret, func(s string) bool { return !missing(s) }) {
			t.Errorf("%s: closed %v and said\n%s", name, closed, reply)
		}
		for _, p := range answer.Posts {
			if !p.Where.IsPrivate() {
				t.Errorf("%s: told elsewhere: %+v", name, p)
			}
		}
		if len(closed) > 0 && (len(answer.Later) != 1 || answer.Later[0].For != bot.AskClosed) {
			t.Errorf("%s: nobody hears that it is closed: %+v", name, answer.Later)
		}
	}
}

// TestThanksAreNoWayPastABlock, nor a way to write often; and who thanks cannot tell.
func TestThanksAreNoWayPastABlock(t *testing.T) {
	met := []bot.Introduction{{Parties: [2]bot.Party{{Organisation: 1}, {Organisation: 2}}, Made: ago(30 * day)}}
	last := func(age time.Duration) []bot.Thanks {
		return []bot.Thanks{{Giver: 1, Helper: 2, What: "a van", At: ago(age)}}
	}
	var heard string
	for _, c := range []struct {
		name    string
		s       memory
		posts   int
		prompts int
	}{
		{"introduced", memory{introductions: met}, 1, 0},
		{"strangers wait for their week", memory{}, 0, 1},
		{"blocked", memory{introductions: met, barred: map[bot.OrganisationID][]bot.OrganisationID{2: {1}}}, 0, 0},
		{"13 days after the last", memory{introductions: met, thanks: last(13 * day)}, 0, 0},
		{"15 days after the last", memory{introductions: met, thanks: last(15 * day)}, 1, 0},
	} {
		s := c.s
		s.listings = []bot.Listing{offers(1, "Ash", "cakes"), offers(2, "Elm", "a van")}
		s.contacts = map[bot.OrganisationID][]bot.Contact{2: {{Speaker: tom, Organisation: 2}}}
		m, args := said(private, "who", "Elm so much", "what", "a van")
		answer, err := verb(t, &s).thanks(t.Context(), m, args)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if len(answer.Posts) != c.posts || len(s.prompts) != c.prompts {
			t.Errorf("%s: %d posts, %d prompts", c.name, len(answer.Posts), len(s.prompts))
		}
		if reply := answer.Reply.Plain(); heard == "" {
			heard = reply
		} else if reply != heard {
			t.Errorf("%s: who thanks is told\n%s\nand otherwise\n%s", c.name, reply, heard)
		}
		if s.thanks[len(s.thanks)-1].Helper != 2 {
			t.Errorf("%s: recorded %+v", c.name, s.thanks)
		}
	}
}

// TestNobodyThanksThemselves, nor somebody whose name two groups have.
func TestNobodyThanksThemselves(t *testing.T) {
	for name, listings := range map[string][]bot.Listing{
		"ourselves": {offers(1, "Elm", "cakes")},
		"two":       {offers(1, "Ash", "cakes"), offers(2, "Elm", "a van"), offers(3, "Elm", "a van")},
		"nobody":    {offers(1, "Ash", "cakes")},
	} {
		s := &memory{listings: listings}
		var answer bot.Answer
		m, _ := said(private)
		if err := verb(t, s).thank(t.Context(), m, bot.Ask{Organisation: 1, Text: "a van"}, "Elm", &answer); err != nil {
			t.Fatal(name, err)
		}
		if len(s.thanks)+len(answer.Posts)+len(s.prompts) > 0 || !strings.Contains(answer.Reply.Plain(), "went to nobody") {
			t.Errorf("%s: %+v\n%s", name, s.thanks, answer.Reply.Plain())
		}
	}
}

// TestWhatIsToldOfIntroductions: nothing of what the other side said, and no name that was to be kept.
func TestWhatIsToldOfIntroductions(t *testing.T) {
	base := bot.Introduction{
		Parties: [2]bot.Party{{Organisation: 2, Assent: bot.Yes}, {Organisation: 1, Assent: bot.Asked}},
		About:   "a van", State: bot.IntroductionOpen, At: ago(day), Lapses: noon.Add(7 * day),
	}
	change := func(f func(*bot.Introduction)) bot.Introduction {
		i := base
		f(&i)
		return i
	}
	theirs := func(a bot.Assent) bot.Introduction {
		return change(func(i *bot.Introduction) { i.Parties[0].Assent = a })
	}
	ours := func(a bot.Assent) func(*bot.Introduction) {
		return func(i *bot.Introduction) { i.Parties[1].Assent = a }
	}
	for name, c := range map[string]struct {
		i    bot.Introduction
		want string // the beginning; "" for nothing at all
	}{
		"we are asked":         {base, "Elm: waiting for your answer until"},
		"they said no":         {theirs(bot.No), "Elm: waiting for your answer until"},
		"they do not know":     {theirs(bot.Asked), "Elm: waiting for your answer until"},
		"we said yes":          {change(ours(bot.Yes)), "Elm: waiting until"},
		"we said no":           {change(ours(bot.No)), ""},
		"without their name":   {change(func(i *bot.Introduction) { i.Nameless = true }), "the group that asked: waiting for your answer until"},
		"it was made":          {change(made(day)), "Elm: introduced, about a van"},
		"and then named":       {change(func(i *bot.Introduction) { made(day)(i); i.Nameless = true }), "Elm: introduced, about a van"},
		"it was made long ago": {change(made(14 * day)), ""},
		"it is over":           {change(func(i *bot.Introduction) { i.State = bot.IntroductionOver }), ""},
	} {
		s := &memory{listings: []bot.Listing{offers(1, "Ash", "cakes"), offers(2, "Elm", "a van")}, introductions: []bot.Introduction{c.i}}
		m, args := said(private)
		list, err := verb(t, s).meeting(t.Context(), m, args)
		if err != nil {
			t.Fatal(name, err)
		}
		if c.want == "" && len(list) > 0 || c.want != "" && (len(list) != 1 || !strings.HasPrefix(list[0].String(), c.want)) {
			t.Errorf("%s: %v, want %q", name, list, c.want)
		}
	}
}

func made(age time.Duration) func(*bot.Introduction) {
	return func(i *bot.Introduction) { i.State, i.Made = bot.IntroductionMade, ago(age) }
}

// TestWhatWasTakenBack closes its ask. Of a message that is gone no word stays, and nothing is said anew.
func TestWhatWasTakenBack(t *testing.T) {
	for name, c := range map[string]struct {
		kind  bot.Kind
		text  string
		toUs  bool
		words string
		say   []string
	}{
		"edited":            {bot.Edited, "who has two vans?", true, "a van", []string{"who has two vans?"}},
		"edited, not to us": {bot.Edited, "who has two vans?", false, "a van", nil},
		"deleted":           {bot.Deleted, "", false, "", nil},
	} {
		s := &memory{asks: []bot.Ask{{ID: 1, Asker: amina, Where: private, Text: "a van", Watch: true}}}
		q := verb(t, s)
		m, args := said(private)
		m.Kind, m.Text, m.On, m.ToUs = c.kind, c.text, "first", c.toUs
		handle := map[bot.Kind]func(context.Context, bot.Message, bot.Args) (bot.Answer, error){bot.Edited: q.edited, bot.Deleted: q.deleted}[c.kind]
		answer, err := handle(t.Context(), m, args)
		if err != nil || len(answer.Posts) != 1 {
			t.Fatal(name, err, answer.Posts)
		}
		a, p := s.asks[0], answer.Posts[0]
		if a.Closed.IsZero() || a.Watch || a.Text != c.words {
			t.Errorf("%s: %+v", name, a)
		}
		if p.OnlyEdit != (c.kind == bot.Deleted) || p.Instead != "reply/@net/first" || !slices.Equal(says(p.Reply), c.say) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestNewsAreTrueWhenTheyAreRead: who left since is not named, and of a closed ask nothing is told.
func TestNewsAreTrueWhenTheyAreRead(t *testing.T) {
	watch := bot.Ask{ID: 1, Organisation: 1, Asker: amina, Text: "a van", Watch: true, At: ago(day)}
	both := []bot.Listing{offers(1, "Ash", "cakes"), offers(2, "Elm", "a van"), offers(3, "Oak", "a van")}
	gone := bot.Listing{Organisation: bot.Organisation{ID: 2}, Gone: true}
	for name, c := range map[string]struct {
		listings []bot.Listing
		ask      bot.Ask
		subject  string
		named    []string
	}{
		"both are there":               {both, watch, newsOf(watched, "1", []Group{{Organisation: bot.Organisation{ID: 2}}, {Organisation: bot.Organisation{ID: 3}}}, ""), []string{"Elm", "Oak"}},
		"one that was found":           {both, watch, "watched 1 3", []string{"Oak"}},
		"one of them left":             {append(slices.Clone(both), gone), watch, "watched 1 2,3", []string{"Oak"}},
		"all of them left":             {append(slices.Clone(both), gone), watch, "watched 1 2", nil},
		"it was closed":                {both, bot.Ask{ID: 1, Text: "a van", Watch: false}, "watched 1 2,3", nil},
		"it is needed":                 {both, bot.Ask{}, "needed 1 2,3 a van", []string{"Elm", "Oak"}},
		"needed, and all of them left": {append(slices.Clone(both), gone), bot.Ask{}, "needed 1 2 a van", nil},
	} {
		reply, say, err := verb(t, &memory{listings: c.listings, asks: []bot.Ask{c.ask}}).Draw(t.Context(), bot.Post{Subject: c.subject}, noon)
		if err != nil || say != (c.named != nil) {
			t.Errorf("%s: said: %v, %v", name, say, err)
			continue
		}
		for _, n := range []string{"Elm", "Oak"} {
			if strings.Contains(reply.Plain(), n) != slices.Contains(c.named, n) {
				t.Errorf("%s: names %s wrongly:\n%s", name, n, reply.Plain())
			}
		}
	}
}

// TestWhatIsHeard: a plain ask of everybody in a room where a coordinator had us listen, and nothing else.
func TestWhatIsHeard(t *testing.T) {
	q := verb(t, &memory{})
	const ask = "does anyone know who could lend us a minibus?"
	hear := func(f func(*bot.Message)) bot.Message {
		m := bot.Message{ID: "m", Kind: bot.Said, From: amina, Where: hall, Text: ask, At: noon}
		f(&m)
		return m
	}
	for name, c := range map[string]struct {
		m    bot.Message
		want bool
	}{
		"an ask":          {hear(func(*bot.Message) {}), true},
		"another room":    {hear(func(m *bot.Message) { m.Where.Room = "kitchen" }), false},
		"another network": {hear(func(m *bot.Message) { m.Where.Network = "other" }), false},
		"in a thread":     {hear(func(m *bot.Message) { m.Where.Thread = "t" }), false},
		"an answer":       {hear(func(m *bot.Message) { m.On = "m0" }), false},
		"no ask":          {hear(func(m *bot.Message) { m.Text = "see you all on Tuesday" }), false},
		"who somebody is": {hear(func(m *bot.Message) { m.Text = ask + " Ring Sarah Holt on 07700 900123" }), false},
	} {
		q.hear(hall, false)
		if q.hears(c.m) {
			t.Errorf("%s: heard without leave", name)
		}
		q.hear(bot.Address{Network: hall.Network, Room: hall.Room, Thread: "t"}, true)
		if got := q.hears(c.m); got != c.want {
			t.Errorf("%s: heard: %v", name, got)
		}
	}
}

// TestReminders: each quarter, in the room, and a chain of its own for each time that listening began.
func TestReminders(t *testing.T) {
	m := reminder(bot.Address{Network: "net", Room: "hall", Thread: "t"}, ago(day), noon)
	if !m.At.Equal(noon.AddDate(0, 0, 90)) || m.Where.Lane() != hall.Lane() || m.Where.Thread != "" || m.For != listening {
		t.Errorf("%+v", m)
	}
	if again := reminder(hall, ago(day), noon); again.ID != m.ID {
		t.Errorf("one room has two chains: %q and %q", again.ID, m.ID)
	}
	if other := reminder(hall, ago(2*day), noon); other.ID == m.ID {
		t.Error("who stopped and began again is reminded of the first time")
	}
}

// TestWhatIsInTheOpen is what may be told elsewhere.
func TestWhatIsInTheOpen(t *testing.T) {
	whispered := hall
	whispered.Only = amina.ID
	for name, c := range map[string]struct {
		where bot.Address
		open  bool
		want  bool
	}{
		"an open room":     {hall, true, true},
		"a closed one":     {hall, false, false},
		"a whisper":        {whispered, true, false},
		"the private chat": {private, true, false},
	} {
		if got := openly(bot.Message{Where: c.where, In: bot.Setting{Open: c.open}}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestMeanings: what is a mark in the thesaurus cannot be said, a saying stands once, and taking it back leaves the others.
func TestMeanings(t *testing.T) {
	s := &memory{}
	q := verb(t, s)
	say := func(handle func(context.Context, bot.Message, bot.Args) (bot.Answer, error), one, other string) error {
		m, args := said(private, "one", one, "other", other)
		_, err := handle(t.Context(), m, args)
		return err
	}
	for _, c := range []struct {
		not        bool
		one, other string
		kept       []string
		refused    bool
	}{
		{false, "Minibus", "community  transport", []string{"minibus: community transport"}, false},
		{false, "minibus", "community transport", []string{"minibus: community transport"}, false},
		{false, "a: b, c", "d -> e # ~f", []string{"minibus: community transport", "a b c: d e f"}, false},
		{false, "::", "d", []string{"minibus: community transport", "a b c: d e f"}, true},
		{false, strings.Repeat("x", 61), "d", []string{"minibus: community transport", "a b c: d e f"}, true},
		{true, "minibus", "community transport", []string{"a b c: d e f"}, false},
	} {
		handle := q.means
		if c.not {
			handle = q.meansNot
		}
		err := say(handle, c.one, c.other)
		if got := strings.Split(strings.TrimSpace(s.kept[keptMeanings]), "\n"); !slices.Equal(got, c.kept) || (err != nil) != c.refused {
			t.Errorf("after %q, %q: %q (%v)", c.one, c.other, got, err)
		}
	}
	s.kept[keptMeanings] = strings.TrimSpace(strings.Repeat("x: y\n", mostMeanings))
	if err := say(q.means, "one", "more"); err == nil {
		t.Errorf("more than %d are kept", mostMeanings)
	}
}

func (s *memory) OpenReports(context.Context) ([]bot.Report, error) { return s.reports, nil }

// TestReportsAreTheirs: of an open report hears the coordinator alone who was given it.
func TestReportsAreTheirs(t *testing.T) {
	for name, c := range map[string]struct {
		given       bot.Speaker
		coordinator bool
		want        bool
	}{
		"given to her":       {amina, true, true},
		"given to another":   {tom, true, false},
		"on another network": {bot.Speaker{Network: "other", ID: amina.ID}, true, false},
		"not a coordinator":  {amina, false, false},
	} {
		m, args := said(private)
		args.Coordinator = c.coordinator
		s := &memory{reports: []bot.Report{{ID: 7, Given: c.given, Due: noon.Add(day)}}}
		if reply, err := verb(t, s).reports(t.Context(), m, args); err != nil || len(reply) > 0 != c.want {
			t.Errorf("%s: %v, %v", name, reply, err)
		}
	}
}

// TestWhomTheRoundLeftOut is told for the groups of whoever asks, and of no others.
func TestWhomTheRoundLeftOut(t *testing.T) {
	_, args := said(private)
	for kept, want := range map[string]bool{"": false, `{"1":2}`: true, `{"1":0}`: false, `{"2":2}`: false} {
		q := verb(t, &memory{kept: map[string]string{bot.KeptMissed: kept}})
		if reply, err := q.missed(t.Context(), args.Standings); err != nil || len(reply) > 0 != want {
			t.Errorf("%s: %v, %v", kept, reply, err)
		}
	}
}

// TestWhereARefugeIsShowsInNoList of what is near it.
func TestWhereARefugeIsShowsInNoList(t *testing.T) {
	_, args := said(private)
	for want, l := range map[string]bot.Listing{"QX1": offers(1, "Ash", "cakes"), "": offers(1, "Ash", "cakes", sensitive)} {
		if got, err := verb(t, &memory{listings: []bot.Listing{l}}).ourPlace(t.Context(), args); err != nil || got != want {
			t.Errorf("near %q (%v), want %q", got, err, want)
		}
	}
}
