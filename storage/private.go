package storage

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// others are the bits of a file's mode that let in anybody but its owner.
const others fs.FileMode = 0o077

// The beginning of every SQLite database.
var sqliteMagic = []byte("SQLite format 3\x00")

// Private sees to it that nobody but the owner can read what stands in the files of the SQLite database at path, in copies of it beside
// them, and in their folder. What is ours it mends; the rest it returns, as sentences that say what to do. mend false only looks.
func Private(path string, mend bool) (exposed []string) {
	if strings.Contains(path, "://") || !modesMatter {
		return nil
	}
	folder := filepath.Dir(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // opening the database says what is the matter
	}
	alone := true
	for _, e := range entries {
		file := filepath.Join(folder, e.Name())
		if !strings.HasPrefix(e.Name(), filepath.Base(path)) && !isDatabase(file) {
			alone = false
			continue
		}
		if !private(file, 0o600, mend) {
			exposed = append(exposed, fmt.Sprintf("others on this machine can read %s, which holds what people said: chmod 600 %s", file, file))
		}
	}
	// A folder that holds other things is not ours to close.
	if !private(folder, 0o700, mend && alone) {
		exposed = append(exposed, fmt.Sprintf("others on this machine can look into %s, where the register is: chmod 700 %s, or give the register a folder of its own", folder, folder))
	}
	return exposed
}

// private tells whether only the owner can get at a file, after making it so if mend says so and the file is ours.
func private(file string, mode fs.FileMode, mend bool) bool {
	info, err := os.Lstat(file)
	if err != nil || info.Mode().Perm()&others == 0 || info.Mode()&fs.ModeSymlink != 0 {
		return true
	}
	return mend && isOurs(info) && os.Chmod(file, mode) == nil
}

func isDatabase(file string) bool {
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(sqliteMagic))
	n, _ := f.Read(head)
	return bytes.Equal(head[:n], sqliteMagic)
}
