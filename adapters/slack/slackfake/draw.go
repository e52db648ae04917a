package slackfake

import (
	"html/template"
	"regexp"
	"strings"
	"time"
)

func clock(micros int64) string { return time.UnixMicro(micros).UTC().Format("15:04") }

// draw draws blocks, with what has been filled into them.
func (w *World) draw(blocks []any, state object) template.HTML {
	var b strings.Builder
	for _, each := range blocks {
		b.WriteString(string(w.drawBlock(obj(each), state)))
	}
	return template.HTML(b.String())
}

func (w *World) drawBlock(o, state object) template.HTML {
	filled := obj(state[str(o["block_id"])])
	switch o["type"] {
	case "divider":
		return "<hr>"
	case "header":
		return `<h2>` + w.words(o["text"]) + `</h2>`
	case "section":
		out := template.HTML(`<div class="section"><div class="text">`)
		if o["text"] != nil {
			out += `<p>` + w.words(o["text"]) + `</p>`
		}
		if fields := arr(o["fields"]); fields != nil {
			out += `<div class="fields">`
			for _, f := range fields {
				out += `<div>` + w.words(f) + `</div>`
			}
			out += `</div>`
		}
		out += `</div>`
		if a := obj(o["accessory"]); a != nil {
			out += `<div class="accessory">` + w.drawElement(a, filled) + `</div>`
		}
		return out + `</div>`
	case "image":
		out := template.HTML(`<figure>`)
		if o["title"] != nil {
			out += `<figcaption>` + w.words(o["title"]) + `</figcaption>`
		}
		return out + w.drawImage(o) + `</figure>`
	case "actions", "context_actions":
		out := template.HTML(`<div class="actions">`)
		for _, e := range arr(o["elements"]) {
			out += w.drawElement(obj(e), filled)
		}
		return out + `</div>`
	case "context":
		out := template.HTML(`<div class="context">`)
		for _, e := range arr(o["elements"]) {
			if obj(e)["type"] == "image" {
				out += w.drawImage(obj(e))
			} else {
				out += `<span>` + w.words(e) + `</span> `
			}
		}
		return out + `</div>`
	case "input":
		out := `<div class="input"><label>` + w.words(o["label"])
		if optional, _ := o["optional"].(bool); optional {
			out += ` <span class="note">(optional)</span>`
		}
		out += `</label>` + w.drawElement(obj(o["element"]), filled)
		if o["hint"] != nil {
			out += `<p class="hint">` + w.words(o["hint"]) + `</p>`
		}
		return out + `</div>`
	case "rich_text":
		return w.drawRich(o)
	case "markdown":
		return `<p>` + w.mrkdwn(strings.ReplaceAll(str(o["text"]), "**", "*")) + `</p>`
	case "table":
		out := template.HTML(`<table>`)
		for _, row := range arr(o["rows"]) {
			out += `<tr>`
			for _, c := range arr(row) {
				if cell := obj(c); cell["type"] == "rich_text" {
					out += `<td>` + w.drawRich(cell) + `</td>`
				} else {
					out += tag(`<td>%s</td>`, str(cell["text"]))
				}
			}
			out += `</tr>`
		}
		return out + `</table>`
	}
	return tag(`<p class="note">a %s block</p>`, str(o["type"]))
}

// drawImage draws an uploaded picture; one from elsewhere is told of and not fetched.
func (w *World) drawImage(o object) template.HTML {
	words := str(o["alt_text"])
	for _, f := range w.files {
		if from := obj(o["slack_file"]); from != nil && (f.id == from["id"] || f.address() == from["url"]) {
			return w.picture(f, words)
		}
	}
	return tag(`<div class="elsewhere">%s</div>`, words)
}

func (w *World) drawElement(e, filled object) template.HTML {
	kind := str(e["type"])
	value := valueText(obj(filled[str(e["action_id"])]))
	switch kind {
	case "button", "workflow_button", "icon_button":
		return tag(`<span class="button %s">%s</span>`, str(e["style"]), str(obj(e["text"])["text"]))
	case "image":
		return w.drawImage(e)
	case "overflow":
		return `<span class="button">⋯</span>`
	case "checkboxes", "radio_buttons":
		picked := set(lines(value))
		out := template.HTML(`<div class="choices">`)
		for _, o := range arr(e["options"]) {
			mark := map[string]string{"checkboxes": "☐", "radio_buttons": "○"}[kind]
			if picked[str(obj(obj(o)["text"])["text"])] {
				mark = map[string]string{"checkboxes": "☑", "radio_buttons": "◉"}[kind]
			}
			out += `<div>` + template.HTML(mark) + ` ` + w.words(obj(o)["text"])
			if d := obj(o)["description"]; d != nil {
				out += ` <span class="note">` + w.words(d) + `</span>`
			}
			out += `</div>`
		}
		return out + `</div>`
	}
	class := "field"
	if tall, _ := e["multiline"].(bool); tall {
		class = "field tall"
	}
	if strings.HasSuffix(kind, "_select") {
		class = "field menu"
	}
	if value == "" {
		return tag(`<span class="`+class+` empty">%s</span>`, str(obj(e["placeholder"])["text"]))
	}
	return tag(`<span class="`+class+`">%s</span>`, value)
}

// words draws a text object.
func (w *World) words(v any) template.HTML {
	o := obj(v)
	if o["type"] == "plain_text" {
		return emojis(template.HTMLEscapeString(str(o["text"])))
	}
	return w.mrkdwn(str(o["text"]))
}

