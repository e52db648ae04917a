package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Everything here waits until the app has acknowledged, at most three seconds, and returns what the person sees go
// wrong, or nil.

// Presses presses the button, or chooses from the menu, that has this label on a message.
func (p *Person) Presses(m *Message, label string) error {
	w := p.w
	w.mu.Lock()
	l := m.live()
	if l == nil || l.app == nil || l.Only != nil && l.Only != p || l.In.Private && !l.In.has(p) {
		w.mu.Unlock()
		return errNotThere
	}
	action, err := w.action(anys(l.Blocks), label)
	if err != nil {
		w.mu.Unlock()
		return err
	}
	payload := w.interaction(l.app, p, "block_actions")
	container := object{"type": "message", "message_ts": l.TS, "channel_id": l.In.ID, "is_ephemeral": l.Only != nil}
	if l.Thread != "" {
		container["thread_ts"] = l.Thread
	}
	payload["container"], payload["channel"] = container, l.In.brief()
	payload["trigger_id"] = w.trigger(l.app, p, nil)
	payload["response_url"] = w.newHook(l.app, p, l.In, l, "actions")
	state := initial(anys(l.Blocks))
	fillIn(state, action)
	payload["state"] = object{"values": state}
	if l.Only == nil {
		payload["message"] = l.json(true)
	}
	payload["actions"] = []any{action}
	w.mu.Unlock()
	return w.ask(&delivery{app: l.app, kind: "interactive", payload: payload}, answered)
}

func answered(_ json.RawMessage, problem string) error {
	if problem != "" {
		return errNoAnswer
	}
	return nil
}

// PressesHome presses a button in the Home tab.
func (p *Person) PressesHome(label string) error {
	return p.pressView(label, func() *View { return p.home })
}

// PressesInModal presses a button in the topmost modal that is not its submit button.
func (p *Person) PressesInModal(label string) error { return p.pressView(label, p.top) }

func (p *Person) top() *View {
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1]
}

func (p *Person) pressView(label string, which func() *View) error {
	w := p.w
	w.mu.Lock()
	v := which()
	if v == nil {
		w.mu.Unlock()
		return errNotThere
	}
	action, err := w.action(arr(v.Content["blocks"]), label)
	if err != nil {
		w.mu.Unlock()
		return err
	}
	fillIn(v.State, action)
	d := w.viewAction(p, v, action)
	w.mu.Unlock()
	return w.ask(d, answered)
}

// fillIn puts what was chosen by an action among what has been filled in.
func fillIn(state, action object) {
	key, fillable := chosen[str(action["type"])]
	values := obj(state[str(action["block_id"])])
	if fillable && values != nil {
		values[str(action["action_id"])] = object{"type": action["type"], key: action[key]}
	}
}

func (w *World) viewAction(p *Person, v *View, action object) *delivery {
	payload := w.interaction(v.app, p, "block_actions")
	payload["container"], payload["view"] = object{"type": "view", "view_id": v.ID}, copied(v.json())
	payload["trigger_id"], payload["actions"] = w.trigger(v.app, p, v), []any{action}
	return &delivery{app: v.app, kind: "interactive", payload: payload}
}

// interaction is what all interactions have in common.
func (w *World) interaction(a *App, p *Person, kind string) object {
	return object{
		"type": kind, "user": p.actor(), "api_app_id": a.ID, "token": a.Verification, "team": a.teamJSON(),
		"enterprise": a.enterpriseJSON(), "is_enterprise_install": a.enterprise,
	}
}

// brief is the channel as interactions carry it.
func (c *Channel) brief() object { return object{"id": c.ID, "name": c.calledBy()} }

func (c *Channel) calledBy() string {
	switch {
	case c.IM:
		return "directmessage"
	case c.Private && !c.MPIM:
		return "privategroup"
	}
	return c.Name
}

