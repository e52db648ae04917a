package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// TestModel lets several people say things at random to the whole bot, on a network that drops answers,
// puts posts off and refuses them, while the bot is stopped, started and killed and days go by. A plain
// model beside it, without a database, knows what the register must hold and which posts must come of it.
func TestModel(t *testing.T) {
	// The property library takes its numbers from flags alone, and those are one for both engines.
	withFlag(t, "rapid.checks", "5")
	withFlag(t, "rapid.steps", "100")
	withFlag(t, "rapid.nofailfile", "true") // the seed is enough
	storagetest.Each(t, func(t *testing.T, url string) {
		want := 10_000
		if strings.HasPrefix(url, "postgres") {
			want = 1_000
		}
		want = howLong(want, 10)
		steps := 0
		for steps < want {
			rapid.Check(t, func(rt *rapid.T) {
				k := newModel(rt, storagetest.Another(t, url))
				defer k.close()
				rt.Repeat(map[string]func(*rapid.T){
					"":        k.check,
					"advance": k.advance,
					"deliver": k.deliver,
					"die":     k.die,
					"handle":  k.handle,
					"repeat":  k.repeat,
					"restart": k.restart,
					"say":     k.say,
					"talk":    k.talk,
				})
				k.end()
				steps += k.steps
			})
		}
		t.Logf("%d steps", steps)
	})
}

// withFlag sets a flag for as long as t and its subtests run.
func withFlag(t *testing.T, name, value string) {
	t.Helper()
	was := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, was); err != nil {
			t.Error(err)
		}
	})
}

const modelNetwork = "talk"

// modelPeople have names and ids that stand nowhere else, so that they are found wherever they are kept.
var modelPeople = []bot.Speaker{
	{Network: modelNetwork, ID: "U-amina-7", Name: "Amina Quillfeather"},
	{Network: modelNetwork, ID: "U-tom-7", Name: "Tom Zeppelinski"},
	{Network: modelNetwork, ID: "U-priya-7", Name: "Priya Vexford"},
	{Network: modelNetwork, ID: "U-maryam-7", Name: "Maryam Jaxworth"},
}

// modelGroups are the names people give, each with its place. The first two are in the register before.
var modelGroups = []struct{ name, place string }{
	{"Old Mill Minibuses", "QX5"},
	{"Tally Trust", "QX2"},
	{"Harthwaite Chess Club", "QX7"},
	{"Rowan Street Kitchen", "QX1"},
	{"Weir Bank Allotments", "QX3"},
}

const modelImport = `name,postcode,offers,needs
Old Mill Minibuses,QX5,two minibuses with drivers,
Tally Trust,QX2,book-keeping,a laptop
`

// modelThings are what is offered and needed, with the terms that stand in the words. Some are in one
// another.
var modelThings = []struct {
	text  string
	terms bot.Terms
}{
	{"a van", bot.Unsaid},
	{"a van with a ramp", bot.Unsaid},
	{"bicycle repairs, free", bot.Free},
	{"payroll at cost", bot.AtCost},
	{"two trestle tables", bot.Unsaid},
}

// modelOther are things said that change nothing in the register, whatever they are.
var modelOther = []string{
	"who can help with payroll?", "does anyone know someone with a van?", "who has two trestle tables?",
	"help", "privacy", "what do we offer?", "tell me about Tally Trust", "sorted", "hello",
	"", "yes", "<!channel> & <b>", "'; drop table post; --", "{{what}} {what} %s", "\u202eesrever\u202c \u200b",
	"broken \xff\xfe utf-8", "http://example.org/?a=1&b=2", "🙂", strings.Repeat("very long ", 500),
}

// A group is an organisation as the model knows it, findable.
type group struct {
	number   bot.OrganisationID // of an imported one
	place    string
	imported bool
	contact  bot.UserID
	full     bool
	until    bot.Date
	month    int
	entries  []*standing
	listed   []standing // what its list says
}

// standing is an entry that stands.
type standing struct {
	side      bot.Side
	text      string
	terms     bot.Terms
	until     bot.Date
	confirmed time.Time
	id        bot.EntryID // known once the entry was seen in the register
}

// expected is a post that must come of what was said.
type expected struct {
	order     int
	created   time.Time
	lane      string
	person    bot.UserID // whom it is to, or who is spoken of in it
	forgets   bool       // is skipped when that person is forgotten
	notAfter  time.Time
	skipped   bool
	done      bool // we know that it was said, or that it cannot be
	committed int  // how often it stands on the platform
	tries     int  // how often a process claimed it
	searched  bool
	nevers    int
	leased    bool // by a process that died with it
}

