// Package layout is what a reply is laid out as, the same on every network: how much of it one message holds, and what a form
// says that somebody filled in.
package layout

import (
	"slices"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// What one message may hold, in characters where nothing else is said: the least that the networks we know allow, with some
// to spare. What is longer is cut by Fit, and adapters neither split nor refuse.
const (
	MaxReply   = 3500 // of all text together
	MaxBlocks  = 40
	MaxLine    = 2800
	MaxChoices = 36
	MaxRow     = 24   // choices of one block
	MaxLabel   = 75   // of a choice, or of a field
	MaxSay     = 1900 // of a choice
	MaxOption  = 150  // of an option of a form
	MaxTitle   = 24   // of a form
)

// Fit is the beginning of r that one message holds, and the rest, nil when all of it fits. Lines and labels that are too long
// by themselves are shortened, and choices that nobody could press for their length are left out; all else is in one of the
// two, in order. With a rest, the beginning leaves room for one more choice, the one that asks for it.
func Fit(r bot.Reply) (head, rest bot.Reply) {
	blocks := pieces(r)
	text, choices := 0, 0
	for i, b := range blocks {
		n, c := size(b)
		if i > 0 && (text+n > MaxReply || choices+c > MaxChoices-1 || i >= MaxBlocks-1) {
			// A heading, and what it is about, stay together with what may be done about it.
			cut := i
			if len(b.Choices) > 0 && cut > 1 {
				cut--
			}
			return join(blocks[:cut]), join(blocks[cut:])
		}
		text, choices = text+n, choices+c
	}
	return join(blocks), nil
}

// Fits tells whether one message holds all of r as it is.
func Fits(r bot.Reply) bool {
	text, choices := 0, 0
	for _, b := range r {
		n, c := size(b)
		text, choices = text+n, choices+c
		for _, l := range append(slices.Clone(b.List), b.Line) {
			if utf8.RuneCountInString(l.String()) > MaxLine {
				return false
			}
		}
		if c > MaxRow {
			return false
		}
		for _, c := range b.Choices {
			if utf8.RuneCountInString(c.Label) > MaxLabel || utf8.RuneCountInString(c.Say) > MaxSay {
				return false
			}
		}
	}
	return text <= MaxReply+MaxLine && choices <= MaxChoices && len(r) <= MaxBlocks
}

// pieces are the blocks of r, each so small that it can stand in a message by itself: a long list is several.
func pieces(r bot.Reply) (out []bot.Block) {
	for _, b := range r {
		switch {
		case b.Line != nil:
			out = append(out, bot.Block{Line: cutLine(b.Line)})
		case b.List != nil:
			for _, l := range b.List {
				out = append(out, bot.Block{List: []bot.Line{cutLine(l)}})
			}
		case b.Choices != nil:
			var some []bot.Choice
			for _, c := range b.Choices {
				if c.Label = clean.Shorten(c.Label, MaxLabel); utf8.RuneCountInString(c.Say) <= MaxSay {
					some = append(some, c)
				}
			}
			for few := range slices.Chunk(some, MaxRow) {
				out = append(out, bot.Block{Choices: few})
			}
		case b.Form != nil:
			out = append(out, bot.Block{Form: cutForm(*b.Form)})
		default:
			out = append(out, b)
		}
	}
	return out
}

// join puts lists together again that pieces took apart.
func join(blocks []bot.Block) (r bot.Reply) {
	for _, b := range blocks {
		if n := len(r); b.List != nil && n > 0 && r[n-1].List != nil {
			r[n-1].List = append(r[n-1].List, b.List...)
			continue
		}
		b.List = slices.Clone(b.List)
		r = append(r, b)
	}
	return r
}

func size(b bot.Block) (text, choices int) {
	return utf8.RuneCountInString(bot.Reply{b}.Plain()), len(b.Choices)
}

func cutLine(l bot.Line) bot.Line {
	left := MaxLine
	for i, s := range l {
		n := utf8.RuneCountInString(s.Text) + utf8.RuneCountInString(s.Link)
		if n > left {
			s.Text, s.Link = clean.Shorten(s.Text, left), ""
			return append(l[:i:i], s)
		}
		left -= n
	}
	return l
}

func cutForm(f bot.Form) *bot.Form {
	f.Title = clean.Shorten(f.Title, MaxTitle)
	f.Fields = slices.Clone(f.Fields)
	for i, field := range f.Fields {
		f.Fields[i].Label, f.Fields[i].Hint = clean.Shorten(field.Label, MaxLabel), clean.Shorten(field.Hint, MaxOption)
		f.Fields[i].Options = slices.Clone(field.Options)
		for j, o := range field.Options {
			f.Fields[i].Options[j].Label = clean.Shorten(o.Label, MaxLabel)
		}
		f.Fields[i].Options = slices.DeleteFunc(f.Fields[i].Options, func(c bot.Choice) bool { return utf8.RuneCountInString(c.Say) > MaxOption })
	}
	return &f
}
