package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

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
