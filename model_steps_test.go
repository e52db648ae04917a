package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"ginnel/bot"
)

// What may happen to the model.

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
