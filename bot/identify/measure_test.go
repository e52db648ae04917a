package identify

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/mustcatch.txt
var mustCatchFile string

//go:embed testdata/mustpass.txt
var mustPassFile string

// TestMeasured reads lines that were written before the rules were. -v prints what is missed and what is wrongly stopped.
func TestMeasured(t *testing.T) {
	caught, sure := rows(mustCatchFile), rows(mustPassFile)
	missed, stopped := 0, 0
	for _, text := range caught {
		if Find(text) == nil {
			missed++
			t.Logf("missed: %s", text)
		}
	}
	for _, text := range sure {
		if found := Find(text); found != nil {
			stopped++
			t.Logf("wrongly %d %q: %s", found[0].Kind, text[found[0].Start:found[0].End], text)
		}
	}
	if missed > len(caught)/20 || stopped > len(sure)/50 {
		t.Errorf("%d of %d are missed, %d of %d wrongly stopped", missed, len(caught), stopped, len(sure))
	}
	t.Logf("of %d lines that tell who somebody is %d are missed, of %d that do not %d are stopped", len(caught), missed, len(sure), stopped)
}

// TestRules holds each rule of rules.txt against the lines that stand beside it.
func TestRules(t *testing.T) {
	kind := Kind(-1)
	for line := range strings.Lines(rulesFile) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			kind = kindNames[strings.TrimSuffix(name, "]")]
		}
		if text, ok := strings.CutPrefix(line, "as: "); ok && !slices.ContainsFunc(Find(text), func(f Finding) bool { return f.Kind == kind }) {
			t.Errorf("%d is not found in %q: %v", kind, text, Find(text))
		}
		if text, ok := strings.CutPrefix(line, "not: "); ok && Find(text) != nil {
			t.Errorf("%q: %v", text, Find(text))
		}
	}
}
