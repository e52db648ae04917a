package matrix

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
	"maunium.net/go/mautrix/oauth"
)

// A Browser is how whoever signs the bot in confirms that on a page of the homeserver, on any machine.
type Browser struct {
	// Confirm shows the address of a page, and the code to be typed there; "" when the address holds it.
	Confirm func(address, code string)
	// Paste shows the address of a page, and returns the address at which the browser ended after signing in there.
	Paste func(ctx context.Context, address string) (string, error)
}

// site is what a homeserver is told to be the page of this program: it wants one, and shows it to whoever signs in.
const site = "https://ginnel.invalid/"

// Discover is the address that the server of an account names for programs, "" when it names none. It asks that server, with client.
func Discover(ctx context.Context, client *http.Client, user string) string {
	_, server, err := id.UserID(strings.TrimSpace(user)).Parse()
	if err != nil {
		return ""
	}
	found, err := mautrix.DiscoverClientAPIWithClient(ctx, client, server)
	if err != nil || found == nil {
		return ""
	}
	return strings.TrimRight(found.Homeserver.BaseURL, "/")
}

// Ways tells how one may sign in at the homeserver: by password, on a page, or both. Where neither will do, the error says what will.
// It asks the network.
func (m *Matrix) Ways(ctx context.Context) (password, page bool, err error) {
	meta, err := m.metadata(ctx)
	if err != nil {
		return false, false, m.plainly(err)
	}
	flows, err := m.client.GetLoginFlows(ctx)
	switch {
	case err != nil && meta == nil:
		return false, false, m.plainly(err)
	case err != nil:
		return false, byDevice(meta), nil // a server may have left the old ways behind
	}
	password, page = offers(flows, mautrix.AuthTypePassword), byDevice(meta) || bySSO(flows)
	if !password && !page {
		return false, false, noWay()
	}
	return password, page, nil
}

func noWay() error {
	return say(nil, "This homeserver lets nobody in by password, nor on a page where a program like this can wait. Ask its "+
		"administrator for an access token made for a bot, and set MATRIX_ACCESS_TOKEN.")
}

func offers(flows *mautrix.RespLoginFlows, way mautrix.AuthType) bool {
	return flows != nil && slices.ContainsFunc(flows.Flows, func(f mautrix.LoginFlow) bool { return f.Type == way })
}

func bySSO(flows *mautrix.RespLoginFlows) bool {
	return offers(flows, mautrix.AuthTypeSSO) && offers(flows, mautrix.AuthTypeToken)
}

func byDevice(meta *oauth.ServerMetadata) bool {
	return meta != nil && meta.DeviceAuthorizationEndpoint != "" && meta.RegistrationEndpoint != "" && slices.Contains(meta.GrantTypesSupported, oauth.GrantTypeDeviceCode)
}

// metadata is what the homeserver says of signing in by OAuth, nil when it does not.
func (m *Matrix) metadata(ctx context.Context) (*oauth.ServerMetadata, error) {
	meta, err := m.client.OAuthGetServerMetadata(ctx)
	var h mautrix.HTTPError
	switch {
	case err == nil:
		return meta, nil
	case errors.As(err, &h) && h.Response != nil && h.Response.StatusCode >= 400 && h.Response.StatusCode < 500 && h.Response.StatusCode != http.StatusTooManyRequests:
		return nil, nil
	}
	return nil, err
}

// browse signs in as a new device, on a page of the homeserver: by the device authorization grant of OAuth 2.0 (RFC 8628) where it is
// offered, and else by m.login.sso.
func (m *Matrix) browse(ctx context.Context, flows *mautrix.RespLoginFlows) (session, error) {
	meta, err := m.metadata(ctx)
	switch {
	case err != nil:
		return session{}, err
	case byDevice(meta):
		return m.byDeviceGrant(ctx)
	case bySSO(flows):
		return m.bySSO(ctx)
	}
	return session{}, noWay()
}

func (m *Matrix) byDeviceGrant(ctx context.Context) (session, error) {
	host := m.client.HomeserverURL.Host
	registered, err := m.client.OAuthRegisterClient(ctx, &oauth.ClientMetadata{
		ApplicationType: oauth.ApplicationTypeNative, ClientName: "Ginnel", ClientURI: site, TokenEndpointAuthMethod: oauth.AuthMethodNone,
		GrantTypes: []oauth.GrantType{oauth.GrantTypeDeviceCode, oauth.GrantTypeRefreshToken},
	})
	if err != nil {
		if unreachable(err) {
			return session{}, err
		}
		return session{}, say(err, "The homeserver %s lets no program register itself, so the bot cannot sign in on a page: ask its administrator "+
			"for an access token made for a bot, and set MATRIX_ACCESS_TOKEN.", host)
	}
	device := id.DeviceID(strings.ToUpper(rand.Text()[:12]))
	code, err := m.client.OAuthGenerateDeviceCode(ctx, oauth.GenerateDeviceCodeParams{
		ClientID: registered.ClientID, UserIDHint: m.user, Scopes: oauth.ScopeList{oauth.ScopeClientAPI, oauth.ScopeDevice(device)},
	})
	if err != nil {
		return session{}, err
	}
	if code.VerificationURIComplete != "" {
		m.o.Browser.Confirm(code.VerificationURIComplete, "")
	} else {
		m.o.Browser.Confirm(code.VerificationURI, code.UserCode)
	}
	got, err := m.awaitConfirmed(ctx, registered.ClientID, code)
	if err != nil {
		return session{}, err
	}
	s := session{Device: device, Token: got.AccessToken, Client: registered.ClientID, Refresh: got.RefreshToken}
	if got.ExpiresIn.Duration > 0 {
		s.Ends = m.o.Now().Add(got.ExpiresIn.Duration)
	}
	return s, nil
}

