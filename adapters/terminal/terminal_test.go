package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ginnel/adapters/adaptertest"
	"ginnel/adapters/terminal"
	"ginnel/bot"
	"ginnel/bot/clean"
)

// A screen can be read while it is written to.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestContract(t *testing.T) {
	adaptertest.Contract(t, func(t *testing.T) adaptertest.Bench {
		in, typing := io.Pipe()
		t.Cleanup(func() { typing.Close() })
		out := &screen{}
		say := func(text string) {
			if _, err := io.WriteString(typing, text+"\n"); err != nil {
				t.Error(err)
			}
		}
		return adaptertest.Bench{
			Adapter: terminal.New(in, out, terminal.Options{As: "Amina", Session: "s"}), Shown: out.String,
			People: []bot.UserID{"amina", "tom"},
			Say:    say, Aside: func(text string) { say("/in #hall\n" + text) },
		}
	})
}

// play types lines into a terminal whose bot repeats what it hears, and returns what was shown and heard.
func play(t *testing.T, o terminal.Options, lines ...string) (shown string, heard []bot.Message) {
	t.Helper()
	out := &screen{}
	term := terminal.New(strings.NewReader(strings.Join(lines, "\n")), out, o)
	err := term.Run(t.Context(), func(ctx context.Context, m bot.Message) error {
		if strings.Contains(m.Text, "full disk") {
			return errors.New("the disk is full")
		}
		heard = append(heard, m)
		_, err := term.Send(ctx, bot.Post{Where: m.Where, For: m.From.ID, Reply: bot.Lines(bot.Text("you said " + m.Text))})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), heard
}

func TestATerminalReads(t *testing.T) {
	shown, heard := play(
		t, terminal.Options{
			As: "Amina (Repair Café)", Session: "s", Prompt: true, Welcome: []string{"Welcome."},
			Becomes: func(_ context.Context, s bot.Speaker, organisation string) (string, error) {
				return s.Name + " is here, of “" + organisation + "”.", nil
			},
		},
		"hello", "", "/as Tom", "hi", "/in #hall", "psst", "@ginnel help", "/who", "/fly", "/as", "full disk", "/in private", "bye", "/quit", "never heard",
	)
	want := `Welcome.
Amina is here, of “Repair Café”.
Amina> 
ginnel> you said hello
Amina> Amina> Tom is here, of “”.
Tom> 
ginnel> you said hi
Tom> You speak in #hall. The bot hears what begins with @ginnel.
Tom in #hall> 
ginnel> you said psst
Tom in #hall> 
ginnel> you said help
Tom in #hall> Amina, Tom
Tom in #hall> The terminal knows no /fly. /help lists what it knows; to talk to the bot,
leave the stroke away.
Tom in #hall> The terminal knows no /as. /help lists what it knows; to talk to the bot,
leave the stroke away.
Tom in #hall> That could not be kept, so it was not heard: the disk is full
Tom in #hall> You speak to the bot alone.
Tom> 
ginnel> you said bye
Tom> `
	// What the person types is echoed by the terminal itself, and so is not here.
	if got := strings.ReplaceAll(shown, "\n\n", "\n"); squeezed(got) != squeezed(want) {
		t.Errorf("shown\n%s\nwant\n%s", got, want)
	}
	for i, m := range heard {
		if wantTo := m.Text != "psst"; m.ToUs != wantTo {
			t.Errorf("message %d: %+v", i, m)
		}
	}
}

// squeezed is s without its spacing: where lines break depends on who breaks them.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestWhatBeginsWithItsNameIsForTheBot(t *testing.T) {
	for line, want := range map[string]string{
		"@ginnel help": "help", "@Ginnel: help": "help", "ginnel, help": "help", "Ginnel: help": "help", "  @ginnel   help": "help",
	} {
		_, heard := play(t, terminal.Options{}, "/in #hall", line)
		if len(heard) != 1 || !heard[0].ToUs || heard[0].Text != want {
			t.Errorf("%q is heard as %+v", line, heard)
		}
	}
	for _, line := range []string{"ginnel is a nice word", "@ginnels help", "ginnelly, help", "I like ginnel"} {
		_, heard := play(t, terminal.Options{}, "/in #hall", line)
		if len(heard) != 1 || heard[0].ToUs || heard[0].Text != line {
			t.Errorf("%q is heard as %+v", line, heard)
		}
	}
}

func TestALongLineIsCutAndNotRefused(t *testing.T) {
	_, heard := play(t, terminal.Options{}, strings.Repeat("a", 3<<20), "after")
	if len(heard) != 2 || len(heard[0].Text) != 1<<20 || heard[1].Text != "after" {
		t.Errorf("heard %d messages", len(heard))
	}
}

