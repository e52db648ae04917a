package intent

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var learnNow = flag.Bool("learn", false, "learn from the examples, and write the table")

func readAll(t testing.TB) []example {
	t.Helper()
	files, err := filepath.Glob("en/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	var all []example
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found, err := readExamples(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return all
}

func learnAll(t testing.TB, examples []example) *Reader {
	t.Helper()
	r := newReader()
	r.learnIntents(examples)
	r.learnSlots(examples)
	r.learnOffers(append(judged(t), offered(examples)...))
	return r
}

func judged(t testing.TB) []example {
	t.Helper()
	text, err := os.ReadFile("en/words/offerable.txt")
	if err != nil {
		t.Fatal(err)
	}
	found, err := readExamples("offerable.txt", string(text))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestLearnt: what is built into the program is what the examples teach. After changing an example, run it with -learn.
func TestLearnt(t *testing.T) {
	if raceDetector {
		t.Skip("learning is slow under the race detector; the plain run that `make test` makes as well checks it")
	}
	learnt := learnAll(t, readAll(t)).write()
	if *learnNow {
		if err := os.WriteFile("en/learnt.gz", learnt, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(learnt, learntFile) {
		t.Fatal("an example has changed since; run: go test ./bot/language/intent -run TestLearnt -learn")
	}
}

// TestExamples: every section has enough sentences to learn from, and the kinds of question and person that it names exist.
func TestExamples(t *testing.T) {
	counts := map[string]int{}
	for _, e := range readAll(t) {
		counts[e.intent]++
		for _, kind := range e.opens {
			if !slices.Contains(Opens, kind) {
				t.Errorf("[%s] answers the unknown question %q", e.intent, kind)
			}
		}
		for _, who := range e.who {
			if !slices.Contains([]string{"stranger", "known", "coordinator"}, who) {
				t.Errorf("[%s] is said by the unknown %q", e.intent, who)
			}
		}
	}
	for intent, n := range counts {
		if n < 15 {
			t.Errorf("[%s] has %d examples", intent, n)
		}
	}
	for _, wrong := range []string{"[a]\nwe need {what chairs}", "[a]\nwe need {what: chairs", "[a]\n{what: a {b: c}}", "we need chairs"} {
		if _, err := readExamples("x", wrong); err == nil {
			t.Errorf("%q is taken for examples", wrong)
		}
	}
}

// TestReadIsSteady: any text in any situation reads without trouble, twice the same, to probabilities that sum to one.
func TestReadIsSteady(t *testing.T) {
	r := New()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if rapid.Bool().Draw(t, "long") {
			text = strings.Repeat(text+" ", 50)
		}
		s := Situation{
			Open: rapid.SliceOfN(rapid.SampledFrom(append(slices.Clone(Opens), "unknown")), 0, 6).Draw(t, "open"),
			Room: rapid.Bool().Draw(t, "room"), Stranger: rapid.Bool().Draw(t, "stranger"), Coordinator: rapid.Bool().Draw(t, "coordinator"),
		}
		first, second := r.Read(text, s), r.Read(text, s)
		if !slices.Equal(first, second) || len(first) != len(r.intents.names) {
			t.Fatalf("%v, then %v", first[:3], second[:3])
		}
		for _, g := range first[:3] {
			for slot, value := range r.Slots(g.Intent, text) {
				if value == "" || !strings.Contains(text, value) {
					t.Fatalf("%s: %q is not in %q", slot, value, text)
				}
			}
		}
		for _, p := range r.Parts(text, s) {
			if p.Text == "" || !strings.Contains(text, p.Text) {
				t.Fatalf("%q is no part of %q", p.Text, text)
			}
		}
		r.Offerable(text)
		sum := 0.0
		for i, g := range first {
			sum += g.P
			if i > 0 && g.P > first[i-1].P {
				t.Fatal("out of order")
			}
		}
		if sum < 0.999 || sum > 1.001 {
			t.Fatal(sum)
		}
	})
}

func FuzzRead(f *testing.F) {
	r := New()
	for _, s := range []string{"", "yes", "we need {what: chairs}", "👍🏽 \xff\xfe", strings.Repeat("a", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !slices.Equal(r.Read(text, Situation{}), r.Read(text, Situation{})) {
			t.Fatal("it reads differently")
		}
		for _, p := range r.Parts(text, Situation{}) {
			r.Slots(p.Guesses[0].Intent, p.Text)
		}
		r.Offerable(text)
	})
}

// TestTableIsCheckedWhenRead: no damage to the table goes unseen or brings the reader down.
func TestTableIsCheckedWhenRead(t *testing.T) {
	for _, n := range []int{0, 10, len(learntFile) / 2, len(learntFile) - 1} {
		if _, err := readReader(learntFile[:n]); err == nil {
			t.Errorf("the first %d bytes are taken for a table", n)
		}
	}
	r := New()
	if !bytes.Equal(r.write(), learntFile) {
		t.Error("written again, the table differs")
	}
	if len(learntFile) > 3<<20 {
		t.Errorf("the table takes %d bytes", len(learntFile))
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New()
	}
}

func BenchmarkRead(b *testing.B) {
	r := New()
	for b.Loop() {
		r.Read("hi all, our hall is free on monday afternoons if anybody wants it, thanks", Situation{Open: []string{"introduction"}})
	}
}
