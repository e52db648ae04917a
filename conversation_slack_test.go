package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ginnel/adapters/slack"
	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/layout"
	"ginnel/storage/storagetest"
)

// throughSlack is the real adapter before a local Slack, in a conversation: people speak in Slack, and what the bot says
// stands there.
type throughSlack struct {
	*slack.Slack
	k        *conversation
	home     bool // people have Home tabs
	w        *slackfake.World
	people   map[string]*slackfake.Person
	channels map[string]*slackfake.Channel
	said     map[string]*slackfake.Message // the last of each person
	at       map[bot.MessageID]bot.Post
}

// overSlack has a conversation held in Slack. What the files leave open stays as they expect: whispers and home pages are
// not told of, and messages change only where a file says that they can.
func overSlack(t *testing.T, options ...slackfake.Option) func(*conversation) {
	return func(k *conversation) {
		w := slackfake.New(t, append(options, slackfake.Unlimited())...)
		a := w.App()
		s, err := slack.New(slack.Options{
			Network: bot.Network("slack:" + a.Workspace().ID), APIURL: w.URL(), Log: slog.New(slog.DiscardHandler),
			Tokens: func() (slack.Tokens, error) { return slack.Tokens{Bot: a.BotToken, App: a.AppToken}, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		k.through = &throughSlack{
			Slack: s, k: k, w: w, people: map[string]*slackfake.Person{}, channels: map[string]*slackfake.Channel{},
			said: map[string]*slackfake.Message{}, at: map[bot.MessageID]bot.Post{},
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx, k.through.receive) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if v := w.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
		awaitThat(t, func() bool { return s.Ready() == nil })
	}
}

func awaitThat(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

// receive stores what the adapter brings, at the time of the conversation: the local Slack has a clock of its own.
func (x *throughSlack) receive(ctx context.Context, m bot.Message) error {
	m.At, m.In.Whispers, m.In.Home, m.In.Zone = x.k.now, false, x.home, ""
	return x.k.in.Receive(ctx, m)
}

// Pace is none to speak of: between two sentences of a conversation no time passes.
func (x *throughSlack) Pace() bot.Pace { return bot.Pace{AtOnce: 1} }

// Send says a post in Slack, and sees to it that it shows there what the conversation is told of.
func (x *throughSlack) Send(ctx context.Context, p bot.Post) (bot.MessageID, error) {
	id, err := x.Slack.Send(ctx, p)
	if err == nil && !p.Where.Home && isMessage(id) {
		x.shows(id, p)
		x.k.hear(id, p, "")
	}
	return id, err
}

// isMessage tells whether it is a message that stands in a chat, and no window.
func isMessage(id bot.MessageID) bool { return !strings.HasPrefix(string(id), "view/") }

// Edit changes a message in Slack, where the conversation says that messages can be changed.
func (x *throughSlack) Edit(ctx context.Context, id bot.MessageID, p bot.Post) error {
	if !x.k.edits {
		return bot.ErrCannotEdit
	}
	err := x.Slack.Edit(ctx, id, p)
	if err == nil {
		x.shows(id, p)
		x.k.hear(id, p, ", instead")
	}
	return err
}

// shows fails the test when a message does not show all words and all choices of a post.
func (x *throughSlack) shows(id bot.MessageID, p bot.Post) {
	m := x.message(id)
	if m == nil {
		x.k.t.Errorf("what was said as %s is not there", id)
		return
	}
	x.at[id] = p
	plain := m.Plain()
	for _, b := range p.Reply {
		for _, l := range append(slices.Clone(b.List), b.Line) {
			for _, s := range l {
				if words := strings.TrimSpace(s.Text); s.Person == "" && !strings.Contains(plain, clean.OneLine(words)) {
					x.k.t.Errorf("%q is not shown in %q", words, plain)
				}
			}
		}
	}
	buttons := m.Buttons()
	for _, c := range p.Reply.Choices() {
		if label := clean.Shorten(clean.OneLine(c.Label), layout.MaxLabel); !slices.Contains(buttons, label) {
			x.k.t.Errorf("%q is no button of %q", label, buttons)
		}
	}
}

func (x *throughSlack) message(id bot.MessageID) *slackfake.Message {
	channel, ts, _ := strings.Cut(string(id), "/")
	for _, m := range x.w.Everything() {
		if m.In.ID == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

func (x *throughSlack) person(name string) *slackfake.Person {
	if x.people[name] == nil {
		x.people[name] = x.w.Person(name)
	}
	return x.people[name]
}

func (x *throughSlack) speaker(name string) bot.Speaker {
	return bot.Speaker{Network: x.Network(), ID: bot.UserID(x.person(name).ID), Name: name}
}

// channel is the channel of that name, in which the bot is.
func (x *throughSlack) channel(name string) *slackfake.Channel {
	if x.channels[name] == nil {
		create := x.w.Channel
		if x.k.closed[name] {
			create = x.w.PrivateChannel
		}
		x.channels[name] = create(name, x.w.App().Bot())
	}
	return x.channels[name]
}

func (x *throughSlack) called(id, gather string) string {
	for name, c := range x.channels {
		if c.ID == id {
			return name
		}
	}
	for name, p := range x.people {
		if p.ID == id {
			return name
		}
	}
	if gather != "" {
		return gather
	}
	return id
}

func (x *throughSlack) mention() string { return "@" + x.w.App().Bot().Name + " " }

// say has somebody say something in Slack.
func (x *throughSlack) say(name, room string, toUs bool, text string) {
	p := x.person(name)
	place := p.Chat()
	if room != "" {
		place = x.channel(room)
		p.Joins(place)
		if toUs {
			text = x.mention() + text
		}
	}
	on := x.message(x.k.shown[bot.UserID(p.ID)])
	if on != nil && on.In == place && on.Thread != "" && strings.TrimPrefix(text, x.mention()) == "1" {
		x.said[name] = p.Answers(on, text) // there the choices stand
	} else {
		x.said[name] = p.Says(place, text)
	}
	awaitThat(x.k.t, x.w.Quiet)
}

// does has somebody do something in Slack. It is false for what has to be done without it.
func (x *throughSlack) does(name, what, how string, m bot.Message) bool {
	p := x.person(name)
	switch {
	case name == "ginnel" && what == "joins":
		inviter := x.person("Ivy")
		room := strings.TrimPrefix(how, "#")
		x.channels[room] = x.w.Channel(room, inviter)
		x.k.room.Room = bot.RoomID(x.channels[room].ID)
		inviter.Invites(x.channels[room], x.w.App().Bot())
	case name == "ginnel" && what == "leaves":
		room := x.channel(strings.TrimPrefix(how, "#"))
		x.k.room.Room = bot.RoomID(room.ID)
		room.Members()[0].Removes(room, x.w.App().Bot())
	case what == "opens home":
		p.OpensHome()
	case what == "edits it":
		if m.Where.InRoom() && m.ToUs {
			how = x.mention() + how
		}
		x.said[name] = p.Edits(x.said[name], how)
	case what == "deletes it":
		p.Deletes(x.said[name])
	case what == "presses":
		on := x.message(m.On)
		label := ""
		for _, c := range x.at[m.On].Reply.Choices() {
			if c.Say == m.Text {
				label = clean.Shorten(clean.OneLine(c.Label), layout.MaxLabel)
			}
		}
		if err := p.Presses(on, label); err != nil {
			x.k.t.Fatal(err)
		}
	default:
		return false
	}
	awaitThat(x.k.t, x.w.Quiet)
	return true
}

// unordered is a conversation step by step, in each of which what the bot says is sorted.
func unordered(text string) (steps []string) {
	var said []string // by the bot in this step
	flush := func() {
		slices.Sort(said)
		steps, said = append(steps, said...), nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		switch {
		case botLine.MatchString(line):
			said = append(said, line)
		case isHead(line) || line == "":
			flush()
			steps = append(steps, line)
		case len(said) > 0:
			said[len(said)-1] += "\n" + line
		default:
			steps = append(steps, line)
		}
	}
	flush()
	return steps
}

// TestConversationsInSlack plays the conversations through the Slack adapter.
func TestConversationsInSlack(t *testing.T) {
	files, err := filepath.Glob("bot/testdata/talk/*.txt")
	if err != nil || len(files) < 25 {
		t.Fatalf("found %d conversations, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newConversation(t, storagetest.SQLite(t), overSlack(t)).play(strings.TrimSpace(string(text)) + "\n")
			// People have other ids there, so who is told first of what all are told differs.
			if diff := cmp.Diff(unordered(string(text)), unordered(got)); diff != "" {
				t.Errorf("%s (-written +said):\n%s", file, diff)
			}
		})
	}
}
