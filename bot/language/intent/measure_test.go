package intent

import (
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// A tally counts how well intents are read.
type tally struct {
	n, first, three     int
	sure, sureRight     int
	likely, likelyRight int
	surprise            float64
}

func (c *tally) count(guesses []Guess, right func(string) bool) {
	c.n++
	first := right(guesses[0].Intent)
	if first {
		c.first++
	}
	if slices.ContainsFunc(guesses[:3], func(g Guess) bool { return right(g.Intent) }) {
		c.three++
	}
	switch p := guesses[0].P; {
	case p >= Sure:
		c.sure++
		if first {
			c.sureRight++
		}
	case p >= Likely:
		c.likely++
		if first {
			c.likelyRight++
		}
	}
	for _, g := range guesses {
		if right(g.Intent) {
			c.surprise -= math.Log(max(g.P, 1e-9))
			break
		}
	}
}

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

func (c *tally) log(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: %d messages, right first %.3f, among three %.3f, surprise %.3f nats; sure of %.3f, right in %.3f; likely for %.3f, right in %.3f",
		what, c.n, share(c.first, c.n), share(c.three, c.n), c.surprise/float64(c.n),
		share(c.sure, c.n), share(c.sureRight, c.sure), share(c.likely, c.n), share(c.likelyRight, c.likely))
}

// folds is into how many parts the examples are cut. Each is read by a reader that learnt from the others.
const folds = 4

var readFolds = flag.Int("folds", 1, "how many of the four parts of the examples are read by what learnt from the rest")

// fold puts the same sentence into the same part, in whatever section or case it stands.
func fold(e example) int { return int(hash(strings.ToLower(e.text), "fold")) % folds }

// TestReading learns from three quarters of the examples and reads the last.
func TestReading(t *testing.T) {
	if raceDetector {
		t.Skip("learning is slow under the race detector; the plain run that `make test` makes as well measures it")
	}
	all := readAll(t)
	var c tally
	taken := map[string]int{}
	stops, stopped, others, wrongly := 0, 0, 0, 0
	for k := range *readFolds {
		r := newReader()
		r.learnIntents(slices.DeleteFunc(slices.Clone(all), func(e example) bool { return fold(e) == k }))
		for _, e := range all {
			if fold(e) != k {
				continue
			}
			situations, _ := e.situations()
			guesses := r.Read(e.text, situations[0])
			c.count(guesses, func(intent string) bool { return intent == e.intent })
			if slices.Contains(stoppers, e.intent) {
				stops++
				if stopping(guesses) >= 0.5 {
					stopped++
				}
			} else {
				others++
				if stopping(guesses) >= 0.5 {
					wrongly++
				}
			}
			if got := guesses[0]; got.Intent != e.intent {
				taken[e.intent+" taken for "+got.Intent]++
				if want := os.Getenv("GINNEL_MISREAD"); want != "" && strings.Contains(e.intent+" "+got.Intent+" ", want) {
					t.Logf("%.2f %s taken for %s: %s", got.P, e.intent, got.Intent, e.text)
				}
			}
		}
	}
	c.log(t, "examples")
	t.Logf("of %d that want less of us %.3f are seen to; of %d others %.3f are taken for such", stops, share(stopped, stops), others, share(wrongly, others))
	for _, pair := range most(taken, 25) {
		t.Logf("%4d %s", taken[pair], pair)
	}
	if share(stopped, stops) < 0.85 || share(wrongly, others) > 0.02 {
		t.Error("stops are read worse than they were")
	}
	if share(c.first, c.n) < 0.80 || share(c.three, c.n) < 0.93 || share(c.sureRight, c.sure) < 0.95 || share(c.sure, c.n) < 0.5 {
		t.Error("it reads worse than it did")
	}
}

func most(counts map[string]int, n int) []string {
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	return keys[:min(n, len(keys))]
}

// asked are the situations of the written messages in the shared folder, as what stands open in them.
var asked = map[string]string{
	"results": "results", "proposal": "introduction", "asked": "introduction", "waiting": "waiting", "consent": "list", "met": "met",
	"undo": "undo", "forget": "forget", "gather": "gather",
}

