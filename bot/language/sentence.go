package language

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"

	"ginnel/bot"
)

// A sentence is text and slots by turns.
type sentence []part

type part struct {
	text    string
	slot    string
	strong  bool
	plurals map[plural.Form]sentence
}

var pluralForms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

func parseSentence(text string) (sentence, error) {
	var out sentence
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 || strings.HasPrefix(text[open:], "{{") {
			// No template language: two braces are only text.
			end := len(text)
			if open >= 0 {
				end = open + 2
			}
			out = append(out, part{text: text[:end]})
			text = text[end:]
			continue
		}
		if open > 0 {
			out = append(out, part{text: text[:open]})
		}
		shut := closing(text[open:])
		if shut < 0 {
			return nil, fmt.Errorf("a { without its } in %q", text)
		}
		p, err := parseSlot(text[open+1 : open+shut])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
		text = text[open+shut+1:]
	}
	return out, nil
}

func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func parseSlot(s string) (part, error) {
	name, kind, _ := strings.Cut(s, ":")
	kind, forms, _ := strings.Cut(kind, " ")
	p := part{slot: name}
	switch kind {
	case "":
		return p, nil
	case "strong":
		p.strong = true
		return p, nil
	case "plural":
	default:
		return p, fmt.Errorf("slot {%s} has the unknown kind %q", name, kind)
	}
	p.plurals = map[plural.Form]sentence{}
	for forms = strings.TrimSpace(forms); forms != ""; forms = strings.TrimSpace(forms) {
		form, rest, ok := strings.Cut(forms, `="`)
		text, after, closed := strings.Cut(rest, `"`)
		f, known := pluralForms[form]
		if !ok || !closed || !known {
			return p, fmt.Errorf("plural {%s} wants forms such as other=\"{%s} groups\"", s, name)
		}
		parsed, err := parseSentence(text)
		if err != nil {
			return p, err
		}
		p.plurals[f], forms = parsed, after
	}
	if p.plurals[plural.Other] == nil {
		return p, fmt.Errorf("plural {%s} has no form other", s)
	}
	return p, nil
}

func (s sentence) fill(d *dates, values map[string]any, line bot.Line) bot.Line {
	for _, p := range s {
		if p.slot == "" {
			line = append(line, bot.Span{Text: p.text})
			continue
		}
		v, ok := values[p.slot]
		if !ok {
			panic(fmt.Sprintf("words: no value for {%s}", p.slot))
		}
		if p.plurals != nil {
			n, err := strconv.Atoi(d.show(v))
			if err != nil {
				panic(fmt.Sprintf("words: {%s} wants a number", p.slot))
			}
			chosen := p.plurals[plural.Cardinal.MatchPlural(d.tag, max(n, -n), 0, 0, 0, 0)]
			if chosen == nil {
				chosen = p.plurals[plural.Other]
			}
			line = chosen.fill(d, values, line)
			continue
		}
		switch v := v.(type) {
		case bot.Line:
			line = append(line, v...)
		case bot.Span:
			line = append(line, v)
		default:
			line = append(line, bot.Span{Text: d.show(v), Strong: p.strong})
		}
	}
	return line
}
