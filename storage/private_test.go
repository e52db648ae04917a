package storage_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ginnel/storage"
)

// Whatever mode the files have when it starts, nobody but their owner can read them afterwards, nor a backup.
func TestNobodyElseCanReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file's mode says nothing there of who may read it")
	}
	folder := filepath.Join(t.TempDir(), "ginnel")
	path := filepath.Join(folder, "ginnel.db")
	open(t, path).Close()
	db := open(t, path) // with a log of changes beside it
	check(t, db.Settings("x").Put(t.Context(), "a", "b"))
	check(t, db.Backup(t.Context(), filepath.Join(folder, "copy.db")))
	for _, part := range []struct {
		path string
		mode fs.FileMode
	}{
		{folder, 0o700},
		{path, 0o600},
		{path + "-wal", 0o600},
		{path + "-shm", 0o600},
		{path + ".lock", 0o600},
		{filepath.Join(folder, "copy.db"), 0o600},
	} {
		mode := func() fs.FileMode { return must[fs.FileInfo](t)(os.Stat(part.path)).Mode().Perm() }
		if got := mode(); got != part.mode {
			t.Errorf("%s is made with %o", part.path, got)
		}
		check(t, os.Chmod(part.path, part.mode|0o055))
		if told := storage.Private(path, false); len(told) != 1 || !strings.Contains(told[0], "chmod") || mode() == part.mode {
			t.Errorf("of %s it is told: %q", part.path, told)
		}
		if told := storage.Private(path, true); len(told) > 0 || mode() != part.mode {
			t.Errorf("%s is not mended: %o %q", part.path, mode(), told)
		}
	}

	// A folder that holds other things stays as it is, and what to do is told.
	check(t, os.WriteFile(filepath.Join(folder, "letters.txt"), nil, 0o644))
	check(t, os.Chmod(folder, 0o755))
	check(t, os.Chmod(path, 0o644))
	check(t, db.Close())
	db = open(t, path)
	if told := db.Exposed(); len(told) != 1 || !strings.Contains(told[0], "chmod 700 "+folder) {
		t.Errorf("it is told: %q", told)
	}
	if mode := must[fs.FileInfo](t)(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("the database is %o", mode)
	}
	if mode := must[fs.FileInfo](t)(os.Stat(folder)).Mode().Perm(); mode != 0o755 {
		t.Errorf("a folder that is not ours was changed to %o", mode)
	}
}

// Beside a process that writes, an operator can leave a word, and nothing else is touched.
func TestAWordBesideTheWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	if db, err := storage.Open(t.Context(), path, storage.Beside); err == nil {
		db.Close()
		t.Error("it made a database")
	}
	db := open(t, path)
	beside := must[*storage.DB](t)(storage.Open(t.Context(), path, storage.Beside))
	check(t, beside.Settings("x").Put(t.Context(), "a", "b"))
	check(t, beside.Close())
	if got := must[string](t)(db.Settings("x").Get(t.Context(), "a")); got != "b" {
		t.Errorf("%q", got)
	}
}
