package failure

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panic is a panic as an error. Of a panic on purpose it keeps the type alone: it may quote what was said.
type Panic struct {
	What  string
	Stack string // of the goroutine that panicked; no values of variables
}

func (p *Panic) Error() string { return p.What }

// Recover, deferred, makes a panic the error of its function: a Panic.
func Recover(err *error) {
	switch p := recover().(type) {
	case nil:
	case runtime.Error:
		*err = &Panic{"panic: " + p.Error(), string(debug.Stack())}
	default:
		*err = &Panic{fmt.Sprintf("panic of a %T", p), string(debug.Stack())}
	}
}
