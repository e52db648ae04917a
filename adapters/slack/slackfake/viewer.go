package slackfake

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed viewer.css
var style string

// Viewer is a page that draws what stands in this World: every place, Home tab and open modal. It shows and changes
// nothing, and asks for nothing from outside. The query person= shows what that person sees; only= leaves one place,
// by name, or home or modal.
func (w *World) Viewer() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		q := r.URL.Query()
		if err := layout.Execute(rw, w.scene(q.Get("person"), q.Get("only"))); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
		}
	})
	return mux
}

// Draw is blocks, in any form that becomes their JSON, drawn as a page of its own: for pictures of single messages.
func (w *World) Draw(title string, blocks any) string {
	var list []any
	if err := json.Unmarshal(encoded(blocks), &list); err != nil {
		return err.Error()
	}
	w.mu.Lock()
	drawn := w.draw(list, nil)
	w.mu.Unlock()
	var b strings.Builder
	alone := shownPlace{Name: title, Messages: []shownMessage{{Body: drawn}}}
	s := scene{Style: template.CSS(style), Title: title, Places: []shownPlace{alone}}
	if err := layout.Execute(&b, s); err != nil {
		return err.Error()
	}
	return b.String()
}

type (
	scene struct {
		Style  template.CSS
		Title  string
		Places []shownPlace
		Views  []shownView
		People []string
	}
	shownPlace struct {
		Name     string
		Messages []shownMessage
	}
	shownMessage struct {
		Who, When, Initial string
		App, Only, Reply   bool
		Edited             bool
		Body               template.HTML
		Reactions          []string
	}
	shownView struct {
		Kind, Title, To, Submit, Close string
		Body                           template.HTML
	}
)

func (w *World) scene(person, only string) scene {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := scene{Style: template.CSS(style), Title: w.spaces[0].Name}
	var to *Person
	for _, id := range sorted(w.people) {
		p := w.people[id]
		if strings.EqualFold(p.Name, person) {
			to = p
		}
		if p.bot == nil {
			s.People = append(s.People, p.Name)
		}
	}
	for _, c := range w.places {
		hidden := to != nil && !c.has(to) && (c.Private || c.IM)
		if hidden || only != "" && !strings.EqualFold(strings.TrimPrefix(only, "#"), c.Name) && !(only == "private" && c.IM) {
			continue
		}
		messages := w.drawMessages(c, to)
		if messages == nil && c.IM {
			continue // made by opening something, and nothing said
		}
		s.Places = append(s.Places, shownPlace{w.placeName(c), messages})
	}
	for _, id := range sorted(w.people) {
		p := w.people[id]
		if to != nil && p != to {
			continue
		}
		if p.home != nil && (only == "" || only == "home") {
			s.Views = append(s.Views, w.shownView(p.home))
		}
		for _, v := range p.stack {
			if only == "" || only == "modal" {
				s.Views = append(s.Views, w.shownView(v))
			}
		}
	}
	return s
}

func (w *World) placeName(c *Channel) string {
	if !c.IM && !c.MPIM {
		return "#" + c.Name
	}
	var names []string
	for _, p := range c.members {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// drawMessages draws a place with its threads under their messages.
func (w *World) drawMessages(c *Channel, to *Person) (list []shownMessage) {
	draw := func(m *Message) {
		if m.Deleted || m.notice() || m.Only != nil && to != nil && m.Only != to {
			return
		}
		s := shownMessage{
			When: m.TS, Only: m.Only != nil, Edited: m.Edited != "", App: m.app != nil,
			Reply: m.Thread != "" && m.Thread != m.TS,
		}
		switch {
		case m.app != nil:
			s.Who = m.app.Name
		case m.From != nil:
			s.Who = m.From.Name
		}
		s.Initial = string([]rune(s.Who + "?")[:1])
		if at := micros(m.TS); at > 0 {
			s.When = clock(at)
		}
		if len(m.Blocks) > 0 {
			s.Body = w.draw(anys(m.Blocks), nil)
		} else {
			s.Body = w.mrkdwn(m.Text)
		}
		for _, f := range m.files {
			s.Body += w.picture(f, f.title)
		}
		for _, name := range sorted(m.Reactions) {
			s.Reactions = append(s.Reactions, fmt.Sprintf(":%s: %d", name, len(m.Reactions[name])))
		}
		list = append(list, s)
	}
	for _, m := range c.messages {
		if m.Thread != "" && m.Thread != m.TS && c.find(m.Thread) != nil {
			continue
		}
		draw(m)
		for _, r := range c.messages {
			if r.Thread == m.TS && r != m {
				draw(r)
			}
		}
	}
	return list
}

func (w *World) shownView(v *View) shownView {
	s := shownView{
		Kind: v.Type, To: v.to.Name, Body: w.draw(arr(v.Content["blocks"]), v.State),
		Title: v.Title(), Submit: str(obj(v.Content["submit"])["text"]), Close: str(obj(v.Content["close"])["text"]),
	}
	if s.Close == "" {
		s.Close = "Cancel"
	}
	return s
}

// picture draws an uploaded file: a picture as itself, anything else by name.
func (w *World) picture(f *file, words string) template.HTML {
	mimetype, _, _ := f.kind()
	if strings.HasPrefix(mimetype, "image/") && mimetype != "image/svg+xml" {
		data := base64.StdEncoding.EncodeToString(f.data)
		return tag(`<img class="upload" alt="%s" src="data:%s;base64,%s">`, words, mimetype, data)
	}
	return tag(`<div class="file">%s</div>`, f.name)
}

// tag fills text into HTML, escaped.
func tag(format string, args ...any) template.HTML {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = template.HTMLEscapeString(s)
		}
	}
	return template.HTML(fmt.Sprintf(format, args...))
}

var layout = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title><style>{{.Style}}</style></head><body>
{{range .Places}}<section class="place"><h1>{{.Name}}</h1>
{{range .Messages}}<article class="message{{if .App}} app{{end}}{{if .Only}} only{{end}}{{if .Reply}} reply{{end}}">
{{if .Who}}<div class="avatar">{{.Initial}}</div>{{end}}
<div class="body">{{if .Only}}<p class="note">Only visible to you</p>{{end}}
{{if .Who}}<p class="who"><b>{{.Who}}</b>{{if .App}} <i>APP</i>{{end}} <time>{{.When}}</time></p>{{end}}
{{.Body}}{{if .Edited}}<span class="note">(edited)</span>{{end}}
{{if .Reactions}}<p class="reactions">{{range .Reactions}}<span>{{.}}</span>{{end}}</p>{{end}}</div></article>
{{else}}<p class="note">Nothing has been said here.</p>
{{end}}</section>{{end}}
{{range .Views}}<section class="view {{.Kind}}">
{{if eq .Kind "home"}}<h1>Home · {{.To}}</h1>{{else}}<header><h1>{{.Title}}</h1><span>×</span></header>{{end}}
<div class="body">{{.Body}}</div>
{{if ne .Kind "home"}}<footer><span class="button">{{.Close}}</span>
{{if .Submit}}<span class="button primary">{{.Submit}}</span>{{end}}</footer>{{end}}</section>{{end}}
</body></html>
`))
