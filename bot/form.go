package bot

import (
	"slices"
	"strings"
)

// Quote puts a value in marks so that it is one word of a sentence, whatever is in it: inner marks are doubled.
func Quote(v string) string {
	return "“" + strings.NewReplacer("“", "““", "”", "””").Replace(v) + "”"
}

// Fill is what f says with the values of its fields: its sentences, one a line. A line with an empty blank is left out; one
// whose blank has several values is repeated. Values are quoted, so that each fills one blank and no more.
func (f Form) Fill(values map[string][]string) string {
	var lines []string
	for _, say := range f.Say {
		lines = append(lines, fill(say, f.Fields, values)...)
	}
	return strings.Join(lines, "\n")
}

func fill(say string, fields []Field, values map[string][]string) []string {
	i := slices.IndexFunc(fields, func(f Field) bool { return strings.Contains(say, "{"+f.Name+"}") })
	if i < 0 {
		return []string{say}
	}
	blank := "{" + fields[i].Name + "}"
	before, after, _ := strings.Cut(say, blank)
	rest := fill(after, fields, values)
	var lines []string
	for _, v := range values[fields[i].Name] {
		if v = OneLine(v); v == "" {
			continue
		}
		for _, r := range rest {
			lines = append(lines, before+Quote(v)+r)
		}
		if !fields[i].Many {
			break
		}
	}
	return lines
}
