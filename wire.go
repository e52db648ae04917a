package main

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/calendar"
	"ginnel/bot/clean"
	connections "ginnel/bot/connect"
	"ginnel/bot/digest"
	"ginnel/bot/inbox"
	"ginnel/bot/introduce"
	"ginnel/bot/language"
	"ginnel/bot/match"
	"ginnel/bot/nudge"
	"ginnel/bot/outbox"
	"ginnel/bot/question"
	"ginnel/bot/register"
	"ginnel/bot/rights"
	"ginnel/bot/sample"
	"ginnel/bot/talk"
	"ginnel/storage"
)

// settings are what an operator chooses for the whole bot.
type settings struct {
	zone    *time.Location
	country string          // whose help lines are told, as two letters; "" is the United Kingdom
	nation  calendar.Nation // whose bank holidays are kept; "" is England and Wales
	run     string          // who runs it, as people read it

	thesaurus *match.Thesaurus // nil: the one written for this project
	word      func() string    // makes a word that nobody can guess; nil for one from the machine's chance
}

// wiring is the bot put together over one database.
type wiring struct {
	bot       *talk.Bot
	question  *question.Question
	digest    *digest.Digest
	introduce *introduce.Introduce
	connect   *connections.Connect
	inbox     *inbox.Inbox
	outbox    *outbox.Outbox
}

// readBook reads all that is said and understood, once: nothing changes it afterwards.
var readBook = sync.OnceValues(func() (*language.Book, error) {
	return language.ReadBook("en", talk.Words, register.Words, question.Words, introduce.Words, digest.Words, nudge.Words, rights.Words, connections.Words)
})

// longestThought is how long one message may be handled: the round of a very large network takes a minute or so.
const longestThought = 3 * time.Minute

// wire joins the verbs, the store, the inbox and the outbox. owner names this process among others.
func wire(db *storage.DB, s settings, now func() time.Time, owner string, log *slog.Logger) (*wiring, error) {
	return wireThrough(db, s, now, owner, log, func(c introduce.Chooser) introduce.Chooser { return c })
}

// wireThrough is wire with something between the rounds and what chooses them.
func wireThrough(db *storage.DB, s settings, now func() time.Time, owner string, log *slog.Logger, through func(introduce.Chooser) introduce.Chooser) (*wiring, error) {
	book, err := readBook()
	if err != nil {
		return nil, err
	}
	if s.thesaurus == nil {
		s.thesaurus = match.Sector()
	}
	if s.word == nil {
		s.word = func() string { return strings.ToLower(rand.Text()[:10]) }
	}
	if s.nation == "" {
		s.nation = calendar.EnglandAndWales
	}
	w := &wiring{
		question: question.New(db, db.Settings("settings"), book, s.zone, s.thesaurus),
		digest:   digest.New(db, db.Settings("settings"), book, s.zone, s.nation, now),
	}
	w.connect = connections.New(db, w.offering, db.Settings("settings"), book)
	w.introduce = introduce.New(db, through(w.question), db.Settings("settings"), book, s.zone)
	w.bot, err = talk.New(book, db, talk.Settings{Zone: s.zone, Run: s.run, Country: s.country, Keep: db.Settings("talk")}, slices.Concat(
		w.question.Commands(),
		register.New(db, book, s.zone, s.run).Commands(),
		w.introduce.Commands(),
		w.digest.Commands(),
		nudge.New(db, book, s.zone).Commands(),
		w.connect.Commands(),
		rights.New(db, book, s.zone, s.run, s.word).Commands(),
	)...)
	if err != nil {
		return nil, err
	}
	w.outbox = outbox.New(db, outbox.Options{
		Owner: owner, Now: now, Log: log,
		Daytime: w.digest.Working, Hears: w.digest.Hears,
		Drawers: map[string]bot.Drawer{talk.HomeDrawer: w.bot.Draw, introduce.MadeDrawer: w.introduce.Draw, question.NewsDrawer: w.question.Draw, connections.PictureDrawer: w.connect.Draw},
	})
	w.inbox = inbox.New(db, w.bot.Handle, inbox.Options{
		Wants: w.bot.Wants, Prepare: w.bot.Prepare, Steps: w.bot.Steps, Apology: bot.Lines(book.Of("talk").Line("problem.apology")),
		Now: now, Log: log, Handled: w.outbox.Wake, HandleTimeout: longestThought,
	})
	return w, nil
}

// mostOffering is how many are looked at of whom somebody may know one that knows them.
const mostOffering = 20

// offering finds who offers something, for those who tell of it in another way than as an answer.
func (w *wiring) offering(ctx context.Context, what string, at time.Time) (all []connections.Offering, err error) {
	found, err := w.question.Find(ctx, what, at, mostOffering)
	for _, g := range found.Groups {
		all = append(all, connections.Offering{Organisation: g.Organisation.ID, What: g.Offer.Text})
	}
	return all, err
}

// startClock sees to it that the next week strikes.
func (w *wiring) startClock(ctx context.Context, db *storage.DB, now time.Time) error {
	m, err := w.digest.Start(ctx)
	if err != nil {
		return err
	}
	_, err = db.PutMessage(ctx, m, now)
	return err
}

