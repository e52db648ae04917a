package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ginnel/storage/storagetest"
)

// TestNoWordOfDangerStays: what is said of people in danger is nowhere on disk and in no log, neither while it waits to be
// answered nor afterwards; what is said of other things is found there, so the search would find it.
func TestNoWordOfDangerStays(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		if strings.Contains(url, "://") {
			t.Skip("the files of PostgreSQL are not ours to read")
		}
		k := newConversation(t, url)
		written := func(word string) bool {
			found := strings.Contains(strings.ToLower(k.logged.String()), word)
			files, err := filepath.Glob(filepath.Join(filepath.Dir(url), "*"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%d files, %v", len(files), err)
			}
			for _, f := range files {
				data, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				found = found || bytes.Contains(bytes.ToLower(data), []byte(word))
			}
			return found
		}
		for _, said := range []struct {
			room, text string
			stays      bool
		}{
			{"", "my husband hits me and the kestrel saw it", false},
			{"hall", "who can help a girl of nine whose uncle touches her, kestrel lane", false},
			{"", "help for someone who is frightened of the kestrel", false},
			{"", "I dont want to live any more, kestrel", false},
			{"", "who can help with a cormorant?", true},
		} {
			k.say("Zoe", said.room, true, said.text)
			word := map[bool]string{false: "kestrel", true: "cormorant"}[said.stays]
			if got := written(word); got != said.stays {
				t.Errorf("%s: on disk while it waits: %v", said.text, got)
			}
			if heard := k.settle(); strings.Contains(heard, "kestrel") {
				t.Errorf("it is said back: %s", heard)
			}
			if !said.stays && written(word) {
				t.Errorf("%s: on disk afterwards", said.text)
			}
		}
	})
}
