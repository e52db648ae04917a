package danger

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// listed reads the messages of a file in testdata, one a line, without comments.
func listed(t *testing.T, name string) (all []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	const want = 80
	if len(all) < want {
		t.Fatalf("%s has %d messages, which tells little", name, len(all))
	}
	return all
}

// blindLists are the files of testdata, with the share of dangers that must be heard, and that of the others that may be doubted. The
// second has phone-typing, euphemisms, children and people who have little English.
var blindLists = []struct {
	dangers, harmless string
	recall, alarms    float64
}{
	{"danger.txt", "harmless.txt", 0.95, 0.05},
	{"danger2.txt", "harmless2.txt", 0.92, 0.05},
}

// TestBlind reads messages of testdata, whose author had seen none of the examples. Doubt counts as heard: what is doubted is
// kept private, and its sender is asked. -v prints what is missed and what is wrongly doubted.
func TestBlind(t *testing.T) {
	learnt := map[string]bool{}
	for _, e := range examples() {
		learnt[strings.Join(slices.Concat(sentencesOf(e.text)...), " ")] = true
	}
	unseen := func(text string) {
		if learnt[strings.Join(slices.Concat(sentencesOf(text)...), " ")] {
			t.Errorf("%q is among the examples, so that it is heard proves nothing", text)
		}
	}
	for _, l := range blindLists {
		t.Run(l.dangers, func(t *testing.T) { blind(t, unseen, l.dangers, l.harmless, l.recall, l.alarms) })
	}
}

func blind(t *testing.T, unseen func(string), dangersFile, harmlessFile string, wantRecall, mayAlarm float64) {
	dangers, harmless := listed(t, dangersFile), listed(t, harmlessFile)
	heard, sure, kind := 0, 0, 0
	for _, line := range dangers {
		k, text, ok := strings.Cut(line, ": ")
		if !ok || !slices.Contains(reader().kinds, Kind(k)) {
			t.Fatalf("no kind in front of %q", line)
		}
		unseen(text)
		v := Read(text)
		heard += one(v.Level != None)
		sure += one(v.Level == Danger)
		kind += one(v.Kind == Kind(k))
		if v.Level == None {
			t.Logf("missed, %s: %s", k, text)
		}
	}
	wrong, surely := 0, 0
	for _, text := range harmless {
		unseen(text)
		v := Read(text)
		wrong += one(v.Level != None)
		surely += one(v.Level == Danger)
		if v.Level != None {
			t.Logf("%s, wrongly: %s", v.Level, text)
		}
	}
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	recall, alarms := share(heard, len(dangers)), share(wrong, len(harmless))
	t.Logf("of %d dangers %.3f are heard, %.3f surely, %.3f as what they are", len(dangers), recall, share(sure, len(dangers)), share(kind, len(dangers)))
	t.Logf("of %d others %.3f are doubted, %.3f surely", len(harmless), alarms, share(surely, len(harmless)))
	if recall < wantRecall || alarms > mayAlarm {
		t.Errorf("recall %.3f, false alarms %.3f", recall, alarms)
	}
}