// listenEach is how long a process may not know that a coordinator said “listen here” or “stop listening” to another.
const listenEach = 10 * time.Second

// listen is a loop that keeps knowing in which rooms to listen.
func (w *wiring) listen(log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(listenEach):
			}
			if err := w.question.Listen(ctx); err != nil && ctx.Err() == nil {
				log.Warn("it is not known where to listen; what was known stays", "error", err)
			}
		}
	}
}

// appoint tells whoever started the program, once there is nobody who looks after the network, how to become that.
func (w *wiring) appoint(ctx context.Context, out io.Writer) error {
	word := strings.ToLower(rand.Text()[:10])
	told, err := w.digest.Appoint(ctx, word)
	if err == nil && told {
		fmt.Fprintf(out, "Nobody is coordinator of this network yet. The first to say to the bot, in private:  coordinator %s\n", word)
	}
	return err
}

// settle handles and delivers all that is due now.
func settle(ctx context.Context, in *inbox.Inbox, out *outbox.Outbox) error {
	// A reply may bring a message to ourselves, and that another post.
	const rounds = 3
	for range rounds {
		if err := in.Drain(ctx); err != nil {
			return err
		}
		if err := out.Drain(ctx); err != nil {
			return err
		}
	}
	return nil
}

// loadSample loads the sample network, once for each database.
func loadSample(ctx context.Context, db *storage.DB, speaker func(name string) bot.Speaker, now time.Time) error {
	keep := db.Settings("sample")
	loaded, err := keep.Get(ctx, "loaded")
	if err != nil || loaded != "" {
		return err
	}
	if err := loadPlaces(ctx, db, strings.NewReader(string(sample.Places))); err != nil {
		return err
	}
	if err := loadNetwork(ctx, db, "sample", sample.Organisations, speaker, now); err != nil {
		return err
	}
	return keep.Put(ctx, "loaded", now.UTC().Format(time.RFC3339))
}

// loadNetwork imports a spreadsheet whose column “speaks” names a steward for those organisations that
// joined and are vouched for.
func loadNetwork(ctx context.Context, db *storage.DB, list string, sheet []byte, speaker func(name string) bot.Speaker, now time.Time) error {
	s, err := register.OpenSheet(strings.NewReader(string(sheet)), "")
	if err != nil {
		return err
	}
	speakers := map[string]string{} // by the name of the organisation
	rows := func(yield func(bot.Imported, error) bool) {
		for row, err := range s.Rows() {
			if err == nil && s.Speaks() != "" {
				speakers[row.Organisation.Name] = s.Speaks()
			}
			if !yield(row, err) {
				return
			}
		}
	}
	if _, err := db.Import(ctx, list, rows, false, now, nil); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(speakers)) {
		found, err := db.OrganisationsNamed(ctx, name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%s is not there: %w", name, bot.ErrNotFound)
		}
		id := found[0].ID
		if err := db.Claim(ctx, id, bot.Contact{Speaker: speaker(speakers[name]), Organisation: id, Steward: true, Since: now}, now); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		err = db.UpdateOrganisation(ctx, id, func(o bot.Organisation) (bot.Organisation, error) {
			o.Vouched, o.Confirmed = true, now
			return o, nil
		})
		if err != nil {
			return err
		}
		if err := db.ConfirmEntries(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// loadPlaces loads a table of places: outward code, town, latitude and longitude, and perhaps region, with headings.
func loadPlaces(ctx context.Context, db *storage.DB, r io.Reader) error {
	reader := csv.NewReader(r)
	reader.TrimLeadingSpace = true
	rows, err := reader.ReadAll()
	if err != nil {
		return fmt.Errorf("the table of places cannot be read: %w", err)
	}
	if len(rows) == 0 {
		return errors.New("the table of places is empty")
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	if i, ok := column["postcode"]; ok { // what published lists call it
		if _, both := column["outcode"]; !both {
			column["outcode"] = i
		}
	}
	for _, h := range []string{"outcode", "town", "latitude", "longitude"} {
		if _, ok := column[h]; !ok {
			return fmt.Errorf("the table of places has no column %q; it needs outcode, town, latitude and longitude", h)
		}
	}
	var places []bot.Place
	for i, row := range rows[1:] {
		outcode, ok := language.ReadPostcode(row[column["outcode"]])
		lat, errLat := strconv.ParseFloat(row[column["latitude"]], 64)
		lon, errLon := strconv.ParseFloat(row[column["longitude"]], 64)
		if !ok || errLat != nil || errLon != nil || lat < -90 || lat > 90 || lon < -180 || lon > 180 {
			return fmt.Errorf("the table of places, row %d: want an outward code such as M19, and degrees such as 53.44 and -2.19", i+2)
		}
		p := bot.Place{Outcode: outcode.Outcode(), Town: clean.OneLine(row[column["town"]]), Lat: lat, Lon: lon}
		if i, ok := column["region"]; ok {
			p.Region = clean.OneLine(row[i])
		}
		places = append(places, p)
	}
	return db.PutPlaces(ctx, places)
}
