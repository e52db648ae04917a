//go:build tools

// Package tools pins the programs that check the code. They stand in a module of their own, so that
// nothing of them reaches the program.
package tools

import (
	_ "honnef.co/go/tools/cmd/staticcheck"
	_ "mvdan.cc/gofumpt"
)
