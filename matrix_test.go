//go:build goolm

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/adapters/matrix/homeserver"
)

// onMatrix is the program with an account on a homeserver.
type onMatrix struct {
	t    *testing.T
	s    *homeserver.Server
	user id.UserID
	path string   // of the database
	more []string // of the environment
	room id.RoomID

	child *exec.Cmd
	log   strings.Builder
}

func newOnMatrix(t *testing.T) *onMatrix {
	t.Helper()
	s := homeserver.For(t)
	user, err := s.Register(t.Context(), "ginnel")
	if err != nil {
		t.Fatal(err)
	}
	o := &onMatrix{t: t, s: s, user: id.UserID(user), path: filepath.Join(t.TempDir(), "ginnel.db")}
	t.Cleanup(func() {
		o.kill()
		if t.Failed() {
			t.Logf("the program said:\n%s", o.log.String())
		}
	})
	return o
}

func (o *onMatrix) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(
		os.Environ(), childProgram+"=1", "GINNEL_DATABASE="+o.path, "GINNEL_HEALTH=-",
		"MATRIX_HOMESERVER="+o.s.URL, "MATRIX_USER="+string(o.user), "MATRIX_PASSWORD="+homeserver.Password,
	)
	c.Env = append(c.Env, o.more...)
	return c
}

// start has the program serve.
func (o *onMatrix) start() {
	o.t.Helper()
	c := o.command("serve")
	c.Stderr = &o.log
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	o.child = c
}

func (o *onMatrix) kill() {
	if o.child != nil {
		_ = o.child.Process.Kill()
		_ = o.child.Wait()
		o.child = nil
	}
}

// chat opens a private chat between p and the bot.
func (o *onMatrix) chat(p *homeserver.Person) id.RoomID {
	o.t.Helper()
	room := p.Open(o.t, true, true, o.user)
	p.WaitJoined(o.t, room, o.user)
	return room
}

// TestIntroducedOnMatrix: two people with encrypted apps of their own register, ask in a room, choose, say yes, and meet in
// a room that both can read.
func TestIntroducedOnMatrix(t *testing.T) {
	o := newOnMatrix(t)
	amina, tom := o.s.Person(t, "amina"), o.s.Person(t, "tom")
	o.start()
	hers, his := o.chat(amina), o.chat(tom)

	tom.Say(t, his, "we are Tally Trust, QX2")
	tom.WaitFor(t, "Tally Trust")
	tom.Say(t, his, "list us as “Tally Trust”, “QX2”")
	tom.WaitFor(t, "Tally Trust is")
	tom.Say(t, his, "we can offer help with annual accounts for small groups")
	tom.WaitFor(t, "help with annual accounts")
	amina.Say(t, hers, "list us as “Tallow Lane Repair Café”, “QX3”")
	amina.WaitFor(t, "Tallow Lane Repair Café is")

	hall := amina.Open(t, true, false, o.user, tom.ID)
	amina.WaitJoined(t, hall, o.user)
	amina.WaitJoined(t, hall, tom.ID)
	asked := amina.Say(t, hall, "!ginnel who can help with our accounts?")
	list := amina.Wait(t, "waits for the list", func(h homeserver.Heard) bool {
		return h.Room == hall && strings.Contains(h.Text(), "ask Tally Trust")
	})
	if !list.Encrypted || list.Content.RelatesTo.GetThreadParent() != asked {
		t.Errorf("the list is %+v, encrypted %v", list.Content.RelatesTo, list.Encrypted)
	}
	c := &event.MessageEventContent{MsgType: event.MsgText, Body: "1"}
	c.RelatesTo = (&event.RelatesTo{}).SetThread(asked, list.Event.ID)
	amina.Put(t, hall, c)
	amina.WaitFor(t, "I have asked Tally Trust")

	proposal := tom.WaitFor(t, "would like to be introduced to Tally Trust")
	if proposal.Room != his || !proposal.Encrypted {
		t.Errorf("he was asked in %s, encrypted %v", proposal.Room, proposal.Encrypted)
	}
	c = &event.MessageEventContent{MsgType: event.MsgText, Body: "yes"}
	c.RelatesTo = (&event.RelatesTo{}).SetReplyTo(proposal.Event.ID)
	tom.Put(t, his, c)
	tom.WaitFor(t, "I have introduced you")
	for _, p := range []*homeserver.Person{amina, tom} {
		met := p.WaitFor(t, "you both said yes to meeting")
		if met.Room == hall || !met.Encrypted {
			t.Errorf("%s is introduced in %s, encrypted %v", p.ID, met.Room, met.Encrypted)
		}
	}
	for _, p := range []*homeserver.Person{amina, tom} {
		if n := p.Unreadable(); n > 0 {
			t.Errorf("%s cannot read %d messages", p.ID, n)
		}
	}
}

