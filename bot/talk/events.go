package talk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"ginnel/bot"
)

// events are the commands for what happens without anybody saying something.
func (b *Bot) events() []bot.Command {
	return []bot.Command{
		{Name: "talk.joined", Role: bot.Anyone, Kind: bot.Joined, Hears: func(m bot.Message) bool { return m.Us && m.Where.InRoom() }, Handle: b.joined},
		{Name: "talk.opened", Role: bot.Anyone, Kind: bot.Opened, Handle: b.opened},
		{Name: "talk.unread", Role: bot.Anyone, Kind: bot.Unread, Handle: b.unread},
	}
}

// joined says in a room that the bot was brought to who it is, what it hears there, and how to have it leave.
func (b *Bot) joined(context.Context, bot.Message, bot.Args) (bot.Answer, error) {
	return bot.Answer{Reply: bot.Lines(b.words.Line("joined.who"), b.words.Line("joined.hears"), b.words.Line("joined.leave"))}, nil
}

// opened welcomes, once, somebody who looks at the private chat or the home page for the first time.
func (b *Bot) opened(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	standings, err := b.store.Standings(ctx, m.From)
	a := bot.Answer{Posts: renewed(m)}
	if err != nil || len(standings) > 0 {
		return a, err
	}
	a.Posts = append(a.Posts, bot.Post{
		Key: "welcome/" + once(m.From), Where: bot.Private(m.From), Urgency: bot.AtOnce, NotAfter: m.At.Add(24 * time.Hour),
		Reply: bot.Lines(b.words.Line("welcome.what"), b.words.Line("welcome.try")).Choose(b.words.Choice("problem.help", "talk.help")),
	})
	return a, nil
}

// unread tells somebody that what was said could not be read, once in a day: whatever is wrong is wrong for a while.
func (b *Bot) unread(_ context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	reason := "unread.unreadable"
	if m.For == bot.WithoutEncryption {
		reason = "unread.encryption"
	}
	return bot.Answer{Posts: []bot.Post{{
		Key: "unread/" + once(m.From) + "/" + bot.DateOf(m.At.In(b.zone)).ISO(), Where: m.Where, To: m.ID, For: m.From.ID, Urgency: bot.AtOnce,
		NotAfter: m.At.Add(24 * time.Hour), Reply: bot.Lines(b.words.Line(reason)),
	}}}, nil
}

// once names a person in the key of a post that is said to them once. Keys are kept for ever, people are not: nobody can be
// read from it.
func once(s bot.Speaker) string {
	sum := sha256.Sum256([]byte(bot.AboutPerson(s)))
	return hex.EncodeToString(sum[:16])
}
