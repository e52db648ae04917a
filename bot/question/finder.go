package question

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ginnel/bot/language"

	"ginnel/bot"
	"ginnel/bot/match"
)

// Register is the part of the store that finding needs.
type Register interface {
	// EachChange calls f for each listing changed after since, in the order of change, and returns the last.
	EachChange(ctx context.Context, since int64, f func(bot.Listing) error) (int64, error)
	Places(ctx context.Context) ([]bot.Place, error)
	Shown(ctx context.Context, now time.Time) (map[bot.OrganisationID]int, error)
	Answered(ctx context.Context, now time.Time) (map[bot.OrganisationID]bot.Answered, error)
	Organisation(ctx context.Context, id bot.OrganisationID) (bot.Organisation, error)
	Entries(ctx context.Context, id bot.OrganisationID) ([]bot.Entry, error)
	// ToldThanks is what an organisation was thanked for; bot.ErrNotFound unless both let others hear of it.
	ToldThanks(ctx context.Context, id int64) (bot.Thanks, error)
}

// Finder answers questions from an index in memory that follows the register. It is safe for many at once.
type Finder struct {
	store Register
	words language.Words
	zone  *time.Location
	index atomic.Pointer[match.Index]
	needs atomic.Pointer[match.Index] // the same of what organisations need, as if they offered it

	kept      bot.Keep
	thesaurus *match.Thesaurus // without what the network itself says

	following sync.Mutex
	own       string // what the network says of words that mean the same
	seen      int64
	started   bool
	counted   time.Time // when it was last read who was shown and who answers
}

// NewFinder makes a Finder of an empty index; the first question, or Follow, fills it. keep holds what the network says
// of words that mean the same; it and thesaurus may be nil.
func NewFinder(store Register, keep bot.Keep, book *language.Book, zone *time.Location, thesaurus *match.Thesaurus) *Finder {
	if thesaurus == nil {
		thesaurus = &match.Thesaurus{}
	}
	f := &Finder{store: store, kept: keep, words: book.Of("question"), zone: zone, thesaurus: thesaurus}
	f.begin(thesaurus)
	return f
}

// begin puts empty indexes in the place of those that are.
func (f *Finder) begin(t *match.Thesaurus) {
	f.index.Store(match.NewIndex(match.NewGazetteer(nil), t))
	f.needs.Store(match.NewIndex(match.NewGazetteer(nil), t))
}

// keptMeanings is under which name it is kept which words mean the same.
const keptMeanings = "meanings"

// meanings begins a new index when the network has said that other words mean the same.
func (f *Finder) meanings(ctx context.Context) error {
	if f.kept == nil {
		return nil
	}
	own, err := f.kept.Get(ctx, keptMeanings)
	if err != nil || own == f.own {
		return err
	}
	t, err := f.thesaurus.With(own)
	if err != nil {
		return err
	}
	f.begin(t)
	f.own, f.seen, f.started = own, 0, false
	return nil
}

// Round chooses whom to introduce; see match.Index.Round. It blocks as Follow does, and while it thinks.
func (f *Finder) Round(ctx context.Context, members []match.Member, barred func(a, b int64) bool, seed uint64, now time.Time) (match.Chosen, error) {
	if _, err := f.Follow(ctx, now); err != nil {
		return match.Chosen{}, err
	}
	return f.index.Load().Round(members, barred, seed, now), nil
}

// SharedNeeds finds what several members need; see match.Index.SharedNeeds.
func (f *Finder) SharedNeeds(members []match.Member, least int) []match.Shared {
	return f.index.Load().SharedNeeds(members, least)
}

// Found is what answers one question.
type Found struct {
	Request match.Request
	Until   bot.Date // the day for which it is asked, zero when none was named
	When    string   // that day in words, such as “by 27 November”
	Groups  []Group  // best first
	Near    []Group  // when there are none: who does something near to it
	NoRoom  int      // how many would have been among the best but take no asks
	More    bool     // there are others
	Seen    int64    // the change sequence that the answer knows of
	Now     time.Time
}

// Group is an organisation as an answer.
type Group struct {
	Organisation bot.Organisation
	Offer        bot.Entry  // that fits best; zero when none does
	Helped       bot.Thanks // that fits best; zero when an offer fits better
	Match        match.Match
}

// Text is the question without its frame.
func (f Found) Text() string {
	text := f.Request.What
	if f.Request.Place != "" {
		text += " in " + f.Request.Place
	}
	if f.When != "" {
		text += " " + f.When
	}
	return text
}

// batch is how many changes are put into the index at once: few enough to hold, enough to be quick.
const batch = 10_000

