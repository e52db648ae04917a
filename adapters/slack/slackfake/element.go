package slackfake

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// fits says which elements may stand where.
var fits = map[string][]string{
	"section": {
		"button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker", "workflow_button",
		"static_select", "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
		"multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
	},
	"actions": {
		"button", "checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "rich_text_input", "timepicker",
		"workflow_button", "static_select", "external_select", "users_select", "conversations_select", "channels_select",
		"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select",
		"multi_channels_select",
	},
	"context_actions": {"feedback_buttons", "icon_button"},
	"input": {
		"checkboxes", "datepicker", "datetimepicker", "email_text_input", "file_input", "number_input", "plain_text_input",
		"radio_buttons", "rich_text_input", "timepicker", "url_text_input", "static_select", "external_select",
		"users_select",
		"conversations_select", "channels_select", "multi_static_select", "multi_external_select", "multi_users_select",
		"multi_conversations_select", "multi_channels_select",
	},
}

// apart says which elements stand on fewer surfaces than their blocks.
var apart = map[string][]string{
	"datetimepicker": {surfaceMessage, surfaceModal},
	"file_input":     {surfaceModal},
}

var (
	elementShapes map[string]shape
	imageElement  = shape{must: []string{"alt_text"}, fields: map[string]rule{
		"alt_text": chars(1, 2000), "image_url": link(3000), "slack_file": slackFile,
	}, more: oneImage}
)

func init() {
	hint := plain(150)
	dispatch := shaped(shape{fields: map[string]rule{
		"trigger_actions_on": list(1, 2, oneOf("on_enter_pressed", "on_character_entered")),
	}})
	with := func(must []string, more map[string]rule) shape {
		s := shape{must: must, fields: map[string]rule{"action_id": any255, "focus_on_load": focus}}
		for k, v := range more {
			s.fields[k] = v
		}
		return s
	}
	elementShapes = map[string]shape{
		"button": {must: []string{"text"}, fields: map[string]rule{
			"action_id": any255, "text": plain(75), "value": chars(1, 2000), "url": link(3000),
			"style":   oneOf("primary", "danger"),
			"confirm": confirm, "accessibility_label": chars(1, 75),
		}},
		"workflow_button": {must: []string{"text", "workflow"}, fields: map[string]rule{
			"action_id": any255, "text": plain(75), "workflow": anything, "style": oneOf("primary", "danger"),
			"accessibility_label": chars(1, 75),
		}},
		"feedback_buttons": {must: []string{"positive_button", "negative_button"}, fields: map[string]rule{
			"action_id": any255, "positive_button": anything, "negative_button": anything,
		}},
		"icon_button": {must: []string{"icon", "text"}, fields: map[string]rule{
			"action_id": any255, "icon": oneOf("trash"), "text": plain(75), "value": chars(1, 2000), "confirm": confirm,
			"accessibility_label": chars(1, 75), "visible_to_user_ids": list(0, 100, chars(1, 50)),
		}},
		"image": imageElement,
		"overflow": {must: []string{"options"}, fields: map[string]rule{
			"action_id": any255, "options": list(1, 5, optionRule), "confirm": confirm,
		}},
		"checkboxes": with([]string{"options"}, map[string]rule{
			"options": list(1, 10, markedOption), "initial_options": list(1, 10, markedOption), "confirm": confirm,
		}),
		"radio_buttons": with([]string{"options"}, map[string]rule{
			"options": list(1, 10, markedOption), "initial_option": markedOption, "confirm": confirm,
		}),
		"datepicker": with(nil, map[string]rule{"initial_date": chars(10, 10), "placeholder": hint, "confirm": confirm}),
		"timepicker": with(nil, map[string]rule{
			"initial_time": chars(5, 5), "placeholder": hint, "confirm": confirm, "timezone": chars(1, 100),
		}),
		"datetimepicker": with(nil, map[string]rule{"initial_date_time": whole(1e9, 9999999999), "confirm": confirm}),
		"plain_text_input": with(nil, map[string]rule{
			"initial_value": chars(0, 3000), "multiline": flag, "min_length": whole(0, 3000), "max_length": whole(1, 3000),
			"dispatch_action_config": dispatch, "placeholder": hint,
		}),
		"email_text_input": with(nil, map[string]rule{
			"initial_value": chars(0, 3000), "dispatch_action_config": dispatch, "placeholder": hint,
		}),
		"url_text_input": with(nil, map[string]rule{
			"initial_value": chars(0, 3000), "dispatch_action_config": dispatch, "placeholder": hint,
		}),
		"number_input": with([]string{"is_decimal_allowed"}, map[string]rule{
			"is_decimal_allowed": flag, "initial_value": chars(0, 3000), "min_value": chars(1, 30), "max_value": chars(1, 30),
			"dispatch_action_config": dispatch, "placeholder": hint,
		}),
		"rich_text_input": with(nil, map[string]rule{
			"initial_value": richValue, "dispatch_action_config": dispatch, "placeholder": hint,
		}),
		"file_input": {fields: map[string]rule{
			"action_id": any255, "filetypes": list(1, 100, chars(1, 20)), "max_files": whole(1, 10),
		}},
	}
	menus(with, hint)
	for k, s := range elementShapes {
		if strings.HasSuffix(k, "static_select") {
			s.more = oneListOfOptions
			elementShapes[k] = s
		}
	}
	elementShapes["plain_text_input"] = shape{fields: elementShapes["plain_text_input"].fields, more: bounds}
}

