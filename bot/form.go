package bot

import (
	"slices"
	"strings"
)

// Quote puts a value in marks so that it is one word of a sentence, whatever is in it: inner marks are doubled.
func Quote(v string) string {
	return "“" + strings.NewReplacer("“", "““", "”", "””").Replace(v) + "”"
}

// Fill is what f says with the values of its fields: its sentences, one a line. An optional tail in brackets stands only when
// its blank is filled. A line with an empty blank is left out; one whose blank has several values is repeated. Values are
// quoted, so that each fills one blank and no more.
func (f Form) Fill(values map[string][]string) string {
	var lines []string
	for _, say := range f.Say {
		lines = append(lines, f.fill(f.tails(say, values), values)...)
	}
	return strings.Join(lines, "\n")
}

// tails is say without those optional tails whose blank is empty.
func (f Form) tails(say string, values map[string][]string) string {
	before, rest, found := strings.Cut(say, "[")
	if !found {
		return say
	}
	tail, after, _ := strings.Cut(rest, "]")
	if len(f.fill(tail, values)) == 0 {
		tail, before = "", strings.TrimRight(before, " ")
	}
	return before + tail + f.tails(after, values)
}

func (f Form) fill(say string, values map[string][]string) []string {
	// The leftmost blank first.
	open := strings.IndexByte(say, '{')
	if open < 0 {
		return []string{say}
	}
	name, after, closed := strings.Cut(say[open+1:], "}")
	i := slices.IndexFunc(f.Fields, func(f Field) bool { return f.Name == name })
	if !closed || i < 0 {
		return []string{say}
	}
	rest := f.fill(after, values)
	var lines []string
	for _, v := range values[name] {
		if v = OneLine(v); v == "" {
			continue
		}
		for _, r := range rest {
			lines = append(lines, say[:open]+Quote(v)+r)
		}
		if !f.Fields[i].Many {
			break
		}
	}
	return lines
}

// Examples are the sentences of f as somebody might type them, each blank filled with what it hints at.
func (f Form) Examples() []string {
	var lines []string
	for _, say := range f.Say {
		line := strings.NewReplacer("[", "", "]", "").Replace(say)
		for _, field := range f.Fields {
			hint := field.Hint
			if hint == "" {
				hint = "…"
			}
			line = strings.ReplaceAll(line, "{"+field.Name+"}", hint)
		}
		lines = append(lines, line)
	}
	return lines
}
