//go:build !goolm

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "try: encrypting wants the tag: make try-matrix")
	os.Exit(1)
}
