package slack_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ginnel/adapters/slack/slackfake"
	"ginnel/bot"
	"ginnel/bot/clean"
)

// hostile are pieces of what strangers write.
var hostile = []string{
	"", " ", "\n", "a", "Repair Café", "<!channel>", "<!here|here>", "<@U0123456789>", "<#C0123456789>", "<https://evil.example|bank>",
	"*bold* _it_ ~no~ `code`", "&amp;lt;", "&lt;!everyone&gt;", "@channel", ":tada:", "\u202e\u2066x", "\x00\x1b[2J\xff", "“quoted” \"too\"",
	"https://bank.example@evil.example/", strings.Repeat("long ", 900), strings.Repeat("ü", 5000), "你好", "👩‍👩‍👧", "{what} [x]",
}

// picture begins as a PNG does.
var picture = []byte("\x89PNG\x0d\x0a\x1a\x0a and so on")

func words() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 4).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " ", "\n"}).Draw(t, "between"))
	})
}

func line() *rapid.Generator[bot.Line] {
	return rapid.Custom(func(t *rapid.T) bot.Line {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Span {
			s := bot.Span{Text: words().Draw(t, "text"), Strong: rapid.Bool().Draw(t, "strong")}
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				s.Link = rapid.SampledFrom(append(hostile, "https://tally.example/a?b=c&d", "javascript:alert(1)", "https://")).Draw(t, "link")
			case 1:
				s.Person = bot.UserID(rapid.SampledFrom(append(hostile, "amina")).Draw(t, "person"))
			}
			return s
		}), 0, 4).Draw(t, "spans")
	})
}

func choice() *rapid.Generator[bot.Choice] {
	return rapid.Custom(func(t *rapid.T) bot.Choice {
		return bot.Choice{Label: words().Draw(t, "label"), Say: words().Draw(t, "say"), Form: rapid.Bool().Draw(t, "form")}
	})
}

func form() *rapid.Generator[*bot.Form] {
	return rapid.Custom(func(t *rapid.T) *bot.Form {
		f := &bot.Form{Title: words().Draw(t, "title")}
		for i := range rapid.IntRange(0, 6).Draw(t, "fields") {
			name := fmt.Sprint("f", i)
			f.Say = append(f.Say, "we offer {"+name+"} [until {f0}]")
			f.Fields = append(f.Fields, bot.Field{
				Name: name, Label: words().Draw(t, "label"), Hint: words().Draw(t, "hint"), Needed: rapid.Bool().Draw(t, "needed"),
				Many: rapid.Bool().Draw(t, "many"), Value: rapid.SliceOfN(words(), 0, 3).Draw(t, "value"),
				Options: rapid.SliceOfN(choice(), 0, rapid.SampledFrom([]int{0, 3, 130}).Draw(t, "most")).Draw(t, "options"),
			})
		}
		return f
	})
}

func reply() *rapid.Generator[bot.Reply] {
	return rapid.Custom(func(t *rapid.T) bot.Reply {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bot.Block {
			switch rapid.IntRange(0, 9).Draw(t, "kind") {
			case 0, 1, 2:
				return bot.Block{Line: line().Draw(t, "line")}
			case 3, 4:
				return bot.Block{List: rapid.SliceOfN(line(), 0, 30).Draw(t, "list")}
			case 5, 6, 7:
				return bot.Block{Choices: rapid.SliceOfN(choice(), 0, 40).Draw(t, "choices")}
			case 8:
				return bot.Block{Picture: &bot.Picture{Text: words().Draw(t, "words"), Name: words().Draw(t, "name"), Data: rapid.SampledFrom([][]byte{nil, {1, 2}, picture}).Draw(t, "data")}}
			}
			return bot.Block{Form: form().Draw(t, "form")}
		}), 0, rapid.SampledFrom([]int{3, 12, 60}).Draw(t, "most")).Draw(t, "blocks")
	})
}

// TestEveryReplyIsTaken has Slack's limits hold for whatever is said, in a message, on a Home tab and in a window, and
// nobody called by it.
func TestEveryReplyIsTaken(t *testing.T) {
	w := slackfake.New(t, slackfake.Unlimited())
	amina := w.Person("Amina")
	s := connected(t, w)
	h := runs(t, s)
	who := bot.Speaker{Network: s.Network(), ID: bot.UserID(amina.ID), Name: "Amina"}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		r := reply().Draw(t, "reply")
		n++
		page := bot.Private(who)
		page.Home = true
		if err := amina.Shortcut("offer_something"); err != nil {
			t.Fatal(err)
		}
		asked := h.all()[len(h.all())-1]
		for i, p := range []bot.Post{
			{Where: bot.Private(who), Reply: r},
			{Where: page, Reply: r},
			{Where: bot.Private(who), To: asked.ID, Reply: append(bot.Reply{{Form: form().Draw(t, "window")}}, r...)},
		} {
			p.Key = fmt.Sprint("p", n, "/", i)
			id, err := s.Send(t.Context(), p)
			if err != nil || clean.CheckID(id) != nil {
				t.Fatalf("%d: %q, %v", i, id, err)
			}
		}
		if amina.Modal() == nil {
			t.Fatal("no window is open")
		}
		_ = amina.Closes()
	})
	if who := pings(w); len(who) > 0 {
		for _, u := range who {
			if u != "U0123456789" { // the bot meant that
				t.Fatalf("it called %q", u)
			}
		}
	}
	if v := w.Violations(); len(v) > 0 {
		t.Error(v)
	}
	for _, c := range w.Calls("") {
		if c.Refused != "" {
			t.Errorf("%s was refused: %s", c.Method, c.Refused)
		}
	}
}
