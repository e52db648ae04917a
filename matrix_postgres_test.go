//go:build goolm

package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"ginnel/storage/storagetest"
)

// TestMatrixKeysOnPostgres: the keys of an account lie in the bot's own PostgreSQL database. Two programs share it; the one that holds the
// account dies, the other goes on as the same device, with the same keys, and nobody is answered twice or left out.
func TestMatrixKeysOnPostgres(t *testing.T) {
	o := newOnMatrix(t)
	o.path = storagetest.Postgres(t)
	o.more = []string{"GINNEL_LEASE=1s"}
	amina := o.s.Person(t, "amina")
	for turn := range 3 {
		dying := o.child
		o.start()
		if dying != nil {
			// Both run for a while, and the one that came later must leave the account alone.
			amina.Say(t, o.room, xylophoneQuestion(turn, 1))
			amina.WaitFor(t, "“"+xylophone(turn, 1)+"”")
			_ = dying.Process.Kill()
			_ = dying.Wait()
		} else {
			o.room = o.chat(amina)
		}
		amina.Say(t, o.room, xylophoneQuestion(turn, 2))
		h := amina.WaitFor(t, "“"+xylophone(turn, 2)+"”")
		if h.Room != o.room || !h.Encrypted {
			t.Errorf("she was answered in %s, encrypted %v", h.Room, h.Encrypted)
		}
	}
	for turn := range 3 {
		for n := 1; n <= 2; n++ {
			answers := 0
			for _, h := range amina.Heard() {
				answers += strings.Count(h.Text(), "“"+xylophone(turn, n)+"”")
			}
			if want := 1; answers != want && (turn > 0 || n > 1) {
				t.Errorf("question %d.%d was answered %d times", turn, n, answers)
			}
		}
	}
	if n := amina.Unreadable(); n > 0 {
		t.Errorf("she cannot read %d messages", n)
	}
	db, err := sql.Open("pgx", o.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for table, want := range map[string]int{"crypto_account": 1, "account": 1} {
		var n int
		if err := db.QueryRow(fmt.Sprintf(`select count(*) from %s`, table)).Scan(&n); err != nil || n != want {
			t.Errorf("%s holds %d rows, want %d: %v", table, n, want, err)
		}
	}
	devices, err := amina.Client.QueryKeys(t.Context(), &mautrix.ReqQueryKeys{DeviceKeys: map[id.UserID]mautrix.DeviceIDList{o.user: {}}})
	if err != nil || len(devices.DeviceKeys[o.user]) != 1 {
		t.Errorf("the bot has %d devices: %v", len(devices.DeviceKeys[o.user]), err)
	}
}
