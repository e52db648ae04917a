package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ginnel/bot/calendar"
	"ginnel/bot/introduce"
	"ginnel/storage"
)

type roundCommand struct {
	DryRun bool   `help:"Show the round, and propose nothing. There is no other way: a round is proposed by the clock alone."`
	Week   string `help:"The week whose round it is, such as 2026-W48; by default this one." placeholder:"WEEK"`
}

// Run prints the pairs that a round would propose now, and who would be left out, with the reasons.
func (c roundCommand) Run(ctx context.Context, p *program) error {
	if !c.DryRun {
		return errors.New("a round is proposed by the clock alone; say ginnel round --dry-run to see what it would be")
	}
	if c.Week == "" {
		c.Week = calendar.WeekName(p.now().In(p.zone).ISOWeek())
	}
	if !isWeek(c.Week) {
		return fmt.Errorf("%q is no week; they are written like 2026-W48", c.Week)
	}
	db, err := p.open(ctx, storage.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	w, err := wire(db, p.settings(), p.now, "", p.log)
	if err != nil {
		return err
	}
	began := time.Now()
	plan, err := w.introduce.Plan(ctx, p.now(), introduce.Seed(c.Week))
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The round of %s, seed %d: %d groups are ready, %d introductions, thought of in %.1f seconds.\n",
		c.Week, plan.Seed, plan.Members, len(plan.Pairs), time.Since(began).Seconds())
	if !plan.Enough {
		fmt.Fprintln(p.out, "There is no round before twelve groups that are vouched for offer or need something.")
	}
	for _, pair := range plan.Pairs {
		fmt.Fprintf(p.out, "\n%s – %s\n    %s\n", pair.Parties[0].Name, pair.Parties[1].Name, pair.Reason)
	}
	if len(plan.Left) > 0 {
		fmt.Fprintln(p.out, "\nLeft out:")
	}
	for _, l := range plan.Left {
		fmt.Fprintf(p.out, "    %s: %s\n", l.Organisation.Name, l.Why)
	}
	return nil
}

// isWeek tells whether name is what the calendar calls a week. The 28th of December is always in the last of its year.
func isWeek(name string) bool {
	var year, week int
	if _, err := fmt.Sscanf(name, "%d-W%d", &year, &week); err != nil || calendar.WeekName(year, week) != name {
		return false
	}
	_, last := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
	return year > 0 && week >= 1 && week <= last
}