// later is a message to ourselves that waits.
type later struct {
	at   time.Time
	from bot.UserID
	do   func(at time.Time)
}

type place struct {
	lane string
	who  bot.UserID
	key  string
}

type offer struct {
	choices []bot.Choice
	until   time.Time
}

type fault int

const (
	none    fault = iota
	dropped       // said, but the answer is lost
	lost          // not said, and the answer is lost
	putOff        // later
	refused       // never
)

// model is the bot, the platform it is on, and beside them what must be true.
type model struct {
	t     *rapid.T
	url   string
	zone  *time.Location
	now   time.Time
	steps int
	runs  int
	said  int

	db *storage.DB
	w  *wiring

	waiting []bot.Message // received and not handled
	heard   []bot.Message // received, for saying again
	groups  map[string]*group
	laters  map[string]*later // by key, for ever; nil when done
	dated   int64             // needs for a day: when nobody is found for one, an ask waits for that day to be over
	posts   map[string]*expected
	offered map[place]offer
	gone    map[bot.UserID]bool // forgotten, and silent since
	faults  []fault
	blind   int              // how many searches fail
	told    map[string][]int // by lane, the order of the replies that were said
}

func newModel(t *rapid.T, url string) *model {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	k := &model{
		t: t, url: url, zone: zone, now: time.Date(2026, time.November, 23, 10, 0, 0, 0, zone),
		groups: map[string]*group{}, laters: map[string]*later{}, posts: map[string]*expected{},
		offered: map[place]offer{}, gone: map[bot.UserID]bool{}, told: map[string][]int{},
	}
	k.open()
	ctx := context.Background()
	if err := loadNetwork(ctx, k.db, "given", []byte(modelImport), nil, k.now); err != nil {
		t.Fatal(err)
	}
	err = k.db.EachOrganisation(ctx, func(o bot.Organisation, entries []bot.Entry, _ []bot.Contact) error {
		g := &group{number: o.ID, place: string(o.Postcode), imported: true}
		for _, e := range entries {
			g.listed = append(g.listed, standing{side: e.Side, text: e.Text, terms: e.Terms, confirmed: e.Confirmed})
		}
		g.restore()
		k.groups[o.Name] = g
		return nil
	})
	if err != nil || len(k.groups) != 2 {
		t.Fatalf("%d organisations were loaded: %v", len(k.groups), err)
	}
	return k
}

func (k *model) open() {
	var err error
	if k.db, err = storage.Open(context.Background(), k.url, storage.Write); err != nil {
		k.t.Fatal(err)
	}
	k.runs++
	log := slog.New(slog.NewTextHandler(k.t.Output(), &slog.HandlerOptions{Level: slog.LevelError + 1}))
	k.w, err = wire(k.db, settings{zone: k.zone, run: "Harthwaite Voluntary Action"}, func() time.Time { return k.now }, fmt.Sprint("run ", k.runs), log)
	if err != nil {
		k.t.Fatal(err)
	}
	k.w.outbox.Add(k)
}

func (k *model) close() {
	if err := k.db.Close(); err != nil {
		k.t.Error(err)
	}
}

// What may happen.

func (k *model) advance(t *rapid.T) {
	k.began(t)
	d := rapid.SampledFrom([]time.Duration{
		time.Second, 5 * time.Second, time.Minute, 10 * time.Minute, 3 * time.Hour, 24 * time.Hour, 72 * time.Hour, 14 * 24 * time.Hour,
	}).Draw(t, "by")
	k.now = k.now.Add(d)
	if d > 24*time.Hour {
		k.do(k.db.Tidy(context.Background(), k.now))
	}
}

func (k *model) say(t *rapid.T) {
	k.began(t)
	who := rapid.SampledFrom(modelPeople).Draw(t, "who")
	m := bot.Message{Kind: bot.Said, From: who, Where: bot.Private(who), ToUs: true, At: k.now}
	if rapid.IntRange(0, 3).Draw(t, "where") == 0 {
		m.Where = bot.Address{Network: modelNetwork, Room: "hall"}
	}
	k.said++
	m.ID = bot.MessageID(fmt.Sprint("m", k.said))
	m.Text = k.sentence(t)
	t.Logf("%s at %q: %.60q", who.ID, m.Where.Lane(), m.Text)
	k.receive(m)
	k.waiting, k.heard = append(k.waiting, m), append(k.heard, m)
	k.now = k.now.Add(time.Second)
}

