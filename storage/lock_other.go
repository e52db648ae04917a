//go:build !unix

package storage

import (
	"errors"
	"os"
)

// lockFile makes a file that only one process can hold open, where the system knows no better lock.
func lockFile(path string) (*os.File, error) {
	_ = os.Remove(path) // fails while another process has it open
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.New("another Ginnel is writing to this database; stop it first (ask, export and backup work beside it)")
	}
	return f, nil
}
