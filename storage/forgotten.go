package storage

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"ginnel/bot"
)

// A copy of the database still holds whoever was forgotten after it was made. So a file beside a SQLite database has a line for each who
// was, from which nobody can be read: a hash under a key that only the database and its copies hold. A database remembers how many
// lines there were; one that is put back from a copy finds more, and forgets those people again when it is opened.

// What is remembered of that, among our own settings.
const (
	keptForgottenKey = "forgotten key"
	keptForgotten    = "forgotten"
)

// ForgottenFile is the file of that beside the database at path.
func ForgottenFile(path string) string { return path + ".forgotten" }

const forgottenLine = 2*sha256.Size + 1 // bytes

// forgottenLines are the whole lines of the file, none when it is not there.
func (db *DB) forgottenLines() ([]string, error) {
	text, err := os.ReadFile(ForgottenFile(db.path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var lines []string
	for line := range bytes.Lines(text) {
		if len(line) == forgottenLine {
			lines = append(lines, string(line[:forgottenLine-1]))
		}
	}
	return lines, nil
}

func forgottenHash(key string, p bot.Speaker) string {
	h := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(h, "%s\x00%s", p.Network, p.ID)
	return hex.EncodeToString(h.Sum(nil))
}

// noteForgotten writes down who is being forgotten, before that is committed: rather one line too many than one too few.
func (db *DB) noteForgotten(ctx context.Context, s session, all []bot.Speaker) error {
	if !db.engine.single {
		return nil
	}
	var key string
	if err := s.get(ctx, &key, `select value from keep where network = ? and name = ?`, ours, keptForgottenKey); err != nil {
		return fmt.Errorf("key of the forgotten: %w", err)
	}
	f, err := os.OpenFile(ForgottenFile(db.path), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return db.plainly(err)
	}
	for _, p := range all {
		if err == nil {
			_, err = f.WriteString(forgottenHash(key, p) + "\n")
		}
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return db.plainly(err)
	}
	return db.countForgotten(ctx, s)
}

// copyForgotten puts a copy of the file beside a copy of the database.
func (db *DB) copyForgotten(path string) error {
	lines, err := db.forgottenLines()
	if err != nil || len(lines) == 0 {
		return err
	}
	return os.WriteFile(ForgottenFile(path), []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// Apart are the files beside the database at path that keep what no copy of it holds, of those that are there: the keys of adapters'
// libraries.
func Apart(path string) (there []string) {
	for _, name := range []string{path + ".matrix"} {
		if _, err := os.Stat(name); err == nil {
			there = append(there, name)
		}
	}
	return there
}

func (db *DB) countForgotten(ctx context.Context, s session) error {
	lines, err := db.forgottenLines()
	if err != nil {
		return db.plainly(err)
	}
	return putKept(ctx, s, keptForgotten, strconv.Itoa(len(lines)))
}

func putKept(ctx context.Context, s session, name, value string) error {
	_, err := s.exec(ctx, `insert into keep (network, name, value) values (?, ?, ?) on conflict (network, name) do update set value = excluded.value`, ours, name, value)
	return err
}

// accountsKept are all accounts that the database knows of.
const accountsKept = `select network, person from contact union select network, person from person union select network, person from coordinator
	union select network, person from ask union select network, person from claim union select network, person from prompt
	union select network, person from bundle union select network, person from linked union select network, person from report
	union select network, person from offered union select network, person from gathering_party
	union select asker_network, asker_person from introduction union select asked_network, asked_person from introduction
	union select suggester_network, suggester_person from introduction`

// forgetAgain forgets whoever was forgotten after this copy of the database was made.
func (db *DB) forgetAgain(ctx context.Context) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		var key, kept string
		err := s.get(ctx, &key, `select value from keep where network = ? and name = ?`, ours, keptForgottenKey)
		if errors.Is(err, bot.ErrNotFound) {
			key = rand.Text()
			err = putKept(ctx, s, keptForgottenKey, key)
		}
		if err != nil {
			return fmt.Errorf("key of the forgotten: %w", err)
		}
		if err := s.get(ctx, &kept, `select value from keep where network = ? and name = ?`, ours, keptForgotten); err != nil && !errors.Is(err, bot.ErrNotFound) {
			return fmt.Errorf("the forgotten: %w", err)
		}
		lines, err := db.forgottenLines()
		if err != nil {
			return db.plainly(err)
		}
		known, _ := strconv.Atoi(kept) // "" is none
		if len(lines) <= known {
			return nil
		}
		since := map[string]bool{}
		for _, line := range lines[known:] {
			since[line] = true
		}
		var rows []struct{ Network, Person string }
		if err := s.all(ctx, &rows, accountsKept); err != nil {
			return fmt.Errorf("the forgotten: %w", err)
		}
		for _, r := range rows {
			p := bot.Speaker{Network: bot.Network(r.Network), ID: bot.UserID(r.Person)}
			if !since[forgottenHash(key, p)] {
				continue
			}
			db.traces.Store(true)
			if _, err := forget(ctx, s, p, time.Now()); err != nil {
				return err
			}
		}
		return db.countForgotten(ctx, s)
	})
}