// awaitConfirmed asks again and again whether it was confirmed on the page, no oftener than the homeserver wants.
func (m *Matrix) awaitConfirmed(ctx context.Context, client string, code *oauth.DeviceCodeResponse) (*oauth.TokenResponse, error) {
	const usual, more = 5 * time.Second, 5 * time.Second // RFC 8628, 3.2 and 3.5
	each := code.Interval.Duration
	if each <= 0 {
		each = usual
	}
	var end <-chan time.Time
	if code.ExpiresIn.Duration > 0 {
		end = time.After(code.ExpiresIn.Duration)
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-end:
			return nil, tooLate(nil)
		case <-time.After(each):
		}
		got, err := m.client.OAuthPollDeviceCode(ctx, oauth.PollDeviceCodeParams{ClientID: client, DeviceCode: code.DeviceCode})
		switch {
		case err == nil && got != nil && got.AccessToken != "":
			return got, nil
		case err == nil:
			return nil, say(nil, "The homeserver confirmed the sign-in, and gave no access token with it. Start ginnel matrix login again.")
		case errors.Is(err, mautrix.ErrOAuthAuthorizationPending):
		case errors.Is(err, mautrix.ErrOAuthSlowDown):
			each += more
		case errors.Is(err, mautrix.ErrOAuthExpiredToken):
			return nil, tooLate(err)
		case errors.Is(err, mautrix.ErrOAuthAccessDenied):
			return nil, say(err, "On the page somebody said no. Start ginnel matrix login again, and allow it there.")
		case unreachable(err): // for a moment, perhaps
			each += more
		default:
			return nil, err
		}
	}
}

func tooLate(err error) error {
	return say(err, "Nobody confirmed it on the page in time. Start ginnel matrix login again, which shows a new one.")
}

// bySSO signs in by the page where everybody of the homeserver does, which hands a token that is good once to the address it ends at.
func (m *Matrix) bySSO(ctx context.Context) (session, error) {
	page := m.client.BuildURLWithQuery(mautrix.ClientURLPath{"v3", "login", "sso", "redirect"}, map[string]string{"redirectUrl": site})
	pasted, err := m.o.Browser.Paste(ctx, page)
	if err != nil {
		return session{}, err
	}
	address, err := url.Parse(strings.TrimSpace(pasted))
	token := ""
	if err == nil {
		token = address.Query().Get("loginToken")
	}
	if token == "" {
		return session{}, say(err, "That is not the address at which the browser ends: it begins with %s and holds loginToken. Start ginnel matrix login again.", site)
	}
	got, err := m.client.Login(ctx, &mautrix.ReqLogin{Type: mautrix.AuthTypeToken, Token: token, InitialDeviceDisplayName: "Ginnel"})
	if errors.Is(err, mautrix.MForbidden) {
		return session{}, say(err, "The homeserver does not take what the page gave: it is good once, and for a minute or two. Start ginnel matrix login again.")
	}
	if err != nil {
		return session{}, err
	}
	return session{Device: got.DeviceID, Token: got.AccessToken}, nil
}

// use has the client speak as a session, which it renews when its token ends.
func (m *Matrix) use(s *session) {
	m.client.DeviceID = s.Device
	if s.Refresh == "" {
		m.client.AccessToken = s.Token
		return
	}
	m.client.SaveNewToken = func(ctx context.Context, refresh, access string, ends time.Time) error {
		s.Refresh, s.Token, s.Ends = refresh, access, ends
		return m.keepSession(ctx, *s)
	}
	m.client.OAuthSetTokens(s.Client, s.Refresh, s.Token, s.Ends)
}

// leave ends a session on the homeserver.
func (m *Matrix) leave(ctx context.Context, s *session) error {
	m.use(s)
	if s.Refresh != "" {
		return m.client.OAuthRevokeToken(ctx)
	}
	_, err := m.client.Logout(ctx)
	return err
}

// unreachable tells whether the homeserver did not answer, or not now.
func unreachable(err error) bool {
	var h mautrix.HTTPError
	if errors.As(err, &h) && h.Response != nil {
		return h.Response.StatusCode >= 500 || h.Response.StatusCode == http.StatusTooManyRequests
	}
	return true
}
