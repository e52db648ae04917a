package slackfake

import (
	"fmt"
	"strings"
	"testing"
)

// long is so many characters, of which each takes three bytes: Slack counts characters.
func long(n int) string { return strings.Repeat("字", n) }

func several[V any](n int, each func(int) V) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = each(i)
	}
	return list
}

func letter(n int) object { return object{"type": "plain_text", "text": long(n)} }
func marked(n int) object { return object{"type": "mrkdwn", "text": long(n)} }
func button(n int) object {
	return object{"type": "button", "text": letter(1), "action_id": fmt.Sprint("a", n)}
}

func options(n int) []any {
	return several(n, func(i int) object { return object{"text": letter(1), "value": fmt.Sprint(i)} })
}

func input(e object) []any { return []any{object{"type": "input", "label": letter(1), "element": e}} }

func actions(e ...any) []any {
	return []any{object{"type": "actions", "elements": append([]any{}, e...)}}
}

func with(o object, key string, v any) object {
	o[key] = v
	return o
}

// limits are blocks made of a number: the largest that Slack takes, and one more.
var limits = []struct {
	name    string
	surface string
	most    int
	blocks  func(n int) []any
}{
	{"blocks of a message", surfaceMessage, 50, func(n int) []any { return several(n, func(int) object { return object{"type": "divider"} }) }},
	{"blocks of a modal", surfaceModal, 100, func(n int) []any { return several(n, func(int) object { return object{"type": "divider"} }) }},
	{"blocks of a Home tab", surfaceHome, 100, func(n int) []any { return several(n, func(int) object { return object{"type": "divider"} }) }},
	{"header", surfaceMessage, 150, func(n int) []any { return []any{object{"type": "header", "text": letter(n)}} }},
	{"section", surfaceMessage, 3000, func(n int) []any { return []any{object{"type": "section", "text": marked(n)}} }},
	{"field", surfaceMessage, 2000, func(n int) []any { return []any{object{"type": "section", "fields": []any{marked(n)}}} }},
	{"fields", surfaceMessage, 10, func(n int) []any {
		return []any{object{"type": "section", "fields": several(n, func(int) object { return marked(1) })}}
	}},
	{"context", surfaceMessage, 10, func(n int) []any {
		return []any{object{"type": "context", "elements": several(n, func(int) object { return marked(1) })}}
	}},
	{"actions", surfaceMessage, 25, func(n int) []any { return actions(several(n, button)...) }},
	{"context_actions", surfaceMessage, 5, func(n int) []any {
		return []any{object{"type": "context_actions", "elements": several(n, func(i int) object {
			return object{"type": "icon_button", "icon": "trash", "text": letter(1), "action_id": fmt.Sprint(i)}
		})}}
	}},
	{"label", surfaceModal, 2000, func(n int) []any {
		return []any{object{"type": "input", "label": letter(n), "element": object{"type": "plain_text_input"}}}
	}},
	{"hint", surfaceModal, 2000, func(n int) []any {
		return []any{object{"type": "input", "label": letter(1), "hint": letter(n), "element": object{"type": "plain_text_input"}}}
	}},
	{"alt text", surfaceMessage, 2000, func(n int) []any {
		return []any{object{"type": "image", "alt_text": long(n), "image_url": "https://example.org/a.png"}}
	}},
	{"image title", surfaceMessage, 2000, func(n int) []any {
		return []any{object{"type": "image", "alt_text": "a", "title": letter(n), "image_url": "https://example.org/a.png"}}
	}},
	{"image address", surfaceMessage, 3000, func(n int) []any {
		return []any{object{"type": "image", "alt_text": "a", "image_url": "https://" + strings.Repeat("a", n-8)}}
	}},
	{"button text", surfaceMessage, 75, func(n int) []any { return actions(object{"type": "button", "text": letter(n)}) }},
	{"button value", surfaceMessage, 2000, func(n int) []any { return actions(with(button(1), "value", long(n))) }},
	{"button address", surfaceMessage, 3000, func(n int) []any {
		return actions(with(button(1), "url", "https://"+strings.Repeat("a", n-8)))
	}},
	{"accessibility label", surfaceMessage, 75, func(n int) []any { return actions(with(button(1), "accessibility_label", long(n))) }},
	{"action_id", surfaceMessage, 255, func(n int) []any { return actions(with(button(1), "action_id", long(n))) }},
	{"block_id", surfaceMessage, 255, func(n int) []any { return []any{object{"type": "divider", "block_id": long(n)}} }},
	{"option text", surfaceMessage, 75, func(n int) []any {
		return actions(object{"type": "static_select", "options": []any{object{"text": letter(n), "value": "v"}}})
	}},
	{"option value", surfaceMessage, 150, func(n int) []any {
		return actions(object{"type": "static_select", "options": []any{object{"text": letter(1), "value": long(n)}}})
	}},
	{"option description", surfaceMessage, 75, func(n int) []any {
		return actions(object{"type": "static_select", "options": []any{object{"text": letter(1), "value": "v", "description": letter(n)}}})
	}},
	{"options", surfaceMessage, 100, func(n int) []any { return actions(object{"type": "static_select", "options": options(n)}) }},
	{"groups", surfaceMessage, 100, func(n int) []any {
		return actions(object{"type": "static_select", "option_groups": several(n, func(int) object {
			return object{"label": letter(1), "options": options(1)}
		})})
	}},
	{"group label", surfaceMessage, 75, func(n int) []any {
		return actions(object{"type": "static_select", "option_groups": []any{object{"label": letter(n), "options": options(1)}}})
	}},
	{"overflow", surfaceMessage, 5, func(n int) []any { return actions(object{"type": "overflow", "options": options(n)}) }},
	{"checkboxes", surfaceModal, 10, func(n int) []any { return input(object{"type": "checkboxes", "options": options(n)}) }},
	{"radio buttons", surfaceModal, 10, func(n int) []any { return input(object{"type": "radio_buttons", "options": options(n)}) }},
	{"placeholder", surfaceModal, 150, func(n int) []any { return input(object{"type": "plain_text_input", "placeholder": letter(n)}) }},
	{"max_length", surfaceModal, 3000, func(n int) []any { return input(object{"type": "plain_text_input", "max_length": float64(n)}) }},
	{"confirm title", surfaceMessage, 100, confirmed("title")},
	{"confirm text", surfaceMessage, 300, confirmed("text")},
	{"confirm button", surfaceMessage, 30, confirmed("confirm")},
	{"deny button", surfaceMessage, 30, confirmed("deny")},
	{"markdown", surfaceMessage, 12000, func(n int) []any { return []any{object{"type": "markdown", "text": long(n)}} }},
	{"markdown altogether", surfaceMessage, 12000, func(n int) []any {
		return []any{object{"type": "markdown", "text": long(n / 2)}, object{"type": "markdown", "text": long(n - n/2)}}
	}},
	{"tables", surfaceMessage, 1, func(n int) []any {
		return several(n, func(int) object {
			return object{"type": "table", "rows": []any{[]any{object{"type": "raw_text", "text": "a"}}}}
		})
	}},
	{"rows", surfaceMessage, 100, func(n int) []any {
		return []any{object{"type": "table", "rows": several(n, func(int) []any { return []any{object{"type": "raw_text", "text": "a"}} })}}
	}},
	{"cells", surfaceMessage, 20, func(n int) []any {
		return []any{object{"type": "table", "rows": []any{several(n, func(int) object { return object{"type": "raw_text", "text": "a"} })}}}
	}},
}