// TestKillOnMatrix kills the program in the middle of bursts of questions, and once the homeserver. Each question is
// answered, once.
func TestKillOnMatrix(t *testing.T) {
	bursts, burst := howLong(1, 20), 60
	o := newOnMatrix(t)
	o.start()
	amina := o.s.Person(t, "amina")
	room := o.chat(amina)
	for b := range bursts {
		var last id.EventID
		for i := range burst {
			var err error
			if last, err = amina.Send(t.Context(), room, &event.MessageEventContent{MsgType: event.MsgText, Body: xylophoneQuestion(b, i)}); err != nil {
				t.Fatal(err)
			}
			if i%20 == 10 {
				o.kill()
				o.start()
			}
		}
		if b == bursts-1 {
			// What it took and has not shown to anybody yet, this homeserver loses: its queues are in memory.
			for end := time.Now().Add(time.Minute); !amina.Sees(last) && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
			o.s.Kill()
			if err := o.s.Run(); err != nil {
				t.Fatal(err)
			}
		}
		answers := map[string]int{}
		began := time.Now()
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end) && len(answers) < burst; time.Sleep(100 * time.Millisecond) {
			clear(answers)
			for _, h := range amina.Heard() {
				for i := range burst {
					if strings.Contains(h.Text(), "“"+xylophone(b, i)+"”") {
						answers[xylophone(b, i)]++
					}
				}
			}
		}
		t.Logf("burst %d was answered %v after it", b, time.Since(began))
		for i := range burst {
			if got := answers[xylophone(b, i)]; got != 1 {
				t.Errorf("burst %d: question %d was answered %d times", b, i, got)
			}
		}
	}
}

func xylophone(b, i int) string { return fmt.Sprintf("xylophone lessons %d.%d", b, i) }

func xylophoneQuestion(b, i int) string { return "who can help with " + xylophone(b, i) + "?" }

// TestMatrixLogin: signing in wants what is not configured, shows the recovery key once, and the doctor finds all well.
func TestMatrixLogin(t *testing.T) {
	o := newOnMatrix(t)
	login := o.command("matrix", "login")
	login.Env = append(login.Env, "MATRIX_PASSWORD=")
	login.Stdin = strings.NewReader(homeserver.Password + "\n")
	out, err := login.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "recovery key. It is shown once") || !strings.Contains(string(out), "MATRIX_USER="+string(o.user)) {
		t.Fatalf("%v\n%s", err, out)
	}
	again := o.command("matrix", "login")
	again.Env = append(again.Env, "MATRIX_PASSWORD=")
	again.Stdin = strings.NewReader(homeserver.Password + "\n")
	if out, err := again.CombinedOutput(); err != nil || strings.Contains(string(out), "recovery key") {
		t.Errorf("again: %v\n%s", err, out)
	}
	doctor := o.command("doctor")
	doctor.Env = append(doctor.Env, "MATRIX_PASSWORD=")
	found, err := doctor.CombinedOutput()
	for _, want := range []string{"well     matrix homeserver", "well     matrix account", "well     matrix device", "well     matrix recovery key"} {
		if !strings.Contains(string(found), want) {
			t.Errorf("the doctor does not find %q: %v\n%s", want, err, found)
		}
	}
	wrong := newOnMatrix(t)
	login = wrong.command("matrix", "login")
	login.Env = append(login.Env, "MATRIX_PASSWORD=something else")
	out, err = login.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "does not accept the name and the password") {
		t.Errorf("with a wrong password: %v\n%s", err, out)
	}
}
