package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"ginnel/storage/storagetest"
)

// TestListeningGoesOnAfterARestart also looks in the very bytes of the file for what was not an ask.
func TestListeningGoesOnAfterARestart(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		say := func(name string, toUs bool, text string) string {
			k.say(name, "hall", toUs, text)
			return k.settle()
		}
		k.say("Ruth", "", true, "coordinator plum harbour kettle")
		k.settle()
		say("Ruth", true, "listen here")
		const offer = "Shall I look for that?"
		if heard := say("Amina", false, "does anyone have a zoetrope we could borrow?"); !strings.Contains(heard, offer) {
			t.Errorf("a plain ask is answered with %q", heard)
		}
		if heard := say("Amina", false, "has anyone seen my quokka? I left it in the hall"); heard != "" {
			t.Errorf("chatter is answered with %q", heard)
		}
		words := func() []byte {
			t.Helper()
			if err := k.db.Close(); err != nil { // a clean stop folds the log into the file
				t.Fatal(err)
			}
			if strings.HasPrefix(url, "postgres") {
				return nil
			}
			file, err := os.ReadFile(url)
			if err != nil {
				t.Fatal(err)
			}
			return file
		}
		if file := words(); file != nil && (!bytes.Contains(file, []byte("zoetrope")) || bytes.Contains(file, []byte("quokka"))) {
			t.Errorf("of the ask the choice is kept: %t; of the chatter something is: %t", bytes.Contains(file, []byte("zoetrope")), bytes.Contains(file, []byte("quokka")))
		}
		k.open(url)
		if heard := say("Tom", false, "does anyone have a zoetrope we could borrow?"); !strings.Contains(heard, offer) {
			t.Errorf("after a restart it is answered with %q", heard)
		}
		say("Ruth", true, "stop listening")
		if heard := say("Tom", false, "does anyone know a good plumber?"); heard != "" {
			t.Errorf("after “stop listening” it is answered with %q", heard)
		}
		k.now = k.now.Add(25 * time.Hour)
		if err := k.db.Tidy(t.Context(), k.now); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(words(), []byte("zoetrope")) {
			t.Error("after more than a day the ask is still kept")
		}
		k.open(url)
	})
}

// TestWhatAnotherProcessWasTold shows that a process learns where to listen, and that one which does not know yet answers
// nothing.
func TestWhatAnotherProcessWasTold(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		ctx := t.Context()
		k.say("Tom", "hall", false, "does anyone know a good plumber?")
		if heard := k.settle(); heard != "" {
			t.Errorf("heard %q", heard)
		}
		if _, err := k.db.PutListening(ctx, k.room, true, k.now); err != nil {
			t.Fatal(err)
		}
		k.say("Tom", "hall", false, "does anyone know a good joiner?")
		if heard := k.settle(); heard != "" {
			t.Errorf("before it can know: %q", heard)
		}
		if err := k.listens(ctx); err != nil {
			t.Fatal(err)
		}
		k.say("Tom", "hall", false, "does anyone know a good roofer?")
		if heard := k.settle(); heard == "" {
			t.Error("it does not learn where to listen")
		}
		if _, err := k.db.PutListening(ctx, k.room, false, k.now); err != nil {
			t.Fatal(err)
		}
		k.say("Tom", "hall", false, "does anyone know a good glazier?")
		if heard := k.settle(); heard != "" {
			t.Errorf("it answers %q where somebody told another process to stop", heard)
		}
	})
}
