// Package slack joins a Slack workspace to the bot, over Socket Mode or signed HTTP events.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"ginnel/bot"
	"ginnel/bot/clean"
	"ginnel/bot/failure"
)

// Options are how a Slack behaves. Network and Tokens are needed.
type Options struct {
	Network bot.Network // as Identify tells it

	// Tokens reads the secrets. It is asked again when Slack takes them no more: after the app was installed again there are
	// others. It reads files at most.
	Tokens func() (Tokens, error)

	APIURL string // where another server than Slack's is
	Listen string // address on which events over HTTP are taken, when there is no app token
	Log    *slog.Logger
	Now    func() time.Time  // by default time.Now
	HTTP   *http.Client      // by default one of its own
	Dialer *websocket.Dialer // by default one of its own
	Chance failure.Chance    // by default one of its own
}

// Tokens are what an app is let in with. With App it uses Socket Mode, with Signing alone HTTP.
type Tokens struct {
	Bot     string // xoxb-…
	App     string // xapp-…, with connections:write
	Signing string // signs what comes over HTTP
}

// Slack is the adapter of one app in one workspace. It is safe for many at once.
type Slack struct {
	o       Options
	network bot.Network
	http    *http.Client

	mu      sync.Mutex // guards what follows; never held while Slack is asked
	tokens  Tokens
	api     *slack.Client // for tokens.Bot
	us      ourselves
	refused error // why Slack lets us in no more; nil while it does

	running atomic.Bool
	sockets atomic.Int32      // that said hello
	turns   [lanes]sync.Mutex // what comes over HTTP is stored one after another in each lane
	opens   opens
	receive atomic.Pointer[receiver] // nil while it does not run

	people  *recent[string, person]
	places  *recent[string, place]
	chats   *recent[string, string]
	texts   *recent[bot.MessageID, string]
	handles *recent[bot.MessageID, *handle]
	echoes  *recent[string, bot.MessageID] // by the key in their metadata
}

type receiver func(context.Context, bot.Message) error

// ourselves is who the bot is.
type ourselves struct {
	user, bot string
	scopes    map[string]bool // nil when Slack did not say
}

var (
	errConnecting = errors.New("Slack is not connected yet")
	errRemoved    = errors.New("Slack says the app was removed or its token taken back: install it again, and give Ginnel the new bot token")
)

// New makes the adapter. It asks nothing of Slack.
func New(o Options) (*Slack, error) {
	if err := clean.CheckNetwork(o.Network); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Chance == nil {
		o.Chance = failure.NewChance(uint64(time.Now().UnixNano()))
	}
	if o.Dialer == nil {
		o.Dialer = &websocket.Dialer{HandshakeTimeout: 10 * time.Second, Proxy: http.ProxyFromEnvironment}
	}
	const few, many = 500, 5000
	s := &Slack{
		o: o, network: o.Network, http: waiting429(o.HTTP, o.Now),
		people: newRecent[string, person](many), places: newRecent[string, place](many), chats: newRecent[string, string](many),
		texts: newRecent[bot.MessageID, string](few), handles: newRecent[bot.MessageID, *handle](few),
		echoes: newRecent[string, bot.MessageID](many),
	}
	s.opens.now, s.opens.chance = o.Now, o.Chance
	return s, nil
}

// Identify asks Slack for the name of the network that a bot token belongs to: slack:T0123, or of an organisation on
// Enterprise Grid slack:E0123. It blocks until ctx ends. Its error is one of bot.SendWait unless Slack refused the token, or there
// is none.
func Identify(ctx context.Context, o Options) (bot.Network, error) {
	o.Network = "slack:unknown"
	s, err := New(o)
	if err != nil {
		return "", err
	}
	if _, err := s.read(); err != nil {
		return "", err
	}
	who, err := s.whoami(ctx)
	if err != nil && !slices.Contains(letsUsIn, code(err)) {
		return "", bot.SendWait(err, 0)
	}
	return who, err
}

// Network is the workspace: slack:T0123.
func (s *Slack) Network() bot.Network { return s.network }

func (s *Slack) self() ourselves {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.us
}

// client is what speaks with the bot token.
func (s *Slack) client() (*slack.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.api == nil {
		return nil, errConnecting
	}
	return s.api, nil
}

