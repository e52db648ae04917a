package slackfake

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadme is that the tables of README.md name every method that this Slack has and every event that it makes, and no method
// that it has not.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	section := func(from, to string) string {
		_, after, found := strings.Cut(text, "\n## "+from+"\n")
		before, _, ends := strings.Cut(after, "\n## "+to+"\n")
		if !found || !ends {
			t.Fatalf("there is no section %s before %s", from, to)
		}
		return before
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	var told []string
	for line := range strings.Lines(section("Methods", "Blocks")) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 {
			continue
		}
		family := ""
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			method := name[1]
			if strings.HasPrefix(method, ".") {
				method = family + method
			}
			family = method[:max(0, strings.LastIndex(method, "."))]
			if strings.Contains(method, ".") {
				told = append(told, method)
			}
		}
	}
	has := slices.Sorted(maps.Keys((&World{}).methods()))
	slices.Sort(told)
	if !slices.Equal(has, told) {
		t.Errorf("it has %q\nand tells of %q", has, told)
	}
	events := section("Events and interactions", "Deliveries")
	made := regexp.MustCompile(`kind: "([a-z]+_[a-z_]+)", (?:body|in|about)`)
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllSubmatch(source, -1) {
			n++
			if !strings.Contains(events, "`"+string(m[1])+"`") {
				t.Errorf("it makes %s, and does not tell of it", m[1])
			}
		}
	}
	if n < 5 {
		t.Errorf("only %d events were found", n)
	}
}
