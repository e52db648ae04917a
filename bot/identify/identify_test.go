package identify

import (
	_ "embed"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

//go:embed testdata/identifies.tsv
var identifiesFile string

//go:embed testdata/passes.txt
var passesFile string

var kinds = map[string]Kind{
	"name": Name, "phone": Phone, "email": Email, "mailbox": Mailbox, "house": House, "insurance": Insurance,
	"health": Health, "bank": Bank, "birth": Birth,
}

func rows(file string) (kept []string) {
	for line := range strings.Lines(file) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return kept
}

func TestFind(t *testing.T) {
	seen := map[Kind]bool{}
	for _, row := range rows(identifiesFile) {
		kind, text, _ := strings.Cut(row, "\t")
		want, ok := kinds[kind]
		if !ok {
			t.Fatalf("no kind %q", kind)
		}
		seen[want] = true
		for _, said := range []string{text, "Hello all. " + text + "\nThank you", text + ", please"} {
			found := false
			for _, f := range Find(said) {
				found = found || f.Kind == want
			}
			if !found {
				t.Errorf("%s is not found in %q: %v", kind, said, Find(said))
			}
		}
	}
	if len(seen) != len(kinds) {
		t.Errorf("kinds tried: %v", seen)
	}
}

func TestPasses(t *testing.T) {
	for _, text := range rows(passesFile) {
		for _, f := range Find(text) {
			t.Errorf("%q: %q is taken for %d", text, text[f.Start:f.End], f.Kind)
		}
	}
}

func TestKnownNamesPass(t *testing.T) {
	const text = "could John Ryland help us? we like john ryland"
	if Find(text) == nil {
		t.Error("a full name is not found")
	}
	if found := Find(text, "John Ryland"); found != nil {
		t.Errorf("the name of a group is taken for a person: %v", found)
	}
	if Find("ring John Ryland on 07700 900123", "John Ryland") == nil {
		t.Error("beside a known name a number is not found")
	}
}

func TestFindingsAreWithinTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(
			rapid.String(), rapid.SampledFrom([]string{"Mrs", "Kyle", "Patel's", "14", "Moss Lane", "07700 900123", "called", "client", "QX1 2AB", "İ", "@", "."}),
		)).Draw(t, "text"), " ")
		last := 0
		for _, f := range Find(text, "Moss Lane") {
			if f.Start < last || f.End <= f.Start || f.End > len(text) || utf8.ValidString(text) && !utf8.ValidString(text[f.Start:f.End]) {
				t.Fatalf("%+v of %q", f, text)
			}
			last = f.Start
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		Find("hello all, does anyone know a group that could lend our playgroup forty chairs and a gazebo for saturday please")
	}
}

func TestWithoutLosesNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"a taxi for Sarah at the Travelodge room 12?":   "a taxi for somebody?",
		"lifts for Mr Ali after his chemo":              "lifts for somebody after his chemo",
		"a lad named Kyle needs boots":                  "a lad needs boots",
		"beds for Priya's children, 14 Moss Lane":       "beds for somebody's children",
		"we can offer chess, ring Bob on 07700 900123":  "we can offer chess",
		"we can offer chess":                            "we can offer chess",
		"a sofa, gate code is 9021, please bring a van": "a sofa please bring a van",
	} {
		if got, ok := Without(text); got != want || !ok {
			t.Errorf("%q becomes %q (%v), not %q", text, got, ok, want)
		}
	}
	for _, text := range []string{"07700 900123", "key under the pot", ""} {
		if got, ok := Without(text); ok {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range rows(mustCatchFile) {
		if rest, ok := Without(text); ok && Find(rest) != nil {
			t.Errorf("%q of %q still tells", rest, text)
		}
	}
}