// repeat is the network telling us a second time.
func (k *model) repeat(t *rapid.T) {
	k.began(t)
	// What was over for a month is forgotten, that it was said before included.
	recent := slices.DeleteFunc(slices.Clone(k.heard), func(m bot.Message) bool { return k.now.Sub(m.At) > 25*24*time.Hour })
	if len(recent) > 0 {
		k.receive(rapid.SampledFrom(recent).Draw(t, "message"))
	}
}

func (k *model) receive(m bot.Message) {
	k.do(k.w.inbox.Receive(context.Background(), m))
}

// talk is what happens nearly always.
func (k *model) talk(t *rapid.T) {
	k.say(t)
	k.inbox()
	k.outbox(nil, 0)
}

func (k *model) handle(t *rapid.T) {
	k.began(t)
	k.inbox()
}

func (k *model) deliver(t *rapid.T) {
	k.began(t)
	some := rapid.SliceOfN(rapid.SampledFrom([]fault{none, dropped, lost, putOff, refused}), 0, 6).Draw(t, "faults")
	k.outbox(some, rapid.IntRange(0, 2).Draw(t, "searches that fail"))
}

func (k *model) restart(t *rapid.T) {
	k.began(t)
	// Opening takes as long as twenty other steps.
	if rapid.IntRange(0, 3).Draw(t, "really") == 0 {
		k.again()
	}
}

// die is a process that claims a post, may have said it, and is killed.
func (k *model) die(t *rapid.T) {
	k.began(t)
	c, ok, _, err := k.db.ClaimPost(context.Background(), k.now, "dead", k.now.Add(time.Minute), modelNetwork, nil)
	k.do(err)
	if !ok {
		return
	}
	p := k.post(c.Post)
	k.offers(c.Post)
	if rapid.Bool().Draw(t, "said") && p.committed == 0 {
		k.commit(c.Post, p)
	}
	p.tries++
	p.leased = true
	k.again()
}

func (k *model) began(t *rapid.T) {
	k.t = t
	k.steps++
}

func (k *model) do(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *model) again() {
	k.do(k.db.Close())
	k.open()
	if !strings.HasPrefix(k.url, "postgres") {
		// Nobody else can hold a lease now. Elsewhere it runs out.
		for _, p := range k.posts {
			p.leased = false
		}
	}
}

func (k *model) outbox(faults []fault, blind int) {
	k.faults, k.blind = faults, blind
	k.do(k.w.outbox.Drain(context.Background()))
	k.faults, k.blind = nil, 0
}

// inbox has everything handled that is due, by the bot and then by the model.
func (k *model) inbox() {
	ctx := context.Background()
	k.do(k.w.inbox.Drain(ctx))
	forgotten := map[bot.UserID]bool{}
	for _, m := range k.waiting {
		delete(forgotten, m.From.ID)
		delete(k.gone, m.From.ID)
		if k.hear(m) {
			forgotten[m.From.ID] = true
		}
	}
	k.waiting = nil
	for {
		key := ""
		for name, l := range k.laters {
			if l != nil && !l.at.After(k.now) && (key == "" || l.at.Before(k.laters[key].at)) {
				key = name
			}
		}
		if key == "" {
			break
		}
		l := k.laters[key]
		k.laters[key] = nil
		l.do(l.at)
	}
	for _, s := range modelPeople {
		if !forgotten[s.ID] {
			continue
		}
		k.gone[s.ID] = true
		d, err := k.db.PersonalData(ctx, s)
		k.do(err)
		if len(d.Contacts)+len(d.Asks)+len(d.Offered) > 0 {
			k.t.Fatalf("%s was forgotten, but there is still %+v", s.ID, d)
		}
	}
}

