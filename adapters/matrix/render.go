package matrix

import (
	"html"
	"net/url"
	"strconv"
	"strings"

	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/layout"
)

// render makes a post the content of a message: plain text, and the same in HTML. Nothing that a person wrote is markup.
func render(p bot.Post) *event.MessageEventContent {
	// With its two bodies, and the third of it more that encryption adds, what fits stays well below the 64 KiB of an event.
	reply := p.Reply
	if !layout.Fits(reply) {
		head, rest := layout.Fit(reply)
		if reply = head; rest != nil {
			reply = append(head[:len(head):len(head)], bot.Block{Line: bot.Text("…")})
		}
	}
	plain, rich := plainBody(reply), htmlBody(reply)
	c := &event.MessageEventContent{MsgType: event.MsgNotice, Body: plain, Format: event.FormatHTML, FormattedBody: rich, Mentions: &event.Mentions{}}
	if rouses(p) {
		c.MsgType = event.MsgText
	}
	if p.Where.Gather != "" {
		for _, u := range p.Where.People {
			c.Mentions.Add(id.UserID(u))
		}
	} else if p.For != "" && p.Where.Room != "" {
		c.Mentions.Add(id.UserID(p.For))
	}
	return c
}

// rouses tells whether somebody should notice the post at once: clients do not announce a notice. That is so for what a
// person is asked, and for an introduction that was made.
func rouses(p bot.Post) bool {
	return p.Urgency == bot.News && (p.Where.Gather != "" || p.Where.IsPrivate() && len(p.Reply.Choices()) > 0)
}

func plainBody(r bot.Reply) string {
	lines := strings.Split(r.Plain(), "\n")
	for i, l := range lines {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		lines[i] = l[:min(indent, 2)] + clean.OneLine(l)
	}
	return strings.Join(lines, "\n")
}

// htmlBody says what plainBody says. Choices keep one numbering through the whole message.
func htmlBody(r bot.Reply) string {
	var b strings.Builder
	number, open := 0, false // open: a line stands that wants a break
	line := func(s string) {
		if open {
			b.WriteString("<br>")
		}
		b.WriteString(s)
		open = true
	}
	for _, block := range r {
		switch {
		case block.Line != nil:
			line(htmlLine(block.Line))
		case block.List != nil:
			b.WriteString("<ul>")
			for _, l := range block.List {
				b.WriteString("<li>" + htmlLine(l) + "</li>")
			}
			b.WriteString("</ul>")
			open = false
		case block.Choices != nil:
			b.WriteString(`<ol start="` + strconv.Itoa(number+1) + `">`)
			for _, c := range block.Choices {
				number++
				b.WriteString("<li>" + text(c.Label) + "</li>")
			}
			b.WriteString("</ol>")
			open = false
		case block.Form != nil:
			line(text(block.Form.Title))
			b.WriteString("<ul>")
			for _, s := range block.Form.Say {
				b.WriteString("<li>" + text(s) + "</li>")
			}
			b.WriteString("</ul>")
			open = false
		case block.Picture != nil:
			line(text(block.Picture.Text))
		}
	}
	return b.String()
}

func htmlLine(l bot.Line) string {
	var b strings.Builder
	for _, s := range l {
		out := text(s.Text)
		// OneLine takes the spaces between two runs with it.
		if strings.HasPrefix(s.Text, " ") && s.Text != " " {
			out = " " + out
		}
		if strings.HasSuffix(s.Text, " ") {
			out += " "
		}
		if s.Strong {
			out = "<strong>" + out + "</strong>"
		}
		switch {
		case s.Person != "":
			out = `<a href="https://matrix.to/#/` + html.EscapeString(url.PathEscape(string(s.Person))) + `">` + out + "</a>"
		case strings.HasPrefix(s.Link, "https://"):
			out = `<a href="` + html.EscapeString(s.Link) + `">` + out + "</a>"
			if s.Link != s.Text {
				if u, err := url.Parse(s.Link); err == nil {
					out += " (" + text(u.Host) + ")"
				}
			}
		case s.Link != "":
			out += " (" + text(s.Link) + ")"
		}
		b.WriteString(out)
	}
	return b.String()
}

// text is s with nothing in it that means anything but itself.
func text(s string) string { return html.EscapeString(clean.OneLine(s)) }
