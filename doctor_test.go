package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
)

// sick is a network of which something is wrong.
type sick struct{ bot.Adapter }

func (sick) Network() bot.Network { return "sick" }

func (sick) Checks() []bot.Check {
	return []bot.Check{{Name: "token", Run: func(context.Context) bot.Finding {
		return bot.Finding{State: bot.Wrong, Says: "it has run out", Cure: "Make another."}
	}}}
}

// TestDoctor shows that whatever is wrong is told, with what to do about it, also beside a process that has the database.
func TestDoctor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel", "ginnel.db")
	doctor := func(want int, networks ...connect) func(t *testing.T, says ...string) {
		return func(t *testing.T, says ...string) {
			t.Helper()
			var out, errs bytes.Buffer
			if code := run(t.Context(), []string{"doctor", "--database", path}, nil, &out, &errs, networks...); code != want {
				t.Errorf("it ends with %d: %s", code, errs.String())
			}
			for _, s := range says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("it does not say %q:\n%s", s, out.String())
				}
			}
		}
	}
	doctor(1)(t, "WRONG    database: there is no database at")
	db, err := storage.Open(t.Context(), path, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	doctor(0)(t, "well     database: opens", "well     files: only", "well     clock: it is", "look     backup: none is known", "ginnel backup FILE", "well     retention", "well     reports")

	if code := run(t.Context(), []string{"backup", "--database", path, filepath.Join(t.TempDir(), "copy")}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		t.Fatal("no backup")
	}
	doctor(0)(t, "well     backup: the last was made on")
	if err := db.Settings("program").Put(t.Context(), keptBackup, time.Now().AddDate(0, 0, -20).Format(time.RFC3339Nano)); err != nil {
		t.Fatal(err)
	}
	doctor(0)(t, "look     backup: the last is 20 days old")

	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	doctor(1)(t, "WRONG    files: others on this machine can read", "chmod 600 "+path)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}

	if err := db.Settings("clock").Put(t.Context(), keptLast, time.Now().AddDate(-1, 0, 0).Format(time.RFC3339Nano)); err != nil {
		t.Fatal(err)
	}
	doctor(1)(t, "WRONG    clock: the clock says", "ginnel clock confirm")
	if code := run(t.Context(), []string{"clock", "confirm", "--database", path}, nil, &bytes.Buffer{}, &bytes.Buffer{}); code != 0 {
		t.Fatal("it is not confirmed")
	}
	doctor(0)(t, "well     clock")

	doctor(1, func(*storage.DB) (bot.Adapter, error) { return sick{}, nil })(t, "WRONG    token: it has run out", "Make another.")

	if _, err := db.AddReport(t.Context(), bot.Report{Kind: bot.Conduct, Words: "kestrel", At: time.Now(), Due: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.PutMessage(t.Context(), bot.Message{ID: "1", Kind: bot.Said, Text: "x"}, time.Now().AddDate(0, -3, 0)); err != nil {
		t.Fatal(err)
	}
	if err := db.FinishMessage(t.Context(), bot.Message{ID: "1"}.Key(), time.Now().AddDate(0, -2, 0), bot.Answer{}, false); err != nil {
		t.Fatal(err)
	}
	doctor(0)(t, "look     reports: 1 report for whoever runs this", "look     retention: something is kept")
}

// TestAnExportIsPrivate shows that nobody else can read the file that an export goes to.
func TestAnExportIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, err := storage.Open(t.Context(), path, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	out, err := os.OpenFile(filepath.Join(t.TempDir(), "groups.csv"), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if code := run(t.Context(), []string{"export", "--database", path}, nil, out, &bytes.Buffer{}); code != 0 {
		t.Fatal("no export")
	}
	if info, err := out.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// TestReportsForWhoeverRunsIt shows that an operator reads and closes the reports that no coordinator was given, and no others.
func TestReportsForWhoeverRunsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, err := storage.Open(t.Context(), path, storage.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, r := range []bot.Report{
		{Kind: bot.Conduct, From: bot.Speaker{Network: "net", ID: "a", Name: "Amina"}, Words: "Ruth shouted", At: time.Now(), Due: time.Now()},
		{Kind: bot.Conduct, Words: "between others", Given: bot.Speaker{Network: "net", ID: "ruth"}, At: time.Now(), Due: time.Now()},
	} {
		if _, err := db.AddReport(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args  []string
		code  int
		says  string
		never string
	}{
		{nil, 0, "from Amina: Ruth shouted", "between others"},
		{[]string{"--close", "2"}, 1, "no such report", "between others"},
		{[]string{"--close", "1"}, 0, "its words are erased", "shouted"},
		{nil, 0, "No report waits", "shouted"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"reports", "--database", path}, c.args...), nil, &out, &out); code != c.code ||
			!strings.Contains(out.String(), c.says) || strings.Contains(out.String(), c.never) {
			t.Errorf("reports %v ends with %d and says %s", c.args, code, out.String())
		}
	}
}
