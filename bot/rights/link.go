package rights

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// How long a word that links two accounts is good.
const wordLasts = 15 * time.Minute

// hashed is a word as it is kept: who reads the database must not be able to say it.
func hashed(word string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Trim(word, " .“”\"'"))))
	return hex.EncodeToString(sum[:])
}

// link tells somebody a word to say on the other network.
func (r *Rights) link(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	word := r.word()
	if err := r.store.PutLinkWord(ctx, hashed(word), m.From, m.At.Add(wordLasts)); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: bot.Lines(
		r.words.Line("link.word", "say", r.words.Say("rights.linkword", "word", word)), r.words.Line("link.secret"),
	)}, nil
}

// whose is who was told a word, whom the speaker may be one person with.
func (r *Rights) whose(ctx context.Context, m bot.Message, args bot.Args) (first bot.Speaker, why error, err error) {
	first, err = r.store.LinkWord(ctx, hashed(args.Text("word")), m.At)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return first, r.words.Trouble("linkword.unknown"), nil
	case err != nil:
		return first, nil, fmt.Errorf("link word: %w", err)
	}
	ours, err := r.store.Accounts(ctx, m.From)
	if err != nil {
		return first, nil, err
	}
	theirs, err := r.store.Accounts(ctx, first)
	if err != nil {
		return first, nil, err
	}
	for _, a := range ours {
		for _, b := range theirs {
			switch {
			case a.Network == b.Network && a.ID == b.ID:
				return first, r.words.Trouble("linkword.same"), nil
			case a.Network == b.Network: // two on one network would be two voices of one person there
				return first, r.words.Trouble("linkword.network"), nil
			}
		}
	}
	return first, nil, nil
}

// linkWord hears the word on the other network, and asks once more: whoever is talked into saying somebody else's word would hand
// over all that the own account may do.
func (r *Rights) linkWord(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	first, why, err := r.whose(ctx, m, args)
	if err != nil || why != nil {
		return bot.Answer{}, errors.Join(err, why)
	}
	name := first.Name
	if name == "" {
		name = string(first.ID)
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("linkword.sure", "name", bot.Strong(clean.OneLine(name))), r.words.Line("linkword.careful")).Choose(
		r.words.Choice("linkword.yes", "rights.linkyes", "word", args.Text("word")), r.words.Choice("linkword.no", "rights.keep"),
	)}, nil
}

// linkYes makes two accounts one person's, and lets the other account know.
func (r *Rights) linkYes(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	first, why, err := r.whose(ctx, m, args)
	if err != nil || why != nil {
		return bot.Answer{}, errors.Join(err, why)
	}
	if err := r.store.Link(ctx, first, m.From); err != nil {
		return bot.Answer{}, err
	}
	undo := r.words.Choice("linkyes.undo", "rights.unlink")
	return bot.Answer{
		Reply: bot.Lines(r.words.Line("linkyes.done")).Choose(undo),
		Posts: []bot.Post{{
			Key: "linked/" + string(m.ID), Where: bot.Private(first), Reply: bot.Lines(r.words.Line("linkyes.told")).Choose(undo),
			Urgency: bot.News, Why: bot.Owed, About: []string{bot.AboutPerson(first)}, NotAfter: m.At.Add(7 * 24 * time.Hour), Open: m.At.Add(7 * 24 * time.Hour),
		}},
	}, nil
}

// unlink has an account be nobody else's any more.
func (r *Rights) unlink(ctx context.Context, m bot.Message, _ bot.Args) (bot.Answer, error) {
	all, err := r.store.Accounts(ctx, m.From)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(all) < 2 {
		return bot.Answer{}, r.words.Trouble("unlink.none")
	}
	return bot.Answer{Reply: bot.Lines(r.words.Line("unlink.done"))}, r.store.Unlink(ctx, m.From)
}
