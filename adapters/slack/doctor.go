package slack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"ginnel/bot"
)

// Checks look whether the bot can be reached and understood, while it runs or not. They change nothing.
func (s *Slack) Checks() []bot.Check {
	return []bot.Check{
		{Name: "slack token", Run: s.checkToken},
		{Name: "slack scopes", Run: s.checkScopes},
		{Name: "slack clock", Run: s.checkClock},
		{Name: "slack events", Run: s.checkEvents},
		{Name: "slack channels", Run: s.checkChannels},
		{Name: "slack home", Run: s.checkHome},
	}
}

func wrong(says, cure string) bot.Finding {
	return bot.Finding{State: bot.Wrong, Says: says, Cure: cure}
}

func (s *Slack) checkToken(ctx context.Context) bot.Finding {
	who, err := s.whoami(ctx)
	switch {
	case err != nil:
		return wrong("Slack does not let the bot in", plainCure(s.plainly(err)))
	case who != s.network:
		return wrong("the bot token belongs to another workspace", "Give each workspace a token of its own.")
	}
	return bot.Finding{Says: "Slack lets the bot in, in " + string(who)}
}

// plainCure is the next step of an error, without what anybody said.
func plainCure(err error) string { return strings.TrimSuffix(err.Error(), ".") + "." }

func (s *Slack) checkScopes(ctx context.Context) bot.Finding {
	if _, err := s.whoami(ctx); err != nil {
		return bot.Finding{State: bot.Unsure, Says: "not looked at, since Slack does not let the bot in"}
	}
	granted := s.self().scopes
	if granted == nil {
		return bot.Finding{State: bot.Unsure, Says: "Slack did not say which were granted"}
	}
	var missing []string
	for _, want := range scopes {
		if !want.listen && !want.optional && !granted[want.name] {
			missing = append(missing, want.name)
		}
	}
	if len(missing) > 0 {
		return wrong("missing: "+strings.Join(missing, ", "),
			"At api.slack.com/apps, under App Manifest, put what ginnel slack manifest prints, and then press Reinstall to Workspace.")
	}
	var more []string
	for name := range granted {
		if name != "" && !slices.ContainsFunc(scopes, func(s scope) bool { return s.name == name }) {
			more = append(more, name)
		}
	}
	slices.Sort(more)
	if len(more) > 0 {
		return bot.Finding{State: bot.Unsure, Says: "granted, and of no use to the bot: " + strings.Join(more, ", "), Cure: "Take them back under OAuth & Permissions."}
	}
	says := "all that it needs, and no more"
	if !granted["channels:history"] {
		says += "; in channels nobody can tell whether a message arrived when Slack does not answer, so it may be said twice there"
	}
	return bot.Finding{Says: says}
}

func (s *Slack) checkClock(ctx context.Context) bot.Finding {
	address := s.o.APIURL
	if address == "" {
		address = "https://slack.com/api/"
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(address, "/")+"/api.test", nil)
	if err != nil {
		return wrong("Slack's address is none", "Look at GINNEL_SLACK_API_URL.")
	}
	answer, err := s.http.Do(r)
	if err != nil {
		return wrong("Slack cannot be reached", "Look whether this machine reaches slack.com.")
	}
	defer answer.Body.Close()
	theirs, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return bot.Finding{State: bot.Unsure, Says: "Slack did not say what time it is"}
	}
	if off := s.o.Now().Sub(theirs).Abs(); off > time.Minute {
		return wrong(fmt.Sprintf("the clocks of this machine and of Slack are %s apart", off.Round(time.Second)), "Set this machine's clock.")
	}
	return bot.Finding{Says: "agrees with Slack's"}
}

func (s *Slack) checkEvents(ctx context.Context) bot.Finding {
	s.mu.Lock()
	t := s.tokens
	s.mu.Unlock()
	switch {
	case t.App == "" && t.Signing == "":
		return wrong("neither an app token nor a signing secret is set, so nothing can be heard",
			"Make an app-level token with connections:write under Basic Information, and set SLACK_APP_TOKEN.")
	case t.App == "":
		return bot.Finding{State: bot.Unsure, Says: "come over HTTP; whether Slack reaches this machine is shown by Slack, under Event Subscriptions"}
	}
	c, err := s.client()
	if err != nil {
		return wrong(err.Error(), "")
	}
	// It is good for one connection, which is not made.
	if _, _, err := c.StartSocketModeContext(ctx); err != nil {
		return wrong("Slack does not give the app a socket", plainCure(s.plainly(err))+" The app token wants connections:write, and Socket Mode has to be switched on.")
	}
	return bot.Finding{Says: "come over Socket Mode"}
}

func (s *Slack) checkChannels(ctx context.Context) bot.Finding {
	c, err := s.client()
	if err != nil {
		return bot.Finding{State: bot.Unsure, Says: "not looked at, since Slack does not let the bot in"}
	}
	in, _, err := c.GetConversationsForUserContext(ctx, &slack.GetConversationsForUserParameters{
		Types: []string{"public_channel", "private_channel"}, Limit: 200, ExcludeArchived: true,
	})
	switch {
	case err != nil:
		return bot.Finding{State: bot.Unsure, Says: "Slack does not say in which the bot is", Cure: plainCure(s.plainly(err))}
	case len(in) == 0:
		return bot.Finding{State: bot.Unsure, Says: "the bot is in none, so only private messages and /ginnel reach it", Cure: "Say /invite @Ginnel in a channel."}
	}
	return bot.Finding{Says: fmt.Sprintf("the bot is in %d", len(in))}
}

// checkHome says what only a person can look at: an app learns that its Home tab is off when it shows one, and this changes nothing.
func (s *Slack) checkHome(context.Context) bot.Finding {
	return bot.Finding{
		State: bot.Unsure, Says: "only Slack's pages show whether the Home tab and private messages are switched on",
		Cure: "At api.slack.com/apps, under App Home, see that Home Tab and Messages Tab are on, and that people may write there. The manifest has it so.",
	}
}
