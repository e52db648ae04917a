package layout

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ginnel/bot"
)

func anyReply(t *rapid.T) (r bot.Reply) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom([]string{"x", "wörd ", "ab, ", "👩‍👩‍👧 "}).Draw(t, "of"), rapid.IntRange(1, rapid.SampledFrom([]int{5, 80, 4000}).Draw(t, "up to")).Draw(t, "times"))
	})
	for range rapid.IntRange(1, 60).Draw(t, "blocks") {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r = append(r, bot.Block{Line: bot.Line{{Text: text.Draw(t, "line")}, {Text: text.Draw(t, "more"), Strong: true}}})
		case 1:
			list := bot.Block{}
			for range rapid.IntRange(1, 60).Draw(t, "lines") {
				list.List = append(list.List, bot.Text(text.Draw(t, "item")))
			}
			r = append(r, list)
		case 2:
			choices := bot.Block{}
			for range rapid.IntRange(1, 40).Draw(t, "choices") {
				choices.Choices = append(choices.Choices, bot.Choice{Label: text.Draw(t, "label"), Say: text.Draw(t, "say")})
			}
			r = append(r, choices)
		case 3:
			r = append(r, bot.Block{Form: &bot.Form{Title: text.Draw(t, "title"), Fields: []bot.Field{{Name: "a", Label: text.Draw(t, "field")}}, Say: []string{"say {a}"}}})
		}
	}
	return r
}

// TestFit: whatever is said, each part of it fits into a message, nothing that can be shown is lost, and the order stays.
func TestFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReply(t)
		var shown bot.Reply
		for head, rest := Fit(r); ; head, rest = Fit(rest) {
			if more := head.Choose(bot.Choice{Label: "show the rest", Say: "show the rest"}); rest != nil && !Fits(more) || !Fits(head) {
				t.Fatalf("%d blocks, %d characters, %d choices do not fit", len(head), utf8.RuneCountInString(head.Plain()), len(head.Choices()))
			}
			shown = append(shown, head...)
			if rest == nil {
				break
			}
			if len(head) == 0 {
				t.Fatal("nothing is shown, and there is a rest")
			}
		}
		want, got := join(pieces(r)), join(shown)
		if want.Plain() != got.Plain() {
			t.Fatalf("shown is another text than\n%s\n---\n%s", want.Plain(), got.Plain())
		}
	})
}

func TestWhatFitsIsNotTouched(t *testing.T) {
	r := bot.Lines(bot.Text("one"), bot.Text("two")).With([]bot.Line{bot.Text("a"), bot.Text("b")}).Choose(bot.Choice{Label: "yes", Say: "yes"})
	head, rest := Fit(r)
	if rest != nil || head.Plain() != r.Plain() || !Fits(r) {
		t.Errorf("%q, %q", head.Plain(), rest.Plain())
	}
	if Fits(bot.Reply{{Line: bot.Text(strings.Repeat("x", MaxLine+1))}}) {
		t.Error("a line that is too long fits")
	}
}
