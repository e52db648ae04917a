package slackfake

import (
	"fmt"
	"slices"
)

// event is something that happened, before it is known which apps may hear of it.
type event struct {
	kind string // as an app subscribes to it
	in   *Channel
	body object
}

// readable are the scopes of which one must be granted for an event; those not named need none.
var readable = map[string][]string{
	"app_mention":           {"app_mentions:read"},
	"message.channels":      {"channels:history"},
	"message.groups":        {"groups:history"},
	"message.im":            {"im:history"},
	"message.mpim":          {"mpim:history"},
	"member_joined_channel": {"channels:read", "groups:read"},
	"member_left_channel":   {"channels:read", "groups:read"},
	"channel_archive":       {"channels:read"},
	"channel_unarchive":     {"channels:read"},
	"channel_rename":        {"channels:read"},
	"channel_left":          {"channels:read"},
	"channel_shared":        {"channels:read", "groups:read"},
	"group_archive":         {"groups:read"},
	"group_unarchive":       {"groups:read"},
	"group_rename":          {"groups:read"},
	"group_left":            {"groups:read"},
	"reaction_added":        {"reactions:read"},
	"reaction_removed":      {"reactions:read"},
	"team_join":             {"users:read"},
	"user_change":           {"users:read"},
	"team_rename":           {"team:read"},
}

// tell tells every app concerned: those of the workspace, and those of workspaces with which the place is shared.
func (w *World) tell(s *Workspace, e event) {
	for _, a := range w.apps {
		if a.space == s || e.in != nil && e.in.shared[a.space] || a.enterprise && a.space.EnterpriseID == s.EnterpriseID {
			w.tellApp(a, e)
		}
	}
}

// tellApp tells one app, if it is installed, has subscribed, has the scope and is a member of the place.
func (w *World) tellApp(a *App, e event) {
	leaving := e.kind == "app_uninstalled" || e.kind == "tokens_revoked"
	if !a.installed || !a.events[e.kind] || a.revoked[a.BotToken] != "" && !leaving {
		return
	}
	if need := readable[e.kind]; need != nil && !slices.ContainsFunc(need, func(s string) bool { return a.scopes[s] }) {
		return
	}
	left := e.kind == "member_left_channel" && e.body["user"] == a.bot.ID
	about := left || e.kind == "channel_left" || e.kind == "group_left"
	if e.in != nil && !e.in.has(a.bot) && !about {
		return
	}
	w.record.told(e.kind)
	w.dispatch(&delivery{app: a, kind: "events_api", payload: w.wrapped(a, e)})
}

// wrapped is the outer envelope of the Events API around an event.
func (w *World) wrapped(a *App, e event) object {
	id := w.id("Ev")
	team := a.space.ID
	o := object{
		"token": a.Verification, "team_id": team, "api_app_id": a.ID, "event": e.body, "type": "event_callback",
		"event_id":   id,
		"event_time": w.now().Unix(),
	}
	if a.space.EnterpriseID != "" {
		o["enterprise_id"] = a.space.EnterpriseID
	}
	if e.kind == "app_uninstalled" || e.kind == "tokens_revoked" {
		return o
	}
	o["authorizations"] = []any{object{
		"enterprise_id": orNull(a.space.EnterpriseID), "team_id": team, "user_id": a.bot.ID, "is_bot": true,
		"is_enterprise_install": a.enterprise,
	}}
	o["is_ext_shared_channel"] = e.in != nil && len(e.in.shared) > 0
	if e.in != nil {
		o["event_context"] = fmt.Sprintf("1-%v-%s-%s", e.body["type"], team, e.in.ID)
	}
	return o
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// team is the workspace as interactions carry it.
func (a *App) teamJSON() object {
	o := object{"id": a.space.ID, "domain": a.space.Domain}
	if a.space.EnterpriseID != "" {
		o["enterprise_id"], o["enterprise_name"] = a.space.EnterpriseID, a.space.EnterpriseName
	}
	return o
}

func (a *App) enterpriseJSON() any {
	if a.space.EnterpriseID == "" {
		return nil
	}
	return object{"id": a.space.EnterpriseID, "name": a.space.EnterpriseName}
}

// actor is the person as interactions carry them.
func (p *Person) actor() object {
	return object{"id": p.ID, "username": p.username(), "name": p.username(), "team_id": p.space.ID}
}
