package slackfake

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// The most blocks on each surface.
var mostBlocks = map[string]int{surfaceMessage: 50, surfaceModal: 100, surfaceHome: 100}

// stands says on which surfaces a block may stand; those not named stand on all.
var stands = map[string][]string{
	"input":           {surfaceMessage, surfaceModal, surfaceHome},
	"file":            {surfaceMessage},
	"markdown":        {surfaceMessage},
	"table":           {surfaceMessage},
	"context_actions": {surfaceMessage},
	"video":           {surfaceMessage, surfaceModal, surfaceHome},
}

var blockShapes map[string]shape

// Rules refer to shapes and shapes to rules, so the table is made when the program starts.
func init() {
	id := any255
	blockShapes = map[string]shape{
		"divider": {fields: map[string]rule{"block_id": id}},
		"header": {must: []string{"text"}, fields: map[string]rule{
			"block_id": id, "text": plain(150), "level": whole(1, 4),
		}},
		"section": {fields: map[string]rule{
			"block_id": id, "text": text(false, 3000), "fields": list(1, 10, text(false, 2000)), "accessory": accessory,
			"expand": flag,
		}, more: func(c *check, o object, at string) {
			if o["text"] == nil && o["fields"] == nil {
				c.wrong(at, "missing required field: text")
			}
		}},
		"image": {must: []string{"alt_text"}, fields: map[string]rule{
			"block_id": id, "alt_text": chars(1, 2000), "image_url": link(3000), "title": plain(2000), "slack_file": slackFile,
		}, more: oneImage},
		"actions": {must: []string{"elements"}, fields: map[string]rule{
			"block_id": id, "elements": list(1, 25, element("actions")),
		}},
		"context": {must: []string{"elements"}, fields: map[string]rule{
			"block_id": id, "elements": list(1, 10, contextElement),
		}},
		"context_actions": {must: []string{"elements"}, fields: map[string]rule{
			"block_id": id, "elements": list(1, 5, element("context_actions")),
		}},
		"input": {must: []string{"label", "element"}, fields: map[string]rule{
			"block_id": id, "label": plain(2000), "hint": plain(2000), "element": element("input"), "optional": flag,
			"dispatch_action": flag,
		}, more: func(c *check, _ object, _ string) { c.inputs = true }},
		"rich_text": {must: []string{"elements"}, fields: map[string]rule{
			"block_id": id, "elements": list(0, 3000, richBlock),
		}},
		"file": {must: []string{"external_id", "source"}, fields: map[string]rule{
			"block_id": id, "external_id": any255, "source": oneOf("remote"),
		}},
		"markdown": {must: []string{"text"}, fields: map[string]rule{
			"block_id": id, "text": chars(1, longestMarkdown),
		}, more: markdown},
		"video": {must: []string{"alt_text", "title", "thumbnail_url", "video_url"}, fields: map[string]rule{
			"block_id": id, "alt_text": chars(1, 2000), "title": plain(199), "thumbnail_url": link(3000),
			"video_url":   link(3000),
			"author_name": chars(1, 49), "description": plain(200), "provider_icon_url": link(3000),
			"provider_name": chars(1, 100),
			"title_url":     link(3000),
		}},
		"table": {must: []string{"rows"}, fields: map[string]rule{
			"block_id": id, "rows": list(1, 100, list(1, 20, cell)), "column_settings": list(0, 20, anything),
		}, more: func(c *check, _ object, at string) {
			if c.tables++; c.tables > 1 {
				c.wrong(at, "only one table is allowed")
			}
		}},
	}
}

func markdown(c *check, o object, at string) {
	n := utf8.RuneCountInString(str(o["text"]))
	c.markdown += n
	c.characters += n
	if c.markdown > longestMarkdown {
		c.wrong(at, "all markdown blocks together must be less than %d characters", longestMarkdown+1)
	}
}

func cell(c *check, v any, at string) {
	switch o := obj(v); o["type"] {
	case "raw_text":
		c.object(o, shape{must: []string{"text"}, fields: map[string]rule{"text": chars(1, 3000)}}, at)
		c.characters += utf8.RuneCountInString(str(o["text"]))
	case "raw_number":
		c.object(o, shape{must: []string{"value"}, fields: map[string]rule{"value": anything}}, at)
	case "rich_text":
		c.object(o, blockShapes["rich_text"], at)
	default:
		c.wrong(at, "unsupported type: %v", o["type"])
	}
}

// slackFile is a picture that was uploaded before.
func slackFile(c *check, v any, at string) {
	c.object(v, shape{fields: map[string]rule{"id": chars(1, 255), "url": link(3000)}}, at)
	o := obj(v)
	if (o["id"] == nil) == (o["url"] == nil) {
		c.wrong(at, "must define one of: id, url")
		return
	}
	for _, f := range c.w.files {
		if f.id == o["id"] || f.address() == o["url"] {
			mimetype, _, _ := f.kind()
			if !f.complete || !slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, mimetype) {
				break
			}
			return
		}
	}
	c.wrong(at, "invalid slack file")
}

func oneImage(c *check, o object, at string) {
	if (o["image_url"] == nil) == (o["slack_file"] == nil) {
		c.wrong(at, "must define one of: image_url, slack_file")
	}
}

func contextElement(c *check, v any, at string) {
	if o := obj(v); o["type"] == "image" {
		c.object(o, imageElement, at)
		return
	}
	text(false, 3000)(c, v, at)
}

// blocks checks a list of blocks.
func (c *check) blocks(v any, at string) {
	l := arr(v)
	if l == nil {
		if _, ok := v.([]any); !ok {
			c.wrong(at, "must provide an array")
			return
		}
	}
	if most := mostBlocks[c.surface]; len(l) > most {
		c.wrong(at, "no more than %d items allowed", most)
	}
	for i, b := range l {
		c.block(b, fmt.Sprintf("%s/%d", at, i))
	}
}

func (c *check) block(v any, at string) {
	o := obj(v)
	kind := str(o["type"])
	s, known := blockShapes[kind]
	if o == nil || !known {
		c.wrong(at, "unsupported type: %s", kind)
		return
	}
	if on := stands[kind]; on != nil && !slices.Contains(on, c.surface) {
		c.wrong(at, "unsupported type: %s", kind)
		return
	}
	if id := str(o["block_id"]); id != "" {
		if c.blockIDs[id] {
			c.wrong(at+"/block_id", "`block_id` must be unique: %s", id)
		}
		c.blockIDs[id] = true
	}
	c.actionIDs = map[string]bool{}
	c.object(o, s, at)
}

// view checks a modal or a Home tab.
func (c *check) view(o object) {
	if o["type"] != c.surface {
		c.wrong("/view/type", "must be a valid view type: %v", o["type"])
		return
	}
	s := shape{must: []string{"blocks"}, fields: map[string]rule{
		"blocks": (*check).blocks, "private_metadata": chars(0, 3000), "callback_id": chars(0, 255),
		"external_id": chars(0, 255),
	}}
	if c.surface == surfaceModal {
		s.must = append(s.must, "title")
		for _, k := range []string{"title", "submit", "close"} {
			s.fields[k] = plain(24)
		}
		s.fields["clear_on_close"], s.fields["notify_on_close"], s.fields["submit_disabled"] = flag, flag, flag
	}
	c.object(o, s, "/view")
	if c.inputs && c.surface == surfaceModal && o["submit"] == nil {
		c.wrong("/view", "must define `submit` to use an `input` block in modals")
	}
}