// menus are the ten kinds of menu.
func menus(with func([]string, map[string]rule) shape, hint rule) {
	groups := list(1, 100, shaped(shape{must: []string{"label", "options"}, fields: map[string]rule{
		"label": plain(75), "options": list(1, 100, optionRule),
	}}))
	static := map[string]rule{"options": list(1, 100, optionRule), "option_groups": groups}
	filter := shaped(shape{fields: map[string]rule{
		"include":                          list(1, 4, oneOf("im", "mpim", "private", "public")),
		"exclude_external_shared_channels": flag, "exclude_bot_users": flag,
	}})
	conversations := map[string]rule{"default_to_current_conversation": flag, "filter": filter}
	for of, fields := range map[string]map[string]rule{
		"static": static, "external": {"min_query_length": whole(0, 3000)}, "users": {}, "conversations": conversations,
		"channels": {},
	} {
		single := map[string]rule{"placeholder": hint, "confirm": confirm}
		multi := map[string]rule{"placeholder": hint, "confirm": confirm, "max_selected_items": whole(1, 10000)}
		for k, v := range fields {
			single[k], multi[k] = v, v
		}
		switch of {
		case "static", "external":
			single["initial_option"], multi["initial_options"] = optionRule, list(1, 100, optionRule)
		default:
			one := strings.TrimSuffix(of, "s")
			single["initial_"+one], multi["initial_"+of] = chars(1, 50), list(1, 100, chars(1, 50))
		}
		if of == "conversations" || of == "channels" {
			single["response_url_enabled"] = flag
		}
		elementShapes[of+"_select"], elementShapes["multi_"+of+"_select"] = with(nil, single), with(nil, multi)
	}
}

func oneListOfOptions(c *check, o object, at string) {
	if (o["options"] == nil) == (o["option_groups"] == nil) {
		c.wrong(at, "must define one of: options, option_groups")
	}
	begins := arr(o["initial_options"])
	if o["initial_option"] != nil {
		begins = append(begins, o["initial_option"])
	}
	for _, i := range begins {
		found := option(o, str(obj(i)["value"]))
		if found == nil || str(obj(found["text"])["text"]) != str(obj(obj(i)["text"])["text"]) {
			c.wrong(at, "an initial option must be one of the options")
		}
	}
}

func bounds(c *check, o object, at string) {
	low, _ := o["min_length"].(float64)
	if high, ok := o["max_length"].(float64); ok && low > high {
		c.wrong(at, "`min_length` must be less than or equal to `max_length`")
	}
}

func focus(c *check, v any, at string) {
	flag(c, v, at)
	if v == true {
		if c.focused {
			c.wrong(at, "only one element can be `focus_on_load`")
		}
		c.focused = true
	}
}

