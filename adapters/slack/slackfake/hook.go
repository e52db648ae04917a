package slackfake

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// hook is a response_url: five answers within half an hour to something a person did.
type hook struct {
	app  *App
	to   *Person
	in   *Channel
	on   *Message // what was pressed, nil for commands and shortcuts
	uses int
	ends time.Time
}

// newHook mints a response_url. Slack's first part of the path is hooks.slack.com.
func (w *World) newHook(a *App, p *Person, in *Channel, on *Message, kind string) string {
	id := a.space.ID + "." + w.noise("0123456789", 13) + "." + w.secret(24)
	w.hooks[id] = &hook{app: a, to: p, in: in, on: on, ends: time.Now().Add(hookLife)}
	return "http://" + w.network.name() + "/hooks/" + kind + "/" + id
}

func (w *World) hook(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	w.mu.Lock()
	entry := &Call{At: time.Now(), Method: "hooks"}
	w.record.calls = append(w.record.calls, entry)
	fault := w.fault("hooks")
	if fault != nil {
		entry.Fault = fault.Kind
	}
	w.mu.Unlock()
	if fault != nil && fault.stop(rw, r, w.closing) {
		return
	}
	var o object
	if err != nil || r.Method != http.MethodPost || json.Unmarshal(body, &o) != nil {
		http.Error(rw, "invalid_payload", http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	entry.Args = o
	code := w.useHook(r.PathValue("id"), o)
	entry.Refused = code
	w.mu.Unlock()
	if fault != nil && fault.spoil(rw, r, w.closing, object{"ok": true}) {
		return
	}
	switch code {
	case "":
		_, _ = rw.Write([]byte("ok"))
	case "used_url", "expired_url", "no_such_url":
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.WriteHeader(http.StatusNotFound)
		_, _ = rw.Write(encoded(object{"ok": false, "error": code}))
	default:
		http.Error(rw, code, http.StatusBadRequest)
	}
}

func (w *World) useHook(id string, o object) string {
	h := w.hooks[id]
	switch {
	case h == nil:
		return "no_such_url"
	case time.Now().After(h.ends):
		return "expired_url"
	case h.uses >= mostUsesHook:
		return "used_url"
	}
	if code := w.respond(h, o); code != "" {
		return code
	}
	h.uses++
	return ""
}

// respond does what an answer says: by response_url or by the acknowledgement of a command.
func (w *World) respond(h *hook, o object) string {
	live := h.on
	if live != nil && live.Deleted {
		live = nil
	}
	if yes, _ := o["delete_original"].(bool); yes {
		if live == nil {
			return "message_not_found"
		}
		w.erase(live)
		return ""
	}
	c := &call{w: w, app: h.app, method: "hooks", args: o}
	said, r := c.content()
	if r != nil {
		return r.String()
	}
	if yes, _ := o["replace_original"].(bool); yes && live != nil {
		before := live.json(true)
		live.Text, live.Blocks, live.Attached = said.text, said.blocks, said.attached
		live.Edited, live.Editor = w.stamp(), h.app.bot.ID
		if live.Only == nil {
			w.tellChanged(live, "message_changed", before)
		}
		return ""
	}
	m := &Message{
		app: h.app, In: h.in, Subtype: "bot_message", Text: said.text, Blocks: said.blocks, Attached: said.attached,
		Thread: str(o["thread_ts"]),
	}
	if o["response_type"] != "in_channel" {
		m.Only = h.to
	}
	w.add(m)
	return ""
}

// commandAnswer shows what an app answered with its acknowledgement of a command.
func (w *World) commandAnswer(url string, data json.RawMessage) error {
	if len(data) == 0 || string(data) == "null" || string(data) == "{}" {
		return nil
	}
	var o object
	if json.Unmarshal(data, &o) != nil {
		o = object{"text": string(data)} // over HTTP plain words are an answer too
	}
	if code := w.respond(w.hooks[url[strings.LastIndex(url, "/")+1:]], o); code != "" {
		w.violate("the answer to a command is refused: " + code)
		return errors.New("the command failed with the error \"invalid_command_response\"")
	}
	return nil
}
