package layout

import (
	"slices"
	"strings"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// Fill is what f says with the values of its fields: its sentences, one a line. An optional tail in brackets stands only when
// its blank is filled. A line with an empty blank is left out; one whose blank has several values is repeated. Values are
// quoted, so that each fills one blank and no more.
func Fill(f bot.Form, values map[string][]string) string {
	var lines []string
	for _, say := range f.Say {
		lines = append(lines, fill(f, tails(f, say, values), values)...)
	}
	return strings.Join(lines, "\n")
}

// tails is say without those optional tails whose blank is empty.
func tails(f bot.Form, say string, values map[string][]string) string {
	before, rest, found := strings.Cut(say, "[")
	if !found {
		return say
	}
	tail, after, _ := strings.Cut(rest, "]")
	if len(fill(f, tail, values)) == 0 {
		tail, before = "", strings.TrimRight(before, " ")
	}
	return before + tail + tails(f, after, values)
}

func fill(f bot.Form, say string, values map[string][]string) []string {
	// The leftmost blank first.
	open := strings.IndexByte(say, '{')
	if open < 0 {
		return []string{say}
	}
	name, after, closed := strings.Cut(say[open+1:], "}")
	i := slices.IndexFunc(f.Fields, func(f bot.Field) bool { return f.Name == name })
	if !closed || i < 0 {
		return []string{say}
	}
	rest := fill(f, after, values)
	var lines []string
	for _, v := range values[name] {
		if v = clean.OneLine(v); v == "" {
			continue
		}
		for _, r := range rest {
			lines = append(lines, say[:open]+clean.Quote(v)+r)
		}
		if !f.Fields[i].Many {
			break
		}
	}
	return lines
}
