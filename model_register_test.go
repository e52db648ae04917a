package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// What must come of what is said: the register beside the real one.

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

// later is a message to ourselves that waits.
type later struct {
	at   time.Time
	from bot.UserID
	do   func(at time.Time)
}

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
	number, err := strconv.Atoi(text)
	last, replied := k.offered[place{m.Where.Lane(), m.From.ID, "reply"}]
	for at, o := range k.offered {
		if at.lane != m.Where.Lane() || at.who != m.From.ID || !o.until.After(m.At) {
			continue
		}
		if err == nil {
			// A number is of the list that was read last, when that is a reply.
			if replied && !last.stale && last.until.After(m.At) && at.key != "reply" {
				continue
			}
			if number >= 1 && number <= len(o.choices) && (!o.stale || o.choices[number-1].Stays) {
				say[o.choices[number-1].Say] = true
			}
			continue
		}
		if o.stale {
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
	d, err := bot.ParseISODate(s)
	k.do(err)
	return d
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
	// Who speaks for a group that a list named a coordinator has to say, and there is none.
	if name == "" || k.groups[name] != nil {
		return
	}
	k.groups[name] = &group{place: at, contact: m.From.ID}
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
		if old.side == side && clean.Fold(old.text) == clean.Fold(text) {
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
		if p.person == who && p.forgets && !p.done {
			p.skipped, p.stopped = p.skipped || !p.leased, p.stopped || p.leased
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
		words := strings.Fields(clean.Fold(e.text))
		if clean.Fold(e.text) == clean.Fold(what) {
			exact = append(exact, e)
		}
		if !slices.ContainsFunc(strings.Fields(clean.Fold(what)), func(w string) bool { return !slices.Contains(words, w) }) {
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
