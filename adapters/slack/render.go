package slack

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/layout"
)

// Slack's limits, in characters where nothing else is said.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxButtons       = 25 // of one row
	maxOptions       = 100
	maxInput         = 3000
	maxAlt           = 2000
	maxURL           = 3000
	maxText          = 3900 // of the text beside the blocks; from 4,000 on Slack advises against it
)

// The beginnings of the ids of buttons.
const (
	actionSay  = "say-"  // pressing it is saying its value
	actionForm = "form-" // the same, and the answer is a form: a window opens at once
)

// A rendering is what one message shows.
type rendering struct {
	text   string // escaped; the whole meaning, for those who hear it read out
	blocks []slack.Block
	file   bool // there is a picture among them
}

// ways are how a reply may be shown.
type ways struct {
	ask  string // what asks for the form in the reply again; "" when nobody knows
	file string // the id of the uploaded picture; "" without
}

// render makes a reply one message.
func render(r bot.Reply, w ways) rendering {
	if !layout.Fits(r) {
		head, rest := layout.Fit(r)
		if r = head; rest != nil {
			r = append(r, bot.Block{Line: bot.Text(words["more"])})
		}
	}
	b := &builder{ways: w}
	for _, block := range r {
		b.add(block)
	}
	return rendering{text: fallback(r), blocks: b.end(maxMessageBlocks), file: w.file != ""}
}

// home makes a reply the page of the Home tab, which holds more than a message.
func home(r bot.Reply) []slack.Block {
	b := &builder{}
	for rest := r; rest != nil; {
		var head bot.Reply
		head, rest = layout.Fit(rest)
		if len(b.blocks) > 0 && len(b.blocks)+len(head) > maxViewBlocks-1 {
			b.add(bot.Block{Line: bot.Text(words["more"])})
			break
		}
		for _, block := range head {
			b.add(block)
		}
	}
	return b.end(maxViewBlocks)
}

// builder makes blocks, with ids that are unique among them.
type builder struct {
	ways
	blocks  []slack.Block
	buttons int
}

func (b *builder) end(most int) []slack.Block {
	if len(b.blocks) == 0 {
		b.blocks = append(b.blocks, rich(section(bot.Text("…"))))
	}
	return b.blocks[:min(len(b.blocks), most)]
}

func (b *builder) add(block bot.Block) {
	switch {
	case block.Line != nil:
		if s := section(block.Line); s != nil {
			b.blocks = append(b.blocks, rich(s))
		}
	case block.List != nil:
		var items []slack.RichTextElement
		for _, l := range block.List {
			if s := section(l); s != nil {
				items = append(items, s)
			}
		}
		if len(items) > 0 {
			b.blocks = append(b.blocks, rich(slack.NewRichTextList(slack.RTEListBullet, 0, items...)))
		}
	case block.Choices != nil:
		b.choices(block.Choices)
	case block.Form != nil && b.ask != "":
		b.choices([]bot.Choice{{Label: block.Form.Title, Say: b.ask, Form: true}})
	case block.Form != nil:
		b.add(bot.Block{Line: bot.Text(block.Form.Title)})
		var lines []bot.Line
		for _, s := range block.Form.Examples() {
			lines = append(lines, bot.Text(s))
		}
		b.add(bot.Block{List: lines})
	case block.Picture != nil && b.file != "":
		alt := plain(block.Picture.Text, maxAlt).Text
		b.blocks = append(b.blocks, slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: b.file}, alt, "", nil))
	case block.Picture != nil:
		b.add(bot.Block{Line: bot.Text(block.Picture.Text)})
	}
}

func (b *builder) choices(choices []bot.Choice) {
	var row []slack.BlockElement
	flush := func() {
		if len(row) > 0 {
			b.blocks = append(b.blocks, slack.NewActionBlock("choices-"+strconv.Itoa(b.buttons), row...))
			row = nil
		}
	}
	for _, c := range choices {
		if utf8.RuneCountInString(c.Say) > layout.MaxSay || strings.TrimSpace(c.Say) == "" {
			continue
		}
		b.buttons++
		id := actionSay
		if c.Form {
			id = actionForm
		}
		// The value is never shown, and comes back as it is; only what is no text at all would be lost.
		say := strings.ReplaceAll(strings.ToValidUTF8(c.Say, "\ufffd"), "\x00", "")
		row = append(row, slack.NewButtonBlockElement(id+strconv.Itoa(b.buttons), say, plain(c.Label, layout.MaxLabel)))
		if len(row) == maxButtons {
			flush()
		}
	}
	flush()
}

func rich(e slack.RichTextElement) slack.Block { return slack.NewRichTextBlock("", e) }

// plain is a text in which nothing means anything but itself.
func plain(s string, most int) *slack.TextBlockObject {
	if s = clean.Shorten(clean.OneLine(s), most); s == "" {
		s = "…"
	}
	no := false
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &no}
}

// said is a run of text without what cannot be seen, and with the spaces at its ends.
func said(s string) string {
	out := clean.OneLine(s)
	if out == "" {
		if s != "" && strings.Trim(s, " ") == "" {
			return " "
		}
		return ""
	}
	if strings.HasPrefix(s, " ") {
		out = " " + out
	}
	if strings.HasSuffix(s, " ") {
		out += " "
	}
	return out
}

// section is a line of rich text, in which Slack looks for no markup; nil for one that shows nothing.
func section(l bot.Line) *slack.RichTextSection {
	var all []slack.RichTextSectionElement
	shown := false
	add := func(text string, style *slack.RichTextSectionTextStyle) {
		if text != "" {
			all = append(all, slack.NewRichTextSectionTextElement(text, style))
			shown = shown || text != " "
		}
	}
	for _, s := range l {
		var style *slack.RichTextSectionTextStyle
		if s.Strong {
			style = &slack.RichTextSectionTextStyle{Bold: true}
		}
		text := said(s.Text)
		switch to, ok := safeLink(s.Link); {
		case isUser(string(s.Person)):
			all, shown = append(all, slack.NewRichTextSectionUserElement(string(s.Person), style)), true
		case ok:
			if strings.TrimSpace(text) == "" || s.Text == s.Link {
				text = to.String()
			}
			all, shown = append(all, slack.NewRichTextSectionLinkElement(to.String(), text, style)), true
			if s.Text != s.Link {
				add(" ("+to.Host+")", nil)
			}
		default:
			add(text, style)
			if s.Link != "" && s.Link != s.Text {
				add(" ("+said(s.Link)+")", nil)
			}
		}
	}
	if !shown {
		return nil
	}
	return slack.NewRichTextSection(all...)
}

// safeLink is an address that may be clicked.
func safeLink(s string) (*url.URL, bool) {
	if !strings.HasPrefix(s, "https://") || len(s) > maxURL || strings.ContainsAny(s, "<>|\"\\ ") || clean.OneLine(s) != s {
		return nil, false
	}
	to, err := url.Parse(s)
	return to, err == nil && to.Host != "" && to.User == nil
}

// fallback is the text beside the blocks.
func fallback(r bot.Reply) string {
	lines := strings.Split(r.Plain(), "\n")
	for i, l := range lines {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		lines[i] = l[:min(indent, 2)] + clean.OneLine(l)
	}
	text := clean.Shorten(strings.TrimSpace(strings.Join(lines, "\n")), maxText)
	if text == "" {
		text = "…"
	}
	return escaped(text)
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func escaped(s string) string { return escape.Replace(s) }
