package digest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Appoint keeps the word with which the first coordinator is known. told is false when there is a coordinator
// already, and the word is good for nothing.
func (d *Digest) Appoint(ctx context.Context, word string) (told bool, err error) {
	n, err := d.store.Coordinators(ctx)
	if err != nil || n > 0 {
		return false, err
	}
	return true, d.keep.Put(ctx, keptWord, hashed(clean.Fold(word)))
}

// coordinator makes whoever knows the word the first coordinator. The word is good once.
func (d *Digest) coordinator(ctx context.Context, m bot.Message, args bot.Args) (bot.Answer, error) {
	if args.Coordinator {
		return bot.Answer{Reply: bot.Lines(d.words.Line("coordinator.already"))}, nil
	}
	kept, err := d.keep.Get(ctx, keptWord)
	if err != nil {
		return bot.Answer{}, fmt.Errorf("settings: %w", err)
	}
	if kept == "" || kept != hashed(clean.Fold(args.Text("word"))) {
		return bot.Answer{}, d.words.Trouble("coordinator.wrong")
	}
	if err := errors.Join(d.keep.Put(ctx, keptWord, ""), d.store.AddCoordinator(ctx, m.From, m.At)); err != nil {
		return bot.Answer{}, fmt.Errorf("coordinator: %w", err)
	}
	return bot.Answer{Reply: bot.Lines(d.words.Line("coordinator.done")).With([]bot.Line{
		d.words.Line("coordinator.here"), d.words.Line("coordinator.at"), d.words.Line("coordinator.preview"),
		d.words.Line("coordinator.skip"), d.words.Line("coordinator.closed"),
	})}, nil
}

func hashed(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}
