package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func anyReply(t *rapid.T) (r Reply) {
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom([]string{"x", "wörd ", "ab, ", "👩‍👩‍👧 "}).Draw(t, "of"), rapid.IntRange(1, rapid.SampledFrom([]int{5, 80, 4000}).Draw(t, "up to")).Draw(t, "times"))
	})
	for range rapid.IntRange(1, 60).Draw(t, "blocks") {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r = append(r, Block{Line: Line{{Text: text.Draw(t, "line")}, {Text: text.Draw(t, "more"), Strong: true}}})
		case 1:
			list := Block{}
			for range rapid.IntRange(1, 60).Draw(t, "lines") {
				list.List = append(list.List, Text(text.Draw(t, "item")))
			}
			r = append(r, list)
		case 2:
			choices := Block{}
			for range rapid.IntRange(1, 40).Draw(t, "choices") {
				choices.Choices = append(choices.Choices, Choice{Label: text.Draw(t, "label"), Say: text.Draw(t, "say")})
			}
			r = append(r, choices)
		case 3:
			r = append(r, Block{Form: &Form{Title: text.Draw(t, "title"), Fields: []Field{{Name: "a", Label: text.Draw(t, "field")}}, Say: []string{"say {a}"}}})
		}
	}
	return r
}

// TestFit: whatever is said, each part of it fits into a message, nothing that can be shown is lost, and the order stays.
func TestFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyReply(t)
		var shown Reply
		for head, rest := r.Fit(); ; head, rest = rest.Fit() {
			if more := head.Choose(Choice{Label: "show the rest", Say: "show the rest"}); rest != nil && !more.Fits() || !head.Fits() {
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
		want, got := join(r.pieces()), join(shown)
		if want.Plain() != got.Plain() {
			t.Fatalf("shown is another text than\n%s\n---\n%s", want.Plain(), got.Plain())
		}
	})
}

func TestWhatFitsIsNotTouched(t *testing.T) {
	r := Lines(Text("one"), Text("two")).With([]Line{Text("a"), Text("b")}).Choose(Choice{Label: "yes", Say: "yes"})
	head, rest := r.Fit()
	if rest != nil || head.Plain() != r.Plain() || !r.Fits() {
		t.Errorf("%q, %q", head.Plain(), rest.Plain())
	}
	if (Reply{{Line: Text(strings.Repeat("x", MaxLine+1))}}).Fits() {
		t.Error("a line that is too long fits")
	}
}