// TestReadingOfMessages reads messages that were written before any example, when they are there, and counts what their
// writers expected, by testdata/expected.txt.
func TestReadingOfMessages(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/data/phrasings/dev.tsv")
	if err != nil {
		t.Skip("the messages are not here:", err)
	}
	wanted, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := New()
	var c tally
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 3 || fields[0] == "situation" {
			continue
		}
		var intents []string
		for line := range strings.Lines(string(wanted)) {
			start, will, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if ok && strings.HasPrefix(fields[2], start) {
				intents = strings.Fields(will)
				break
			}
		}
		if intents == nil {
			t.Errorf("testdata/expected.txt knows nothing of %q", fields[2])
			continue
		}
		s := Situation{Stranger: fields[0] == "new" || fields[0] == "consent"}
		if open := asked[fields[0]]; open != "" {
			s.Open = []string{open}
		}
		guesses := r.Read(fields[1], s)
		c.count(guesses, func(intent string) bool { return slices.Contains(intents, intent) })
		if got := guesses[0]; !slices.Contains(intents, got.Intent) {
			t.Logf("%.2f %s: %s taken for %s", got.P, fields[0], fields[2], got.Intent)
		}
	}
	c.log(t, "messages")
	if share(c.first, c.n) < 0.88 || share(c.three, c.n) < 0.97 {
		t.Error("it reads worse than it did")
	}
}

// TestSlotsOfOthers finds the slots of marked examples that were not learnt from.
func TestSlotsOfOthers(t *testing.T) {
	if raceDetector {
		t.Skip("learning is slow under the race detector; the plain run that `make test` makes as well measures it")
	}
	all := readAll(t)
	marked, found, right, overlap := 0, 0, 0, 0
	for k := range *readFolds {
		r := newReader()
		r.learnSlots(slices.DeleteFunc(slices.Clone(all), func(e example) bool { return fold(e) == k }))
		for _, e := range all {
			if fold(e) != k || len(e.marks) == 0 {
				continue
			}
			got := r.marks(e.intent, e.text)
			marked, found = marked+len(e.marks), found+len(got)
			missed := false
			for _, m := range e.marks {
				if slices.Contains(got, m) {
					right++
				} else {
					missed = true
				}
				if slices.ContainsFunc(got, func(g mark) bool { return g.slot == m.slot && g.start < m.end && m.start < g.end }) {
					overlap++
				}
			}
			if want := os.Getenv("GINNEL_MISREAD"); missed && want != "" && strings.HasPrefix("slots "+e.intent, want) {
				t.Logf("%s: %v", e.text, r.Slots(e.intent, e.text))
			}
		}
	}
	t.Logf("of %d slots %.3f are found to the letter, and %.3f at least in part; of %d found %.3f are right", marked, share(right, marked), share(overlap, marked), found, share(right, found))
	if share(right, marked) < 0.76 || share(right, found) < 0.78 {
		t.Error("it finds them worse than it did")
	}
}

// TestOfferable judges words that were not learnt from.
func TestOfferable(t *testing.T) {
	if raceDetector {
		t.Skip("learning is slow under the race detector; the plain run that `make test` makes as well measures it")
	}
	all := append(judged(t), offered(readAll(t))...)
	var counts [2][3]int // of what cannot, and of what can be offered, by verdict
	for k := range folds {
		r := newReader()
		r.learnOffers(slices.DeleteFunc(slices.Clone(all), func(e example) bool { return fold(e) == k }))
		for _, e := range all {
			if fold(e) != k {
				continue
			}
			can := 0
			if e.intent == "yes" {
				can = 1
			}
			counts[can][r.Offerable(e.text)]++
		}
	}
	for can, c := range counts {
		t.Logf("%s: %.3f no, %.3f in doubt, %.3f yes, of %d", []string{"what cannot be offered", "what can be offered"}[can],
			share(c[No], c[No]+c[Doubt]+c[Yes]), share(c[Doubt], c[No]+c[Doubt]+c[Yes]), share(c[Yes], c[No]+c[Doubt]+c[Yes]), c[No]+c[Doubt]+c[Yes])
	}
	if c := counts[0]; share(c[Yes], c[No]+c[Doubt]+c[Yes]) > 0.10 {
		t.Error("more is taken for an offer that is none than was")
	}
	if c := counts[1]; share(c[No], c[No]+c[Doubt]+c[Yes]) > 0.04 {
		t.Error("more offers are refused than were")
	}
}

// stoppers are the intents of those who want less of us, nothing of us, or somebody else than us.
var stoppers = []string{
	"stop.all", "stop.leave", "rights.forget", "digest.quiet", "digest.fewer", "digest.stop", "introduce.seldom", "complain", "human", "safeguarding",
}

// stopping tells how likely it is, from 0 to 1, that a message wants less of us, nothing of us, or a person: all the intents of
// that kind together. It is high where none of them alone is sure.
func stopping(guesses []Guess) float64 {
	var sum float64
	for _, g := range guesses {
		if slices.Contains(stoppers, g.Intent) {
			sum += g.P
		}
	}
	return min(sum, 1)
}
