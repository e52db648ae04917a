package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Workspace is one team: people and channels belong to one.
type Workspace struct {
	w              *World
	ID             string
	Name, Domain   string
	EnterpriseID   string // "" but on Enterprise Grid
	EnterpriseName string
	GuestsMayNot   bool // guests cannot use commands
	Distributed    bool // its app counts as commercially distributed and unlisted: one page of 15 messages a minute
}

// Workspace makes another workspace of that name.
func (w *World) Workspace(name string) *Workspace {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &Workspace{w: w, ID: w.id("T"), Name: name, Domain: handle(name)}
	w.spaces = append(w.spaces, s)
	return s
}

// Team is the first workspace.
func (w *World) Team() *Workspace { return w.spaces[0] }

// OnGrid makes the workspace part of an organisation on Enterprise Grid.
func (s *Workspace) OnGrid(name string) *Workspace {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.EnterpriseID, s.EnterpriseName = s.w.id("E"), name
	return s
}

// Rename gives the workspace another name and tells the apps.
func (s *Workspace) Rename(name string) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.Name = name
	s.w.tell(s, event{kind: "team_rename", body: object{"type": "team_rename", "name": name, "event_ts": s.w.stamp()}})
}

// handle is a name as Slack writes names in addresses: small letters and no blanks.
func handle(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(name), "-"))
}

// App is one app, as installed in one workspace.
type App struct {
	w             *World
	space         *Workspace
	bot           *Person
	ID, Name      string
	BotID         string
	BotToken      string // xoxb-…
	AppToken      string // xapp-…, for Socket Mode
	SigningSecret string
	Verification  string // the old token that payloads still carry
	ClientID      string
	ClientSecret  string
	hookBot       string // the other bot id under which response_url posts

	scopes      map[string]bool
	events      map[string]bool
	commands    map[string]bool // and whether names in them become mentions; nil: every command leads here
	shortcuts   map[string]bool
	noHome      bool // its Home tab is switched off
	noMessages  bool // the Messages tab is off
	overHTTP    bool
	flaps       bool
	answerAll   bool // acknowledgements are taken from any of its sockets
	installed   bool
	enterprise  bool // installed for the whole organisation
	revoked     map[string]string
	tickets     map[string]bool
	sockets     []*socket
	turn        int
	choose      Choice
	pending     map[string]*delivery
	endpoint    *endpoint
	hourTotal   int
	hourFailed  int
	hourStarted int64
	connections int // sockets it has ever opened
	mostSockets int
}

// botScopes and botEvents are what an app of this World has when it is not told otherwise.
var (
	botScopes = []string{
		"app_mentions:read", "channels:history", "channels:join", "channels:manage", "channels:read", "chat:write", "commands",
		"files:read", "files:write", "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write",
		"mpim:history", "mpim:read", "mpim:write", "reactions:read", "reactions:write", "team:read", "users:read",
		"users:read.email",
	}
	botEvents = []string{
		"app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted", "channel_left",
		"channel_rename", "channel_shared", "channel_unarchive", "channel_unshared", "group_archive", "group_left",
		"group_rename", "group_unarchive", "member_joined_channel", "member_left_channel", "message.channels",
		"message.groups", "message.im", "message.mpim", "reaction_added", "reaction_removed", "team_join", "team_rename",
		"tokens_revoked", "user_change",
	}
)

// Install makes an app of that name and installs it with every scope and event that this World knows.
func (s *Workspace) Install(name string) *App {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	a := &App{
		w: w, space: s, ID: w.id("A"), Name: name, BotID: w.id("B"), SigningSecret: w.noise("0123456789abcdef", 32),
		Verification: w.secret(24), ClientID: w.noise("0123456789", 12) + "." + w.noise("0123456789", 12),
		ClientSecret: w.noise("0123456789abcdef", 32), hookBot: w.id("B"), scopes: set(botScopes), events: set(botEvents),
		revoked: map[string]string{}, tickets: map[string]bool{}, pending: map[string]*delivery{}, answerAll: true,
	}
	a.AppToken = "xapp-1-" + a.ID + "-" + w.noise("0123456789", 13) + "-" + w.noise("0123456789abcdef", 64)
	a.bot = &Person{w: w, space: s, ID: w.id("U"), Name: name, TZ: "America/Los_Angeles", bot: a}
	w.people[a.bot.ID] = a.bot
	a.install()
	w.apps = append(w.apps, a)
	return a
}

func (a *App) install() {
	a.installed, a.bot.Deleted = true, false
	a.BotToken = "xoxb-" + a.w.noise("0123456789", 12) + "-" + a.w.noise("0123456789", 12) + "-" + a.w.secret(24)
}