// sentence draws something to say.
func (k *model) sentence(t *rapid.T) string {
	thing := func() string { return rapid.SampledFrom(modelThings).Draw(t, "thing").text }
	name := func() struct{ name, place string } { return rapid.SampledFrom(modelGroups).Draw(t, "group") }
	day := func(least int) string {
		ahead := rapid.IntRange(least-1, 30).Draw(t, "days ahead")
		if ahead < least {
			return ""
		}
		return " until " + bot.DateOf(k.now.In(k.zone)).AddDays(ahead).String()
	}
	change := func() string {
		switch rapid.SampledFrom([]string{"offer", "need", "gone", "true", "full", "month", "room", "lines", "undo"}).Draw(t, "what") {
		case "offer":
			return "we can offer " + thing() + day(0)
		case "need":
			return "we need " + thing() + day(0)
		case "gone":
			return rapid.SampledFrom([]string{"gone", "gone " + thing()}).Draw(t, "which")
		case "true":
			return rapid.SampledFrom([]string{"still true", "still true " + thing()}).Draw(t, "which")
		case "full":
			return "we are full" + day(1)
		case "month":
			return strconv.Itoa(rapid.IntRange(1, 4).Draw(t, "asks")) + " asks a month"
		case "lines":
			return "we can offer " + thing() + "\nwe need " + thing()
		case "undo":
			return "take it back"
		default:
			return "we have room again"
		}
	}
	switch rapid.SampledFrom([]string{"change", "change for", "we", "list", "list as", "number", "data", "forget", "other"}).Draw(t, "kind") {
	case "change":
		return change()
	case "change for":
		return "for “" + name().name + "”: " + strings.ReplaceAll(change(), "\n", " and ")
	case "we":
		g := name()
		return "we are " + g.name + ", " + g.place
	case "list":
		return rapid.SampledFrom([]string{"list us", "not yet"}).Draw(t, "answer")
	case "list as":
		g := name()
		return "list us as " + g.name + ", " + g.place
	case "number":
		return strconv.Itoa(rapid.IntRange(1, 3).Draw(t, "number"))
	case "data":
		return rapid.SampledFrom([]string{"my data", "what's happening?", "keep me"}).Draw(t, "data")
	case "forget":
		return rapid.SampledFrom([]string{"forget me", "forget me for good"}).Draw(t, "how")
	default:
		return rapid.SampledFrom(modelOther).Draw(t, "other")
	}
}

// What must come of it.

// hear is the model handling m; it tells whether m's speaker was forgotten.
func (k *model) hear(m bot.Message) (forgotten bool) {
	reply := func(key string, where bot.Address, lasts time.Duration) {
		p := &expected{order: len(k.posts), created: k.now, lane: where.Lane(), person: m.From.ID, forgets: where.Room == ""}
		if lasts > 0 {
			p.notAfter = k.now.Add(lasts)
		}
		k.posts[key] = p
	}
	text := k.meant(m)
	if text == "forget me for good" {
		k.forget(m.From.ID)
		forgotten = true
	}
	reply("reply/"+m.Key(), m.Where, 24*time.Hour)
	switch text {
	case "my data", "what's happening?", "forget me", "forget me for good", "keep me":
		if m.Where.Room != "" {
			reply("reply/"+m.Key()+"/private", bot.Private(m.From), 0)
		}
		return forgotten
	}
	if utf8.RuneCountInString(text) > bot.LongestMessage {
		return false
	}
	mine := k.mine(m.From.ID)
	lines := strings.Split(text, "\n")
	for _, l := range lines {
		k.change(m, mine, l)
	}
	return false
}

// meant is the sentence that m stands for, when it is a label or a number of what was offered.
func (k *model) meant(m bot.Message) string {
	if utf8.RuneCountInString(m.Text) > 80 || strings.Contains(m.Text, "\n") {
		return m.Text
	}
	text := strings.ToLower(m.Text)
	say := map[string]bool{}
	for at, o := range k.offered {
		if at.lane != m.Where.Lane() || at.who != m.From.ID || !o.until.After(m.At) {
			continue
		}
		if n, err := strconv.Atoi(text); err == nil {
			if n >= 1 && n <= len(o.choices) {
				say[o.choices[n-1].Say] = true
			}
			continue
		}
		var begin []string
		exact := false
		for _, c := range o.choices {
			label := strings.ReplaceAll(strings.ToLower(c.Label), ",", "")
			if (label == text || label == "yes "+text) && !exact {
				exact = true
				say[c.Say] = true
			}
			if text != "" && strings.HasPrefix(label, text+" ") {
				begin = append(begin, c.Say)
			}
		}
		if !exact && len(begin) == 1 {
			say[begin[0]] = true
		}
	}
	switch len(say) {
	case 0:
		return m.Text
	case 1:
		return slices.Collect(maps.Keys(say))[0]
	}
	return "which of the two?"
}

// mine are the groups that somebody speaks for.
func (k *model) mine(who bot.UserID) map[string]*group {
	found := map[string]*group{}
	for name, g := range k.groups {
		if g.contact == who {
			found[name] = g
		}
	}
	return found
}

