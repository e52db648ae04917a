package slackfake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refusal is an error of the Web API. Slack tells it with status 200.
type refusal struct {
	code string
	more object
}

func refuse(code string) *refusal { return &refusal{code: code} }

// invalid is invalid_arguments with the sentences that say which.
func invalid(messages ...string) *refusal {
	return &refusal{code: "invalid_arguments", more: object{"response_metadata": object{"messages": anys(messages)}}}
}

// call is one request of the Web API, as far as it is understood.
type call struct {
	w      *World
	app    *App
	method string
	args   object
	warn   []string
}

// method is one row of what this Slack can do. A nil refusal is success. The lock is held.
type method struct {
	scopes []string // one of them is needed
	tier   int      // requests a minute; 0 has no limit
	token  string   // bot, app or none
	get    bool     // takes no JSON body, as the older reading methods
	do     func(*call) (object, *refusal)
}

func (w *World) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", w.api)
	mux.HandleFunc("/link", w.link)
	mux.HandleFunc("/hooks/{kind}/{id}", w.hook)
	mux.HandleFunc("/upload/{id}", w.upload)
	mux.HandleFunc("/files/{id}", w.download)
	mux.HandleFunc("/oauth/v2/authorize", w.authorize)
	if w.viewed {
		mux.Handle("/", w.Viewer())
	}
	return mux
}

func (w *World) api(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	asked := read(r)
	w.mu.Lock()
	entry := &Call{At: time.Now(), Method: name, Args: shown(asked.args), App: w.appOf(asked.token)}
	w.record.calls = append(w.record.calls, entry)
	fault := w.fault(name)
	w.mu.Unlock()
	if fault != nil {
		w.mu.Lock()
		entry.Fault = fault.Kind
		w.mu.Unlock()
		if fault.stop(rw, r, w.closing) {
			return
		}
		if fault.Kind == Revoked {
			w.mu.Lock()
			if entry.App != nil {
				entry.App.revoked[asked.token] = "token_revoked"
			}
			w.mu.Unlock()
		}
	}
	w.mu.Lock()
	answer, refused, wait := w.answer(name, asked, rw.Header())
	entry.Refused = refused
	if wait > 0 {
		entry.Refused = "ratelimited"
	}
	entry.answer = answer
	w.mu.Unlock()
	if fault != nil && fault.spoil(rw, r, w.closing, answer) {
		return
	}
	if wait > 0 {
		rw.Header().Set("Retry-After", strconv.Itoa(wait))
		rw.WriteHeader(http.StatusTooManyRequests)
	}
	_ = json.NewEncoder(rw).Encode(answer)
}

// answer goes through the checks in Slack's order: form, token, scope, rate, and then the method with its arguments.
func (w *World) answer(name string, asked *request, header http.Header) (object, string, int) {
	header.Set("Content-Type", "application/json; charset=utf-8")
	no := func(r *refusal) (object, string, int) {
		o := object{"ok": false, "error": r.code}
		for k, v := range r.more {
			o[k] = v
		}
		return o, r.code, 0
	}
	m, known := w.methods()[name]
	if !known {
		w.wrong("unknown method " + name)
		return no(&refusal{"unknown_method", object{"req_method": name}})
	}
	if asked.bad != "" {
		return no(refuse(asked.bad))
	}
	app, code := w.authenticate(m, asked.token)
	if code != "" {
		return no(refuse(code))
	}
	if app != nil && m.token == "bot" {
		header.Set("X-OAuth-Scopes", app.scopeList())
		header.Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
		if len(m.scopes) > 0 && !slices.ContainsFunc(m.scopes, func(s string) bool { return app.scopes[s] }) {
			return no(missing(app, m.scopes[0]))
		}
	}
	args := asked.args
	if m.get && asked.json {
		args = asked.query // a method that reads no JSON does not see what stands in it
	}
	if wait := w.limited(app, name, m.tier, args); wait > 0 {
		return object{"ok": false, "error": "ratelimited"}, "ratelimited", wait
	}
	c := &call{w: w, app: app, method: name, args: args}
	o, refused := m.do(c)
	if refused != nil {
		return no(refused)
	}
	if o == nil {
		o = object{}
	}
	o["ok"] = true
	if len(c.warn) > 0 {
		o["warning"] = strings.Join(c.warn, ",")
		meta, _ := o["response_metadata"].(object)
		if meta == nil {
			meta = object{}
		}
		meta["warnings"], o["response_metadata"] = anys(c.warn), meta
	}
	return copied(o), "", 0
}

func missing(a *App, scope string) *refusal {
	return &refusal{"missing_scope", object{"needed": scope, "provided": a.scopeList()}}
}

func (w *World) appOf(token string) *App {
	for _, a := range w.apps {
		if token != "" && (a.BotToken == token || a.AppToken == token || a.revoked[token] != "") {
			return a
		}
	}
	return nil
}

func (w *World) authenticate(m method, token string) (*App, string) {
	if m.token == "none" {
		return w.appOf(token), ""
	}
	if token == "" {
		return nil, "not_authed"
	}
	a := w.appOf(token)
	switch {
	case a == nil:
		return nil, "invalid_auth"
	case a.revoked[token] != "":
		return nil, a.revoked[token]
	case (m.token == "app") != (token == a.AppToken):
		return nil, "not_allowed_token_type"
	}
	return a, ""
}

// text is an argument as text, whatever way it came.
func (c *call) text(name string) string {
	switch v := c.args[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

func (c *call) has(name string) bool { return c.text(name) != "" }

func (c *call) flag(name string) bool {
	v := c.text(name)
	return v == "true" || v == "1"
}

// number is an argument as a number; lower and upper bound what is taken.
func (c *call) number(name string, otherwise, low, high int) (int, *refusal) {
	if !c.has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(c.text(name))
	if err != nil || n < low {
		return 0, refuse("invalid_limit")
	}
	return min(n, high), nil
}

// value is an argument that is JSON, in a JSON body or as text in a form. ok is false when it is no JSON at all.
func (c *call) value(name string) (v any, ok bool) {
	s, isText := c.args[name].(string)
	if !isText {
		return c.args[name], true
	}
	if s == "" {
		return nil, true
	}
	return v, json.Unmarshal([]byte(s), &v) == nil
}

// needs refuses a call without these arguments.
func (c *call) needs(names ...string) *refusal {
	var lacking []string
	for _, n := range names {
		if v, there := c.args[n]; !there || v == "" || v == nil {
			lacking = append(lacking, "[ERROR] missing required field: "+n)
		}
	}
	if lacking != nil {
		return invalid(lacking...)
	}
	return nil
}

// page cuts a list by limit and cursor; the cursor is where to go on, in Slack's way unreadable.
func (c *call) page(length, otherwise, most int) (from, to int, next string, r *refusal) {
	limit, r := c.number("limit", otherwise, 1, most)
	if r != nil {
		return 0, 0, "", r
	}
	if c.has("cursor") {
		from, r = readCursor(c.text("cursor"))
		if r != nil || from > length {
			return 0, 0, "", refuse("invalid_cursor")
		}
	}
	to = min(from+limit, length)
	if to < length {
		next = writeCursor(to)
	}
	return from, to, next, nil
}
