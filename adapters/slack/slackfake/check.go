package slackfake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The surfaces on which blocks stand.
const (
	surfaceMessage = "message"
	surfaceModal   = "modal"
	surfaceHome    = "home"
)

// problem is something wrong with blocks, and where, as a JSON pointer.
type problem struct{ message, pointer string }

// check goes through blocks and notes what Slack would refuse.
type check struct {
	w          *World
	app        *App
	surface    string
	problems   []problem
	blockIDs   map[string]bool
	actionIDs  map[string]bool
	characters int // of all text
	markdown   int // of all markdown blocks
	tables     int
	inputs     bool
	focused    bool
}

func (w *World) checking(surface string, a *App) *check {
	return &check{w: w, app: a, surface: surface, blockIDs: map[string]bool{}}
}

func (c *check) wrong(pointer, format string, args ...any) {
	c.problems = append(c.problems, problem{fmt.Sprintf(format, args...), pointer})
}

// refusal is how Slack says it: for messages in errors and in the metadata, for views in the metadata alone.
func (c *check) refusal(code string) *refusal {
	var plain, messages []string
	for _, p := range c.problems {
		text := p.message + " [json-pointer:" + p.pointer + "]"
		plain, messages = append(plain, text), append(messages, "[ERROR] "+text)
	}
	r := invalid(messages...)
	r.code = code
	if code == "invalid_blocks" {
		r.more["errors"] = anys(plain)
	}
	return r
}

// String is the error and its details in one line.
func (r *refusal) String() string {
	meta := obj(r.more["response_metadata"])
	if list := arr(meta["messages"]); len(list) > 0 {
		return fmt.Sprintf("%s: %v", r.code, list[0])
	}
	return r.code
}

// rule checks one value.
type rule func(c *check, v any, at string)

// shape is an object's fields: which it must have, which it may have, and what goes beyond single fields.
type shape struct {
	must   []string
	fields map[string]rule
	more   func(c *check, o object, at string)
}

// object checks that a value is an object of that shape, with nothing in it that Slack does not know.
func (c *check) object(v any, s shape, at string) {
	o := obj(v)
	if o == nil {
		c.wrong(at, "must provide an object")
		return
	}
	for _, m := range s.must {
		if o[m] == nil {
			c.wrong(at, "missing required field: %s", m)
		}
	}
	for _, k := range sorted(o) {
		if k == "type" {
			continue
		}
		field, known := s.fields[k]
		if !known {
			c.wrong(at, "invalid additional property: %s", k)
		} else if o[k] != nil {
			field(c, o[k], at+"/"+k)
		}
	}
	if s.more != nil {
		s.more(c, o, at)
	}
}

func shaped(s shape) rule { return func(c *check, v any, at string) { c.object(v, s, at) } }

// chars is a string of so many characters. Slack counts characters, not bytes.
func chars(least, most int) rule {
	return func(c *check, v any, at string) {
		s, ok := v.(string)
		if !ok {
			c.wrong(at, "must provide a string")
			return
		}
		c.length(s, least, most, at)
	}
}

func (c *check) length(s string, least, most int, at string) {
	switch n := utf8.RuneCountInString(s); {
	case n < least:
		c.wrong(at, "must be more than %d characters", least-1)
	case n > most:
		c.wrong(at, "must be less than %d characters", most+1)
	}
}

func flag(c *check, v any, at string) {
	if _, ok := v.(bool); !ok {
		c.wrong(at, "must provide a boolean")
	}
}

func anything(*check, any, string) {}

func whole(least, most int) rule {
	return func(c *check, v any, at string) {
		n, ok := v.(float64)
		if !ok || n != float64(int(n)) {
			c.wrong(at, "must provide an integer")
		} else if n < float64(least) || n > float64(most) {
			c.wrong(at, "must be between %d and %d", least, most)
		}
	}
}

func oneOf(values ...string) rule {
	return func(c *check, v any, at string) {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			c.wrong(at, "must be one of: %s", strings.Join(values, ", "))
		}
	}
}

func list(least, most int, each rule) rule {
	return func(c *check, v any, at string) {
		l, ok := v.([]any)
		switch {
		case !ok:
			c.wrong(at, "must provide an array")
			return
		case len(l) < least:
			c.wrong(at, "must contain at least %d item", least)
		case len(l) > most:
			c.wrong(at, "no more than %d items allowed", most)
		}
		for i, e := range l {
			each(c, e, fmt.Sprintf("%s/%d", at, i))
		}
	}
}