var (
	unquote   = strings.NewReplacer("“", "", "”", "")
	forSaid   = regexp.MustCompile(`^for (.*?): (.*)$`)
	listSaid  = regexp.MustCompile(`^list us as (.*), (QX\d)$`)
	entrySaid = regexp.MustCompile(`^we (can offer|need) (.*?)(?: until (.*))?$`)
	goneSaid  = regexp.MustCompile(`^(?:gone|take it back)(?: (.*))?$`)
	trueSaid  = regexp.MustCompile(`^still true(?: (.*))?$`)
	fullSaid  = regexp.MustCompile(`^we are full(?: until (.*))?$`)
	monthSaid = regexp.MustCompile(`^(\d) asks a month$`)
)

// change does to the register of the model what one sentence must do to the real one.
func (k *model) change(m bot.Message, mine map[string]*group, text string) {
	text = unquote.Replace(text)
	if f := listSaid.FindStringSubmatch(text); f != nil {
		k.list(m, f[1], f[2])
		return
	}
	var g *group
	if f := forSaid.FindStringSubmatch(text); f != nil {
		if g = mine[f[1]]; g == nil {
			return
		}
		text = f[2]
	} else if len(mine) == 1 {
		for _, only := range mine {
			g = only
		}
	} else {
		return
	}
	today := bot.DateOf(m.At.In(k.zone))
	switch {
	case entrySaid.MatchString(text):
		f := entrySaid.FindStringSubmatch(text)
		k.add(m, g, map[string]bot.Side{"can offer": bot.Offer, "need": bot.Need}[f[1]], f[2], k.date(f[3]))
	case goneSaid.MatchString(text):
		if e := g.named(goneSaid.FindStringSubmatch(text)[1]); e != nil {
			g.remove(e)
		}
	case trueSaid.MatchString(text):
		what := trueSaid.FindStringSubmatch(text)[1]
		for _, e := range g.entries {
			if what == "" || e == g.named(what) {
				e.confirmed = m.At
			}
		}
	case fullSaid.MatchString(text):
		until := k.date(fullSaid.FindStringSubmatch(text)[1])
		if !until.IsZero() && !until.After(today) {
			return
		}
		g.full, g.until = true, until
		if !until.IsZero() {
			k.later("full "+string(m.ID), until.Time(k.zone), "", func(at time.Time) {
				if g.full && !g.until.IsZero() && !g.until.After(bot.DateOf(at.In(k.zone))) {
					g.full, g.until = false, bot.Date{}
				}
			})
		}
	case monthSaid.MatchString(text):
		g.full, g.until = false, bot.Date{}
		g.month, _ = strconv.Atoi(monthSaid.FindStringSubmatch(text)[1])
	case text == "we have room again":
		g.full, g.until, g.month = false, bot.Date{}, 0
	}
}

func (k *model) date(s string) bot.Date {
	if s == "" {
		return bot.Date{}
	}
	at, err := time.Parse("2 January 2006", s)
	k.do(err)
	return bot.DateOf(at)
}

func (k *model) list(m bot.Message, name, at string) {
	if number, ok := strings.CutPrefix(name, "#"); ok {
		name = ""
		for n, g := range k.groups {
			if g.number.String() == number {
				name = n
			}
		}
	}
	g := k.groups[name]
	switch {
	case name == "" || g != nil && g.contact != "":
		return
	case g == nil:
		g = &group{place: at}
		k.groups[name] = g
	}
	g.contact = m.From.ID
}

func (k *model) add(m bot.Message, g *group, side bot.Side, text string, until bot.Date) {
	// What was typed may be a thing of ours followed by more, as in “a van and we need payroll at cost”.
	terms := bot.Unsaid
	if side == bot.Offer {
		for _, t := range modelThings {
			if strings.Contains(text, t.text) && t.terms != bot.Unsaid {
				terms = t.terms
			}
		}
	}
	var e *standing
	for _, old := range g.entries {
		if old.side == side && bot.Skeleton(old.text) == bot.Skeleton(text) {
			e = old
		}
	}
	fresh := e == nil
	if fresh {
		e = &standing{side: side}
		g.entries = append(g.entries, e)
	}
	e.text, e.terms, e.until, e.confirmed = text, terms, until, m.At
	if !until.IsZero() {
		k.later(fmt.Sprintf("end %p %s", e, until.ISO()), until.AddDays(1).Time(k.zone), "", func(at time.Time) {
			if !e.until.IsZero() && e.until.Before(bot.DateOf(at.In(k.zone))) {
				g.remove(e)
			}
		})
	}
	if fresh && side == bot.Need {
		if !until.IsZero() {
			k.dated++
		}
		where := m.Where
		k.later("need "+string(m.ID)+text, m.At, m.From.ID, func(time.Time) {
			// Its key has the number of the entry in it, so it is looked for by its end.
			key := "need.added/*/" + m.Key()
			k.posts[key] = &expected{order: -1, created: k.now, lane: where.Lane(), person: m.From.ID, forgets: true}
		})
	}
}

