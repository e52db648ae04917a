package intent

import (
	"fmt"
	"strings"
)

// An example is one sentence as somebody may write it, with what it wants.
type example struct {
	intent string
	text   string   // without the marks of its slots
	marks  []mark   // where its slots are, in order
	opens  []string // the questions it may answer; none means that it is said at any time
	who    []string // who says it: stranger, known, coordinator; none means anybody
	room   bool     // said in a room rather than in private
}

// A mark is one slot of an example: the bytes of its text that fill it.
type mark struct {
	slot       string
	start, end int
}

// readExamples reads one file of examples; README.md beside the files describes them.
func readExamples(file, text string) ([]example, error) {
	var section example
	var found []example
	fresh := false // only right after its name may a section say when its sentences are said
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		name, isSection := strings.CutPrefix(line, "[")
		key, list, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case isSection:
			section, fresh = example{intent: strings.TrimSuffix(name, "]")}, true
		case fresh && key == "open":
			section.opens = strings.Fields(list)
		case fresh && key == "who":
			section.who = strings.Fields(list)
		case fresh && key == "where":
			section.room = list == "room"
		case section.intent == "":
			return nil, fmt.Errorf("%s:%d: an example stands before the first [intent]", file, n+1)
		default:
			fresh = false
			e := section
			var err error
			if e.text, e.marks, err = readMarks(line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n+1, err)
			}
			found = append(found, e)
		}
	}
	return found, nil
}

// readMarks takes the marks out of one line: “we need {what: chairs}”.
func readMarks(line string) (string, []mark, error) {
	var text strings.Builder
	var marks []mark
	for {
		before, rest, open := strings.Cut(line, "{")
		text.WriteString(before)
		if !open {
			return text.String(), marks, nil
		}
		inside, after, closed := strings.Cut(rest, "}")
		slot, value, named := strings.Cut(inside, ": ")
		if !closed || !named || strings.Contains(value, "{") {
			return "", nil, fmt.Errorf("a slot is written {what: chairs}, not {%s", rest)
		}
		start := text.Len()
		text.WriteString(value)
		marks = append(marks, mark{slot, start, text.Len()})
		line = after
	}
}
