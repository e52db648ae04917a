package bot

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panicked is a panic as an error. Of a panic on purpose it keeps the type alone: it may quote what was said.
type Panicked struct {
	What  string
	Stack string
}

func (p *Panicked) Error() string { return p.What }

// Caught, deferred, makes a panic the error of its function.
func Caught(err *error) {
	switch p := recover().(type) {
	case nil:
	case runtime.Error:
		*err = &Panicked{"panic: " + p.Error(), string(debug.Stack())}
	default:
		*err = &Panicked{fmt.Sprintf("panic of a %T", p), string(debug.Stack())}
	}
}