func link(most int) rule {
	return func(c *check, v any, at string) {
		chars(1, most)(c, v, at)
		starts := func(with string) bool { return strings.HasPrefix(str(v), with) }
		if !starts("https://") && !starts("http://") && !starts("mailto:") {
			c.wrong(at, "must be a valid URL")
		}
	}
}

// text is a text object, of plain text only or of either kind.
func text(plainOnly bool, most int) rule {
	return func(c *check, v any, at string) {
		o := obj(v)
		switch kind := str(o["type"]); {
		case o == nil:
			c.wrong(at, "must provide an object")
			return
		case kind != "plain_text" && kind != "mrkdwn", plainOnly && kind == "mrkdwn":
			c.wrong(at+"/type", "unsupported type: %s", kind)
			return
		case kind == "mrkdwn" && o["emoji"] != nil:
			c.wrong(at, "invalid additional property: emoji")
		case kind == "plain_text" && o["verbatim"] != nil:
			c.wrong(at, "invalid additional property: verbatim")
		}
		c.object(o, shape{must: []string{"text"}, fields: map[string]rule{
			"text": chars(1, most), "emoji": flag, "verbatim": flag,
		}}, at)
		c.characters += utf8.RuneCountInString(str(o["text"]))
	}
}

var (
	plain      = func(most int) rule { return text(true, most) }
	any255     = chars(1, 255)
	confirm    = shaped(shape{must: []string{"title", "text", "confirm", "deny"}, fields: confirmFields})
	optionRule = shaped(shape{must: []string{"text", "value"}, fields: map[string]rule{
		"text": plain(75), "value": chars(1, 150), "description": plain(75), "url": link(3000),
	}})
	markedOption = shaped(shape{must: []string{"text", "value"}, fields: map[string]rule{
		"text": text(false, 75), "value": chars(1, 150), "description": text(false, 75),
	}})
	confirmFields = map[string]rule{
		"title": plain(100), "text": text(false, 300), "confirm": plain(30), "deny": plain(30),
		"style": oneOf("primary", "danger"),
	}
)

// finished is the blocks as Slack keeps them: every block and every element with an id, every text with its defaults.
func (w *World) finished(blocks []any) []object {
	var list []object
	for _, b := range copied(blocks) {
		block := obj(b)
		if str(block["block_id"]) == "" {
			block["block_id"] = w.secret(5)
		}
		if block["type"] == "input" && block["optional"] == nil {
			block["optional"] = false
		}
		eachElement([]any{block}, func(_, e object) {
			_, fillable := chosen[str(e["type"])]
			if str(e["action_id"]) == "" && (fillable || e["type"] == "button" || e["type"] == "overflow") {
				e["action_id"] = w.secret(5)
			}
		})
		defaults(block)
		list = append(list, block)
	}
	return list
}

func defaults(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			defaults(e)
		}
	case object:
		switch {
		case v["type"] == "plain_text" && v["emoji"] == nil:
			v["emoji"] = true
		case v["type"] == "mrkdwn" && v["verbatim"] == nil:
			v["verbatim"] = false
		}
		for _, k := range sorted(v) {
			defaults(v[k])
		}
	}
}

// markup is all text of blocks that Slack reads as markup, in which a mention would be one.
func markup(v any) string {
	var b strings.Builder
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			b.WriteString(markup(e))
		}
	case object:
		switch v["type"] {
		case "mrkdwn", "markdown":
			return str(v["text"]) + "\n"
		case "broadcast":
			return "<!" + str(v["range"]) + ">"
		case "link":
			return str(v["url"])
		}
		for _, k := range sorted(v) {
			b.WriteString(markup(v[k]))
		}
	}
	return b.String()
}

// blocksValidate is the method that checks blocks without a token.
func blocksValidate(c *call) (object, *refusal) {
	if r := c.needs("blocks"); r != nil {
		return nil, r
	}
	v, ok := c.value("blocks")
	if !ok || arr(v) == nil {
		return nil, refuse("invalid_blocks_format")
	}
	surface := c.text("surface")
	if surface == "" {
		surface = surfaceMessage
	}
	check := c.w.checking(surface, c.app)
	check.blocks(v, "/blocks")
	if check.problems == nil {
		return nil, nil
	}
	var wrong []any
	for _, p := range check.problems {
		wrong = append(wrong, object{
			"code": "invalid", "message": p.message, "pointer": p.pointer,
			"field": p.pointer[strings.LastIndex(p.pointer, "/")+1:],
		})
	}
	return nil, &refusal{"invalid_blocks", object{"errors": wrong}}
}
