package bot

import (
	"strconv"
	"strings"
)

// Reply is what is said, as blocks. A nil Reply stays quiet.
type Reply []Block

// Block has exactly one field set. It is a plain struct so that it survives being stored as JSON.
type Block struct {
	Line    Line     `json:",omitempty"`
	List    []Line   `json:",omitempty"`
	Choices []Choice `json:",omitempty"`
	Form    *Form    `json:",omitempty"`
	Picture *Picture `json:",omitempty"`
}

// Line is one line of text.
type Line []Span

// Span is a run of text with no markup in it: whatever a stranger wrote stays text.
type Span struct {
	Text   string
	Strong bool   `json:",omitempty"`
	Person UserID `json:",omitempty"` // Text is the name shown where the network cannot mention
	Link   string `json:",omitempty"` // an https address; its host is always shown
}

// Choice is a button: pressing it is saying Say.
type Choice struct {
	Label string
	Say   string
	Stays bool `json:",omitempty"` // its number may be said later too, and more than once, until another list is shown
	Form  bool `json:",omitempty"` // the answer is a form: where a network shows forms, it may open one at once and fill it when it comes
}

// Form is sentences with blanks, one a line; layout.Fill fills them in.
type Form struct {
	Title  string
	Fields []Field
	Say    []string // “{field}” stands for the value of a field, and what stands in brackets may be left out
}

// Field is one blank of a Form. A field with options is chosen from them: what fills the blank is the Say of an option.
type Field struct {
	Name    string
	Label   string
	Hint    string   `json:",omitempty"` // an example of what may be written
	Value   []string `json:",omitempty"` // what it is filled in with when it is shown
	Needed  bool     `json:",omitempty"` // it cannot be left empty
	Many    bool     `json:",omitempty"` // it may have several values; without options, one a line
	Options []Choice `json:",omitempty"`
}

// Picture is an image with the text that says the same.
type Picture struct {
	Text string
	Name string // file name
	Data []byte
}

// Text is a line of plain text.
func Text(s string) Line { return Line{{Text: s}} }

// Strong is a run of text that stands out.
func Strong(s string) Span { return Span{Text: s, Strong: true} }

// Lines makes a reply of one block a line; empty lines are left out.
func Lines(lines ...Line) Reply {
	var r Reply
	for _, l := range lines {
		if len(l) > 0 {
			r = append(r, Block{Line: l})
		}
	}
	return r
}

// With returns r with a list after it, if it has anything in it.
func (r Reply) With(list []Line) Reply {
	if len(list) == 0 {
		return r
	}
	return append(r[:len(r):len(r)], Block{List: list})
}

// Choose returns r with choices after it, if there are any.
func (r Reply) Choose(choices ...Choice) Reply {
	if len(choices) == 0 {
		return r
	}
	return append(r[:len(r):len(r)], Block{Choices: choices})
}

// Choices are all choices of r in order, numbered from 1 wherever numbers are shown.
func (r Reply) Choices() []Choice {
	var all []Choice
	for _, b := range r {
		all = append(all, b.Choices...)
	}
	return all
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

// String is the text of the line.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
		if s.Link != "" && s.Link != s.Text {
			b.WriteString(" (" + s.Link + ")")
		}
	}
	return b.String()
}

// Plain is the rendering that needs nothing but text. Choices stand as numbered lines, since a
// number can be typed by everybody.
func (r Reply) Plain() string {
	var b strings.Builder
	number := 0
	line := func(s string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	for _, block := range r {
		switch {
		case block.Line != nil:
			line(block.Line.String())
		case block.List != nil:
			for _, l := range block.List {
				line("- " + l.String())
			}
		case block.Choices != nil:
			for _, c := range block.Choices {
				number++
				line("  " + strconv.Itoa(number) + "  " + c.Label)
			}
		case block.Form != nil:
			line(block.Form.Title)
			for _, s := range block.Form.Examples() {
				line("  " + s)
			}
		case block.Picture != nil:
			line(block.Picture.Text)
		}
	}
	return b.String()
}
