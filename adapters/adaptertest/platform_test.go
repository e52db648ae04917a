package adaptertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ginnel/adapters/adaptertest"
	"ginnel/bot"
	"ginnel/bot/clean"
)

func TestPlatform(t *testing.T) {
	adaptertest.Contract(t, func(t *testing.T) adaptertest.Bench {
		dir, err := os.MkdirTemp("", "platform")
		if err != nil {
			t.Fatal(err)
		}
		p, err := adaptertest.Listen(filepath.Join(dir, "s"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			p.Close()
			os.RemoveAll(dir)
		})
		from := bot.Speaker{Network: "net", ID: "amina", Name: "Amina"}
		n := 0
		return adaptertest.Bench{
			Adapter: adaptertest.Dial(filepath.Join(dir, "s"), "net"), Again: true, People: []bot.UserID{"amina", "tom"},
			Say: func(text string) {
				n++
				p.Feed(bot.Message{ID: bot.MessageID(fmt.Sprint("m", n)), Kind: bot.Said, From: from, Where: bot.Private(from), Text: text, ToUs: true})
			},
			Aside: func(text string) {
				p.Feed(bot.Message{ID: "aside", Kind: bot.Said, From: from, Where: bot.Address{Network: "net", Room: "hall"}, Text: text})
			},
			Shown: func() string {
				var b strings.Builder
				for _, post := range p.Said() {
					b.WriteString(clean.Text(post.Reply.Plain()) + "\n")
				}
				return b.String()
			},
		}
	})
}
