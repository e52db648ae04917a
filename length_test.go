package main

import (
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
