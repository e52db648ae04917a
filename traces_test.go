package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ginnel/storage/storagetest"
)

// TestWhatIsAnsweredLeavesNoTrace shows that of what was said, of danger above all, no word is left in the files a minute later, nor of a
// report that is dealt with.
func TestWhatIsAnsweredLeavesNoTrace(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			t.Skip("the files are the server's")
		}
		k := newConversation(t, url)
		k.given("the sample network", nil)
		said := func(who, room, text string) {
			k.say(who, room, true, text)
			k.settle()
		}
		said("Ruth", "", "coordinator plum harbour kettle")
		said("Amina", "", "my husband beats me and the zoetrope knows")
		said("Amina", "hall", "who can help with a zoetrope and my daughter who wants to kill herself?")
		said("Amina", "", "zoetrope zoetrope")
		said("Amina", "", "report the zoetrope people shouted at us")
		if got := traces(t, url, "zoetrope"); got == 0 {
			t.Error("a report that is open is not kept, so this test tells nothing")
		}
		said("Ruth", "", "report 1 is dealt with")
		if _, err := k.db.Scrub(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := traces(t, url, "zoetrope"); got > 0 {
			t.Errorf("it stands in %d files", got)
		}
	})
}

// traces is in how many of the files of a database a word stands.
func traces(t *testing.T, url, word string) (n int) {
	t.Helper()
	files, err := filepath.Glob(url + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(word)) {
			n++
		}
	}
	return n
}
