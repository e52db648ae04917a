package storage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// busy has something write to db until free is called.
func busy(t *testing.T, db *storage.DB, key string) (free func()) {
	t.Helper()
	began, stop, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := db.HandleMessage(t.Context(), key, start, func(context.Context) (bot.Answer, error) {
			close(began)
			<-stop
			return bot.Answer{}, nil
		})
		ended <- err
	}()
	<-began
	return func() {
		close(stop)
		check(t, <-ended)
	}
}

func next(t *testing.T, db *storage.DB) string {
	t.Helper()
	w, ok, _, err := db.NextMessage(t.Context(), start.Add(time.Hour))
	check(t, err)
	if !ok {
		return "none"
	}
	check(t, db.FinishMessage(t.Context(), w.Message.Key(), start, bot.Answer{}, false))
	return string(w.Message.ID)
}

// TestWhatIsSaidIsStoredWhateverIsHandled: a message is stored while another is handled, for as long as that takes. It is handled
// in its turn, once, be it that the process dies in between.
func TestWhatIsSaidIsStoredWhateverIsHandled(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		must[bool](t)(db.PutMessage(ctx, message("slow", "hall"), start))
		free := busy(t, db, message("slow", "hall").Key())
		// It never ends while these are stored: a put that waited for it would wait for ever.
		within, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		for i := range 3 {
			for again := range 2 {
				fresh, err := db.PutMessage(within, message(fmt.Sprint("m", i), "hall"), start)
				check(t, err)
				if fresh != (again == 0) {
					t.Errorf("message %d is fresh when it comes for the %d. time: %t", i, again+1, fresh)
				}
			}
		}
		if fresh := must[bool](t)(db.PutMessage(within, message("slow", "hall"), start)); fresh {
			t.Error("what is handled just now is fresh")
		}
		if !must[bool](t)(db.Known(ctx, message("m1", "hall").Key())) {
			t.Error("what was stored is not known")
		}
		free()
		must[bool](t)(db.PutMessage(ctx, message("after", "hall"), start))
		check(t, db.Close())
		db, err := storage.Open(ctx, url, storage.Write)
		check(t, err)
		defer db.Close()
		for _, want := range []string{"m0", "m1", "m2", "after", "none"} {
			if got := next(t, db); got != want {
				t.Errorf("handled %s, want %s", got, want)
			}
		}
		if fresh := must[bool](t)(db.PutMessage(ctx, message("m1", "hall"), start)); fresh {
			t.Error("what was handled is fresh")
		}
	})
}

// TestASpoolThatWasTorn: of what was written when the power went, whole lines are read, and their words are gone once they are moved.
func TestASpoolThatWasTorn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ginnel.db")
	db, ctx := open(t, path), t.Context()
	must[bool](t)(db.PutMessage(ctx, message("slow", "hall"), start))
	free := busy(t, db, message("slow", "hall").Key())
	must[bool](t)(db.PutMessage(ctx, message("whole", "hall"), start))
	must[bool](t)(db.PutMessage(ctx, message("torn", "hall"), start))
	free()
	check(t, db.Close())
	spool := path + ".spool"
	data := must[[]byte](t)(os.ReadFile(spool))
	if info := must[os.FileInfo](t)(os.Stat(spool)); info.Mode().Perm() != 0o600 {
		t.Errorf("it may be read by %s", info.Mode())
	}
	for cut := len(data) - 1; cut > 0; cut -= 7 {
		check(t, os.WriteFile(spool, data[:cut], 0o600))
		db, err := storage.Open(ctx, path, storage.Write)
		check(t, err)
		must[bool](t)(db.PutMessage(ctx, message(fmt.Sprint("cut", cut), "hall"), start))
		for got := next(t, db); got != "none"; got = next(t, db) {
			if got == "torn" {
				t.Errorf("cut at %d of %d, half a message is whole", cut, len(data))
			}
		}
		check(t, db.Close())
		if left := must[[]byte](t)(os.ReadFile(spool)); strings.Contains(string(left), "whole") {
			t.Fatalf("cut at %d, what was moved stays in %s", cut, spool)
		}
	}
}
