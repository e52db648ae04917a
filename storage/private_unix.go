//go:build unix

package storage

import (
	"io/fs"
	"os"
	"syscall"
)

const modesMatter = true

// isOurs tells whether a file belongs to whoever runs this.
func isOurs(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
