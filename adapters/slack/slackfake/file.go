package slackfake

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
)

// file is something uploaded.
type file struct {
	w        *World
	id, name string
	title    string
	by       *Person
	app      *App
	length   int
	data     []byte
	received bool
	complete bool
	in       []*Channel
	alt      string
	created  int64
}

func (w *World) newFile(by *Person, name string, data []byte) *file {
	f := &file{
		w: w, id: w.id("F"), name: name, title: name, by: by, data: data, length: len(data), received: data != nil,
		complete: data != nil, created: w.now().Unix(),
	}
	w.files[f.id] = f
	return f
}

func (f *file) kind() (mimetype, filetype, pretty string) {
	ext := strings.ToLower(path.Ext(f.name))
	mimetype, _, _ = strings.Cut(mime.TypeByExtension(ext), ";")
	if mimetype == "" {
		mimetype = "application/octet-stream"
	}
	filetype = strings.TrimPrefix(ext, ".")
	return mimetype, filetype, strings.ToUpper(filetype)
}

func (f *file) address() string { return "http://" + f.w.network.name() + "/files/" + f.id }

func (f *file) json() object {
	mimetype, filetype, pretty := f.kind()
	team := f.by.space
	channels, groups, ims := []any{}, []any{}, []any{}
	for _, c := range f.in {
		switch c.typeName() {
		case "channel":
			channels = append(channels, c.ID)
		case "im":
			ims = append(ims, c.ID)
		default:
			groups = append(groups, c.ID)
		}
	}
	return object{
		"id": f.id, "created": f.created, "timestamp": f.created, "name": f.name, "title": f.title, "mimetype": mimetype,
		"filetype": filetype, "pretty_type": pretty, "user": f.by.ID, "user_team": team.ID, "editable": false,
		"size": len(f.data),
		"mode": "hosted", "is_external": false, "external_type": "", "is_public": len(channels) > 0,
		"public_url_shared": false,
		"display_as_bot":    false, "username": "", "url_private": f.address(),
		"url_private_download": f.address() + "?download=1",
		"media_display_type":   "unknown", "permalink": "https://" + team.Domain + ".slack.com/files/" + f.by.ID + "/" + f.id,
		"permalink_public": "https://slack-files.com/" + team.ID + "-" + f.id, "channels": channels, "groups": groups,
		"ims":            ims,
		"comments_count": 0, "is_starred": false, "has_more_shares": false, "has_rich_preview": false,
		"file_access": "visible",
		"shares":      object{}, "alt_txt": f.alt,
	}
}

func filesGetUploadURL(c *call) (object, *refusal) {
	if r := c.needs("filename", "length"); r != nil {
		return nil, r
	}
	length, r := c.number("length", 0, 1, 1<<30)
	if r != nil {
		return nil, invalid("[ERROR] must be greater than 0 [json-pointer:/length]")
	}
	f := c.w.newFile(c.app.bot, c.text("filename"), nil)
	f.app, f.length, f.alt = c.app, length, c.text("alt_txt")
	return object{"upload_url": "http://" + c.w.network.name() + "/upload/" + f.id, "file_id": f.id}, nil
}

// upload takes the bytes: as the body itself, or as a file in a multipart form.
func (w *World) upload(rw http.ResponseWriter, r *http.Request) {
	var source io.Reader = r.Body
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		if part, err := r.MultipartReader(); err == nil {
			if first, err := part.NextPart(); err == nil {
				source = first
			}
		}
	}
	data, err := io.ReadAll(io.LimitReader(source, 32<<20))
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.files[r.PathValue("id")]
	if f == nil || f.complete || err != nil {
		http.Error(rw, "no such upload", http.StatusNotFound)
		return
	}
	if len(data) != f.length {
		w.violate("the length said for an upload is not the length sent")
	}
	f.data, f.received = data, true
	_, _ = fmt.Fprintf(rw, "OK - %d", len(data))
}

func (w *World) download(rw http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	w.mu.Lock()
	f, a := w.files[r.PathValue("id")], w.appOf(token)
	w.mu.Unlock()
	if f == nil || a == nil || !f.complete {
		http.Error(rw, "not found", http.StatusNotFound)
		return
	}
	kind, _, _ := f.kind()
	rw.Header().Set("Content-Type", kind)
	_, _ = rw.Write(f.data)
}

func filesCompleteUpload(c *call) (object, *refusal) {
	if r := c.needs("files"); r != nil {
		return nil, r
	}
	v, ok := c.value("files")
	list := arr(v)
	if !ok || len(list) == 0 {
		return nil, invalid("[ERROR] must be an array of files [json-pointer:/files]")
	}
	var done []*file
	for _, e := range list {
		f := c.w.files[str(obj(e)["id"])]
		if f == nil || f.app != c.app || f.complete || !f.received {
			return nil, refuse("file_not_found")
		}
		if t := str(obj(e)["title"]); t != "" {
			f.title = t
		}
		done = append(done, f)
	}
	var shared []*Channel
	where := c.text("channels")
	if id := c.text("channel_id"); id != "" {
		where = id
	}
	for _, id := range strings.FieldsFunc(where, func(r rune) bool { return r == ',' }) {
		p := c.w.channels[id]
		if p == nil || p.Private && !p.has(c.app.bot) || p.IM && !p.has(c.app.bot) {
			return nil, refuse("channel_not_found")
		}
		if !p.has(c.app.bot) {
			return nil, refuse("not_in_channel")
		}
		shared = append(shared, p)
	}
	var out []any
	for _, f := range done {
		f.complete, f.in = true, shared
		out = append(out, f.json())
	}
	for _, p := range shared {
		m := &Message{
			app: c.app, In: p, From: c.app.bot, Subtype: "file_share", Text: c.text("initial_comment"), files: done,
			Thread: c.text("thread_ts"),
		}
		c.w.add(m)
	}
	return object{"files": out}, nil
}