func confirmed(key string) func(int) []any {
	return func(n int) []any {
		c := object{"title": letter(1), "text": letter(1), "confirm": letter(1), "deny": letter(1)}
		c[key] = letter(n)
		return actions(with(button(1), "confirm", c))
	}
}

func problems(w *World, surface string, blocks []any) []problem {
	c := w.checking(surface, w.App())
	if surface == surfaceMessage {
		c.blocks(blocks, "/blocks")
	} else {
		view := object{"type": surface, "blocks": blocks}
		if surface == surfaceModal {
			view["title"], view["submit"] = letter(1), letter(1)
		}
		c.view(view)
	}
	return c.problems
}

// TestLimits is that each limit of Block Kit is taken in full and not exceeded by one.
func TestLimits(t *testing.T) {
	w, err := Start(InMemory())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, l := range limits {
		if p := problems(w, l.surface, copied(l.blocks(l.most))); p != nil {
			t.Errorf("%s: %d are refused: %v", l.name, l.most, p)
		}
		if problems(w, l.surface, copied(l.blocks(l.most+1))) == nil {
			t.Errorf("%s: %d are taken", l.name, l.most+1)
		}
	}
	for _, key := range []string{"title", "submit", "close"} {
		view := object{"type": "modal", "title": letter(1), "submit": letter(1), "blocks": []any{}, key: letter(24)}
		if c := w.checking(surfaceModal, nil); true {
			if c.view(view); c.problems != nil {
				t.Errorf("%s of 24: %v", key, c.problems)
			}
		}
		view[key] = letter(25)
		if c := w.checking(surfaceModal, nil); true {
			if c.view(view); c.problems == nil {
				t.Errorf("%s of 25 is taken", key)
			}
		}
	}
	for key, most := range map[string]int{"private_metadata": 3000, "callback_id": 255, "external_id": 255} {
		for n, want := range map[int]bool{most: true, most + 1: false} {
			c := w.checking(surfaceHome, nil)
			if c.view(object{"type": "home", "blocks": []any{}, key: long(n)}); (c.problems == nil) != want {
				t.Errorf("%s of %d: %v", key, n, c.problems)
			}
		}
	}
}

