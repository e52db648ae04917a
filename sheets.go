package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"ginnel/bot"
	"ginnel/bot/names"
	"ginnel/bot/register"
	"ginnel/storage"
)

type importCommand struct {
	File        string   `arg:"" optional:"" help:"The spreadsheet, saved as CSV; - for standard input."`
	DryRun      bool     `help:"Say what would change, and change nothing."`
	Map         []string `help:"Which column is what, as in: activities=What we do,web=Homepage. May be given again." placeholder:"FIELD=COLUMN,…" sep:"none"`
	SkipBadRows bool     `help:"Load the good rows when some are bad."`
	List        string   `help:"Name of the list this is, by which a later import knows it. Default: the file's name without its digits." placeholder:"NAME"`
	Places      string   `help:"A table of places (outcode, town, latitude, longitude, and perhaps region), from which distances are known." placeholder:"FILE"`
}

// mostBadRows is how many bad rows are listed; the rest are counted.
const mostBadRows = 50

// Run loads a spreadsheet, all of it or nothing.
func (c importCommand) Run(ctx context.Context, p *program) error {
	if c.File == "" && c.Places == "" {
		return errors.New("say which spreadsheet to load, as in: ginnel import groups.csv")
	}
	// The file is opened first: a wrong name needs no database.
	file := os.Stdin
	if c.File != "" && c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", c.File, errors.Unwrap(err))
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a folder, not a spreadsheet", c.File)
		}
		file = f
	}
	db, err := p.open(ctx, storage.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := p.keepTime(ctx, db); err != nil {
		return err
	}
	if c.Places != "" && !c.DryRun {
		f, err := os.Open(c.Places)
		if err != nil {
			return fmt.Errorf("%s cannot be read: %w", c.Places, errors.Unwrap(err))
		}
		defer f.Close()
		if err := loadPlaces(ctx, db, f); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "The places of %s are loaded.\n", c.Places)
	}
	if c.File == "" {
		return nil
	}
	sheet, err := register.OpenSheet(bufio.NewReaderSize(file, 1<<16), strings.Join(c.Map, ","))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Fprintln(p.out, sheet.Mapping())
	bad := &badRows{skip: c.SkipBadRows}
	bar := p.bar()
	report, err := db.Import(ctx, c.list(), bad.of(sheet.Rows()), c.DryRun, p.now(), bar.show)
	bar.clear()
	if err == nil && !c.DryRun {
		err = db.WriteNameKeys(ctx, names.Keys)
	}
	for _, e := range bad.listed {
		fmt.Fprintf(p.err, "line %d: %s\n", e.Line, e.Reason)
	}
	if more := bad.count - len(bad.listed); more > 0 {
		fmt.Fprintf(p.err, "and %d more bad rows\n", more)
	}
	for _, w := range sheet.Warnings()[:min(len(sheet.Warnings()), mostBadRows)] {
		fmt.Fprintf(p.err, "line %d: note: %s\n", w.Line, w.Reason)
	}
	if more := len(sheet.Warnings()) + sheet.MoreWarnings() - mostBadRows; more > 0 {
		fmt.Fprintf(p.err, "and %d more notes\n", more)
	}
	if errors.Is(err, errBadRows) {
		return fmt.Errorf("%s has %s, so nothing was loaded. Mend them, or load the rest with --skip-bad-rows", c.File, counted(bad.count, "bad row"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	c.tell(p, report)
	if bad.repeats > 0 {
		fmt.Fprintf(p.out, "%s said just what an earlier row says, and counted once.\n", counted(bad.repeats, "row"))
	}
	if bad.count > 0 {
		fmt.Fprintf(p.out, "%s left out, as listed above.\n", counted(bad.count, "bad row"))
	}
	if c.DryRun {
		return nil
	}
	// Whoever watches for something may find it among what was loaded.
	now := p.now()
	_, err = db.PutMessage(ctx, bot.Later(bot.OffersChanged, fmt.Sprintf("import/%d", now.UnixNano()), now, ""), now)
	return err
}

func (c importCommand) list() string {
	if c.List != "" {
		return c.List
	}
	name := strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
	name = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, name)
	return strings.Trim(name, " -_.()")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (c importCommand) tell(p *program, r bot.ImportReport) {
	done := "Loaded"
	if c.DryRun {
		done = "Nothing was changed. Without --dry-run: loaded"
	}
	fmt.Fprintf(p.out, "%s %s: %d new, %d changed, %d as they were.\n", done, counted(r.Rows, "organisation"), r.Added, r.Changed, r.Same)
	if r.Kept > 0 {
		fmt.Fprintf(p.out, "%d of them speak for themselves here; their own words stay.\n", r.Kept)
	}
	if len(r.Missing) > 0 {
		fmt.Fprintln(p.out, "In the register from this list before, and not in this file (nothing was deleted):")
		for _, n := range r.Missing {
			fmt.Fprintln(p.out, "  "+n)
		}
		if r.MissingMore > 0 {
			fmt.Fprintf(p.out, "  and %d more\n", r.MissingMore)
		}
	}
}

var errBadRows = errors.New("bad rows")

// badRows lets the good rows of a sheet through and keeps account of the others. Unless they are to be
// skipped, it ends in an error after the last row, so that all bad rows are named.
type badRows struct {
	skip    bool
	listed  []register.RowError
	count   int
	repeats int
}

func (b *badRows) of(rows iter.Seq2[bot.Imported, error]) iter.Seq2[bot.Imported, error] {
	return func(yield func(bot.Imported, error) bool) {
		for row, err := range rows {
			var bad *register.RowError
			if errors.As(err, &bad) && bad.Repeat {
				b.repeats++
				continue
			}
			if errors.As(err, &bad) {
				if b.count++; len(b.listed) < mostBadRows {
					b.listed = append(b.listed, *bad)
				}
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		if b.count > 0 && !b.skip {
			yield(bot.Imported{}, errBadRows)
		}
	}
}

// A bar shows how far an import is, on a terminal only.
type bar struct {
	p     *program
	shown bool
}

func (p *program) bar() *bar {
	f, ok := p.err.(*os.File)
	return &bar{p: p, shown: ok && term.IsTerminal(int(f.Fd()))}
}

func (b *bar) show(done int) {
	if b.shown {
		const each = 2500
		fmt.Fprintf(b.p.err, "\r%8d rows %s", done, strings.Repeat("=", min(done/each, 60)))
	}
}

func (b *bar) clear() {
	if b.shown {
		fmt.Fprintf(b.p.err, "\r%s\r", strings.Repeat(" ", 76))
	}
}

type exportCommand struct {
	Format string `help:"csv or json." enum:"csv,json" default:"csv"`
}

// Run writes everything in the register.
func (c exportCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	// Who speaks for whom stands in it; where it goes to a file, nobody else may read that.
	if f, ok := p.out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			_ = f.Chmod(0o600)
		}
	}
	out := bufio.NewWriter(p.out)
	var w interface {
		Write(register.Record) error
		Close() error
	} = register.NewCSV(out)
	if c.Format == "json" {
		w = register.NewJSON(out)
	}
	err = db.EachOrganisation(ctx, func(o bot.Organisation, e []bot.Entry, contacts []bot.Contact) error {
		return w.Write(register.Record{Organisation: o, Entries: e, Contacts: contacts})
	})
	if err != nil {
		return fmt.Errorf("the export stopped half way: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("the export could not be written: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("the export could not be written: %w", err)
	}
	return nil
}
