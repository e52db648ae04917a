package storage_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// offers says posts of that key in that thread of the hall, each as a message called as the post with an m in front. The choice
// of a key that ends in a plus stays.
func offers(t *testing.T, db *storage.DB, thread bot.ThreadID, keys ...string) {
	t.Helper()
	for _, key := range keys {
		p := post(key, "hall")
		p.Where.Thread = thread
		if key[len(key)-1] == '+' {
			p.Reply[len(p.Reply)-1].Choices[0].Stays = true
		}
		if key[len(key)-1] == '-' {
			p.Reply = bot.Lines(bot.Text("no choices"))
		}
		check(t, db.PutPosts(t.Context(), start, p))
		if got := claim(t, db, start); got != key {
			t.Fatalf("claimed %s", got)
		}
		check(t, db.SentPost(t.Context(), key, "me", bot.MessageID("m"+key), start))
	}
}

func offeredIn(t *testing.T, db *storage.DB, where bot.Address, now time.Time) (all []string) {
	t.Helper()
	for _, o := range must[[]bot.Offered](t)(db.Offered(t.Context(), where, amina, now)) {
		key := o.Key
		if o.Stale {
			key += " (stale)"
		}
		all = append(all, key)
	}
	return all
}

func TestWhatWasOffered(t *testing.T) {
	hall := bot.Address{Network: "net", Room: "hall"}
	thread := func(id bot.ThreadID) bot.Address { return bot.Address{Network: "net", Room: "hall", Thread: id} }
	for _, c := range []struct {
		name string
		said map[bot.ThreadID][]string
		at   bot.Address
		want []string
	}{
		{"the last reply, and other posts", map[bot.ThreadID][]string{"": {"watch/1", "reply/1", "reply/2"}}, hall, []string{"reply/2", "watch/1"}},
		{"a reply without choices ends a list", map[bot.ThreadID][]string{"": {"watch/1", "reply/1", "reply/2-"}}, hall, []string{"watch/1"}},
		{"but not one that stays", map[bot.ThreadID][]string{"": {"reply/1+", "reply/2-"}}, hall, []string{"reply/1+ (stale)"}},
		{"which another list ends", map[bot.ThreadID][]string{"": {"reply/1+", "reply/2"}}, hall, []string{"reply/2"}},
		{"each thread has lists of its own", map[bot.ThreadID][]string{"a": {"reply/1"}, "b": {"reply/2"}}, thread("a"), []string{"reply/1"}},
		{"in a new thread, those of the room", map[bot.ThreadID][]string{"": {"reply/1"}, "b": {"reply/2"}}, thread("c"), []string{"reply/1"}},
		{"in the room, those of its threads", map[bot.ThreadID][]string{"b": {"reply/2"}}, hall, []string{"reply/2"}},
		{"nothing of another room", map[bot.ThreadID][]string{"": {"reply/1"}, "b": {"reply/2"}}, bot.Address{Network: "net", Room: "hal"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			storagetest.Each(t, func(t *testing.T, url string) {
				db := open(t, url)
				for thread, keys := range c.said {
					offers(t, db, thread, keys...)
				}
				if diff := cmp.Diff(c.want, offeredIn(t, db, c.at, start.Add(time.Hour))); diff != "" {
					t.Error(diff)
				}
				if got := offeredIn(t, db, c.at, start.Add(25*time.Hour)); got != nil {
					t.Errorf("offered for ever: %v", got)
				}
			})
		})
	}
}

// TestAnOlderMessageHasItsOwnList: an answer under a message is never one to another.
func TestAnOlderMessageHasItsOwnList(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		offers(t, db, "", "reply/1+", "reply/2", "reply/3", "plain/4-")
		for on, want := range map[bot.MessageID]string{"mreply/1+": "reply/1+", "mreply/3": "reply/3", "mreply/2": "", "mplain/4-": ""} {
			got, ours, err := db.OfferedOn(t.Context(), amina, on, start.Add(time.Hour))
			check(t, err)
			key := ""
			for _, o := range got {
				key += o.Key
			}
			if !ours || key != want {
				t.Errorf("on %s: %q, want %q; ours %v", on, key, want, ours)
			}
		}
		if _, ours, err := db.OfferedOn(t.Context(), amina, "somebody else's", start); ours || err != nil {
			t.Error("another's message is taken for ours", err)
		}
	})
}

// TestWhatIsOnlyChangedIsSaidAllTheSame: an answer to a message whose sending is not known to have worked does not stop it.
func TestWhatIsOnlyChangedIsSaidAllTheSame(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db := open(t, url)
		check(t, db.PutPosts(t.Context(), start, post("reply/1", "hall")))
		change := post("reply/1/answered/m", "hall")
		change.Instead, change.OnlyEdit = "reply/1", true
		check(t, db.PutPosts(t.Context(), start, change))
		if got := claim(t, db, start); got != "reply/1" {
			t.Errorf("claimed %q", got)
		}
	})
}