// TestMistakes are blocks that Slack refuses for what they are, and where it says so.
func TestMistakes(t *testing.T) {
	w, err := Start(InMemory())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	b := func(blocks ...any) []any { return blocks }
	for name, c := range map[string]struct {
		surface string
		blocks  []any
		at      string
	}{
		"unknown block":             {surfaceMessage, b(object{"type": "sect"}), "/blocks/0"},
		"no object":                 {surfaceMessage, b("x"), "/blocks/0"},
		"unknown property":          {surfaceMessage, b(object{"type": "divider", "txt": "x"}), "/blocks/0"},
		"empty text":                {surfaceMessage, b(object{"type": "section", "text": letter(0)}), "/blocks/0/text/text"},
		"section of nothing":        {surfaceMessage, b(object{"type": "section"}), "/blocks/0"},
		"markup in a header":        {surfaceMessage, b(object{"type": "header", "text": marked(1)}), "/blocks/0/text/type"},
		"emoji in markup":           {surfaceMessage, b(object{"type": "section", "text": with(marked(1), "emoji", true)}), "/blocks/0/text"},
		"no elements":               {surfaceMessage, actions(), "/blocks/0/elements"},
		"input among actions":       {surfaceMessage, actions(object{"type": "plain_text_input"}), "/blocks/0/elements/0"},
		"button in an input":        {surfaceModal, input(button(1)), "/view/blocks/0/element"},
		"table in a modal":          {surfaceModal, b(object{"type": "table", "rows": []any{}}), "/view/blocks/0"},
		"file input in a Home tab":  {surfaceHome, input(object{"type": "file_input"}), "/view/blocks/0/element"},
		"no picture":                {surfaceMessage, b(object{"type": "image", "alt_text": "a"}), "/blocks/0"},
		"no such picture":           {surfaceMessage, b(object{"type": "image", "alt_text": "a", "slack_file": object{"id": "F0"}}), "/blocks/0/slack_file"},
		"picture without words":     {surfaceMessage, b(object{"type": "image", "image_url": "https://example.org/a.png"}), "/blocks/0"},
		"no address":                {surfaceMessage, actions(with(button(1), "url", "javascript:x")), "/blocks/0/elements/0/url"},
		"two kinds of options":      {surfaceMessage, actions(object{"type": "static_select"}), "/blocks/0/elements/0"},
		"initial that is no option": {surfaceMessage, actions(object{"type": "static_select", "options": options(1), "initial_option": object{"text": letter(1), "value": "x"}}), "/blocks/0/elements/0"},
		"style":                     {surfaceMessage, actions(with(button(1), "style", "red")), "/blocks/0/elements/0/style"},
		"same action_id":            {surfaceMessage, actions(button(1), button(1)), "/blocks/0/elements/1/action_id"},
		"same block_id":             {surfaceMessage, b(object{"type": "divider", "block_id": "a"}, object{"type": "divider", "block_id": "a"}), "/blocks/1/block_id"},
		"rich text":                 {surfaceMessage, b(object{"type": "rich_text", "elements": []any{object{"type": "rich_text_section", "elements": []any{object{"type": "text", "text": ""}}}}}), "/blocks/0/elements/0/elements/0/text"},
		"list without style":        {surfaceMessage, b(object{"type": "rich_text", "elements": []any{object{"type": "rich_text_list", "elements": []any{}}}}), "/blocks/0/elements/0"},
	} {
		p := problems(w, c.surface, copied(c.blocks))
		if len(p) == 0 || p[0].pointer != c.at {
			t.Errorf("%s: %v, not at %s", name, p, c.at)
		}
	}
	check := w.checking(surfaceModal, nil)
	check.view(copied(object{"type": "modal", "title": letter(1), "blocks": input(object{"type": "plain_text_input"})}))
	if p := check.problems; len(p) != 1 || !strings.Contains(p[0].message, "must define `submit`") {
		t.Errorf("an input without submit: %v", p)
	}
}