// action finds what has this label and makes the action of pressing it.
func (w *World) action(blocks []any, label string) (object, error) {
	var found object
	eachElement(blocks, func(block, e object) {
		if found != nil {
			return
		}
		kind := str(e["type"])
		action := object{"action_id": e["action_id"], "block_id": block["block_id"], "type": kind, "action_ts": w.stamp()}
		switch {
		case kind == "button" && str(obj(e["text"])["text"]) == label:
			action["text"] = e["text"]
			for _, k := range []string{"value", "style"} {
				if v, ok := e[k]; ok {
					action[k] = v
				}
			}
		case kind != "button" && option(e, label) != nil:
			key := "selected_option"
			if chosen[kind] == "selected_options" {
				key = chosen[kind]
				action[key] = []any{option(e, label)}
			} else {
				action[key] = option(e, label)
			}
		default:
			return
		}
		found = copied(action)
	})
	if found == nil {
		return nil, fmt.Errorf("there is nothing labelled %q among %q", label, buttonLabels(blocks))
	}
	return found, nil
}

// Fills puts something into the field of that label in the topmost modal.
func (p *Person) Fills(label, answer string) error {
	w := p.w
	w.mu.Lock()
	v := p.top()
	if v == nil {
		w.mu.Unlock()
		return errNotThere
	}
	for _, b := range arr(v.Content["blocks"]) {
		block := obj(b)
		if str(obj(block["label"])["text"]) != label {
			continue
		}
		e := obj(block["element"])
		value, err := w.choose(e, answer)
		if err != nil {
			w.mu.Unlock()
			return err
		}
		id, action := str(block["block_id"]), str(e["action_id"])
		obj(v.State[id])[action] = value
		var d *delivery
		if dispatched, _ := block["dispatch_action"].(bool); dispatched {
			act := copied(value)
			act["action_id"], act["block_id"], act["action_ts"] = action, id, w.stamp()
			d = w.viewAction(p, v, act)
		}
		w.mu.Unlock()
		if d != nil {
			return w.ask(d, answered)
		}
		return nil
	}
	w.mu.Unlock()
	return fmt.Errorf("there is no field labelled %q", label)
}

// Submits submits the topmost modal. What the app finds wrong with a field is the error, with the field's label.
func (p *Person) Submits() error {
	w := p.w
	w.mu.Lock()
	v := p.top()
	if v == nil {
		w.mu.Unlock()
		return errNotThere
	}
	if err := v.complete(); err != nil {
		w.mu.Unlock()
		return err
	}
	payload := w.interaction(v.app, p, "view_submission")
	payload["trigger_id"], payload["view"], payload["response_urls"] = w.trigger(v.app, p, v), copied(v.json()), []any{}
	w.mu.Unlock()
	d := &delivery{app: v.app, kind: "interactive", payload: payload, accepts: true}
	return w.ask(d, func(answer json.RawMessage, problem string) error {
		if problem != "" {
			return errors.New("we had some trouble connecting: try again")
		}
		return w.submitted(p, v, answer)
	})
}

// submitted does what the answer to a submission says.
func (w *World) submitted(p *Person, v *View, data json.RawMessage) error {
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   object            `json:"view"`
	}
	if len(data) > 0 && json.Unmarshal(data, &answer) != nil {
		w.violate("the answer to a submission is no JSON object")
		return errNoAnswer
	}
	switch answer.Action {
	case "":
		p.closes(v)
	case "clear":
		for _, o := range p.stack {
			delete(w.views, o.ID)
		}
		p.stack = nil
	case "errors":
		return w.fieldErrors(v, answer.Errors)
	case "update", "push":
		content, r := w.checkedView(v.app, answer.View, surfaceModal)
		if r != nil {
			w.violate("the view in the answer to a submission is refused: " + r.String())
			return errNoAnswer
		}
		if answer.Action == "update" {
			v.fill(content)
		} else if len(p.stack) < deepestStack {
			w.push(v.app, p, content)
		} else {
			w.violate("a fourth modal was pushed")
			return errNoAnswer
		}
	default:
		w.violate("unknown response_action " + answer.Action)
		return errNoAnswer
	}
	return nil
}

func (w *World) fieldErrors(v *View, wrong map[string]string) error {
	var said []string
	for _, b := range arr(v.Content["blocks"]) {
		block := obj(b)
		if text, ok := wrong[str(block["block_id"])]; ok && block["type"] == "input" {
			said = append(said, str(obj(block["label"])["text"])+": "+text)
			delete(wrong, str(block["block_id"]))
		}
	}
	if len(wrong) > 0 || said == nil {
		w.violate("an error in the answer to a submission names no field: " + strings.Join(sorted(wrong), ", "))
		return errNoAnswer
	}
	return errors.New(strings.Join(said, "\n"))
}