func (k *model) later(key string, at time.Time, from bot.UserID, do func(time.Time)) {
	if _, known := k.laters[key]; !known {
		k.laters[key] = &later{at, from, do}
	}
}

func (k *model) forget(who bot.UserID) {
	for name, g := range k.groups {
		switch {
		case g.contact != who:
		case g.imported:
			g.restore()
		default:
			g.entries = nil
			delete(k.groups, name)
		}
	}
	for key, l := range k.laters {
		if l != nil && l.from == who {
			k.laters[key] = nil
		}
	}
	maps.DeleteFunc(k.offered, func(at place, _ offer) bool { return at.who == who })
	for _, p := range k.posts {
		if p.person == who && p.forgets && !p.leased && !p.done {
			p.skipped = true
		}
	}
}

// named is the one entry that somebody means, nil when there is not exactly one.
func (g *group) named(what string) *standing {
	if what == "" {
		return nil
	}
	if number, ok := strings.CutPrefix(what, "#"); ok {
		for _, e := range g.entries {
			if e.id.String() == number {
				return e
			}
		}
		return nil
	}
	var exact, has []*standing
	for _, e := range g.entries {
		words := strings.Fields(bot.Skeleton(e.text))
		if bot.Skeleton(e.text) == bot.Skeleton(what) {
			exact = append(exact, e)
		}
		if !slices.ContainsFunc(strings.Fields(bot.Skeleton(what)), func(w string) bool { return !slices.Contains(words, w) }) {
			has = append(has, e)
		}
	}
	if len(exact) == 0 {
		exact = has
	}
	if len(exact) != 1 {
		return nil
	}
	return exact[0]
}

// restore makes an imported group what its list says, as if nobody had ever spoken for it.
func (g *group) restore() {
	g.contact, g.full, g.until, g.month, g.entries = "", false, bot.Date{}, 0, nil
	for _, e := range g.listed {
		g.entries = append(g.entries, &e)
	}
}

func (g *group) remove(e *standing) {
	g.entries = slices.DeleteFunc(g.entries, func(o *standing) bool { return o == e })
}

// The platform.

func (k *model) Network() bot.Network { return modelNetwork }

func (k *model) Run(context.Context, func(context.Context, bot.Message) error) error { return nil }

func (k *model) Room(context.Context, string, []bot.UserID, string) (bot.RoomID, error) {
	return "", bot.SendNever(errors.New("nobody gathers here"))
}

// Send says p, or not.
func (k *model) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	e := k.post(p)
	k.offers(p)
	if !e.searched {
		e.tries++
	}
	e.searched = false
	var f fault
	if len(k.faults) > 0 {
		f, k.faults = k.faults[0], k.faults[1:]
	}
	switch f {
	case lost:
		return "", errors.New("connection lost")
	case putOff:
		return "", bot.SendLater(errors.New("too busy"), time.Second)
	case refused:
		e.nevers++
		e.done = true
		return "", bot.SendNever(errors.New("no such place"))
	}
	k.commit(p, e)
	if f == dropped {
		return "", errors.New("connection lost")
	}
	e.done = true
	return bot.MessageID("said " + p.Key), nil
}

// Find tells whether p was said.
func (k *model) Find(_ context.Context, p bot.Post) (bot.MessageID, bool, error) {
	e := k.post(p)
	k.offers(p)
	e.tries++
	if k.blind > 0 {
		k.blind--
		return "", false, errors.New("connection lost")
	}
	e.done, e.searched = e.committed > 0, e.committed == 0
	return bot.MessageID("said " + p.Key), e.done, nil
}

var needKey = regexp.MustCompile(`^need\.added/\d+/`)

// modelKey is how the model names a post.
func modelKey(key string) string { return needKey.ReplaceAllString(key, "need.added/*/") }