func set(names []string) map[string]bool {
	s := map[string]bool{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

// Bot is the app as a member of the workspace.
func (a *App) Bot() *Person { return a.bot }

// Workspace is where the app is installed.
func (a *App) Workspace() *Workspace { return a.space }

// Scopes leaves the app with these scopes only.
func (a *App) Scopes(scopes ...string) *App {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.scopes = set(scopes)
	return a
}

// Hears leaves the app subscribed to these events only.
func (a *App) Hears(events ...string) *App {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.events = set(events)
	return a
}

// ForOrganisation makes it an org-wide install on Enterprise Grid.
func (a *App) ForOrganisation() *App {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.enterprise = true
	return a
}

// Manifest sets scopes, events, commands, shortcuts, tabs and transport as an app manifest, in JSON, says.
func (a *App) Manifest(manifest []byte) error {
	var m struct {
		Display  struct{ Name string } `json:"display_information"`
		Features struct {
			AppHome *struct {
				Home     bool  `json:"home_tab_enabled"`
				Messages bool  `json:"messages_tab_enabled"`
				ReadOnly *bool `json:"messages_tab_read_only_enabled"`
			} `json:"app_home"`
			Shortcuts []struct {
				Callback string `json:"callback_id"`
			} `json:"shortcuts"`
			Commands []struct {
				Command string
				Escape  bool `json:"should_escape"`
			} `json:"slash_commands"`
		} `json:"features"`
		OAuth struct {
			Scopes struct{ Bot, Bot_optional []string } `json:"scopes"`
		} `json:"oauth_config"`
		Settings struct {
			Events struct {
				Bot []string `json:"bot_events"`
			} `json:"event_subscriptions"`
			Socket bool `json:"socket_mode_enabled"`
		} `json:"settings"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return fmt.Errorf("the manifest: %w", err)
	}
	if m.Display.Name == "" {
		return errors.New("the manifest names no app")
	}
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.Name, a.bot.Name = m.Display.Name, m.Display.Name
	a.scopes, a.events = set(slices.Concat(m.OAuth.Scopes.Bot, m.OAuth.Scopes.Bot_optional)), set(m.Settings.Events.Bot)
	a.commands, a.shortcuts = map[string]bool{}, map[string]bool{}
	for _, c := range m.Features.Commands {
		a.commands[c.Command] = c.Escape
	}
	for _, s := range m.Features.Shortcuts {
		a.shortcuts[s.Callback] = true
	}
	home := m.Features.AppHome
	a.noHome = home == nil || !home.Home
	a.noMessages = home == nil || !home.Messages || home.ReadOnly == nil || *home.ReadOnly
	a.overHTTP = !m.Settings.Socket
	return nil
}

// MessagesTab switches private messages with the app on or off.
func (a *App) MessagesTab(on bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.noMessages = !on
}

// Token is the bot token as it is now; it may be asked while the app is installed again.
func (a *App) Token() string {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.BotToken
}

// HomeTab switches the Home tab on or off.
func (a *App) HomeTab(on bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.noHome = !on
}

// Uninstall removes the app from its workspace: its token is of no use any more, and it is told so.
func (a *App) Uninstall() {
	w := a.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tellApp(a, event{kind: "tokens_revoked", body: object{
		"type": "tokens_revoked", "tokens": object{"oauth": []any{}, "bot": []any{a.bot.ID}}, "event_ts": w.stamp(),
	}})
	w.tellApp(a, event{kind: "app_uninstalled", body: object{"type": "app_uninstalled", "event_ts": w.stamp()}})
	a.revoked[a.BotToken] = "account_inactive"
	a.installed, a.bot.Deleted = false, true
	for _, c := range w.places {
		c.remove(a.bot)
	}
}

// RevokeToken makes the bot token useless without uninstalling the app.
func (a *App) RevokeToken() {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.revoked[a.BotToken] = "token_revoked"
	a.w.tellApp(a, event{kind: "tokens_revoked", body: object{
		"type": "tokens_revoked", "tokens": object{"oauth": []any{}, "bot": []any{a.bot.ID}}, "event_ts": a.w.stamp(),
	}})
}

// ExpireToken makes the bot token one whose time is over, as tokens that rotate have.
func (a *App) ExpireToken() {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.revoked[a.BotToken] = "token_expired"
}

// Reinstall installs the app again. It has a new bot token, and is in no channel.
func (a *App) Reinstall() {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.install()
}

func (a *App) scopeList() string {
	var names []string
	for s := range a.scopes {
		names = append(names, s)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}
