package slack

import (
	"encoding/json"
	"strings"
)

// scope is something that the app may do, with why.
type scope struct {
	name, why string
	listen    bool // only to hear what is said in channels
	optional  bool
}

// scopes are what the app may do.
var scopes = []scope{
	{name: "app_mentions:read", why: "to hear when somebody says its name in a channel that it was invited to"},
	{name: "chat:write", why: "to answer"},
	{name: "commands", why: "for /ginnel and its shortcuts"},
	{name: "im:history", why: "to read what people write to it in private, and to see whether an answer arrived"},
	{name: "im:write", why: "to write to people in private"},
	{name: "mpim:write", why: "to open a group conversation for people who both said yes to an introduction"},
	{name: "mpim:history", why: "to answer in these conversations, and to see whether the introduction arrived"},
	{name: "channels:read", why: "to notice that it was invited to a channel or removed from one, and to say there who it is"},
	{name: "groups:read", why: "the same for private channels"},
	{name: "users:read", why: "for people's names and time zones, and to notice guests and accounts that were closed"},
	{name: "channels:history", why: "to hear questions in the public channels where a coordinator said “listen here”", listen: true},
	{name: "files:write", why: "to show the picture of the network; without it the words stand alone", optional: true},
}

// events are what the app is told of.
var events = []struct {
	name, why string
	listen    bool
}{
	{name: "app_home_opened", why: "somebody opens its Home tab"},
	{name: "app_mention", why: "somebody says its name"},
	{name: "app_uninstalled", why: "it was removed"},
	{name: "channel_archive", why: "a channel was closed"},
	{name: "channel_left", why: "it was removed from a channel"},
	{name: "group_archive", why: "a private channel was closed"},
	{name: "group_left", why: "it was removed from a private channel"},
	{name: "member_joined_channel", why: "it was invited to a channel"},
	{name: "message.im", why: "somebody writes to it in private"},
	{name: "message.mpim", why: "somebody writes in a group conversation with it"},
	{name: "team_join", why: "somebody is new in the workspace"},
	{name: "tokens_revoked", why: "its token was taken back"},
	{name: "user_change", why: "an account was closed, or a name or time zone changed"},
	{name: "message.channels", why: "somebody asks in a public channel that it is in", listen: true},
}

type (
	object = map[string]any
	list   = []any
)

// manifest is the app manifest as an object. With listen the app can hear what is said in public channels, address is where
// Slack posts events, "" for Socket Mode.
func manifest(listen bool, address string) object {
	bot, optional, told := list{}, list{}, list{}
	for _, s := range scopes {
		switch {
		case s.optional:
			optional = append(optional, s.name)
		case listen || !s.listen:
			bot = append(bot, s.name)
		}
	}
	for _, e := range events {
		if listen || !e.listen {
			told = append(told, e.name)
		}
	}
	subscriptions, interactivity := object{"bot_events": told}, object{"is_enabled": true}
	command := object{
		"command": "/ginnel", "description": "Ask who can help, or see what you can do",
		"usage_hint": "who can help with …?", "should_escape": true,
	}
	if address != "" {
		subscriptions["request_url"], interactivity["request_url"], command["url"] = address, address, address
	}
	return object{
		"_metadata": object{"major_version": 1},
		"display_information": object{
			"name": "Ginnel", "description": "Introduces small voluntary organisations to each other", "background_color": "#2d4a3e",
		},
		"features": object{
			"app_home": object{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			"bot_user": object{"display_name": "Ginnel", "always_online": true},
			"shortcuts": list{
				object{"name": "Find help with this", "type": "message", "callback_id": shortcutFind, "description": "Look for organisations that can help"},
				object{"name": "Offer something", "type": "global", "callback_id": shortcutOffer, "description": "Say what your organisation can lend or do"},
			},
			"slash_commands": list{command},
		},
		"oauth_config": object{"scopes": object{"bot": bot, "bot_optional": optional}},
		"settings": object{
			"event_subscriptions": subscriptions, "interactivity": interactivity, "org_deploy_enabled": false,
			"socket_mode_enabled": address == "", "token_rotation_enabled": false,
		},
	}
}

// ManifestJSON is the app manifest, to be pasted where Slack asks for one in JSON.
func ManifestJSON(listen bool, address string) string {
	data, err := json.MarshalIndent(manifest(listen, address), "", "  ")
	if err != nil {
		panic(err)
	}
	return string(data) + "\n"
}

// Manifest is the same in YAML, with the reason for each scope and event beside it.
func Manifest(listen bool, address string) string {
	why := map[string]string{}
	for _, s := range scopes {
		why[s.name] = s.why
	}
	for _, e := range events {
		why[e.name] = e.why
	}
	var b strings.Builder
	yaml(&b, manifest(listen, address), "", why)
	return b.String()
}
