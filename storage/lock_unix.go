//go:build unix

package storage

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock of the one process that writes. The system gives it back when the process ends,
// however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the database cannot be locked: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, errors.New("another Ginnel is writing to this database; stop it first (ask, export and backup work beside it)")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("the database cannot be locked: %w", err)
	}
	return f, nil
}
