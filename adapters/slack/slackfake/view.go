package slackfake

import (
	"strconv"
	"time"
)

const (
	triggerLife   = 3 * time.Second
	deepestStack  = 3
	largestView   = 250 << 10 // bytes
	mostUsesHook  = 5
	hookLife      = 30 * time.Minute
	largestAnswer = 20 * 1024 // bytes: Slack drops larger answers over a socket without a word
)

// View is a Home tab or a modal. Those that a World hands out are copies that do not change.
type View struct {
	w    *World
	app  *App
	to   *Person
	root string
	prev string
	team *Workspace

	ID         string
	ExternalID string
	Hash       string
	Type       string // home or modal
	Content    object // the view as the app gave it
	State      object // what has been filled in: block id, action id, value
}

// trigger is the short right to open a modal that comes with something a person did.
type trigger struct {
	by   *Person
	app  *App
	from *View
	ends time.Time
	used bool
}

// trigger mints a right to open a modal.
func (w *World) trigger(a *App, p *Person, from *View) string {
	id := w.noise("0123456789", 13) + "." + w.noise("0123456789", 11) + "." + w.noise("0123456789abcdef", 32)
	w.triggers[id] = &trigger{by: p, app: a, from: from, ends: time.Now().Add(triggerLife)}
	return id
}

