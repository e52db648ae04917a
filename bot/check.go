package bot

import "context"

// A Check is something that whoever runs the bot may want to know is well. An adapter that is a Checker adds its own.
type Check struct {
	Name string // a word or two
	Run  func(context.Context) Finding
}

// Finding is what came of a check, in sentences for whoever runs the bot: no names, no tokens, no words of anybody.
type Finding struct {
	State FindingState
	Says  string
	Cure  string // what to do about it, "" when nothing
}

// FindingState orders findings.
type FindingState int

// The states of a finding.
const (
	Well   FindingState = iota
	Unsure              // should be looked at
	Wrong               // something does not work
)

// Checker is an optional power of an Adapter: it knows what can be wrong with its network.
type Checker interface {
	Checks() []Check
}
