package slackfake

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// request is what came over HTTP, taken apart.
type request struct {
	args  object
	query object // what stood in the address alone
	token string
	json  bool
	bad   string // the error of its form, or ""
}

// read takes a request apart: arguments from the address, a form, a multipart form or JSON, and the token from the
// header or from among the arguments.
func read(r *http.Request) *request {
	q := &request{args: object{}, query: object{}}
	for k, v := range r.URL.Query() {
		q.args[k], q.query[k] = v[0], v[0]
	}
	q.token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	q.body(r)
	if t := str(q.args["token"]); t != "" && q.token == "" {
		q.token = t
	}
	delete(q.args, "token")
	delete(q.query, "token")
	return q
}

func (q *request) body(r *http.Request) {
	if r.Method == http.MethodGet {
		return
	}
	if r.Method != http.MethodPost {
		q.bad = "invalid_post_type"
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err != nil || len(body) == 0 {
		return
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		q.bad = "missing_post_type"
		return
	}
	if c := params["charset"]; c != "" && !strings.EqualFold(c, "utf-8") && !strings.EqualFold(c, "iso-8859-1") {
		q.bad = "invalid_charset"
		return
	}
	var values map[string][]string
	switch kind {
	case "application/json":
		q.json = true
		var v any
		if json.Unmarshal(body, &v) != nil {
			q.bad = "invalid_json"
			return
		}
		o, ok := v.(object)
		if !ok {
			q.bad = "json_not_object"
		}
		for k, v := range o {
			q.args[k] = v
		}
	case "application/x-www-form-urlencoded":
		values, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if err = r.ParseMultipartForm(8 << 20); err == nil {
			values = r.MultipartForm.Value
		}
	default:
		q.bad = "invalid_post_type"
	}
	if err != nil {
		q.bad = "invalid_form_data"
	}
	for k, v := range values {
		q.args[k] = v[0]
	}
}