// TestRecordedViews is that views which Slack has taken are taken here.
func TestRecordedViews(t *testing.T) {
	w, err := Start(InMemory())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for name, surface := range map[string]string{
		"blockkit/view_home_001.json": surfaceHome, "blockkit/view_modal_001.json": surfaceModal,
		"blockkit/view_modal_006.json": surfaceModal,
	} {
		c := w.checking(surface, w.App())
		if c.view(sample(t, name)); c.problems != nil {
			t.Errorf("%s: %v", name, c.problems)
		}
	}
	recorded := obj(obj(sample(t, "socketmode/interactive_block_actions.json")["payload"])["view"])
	c := w.checking(surfaceModal, w.App())
	if c.blocks(recorded["blocks"], "/view/blocks"); c.problems != nil {
		t.Errorf("the recorded view of 127 KB: %v", c.problems)
	}
}

// TestSaidMistakes is how a refusal of blocks reads: for messages in two places, for views in one.
func TestSaidMistakes(t *testing.T) {
	bubble(t, func(t *testing.T, w *World, _ *client) {
		help := w.Channel("help", w.App().Bot())
		many := string(encoded(several(51, func(int) object { return object{"type": "divider"} })))
		got := raw(t, w, "chat.postMessage", "application/json", w.App().BotToken,
			fmt.Sprintf(`{"channel":%q,"text":"x","blocks":%s}`, help.ID, many))
		want := "no more than 50 items allowed [json-pointer:/blocks]"
		if got["error"] != "invalid_blocks" || fmt.Sprint(got["errors"]) != "["+want+"]" ||
			fmt.Sprint(obj(got["response_metadata"])["messages"]) != "[[ERROR] "+want+"]" {
			t.Errorf("51 blocks: %v", got)
		}
		var wide []any
		for range 5 {
			wide = append(wide, object{"type": "section", "text": marked(2500)})
		}
		got = raw(t, w, "chat.postMessage", "application/json", w.App().BotToken,
			fmt.Sprintf(`{"channel":%q,"text":"x","blocks":%s}`, help.ID, encoded(wide)))
		if got["error"] != "msg_blocks_too_long" {
			t.Errorf("12,500 characters in blocks: %v", got)
		}
		got = raw(t, w, "views.publish", "application/json", w.App().BotToken,
			fmt.Sprintf(`{"user_id":%q,"view":{"type":"home","blocks":[{"type":"header"}]}}`, w.Person("Amina").ID))
		if got["error"] != "invalid_arguments" || got["errors"] != nil ||
			!strings.Contains(fmt.Sprint(got["response_metadata"]), "[json-pointer:/view/blocks/0]") {
			t.Errorf("a header without text in a view: %v", got)
		}
	})
}