// post is what is expected of p, which must be expected.
func (k *model) post(p bot.Post) *expected {
	e := k.posts[modelKey(p.Key)]
	switch {
	case e == nil && strings.HasPrefix(p.Key, "watch/"):
		// Whether an offer fits an ask is for the index to say.
		e = &expected{order: -1, created: k.now, lane: p.Where.Lane(), person: p.Where.People[0]}
		k.posts[p.Key] = e
	case e == nil:
		k.t.Fatalf("nobody expects the post %s: %s", p.Key, p.Reply.Plain())
	case e.done:
		k.t.Fatalf("%s is done with, and comes again", p.Key)
	case e.skipped:
		k.t.Fatalf("%s is said to somebody who was forgotten", p.Key)
	case e.lane != p.Where.Lane():
		k.t.Fatalf("%s is said at %q instead of %q", p.Key, p.Where.Lane(), e.lane)
	}
	e.leased = false
	return e
}

// offers notes the choices of a post that is about to be said.
func (k *model) offers(p bot.Post) {
	choices := p.Reply.Choices()
	who := p.For
	if p.Where.Room == "" {
		who = p.Where.People[0]
	}
	key := p.Key
	if strings.HasPrefix(key, "reply/") {
		key = "reply"
		// What the last reply does not offer is offered no longer.
		delete(k.offered, place{p.Where.Lane(), who, key})
	}
	if len(choices) == 0 || who == "" {
		return
	}
	k.offered[place{p.Where.Lane(), who, key}] = offer{choices, k.now.Add(24 * time.Hour)}
}

func (k *model) commit(p bot.Post, e *expected) {
	e.committed++
	if e.committed > 1 {
		k.t.Fatalf("%s is said twice", p.Key)
	}
	if e.order >= 0 {
		k.told[e.lane] = append(k.told[e.lane], e.order)
	}
}

// What must be true.

// check compares the register with that of the model, and the order of what was said.
func (k *model) check(t *rapid.T) {
	k.t = t
	type shown struct {
		Place   string
		Contact bot.UserID
		Full    bool
		Until   bot.Date
		Month   int
		Entries []standing
	}
	want, got := map[string]shown{}, map[string]shown{}
	for name, g := range k.groups {
		s := shown{Place: g.place, Contact: g.contact, Full: g.full, Until: g.until, Month: g.month}
		for _, e := range g.entries {
			s.Entries = append(s.Entries, *e)
		}
		want[name] = s
	}
	err := k.db.EachOrganisation(context.Background(), func(o bot.Organisation, entries []bot.Entry, contacts []bot.Contact) error {
		if !o.Listed {
			if len(entries)+len(contacts) > 0 {
				t.Errorf("%s cannot be found any more, and keeps %v and %v", o.Name, entries, contacts)
			}
			return nil
		}
		s := shown{Place: string(o.Postcode), Full: o.Full, Until: o.FullUntil, Month: o.AsksMonth}
		for _, c := range contacts {
			s.Contact += c.Speaker.ID
		}
		for _, e := range entries {
			s.Entries = append(s.Entries, standing{e.Side, e.Text, e.Terms, e.Until, e.Confirmed, e.ID})
		}
		if _, twice := got[o.Name]; twice {
			t.Errorf("%s is listed twice", o.Name)
		}
		if o.Joined != (s.Contact != "") {
			t.Errorf("%s: joined %v, but its contact is %q", o.Name, o.Joined, s.Contact)
		}
		got[o.Name] = s
		return nil
	})
	k.do(err)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(standing{}), cmpopts.IgnoreFields(standing{}, "id"), cmpopts.EquateApproxTime(time.Millisecond)); diff != "" {
		t.Fatalf("the register (-as it must be +as it is):\n%s", diff)
	}
	for name, g := range k.groups {
		for i, e := range g.entries {
			e.id = got[name].Entries[i].id
		}
	}
	for lane, orders := range k.told {
		if !slices.IsSorted(orders) {
			t.Fatalf("at %q the replies were said in the order %v", lane, orders)
		}
	}
}

