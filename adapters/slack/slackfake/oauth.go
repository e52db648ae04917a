package slackfake

import (
	"net/http"
	"net/url"
)

// authorize stands in for the page on which an administrator allows an app: it allows at once.
func (w *World) authorize(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	w.mu.Lock()
	code := ""
	for _, a := range w.apps {
		if a.ClientID == q.Get("client_id") {
			code = w.secret(32)
			w.codes[code] = a
		}
	}
	w.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if code == "" || err != nil || back.Host == "" {
		http.Error(rw, "invalid_client_id or bad_redirect_uri", http.StatusBadRequest)
		return
	}
	args := back.Query()
	args.Set("code", code)
	args.Set("state", q.Get("state"))
	back.RawQuery = args.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}

func oauthAccess(c *call) (object, *refusal) {
	a := c.w.codes[c.text("code")]
	if a == nil {
		return nil, refuse("invalid_code")
	}
	if id := c.text("client_id"); id != "" && id != a.ClientID {
		return nil, refuse("invalid_client_id")
	}
	if s := c.text("client_secret"); s != "" && s != a.ClientSecret {
		return nil, refuse("bad_client_secret")
	}
	delete(c.w.codes, c.text("code")) // a code is good once
	if !a.installed || a.revoked[a.BotToken] != "" {
		a.install()
	}
	o := object{
		"app_id": a.ID, "authed_user": object{"id": a.bot.ID}, "scope": a.scopeList(), "token_type": "bot",
		"access_token": a.BotToken, "bot_user_id": a.bot.ID, "team": object{"id": a.space.ID, "name": a.space.Name},
		"enterprise": a.enterpriseJSON(), "is_enterprise_install": a.enterprise,
	}
	return o, nil
}
