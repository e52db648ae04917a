package slackfake

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// chosen is under which key a filled element keeps what was chosen, by its type.
var chosen = map[string]string{
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
	"rich_text_input": "rich_text_value", "static_select": "selected_option", "external_select": "selected_option",
	"radio_buttons": "selected_option", "multi_static_select": "selected_options",
	"multi_external_select": "selected_options",
	"checkboxes":            "selected_options", "users_select": "selected_user", "multi_users_select": "selected_users",
	"conversations_select": "selected_conversation", "multi_conversations_select": "selected_conversations",
	"channels_select": "selected_channel", "multi_channels_select": "selected_channels", "datepicker": "selected_date",
	"timepicker": "selected_time", "datetimepicker": "selected_date_time", "file_input": "files",
}

// begins is under which key an element brings what it begins with.
var begins = map[string]string{
	"value": "initial_value", "rich_text_value": "initial_value", "selected_option": "initial_option",
	"selected_options": "initial_options", "selected_user": "initial_user", "selected_users": "initial_users",
	"selected_conversation": "initial_conversation", "selected_conversations": "initial_conversations",
	"selected_channel": "initial_channel", "selected_channels": "initial_channels", "selected_date": "initial_date",
	"selected_time": "initial_time", "selected_date_time": "initial_date_time",
}

// initial is the state of blocks that nobody has touched.
func initial(blocks []any) object {
	state := object{}
	eachElement(blocks, func(block, e object) {
		key, has := chosen[str(e["type"])]
		if !has {
			return
		}
		id := str(block["block_id"])
		if state[id] == nil {
			state[id] = object{}
		}
		value := object{"type": e["type"], key: e[begins[key]]}
		if strings.HasSuffix(key, "s") && value[key] == nil {
			value[key] = []any{}
		}
		obj(state[id])[str(e["action_id"])] = value
	})
	return state
}

// choose is the value of an element after a person has typed or chosen this. Several choices stand on several lines.
func (w *World) choose(e object, answer string) (object, error) {
	kind := str(e["type"])
	key, has := chosen[kind]
	if !has {
		return nil, fmt.Errorf("a %s cannot be filled", kind)
	}
	value := object{"type": kind}
	switch key {
	case "value":
		value[key] = answer
		if answer == "" {
			value[key] = nil
		}
	case "selected_option", "selected_options":
		var picked []any
		for _, label := range lines(answer) {
			option := option(e, label)
			if option == nil {
				return nil, fmt.Errorf("there is no choice %q", label)
			}
			picked = append(picked, option)
		}
		if key == "selected_options" {
			value[key] = append([]any{}, picked...)
		} else if len(picked) > 0 {
			value[key] = picked[0]
		} else {
			value[key] = nil
		}
	case "selected_user", "selected_users", "selected_channel", "selected_channels", "selected_conversation",
		"selected_conversations":
		ids := []any{}
		for _, name := range lines(answer) {
			ids = append(ids, w.idOf(name))
		}
		if strings.HasSuffix(key, "s") {
			value[key] = ids
		} else if len(ids) > 0 {
			value[key] = ids[0]
		} else {
			value[key] = nil
		}
	case "rich_text_value":
		_, blocks := w.typed(w.spaces[0], answer)
		value[key] = nil
		if blocks != nil {
			value[key] = blocks[0]
		}
	default:
		value[key] = orNull(answer)
	}
	return value, nil
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

// idOf is the id of the person or channel of that name, and the name itself when there is none.
func (w *World) idOf(name string) string {
	for id, p := range w.people {
		if p.Name == strings.TrimPrefix(name, "@") {
			return id
		}
	}
	for id, c := range w.channels {
		if c.Name == strings.TrimPrefix(name, "#") {
			return id
		}
	}
	return name
}

func option(e object, label string) object {
	options := arr(e["options"])
	for _, g := range arr(e["option_groups"]) {
		options = append(options, arr(obj(g)["options"])...)
	}
	for _, o := range options {
		if str(obj(obj(o)["text"])["text"]) == label || str(obj(o)["value"]) == label {
			return obj(o)
		}
	}
	return nil
}

// valueText is what stands in a filled element, as text.
func valueText(value object) string {
	switch v := value[chosen[str(value["type"])]].(type) {
	case string:
		return v
	case float64:
		return fmt.Sprint(v)
	case object:
		if v["type"] == "rich_text" {
			return strings.Join(words(v), "\n")
		}
		return str(obj(v["text"])["text"])
	case []any:
		var list []string
		for _, o := range v {
			if text := str(obj(obj(o)["text"])["text"]); text != "" {
				list = append(list, text)
			} else if s := str(o); s != "" {
				list = append(list, s)
			}
		}
		return strings.Join(list, "\n")
	}
	return ""
}

// complete says what Slack itself would not let a person submit: a required field left empty, too much text.
func (v *View) complete() error {
	for _, b := range arr(v.Content["blocks"]) {
		block := obj(b)
		if block["type"] != "input" {
			continue
		}
		label, e := str(obj(block["label"])["text"]), obj(block["element"])
		text := valueText(obj(obj(v.State[str(block["block_id"])])[str(e["action_id"])]))
		length := float64(utf8.RuneCountInString(text))
		if optional, _ := block["optional"].(bool); text == "" && !optional {
			return errors.New(label + ": Please complete this required field.")
		}
		if most, ok := e["max_length"].(float64); ok && length > most {
			return fmt.Errorf("%s: at most %v characters", label, most)
		}
		if least, ok := e["min_length"].(float64); ok && text != "" && length < least {
			return fmt.Errorf("%s: at least %v characters", label, least)
		}
	}
	return nil
}
