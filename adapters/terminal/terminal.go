// Package terminal joins the terminal, or a pipe, to the bot.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Options are how a Terminal behaves. All may be left out.
type Options struct {
	As      string // who speaks first, and in brackets for whom: Amina (Tallow Lane Repair Café)
	Session string // tells the messages of this run from those of all others
	Prompt  bool   // a person types: show who speaks, and wait for no answer
	Width   int    // characters in a line; default 80
	Welcome []string
	Now     func() time.Time

	// Becomes is told when somebody begins to speak, with the organisation in the brackets, and returns a
	// sentence for him or her.
	Becomes func(ctx context.Context, s bot.Speaker, organisation string) (told string, err error)
	// Later lets time go by, as text says, and returns a sentence that tells what time it is then; a *bot.Problem
	// when it cannot, and then none went by. Without it there is no such command.
	Later func(ctx context.Context, text string) (told string, err error)
	// Settle returns once all that was said is answered. In a pipe it is called after each line.
	Settle func(ctx context.Context) error
}

// Terminal is the adapter. One person at a time speaks; which one can be changed.
type Terminal struct {
	in  *bufio.Reader
	out io.Writer
	o   Options

	mu      sync.Mutex // guards what follows, and out
	speaker bot.Speaker
	where   bot.Address
	people  []string // who spoke, in order
	count   int
	prompt  bool // the line begins with a prompt
	hidden  int  // posts to people who never spoke here
}