// Follow brings the index up to date with what is committed and returns the change sequence it has
// reached. It blocks while the register is read: at the first time for all of it.
func (f *Finder) Follow(ctx context.Context, now time.Time) (int64, error) {
	f.following.Lock()
	defer f.following.Unlock()
	if err := f.meanings(ctx); err != nil {
		return 0, fmt.Errorf("meanings: %w", err)
	}
	if !f.started {
		places, err := f.store.Places(ctx)
		if err != nil {
			return 0, fmt.Errorf("places: %w", err)
		}
		rows := make([]match.PlaceRow, len(places))
		for i, p := range places {
			rows[i] = match.PlaceRow(p)
		}
		g := match.NewGazetteer(rows)
		f.index.Load().SetPlaces(g)
		f.needs.Load().SetPlaces(g)
	}
	const daily = 24 * time.Hour
	if !f.started || now.Sub(f.counted) >= daily {
		if err := f.count(ctx, now); err != nil {
			return 0, err
		}
		f.started, f.counted = true, now
	}
	var put, putNeeds []match.Document
	var remove, removeNeeds []int64
	flush := func() {
		if len(put)+len(remove) > 0 {
			f.index.Load().Update(put, remove)
			put, remove = put[:0], remove[:0]
		}
		if len(putNeeds)+len(removeNeeds) > 0 {
			f.needs.Load().Update(putNeeds, removeNeeds)
			putNeeds, removeNeeds = putNeeds[:0], removeNeeds[:0]
		}
	}
	first := f.seen == 0
	today := bot.DateOf(now.In(f.zone))
	seq, err := f.store.EachChange(ctx, f.seen, func(l bot.Listing) error {
		if l.Gone {
			remove = append(remove, int64(l.Organisation.ID))
		} else {
			put = append(put, f.document(l, today))
		}
		switch needs := f.needing(l, today); {
		case !l.Gone && len(needs.Offers) > 0:
			putNeeds = append(putNeeds, needs)
		case !first: // it may have had some
			removeNeeds = append(removeNeeds, int64(l.Organisation.ID))
		}
		if len(put)+len(remove) >= batch {
			flush()
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("follow the register: %w", err)
	}
	flush()
	f.seen = seq
	return seq, nil
}

// count reads how often groups were named of late, and how they answered.
func (f *Finder) count(ctx context.Context, now time.Time) error {
	shown, err := f.store.Shown(ctx, now)
	if err != nil {
		return fmt.Errorf("shown: %w", err)
	}
	answered, err := f.store.Answered(ctx, now)
	if err != nil {
		return fmt.Errorf("answered: %w", err)
	}
	counts, records := make(map[int64]int, len(shown)), make(map[int64]match.Record, len(answered))
	for id, n := range shown {
		counts[int64(id)] = n
	}
	for id, a := range answered {
		records[int64(id)] = match.Record(a)
	}
	f.index.Load().SetShown(counts)
	f.index.Load().SetRecords(records)
	return nil
}

func (f *Finder) document(l bot.Listing, today bot.Date) match.Document {
	o := l.Organisation
	d := match.Document{
		ID: int64(o.ID), Name: o.Name, About: o.About, Covers: o.Covers, Private: o.Sensitive,
		Joined: o.Joined, Closed: !o.HasRoom(today), Confirmed: o.Confirmed,
	}
	if !o.Sensitive {
		d.Outcode = o.Postcode.Outcode()
	}
	for _, e := range l.Offers {
		if e.Until.IsZero() || !e.Until.Before(today) {
			d.Offers = append(d.Offers, match.Offer{ID: int64(e.ID), Text: e.Text, Terms: match.Terms(e.Terms), Confirmed: e.Confirmed})
		}
	}
	for _, t := range l.Helped {
		d.Helped = append(d.Helped, match.Help{ID: t.ID, What: f.helpedWith(t), At: t.At})
	}
	return d
}

// needing is what an organisation needs, to be found in place of what it offers.
func (f *Finder) needing(l bot.Listing, today bot.Date) match.Document {
	o := l.Organisation
	d := match.Document{ID: int64(o.ID), Private: o.Sensitive, Joined: o.Joined, Confirmed: o.Confirmed}
	if !o.Sensitive {
		d.Outcode = o.Postcode.Outcode()
	}
	for _, e := range l.Needs {
		if e.Until.IsZero() || !e.Until.Before(today) {
			d.Offers = append(d.Offers, match.Offer{ID: int64(e.ID), Text: e.Text, Confirmed: e.Confirmed})
		}
	}
	return d
}

// helpedWith is what somebody was thanked for, without the place: where whoever said so needed it is their own affair.
func (f *Finder) helpedWith(t bot.Thanks) string { return f.index.Load().ParseRequest(t.What).What }

// Find answers text, a whole question or what is wanted, with at most limit organisations other than except.
func (f *Finder) Find(ctx context.Context, text string, now time.Time, limit int, except ...bot.OrganisationID) (Found, error) {
	seq, err := f.Follow(ctx, now)
	if err != nil {
		return Found{}, err
	}
	today := bot.DateOf(now.In(f.zone))
	text, when, until := f.words.CutDay(text, today)
	found := Found{Request: f.index.Load().ParseRequest(text), Until: until, When: when, Seen: seq, Now: now}
	if found.Request.What == "" {
		return found, nil
	}
	ids := make([]int64, len(except))
	for i, id := range except {
		ids[i] = int64(id)
	}
	if found.Request.Outcode == "" && len(except) > 0 {
		// Near whoever asks, when no place is named. A refuge's own place is nobody's business.
		o, err := f.store.Organisation(ctx, except[0])
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return Found{}, fmt.Errorf("organisation: %w", err)
		}
		if !o.Sensitive {
			found.Request.Outcode = o.Postcode.Outcode()
		}
	}
	// A few more than are shown: some may have filled up since the index saw them.
	const spare = 5
	result := f.index.Load().Rank(found.Request, limit+spare, now, ids...)
	found.NoRoom = result.NoRoom
	for _, m := range result.Matches {
		g, err := f.group(ctx, m)
		switch {
		case errors.Is(err, bot.ErrNotFound):
			continue
		case err != nil:
			return Found{}, err
		case !g.Organisation.Listed:
			continue
		case !g.Organisation.HasRoom(today):
			found.NoRoom++
			continue
		}
		if len(found.Groups) == limit {
			found.More = true
			break
		}
		found.Groups = append(found.Groups, g)
	}
	const mostNear = 2
	for _, m := range result.Near {
		// Nothing but a promise is worth a detour.
		if m.Field != match.InOffer {
			continue
		}
		g, err := f.group(ctx, m)
		if errors.Is(err, bot.ErrNotFound) || err == nil && (!g.Organisation.Listed || !g.Organisation.HasRoom(today)) {
			continue
		}
		if err != nil {
			return Found{}, err
		}
		if found.Near = append(found.Near, g); len(found.Near) == mostNear {
			break
		}
	}
	return found, nil
}

func (f *Finder) group(ctx context.Context, m match.Match) (Group, error) {
	g := Group{Match: m}
	o, err := f.store.Organisation(ctx, bot.OrganisationID(m.ID))
	if err != nil {
		return g, fmt.Errorf("organisation: %w", err)
	}
	g.Organisation = o
	if m.Field == match.InHelp {
		if g.Helped, err = f.store.ToldThanks(ctx, m.Help); err != nil {
			return g, fmt.Errorf("thanks: %w", err)
		}
		g.Helped.What = f.helpedWith(g.Helped)
		return g, nil
	}
	if m.Field != match.InOffer {
		return g, nil
	}
	entries, err := f.store.Entries(ctx, o.ID)
	if err != nil {
		return g, fmt.Errorf("entries: %w", err)
	}
	for _, e := range entries {
		if int64(e.ID) == m.Offer {
			g.Offer = e
			return g, nil
		}
	}
	// Taken back in this very transaction, which the index has not seen.
	return g, bot.ErrNotFound
}

// Say tells what was found.
func (f *Finder) Say(found Found) bot.Reply {
	place := f.around(found)
	if len(found.Groups) == 0 {
		reply := bot.Lines(f.words.Line("ask.nobody", "what", found.Request.What, "place", place))
		if found.NoRoom > 0 {
			reply = append(reply, bot.Lines(f.words.Line("ask.onlyfull", "n", found.NoRoom))...)
		}
		if len(found.Near) > 0 {
			reply = append(reply, bot.Lines(f.words.Line("ask.nearest"))...).With(f.listed(found.Near, found.Now))
		}
		return reply
	}
	reply := bot.Lines(f.words.Line("ask.found", "n", len(found.Groups), "what", found.Request.What, "place", place)).With(f.lines(found))
	if found.NoRoom > 0 {
		reply = append(reply, bot.Lines(f.words.Line("ask.noroom", "n", found.NoRoom))...)
	}
	return reply
}

// around is where and when something is wanted.
func (f *Finder) around(found Found) bot.Line {
	place, when := found.Request.Place, found.When
	switch {
	case place != "" && when != "":
		return f.words.Line("ask.placewhen", "place", place, "when", when)
	case place != "":
		return f.words.Line("ask.place", "place", place)
	case when != "":
		return f.words.Line("ask.when", "when", when)
	}
	return nil
}

func (f *Finder) lines(found Found) []bot.Line { return f.listed(found.Groups, found.Now) }

func (f *Finder) listed(groups []Group, now time.Time) (list []bot.Line) {
	for _, g := range groups {
		list = append(list, f.line(g, now))
	}
	return list
}

const kmPerMile = 1.609344

// line is a group as an answer in the chat.
func (f *Finder) line(g Group, now time.Time) bot.Line {
	o := g.Organisation
	name := bot.Strong(o.Name)
	var facts bot.Line
	for _, l := range f.facts(g, now) {
		facts = append(append(facts, bot.Span{Text: "; "}), l...)
	}
	switch g.Match.Field {
	case match.InOffer:
		return f.words.Line("ask.offers", "name", name, "what", g.Offer.Text, "terms", f.terms(g.Offer), "facts", facts)
	case match.InHelp:
		return f.words.Line("ask.helped", "name", name, "what", g.Helped.What, "facts", facts)
	case match.InAbout:
		return f.words.Line("ask.does", "name", name, "words", f.quoted(g.Match.Words), "facts", facts)
	default:
		return f.words.Line("ask.called", "name", name, "words", f.quoted(g.Match.Words), "facts", facts)
	}
}

// Why is why a group is an answer, a few words each, for other programs to read.
func (f *Finder) Why(g Group, now time.Time) []string {
	var why []string
	switch g.Match.Field {
	case match.InOffer:
		why = append(why, f.words.Plain("ask.why.offer", "what", g.Offer.Text, "terms", f.terms(g.Offer)))
	case match.InHelp:
		why = append(why, f.words.Plain("ask.why.help", "what", g.Helped.What))
	case match.InAbout:
		why = append(why, f.words.Plain("ask.why.about", "words", f.quoted(g.Match.Words)))
	default:
		why = append(why, f.words.Plain("ask.why.name", "words", f.quoted(g.Match.Words)))
	}
	for _, l := range f.facts(g, now) {
		why = append(why, l.String())
	}
	return why
}

// facts are what else matters of a group: how far, how fresh, how sure.
func (f *Finder) facts(g Group, now time.Time) []bot.Line {
	o := g.Organisation
	var facts []bot.Line
	switch miles := int(g.Match.Km/kmPerMile + 0.5); {
	case o.Sensitive:
	case g.Match.Km >= 0 && miles < 1:
		facts = append(facts, f.words.Line("ask.near"))
	case g.Match.Km >= 0:
		facts = append(facts, f.words.Line("ask.miles", "n", miles))
	case o.Postcode != "":
		facts = append(facts, f.words.Line("ask.here", "place", o.Postcode.Outcode()))
	}
	if o.Covers != "" && o.Joined && (!o.Sensitive || match.Placeless(o.Covers)) {
		facts = append(facts, f.words.Line("ask.covers", "where", o.Covers))
	}
	if g.Match.Field == match.InOffer && o.Joined {
		age := f.words.Age(g.Offer.Confirmed, now.In(f.zone))
		if g.Offer.Imported {
			facts = append(facts, f.words.Line("ask.listed", "age", age))
		} else {
			facts = append(facts, f.words.Line("ask.age", "age", age))
		}
	}
	if g.Match.Field == match.InHelp {
		facts = append(facts, f.words.Line("ask.age", "age", f.words.Age(g.Helped.At, now.In(f.zone))))
	}
	switch {
	case !o.Joined:
		facts = append(facts, f.words.Line("ask.unclaimed", "age", f.words.Age(o.Confirmed, now.In(f.zone))))
	case !o.Vouched:
		facts = append(facts, f.words.Line("ask.new"))
	}
	if o.Web != "" && !o.Sensitive && !o.Joined {
		facts = append(facts, f.words.Line("ask.web", "web", bot.Span{Text: o.Web, Link: o.Web}))
	}
	return facts
}

func (f *Finder) terms(e bot.Entry) bot.Line {
	if e.Terms == bot.Unsaid || strings.Contains(strings.ToLower(e.Text), string(e.Terms)) || e.Terms == bot.Charged && strings.Contains(e.Text, "£") {
		return nil
	}
	return f.words.Line("ask.terms", "terms", string(e.Terms))
}

// quoted joins words as “a”, “b” and “c”.
func (f *Finder) quoted(list []string) bot.Line {
	var out bot.Line
	for i, w := range list {
		word := f.words.Line("ask.quoted", "word", w)
		switch {
		case i == 0:
			out = word
		case i == len(list)-1:
			out = f.words.Line("ask.and", "first", out, "last", word)
		default:
			out = f.words.Line("ask.comma", "first", out, "last", word)
		}
	}
	return out
}
