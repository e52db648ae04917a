//go:build goolm

// Try shows Ginnel on Matrix: it starts a homeserver on this machine, the bot, and two people who are played from the
// terminal, each with an app that encrypts.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix/homeserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "try:", err)
		os.Exit(1)
	}
}

// play is what runs.
type play struct {
	bot    id.UserID
	people map[string]*homeserver.Person
	chats  map[string]id.RoomID
	hall   id.RoomID
	as     string
	inHall bool
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("it wants two programs: the homeserver, and ginnel")
	}
	fmt.Println("Starting a homeserver on this machine …")
	s, err := homeserver.Start(args[0], "")
	if err != nil {
		return err
	}
	defer s.Stop()
	user, err := s.RegisterAs(ctx, "ginnel")
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "ginnel-try")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	bot := exec.CommandContext(ctx, args[1], "serve", "--log-level", "error")
	bot.Env = append(
		os.Environ(), "GINNEL_DATABASE="+folder+"/ginnel.db", "GINNEL_HEALTH=-",
		"MATRIX_HOMESERVER="+s.URL, "MATRIX_USER="+user, "MATRIX_PASSWORD="+homeserver.Password,
	)
	bot.Stderr = os.Stderr
	if err := bot.Start(); err != nil {
		return err
	}
	defer func() {
		_ = bot.Process.Signal(os.Interrupt)
		_ = bot.Wait()
	}()
	p := &play{bot: id.UserID(user), people: map[string]*homeserver.Person{}, chats: map[string]id.RoomID{}, as: "amina"}
	for _, name := range []string{"amina", "tom"} {
		who, err := s.RegisterAs(ctx, name)
		if err != nil {
			return err
		}
		if p.people[name], err = homeserver.Connect(ctx, s.URL, who, homeserver.Password); err != nil {
			return err
		}
		defer p.people[name].Close()
		if p.chats[name], err = p.open(ctx, p.people[name], true); err != nil {
			return err
		}
	}
	if p.hall, err = p.open(ctx, p.people["amina"], false, p.people["tom"].ID); err != nil {
		return err
	}
	fmt.Print(`You are amina, in an encrypted private chat with the bot. What is typed is said, so type for example, without what is explained
behind it; 🔒 stands before what was read encrypted:

  list us as “Tallow Lane Repair Café”, “QX3”
  /as tom                      be somebody else, in private with the bot
  list us as “Tally Trust”, “QX2”
  we can offer help with annual accounts
  /as amina
  /hall                        speak in a room with tom and the bot; to the bot with !ginnel in front
  !ginnel who can help with our accounts?
  1                            asks Tally Trust, in private
  /as tom
  yes                          both read in a room of their own that they are introduced
  /private                     back from the room to the private chat
  /quit

`)
	go p.show(ctx)
	lines := bufio.NewScanner(os.Stdin)
	for ctx.Err() == nil && lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line == "/quit" {
			break
		} else if err := p.take(ctx, line); err != nil {
			fmt.Println(err)
		}
	}
	time.Sleep(2 * time.Second) // for the last answers, where a pipe is played
	return nil
}

// open opens an encrypted room with the bot, and waits until it has come.
func (p *play) open(ctx context.Context, who *homeserver.Person, direct bool, others ...id.UserID) (id.RoomID, error) {
	req := &mautrix.ReqCreateRoom{
		Preset: "trusted_private_chat", IsDirect: direct, Invite: append(others, p.bot),
		InitialState: []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}},
	}
	if !direct {
		req.Preset, req.Name = "private_chat", "Hall"
	}
	made, err := who.Client.CreateRoom(ctx, req)
	if err != nil {
		return "", err
	}
	if err := who.Know(ctx, made.RoomID); err != nil {
		return "", err
	}
	const patience = time.Minute
	for end := time.Now().Add(patience); !who.Client.StateStore.IsInRoom(ctx, made.RoomID, p.bot); time.Sleep(50 * time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(end) {
			return "", fmt.Errorf("the bot does not come to a room")
		}
	}
	return made.RoomID, nil
}

func (p *play) take(ctx context.Context, line string) error {
	switch word, rest, _ := strings.Cut(line, " "); {
	case line == "":
	case word == "/as" && p.people[rest] != nil:
		p.as, p.inHall = rest, false
		fmt.Printf("You are %s, in private with the bot.\n", rest)
	case word == "/hall", word == "/private":
		p.inHall = word == "/hall"
	case strings.HasPrefix(line, "/"):
		fmt.Println("There are /as amina, /as tom, /hall, /private and /quit.")
	default:
		room := p.chats[p.as]
		if p.inHall {
			room = p.hall
		}
		c := &event.MessageEventContent{MsgType: event.MsgText, Body: line}
		if p.inHall && line[0] >= '0' && line[0] <= '9' {
			c.RelatesTo = p.thread()
		}
		_, err := p.people[p.as].Send(ctx, room, c)
		return err
	}
	return nil
}

// thread is where the bot spoke last in the hall: a number is said there.
func (p *play) thread() (r *event.RelatesTo) {
	for _, h := range p.people[p.as].Heard() {
		if root := threadOf(h); h.Room == p.hall && h.Event.Sender == p.bot && root != "" {
			r = (&event.RelatesTo{}).SetThread(root, h.Event.ID)
		}
	}
	return r
}

// show prints what people read.
func (p *play) show(ctx context.Context) {
	shown := map[string]int{}
	for ctx.Err() == nil {
		for name, who := range p.people {
			heard := who.Heard()
			for _, h := range heard[shown[name]:] {
				if h.Content == nil {
					continue
				}
				lock := ""
				if h.Encrypted {
					lock = "🔒 "
				}
				fmt.Printf("\n%s%s reads, from %s:\n  %s\n", lock, name, h.Event.Sender.Localpart(), strings.ReplaceAll(h.Content.Body, "\n", "\n  "))
			}
			shown[name] = len(heard)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func threadOf(h homeserver.Heard) id.EventID {
	if h.Content == nil {
		return ""
	}
	return h.Content.RelatesTo.GetThreadParent()
}
