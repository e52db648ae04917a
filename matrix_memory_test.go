//go:build goolm && linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"
)

// TestMemoryOnMatrix: a program that is in many encrypted rooms, in long runs two hundred, started again and asked something in one
// of them, needs no more memory than a small server has to spare.
func TestMemoryOnMatrix(t *testing.T) {
	const most = 80 << 20 // bytes
	if raceDetector {
		t.Skip("the race detector needs memory of its own")
	}
	rooms := 30
	if os.Getenv("GINNEL_SOAK") != "" {
		rooms = 200
	}
	o := newOnMatrix(t)
	o.start()
	amina := o.s.Person(t, "amina")
	room := o.chat(amina)
	for n := range rooms - 1 {
		made, err := amina.Client.CreateRoom(t.Context(), &mautrix.ReqCreateRoom{
			Preset: "private_chat", Name: fmt.Sprint("Room ", n), Invite: []id.UserID{o.user},
			InitialState: []*event.Event{{Type: event.StateEncryption, Content: event.Content{Parsed: &event.EncryptionEventContent{Algorithm: id.AlgorithmMegolmV1}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		amina.WaitJoined(t, made.RoomID, o.user)
	}
	o.kill()
	began := time.Now()
	o.start()
	amina.Say(t, room, xylophoneQuestion(0, 0))
	amina.WaitFor(t, "“"+xylophone(0, 0)+"”")
	t.Logf("it answered %v after it was started again", time.Since(began).Round(10*time.Millisecond))
	rss, peak := memory(t, o.child.Process.Pid)
	for end := time.Now().Add(30 * time.Second); rss > most && time.Now().Before(end); time.Sleep(time.Second) {
		rss, peak = memory(t, o.child.Process.Pid) // what starting took is given back a moment after
	}
	t.Logf("in %d rooms it needs %.1f MB, and %.1f MB at most", rooms, float64(rss)/1e6, float64(peak)/1e6)
	if rss > most {
		t.Errorf("in %d rooms it needs %d bytes", rooms, rss)
	}
}

var resident = regexp.MustCompile(`Vm(HWM|RSS):\s+(\d+) kB`)

// memory is what a process needs, and at most needed, in bytes.
func memory(t *testing.T, pid int) (rss, peak int64) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range resident.FindAllStringSubmatch(string(text), -1) {
		kb, _ := strconv.ParseInt(m[2], 10, 64)
		if m[1] == "RSS" {
			rss = kb << 10
		} else {
			peak = kb << 10
		}
	}
	return rss, peak
}