func TestItSaysToWhomItSpeaks(t *testing.T) {
	out := &screen{}
	term := terminal.New(strings.NewReader(""), out, terminal.Options{As: "Amina"})
	if err := term.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	reply := bot.Lines(bot.Text("hello"))
	for _, where := range []bot.Address{
		bot.Private(terminal.Speaker("Amina")), bot.Private(terminal.Speaker("Tom Bell")),
		{Network: terminal.Network, Room: "hall"},
		{Network: terminal.Network, Room: "hall", Only: "maryam"},
		{Network: terminal.Network, People: []bot.UserID{"amina", "tom bell"}, Gather: "x"},
	} {
		if _, err := term.Send(t.Context(), bot.Post{Where: where, Reply: reply}); err != nil {
			t.Fatal(err)
		}
	}
	want := "ginnel> hello\nginnel to Tom Bell, in private> hello\nginnel in #hall> hello\n" +
		"ginnel to Maryam, in private> hello\nginnel to Amina and Tom Bell, in private> hello\n"
	if got := out.String(); got != want {
		t.Errorf("shown\n%s\nwant\n%s", got, want)
	}
}

// TestNothingIsLostInLines: whatever is said, every word of it is shown, in lines that fit.
func TestNothingIsLostInLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(40, 120).Draw(t, "width")
		text := rapid.StringMatching(`[ ]{0,9}([a-zé€]{1,12} ){1,40}`).Draw(t, "text")
		if clean.OneLine(text) == "" {
			return
		}
		out := &screen{}
		term := terminal.New(strings.NewReader(""), out, terminal.Options{Width: width})
		reply := bot.Lines(bot.Text(text)).With([]bot.Line{bot.Text(text)}).Choose(bot.Choice{Label: text, Say: text})
		if _, err := term.Send(context.Background(), bot.Post{Where: bot.Address{Network: terminal.Network, Room: "x"}, Reply: reply}); err != nil {
			t.Fatal(err)
		}
		shown := out.String()
		if got, want := squeezed(shown), squeezed("ginnel in #x> "+text+" - "+text+" 1 "+text); got != want {
			t.Fatalf("shown %q, want %q", got, want)
		}
		for line := range strings.Lines(shown) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > width {
				t.Fatalf("%q is %d characters long, of %d", line, n, width)
			}
		}
	})
}

// FuzzTerminal: whatever is typed and said, no control character reaches the screen, and nothing panics.
func FuzzTerminal(f *testing.F) {
	f.Add("hello\n/as Tom\n/in #x\n@ginnel \x1b[2J")
	f.Add("/as \u202e(\x00)\n\xff\xfe")
	f.Add("/in #\x1b]0;title\a\nginnel, hi")
	f.Fuzz(func(t *testing.T, typed string) {
		out := &screen{}
		term := terminal.New(strings.NewReader(typed), out, terminal.Options{Prompt: true})
		err := term.Run(t.Context(), func(ctx context.Context, m bot.Message) error {
			_, err := term.Send(ctx, bot.Post{Where: m.Where, For: m.From.ID, Reply: bot.Lines(bot.Text(m.Text), bot.Text(m.From.Name))})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range out.String() {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("the control character %q is shown in %q", r, out.String())
			}
		}
	})
}

// TestLaterCountsWhatIsNotShown: with a clock that jumps, what goes to people who never spoke here is counted and not
// printed; and the count waits while /later is not understood.
func TestLaterCountsWhatIsNotShown(t *testing.T) {
	out := &screen{}
	var term *terminal.Terminal
	post := func(ctx context.Context, to string) error {
		_, err := term.Send(ctx, bot.Post{Where: bot.Private(terminal.Speaker(to)), Reply: bot.Lines(bot.Text("psst"))})
		return err
	}
	term = terminal.New(strings.NewReader("/later soon\n/later 1 day\n/later 2 days\n/later 3 days\n"), out, terminal.Options{
		As: "Amina", Session: "s",
		Later: func(ctx context.Context, text string) (string, error) {
			switch text {
			case "soon":
				return "", errors.Join(post(ctx, "Tom"), bot.Trouble(bot.Text("How long?")))
			case "1 day":
				return "Tomorrow.", nil
			case "2 days":
				return "Later.", errors.Join(post(ctx, "Tom"), post(ctx, "Priya"))
			}
			return "Much later.", nil
		},
	})
	if err := term.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	const want = `How long?
Tomorrow. (One message went to somebody who has not spoken here.)
Later. (2 messages went to people who have not spoken here.)
Much later.
`
	if out.String() != want {
		t.Errorf("shown:\n%s", out)
	}
}
