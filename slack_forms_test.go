package main

import (
	"slices"
	"strings"
	"testing"

	"ginnel/storage/storagetest"
)

// TestSlackHomeForms is that the buttons of the Home tab open their forms, that a form which is refused comes back filled in with
// the reason, and that what comes of one is said once: in the window, or in the chat.
func TestSlackHomeForms(t *testing.T) {
	k := newConversation(t, storagetest.SQLite(t), overSlack(t))
	k.through.home = true
	k.play(pictured)
	w := k.through.w
	tom, zoe := k.through.person("Tom"), k.through.person("Zoe")
	settled := func() {
		t.Helper()
		awaitThat(t, w.Quiet)
		k.settle()
	}
	before := len(w.Shown(tom.Chat()))
	for label, title := range map[string]string{
		"Ask who can help": "Ask who can help", "offer something": "Offer something", "need something": "Say what you need", "our group": "Our group",
		"How to reach us": "How to reach us",
	} {
		tom.OpensHome()
		settled()
		if err := tom.PressesHome(label); err != nil {
			t.Fatalf("%s: %v", label, err)
		}
		settled()
		if v := tom.Modal(); v == nil || v.Title() != title {
			t.Errorf("“%s” opens %+v", label, v)
		}
		tom.Closes()
	}
	zoe.OpensHome()
	settled()
	if strings.Contains(zoe.Home().Plain(), "Waiting for your answer") {
		t.Errorf("of who has only looked it says %q", zoe.Home().Plain())
	}
	if err := zoe.PressesHome("Join with our group"); err != nil {
		t.Errorf("who speaks for nobody cannot join: %v", err)
	}
	settled()
	if v := zoe.Modal(); v == nil || v.Title() != "Your group" {
		t.Errorf("joining opens %+v", v)
	}

	const what, end = "What can your group offer? One thing a line.", "Until when? You may leave this empty."
	submit := func(until string) {
		t.Helper()
		if err := tom.Fills(end, until); err != nil {
			t.Fatal(err)
		}
		if err := tom.Submits(); err != nil {
			t.Fatal(err)
		}
		settled()
	}
	if err := tom.PressesHome("offer something"); err != nil {
		t.Fatal(err)
	}
	settled()
	if err := tom.Fills(what, "a room for twenty"); err != nil {
		t.Fatal(err)
	}
	submit("when we like")
	if v := tom.Modal(); v == nil || v.Title() != "Offer something" || v.Filled(what) != "a room for twenty" || v.Filled(end) != "when we like" {
		t.Fatalf("refused it shows %+v, and says %q", v, w.Shown(tom.Chat())[before].Plain())
	} else if !strings.Contains(v.Plain(), "when we like") {
		t.Errorf("it does not say why: %q", v.Plain())
	}
	if now := len(w.Shown(tom.Chat())); now != before {
		t.Errorf("%d messages were said in the chat besides", now-before)
	}
	submit("1 March")
	said := ""
	if all := w.Shown(tom.Chat()); len(all) == before+1 {
		said = all[before].Plain()
	}
	shown := tom.Modal().Plain()
	if both := []string{said, shown}; slices.Contains(both, "") == strings.Contains(shown, "My answer comes in our private chat") || !strings.Contains(said+shown, "a room for twenty") {
		t.Errorf("it is said in the chat as %q and in the window as %q", said, shown)
	}
	tom.OpensHome()
	settled()
	if !strings.Contains(tom.Home().Plain(), "a room for twenty") {
		t.Errorf("at home it is %q", tom.Home().Plain())
	}
}
