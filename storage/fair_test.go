package storage_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// TestNobodyWaitsBehindAllThatAnotherSaid: behind the hundreds of messages of one sender others wait for twenty of them, in the same
// room too, and so does what falls due; what one sender said in one place stays in order. That nobody waits for more than a second
// follows from the number, since no test may go by a watch: twenty are handled in a second if each takes 50 ms, and 99 of 100
// answers take a tenth of that (BenchmarkMessage).
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
		// Nothing else goes before them, and all of them before her next.
		before := []string{"a1", "a2", "t1", "edit", "late", "week/1"}
		if got := order[atEase : atEase+len(before)]; !slices.Equal(got, before) || order[atEase-1] != "m019" || order[atEase+len(before)] != "m020" {
			t.Errorf("after the first %d come %v", atEase, got)
		}
		hers := slices.DeleteFunc(slices.Clone(order), func(id string) bool { return id[0] != 'm' })
		if !slices.IsSorted(hers) {
			t.Errorf("what one sender says in one place is out of order: %v", order)
		}
	})
}

// TestWhoeverHasFewWaitingIsHandledAsItCame: nobody has more than twenty waiting, so a room is handled in the order in which it spoke,
// and so is everywhere else.
func TestWhoeverHasFewWaitingIsHandledAsItCame(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		var came, order []string
		for i := range 40 {
			id, who := fmt.Sprint("x", i), amina
			if i%4 == 3 {
				who = tom
			}
			m := bot.Message{ID: bot.MessageID(id), Kind: bot.Said, From: who, Where: bot.Address{Network: "net", Room: bot.RoomID([]string{"hall", "shed"}[i/2%2])}, Text: "x", At: start}
			if i >= 26 { // by then she has twenty waiting
				m.From = tom
			}
			must[bool](t)(db.PutMessage(ctx, m, start))
			came = append(came, id)
		}
		for {
			w, ok, _, err := db.NextMessage(ctx, start)
			check(t, err)
			if !ok {
				break
			}
			order = append(order, string(w.Message.ID))
			must[bool](t)(db.HandleMessage(ctx, w.Message.Key(), start, func(context.Context) (bot.Answer, error) { return bot.Answer{}, nil }))
		}
		if !slices.Equal(order, came) {
			t.Errorf("handled in the order %v", order)
		}
	})
}
