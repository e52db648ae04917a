package storage_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// TestAnOldCopyBringsNobodyBack: a copy put in the place of the database forgets again whoever was forgotten after it was made, and nobody
// who came back before.
func TestAnOldCopyBringsNobodyBack(t *testing.T) {
	path := storagetest.SQLite(t)
	db, err := storage.Open(t.Context(), path, storage.Write)
	check(t, err)
	ctx := t.Context()
	add(t, db, "Kestrel Choir", kestrel)
	add(t, db, "Tom's", tom)
	must[[]string](t)(db.Forget(ctx, kestrel, start))
	add(t, db, "Kestrel Band", kestrel) // she came back
	add(t, db, "Amina's", amina)
	backup := filepath.Join(t.TempDir(), "backup.db")
	check(t, db.Backup(ctx, backup))
	must[[]string](t)(db.Forget(ctx, tom, start))
	check(t, db.Close())

	if copied := must[[]byte](t)(os.ReadFile(storage.ForgottenFile(backup))); len(copied) == 0 {
		t.Error("whom to forget is not copied")
	}
	text := string(must[[]byte](t)(os.ReadFile(storage.ForgottenFile(path))))
	if strings.Contains(text, "tom") || strings.Count(text, "\n") != 2 {
		t.Errorf("who was forgotten is written down as %q", text)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		_ = os.Remove(name)
	}
	check(t, os.Rename(backup, path))
	for range 2 { // nor does it forget them at every start
		db, err = storage.Open(t.Context(), path, storage.Write)
		check(t, err)
		speaks := func(p bot.Speaker) int { return len(must[[]bot.Standing](t)(db.Standings(ctx, p))) }
		if speaks(kestrel) != 1 || speaks(amina) != 1 {
			t.Errorf("kestrel speaks for %d groups, amina for %d", speaks(kestrel), speaks(amina))
		}
		if n := len(must[[]bot.Organisation](t)(db.OrganisationsNamed(ctx, "Tom's"))); speaks(tom) != 0 || n != 0 {
			t.Errorf("tom speaks for %d groups, and his is listed %d times", speaks(tom), n)
		}
		check(t, db.Close())
	}
}
