package main

import (
	"flag"
	"os"
	"testing"
)

// howLong is the length of a random test, in whatever it is counted: usual, unless this is a quick look, a long soak of
// so many times that, or a run with the race detector, which needs all goroutines to meet and no rare chances.
func howLong(usual, soak int) int {
	switch {
	case os.Getenv("GINNEL_SOAK") != "":
		return soak * usual
	case raceDetector:
		return max(usual/10, 1)
	case testing.Short():
		return max(usual/20, 1)
	}
	return usual
}

// withFlag sets a flag for as long as t and its subtests run.
func withFlag(t *testing.T, name, value string) {
	t.Helper()
	was := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set(name, was); err != nil {
			t.Error(err)
		}
	})
}