var (
	inCode   = regexp.MustCompile("`([^`\n]+)`")
	inBold   = regexp.MustCompile(`(^|[\s(>_~])\*([^*\n]+)\*($|[\s.,:;!?)<_~])`)
	inItalic = regexp.MustCompile(`(^|[\s(>*~])_([^_\n]+)_($|[\s.,:;!?)<*~])`)
	inStrike = regexp.MustCompile(`(^|[\s(>_*])~([^~\n]+)~($|[\s.,:;!?)<_*])`)
	quoted   = regexp.MustCompile(`(?m)^&gt; ?(.*)$`)
	colons   = regexp.MustCompile(`:([a-z0-9_+-]+):`)
)

// mrkdwn draws text in Slack's markup. Escaped signs stay text; only what stands in angle brackets is a mention or link.
func (w *World) mrkdwn(text string) template.HTML {
	var b strings.Builder
	for len(text) > 0 {
		at := entity.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(marks(text))
			break
		}
		b.WriteString(marks(text[:at[0]]))
		inner, label := text[at[2]:at[3]], ""
		if at[4] >= 0 {
			label = text[at[4]:at[5]]
		}
		b.WriteString(string(w.drawEntity(inner, unescape.Replace(label))))
		text = text[at[1]:]
	}
	return template.HTML(b.String())
}

func (w *World) drawEntity(inner, label string) template.HTML {
	switch {
	case strings.HasPrefix(inner, "@"):
		return w.mention(inner[1:])
	case strings.HasPrefix(inner, "#"):
		return w.room(inner[1:])
	case strings.HasPrefix(inner, "!date^"):
		return tag(`%s`, label)
	case strings.HasPrefix(inner, "!"):
		return tag(`<span class="mention all">@%s</span>`, inner[1:])
	case label != "":
		return tag(`<a>%s</a>`, label)
	}
	return tag(`<a>%s</a>`, unescape.Replace(inner))
}

func (w *World) mention(id string) template.HTML {
	name := id
	if p := w.people[id]; p != nil {
		name = p.Name
	}
	return tag(`<span class="mention">@%s</span>`, name)
}

func (w *World) room(id string) template.HTML {
	name := id
	if c := w.channels[id]; c != nil {
		name = c.Name
	}
	return tag(`<span class="mention">#%s</span>`, name)
}

func marks(text string) string {
	text = template.HTMLEscapeString(unescape.Replace(text))
	text = inCode.ReplaceAllString(text, "<code>$1</code>")
	text = inBold.ReplaceAllString(text, "$1<b>$2</b>$3")
	text = inItalic.ReplaceAllString(text, "$1<i>$2</i>$3")
	text = inStrike.ReplaceAllString(text, "$1<s>$2</s>$3")
	text = quoted.ReplaceAllString(text, "<blockquote>$1</blockquote>")
	return string(emojis(text))
}

// emojis puts the few signs that are known in place of their names; others keep theirs.
func emojis(text string) template.HTML {
	return template.HTML(colons.ReplaceAllStringFunc(text, func(name string) string {
		if sign, ok := signs[strings.Trim(name, ":")]; ok {
			return sign
		}
		return name
	}))
}

var signs = map[string]string{
	"wave": "👋", "white_check_mark": "✅", "x": "❌", "eyes": "👀", "thumbsup": "👍", "+1": "👍", "tada": "🎉", "heart": "❤️",
	"bulb": "💡", "warning": "⚠️", "calendar": "📅", "handshake": "🤝", "seedling": "🌱", "pray": "🙏", "bell": "🔔",
}

func (w *World) drawRich(o object) template.HTML {
	var out template.HTML
	for _, e := range arr(o["elements"]) {
		e := obj(e)
		switch e["type"] {
		case "rich_text_list":
			kind := "ul"
			if e["style"] == "ordered" {
				kind = "ol"
			}
			out += template.HTML("<" + kind + ">")
			for _, item := range arr(e["elements"]) {
				out += `<li>` + w.drawInlines(obj(item)) + `</li>`
			}
			out += template.HTML("</" + kind + ">")
		case "rich_text_quote":
			out += `<blockquote>` + w.drawInlines(e) + `</blockquote>`
		case "rich_text_preformatted":
			out += `<pre>` + w.drawInlines(e) + `</pre>`
		default:
			out += `<p>` + w.drawInlines(e) + `</p>`
		}
	}
	return out
}

func (w *World) drawInlines(o object) (out template.HTML) {
	for _, e := range arr(o["elements"]) {
		e := obj(e)
		var drawn template.HTML
		switch e["type"] {
		case "user":
			drawn = w.mention(str(e["user_id"]))
		case "channel":
			drawn = w.room(str(e["channel_id"]))
		case "broadcast":
			drawn = tag(`<span class="mention all">@%s</span>`, str(e["range"]))
		case "link":
			drawn = tag(`<a>%s</a>`, inline(e))
		case "emoji":
			drawn = emojis(inline(e))
		case "date":
			drawn = tag(`%s`, str(e["fallback"]))
		default:
			drawn = tag(`%s`, str(e["text"]))
		}
		style := obj(e["style"])
		for _, s := range [][2]string{{"bold", "b"}, {"italic", "i"}, {"strike", "s"}, {"code", "code"}} {
			if on, _ := style[s[0]].(bool); on {
				drawn = template.HTML("<"+s[1]+">") + drawn + template.HTML("</"+s[1]+">")
			}
		}
		out += drawn
	}
	return out
}
