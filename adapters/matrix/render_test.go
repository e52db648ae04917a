package matrix

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/bot/clean"
)

func TestBothBodiesSayTheSame(t *testing.T) {
	p := bot.Post{
		Where: bot.Address{Room: "!r:x"}, For: "@amina:x",
		Reply: bot.Lines(bot.Line{{Text: "For "}, bot.Strong("Tally <b>Trust</b>"), {Text: " & more"}}, bot.Line{{Text: "the hall", Link: "https://tally.example/hall"}}).
			With([]bot.Line{bot.Text("one"), {{Text: "Tom", Person: "@tom:x"}, {Text: " speaks"}}}).
			Choose(bot.Choice{Label: "ask"}, bot.Choice{Label: "sorted"}).With([]bot.Line{bot.Text("also")}).Choose(bot.Choice{Label: "stop"}),
	}
	c := render(p)
	plain := "For Tally <b>Trust</b> & more\nthe hall (https://tally.example/hall)\n- one\n- Tom speaks\n  1 ask\n  2 sorted\n- also\n  3 stop"
	rich := `For <strong>Tally &lt;b&gt;Trust&lt;/b&gt;</strong> &amp; more<br><a href="https://tally.example/hall">the hall</a> (tally.example)` +
		`<ul><li>one</li><li><a href="https://matrix.to/#/@tom:x">Tom</a> speaks</li></ul>` +
		`<ol start="1"><li>ask</li><li>sorted</li></ol><ul><li>also</li></ul><ol start="3"><li>stop</li></ol>`
	if c.Body != plain {
		t.Errorf("the plain body is\n%s\nwant\n%s", c.Body, plain)
	}
	if c.FormattedBody != rich {
		t.Errorf("the rich body is\n%s\nwant\n%s", c.FormattedBody, rich)
	}
	if c.Mentions == nil || len(c.Mentions.UserIDs) != 1 || c.Mentions.UserIDs[0] != "@amina:x" {
		t.Errorf("it calls %+v", c.Mentions)
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// TestNothingWrittenIsMarkup: whatever a person wrote, HTML shows it as it was written.
func TestNothingWrittenIsMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wrote := rapid.StringMatching(`[ a-z<>&"'/=@#*_\[\]()!]{1,60}`).Draw(t, "text")
		c := render(bot.Post{Where: bot.Private(bot.Speaker{ID: "@a:x"}), Reply: bot.Lines(bot.Line{bot.Strong(wrote)}).Choose(bot.Choice{Label: wrote})})
		shown := html.UnescapeString(tag.ReplaceAllString(c.FormattedBody, ""))
		if want := clean.OneLine(wrote); strings.TrimSpace(shown) != strings.TrimSpace(want+want) && strings.ReplaceAll(shown, " ", "") != strings.ReplaceAll(want+want, " ", "") {
			t.Fatalf("%q is shown as %q", wrote, shown)
		}
		if len(c.Mentions.UserIDs) > 0 || c.Mentions.Room {
			t.Fatalf("%q calls %+v", wrote, c.Mentions)
		}
	})
}

func TestTheNameIsCutOff(t *testing.T) {
	m, err := New(Options{User: "@scout:example.org", Keep: func(bot.Network) bot.Keep { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	for said, want := range map[string]string{
		"@scout:example.org: help": "help", "scout: help": "help", "Scout, help": "help", "@scout help": "help", "!scout help": "help",
		"!ginnel help": "help", "Ginnel: help": "help", "!ginnel": "",
	} {
		if rest, named := m.cutName(said); !named || rest != want {
			t.Errorf("%q is %q, %v", said, rest, named)
		}
	}
	for _, said := range []string{"scouts: help", "ginnel is a nice word", "I like scout: yes", "!ginnels help", "help"} {
		if rest, named := m.cutName(said); named || rest != said {
			t.Errorf("%q is %q, %v", said, rest, named)
		}
	}
}

func TestIdsOfRoomsWithoutAServer(t *testing.T) {
	room, e := splitID(messageID("!dGhpcyBpcyBhIHJvb20", "$ZXZlbnQ/with+strokes"))
	if room != "!dGhpcyBpcyBhIHJvb20" || e != "$ZXZlbnQ/with+strokes" {
		t.Errorf("it comes apart as %q and %q", room, e)
	}
}
