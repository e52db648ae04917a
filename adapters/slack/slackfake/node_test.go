package slackfake

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// second starts an app written with Slack's own Node packages, and gives what it tells.
func second(t *testing.T, w *World) func(what string) object {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node, so Slack's own packages are not tried")
	}
	folder := filepath.Join(cache(t), "ginnel-slack-node-1", "node_modules")
	if _, err := os.Stat(filepath.Join(folder, "@slack", "socket-mode", "package.json")); err != nil {
		t.Skip("Slack's Node packages are not installed (.ci/slack-node --install), so they are not tried")
	}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	cmd := exec.CommandContext(ctx, node, "testdata/second-client.js", w.URL(), w.App().BotToken, w.App().AppToken)
	cmd.Env = append(os.Environ(), "NODE_PATH="+folder)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
		end()
	})
	return func(what string) object {
		t.Helper()
		for lines.Scan() {
			var o object
			if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
				t.Fatalf("%v: %s", err, lines.Text())
			}
			if o["what"] == "error" {
				t.Fatalf("waiting for %s: %v", what, o["error"])
			}
			if o["what"] == what {
				return o
			}
		}
		t.Fatalf("it ended before %s", what)
		return nil
	}
}

func cache(t *testing.T) string {
	if d := os.Getenv("XDG_CACHE_HOME"); d != "" {
		return d
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("no home folder, so no Node packages")
	}
	return filepath.Join(home, ".cache")
}

// TestSecondClient is that an app on Slack's own Node packages gets on with this Slack: calls, pages, uploads, refusals,
// a wait after a 429, Socket Mode with its refresh, a message, a button, a modal with an error, a command.
func TestSecondClient(t *testing.T) {
	t.Parallel()
	w := New(t)
	amina := w.Person("Amina")
	for i := range 5 {
		w.Channel(fmt.Sprintf("channel-%d", i), amina)
	}
	told := second(t, w)
	if o := told("auth"); o["user"] != w.App().Bot().ID || o["scopes"] != float64(len(botScopes)) {
		t.Errorf("auth.test: %v", o)
	}
	if o := told("channels"); o["channels"] != 5.0 {
		t.Errorf("by pages of two: %v", o)
	}
	if o := told("uploaded"); o["ok"] != true {
		t.Errorf("upload: %v", o)
	}
	if o := told("refused"); o["error"] != "channel_not_found" {
		t.Errorf("refused: %v", o)
	}
	told("connected")

	w.Goes(Fault{Method: "chat.postMessage", Kind: Limited, Times: 1, For: time.Second})
	amina.Writes("hello")
	if o := told("message"); o["text"] != "hello" {
		t.Errorf("heard: %v", o)
	}
	told("posted")
	calls := w.Calls("chat.postMessage")
	if n := len(calls); n != 3 || calls[2].At.Sub(calls[1].At) < time.Second {
		t.Errorf("after a 429, %d calls: %v", n, calls)
	}

	answer := last(w.Shown(amina.Chat()))
	if err := amina.Presses(answer, "More"); err != nil {
		t.Fatal(err)
	}
	told("opened")
	if err := amina.Fills("What", "wrong"); err != nil {
		t.Fatal(err)
	}
	if err := amina.Submits(); err == nil || err.Error() != "What: Not that." {
		t.Errorf("what is wrong: %v", err)
	}
	if err := amina.Fills("What", "tea"); err != nil {
		t.Fatal(err)
	}
	if err := amina.Submits(); err != nil {
		t.Fatal(err)
	}
	if o := told("submitted"); o["value"] != "tea" {
		t.Errorf("submitted: %v", o)
	}

	w.App().RefreshesAtOnce()
	told("connected")
	if err := amina.Types(amina.Chat(), "/ginnel who can help"); err != nil {
		t.Fatal(err)
	}
	if o := told("command"); o["text"] != "who can help" || last(amina.Sees(amina.Chat())).Text != "/ginnel who can help" {
		t.Errorf("command: %v", o)
	}
	if v := w.Violations(); v != nil {
		t.Error(v)
	}
	if _, unacked, _, _ := w.Deliveries(); unacked != 0 {
		t.Errorf("%d deliveries were not acknowledged", unacked)
	}
}
