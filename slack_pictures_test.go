package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/adapters/slack/slackfake"
	"ginnel/storage/storagetest"
)

// pictured is a talk of the usual kind in a channel and in private.
const pictured = `given organisations:
name,postcode,activities,web,offers,needs,speaks
Tallow Lane Repair Café,QX1,We mend what others throw away,,a set of tools to borrow,,Amina
Tally Trust,QX2,Accounts for small charities,https://tally.example,help with annual accounts for small groups,,Tom
Old Mill Minibuses,QX5,Community transport,https://oldmill.example,a minibus with a driver,,Beth
Rowan Street Kitchen,QX1,A community kitchen,,a kitchen with a hall on weekday evenings; catering at cost,a van on Fridays,Priya

Amina in #help> who can help with our accounts?
Priya in #help> who can lend us a minibus?
Beth in #help> who can help with juggling?
Amina> help
Amina> we can offer a gazebo until 1 June
Amina> what do we offer?
Amina> ask Tally Trust about our accounts
Amina> what's happening?
Beth> send me the digest
`

// TestPicturesOfSlack shows the usual messages on the local Slack's page. With GINNEL_PICTURES it keeps pictures of them in that
// folder, for which Chromium is wanted.
func TestPicturesOfSlack(t *testing.T) {
	folder := os.Getenv("GINNEL_PICTURES")
	k := newConversation(t, storagetest.SQLite(t), overSlack(t, slackfake.Viewed()))
	k.through.home = true
	k.play(pictured)
	w := k.through.w
	amina, tom, priya := k.through.person("Amina"), k.through.person("Tom"), k.through.person("Priya")
	digest := k.until(time.Date(2026, time.December, 1, 12, 0, 0, 0, k.zone))
	if !strings.Contains(digest, "ginnel to Beth> ") {
		t.Errorf("no digest came: %s", digest)
	}
	amina.OpensHome()
	awaitThat(t, w.Quiet)
	k.settle()
	if amina.Home() == nil || !strings.Contains(amina.Home().Plain(), "a gazebo") {
		t.Fatal("her home page does not show what she offers")
	}
	for name, open := range map[string]func() error{
		"form-offer": func() error { return priya.Shortcut("offer_something") },
		"form-group": func() error { return tom.PressesHome("our group") },
	} {
		if name == "form-group" {
			tom.OpensHome()
			awaitThat(t, w.Quiet)
			k.settle()
		}
		if err := open(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		awaitThat(t, w.Quiet)
		k.settle()
	}
	if tom.Modal() == nil || priya.Modal() == nil {
		t.Fatal("the forms are not open")
	}
	if folder == "" {
		return
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no Chromium to take pictures with")
	}
	page := strings.TrimSuffix(w.URL(), "api/")
	for _, p := range []struct {
		name, query string
		height      int
	}{
		{"channel", "?only=help", 720},
		{"private", "?person=Amina&only=private", 1340},
		{"proposal", "?person=Tom&only=private", 420},
		{"digest", "?person=Beth&only=private", 620},
		{"home", "?person=Amina&only=home", 820},
		{"form-offer", "?person=Priya&only=modal", 420},
		{"form-group", "?person=Tom&only=modal", 420},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, err := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
			fmt.Sprintf("--window-size=780,%d", p.height), "--screenshot="+filepath.Join(folder, p.name+".png"), page+p.query).CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}