// end lets everything come to rest, and counts.
func (k *model) end() {
	ctx := context.Background()
	for range 40 {
		k.inbox()
		k.outbox(nil, 0)
		counts, err := k.db.Counts(ctx)
		k.do(err)
		if counts["outbox/waiting"]+counts["outbox/leased"]+counts["outbox/unknown"] == 0 {
			break
		}
		k.now = k.now.Add(11 * time.Minute)
	}
	k.inbox()
	counts, err := k.db.Counts(ctx)
	k.do(err)
	due := int64(0)
	for _, l := range k.laters {
		if l != nil {
			due++
		}
	}
	if counts["inbox/aside"] != 0 || counts["inbox/open"] < due || counts["inbox/open"] > due+k.dated {
		k.t.Errorf("%v in the inbox; want %d that wait for their time, or up to %d more", counts, due, k.dated)
	}
	k.states()
	k.check(k.t)
	// The answers offered to somebody last a day.
	k.now = k.now.Add(25 * time.Hour)
	k.do(k.db.Tidy(ctx, k.now))
	for _, s := range modelPeople {
		if !k.gone[s.ID] {
			continue
		}
		d, err := k.db.PersonalData(ctx, s)
		k.do(err)
		if len(d.Contacts)+len(d.Asks)+len(d.Offered)+d.Waiting > 0 {
			k.t.Errorf("%s was forgotten, but there is still %+v", s.ID, d)
		}
	}
	k.traces()
}

// states looks what became of each post.
func (k *model) states() {
	states := map[string]bot.PostState{}
	k.query(`select key, state from post`, func(rows *sql.Rows) error {
		var key string
		var state bot.PostState
		if err := rows.Scan(&key, &state); err != nil {
			return err
		}
		states[modelKey(key)] = state
		return nil
	})
	for key, state := range states {
		e := k.posts[key]
		// What only changes a message is not said on a network that changes none.
		if e == nil && state == bot.PostSkipped && (strings.HasPrefix(key, "watch/") || strings.Contains(key, "/answered/")) {
			continue
		}
		if e == nil {
			k.t.Errorf("nobody expects the post %s, which is %s", key, state)
			continue
		}
		ok := false
		switch state {
		case bot.PostSent:
			ok = e.committed == 1 && e.nevers == 0 && !e.skipped
		case bot.PostDead:
			const fewest = 6 // attempts before anything is given up that was not refused
			ok = e.nevers == 1 && e.committed == 0 || e.nevers == 0 && e.tries >= fewest
		case bot.PostExpired:
			ok = e.committed == 0 && !e.notAfter.IsZero() && e.notAfter.Before(k.now)
		case bot.PostSkipped:
			ok = e.skipped || strings.HasPrefix(key, "watch/")
		}
		if !ok {
			k.t.Errorf("%s is %s, and was to be %+v", key, state, *e)
		}
	}
	for key, e := range k.posts {
		// Answers are deleted after a month. Those that were skipped count from when somebody asked to be
		// forgotten, which may be long before that was handled.
		tidied := strings.HasPrefix(key, "reply/") && (e.skipped || k.now.Sub(e.created) > 29*24*time.Hour)
		if _, kept := states[key]; !kept && !tidied {
			k.t.Errorf("there is no post %s", key)
		}
	}
}

// query reads the database past storage.
func (k *model) query(query string, row func(*sql.Rows) error) {
	driver, url := "sqlite", "file:"+filepath.ToSlash(k.url)+"?mode=ro"
	if strings.HasPrefix(k.url, "postgres") {
		driver, url = "pgx", k.url
	}
	db, err := sql.Open(driver, url)
	k.do(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), query)
	k.do(err)
	defer rows.Close()
	for rows.Next() {
		k.do(row(rows))
	}
	k.do(rows.Err())
}

// traces looks for the forgotten in all that is stored: on SQLite in the very bytes of the file.
func (k *model) traces() {
	var stored bytes.Buffer
	if strings.HasPrefix(k.url, "postgres") {
		var tables []string
		k.query(`select table_name from information_schema.tables where table_schema = 'public'`, func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			tables = append(tables, name)
			return err
		})
		for _, table := range tables {
			k.query(`select coalesce(string_agg(t::text, chr(10)), '') from `+table+` t`, func(rows *sql.Rows) error {
				var text string
				err := rows.Scan(&text)
				stored.WriteString(text)
				return err
			})
		}
	} else {
		k.again() // a clean stop folds the log into the file
		file, err := os.ReadFile(k.url)
		k.do(err)
		stored.Write(file)
	}
	for _, s := range modelPeople {
		if !k.gone[s.ID] {
			continue
		}
		for _, trace := range []string{s.Name, string(s.ID)} {
			if i := bytes.Index(stored.Bytes(), []byte(trace)); i >= 0 {
				k.t.Errorf("%q was forgotten, and still stands in the database: %q", trace, stored.Bytes()[max(i-100, 0):min(i+60, stored.Len())])
			}
		}
	}
}
