package storage_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// TestNobodyWaitsBehindAllThatAnotherSaid: behind many messages of one sender others wait for one of them, in the same room too, and
// so does what falls due; what one sender said in one place stays in order.
func TestNobodyWaitsBehindAllThatAnotherSaid(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		hall := bot.Address{Network: "net", Room: "hall"}
		put := func(id string, who bot.Speaker, where bot.Address, kind bot.Kind) {
			t.Helper()
			must[bool](t)(db.PutMessage(ctx, bot.Message{ID: bot.MessageID(id), Kind: kind, From: who, Where: where, Text: "x", At: start}, start))
		}
		mallory := bot.Speaker{Network: "net", ID: "mallory"}
		const many, atEase = 300, 20
		for i := range many {
			put(fmt.Sprintf("m%03d", i), mallory, hall, bot.Said)
		}
		must[bool](t)(db.PutMessage(ctx, bot.Later("week", "1", start, "w"), start))
		put("a1", amina, hall, bot.Said)
		put("a2", amina, hall, bot.Said)
		put("t1", tom, bot.Private(tom), bot.Said)
		put("edit", bot.Speaker{}, bot.Private(tom), bot.Edited)
		var order []string
		for {
			w, ok, _, err := db.NextMessage(ctx, start)
			check(t, err)
			if !ok {
				break
			}
			order = append(order, string(w.Message.ID))
			must[bool](t)(db.HandleMessage(ctx, w.Message.Key(), start, func(context.Context) (bot.Answer, error) { return bot.Answer{}, nil }))
			if len(order) == 1 { // who comes while others wait
				put("late", bot.Speaker{Network: "net", ID: "late"}, hall, bot.Said)
			}
		}
		if len(order) != many+6 {
			t.Fatalf("%d were handled", len(order))
		}
		for _, id := range []string{"a1", "t1", "edit", "late", "week/1"} {
			if at := slices.Index(order, id); at < 0 || at > atEase+6 {
				t.Errorf("%s comes as number %d", id, at+1)
			}
		}
		if at := slices.Index(order, "a2"); at > atEase+8 {
			t.Errorf("a second message comes as number %d", at+1)
		}
		hers := slices.DeleteFunc(slices.Clone(order), func(id string) bool { return id[0] != 'm' })
		if !slices.IsSorted(hers) || slices.Index(order, "edit") < slices.Index(order, "t1") {
			t.Errorf("what one sender says in one place is out of order: %v", order)
		}
	})
}
