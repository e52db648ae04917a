package bot

import "errors"

// ErrNotFound is returned by storage for what is not there.
var ErrNotFound = errors.New("not found")

// Problem is an error with words that a person may see. Everything else is logged with ids only and
// apologised for.
type Problem struct{ Reply Reply }

func (p *Problem) Error() string { return p.Reply.Plain() }

// Trouble makes a Problem of lines: what is wrong, and a way on.
func Trouble(lines ...Line) error { return &Problem{Reply: Lines(lines...)} }
