package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"ginnel/adapters/terminal"
	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/names"
	"ginnel/storage"
)

type chatCommand struct {
	As     string `help:"Who speaks, and in brackets for which organisation, as in: Amina (Tallow Lane Repair Café)." placeholder:"NAME (ORGANISATION)"`
	Clock  bool   `help:"Keep a pretend clock, which only “/later 3 days” moves, to play weeks in minutes."`
	Sample bool   `help:"Load the sample network first, and speak as one of its people."`

	Lease time.Duration `hidden:"" default:"30s" help:"How long this terminal is still taken to be open after it died."`
}

// sampleSpeaker is who a newcomer is in the sample network.
const sampleSpeaker = "Amina"

// Run is a conversation in the terminal, or in a pipe.
func (c chatCommand) Run(ctx context.Context, p *program) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	db, err := p.open(ctx, storage.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	as := c.As
	if c.Sample {
		if err := loadSample(ctx, db, terminal.Speaker, p.now()); err != nil {
			return err
		}
		if as == "" {
			as = sampleSpeaker
		}
	}
	owner := ownerName(p.now())
	held, err := db.HoldAccount(ctx, terminal.Network, owner, c.Lease)
	if err != nil {
		return err
	}
	if !held {
		return errors.New("another terminal chat is open on this database; close it first")
	}
	defer db.ReleaseAccount(context.WithoutCancel(ctx), terminal.Network, owner)
	lessee := &program{now: p.now, log: p.log} // a lease runs out by the real clock, whatever the bot is told
	typed := isTerminal(p.in) && isTerminal(p.out)
	clock := &pretend{db: db}
	if c.Clock {
		if err := clock.start(ctx, p.now()); err != nil {
			return err
		}
		p.now = clock.read
	} else if _, err := p.keepTime(ctx, db); err != nil {
		return err
	}
	w, err := wire(db, p.settings(), p.now, owner, p.log)
	if err != nil {
		return err
	}
	if err := w.startClock(ctx, db, p.now()); err != nil {
		return err
	}
	if err := db.WriteNameKeys(ctx, names.Keys); err != nil {
		return err
	}
	if err := w.question.Listen(ctx); err != nil {
		return err
	}
	o := terminal.Options{
		As: as, Prompt: typed, Session: rand.Text(), // a clock that stands still is no name
		Becomes: func(ctx context.Context, s bot.Speaker, organisation string) (string, error) {
			return becomes(ctx, db, s, organisation, p.now())
		},
	}
	if typed {
		o.Welcome = welcome(c.Sample)
		if err := w.appoint(ctx, p.out); err != nil {
			return err
		}
	}
	if !typed || c.Clock {
		o.Settle = func(ctx context.Context) error { return settle(ctx, w.inbox, w.outbox) }
	}
	if c.Clock {
		o.Now = p.now
		o.Later = func(ctx context.Context, text string) (string, error) {
			return clock.later(ctx, text, o.Settle, p.zone)
		}
	}
	t := terminal.New(p.in, p.out, o)
	if err := w.outbox.Add(t); err != nil {
		return err
	}
	loops := []func(context.Context) error{func(ctx context.Context) error {
		return lessee.holdAccounts(ctx, db, owner, c.Lease, func() []bot.Network { return []bot.Network{terminal.Network} }, func(bot.Network, bool) {})
	}}
	if typed && !c.Clock {
		loops = append(loops, w.inbox.Run, w.outbox.Run, w.listen(p.log))
	}
	ended := start(ctx, loops...)
	err = t.Run(ctx, w.inbox.Receive)
	cancel()
	return errors.Join(err, ended())
}

func welcome(sample bool) []string {
	if !sample {
		return []string{"Ginnel, in the terminal. Type help and press Enter; /help lists what the terminal itself can do."}
	}
	return []string{
		"Ginnel, with a made-up town to try it in. You are Amina, of Tallow Lane Repair Café. Type, for example:",
		"",
		"  who can help with our accounts?",
		"  1",
		"  /as Tariq",
		"  yes",
		"",
		"The clock stands still until you say, for example, /later 1 week. To be yourself again, type /as Amina; to leave, /quit.",
	}
}

// becomes makes s, a person at this terminal, the steward of an organisation that has none: whoever can open
// the database may do that. It returns a sentence that says for whom s speaks.
func becomes(ctx context.Context, db *storage.DB, s bot.Speaker, organisation string, now time.Time) (string, error) {
	if organisation != "" {
		if told, err := claim(ctx, db, s, organisation, now); err != nil || told != "" {
			return told, err
		}
	}
	standings, err := db.Standings(ctx, s)
	if err != nil {
		return "", err
	}
	var names []string
	for _, st := range standings {
		names = append(names, st.Name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("%s speaks for no group yet. Say for example: we are Tallow Lane Repair Café, QX1", s.Name), nil
	}
	return fmt.Sprintf("%s speaks for %s.", s.Name, strings.Join(names, " and ")), nil
}

func claim(ctx context.Context, db *storage.DB, s bot.Speaker, organisation string, now time.Time) (string, error) {
	name := clean.OneLine(organisation)
	standings, err := db.Standings(ctx, s)
	if err != nil {
		return "", err
	}
	for _, st := range standings {
		if clean.Fold(st.Name) == clean.Fold(name) {
			return "", nil
		}
	}
	found, err := db.OrganisationsNamed(ctx, name)
	if err != nil {
		return "", err
	}
	contact := bot.Contact{Speaker: s, Steward: true, Since: now}
	for _, o := range found {
		if clean.Fold(o.Name) != clean.Fold(name) {
			continue
		}
		contact.Organisation = o.ID
		err := db.Claim(ctx, o.ID, contact, now)
		if errors.Is(err, bot.ErrNotFound) {
			return fmt.Sprintf("Somebody else speaks for %s here already.", o.Name), nil
		}
		return "", err
	}
	_, err = db.AddOrganisation(ctx, bot.Organisation{Name: name, Income: -1, Suggest: bot.SuggestMonthly, Joined: true, Listed: true, Confirmed: now}, contact)
	return "", err
}

func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
