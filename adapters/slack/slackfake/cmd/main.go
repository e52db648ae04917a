// Command cmd serves a local Slack on loopback, to which any Slack client can be pointed, and lets whoever sits at the
// terminal be the people in it.
//
//	go run ./adapters/slack/slackfake/cmd --view
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"ginnel/adapters/slack/slackfake"
)

const usage = `Be anybody, a line at a time; people and channels are made when they are first named:
  Amina invites #help                                 invites the app to a channel, where it hears nothing before
  Amina #help: @Ginnel who can help with accounts?    says it in a channel
  Amina: hello                                        says it in private
  Amina /ginnel help                                  types a command (Amina #help /ginnel …: in a channel)
  Amina home                                          opens the Home tab
  Amina presses Yes                                   presses the newest button of that label that she sees
  Amina fills What = tea                              fills a field of the open form; then: Amina submits, or closes
  Amina runs offer_something                          runs a global shortcut (with "on" at its end: on the newest message)
`

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "slackfake:", err)
		os.Exit(1)
	}
}

func run() error {
	address := flag.String("address", "127.0.0.1:8065", "where to serve, on loopback")
	view := flag.Bool("view", false, "draw what stands in it, as a page at the same address")
	seed := flag.Uint64("seed", 1, "the same number gives the same tokens and ids")
	manifest := flag.String("manifest", "", "a file with an app manifest, in JSON, that says what the app may do")
	requestURL := flag.String("request-url", "", "deliver events over HTTP to this address instead of Socket Mode")
	probe := flag.String("probe", "", "compare with a real Slack, in this channel and with this person: C…,U…")
	environment := flag.String("environment", "", "write what an app needs into this file too, a setting a line")
	flag.Parse()
	if *probe != "" {
		channel, user, _ := strings.Cut(*probe, ",")
		return compare(os.Stdout, channel, user)
	}
	if err := loopback(*address); err != nil {
		return err
	}
	options := []slackfake.Option{slackfake.Address(*address), slackfake.Seed(*seed)}
	if *view {
		options = append(options, slackfake.Viewed())
	}
	w, err := slackfake.Start(options...)
	if err != nil {
		return err
	}
	defer w.Close()
	a := w.App()
	if *manifest != "" {
		data, err := os.ReadFile(*manifest)
		if err != nil {
			return err
		}
		if err := a.Manifest(data); err != nil {
			return err
		}
	}
	// These are made up, and of no use anywhere else.
	settings := fmt.Sprintf("GINNEL_SLACK_API_URL=%s\nSLACK_BOT_TOKEN=%s\nSLACK_APP_TOKEN=%s\nSLACK_SIGNING_SECRET=%s\n",
		w.URL(), a.BotToken, a.AppToken, a.SigningSecret)
	fmt.Print(settings)
	if *environment != "" {
		if err := os.WriteFile(*environment, []byte(settings), 0o600); err != nil {
			return err
		}
	}
	if *view {
		fmt.Printf("What stands in it: http://%s/\n", *address)
	}
	if *requestURL != "" {
		if err := a.ListensAt(*requestURL); err != nil {
			return err
		}
	}
	fmt.Print("\n", usage, "\n")
	go tell(w)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := obey(w, lines.Text()); err != nil {
			fmt.Println("!", err)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	// Without a terminal it serves until it is ended.
	select {}
}

// loopback refuses every address that others could reach: this Slack believes whoever comes.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("it serves on loopback only, such as 127.0.0.1:8065")
	}
	return nil
}

// people are those who were named in a line.
var people sync.Map