// read reads the tokens, and tells whether the bot token is another than before.
func (s *Slack) read() (changed bool, err error) {
	t, err := s.o.Tokens()
	if err != nil {
		return false, err
	}
	if !strings.HasPrefix(t.Bot, "xox") {
		return false, errors.New("SLACK_BOT_TOKEN wants the app's bot token, which begins with xoxb-; it stands under OAuth & Permissions")
	}
	if t.App != "" && !strings.HasPrefix(t.App, "xapp-") {
		return false, errors.New("SLACK_APP_TOKEN wants an app-level token, which begins with xapp-; it stands under Basic Information")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed = t.Bot != s.tokens.Bot || s.api == nil
	if changed || t.App != s.tokens.App {
		options := []slack.Option{
			slack.OptionHTTPClient(s.http), slack.OptionAppLevelToken(t.App), slack.OptionRetryConfig(slack.RetryConfig{}),
		}
		if s.o.APIURL != "" {
			options = append(options, slack.OptionAPIURL(strings.TrimRight(s.o.APIURL, "/")+"/"))
		}
		s.api = slack.New(t.Bot, options...)
	}
	s.tokens = t
	return changed, nil
}

// whoami reads the tokens and asks Slack whose they are.
func (s *Slack) whoami(ctx context.Context) (bot.Network, error) {
	if _, err := s.read(); err != nil {
		return "", err
	}
	c, err := s.client()
	if err != nil {
		return "", err
	}
	who, err := c.AuthTestContext(ctx)
	if err != nil {
		return "", s.plainly(err)
	}
	us := ourselves{user: who.UserID, bot: who.BotID}
	if list := who.Header.Get("X-OAuth-Scopes"); list != "" {
		us.scopes = map[string]bool{}
		for scope := range strings.SplitSeq(list, ",") {
			us.scopes[strings.TrimSpace(scope)] = true
		}
	}
	s.mu.Lock()
	s.us, s.refused = us, nil
	s.mu.Unlock()
	id := who.TeamID
	// What Slack names as the workspace of an app for a whole organisation has been seen to be either.
	if to, err := url.Parse(who.URL); who.EnterpriseID != "" && (id == "" || err == nil && strings.HasSuffix(to.Host, ".enterprise.slack.com")) {
		id = who.EnterpriseID
	}
	return bot.Network("slack:" + id), nil
}

// Ready is nil once Slack let us in and something can be heard.
func (s *Slack) Ready() error {
	s.mu.Lock()
	refused, byHTTP := s.refused, s.tokens.App == ""
	s.mu.Unlock()
	switch {
	case !s.running.Load():
		return errConnecting
	case refused != nil:
		return refused
	case !byHTTP && s.sockets.Load() == 0:
		return errConnecting
	}
	return nil
}

// Slack takes about a message a second in one channel, and several hundred a minute in all.
const (
	networkPace = 350 * time.Millisecond
	roomPace    = 1100 * time.Millisecond
)

// Pace is what Slack allows.
func (s *Slack) Pace() bot.Pace {
	return bot.Pace{AtOnce: 4, Network: networkPace, Room: roomPace}
}

// Run learns who the bot is, and brings what happens until ctx ends.
func (s *Slack) Run(ctx context.Context, receive func(context.Context, bot.Message) error) error {
	who, err := s.whoami(ctx)
	if err != nil {
		return err
	}
	if who != s.network {
		return fmt.Errorf("the bot token belongs to the workspace %s, and not to %s: each workspace wants a token of its own", who, s.network)
	}
	r := receiver(receive)
	s.receive.Store(&r)
	s.running.Store(true)
	defer s.receive.Store(nil)
	defer s.running.Store(false)
	s.mu.Lock()
	byHTTP := s.tokens.App == ""
	s.mu.Unlock()
	ctx, stop := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer stop()
	watch.Go(func() { s.watch(ctx) })
	if byHTTP {
		return s.serve(ctx)
	}
	return s.listen(ctx)
}

// revoked says that Slack lets us in no more.
func (s *Slack) revoked(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused == nil {
		s.o.Log.Error("Slack lets the bot in no more", "network", s.network, "error", err)
	}
	s.refused = err
}

// watch looks now and then, while Slack lets us in no more, whether it does again: nobody else asks meanwhile.
func (s *Slack) watch(ctx context.Context) {
	const each = time.Minute
	for sleep(ctx, each) {
		s.mu.Lock()
		refused := s.refused
		s.mu.Unlock()
		if refused != nil && s.back(ctx) {
			s.o.Log.Info("Slack lets the bot in again", "network", s.network)
		}
	}
}

// back looks, after Slack let us in no more, whether it does now.
func (s *Slack) back(ctx context.Context) bool {
	who, err := s.whoami(ctx)
	return err == nil && who == s.network
}
