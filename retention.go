package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"ginnel/storage"
)

type retentionCommand struct {
	DryRun bool `help:"Show how long each kind of thing is kept and why, and what would be erased now; and erase nothing."`
}

// Run erases what was kept for long enough, as serve does by itself, or shows what that would be.
func (c retentionCommand) Run(ctx context.Context, p *program) error {
	mode := storage.Write
	if c.DryRun {
		mode = storage.Read
	}
	db, err := p.open(ctx, mode)
	if err != nil {
		return err
	}
	defer db.Close()
	if !c.DryRun {
		if _, err := p.keepTime(ctx, db); err != nil {
			return err
		}
	}
	now := p.now()
	all, err := db.Overdue(ctx, now)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := db.Tidy(ctx, now); err != nil {
			return err
		}
	}
	rows := int64(0)
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "kind\tkept for\trows\tsince\twhy")
	for _, o := range all {
		days, since := fmt.Sprint(o.Days, " days"), ""
		if o.Days < 0 {
			days = "stays"
		}
		if !o.Since.IsZero() {
			since = o.Since.In(p.zone).Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", o.Kind, days, o.Rows, since, o.Why)
		rows += o.Rows
	}
	if err := table.Flush(); err != nil {
		return err
	}
	done := "erased"
	if c.DryRun {
		done = "would be erased now; nothing was changed"
	}
	fmt.Fprintf(p.out, "\n%s %s.\n", counted(int(rows), "row"), done)
	return nil
}

// overdueBy is how long after its time something must at the latest be gone.
const overdueBy = 24 * time.Hour

// overdue is for how many seconds longer than it may something has been kept, 0 when nothing has.
func overdue(ctx context.Context, db *storage.DB, now time.Time) (float64, error) {
	d, err := db.OverdueFor(ctx, now)
	return max(d-overdueBy, 0).Seconds(), err
}
