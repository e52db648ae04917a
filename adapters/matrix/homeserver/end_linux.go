package homeserver

import (
	"os/exec"
	"syscall"
)

// endWithParent has the server die with the test that a debugger or a time limit killed.
func endWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
