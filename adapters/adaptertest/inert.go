package adaptertest

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"ginnel/bot"
)

// hostile is what a stranger may call a group, or write into an offer.
var hostile = []string{
	"<!channel> <!here> <!everyone>",
	"<@U0123456789> <#C0123456789|general> <https://evil.example|our bank>",
	"@room @here @channel @everyone",
	"@someone:evil.example #room:evil.example",
	`<a href="https://evil.example">your bank</a><img src=x onerror=alert(1)><script>alert(1)</script>`,
	"[your bank](https://evil.example) ![x](mxc://evil.example/x) ||spoiler||",
	"*bold* _slanted_ ~struck~ `code` ```block```",
	"> quoted\n> twice",
	"https://bank.example@evil.example/ https://bank.example\u2044evil.example",
	"safe\u202egnp.exe\u202c \u2066left\u2069 \u200f\u200e\u061c",
	"zero\u200bwidth\u2060\ufeff a\u00adb",
	"bell\a escape\x1b[2J\x1b]0;title\a null\x00 del\x7f \u009b31m",
	"bad \xff\xfe utf8",
	"&lt;!channel&gt; &amp;lt; &#x3c;b&#x3e;",
	"/me does /remind @everyone",
	strings.Repeat("Z̸̧͚̓", 300),
	strings.Repeat("n", 10_000),
}

// inert are the promises that what strangers wrote does nothing but stand there.
var inert = []promise{
	{"calls nobody, links nowhere and moves nothing with what strangers wrote", func(t *testing.T, b Bench) {
		hear(t, b.Adapter, nil)
		for i, text := range hostile {
			everywhere := bot.Lines(bot.Text("Listed: "+text), bot.Line{bot.Strong(text)}, bot.Line{{Text: text}, {Text: text}}).
				With([]bot.Line{{bot.Strong(text), {Text: ": " + text}}}).
				Choose(bot.Choice{Label: text, Say: text})
			everywhere = append(everywhere, bot.Block{Form: &bot.Form{
				Title: text, Say: []string{"we need {what}"},
				Fields: []bot.Field{{Name: "what", Label: text, Hint: text, Value: []string{text}}},
			}})
			p := bot.Post{Key: string(rune('a' + i)), Where: b.private(), For: b.People[0], Reply: everywhere}
			id, err := b.Adapter.Send(t.Context(), p)
			if send, known := bot.Outcome(err); err != nil && (!known || send.Final) {
				t.Errorf("%.60q: %v", text, err)
			}
			if editor, can := b.Adapter.(bot.Editor); can && id != "" {
				if err := editor.Edit(t.Context(), id, p); err != nil {
					t.Errorf("%.60q: %v", text, err)
				}
			}
		}
		for _, r := range b.Shown() {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Errorf("it shows the control character %q", r)
			}
		}
		if b.Pings != nil {
			if who := b.Pings(); len(who) > 0 {
				t.Errorf("it called %q", who)
			}
		}
		if b.Links != nil {
			if where := b.Links(); len(where) > 0 {
				t.Errorf("it links to %q", where)
			}
		}
	}},
	{"calls whom the bot means, and nobody else", func(t *testing.T, b Bench) {
		has(t, b.Pings != nil, "nobody is called")
		hear(t, b.Adapter, nil)
		p := bot.Post{Key: "p", Where: b.private(), Reply: bot.Lines(bot.Line{{Text: "<!channel> @room", Person: b.People[1]}, {Text: " speaks for them."}})}
		if _, err := b.Adapter.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		for _, who := range b.Pings() {
			if who != string(b.People[1]) {
				t.Errorf("it called %q", who)
			}
		}
	}},
	{"shows where a link leads", func(t *testing.T, b Bench) {
		has(t, b.Links != nil, "nothing can be clicked")
		hear(t, b.Adapter, nil)
		const good = "https://tally.example/hall"
		p := bot.Post{Key: "p", Where: b.private(), Reply: bot.Lines(
			bot.Line{{Text: "the hall", Link: good}},
			bot.Line{{Text: "your bank", Link: "javascript:alert(1)"}},
			bot.Line{{Text: "your bank", Link: "https://evil.example/|<!channel>\">"}},
		)}
		if _, err := b.Adapter.Send(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		for _, where := range b.Links() {
			if !strings.HasPrefix(where, "https://") {
				t.Errorf("it links to %q", where)
			}
		}
		if slices.Contains(b.Links(), good) {
			shows(t, b, "tally.example")
		}
	}},
}
