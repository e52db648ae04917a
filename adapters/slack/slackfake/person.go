package slackfake

import (
	"fmt"
	"strings"
	"time"
)

// Person is a member of a workspace; a bot is one too.
type Person struct {
	w     *World
	space *Workspace
	bot   *App
	home  *View
	stack []*View // the modals open before this person, the topmost last

	ID, Name    string
	Email       string
	TZ          string // an IANA time zone
	Deleted     bool   // deactivated
	Guest       bool   // of several channels
	SingleGuest bool   // of one channel
	Admin       bool
}

// Person makes a member of the first workspace, who has been there for long.
func (w *World) Person(name string) *Person { return w.Team().Person(name) }

// Person makes a member.
func (s *Workspace) Person(name string) *Person {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &Person{w: w, space: s, ID: w.id("U"), Name: name, Email: handle(name) + "@example.org", TZ: "Europe/London"}
	w.people[p.ID] = p
	return p
}

// PersonNamed is the person of that name, nil when there is none.
func (w *World) PersonNamed(name string) *Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range sorted(w.people) {
		if w.people[id].Name == name {
			return w.people[id]
		}
	}
	return nil
}

// Newcomer makes a member of the first workspace who arrives only now, which the apps are told.
func (w *World) Newcomer(name string) *Person {
	p := w.Person(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell(p.space, event{kind: "team_join", body: object{"type": "team_join", "user": p.json(nil), "event_ts": w.stamp()}})
	return p
}

// GuestIn makes a guest: of one channel a single-channel guest, of several a multi-channel guest.
func (w *World) GuestIn(name string, channels ...*Channel) *Person {
	p := w.Person(name)
	w.mu.Lock()
	p.Guest, p.SingleGuest = true, len(channels) == 1
	w.mu.Unlock()
	for _, c := range channels {
		p.Joins(c)
	}
	return p
}

// Deactivate ends this person's account.
func (p *Person) Deactivate() { p.change(func() { p.Deleted = true }) }

// Reactivate gives it back.
func (p *Person) Reactivate() { p.change(func() { p.Deleted = false }) }

// Rename changes how this person is called.
func (p *Person) Rename(name string) { p.change(func() { p.Name = name }) }

// Moves changes this person's time zone.
func (p *Person) Moves(tz string) { p.change(func() { p.TZ = tz }) }

func (p *Person) change(how func()) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	how()
	if p.Deleted {
		for _, c := range w.places {
			if !c.IM && !c.MPIM {
				c.remove(p)
			}
		}
	}
	w.tell(p.space, event{kind: "user_change", body: object{
		"type": "user_change", "user": p.json(nil), "cache_ts": w.now().Unix(), "event_ts": w.stamp(),
	}})
}

// Mention is how a message names this person.
func (p *Person) Mention() string { return "<@" + p.ID + ">" }

func (p *Person) username() string { return strings.ReplaceAll(handle(p.Name), "-", "") }

// json is the user object of users.info as seen by an app.
func (p *Person) json(by *App) object {
	offset := 0
	label := "Greenwich Mean Time"
	if zone, err := time.LoadLocation(p.TZ); err == nil {
		_, offset = p.w.now().In(zone).Zone()
		label, _ = p.w.now().In(zone).Zone()
	}
	profile := object{
		"title": "", "phone": "", "skype": "", "real_name": p.Name, "real_name_normalized": p.Name,
		"display_name": p.Name, "display_name_normalized": p.Name, "status_text": "", "status_emoji": "",
		"status_expiration": 0, "avatar_hash": "g" + strings.ToLower(p.ID[2:]),
		"image_24": avatar(24), "image_32": avatar(32), "image_48": avatar(48), "image_72": avatar(72),
		"image_192": avatar(192), "image_512": avatar(512), "status_text_canonical": "", "team": p.space.ID,
	}
	if first, rest, found := strings.Cut(p.Name, " "); found {
		profile["first_name"], profile["last_name"] = first, rest
	} else {
		profile["first_name"], profile["last_name"] = p.Name, ""
	}
	if p.bot != nil {
		profile["api_app_id"], profile["bot_id"], profile["always_active"] = p.bot.ID, p.bot.BotID, true
	} else if by != nil && by.scopes["users:read.email"] && by.space == p.space {
		profile["email"] = p.Email
	}
	u := object{
		"id": p.ID, "team_id": p.space.ID, "name": p.username(), "deleted": p.Deleted, "profile": profile,
		"is_bot":      p.bot != nil,
		"is_app_user": false, "updated": p.w.now().Unix(),
	}
	if p.Deleted {
		return u // a deactivated account tells no more
	}
	if by != nil {
		profile["status_emoji_display_info"] = []any{} // in responses, and not in events
	}
	for k, v := range (object{
		"color": "9f69e7", "real_name": p.Name, "tz": p.TZ, "tz_label": label, "tz_offset": offset, "is_admin": p.Admin,
		"is_owner": false, "is_primary_owner": false, "is_restricted": p.Guest, "is_ultra_restricted": p.SingleGuest,
		"is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE",
	}) {
		u[k] = v
	}
	if by != nil && by.space != p.space {
		u["is_stranger"] = !p.sharesWith(by)
	}
	if e := p.space.EnterpriseID; e != "" {
		u["enterprise_user"] = object{
			"id": p.ID, "enterprise_id": e, "enterprise_name": p.space.EnterpriseName, "is_admin": p.Admin, "is_owner": false,
			"is_primary_owner": false, "teams": []any{p.space.ID},
		}
	}
	return u
}

// sharesWith says whether the app's bot is in a channel with this person.
func (p *Person) sharesWith(a *App) bool {
	for _, c := range p.w.places {
		if c.has(p) && c.has(a.bot) {
			return true
		}
	}
	return false
}

// visible says whether an app may know of this person at all.
func (p *Person) visible(a *App) bool {
	if p.space == a.space || p.sharesWith(a) {
		return true
	}
	for _, c := range p.w.places {
		if c.has(p) && (c.space == a.space || c.shared[a.space]) {
			return true
		}
	}
	return false
}

func avatar(size int) string { return fmt.Sprintf("https://avatars.example.org/%d.png", size) }

// bots is the bot object of bots.info.
func (a *App) json() object {
	return object{
		"id": a.BotID, "deleted": !a.installed, "name": a.Name, "updated": a.w.now().Unix(), "app_id": a.ID,
		"user_id": a.bot.ID,
		"icons":   object{"image_36": avatar(36), "image_48": avatar(48), "image_72": avatar(72)},
	}
}

func (a *App) profile() object {
	p := a.json()
	delete(p, "user_id")
	p["team_id"] = a.space.ID
	return p
}
