package adaptertest_test

import (
	"testing"

	"ginnel/adapters/adaptertest"
	"ginnel/bot"
)

func TestUnruly(t *testing.T) {
	adaptertest.Contract(t, func(*testing.T) adaptertest.Bench {
		u := adaptertest.NewUnruly("unruly")
		amina, tom := bot.Speaker{Network: "unruly", ID: "amina", Name: "Amina"}, bot.Speaker{Network: "unruly", ID: "tom", Name: "Tom"}
		hall := bot.Address{Network: "unruly", Room: "hall"}
		return adaptertest.Bench{
			Adapter: u, People: []bot.UserID{amina.ID, tom.ID}, Again: true,
			Say: func(text string) {
				u.Happen(bot.Message{Kind: bot.Said, From: amina, Where: bot.Private(amina), Text: text, ToUs: true})
			},
			Aside: func(text string) { u.Happen(bot.Message{Kind: bot.Said, From: amina, Where: hall, Text: text}) },
			Change: func(text string) {
				u.Happen(bot.Message{Kind: bot.Edited, From: amina, Where: bot.Private(amina), Text: text, On: u.Last()})
			},
			Delete:   func() { u.Happen(bot.Message{Kind: bot.Deleted, From: amina, Where: bot.Private(amina), On: u.Last()}) },
			Press:    func(n int) { u.Press(amina.ID, n) },
			Invited:  func() { u.Happen(bot.Message{Kind: bot.Joined, Us: true, From: amina, Where: hall}) },
			Joins:    func() { u.Happen(bot.Message{Kind: bot.Joined, From: tom, Where: hall}) },
			Down:     u.Down,
			Gone:     u.Gone,
			Shown:    u.Shown,
			Messages: func() int { return len(u.Said()) },
		}
	})
}
