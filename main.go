// Ginnel introduces small voluntary organisations to each other in the chat they already have open.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the binary stands alone: small servers have no zones

	"ginnel/bot/calendar"

	"github.com/alecthomas/kong"

	"ginnel/bot"
	"ginnel/bot/match"
	"ginnel/storage"
)

// cli is the command line. Every flag can also be set in the environment.
type cli struct {
	Database     string `help:"File of the SQLite database, or a postgres:// address." env:"GINNEL_DATABASE" placeholder:"FILE"`
	DatabaseFile string `help:"File that holds the database's address, when that is a secret." env:"GINNEL_DATABASE_FILE" type:"path" placeholder:"FILE"`
	Zone         string `help:"Time zone of the network." env:"GINNEL_ZONE" default:"Europe/London"`
	Nation       string `help:"Whose bank holidays are kept." env:"GINNEL_NATION" enum:"England and Wales,Scotland,Northern Ireland" default:"England and Wales"`
	RunBy        string `help:"Who runs this, as people read it." env:"GINNEL_RUN_BY" default:"whoever set it up for your network" placeholder:"NAME"`
	Thesaurus    string `help:"File with more words that mean the same, one meaning a line: minibus: community bus, ring and ride -> van" env:"GINNEL_THESAURUS" type:"path" placeholder:"FILE"`
	LogLevel     string `help:"How much is logged: debug, info, warn or error." env:"GINNEL_LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`

	SlackAccount  slackSettings  `embed:"" prefix:"slack-" group:"Slack"`
	MatrixAccount matrixSettings `embed:"" prefix:"matrix-" group:"Matrix"`

	Chat      chatCommand      `cmd:"" help:"Talk to the bot in this terminal."`
	Serve     serveCommand     `cmd:"" help:"Run every configured chat network until stopped."`
	Import    importCommand    `cmd:"" help:"Load organisations from a spreadsheet saved as CSV."`
	Export    exportCommand    `cmd:"" help:"Write the whole register to standard output."`
	Ask       askCommand       `cmd:"" help:"Answer questions, from the arguments or one a line from standard input."`
	Round     roundCommand     `cmd:"" help:"Show whom the weekly round would introduce now, and why."`
	Backup    backupCommand    `cmd:"" help:"Copy a live SQLite database, and check the copy."`
	Retention retentionCommand `cmd:"" help:"Erase what was kept for long enough, as serve does by itself; or show it."`
	Doctor    doctorCommand    `cmd:"" help:"Check that all is well, and say what to do where it is not."`
	Clock     clockCommand     `cmd:"" help:"Tell whether the clock of this machine is believed, or say that it is right."`
	Reports   reportsCommand   `cmd:"" help:"Show the reports and complaints that no coordinator could be given."`
	Slack     slackCommand     `cmd:"" help:"Set up the bot's app on Slack."`
	Matrix    matrixCommand    `cmd:"" help:"Set up the bot's account on Matrix."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database up to this version."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// A connect makes the adapter of one configured chat network. It may ask the network who the account is; an error for which
// waiting may help is one of bot.SendWait.
type connect func(db *storage.DB) (bot.Adapter, error)

// program is what surrounds one run of a command.
type program struct {
	cli      *cli
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	networks []connect
	log      *slog.Logger
	zone     *time.Location
	words    *match.Thesaurus
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program but for the process around it. It returns the exit code: 1 when the command
// failed, 2 when it was not understood.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, networks ...connect) (code int) {
	c := &cli{}
	exited := false
	parser, err := kong.New(c,
		kong.Name("ginnel"),
		kong.Description("Introduces small voluntary organisations to each other in the chat they already have open."),
		kong.UsageOnError(),
		kong.Writers(out, errs),
		kong.Exit(func(n int) { code, exited = n, true }),
	)
	if err != nil {
		fmt.Fprintln(errs, "ginnel:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if parsed != nil {
		parsed.BindTo(ctx, (*context.Context)(nil))
	}
	if exited {
		return code
	}
	if err != nil {
		fmt.Fprintf(errs, "ginnel: %s. For help: ginnel --help\n", err)
		return 2
	}
	p := &program{cli: c, in: in, out: out, err: errs, now: time.Now, networks: networks}
	if c.MatrixAccount.User != "" {
		p.networks = append(p.networks, p.connectMatrix)
	}
	workspaces, err := p.connectSlack()
	if err != nil {
		fmt.Fprintln(errs, "ginnel:", plainly(err))
		return 2
	}
	p.networks = append(p.networks, workspaces...)
	if p.zone, err = time.LoadLocation(c.Zone); err != nil {
		fmt.Fprintf(errs, "ginnel: %q is no time zone. They are written like Europe/London\n", c.Zone)
		return 2
	}
	if p.words, err = readThesaurus(c.Thesaurus); err != nil {
		fmt.Fprintln(errs, "ginnel:", plainly(err))
		return 2
	}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked it
	p.log = slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: level}))
	if err := parsed.Run(p); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errs, "ginnel:", plainly(err))
		return 1
	}
	return 0
}

// plainly is an error as one line.
func plainly(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (p *program) settings() settings {
	return settings{zone: p.zone, nation: calendar.Nation(p.cli.Nation), run: p.cli.RunBy, thesaurus: p.words}
}

// readThesaurus reads what an operator adds to the thesaurus, from the file of that name, "" for nothing.
func readThesaurus(name string) (*match.Thesaurus, error) {
	if name == "" {
		return match.Sector(), nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the words that mean the same cannot be read: %w", err)
	}
	t, err := match.Extended(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

// database is where the register is kept.
func (p *program) database() (string, error) {
	if p.cli.DatabaseFile != "" {
		secret, err := os.ReadFile(p.cli.DatabaseFile)
		if err != nil {
			return "", fmt.Errorf("the file that holds the database's address cannot be read: %w", err)
		}
		return strings.TrimSpace(string(secret)), nil
	}
	if p.cli.Database != "" {
		return p.cli.Database, nil
	}
	folder := os.Getenv("STATE_DIRECTORY") // systemd's
	if folder == "" {
		base := os.Getenv("XDG_DATA_HOME")
		if base == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return "", errors.New("there is no home folder to keep the register in; say where with --database FILE")
			}
			base = filepath.Join(home, ".local", "share")
		}
		folder = filepath.Join(base, "ginnel")
	}
	return filepath.Join(folder, "ginnel.db"), nil
}

func (p *program) open(ctx context.Context, mode storage.Mode) (*storage.DB, error) {
	url, err := p.database()
	if err != nil {
		return nil, err
	}
	return storage.Open(ctx, url, mode)
}

type migrateCommand struct{}

// Run brings the database up to date.
func (migrateCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Write)
	if err != nil {
		return err
	}
	defer db.Close()
	version, err := db.Version(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "The database is up to date (schema %d).\n", version)
	return nil
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *program) error {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && version == "(devel)" {
				version = s.Value
			}
		}
	}
	fmt.Fprintln(p.out, "ginnel", version)
	return nil
}

type backupCommand struct {
	File string `arg:"" help:"Where the copy goes. It must not exist."`
}

// Run copies the database.
func (c backupCommand) Run(ctx context.Context, p *program) error {
	db, err := p.open(ctx, storage.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Backup(ctx, c.File); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s holds a checked copy.\n", c.File)
	if _, err := os.Stat(storage.ForgottenFile(c.File)); err == nil {
		fmt.Fprintf(p.out, "%s says who was forgotten until now. When you go back to a copy, put the newest such file beside it, under its name: whoever was forgotten since is then forgotten again.\n", storage.ForgottenFile(c.File))
	}
	if url, err := p.database(); err == nil && len(storage.Apart(url)) > 0 {
		fmt.Fprintln(p.out, "The keys of Matrix are not copied, as old ones are of no use: after you went back to a copy without the file of keys, say ginnel matrix login --new.")
	}
	fmt.Fprintln(p.out, "Secrets that stand in files or in the environment are not in it either.")
	for _, told := range storage.Private(c.File, false) {
		fmt.Fprintln(p.err, "ginnel:", told)
	}
	// It is made all the same when that cannot be noted.
	if beside, err := p.open(ctx, storage.Beside); err == nil {
		defer beside.Close()
		return beside.Settings("program").Put(ctx, keptBackup, p.now().Format(time.RFC3339Nano))
	}
	return nil
}
