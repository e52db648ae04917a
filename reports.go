package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ginnel/bot"
	"ginnel/storage"
)

type reportsCommand struct {
	Close int64 `help:"Close a report that is dealt with, by its number; its words are erased." placeholder:"NUMBER"`
}

// Run shows the reports and complaints that no coordinator could be given, or closes one.
func (c reportsCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Beside)
	if err != nil {
		return err
	}
	defer db.Close()
	all, err := db.OpenReports(ctx)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(r bot.Report) bool { return r.Given.ID != "" })
	if c.Close != 0 {
		if !slices.ContainsFunc(all, func(r bot.Report) bool { return r.ID == c.Close }) {
			return errors.New("no such report is open here; ginnel reports lists them")
		}
		if _, err := db.CloseReport(ctx, c.Close, p.now()); err != nil {
			return err
		}
		fmt.Fprintln(p.out, "It is closed, and its words are erased.")
		return nil
	}
	if len(all) == 0 {
		fmt.Fprintln(p.out, "No report waits for whoever runs this.")
		return nil
	}
	for _, r := range all {
		from := r.From.Name
		if from == "" {
			from = "somebody who was forgotten"
		}
		fmt.Fprintf(p.out, "%d  %s of %s, to be answered by %s\n   from %s: %s\n", r.ID, r.Kind, r.At.In(p.zone).Format("2 January 2006"),
			r.Due.In(p.zone).Format("2 January 2006"), from, r.Words)
	}
	fmt.Fprintln(p.out, "\nWhen one is dealt with: ginnel reports --close NUMBER")
	return nil
}
