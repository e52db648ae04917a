//go:build !linux

package main

import "time"

// evenTime is the time since this process was started; on some systems without that which the machine slept.
func evenTime() time.Duration { return time.Since(began) }

var began = time.Now()
