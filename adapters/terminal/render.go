package terminal

import (
	"strings"
	"unicode/utf8"

	"ginnel/bot"
	"ginnel/bot/clean"
)

// render makes a post lines of at most width characters, the first of them saying who speaks to whom.
// here is where the reader is. What strangers wrote is cleaned again: nothing of it can move the cursor.
func render(p bot.Post, here bot.Address, width int) string {
	head := "ginnel> "
	switch w := p.Where; {
	case w.Room != "" && w.Only == "":
		if w.Room != here.Room {
			head = "ginnel in #" + clean.OneLine(string(w.Room)) + "> "
		}
	case w.Lane() != here.Lane() || w.Only != "":
		var to []string
		for _, u := range append(w.People[:len(w.People):len(w.People)], w.Only) {
			if u != "" {
				to = append(to, nameOf(u))
			}
		}
		head = "ginnel to " + strings.Join(to, " and ") + ", in private> "
	}
	var out strings.Builder
	for i, line := range strings.Split(p.Reply.Plain(), "\n") {
		// What Plain indents is a choice; what begins with a dash goes on under its words.
		hang := "        "
		lead := hang
		if i == 0 {
			lead = head
		}
		const deepest = 4
		indent := strings.Repeat(" ", min(len(line)-len(strings.TrimLeft(line, " ")), deepest))
		text := clean.OneLine(line)
		if strings.HasPrefix(text, "- ") {
			hang += "  "
		}
		taken := utf8.RuneCountInString(lead) - len(hang)
		for j, part := range wrap(text, max(width-len(hang)-len(indent), 20), taken) {
			if j > 0 {
				lead = hang
			}
			out.WriteString(strings.TrimRight(lead+indent+part, " ") + "\n")
		}
	}
	return out.String()
}

// nameOf is how a person's id reads: it was made of the name.
func nameOf(u bot.UserID) string {
	words := strings.Fields(clean.OneLine(string(u)))
	for i, w := range words {
		r, size := utf8.DecodeRuneInString(w)
		words[i] = strings.ToUpper(string(r)) + w[size:]
	}
	return strings.Join(words, " ")
}

// wrap breaks text between words into lines of at most width characters, the first of them shorter by what is
// taken of it. A word that is longer, such as an address, has a line of its own.
func wrap(text string, width, taken int) []string {
	var lines []string
	line, n := "", taken
	for _, w := range strings.Fields(text) {
		size := utf8.RuneCountInString(w)
		if line != "" && n+1+size > width {
			lines = append(lines, line)
			line, n = "", 0
		}
		if line != "" {
			line += " "
			n++
		}
		line += w
		n += size
	}
	return append(lines, line)
}