// tell prints what the app says, and what the Home tabs and windows of people show, as they come.
func tell(w *slackfake.World) {
	told := map[string]string{}
	show := func(what, plain string, buttons []string) {
		fmt.Printf("  %s:\n    %s\n", what, strings.ReplaceAll(plain, "\n", "\n    "))
		if len(buttons) > 0 {
			fmt.Printf("    [%s]\n", strings.Join(buttons, "] ["))
		}
	}
	for ; ; time.Sleep(200 * time.Millisecond) {
		people.Range(func(_, one any) bool {
			p := one.(*slackfake.Person)
			for _, v := range []*slackfake.View{p.Home(), p.Modal()} {
				if v == nil || told[v.ID] == v.Hash {
					continue
				}
				told[v.ID] = v.Hash
				what := p.Name + "’s Home tab"
				if v.Title() != "" {
					what = p.Name + "’s window “" + v.Title() + "”"
				}
				show(what, v.Plain(), v.Buttons())
			}
			return true
		})
		for _, m := range w.Everything() {
			if !m.FromApp() || told[m.TS] == m.Edited+m.Plain() {
				continue
			}
			told[m.TS] = m.Edited + m.Plain()
			only := ""
			if m.Only != nil {
				only = " (only " + m.Only.Name + " sees it)"
			}
			show(w.NameOf(m.In)+only, m.Plain(), m.Buttons())
		}
	}
}

var errLine = errors.New("not understood; the first lines above say what is")

// obey does what a line says that somebody does.
func obey(w *slackfake.World, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	who, rest, found := strings.Cut(line, " ")
	if name, text, private := strings.Cut(line, ":"); private && !strings.Contains(name, " ") {
		person(w, name).Writes(strings.TrimSpace(text))
		return nil
	}
	if !found {
		return errLine
	}
	p := person(w, who)
	in := p.Chat()
	if strings.HasPrefix(rest, "#") {
		end := strings.IndexAny(rest, ": ")
		if end < 0 {
			return errLine
		}
		in = channel(w, rest[1:end])
		p.Joins(in)
		said := strings.TrimSpace(rest[end:])
		if text, ok := strings.CutPrefix(said, ":"); ok {
			p.Says(in, strings.TrimSpace(text))
			if !slices.Contains(in.Members(), w.App().Bot()) {
				fmt.Printf("  (%s is not in that channel, so it hears nothing there. Say first: %s invites %s)\n", w.App().Name, who, rest[:end])
			}
			return nil
		}
		rest = said
	}
	if strings.HasPrefix(rest, "/") {
		return p.Types(in, rest)
	}
	verb, what, _ := strings.Cut(rest, " ")
	switch verb {
	case "home":
		p.OpensHome()
		return nil
	case "presses":
		return press(w, p, what)
	case "fills":
		label, value, ok := strings.Cut(what, " = ")
		if !ok {
			return errLine
		}
		return p.Fills(label, value)
	case "submits":
		return p.Submits()
	case "closes":
		return p.Closes()
	case "runs":
		if callback, ok := strings.CutSuffix(what, " on"); ok {
			all := slices.DeleteFunc(w.Everything(), func(m *slackfake.Message) bool { return m.Only != nil })
			if len(all) == 0 {
				return errors.New("nothing has been said")
			}
			return p.MessageShortcut(callback, all[len(all)-1])
		}
		return p.Shortcut(what)
	case "invites":
		c := channel(w, strings.TrimPrefix(what, "#"))
		p.Joins(c)
		p.Invites(c, w.App().Bot())
		return nil
	}
	return errLine
}

// press presses the button of that label in the open form, on the newest message that has it, or in the Home tab.
func press(w *slackfake.World, p *slackfake.Person, label string) error {
	if p.Modal() != nil && p.PressesInModal(label) == nil {
		return nil
	}
	all := w.Everything()
	for i := len(all) - 1; i >= 0; i-- {
		for _, b := range all[i].Buttons() {
			if b == label && (all[i].Only == nil || all[i].Only == p) {
				return p.Presses(all[i], label)
			}
		}
	}
	return p.PressesHome(label)
}

func person(w *slackfake.World, name string) *slackfake.Person {
	p := w.PersonNamed(name)
	if p == nil {
		p = w.Person(name)
	}
	people.Store(name, p)
	return p
}

func channel(w *slackfake.World, name string) *slackfake.Channel {
	if c := w.ChannelNamed(name); c != nil {
		return c
	}
	return w.Channel(name)
}