func accessory(c *check, v any, at string) { element("section")(c, v, at) }

// element is an element in a block of that kind.
func element(in string) rule {
	return func(c *check, v any, at string) {
		o := obj(v)
		kind := str(o["type"])
		s, known := elementShapes[kind]
		if o == nil || !known || !slices.Contains(fits[in], kind) {
			c.wrong(at, "unsupported type: %s", kind)
			return
		}
		if on := apart[kind]; on != nil && !slices.Contains(on, c.surface) {
			c.wrong(at, "unsupported type: %s", kind)
			return
		}
		if id := str(o["action_id"]); id != "" {
			if c.actionIDs[id] {
				c.wrong(at+"/action_id", "`action_id` must be unique in a block: %s", id)
			}
			c.actionIDs[id] = true
		}
		c.object(o, s, at)
	}
}

func richValue(c *check, v any, at string) {
	if o := obj(v); o["type"] != "rich_text" {
		c.wrong(at, "unsupported type: %v", o["type"])
		return
	}
	c.object(v, blockShapes["rich_text"], at)
}

var richStyle = shaped(shape{fields: map[string]rule{
	"bold": flag, "italic": flag, "strike": flag, "code": flag, "underline": flag, "highlight": flag,
	"client_highlight": flag,
	"unlink":           flag,
}})

// inlines are what stands in a line of rich text.
var inlines = map[string]shape{
	"text":      styled("text", chars(1, 100000), nil),
	"link":      styled("url", link(3000), map[string]rule{"text": chars(0, 3000), "unsafe": flag}),
	"user":      styled("user_id", chars(1, 50), nil),
	"usergroup": styled("usergroup_id", chars(1, 50), nil),
	"channel":   styled("channel_id", chars(1, 50), nil),
	"team":      styled("team_id", chars(1, 50), nil),
	"emoji":     styled("name", chars(1, 100), map[string]rule{"unicode": chars(1, 100), "skin_tone": whole(1, 6)}),
	"broadcast": styled("range", oneOf("here", "channel", "everyone"), nil),
	"color":     styled("value", chars(4, 7), nil),
	"date": styled("timestamp", whole(0, 9999999999), map[string]rule{
		"format": chars(1, 200), "url": link(3000), "fallback": chars(1, 200),
	}),
}

// styled is a piece of a line: what it must have, what else it may have, and its style.
func styled(must string, is rule, more map[string]rule) shape {
	fields := map[string]rule{must: is, "style": richStyle}
	for k, v := range more {
		fields[k] = v
	}
	return shape{must: []string{must}, fields: fields}
}

func richInline(c *check, v any, at string) {
	o := obj(v)
	s, known := inlines[str(o["type"])]
	if !known {
		c.wrong(at, "unsupported type: %v", o["type"])
		return
	}
	c.object(o, s, at)
	c.characters += utf8.RuneCountInString(inline(o))
}

// richBlock is one paragraph, list, quotation or piece of code in a rich text block.
func richBlock(c *check, v any, at string) {
	o := obj(v)
	line := map[string]rule{"elements": list(0, 3000, richInline)}
	switch kind := str(o["type"]); kind {
	case "rich_text_section":
	case "rich_text_preformatted", "rich_text_quote":
		line["border"], line["language"] = whole(0, 1), chars(1, 100)
	case "rich_text_list":
		line = map[string]rule{
			"elements": list(0, 3000, func(c *check, v any, at string) {
				if o := obj(v); o["type"] != "rich_text_section" {
					c.wrong(at, "unsupported type: %v", o["type"])
					return
				}
				richBlock(c, v, at)
			}),
			"style": oneOf("bullet", "ordered"), "indent": whole(0, 8), "offset": whole(0, 100000), "border": whole(0, 1),
		}
		if o["style"] == nil {
			c.wrong(at, "missing required field: style")
		}
	default:
		c.wrong(at, "unsupported type: %s", kind)
		return
	}
	c.object(o, shape{must: []string{"elements"}, fields: line}, at)
}
