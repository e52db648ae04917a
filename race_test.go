//go:build race

package main

// raceDetector tells that all is ten times as slow, and tests do with less.
const raceDetector = true