func (c *call) pull() (*trigger, *refusal) {
	if r := c.needs("trigger_id"); r != nil {
		return nil, r
	}
	t := c.w.triggers[c.text("trigger_id")]
	switch {
	case t == nil || t.app != c.app:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case time.Now().After(t.ends):
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// Home is what this person's Home tab of the first app shows; nil when it is empty.
func (p *Person) Home() *View {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	return p.home.snapshot()
}

// Modal is the topmost modal open before this person; nil when there is none.
func (p *Person) Modal() *View {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	if len(p.stack) == 0 {
		return nil
	}
	return p.stack[len(p.stack)-1].snapshot()
}

func (v *View) snapshot() *View {
	if v == nil {
		return nil
	}
	s := *v
	s.Content, s.State = copied(v.Content), copied(v.State)
	return &s
}

// Title is what stands at its top.
func (v *View) Title() string { return str(obj(v.Content["title"])["text"]) }

// Plain is its words as a person reads them.
func (v *View) Plain() string {
	m := Message{Blocks: nil}
	for _, b := range arr(v.Content["blocks"]) {
		m.Blocks = append(m.Blocks, obj(b))
	}
	return m.Plain()
}

// Buttons are the labels of what can be pressed in it.
func (v *View) Buttons() []string { return buttonLabels(arr(v.Content["blocks"])) }

// Filled is what stands in the field of that label, as text.
func (v *View) Filled(label string) string {
	for _, b := range arr(v.Content["blocks"]) {
		block := obj(b)
		if str(obj(block["label"])["text"]) == label {
			return valueText(obj(obj(v.State[str(block["block_id"])])[str(obj(block["element"])["action_id"])]))
		}
	}
	return ""
}

func (v *View) json() object {
	o := object{
		"id": v.ID, "team_id": v.team.ID, "type": v.Type, "private_metadata": "", "callback_id": "", "hash": v.Hash,
		"title": nil, "close": nil, "submit": nil, "clear_on_close": false, "notify_on_close": false,
		"state": object{"values": v.State}, "previous_view_id": orNull(v.prev), "root_view_id": v.root, "app_id": v.app.ID,
		"external_id": v.ExternalID, "app_installed_team_id": v.app.space.ID, "bot_id": v.app.BotID,
	}
	for _, k := range []string{
		"blocks", "private_metadata", "callback_id", "title", "close", "submit", "clear_on_close", "notify_on_close",
		"submit_disabled",
	} {
		if given, ok := v.Content[k]; ok {
			o[k] = given
		}
	}
	if v.Type == "home" {
		o["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return o
}

// view reads and checks the view that a call brings.
func (c *call) view(surface string) (object, *refusal) {
	if r := c.needs("view"); r != nil {
		return nil, r
	}
	v, ok := c.value("view")
	o := obj(v)
	if !ok || o == nil {
		return nil, invalid("[ERROR] must be a valid view object [json-pointer:/view]")
	}
	return c.w.checkedView(c.app, o, surface)
}

func (w *World) checkedView(a *App, o object, surface string) (object, *refusal) {
	if len(encoded(o)) > largestView {
		return nil, refuse("view_too_large")
	}
	check := w.checking(surface, a)
	if check.view(o); check.problems != nil {
		return nil, check.refusal("invalid_arguments")
	}
	o = copied(o)
	o["blocks"] = anys(w.finished(arr(o["blocks"])))
	return o, nil
}

func (w *World) newView(a *App, p *Person, content object) *View {
	v := &View{w: w, app: a, to: p, ID: w.id("V"), team: p.space, Type: str(content["type"])}
	v.root = v.ID
	v.fill(content)
	w.views[v.ID] = v
	return v
}

// fill gives a view its content; what had been filled into blocks that stay is kept.
func (v *View) fill(content object) {
	old := v.State
	v.Content, v.ExternalID = content, str(content["external_id"])
	v.Hash = strconv.FormatInt(v.w.now().Unix(), 10) + "." + v.w.secret(8)
	v.State = initial(arr(content["blocks"]))
	for block, values := range v.State {
		for action := range obj(values) {
			if kept, ok := obj(old[block])[action]; ok {
				obj(values)[action] = kept
			}
		}
	}
}

func (w *World) external(a *App, id string, but *View) bool {
	for _, v := range w.views {
		if id != "" && v != but && v.app == a && v.ExternalID == id {
			return true
		}
	}
	return false
}

func viewsOpen(c *call) (object, *refusal) {
	content, r := c.view(surfaceModal)
	if r != nil {
		return nil, r
	}
	t, r := c.pull()
	if r != nil {
		return nil, r
	}
	if c.w.external(c.app, str(content["external_id"]), nil) {
		return nil, refuse("duplicate_external_id")
	}
	t.used = true
	for _, old := range t.by.stack {
		delete(c.w.views, old.ID) // another modal takes the place of what was open
	}
	v := c.w.newView(c.app, t.by, content)
	t.by.stack = []*View{v}
	return object{"view": v.json()}, nil
}

func viewsPush(c *call) (object, *refusal) {
	content, r := c.view(surfaceModal)
	if r != nil {
		return nil, r
	}
	t, r := c.pull()
	if r != nil {
		return nil, r
	}
	if t.from == nil || len(t.by.stack) == 0 {
		return nil, refuse("not_found")
	}
	if c.w.external(c.app, str(content["external_id"]), nil) {
		return nil, refuse("duplicate_external_id")
	}
	if len(t.by.stack) >= deepestStack {
		return nil, refuse("push_limit_reached")
	}
	t.used = true
	return object{"view": c.w.push(c.app, t.by, content).json()}, nil
}

func (w *World) push(a *App, p *Person, content object) *View {
	v := w.newView(a, p, content)
	below := p.stack[len(p.stack)-1]
	v.prev, v.root = below.ID, below.root
	p.stack = append(p.stack, v)
	return v
}

func viewsUpdate(c *call) (object, *refusal) {
	if !c.has("view_id") && !c.has("external_id") {
		return nil, invalid("[ERROR] missing required field: view_id")
	}
	var v *View
	for _, other := range c.w.views {
		if other.app == c.app && (c.has("view_id") && other.ID == c.text("view_id") ||
			!c.has("view_id") && other.ExternalID == c.text("external_id")) {
			v = other
		}
	}
	if v == nil {
		return nil, refuse("not_found")
	}
	content, r := c.view(v.Type)
	if r != nil {
		return nil, r
	}
	if c.has("hash") && c.text("hash") != v.Hash {
		return nil, refuse("hash_conflict")
	}
	if c.w.external(c.app, str(content["external_id"]), v) {
		return nil, refuse("duplicate_external_id")
	}
	v.fill(content)
	return object{"view": v.json()}, nil
}

func viewsPublish(c *call) (object, *refusal) {
	if r := c.needs("user_id"); r != nil {
		return nil, r
	}
	content, r := c.view(surfaceHome)
	if r != nil {
		return nil, r
	}
	if c.app.noHome {
		return nil, refuse("not_enabled")
	}
	p := c.person(c.text("user_id"))
	if p == nil || p.bot != nil || p.space != c.app.space && !c.app.enterprise {
		return nil, invalid("[ERROR] invalid `user_id` [json-pointer:/user_id]")
	}
	if p.home == nil {
		p.home = c.w.newView(c.app, p, content)
		return object{"view": p.home.json()}, nil
	}
	if c.has("hash") && c.text("hash") != p.home.Hash {
		return nil, refuse("hash_conflict")
	}
	p.home.fill(content)
	return object{"view": p.home.json()}, nil
}
