package main

import (
	"io"
	"testing"
	"time"

	"ginnel/storage/storagetest"
)

// TestChatStaysOpen: whoever chats in a pipe, or on a pretend clock, holds the lease of the terminal anew again and again.
func TestChatStaysOpen(t *testing.T) {
	for _, clock := range []string{"", "--clock"} {
		t.Run("chat "+clock, func(t *testing.T) {
			url := storagetest.Postgres(t)
			args := []string{"chat", "--database", url, "--lease", "250ms"}
			if clock != "" {
				args = append(args, clock)
			}
			in, typing := io.Pipe()
			ended := make(chan int)
			go func() { ended <- run(t.Context(), args, in, io.Discard, t.Output()) }()
			db := fromOutside(t, url)
			defer db.Close()
			for renewed, until := 0, int64(0); renewed < 3; time.Sleep(10 * time.Millisecond) {
				var now int64
				// Until there is such a row, the program is still beginning.
				if err := db.GetContext(t.Context(), &now, `select coalesce(max(until), 0) from account`); err != nil {
					t.Fatal(err)
				}
				if now > until {
					until = now
					renewed++
				}
				select {
				case code := <-ended:
					t.Fatalf("it ended: %d", code)
				default:
				}
			}
			if err := typing.Close(); err != nil {
				t.Fatal(err)
			}
			if code := <-ended; code != 0 {
				t.Errorf("it ended with %d", code)
			}
		})
	}
}
