package intent

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestParts: a message is taken apart where it says several things, and nowhere else.
func TestParts(t *testing.T) {
	r := New()
	for _, c := range []struct {
		open, text string
		want       []string // intent: text
	}{
		{"introduction", "yes and can you also find us a van", []string{"answer.yes: yes", "question.ask: can you also find us a van"}},
		{"introduction", "yes but not until the new year", []string{"answer.yes: yes but not until the new year"}},
		{"introduction", "who are they and what do they need", []string{"about.who: who are they", "about.need: what do they need"}},
		{"", "we need a van and a driver", []string{"register.need: we need a van and a driver"}},
		{"", "Hi all, we need a treasurer by April, thanks!", []string{"register.need: we need a treasurer by April"}},
		{"", "stop the messages and delete my data", []string{"digest.quiet: stop the messages", "rights.forget: delete my data"}},
		{"", "we can lend 40 chairs. we need a treasurer", []string{"register.offer: we can lend 40 chairs.", "register.need: we need a treasurer"}},
		{"", "we can lend 40 chairs\nwe can teach chess", []string{"register.offer: we can lend 40 chairs", "register.offer: we can teach chess"}},
		{"", "Our projector died this morning. Can anyone lend us one for tonight?", []string{"question.ask: Our projector died this morning. Can anyone lend us one for tonight?"}},
		{"", "im from beck street mosque, can we be added please", []string{"register.we: im from beck street mosque, can we be added please"}},
		{"", "we're full until easter, also please change our postcode to QX3 4AB", []string{"register.full: we're full until easter", "register.postcode: please change our postcode to QX3 4AB"}},
		{"", "hello", []string{"hello: hello"}},
		{"", "thanks so much!", []string{"thanks: thanks so much!"}},
	} {
		s := Situation{}
		if c.open != "" {
			s.Open = []string{c.open}
		}
		var got []string
		for _, p := range r.Parts(c.text, s) {
			got = append(got, p.Guesses[0].Intent+": "+p.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q has the parts\n\t%s\nand not\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
		}
	}
}

// TestPartsKeepWhatNobodyReads: what cannot be read beside what can is a part of its own, so that it can be said back.
func TestPartsKeepWhatNobodyReads(t *testing.T) {
	parts := New().Parts("we need a treasurer by April. zxqv brmpf wkkl!", Situation{})
	if len(parts) != 1 && len(parts) != 2 {
		t.Fatal(parts)
	}
	if !strings.Contains(parts[len(parts)-1].Text, "zxqv") {
		t.Errorf("the last part is %q", parts[len(parts)-1].Text)
	}
}

// TestSlotsEnd: a slot ends where it ends.
func TestSlotsEnd(t *testing.T) {
	r := New()
	for _, c := range []struct{ intent, text, want string }{
		{"register.we", "im from mill road mosque, can we be added please", "map[name:mill road mosque]"},
		{"register.offer", "our hall is free on wednesday afternoons if anybody wants it", "map[what:our hall when:on wednesday afternoons]"},
		{"register.need", "Hi, we need a bass player, thanks", "map[what:a bass player]"},
		{"question.ask", "hiya does anyone have a gazebo we could borrow please", "map[what:a gazebo]"},
		{"register.correct", "sorry i meant quilts not kilts", "map[from:kilts to:quilts]"},
		{"register.rename", "can you change our name to The Open Door please", "map[name:The Open Door]"},
		{"introduce.reach", "you can ring me on 07700 900999 after six", "map[how:07700 900999]"},
		{"introduce.ask", "please put us in touch with the rowing club", "map[group:the rowing club]"},
		{"register.theirs", "can you tell me about Hill Street Choir?", "map[group:Hill Street Choir]"},
		{"browse.needs", "who else needs a caretaker?", "map[what:a caretaker]"},
		{"stop.all", "stop", "map[]"},
	} {
		if got := fmt.Sprint(r.Slots(c.intent, c.text)); got != c.want {
			t.Errorf("%q has %s and not %s", c.text, got, c.want)
		}
	}
}

// TestOfferableWords: what nobody can lend, do, give, teach or come to is never published without a question.
func TestOfferableWords(t *testing.T) {
	r := New()
	for _, what := range []string{
		"that", "to leave", "no room", "no room at the moment", "your message", "your message, thank you", "Thursday", "on Friday",
		"to think about it", "to go now", "it", "", "??", "the same problem", "you to stop", "to be removed", "my data deleted",
	} {
		if v := r.Offerable(what); v == Yes {
			t.Errorf("%q is taken for an offer", what)
		}
	}
	for _, what := range []string{"a hall with a kitchen", "chess lessons", "40 chairs", "help with our website", "a treasurer", "lifts to hospital"} {
		if v := r.Offerable(what); v != Yes {
			t.Errorf("%q is taken for none", what)
		}
	}
}

// TestStops: whoever wants to be left alone is known, however they say it.
func TestStops(t *testing.T) {
	r := New()
	for _, text := range []string{
		"stop", "STOP!!", "please stop this now", "unsubscribe me please", "take us off", "leave us in peace", "no more messages ok", "remove our club please",
		"delete all you have on me", "fewer messages please", "i want to speak to a real person", "stop suggesting groups", "we're leaving the network",
		"i have a safeguarding concern about a volunteer", "i'd like to complain about that group",
	} {
		if p := stopping(r.Read(text, Situation{})); p < 0.5 {
			t.Errorf("%q stops with %.2f", text, p)
		}
	}
	for _, text := range []string{"we need a treasurer", "yes please", "our hall is free on mondays", "who can help with our accounts?", "thanks", "hello"} {
		if p := stopping(r.Read(text, Situation{Open: []string{"introduction"}})); p > 0.1 {
			t.Errorf("%q stops with %.2f", text, p)
		}
	}
}
