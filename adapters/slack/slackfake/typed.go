package slackfake

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	escape   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	address  = regexp.MustCompile(`^https?://[^\s<>|]+`)
	entity   = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
)

// typed is what Slack makes of what a person typed: the text in its own notation, and the rich text block of it.
// A name after @ or # becomes a mention as if it had been chosen from the list that Slack's input box opens.
func (w *World) typed(s *Workspace, text string) (string, []object) {
	var names []struct{ typed, text, kind, id string }
	type name = struct{ typed, text, kind, id string }
	for _, p := range w.people {
		names = append(names, name{"@" + p.Name, "<@" + p.ID + ">", "user", p.ID})
	}
	for _, c := range w.places {
		if c.Name != "" && !c.MPIM {
			names = append(names, name{"#" + c.Name, "<#" + c.ID + "|" + c.Name + ">", "channel", c.ID})
		}
	}
	for _, r := range []string{"here", "channel", "everyone"} {
		names = append(names, name{"@" + r, "<!" + r + ">", "broadcast", r})
	}
	slices.SortFunc(names, func(a, b name) int {
		return cmp.Or(len(b.typed)-len(a.typed), strings.Compare(a.typed, b.typed), strings.Compare(a.id, b.id))
	})
	var out, run strings.Builder
	var elements []any
	flush := func() {
		if run.Len() > 0 {
			elements = append(elements, object{"type": "text", "text": run.String()})
			run.Reset()
		}
	}
next:
	for i := 0; i < len(text); {
		if url := address.FindString(text[i:]); url != "" {
			flush()
			elements = append(elements, object{"type": "link", "url": url})
			out.WriteString("<" + escape.Replace(url) + ">")
			i += len(url)
			continue
		}
		if text[i] == '@' || text[i] == '#' {
			for _, n := range names {
				if len(text)-i < len(n.typed) || !strings.EqualFold(text[i:i+len(n.typed)], n.typed) {
					continue
				}
				flush()
				key := map[string]string{"user": "user_id", "channel": "channel_id", "broadcast": "range"}[n.kind]
				elements = append(elements, object{"type": n.kind, key: n.id})
				out.WriteString(n.text)
				i += len(n.typed)
				continue next
			}
		}
		run.WriteByte(text[i])
		out.WriteString(escape.Replace(text[i : i+1]))
		i++
	}
	flush()
	if elements == nil {
		return "", nil
	}
	return out.String(), []object{{
		"type": "rich_text", "block_id": w.secret(5),
		"elements": []any{object{"type": "rich_text_section", "elements": elements}},
	}}
}

// unescaped is Slack's text as a person reads it, with ids for the people and channels in it.
func unescaped(text string) string {
	text = entity.ReplaceAllStringFunc(text, func(e string) string {
		parts := entity.FindStringSubmatch(e)
		if parts[2] != "" {
			return parts[2]
		}
		return strings.TrimPrefix(parts[1], "!")
	})
	return unescape.Replace(text)
}

// words are the visible texts of blocks, in reading order.
func words(v any) (list []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			list = append(list, words(e)...)
		}
	case object:
		switch v["type"] {
		case "plain_text":
			return []string{str(v["text"])}
		case "mrkdwn", "markdown":
			return []string{unescaped(str(v["text"]))}
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
			var line strings.Builder
			for _, e := range arr(v["elements"]) {
				line.WriteString(inline(obj(e)))
			}
			return []string{line.String()}
		case "image":
			return []string{str(v["alt_text"])}
		}
		for _, key := range []string{"title", "label", "text", "fields", "elements", "element", "accessory", "rows", "hint"} {
			if inner, ok := v[key]; ok {
				list = append(list, words(inner)...)
			}
		}
	}
	return list
}

func inline(e object) string {
	switch e["type"] {
	case "user":
		return "@" + str(e["user_id"])
	case "channel":
		return "#" + str(e["channel_id"])
	case "broadcast":
		return "@" + str(e["range"])
	case "emoji":
		return ":" + str(e["name"]) + ":"
	case "link":
		if t := str(e["text"]); t != "" {
			return t
		}
		return str(e["url"])
	}
	return str(e["text"])
}

func buttonLabels(blocks []any) (labels []string) {
	eachElement(blocks, func(_, e object) {
		if e["type"] == "button" || e["type"] == "workflow_button" {
			labels = append(labels, str(obj(e["text"])["text"]))
		}
		if e["type"] == "overflow" {
			for _, o := range arr(e["options"]) {
				labels = append(labels, str(obj(obj(o)["text"])["text"]))
			}
		}
	})
	return labels
}

// eachElement visits everything in the blocks that a person can press or fill, with the block it stands in.
func eachElement(blocks []any, visit func(block, element object)) {
	for _, b := range blocks {
		block := obj(b)
		if a := obj(block["accessory"]); a != nil {
			visit(block, a)
		}
		if e := obj(block["element"]); e != nil {
			visit(block, e)
		}
		if block["type"] == "actions" || block["type"] == "context_actions" {
			for _, e := range arr(block["elements"]) {
				visit(block, obj(e))
			}
		}
	}
}

// str, obj and arr read a JSON value as what it should be, and give nothing when it is something else.
func str(v any) string { s, _ := v.(string); return s }

func obj(v any) object { o, _ := v.(object); return o }

func arr(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []object:
		return anys(v)
	}
	return nil
}