func (p *Person) closes(v *View) {
	if i := slices.Index(p.stack, v); i >= 0 {
		for _, gone := range p.stack[i:] {
			delete(p.w.views, gone.ID)
		}
		p.stack = p.stack[:i]
	}
}

// Closes closes the topmost modal.
func (p *Person) Closes() error {
	w := p.w
	w.mu.Lock()
	v := p.top()
	if v == nil {
		w.mu.Unlock()
		return errNotThere
	}
	p.closes(v)
	notify, _ := v.Content["notify_on_close"].(bool)
	payload := w.interaction(v.app, p, "view_closed")
	view := copied(v.json())
	view["state"] = object{"values": object{}} // what was filled in is not told
	payload["view"], payload["is_cleared"], payload["response_urls"] = view, false, []any{}
	w.mu.Unlock()
	if !notify {
		return nil
	}
	return w.ask(&delivery{app: v.app, kind: "interactive", payload: payload}, answered)
}

// Shortcut runs a global shortcut of the app.
func (p *Person) Shortcut(callback string) error {
	return p.shortcut(callback, func(w *World, a *App) (object, error) {
		o := w.interaction(a, p, "shortcut")
		delete(o, "api_app_id")
		delete(obj(o["user"]), "name")
		return o, nil
	})
}

// MessageShortcut runs a message shortcut on what somebody said, in a place that the bot need not know.
func (p *Person) MessageShortcut(callback string, m *Message) error {
	return p.shortcut(callback, func(w *World, a *App) (object, error) {
		l := m.live()
		if l == nil || l.Only != nil {
			return nil, errNotThere
		}
		o := w.interaction(a, p, "message_action")
		delete(o, "api_app_id")
		delete(obj(o["user"]), "username")
		o["channel"], o["message_ts"], o["message"] = l.In.brief(), l.TS, l.json(true)
		o["response_url"] = w.newHook(a, p, l.In, nil, "app")
		return o, nil
	})
}

func (p *Person) shortcut(callback string, payload func(*World, *App) (object, error)) error {
	w := p.w
	w.mu.Lock()
	a := w.appNear(p)
	if a.shortcuts != nil && !a.shortcuts[callback] || !a.scopes["commands"] || !a.installed {
		w.mu.Unlock()
		return errNotThere
	}
	o, err := payload(w, a)
	if err != nil {
		w.mu.Unlock()
		return err
	}
	o["callback_id"], o["action_ts"], o["trigger_id"] = callback, w.stamp(), w.trigger(a, p, nil)
	w.mu.Unlock()
	return w.ask(&delivery{app: a, kind: "interactive", payload: o}, answered)
}

// Types types a slash command, such as "/ginnel who can help with accounts", in a place.
func (p *Person) Types(in *Channel, line string) error {
	w := p.w
	command, text, _ := strings.Cut(line, " ")
	w.mu.Lock()
	a := w.appNear(p)
	escaped, known := a.commands[command]
	switch {
	case !in.has(p):
		w.mu.Unlock()
		return errNoMember
	case a.commands != nil && !known || !a.scopes["commands"] || !a.installed:
		w.mu.Unlock()
		return errNoCommand
	case p.Guest && p.space.GuestsMayNot:
		w.mu.Unlock()
		return errors.New("guests may not use commands here")
	}
	if a.commands == nil || escaped {
		text, _ = w.typed(p.space, text)
	}
	payload := object{
		"token": a.Verification, "team_id": a.space.ID, "team_domain": a.space.Domain, "channel_id": in.ID,
		"channel_name": in.calledBy(), "user_id": p.ID, "user_name": p.username(), "command": command, "text": text,
		"api_app_id": a.ID, "is_enterprise_install": strconv.FormatBool(a.enterprise),
		"response_url": w.newHook(a, p, in, nil, "commands"), "trigger_id": w.trigger(a, p, nil),
	}
	if a.space.EnterpriseID != "" {
		payload["enterprise_id"], payload["enterprise_name"] = a.space.EnterpriseID, a.space.EnterpriseName
	}
	w.mu.Unlock()
	d := &delivery{app: a, kind: "slash_commands", payload: payload, accepts: true}
	return w.ask(d, func(answer json.RawMessage, problem string) error {
		if problem != "" {
			return fmt.Errorf("%s failed because the app did not respond", command)
		}
		return w.commandAnswer(str(payload["response_url"]), answer)
	})
}
