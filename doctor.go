package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/storage"
)

type doctorCommand struct{}

// Run goes through all checks and tells what it found. It fails when something is wrong.
func (doctorCommand) Run(ctx context.Context, p *program) error {
	url, err := p.database()
	if err != nil {
		return err
	}
	// A process that serves may have it; this only looks, and leaves a word to see that it can be written.
	db, err := storage.Open(ctx, url, storage.Beside)
	checks := []bot.Check{{Name: "database", Run: func(ctx context.Context) bot.Finding {
		if err == nil {
			err = db.Writable(ctx)
		}
		if err != nil {
			return bot.Finding{State: bot.Wrong, Says: plainly(err)}
		}
		version, err := db.Version(ctx)
		if err != nil {
			return bot.Finding{State: bot.Wrong, Says: plainly(err)}
		}
		return bot.Finding{Says: fmt.Sprintf("opens, can be written, and is up to date (schema %d)", version)}
	}}}
	checks = append(checks, bot.Check{Name: "files", Run: func(context.Context) bot.Finding { return checkFiles(url) }})
	if err == nil {
		defer db.Close()
		checks = append(checks, p.checks(db)...)
		for _, connect := range p.networks {
			a, err := connect(db)
			if err != nil {
				checks = append(checks, bot.Check{Name: "network", Run: func(context.Context) bot.Finding {
					return bot.Finding{State: bot.Wrong, Says: plainly(err)}
				}})
			} else if c, can := a.(bot.Checker); can {
				checks = append(checks, c.Checks()...)
			}
		}
	}
	wrong := 0
	for _, c := range checks {
		f := c.Run(ctx)
		fmt.Fprintf(p.out, "%-8s %s: %s\n", []string{"well", "look", "WRONG"}[f.State], c.Name, f.Says)
		if f.Cure != "" {
			fmt.Fprintf(p.out, "%-8s %s\n", "", f.Cure)
		}
		if f.State == bot.Wrong {
			wrong++
		}
	}
	if wrong > 0 {
		return errors.New(counted(wrong, "check") + " found something wrong; what to do stands above")
	}
	return nil
}

func checkFiles(url string) bot.Finding {
	if strings.Contains(url, "://") {
		return bot.Finding{Says: "are the server's"}
	}
	if exposed := storage.Private(url, false); len(exposed) > 0 {
		return bot.Finding{State: bot.Wrong, Says: strings.Join(exposed, "; "), Cure: "What belongs to this user is mended the next time that Ginnel starts."}
	}
	return bot.Finding{Says: "only this user can read them"}
}

// How old a backup may be before it is time for another.
const backupAge = 8 * 24 * time.Hour

// keptBackup is under which name it is kept, among the settings of the program, when the last backup was made.
const keptBackup = "last backup"

// checks are those that need the database.
func (p *program) checks(db *storage.DB) []bot.Check {
	failed := func(err error) bot.Finding { return bot.Finding{State: bot.Wrong, Says: plainly(err)} }
	return []bot.Check{
		{Name: "clock", Run: func(ctx context.Context) bot.Finding {
			odd, err := clockHeld(ctx, db, p.now().In(p.zone))
			switch {
			case err != nil:
				return failed(err)
			case odd != "":
				return bot.Finding{
					State: bot.Wrong, Says: odd + "; nothing falls due by it until it ran evenly for a day",
					Cure: "Look at a watch. If the clock is wrong, set it; if it is right, say: ginnel clock confirm",
				}
			}
			return bot.Finding{Says: "it is " + p.now().In(p.zone).Format("Monday 2 January 2006, 15:04")}
		}},
		{Name: "backup", Run: func(ctx context.Context) bot.Finding {
			last, err := keptTime(ctx, db.Settings("program"), keptBackup)
			cure := "ginnel backup FILE makes one, and says what is not in it. Keep it on another machine, where only you can read it."
			switch age := p.now().Sub(last); {
			case err != nil:
				return failed(err)
			case db.Server():
				return bot.Finding{Says: "is made with pg_dump, of which nothing is known here; an old one brings back whoever was forgotten since"}
			case last.IsZero():
				return bot.Finding{State: bot.Unsure, Says: "none is known", Cure: cure}
			case age > backupAge:
				return bot.Finding{State: bot.Unsure, Says: "the last is " + counted(int(age.Hours()/24), "day") + " old", Cure: cure}
			default:
				return bot.Finding{Says: "the last was made on " + last.In(p.zone).Format("2 January 2006")}
			}
		}},
		{Name: "retention", Run: func(ctx context.Context) bot.Finding {
			seconds, err := overdue(ctx, db, p.now())
			switch {
			case err != nil:
				return failed(err)
			case seconds > 0:
				return bot.Finding{
					State: bot.Unsure, Says: fmt.Sprintf("something is kept %s longer than it may be", counted(int(seconds/60/60), "hour")),
					Cure: "serve erases it by itself; without it say: ginnel retention",
				}
			}
			return bot.Finding{Says: "nothing is kept longer than it may be"}
		}},
		{Name: "reports", Run: func(ctx context.Context) bot.Finding {
			n, err := db.ReportsForOperator(ctx)
			switch {
			case err != nil:
				return failed(err)
			case n > 0:
				return bot.Finding{State: bot.Unsure, Says: counted(n, "report") + " for whoever runs this", Cure: "ginnel reports shows them."}
			}
			return bot.Finding{Says: "none waits for whoever runs this"}
		}},
	}
}
