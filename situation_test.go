package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// situations are the places in a conversation in which somebody says something, each as what led there in the sample town.
// The last to speak is who says it.
var situations = map[string]struct{ who, room, script string }{
	"new":      {who: "Maryam"},                  // a stranger
	"idle":     {who: "Amina"},                   // of Tallow Lane Repair Café, with nothing open
	"results":  {who: "Amina", script: accounts}, // was shown Count Me In and Nine Arches Credit Union
	"waiting":  {who: "Amina", script: asking},   // asked Count Me In, and waits
	"asked":    {who: "Tariq", script: asking},   // of Count Me In, is asked to meet them
	"proposal": {who: "Harpreet", script: "(one week later)\n"},
	"consent":  {who: "Maryam", script: "Maryam> we are Harthwaite Chess Club, QX6\n"},
	"met":      {who: "Amina", script: asking + "Tariq> yes\n(three weeks later)\n"},
	"undo":     {who: "Amina", script: "Amina> we can offer chess lessons\n"},
	"forget":   {who: "Amina", script: "Amina> forget me\n"},
	// Asked whether to meet others that have the same need.
	"gather":   {who: "Amina", script: asking + "Tariq> yes\n(one week later)\n"},
	"room":     {who: "Amina", room: "hall"}, // to the bot, in a room
	"listened": {who: "Amina", room: "hall, to others", script: listening},
	"plain":    {who: "Amina", room: "hall, to others"}, // not to the bot, in a room where it does not listen
}

const (
	accounts  = "Amina> who can help with our accounts?\n"
	asking    = accounts + "Amina> 1\n"
	listening = "Ruth> coordinator plum harbour kettle\nRuth in #hall> listen here\n"
)

// A scene is a situation made ready: its database, and the time it is there.
type scene struct {
	name      string
	who, room string
	data      []byte
	now       time.Time
	open      string            // what was said last to whom speaks
	before    registerRows      // what the register says before anything more is said
	canonical map[string]string // what it answers here to sentences of its own
}

// newScene plays a situation of the sample town to its end.
func newScene(t *testing.T, name string) *scene {
	t.Helper()
	s, ok := situations[name]
	if !ok {
		t.Fatalf("there is no situation %q", name)
	}
	url := storagetest.SQLite(t)
	k := newConversation(t, url)
	k.given("the sample network", nil)
	k.play(s.script)
	made := &scene{name: name, who: s.who, room: s.room, now: k.now, canonical: map[string]string{}}
	for _, said := range k.said {
		if len(said.post.Where.People) == 1 && said.post.Where.People[0] == bot.UserID(s.who) {
			made.open = said.post.Reply.Plain()
		}
	}
	if err := k.db.Close(); err != nil { // this folds the log into the file
		t.Fatal(err)
	}
	var err error
	if made.data, err = os.ReadFile(url); err != nil {
		t.Fatal(err)
	}
	made.before = readRegister(t, url)
	return made
}

// An outcome is what became of one message.
type outcome struct {
	changed []string  // what happened to the register, in the words of registerRows.since
	reply   bot.Reply // the answer to whoever said it, nil for silence
	told    bool      // somebody else was told something
}

// say says text in a copy of the scene, and then presses one of the choices in the answer, counted from one, unless that is 0.
func (s *scene) say(t *testing.T, text string, press int) outcome {
	t.Helper()
	dir, err := os.MkdirTemp("", "scene")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	url := filepath.Join(dir, "ginnel.db")
	if err := os.WriteFile(url, s.data, 0o600); err != nil {
		t.Fatal(err)
	}
	k := newConversationAt(t, url, s.now)
	k.count = 1 << 20 // past the numbers of all that was said in the scene
	room, others := strings.CutSuffix(s.room, ", to others")
	k.say(s.who, room, !others, text)
	k.settle()
	var out outcome
	if press > 0 {
		k.said = nil
		k.does(s.who, "presses", strconv.Itoa(press))
		k.settle()
	}
	for _, said := range k.said {
		where := said.post.Where
		switch {
		case where.IsPrivate() && where.People[0] == bot.UserID(s.who), where.Room != "" && string(where.Room) == room:
			out.reply = append(out.reply, said.post.Reply...)
		default:
			out.told = true
		}
	}
	if err := k.db.Close(); err != nil {
		t.Fatal(err)
	}
	out.changed = readRegister(t, url).since(s.before)
	return out
}

// answers is the first line of what the bot answers in this scene to a sentence of its own.
func (s *scene) answers(t *testing.T, sentence string) string {
	t.Helper()
	line, ok := s.canonical[sentence]
	if !ok {
		line = firstLine(s.say(t, sentence, 0).reply)
		s.canonical[sentence] = line
	}
	return line
}

func firstLine(r bot.Reply) string {
	line, _, _ := strings.Cut(r.Plain(), "\n")
	return line
}
