package overhear

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type labelled struct{ label, text string }

func readLabelled(t testing.TB, file string) (all []labelled) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		label, said, ok := strings.Cut(line, "\t")
		if !ok || label != "ask" && label != "offer" && label != "neither" {
			t.Fatalf("%s, line %d: want ask, offer or neither, a tab, and what was said", file, n)
		}
		all = append(all, labelled{label, strings.ReplaceAll(said, `\n`, "\n")})
	}
	return all
}

// heard tells how many of those taken for asks are asks, and how many asks were taken for such.
func heard(all []labelled) (precision, recall float64, mistakes []string) {
	var right, taken, asks float64
	for _, l := range all {
		what, _ := Classify(l.text)
		if what == Ask {
			taken++
		}
		if l.label == "ask" {
			asks++
		}
		switch {
		case what == Ask && l.label == "ask":
			right++
		case what == Ask:
			mistakes = append(mistakes, fmt.Sprintf("%s, taken for an ask: %s", l.label, l.text))
		case l.label == "ask":
			mistakes = append(mistakes, "an ask not heard: "+l.text)
		}
	}
	return right / max(taken, 1), right / max(asks, 1), mistakes
}

// TestClassify measures on messages for which the patterns were written and the weights fitted, and on those of
// overheard-kept.tsv, which no pattern of an ask was made for: let it stay so.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		file              string
		least             int
		precision, recall float64
	}{
		{"overheard.tsv", 1200, 0.97, 0.85},
		{"overheard-later.tsv", 200, 0.95, 0.85},
		{"overheard-wider.tsv", 580, 0.97, 0.78},
		{"overheard-kept.tsv", 120, 0.93, 0.57},
	} {
		all := readLabelled(t, filepath.Join("testdata", c.file))
		precision, recall, mistakes := heard(all)
		t.Logf("%s, %d messages: of what is taken for an ask %.3f is one, and %.3f of the asks are heard\n%s", c.file, len(all), precision, recall, strings.Join(mistakes, "\n"))
		if len(all) < c.least {
			t.Errorf("%s: %d messages are too few", c.file, len(all))
		}
		if precision < c.precision || recall < c.recall {
			t.Errorf("%s: that is worse than it was", c.file)
		}
	}
}

// BenchmarkClassify is of a message that is as long as any that is looked at, and begins to fit again and again.
func BenchmarkClassify(b *testing.B) {
	text := strings.Repeat("does anyone here on here have a very good any of you could ", 12)[:maxLength]
	for b.Loop() {
		Classify(text)
	}
}

// TestClassifyOthers measures on messages that GINNEL_PASSIVE names a file of, in the form of testdata/overheard.tsv.
func TestClassifyOthers(t *testing.T) {
	file := os.Getenv("GINNEL_PASSIVE")
	if file == "" {
		t.Skip("GINNEL_PASSIVE names no file of other messages")
	}
	all := readLabelled(t, file)
	precision, recall, mistakes := heard(all)
	t.Logf("%d messages: precision %.3f, recall %.3f\n%s", len(all), precision, recall, strings.Join(mistakes, "\n"))
	if precision < 0.95 || recall < 0.6 {
		t.Errorf("want a precision of 0.95 and a recall of 0.6")
	}
}

func TestClassifyTellsWhatIsAsked(t *testing.T) {
	for text, want := range map[string]string{
		"Morning all! Does anyone have a gazebo we could borrow?":  "Does anyone have a gazebo we could borrow?",
		"Our freezer has died. Can anyone help?":                   "Our freezer has died. Can anyone help?",
		"who could lend us a minibus? Ours is off the road":        "who could lend us a minibus?",
		"> where is it?\nDoes anyone know a good plumber? Ta":      "Does anyone know a good plumber?",
		"does anyone have a spare wheelchair for the day":          "does anyone have a spare wheelchair for the day",
		"anyone got a projector – or a big telly – we can borrow?": "anyone got a projector –",
	} {
		if what, of := Classify(text); what != Ask || of != want {
			t.Errorf("%q: %d %q", text, what, of)
		}
	}
}

func TestDangerAndSinglePeopleAreDelicate(t *testing.T) {
	for _, text := range []string{
		"does anyone know who can help a lad who wants to kill himself?",
		"can anyone find a room for one of our residents, her husband beats her",
		"does anyone know an immigration solicitor?",
		"has anyone got a cot for a family who are being evicted",
		"a child at risk, who can help?",
		"does anyone have a spare bed for Mrs Khan",
		"our teacher is in hospital, can anyone take her dog?",
		"Our driver has lost his flat. Does anyone know of a room for him?",
		"one of our mums says her ex has been threatening her, does anyone know what to do",
		"our treasurer says her husband hits her, who can help?",
		"our caretaker is sleeping in his car, has anyone got a spare room?",
		"Our cook has left and he is sleeping in the park. Can anyone offer a room?",
	} {
		if what, _ := Classify(text); what != Delicate {
			t.Errorf("%q is %d", text, what)
		}
	}
	for _, text := range []string{
		"does anyone run domestic abuse awareness training?", "does anyone know a speaker for a talk on self harm?",
		"who could teach a suicide prevention course for our volunteers?", "does anyone know a man with a van?",
		"Our gardener's done his back in. Is there another group with people who know apple trees?",
		"The last treasurer kept everything in his head and has emigrated. Does anyone know a bookkeeper who could take over?",
	} {
		if what, _ := Classify(text); what != Ask {
			t.Errorf("%q is %d", text, what)
		}
	}
}

func TestWrongPatternsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"a b c":                "line 1",
		"[ask]\n<nobody> has":  "no class <nobody>",
		"[ask]\n.. has":        "begins with a word",
		"a = <b>":              "no class <b>",
		"[weights]\nb = 1 2":   "no section b",
		"[weights]\nknown = a": "want two numbers",
		"[ask]\nonce? upon?":   "begins with a word",
	} {
		if _, err := readHearer(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzClassify looks for what makes it panic, or, while it fuzzes, think for long: at other times a busy machine would be
// blamed on the text.
func FuzzClassify(f *testing.F) {
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	for i, l := range readLabelled(f, filepath.Join("testdata", "overheard.tsv")) {
		if i%20 == 0 {
			f.Add(l.text)
		}
	}
	for _, s := range []string{"does anyone know ", "any of you ", "“a b c d ", "’s", "can anyone at all here ", "> ", "<@", "?", "we have ", "\xff", "é", "‘’"} {
		f.Add(strings.Repeat(s, maxLength/len(s)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		what, of := Classify(text)
		if took := time.Since(began); fuzzing && took > 50*time.Millisecond {
			t.Errorf("%v for %q", took, text)
		}
		if (what == Ask) != (of != "") || len(of) > len(text) {
			t.Errorf("%q is %d, %q", text, what, of)
		}
	})
}
