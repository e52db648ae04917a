package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// evenTime is the time since this machine was started, with that which it slept.
func evenTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}

var began = time.Now()
