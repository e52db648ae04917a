package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"ginnel/adapters/matrix"
	"ginnel/bot"
	"ginnel/storage"
)

// matrixSettings are how the bot reaches its homeserver. A secret can stand in a file.
type matrixSettings struct {
	Homeserver      string   `help:"Address of the homeserver; by default what stands behind the colon of the account." env:"MATRIX_HOMESERVER" placeholder:"https://…"`
	User            string   `help:"The bot's own account." env:"MATRIX_USER" placeholder:"@NAME:SERVER"`
	Password        string   `help:"Its password, which only signing in wants." env:"MATRIX_PASSWORD" placeholder:"PASSWORD"`
	PasswordFile    string   `help:"File that holds the password." env:"MATRIX_PASSWORD_FILE" type:"path" placeholder:"FILE"`
	AccessToken     string   `help:"An access token made for the bot, where nobody may sign in by password." env:"MATRIX_ACCESS_TOKEN" placeholder:"TOKEN"`
	AccessTokenFile string   `help:"File that holds the access token." env:"MATRIX_ACCESS_TOKEN_FILE" type:"path" placeholder:"FILE"`
	PickleKey       string   `help:"Encrypts the keys in the database; by default one that is made and kept beside them." env:"MATRIX_PICKLE_KEY" placeholder:"SECRET"`
	PickleKeyFile   string   `help:"File that holds it." env:"MATRIX_PICKLE_KEY_FILE" type:"path" placeholder:"FILE"`
	Inviters        []string `help:"Other homeservers whose people may bring the bot into rooms. Those of its own may, and coordinators." env:"MATRIX_INVITERS" placeholder:"SERVER"`
}

// secret is a value, or what stands in its file.
func secret(value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the file of a secret cannot be read: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// options are how the adapter behaves over db.
func (s matrixSettings) options(db *storage.DB, p *program) (o matrix.Options, err error) {
	o = matrix.Options{
		Homeserver: s.Homeserver, User: s.User, Log: p.log, Now: p.now, Keep: db.Keep,
		Keys: func(ctx context.Context) (*sql.DB, string, error) { return db.SQL(ctx, "matrix") },
		MayInvite: func(ctx context.Context, who bot.Speaker) bool {
			_, server, _ := strings.Cut(string(who.ID), ":")
			if slices.Contains(s.Inviters, server) {
				return true
			}
			may, err := db.Coordinator(ctx, who)
			return err == nil && may
		},
	}
	var pickle string
	var errs [3]error
	o.Password, errs[0] = secret(s.Password, s.PasswordFile)
	o.AccessToken, errs[1] = secret(s.AccessToken, s.AccessTokenFile)
	pickle, errs[2] = secret(s.PickleKey, s.PickleKeyFile)
	o.PickleKey = []byte(pickle)
	return o, errors.Join(errs[:]...)
}

// connectMatrix makes the adapter of the configured account.
func (p *program) connectMatrix(db *storage.DB) (bot.Adapter, error) {
	o, err := p.cli.MatrixAccount.options(db, p)
	if err != nil {
		return nil, err
	}
	return matrix.New(o)
}

// lookupTakes is how long looking up the address of a homeserver may take.
const lookupTakes = 10 * time.Second

type matrixCommand struct {
	Login matrixLogin `cmd:"" help:"Sign the bot in to its homeserver, once; what is not configured is asked for."`
}

type matrixLogin struct {
	New      bool `help:"As a new device, though there is one."`
	Page     bool `help:"On a page of the homeserver, though it takes passwords too."`
	Recovery bool `help:"Ask for the recovery key of an account that has an identity already."`
}

// Run signs in, and shows what must be kept.
func (c matrixLogin) Run(ctx context.Context, p *program) error {
	s := p.cli.MatrixAccount
	ask := asker{in: bufio.NewReader(p.in), file: p.in, out: p.out}
	var err error
	if s.User == "" {
		if s.User, err = ask.line("The bot's own account, like @ginnel:example.org: "); err != nil {
			return err
		}
		if s.Homeserver == "" {
			if s.Homeserver, err = ask.line("Address of its homeserver (Enter to have it looked up): "); err != nil {
				return err
			}
		}
	}
	if s.Homeserver == "" {
		s.Homeserver = matrix.Discover(ctx, &http.Client{Timeout: lookupTakes}, s.User)
	}
	db, err := p.open(ctx, storage.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	o, err := s.options(db, p)
	if err != nil {
		return err
	}
	if o.Password == "" && o.AccessToken == "" {
		if err := c.how(ctx, &o, ask, p.out); err != nil {
			return err
		}
	}
	if c.Recovery {
		if o.RecoveryKey, err = ask.hidden("The account's recovery key: "); err != nil {
			return err
		}
	}
	o.Shown = func(key string) {
		fmt.Fprintf(p.out, "The bot's recovery key. It is shown once: write it down, and keep it where you keep passwords.\n\n  %s\n\n", key)
	}
	m, err := matrix.New(o)
	if err != nil {
		return err
	}
	if c.New {
		if err := m.Forget(ctx); err != nil {
			return err
		}
	}
	if err := m.SignIn(ctx); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "Signed in. From now on the bot needs no password. Put this into its configuration, and start it with ginnel serve:")
	if s.Homeserver != "" {
		fmt.Fprintf(p.out, "  MATRIX_HOMESERVER=%s\n", s.Homeserver)
	}
	fmt.Fprintf(p.out, "  MATRIX_USER=%s\n", s.User)
	if !matrix.Encrypts {
		fmt.Fprintln(p.out, "This program was built without encryption, so it says nothing where rooms are encrypted.")
	}
	return nil
}

// how finds out how the homeserver lets anybody in, and asks for a password only where it takes one.
func (c matrixLogin) how(ctx context.Context, o *matrix.Options, ask asker, out io.Writer) error {
	m, err := matrix.New(*o)
	if err != nil {
		return err
	}
	password, page, err := m.Ways(ctx)
	if err != nil {
		return err
	}
	if password && !c.Page || !page {
		o.Password, err = ask.hidden("Its password: ")
		return err
	}
	o.Browser = &matrix.Browser{
		Confirm: func(address, code string) {
			fmt.Fprintf(out, "Open this page on any machine, sign in there as the bot, and allow it:\n\n  %s\n\n", address)
			if code != "" {
				fmt.Fprintf(out, "It asks for this code:\n\n  %s\n\n", code)
			}
			fmt.Fprintln(out, "This waits until you have.")
		},
		Paste: func(_ context.Context, address string) (string, error) {
			fmt.Fprintf(out, "Open this page on any machine, and sign in there as the bot:\n\n  %s\n\n", address)
			return ask.hidden("The browser then shows that it finds no such page. Copy the whole address at which it ended, and paste it here: ")
		},
	}
	return nil
}

// asker asks a person, or reads a pipe.
type asker struct {
	in   *bufio.Reader
	file any
	out  io.Writer
}

func (a asker) line(question string) (string, error) {
	fmt.Fprint(a.out, question)
	line, err := a.in.ReadString('\n')
	if err != nil && line == "" {
		return "", errors.New("nobody answered; it can also stand in the configuration: ginnel matrix login --help")
	}
	return strings.TrimSpace(line), nil
}

// hidden asks without showing what is typed.
func (a asker) hidden(question string) (string, error) {
	file, ok := a.file.(*os.File)
	if !ok || !isTerminal(file) || a.in.Buffered() > 0 {
		return a.line(question)
	}
	fmt.Fprint(a.out, question)
	typed, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(a.out)
	return strings.TrimSpace(string(typed)), err
}
