package main

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"ginnel/bot"
)

// What each family of bot/testdata/stop.tsv may lead to besides fewer messages: what the bot answers to one of these sentences, or
// a choice of one. Who asks for more than quiet is given that, or offered it.
var leads = map[string][]string{
	"stop":         {"stop everything", "stop nudges", "stop the digest", "forget me"},
	"less":         {"stop everything", "stop nudges", "stop the digest", "pause", "i am away"},
	"leave":        {"stop everything", "forget me"},
	"delete":       {"forget me", "my data"},
	"complain":     {"complain", "report"},
	"human":        {"complain", "report", "privacy"},
	"safeguarding": {"complain", "report", "somebody is in danger"},
}

// TestStopIsUnderstood says each of bot/testdata/stop.tsv as a stranger, as a member with nothing open, and as one who is asked
// whether to meet another group. Each time the messages stop, or it leads to what was asked for that is stronger; nothing else
// happens, and nobody is told that it is not understood.
func TestStopIsUnderstood(t *testing.T) {
	rows := readList(t, "bot/testdata/stop.tsv", 61)[1:]
	var mu sync.Mutex
	failed, harmed := map[string]bool{}, []string{}
	t.Run("as", func(t *testing.T) {
		for _, name := range []string{"new", "idle", "proposal"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, name)
				for _, row := range rows {
					out := s.say(t, row[1], 0)
					ok, hurt := s.stops(t, row[0], out)
					mu.Lock()
					failed[row[1]] = failed[row[1]] || !ok
					if hurt {
						harmed = append(harmed, name+", "+row[1]+": "+strings.Join(out.changed, " "))
					}
					mu.Unlock()
					if !ok {
						t.Logf("%s, not understood: %s; %v; %.150q", row[0], row[1], out.changed, out.reply.Plain())
					}
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	understood := 0
	for _, row := range rows {
		if !failed[row[1]] {
			understood++
		}
	}
	t.Logf("%d of %d are understood in every situation; %d did harm in one of them", understood, len(rows), len(harmed))
	for _, h := range harmed {
		t.Logf("harm: %s", h)
	}
	if understood < leastStopped || len(harmed) > mostStopHarm {
		t.Errorf("%d are understood, and %d did harm", understood, len(harmed))
	}
}

// stops tells whether what became of a message of a family is right, and otherwise whether something happened that was not meant.
func (s *scene) stops(t *testing.T, family string, out outcome) (ok, harm bool) {
	t.Helper()
	quiet := false
	for _, c := range out.changed {
		switch {
		case c == "stopped":
			quiet = true
		case c == "report+" && slices.Contains(leads[family], "report"):
			return true, false
		default:
			return false, true
		}
	}
	if out.told {
		return false, true
	}
	if s.isLost(t, out.reply) || out.reply == nil {
		return false, false
	}
	for _, sentence := range leads[family] {
		offers := func(c bot.Choice) bool { return strings.HasPrefix(c.Say, sentence) }
		quiet = quiet || firstLine(out.reply) == s.answers(t, sentence) || slices.ContainsFunc(out.reply.Choices(), offers)
	}
	switch family {
	case "human": // who runs it is somebody to talk to
		quiet = quiet || strings.Contains(out.reply.Plain(), "Harthwaite Voluntary Action")
	case "safeguarding":
		quiet = quiet || strings.Contains(out.reply.Plain(), "999") || slices.ContainsFunc(out.reply.Choices(), func(c bot.Choice) bool {
			return strings.Contains(c.Say, "danger")
		})
	}
	return quiet, false
}

// What was reached when this was last measured: how many are understood in all three situations, and how often harm was done. The
// aim is all, and none.
const (
	leastStopped = 65
	mostStopHarm = 0
)