// New makes a Terminal that reads in and writes out.
func New(in io.Reader, out io.Writer, o Options) *Terminal {
	if o.Width <= 0 {
		o.Width = 80
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Becomes == nil {
		o.Becomes = func(context.Context, bot.Speaker, string) (string, error) { return "", nil }
	}
	return &Terminal{in: bufio.NewReader(in), out: out, o: o}
}

// Network is always the same: one terminal is open on a register at a time.
func (t *Terminal) Network() bot.Network { return Network }

// longestLine is how many bytes of one line are read.
const longestLine = 1 << 20

// Run reads lines until the input ends, /quit is typed or ctx ends. While it waits for a line the end of ctx
// is noticed at once, but the line is still read from in.
func (t *Terminal) Run(ctx context.Context, receive func(context.Context, bot.Message) error) error {
	for _, line := range t.o.Welcome {
		t.print(line)
	}
	as := t.o.As
	if as == "" {
		as = "you"
	}
	if err := t.become(ctx, as); err != nil {
		return err
	}
	type read struct {
		line string
		err  error
	}
	lines, more := make(chan read), make(chan struct{})
	defer close(more)
	go func() {
		for range more {
			line, err := t.readLine()
			select {
			case lines <- read{line, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		t.showPrompt()
		select {
		case more <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		var r read
		select {
		case r = <-lines:
		case <-ctx.Done():
			return nil
		}
		t.typed()
		if r.line != "" {
			quit, err := t.take(ctx, r.line, receive)
			if err != nil || quit {
				return err
			}
		}
		if errors.Is(r.err, io.EOF) {
			if t.o.Prompt {
				t.print("")
			}
			return nil
		}
		if r.err != nil {
			return fmt.Errorf("read what was typed: %w", r.err)
		}
	}
}

// readLine reads one line; of one that is too long, its beginning.
func (t *Terminal) readLine() (string, error) {
	var line []byte
	for {
		part, err := t.in.ReadSlice('\n')
		if len(line) < longestLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimRight(string(line[:min(len(line), longestLine)]), "\r\n"), err
		}
	}
}

// take says a line to the bot, or does what it asks of the terminal.
func (t *Terminal) take(ctx context.Context, line string, receive func(context.Context, bot.Message) error) (quit bool, err error) {
	if strings.HasPrefix(line, "/") {
		return t.command(ctx, strings.TrimSpace(line))
	}
	m, ok := t.message(line)
	if !ok {
		return false, nil
	}
	if err := receive(ctx, m); err != nil {
		t.print(fmt.Sprintf("That could not be kept, so it was not heard: %v", err))
		return false, nil
	}
	if t.o.Settle != nil {
		return false, t.o.Settle(ctx)
	}
	return false, nil
}

const help = `/as NAME (ORGANISATION)  speak as somebody else; the brackets may be left out
/in #ROOM                speak in a room, to the bot when you begin with @ginnel
/in private              speak to the bot alone
/who                     who has spoken here
/later 3 days            let time go by: minutes, hours, days or weeks
/quit                    leave; what you did is kept
All else is said to the bot. Say help to hear what it can do.`

func (t *Terminal) command(ctx context.Context, line string) (quit bool, err error) {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "/quit" || word == "/exit":
		return true, nil
	case word == "/help":
		for l := range strings.SplitSeq(help, "\n") {
			if t.o.Later != nil || !strings.HasPrefix(l, "/later") {
				t.print(l)
			}
		}
	case word == "/who":
		t.print(strings.Join(t.people, ", "))
	case word == "/later" && t.o.Later != nil:
		told, err := t.o.Later(ctx, rest)
		if problem, ok := errors.AsType[*bot.Problem](err); ok {
			t.print(problem.Reply.Plain())
			return false, nil
		}
		if err != nil {
			return false, err
		}
		t.mu.Lock()
		hidden := t.hidden
		t.hidden = 0
		t.mu.Unlock()
		switch {
		case hidden == 1:
			told += " (One message went to somebody who has not spoken here.)"
		case hidden > 1:
			told += fmt.Sprintf(" (%d messages went to people who have not spoken here.)", hidden)
		}
		t.print(told)
	case word == "/as" && rest != "":
		return false, t.become(ctx, rest)
	case word == "/in" && rest == "private":
		t.mu.Lock()
		t.where = bot.Private(t.speaker)
		t.mu.Unlock()
		t.print("You speak to the bot alone.")
	case word == "/in" && rest != "":
		room := clean.OneLine(strings.TrimPrefix(rest, "#"))
		t.mu.Lock()
		t.where = bot.Address{Network: Network, Room: roomID(room)}
		t.mu.Unlock()
		t.print("You speak in #" + room + ". The bot hears what begins with @ginnel.")
	default:
		t.print("The terminal knows no " + clean.Shorten(clean.OneLine(line), 60) + ". /help lists what it knows; to talk to the bot, leave the stroke away.")
	}
	return false, nil
}

func (t *Terminal) become(ctx context.Context, as string) error {
	name, organisation := splitAs(as)
	if name == "" {
		t.print("Whom? Say it like this: /as Amina (Tallow Lane Repair Café)")
		return nil
	}
	s := Speaker(name)
	t.mu.Lock()
	t.speaker, t.where = s, bot.Private(s)
	if !slices.Contains(t.people, s.Name) {
		t.people = append(t.people, s.Name)
	}
	t.mu.Unlock()
	told, err := t.o.Becomes(ctx, s, organisation)
	if err != nil {
		return err
	}
	if told != "" && t.o.Prompt {
		t.print(told)
	}
	return nil
}

// Send prints a post.
func (t *Terminal) Send(_ context.Context, p bot.Post) (bot.MessageID, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	id := bot.MessageID(t.o.Session + "/said/" + strconv.Itoa(t.count))
	if t.o.Later != nil && p.Where.Room == "" && !slices.ContainsFunc(p.Where.People, t.spoke) {
		t.hidden++
		return id, nil
	}
	text := render(p, t.where, t.o.Width)
	if t.prompt {
		text = "\n" + text
		t.prompt = false
	}
	if _, err := io.WriteString(t.out, text); err != nil {
		return "", bot.SendLater(fmt.Errorf("print: %w", err), 0)
	}
	// Where the bot answers before the next line is read, the prompt comes with that.
	if t.o.Prompt && t.o.Settle == nil {
		t.writePrompt()
	}
	return id, nil
}

// spoke tells whether a person spoke here. With a clock that jumps by weeks the others would drown out the rest.
func (t *Terminal) spoke(u bot.UserID) bool {
	return slices.ContainsFunc(t.people, func(name string) bool { return Speaker(name).ID == u })
}

// Room is the room of that gathering: a terminal opens none.
func (t *Terminal) Room(_ context.Context, gather string, _ []bot.UserID, _ string) (bot.RoomID, error) {
	return roomID(gather), nil
}

func (t *Terminal) print(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.prompt {
		fmt.Fprintln(t.out)
		t.prompt = false
	}
	fmt.Fprintln(t.out, line)
}

func (t *Terminal) showPrompt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.o.Prompt && !t.prompt {
		t.writePrompt()
	}
}

func (t *Terminal) writePrompt() {
	where := ""
	if t.where.Room != "" {
		where = " in #" + string(t.where.Room)
	}
	fmt.Fprint(t.out, t.speaker.Name+where+"> ")
	t.prompt = true
}

// typed says that a person ended the line which the prompt began.
func (t *Terminal) typed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.prompt = false
}
